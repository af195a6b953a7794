"""Draw a few lines as SVG by hand: no plotting library is worth its weight for three pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, BELOW, ABOVE, RIGHT = 640, 400, 64, 48, 32, 168
COLOURS = ("#c0392b", "#2563a8", "#3a8a4f", "#8e5aa8", "#c98a1b", "#5f6b76")
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """What an axis says, from where to where."""

    title: str
    low: float
    high: float
    ticks: Sequence[float]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value stands, from 0 to 1."""
        low, high, here = self.low, self.high, min(self.high, max(self.low, value))
        if self.logarithmic:
            low, high, here = math.log(low), math.log(high), math.log(here)
        return (here - low) / (high - low)


def chart(title: str, across: Axis, up: Axis, lines: Mapping[str, Points]) -> str:
    """Return a picture of named lines."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>',
    ]
    for tick in across.ticks:
        x = _x(across.place(tick))
        parts.append(_line(x, _y(0), x, _y(1), "#e3e6e8"))
        parts.append(f'<text x="{x:.0f}" y="{_y(0) + 16:.0f}" text-anchor="middle">{tick:g}</text>')
    for tick in up.ticks:
        y = _y(up.place(tick))
        parts.append(_line(_x(0), y, _x(1), y, "#e3e6e8"))
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{tick:g}</text>')
    parts.append(
        f'<text x="{_x(0.5):.0f}" y="{HEIGHT - 10}" text-anchor="middle">'
        f"{escape(across.title)}</text>"
    )
    parts.append(
        f'<text transform="translate(16 {_y(0.5):.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(up.title)}</text>"
    )
    for number, (name, points) in enumerate(lines.items()):
        parts += _series(number, name, [(_x(across.place(a)), _y(up.place(b))) for a, b in points])
    return "\n".join([*parts, "</svg>", ""])


def _series(number: int, name: str, points: Points) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    top = ABOVE + 14 + 18 * number
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        _line(_x(1) + 12, top - 4, _x(1) + 32, top - 4, colour),
        f'<text x="{_x(1) + 38:.0f}" y="{top}">{escape(name)}</text>',
    ]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _x(place: float) -> float:
    return LEFT + place * (WIDTH - LEFT - RIGHT)


def _y(place: float) -> float:
    return HEIGHT - BELOW - place * (HEIGHT - BELOW - ABOVE)
