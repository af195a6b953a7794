"""Bars as inline SVG: a report needs no script and no network to be read."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

_WIDTH, _LEFT, _ROW, _BAR = 640, 200, 26, 16
_GOOD, _BAD, _PLAIN = "#2f7d4f", "#b3392f", "#38618c"


def bars(title: str, rows: Sequence[tuple[str, float, str, bool | None]], top: float = 0.0) -> str:
    """Return horizontal bars: (name, length, words, reached?); the longest or ``top`` is full."""
    full = max([top, *(length for _, length, _, _ in rows)], default=0.0) or 1.0
    height = _ROW * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
    ]
    for number, (name, length, words, reached) in enumerate(rows):
        y = 5 + number * _ROW
        width = (_WIDTH - _LEFT - 120) * max(0.0, length) / full
        colour = _PLAIN if reached is None else _GOOD if reached else _BAD
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end" font-size="13">'
            f"{escape(name)}</text>"
            f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
            f'<text x="{_LEFT + width + 6:.1f}" y="{y + 13}" font-size="12">{escape(words)}</text>'
        )
    return "".join([*parts, "</svg>"])


def shares(title: str, parts: Sequence[tuple[str, float, str]]) -> str:
    """Return one bar cut into its parts: (name, size, colour)."""
    total = sum(size for _, size, _ in parts) or 1.0
    x, out = 0.0, []
    for name, size, colour in parts:
        width = _WIDTH * size / total
        out.append(
            f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="22" fill="{colour}">'
            f"<title>{escape(name)} {size / total:.0%}</title></rect>"
        )
        x += width
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} 22" role="img">'
    return "".join([head, f"<title>{escape(title)}</title>", *out, "</svg>"])
