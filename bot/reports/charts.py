"""Bars as inline SVG: a report needs no script and no network to be read.

What is put into a drawing is escaped by the markup it is put into.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _LEFT, _ROW, _BAR = 640, 200, 26, 16
_GOOD, _BAD, _PLAIN = "#2f7d4f", "#b3392f", "#38618c"


_SVG = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">')
_TITLE = Markup("<title>{}</title>")
_BAR_ROW = Markup(
    '<text x="{label}" y="{y_label}" text-anchor="end" font-size="13">{name}</text>'
    '<rect x="{left}" y="{y}" width="{width}" height="{height}" fill="{colour}"/>'
    '<text x="{after}" y="{y_words}" font-size="12">{words}</text>'
)
_SHARE = Markup(
    '<rect x="{x}" y="0" width="{width}" height="22" fill="{colour}"><title>{told}</title></rect>'
)
_END = Markup("</svg>")


def bars(
    title: str, rows: Sequence[tuple[str, float, str, bool | None]], top: float = 0.0
) -> Markup:
    """Return horizontal bars: (name, length, words, reached?); the longest or ``top`` is full."""
    full = max([top, *(length for _, length, _, _ in rows)], default=0.0) or 1.0
    parts = [_SVG.format(_WIDTH, _ROW * len(rows) + 10), _TITLE.format(title)]
    for number, (name, length, words, reached) in enumerate(rows):
        y = 5 + number * _ROW
        width = (_WIDTH - _LEFT - 120) * max(0.0, length) / full
        parts.append(
            _BAR_ROW.format(
                label=_LEFT - 8,
                y_label=y + 13,
                name=name,
                left=_LEFT,
                y=y,
                width=f"{width:.1f}",
                height=_BAR,
                colour=_PLAIN if reached is None else _GOOD if reached else _BAD,
                after=f"{_LEFT + width + 6:.1f}",
                y_words=y + 13,
                words=words,
            )
        )
    return Markup("").join([*parts, _END])


def shares(title: str, parts: Sequence[tuple[str, float, str]]) -> Markup:
    """Return one bar cut into its parts: (name, size, colour)."""
    total = sum(size for _, size, _ in parts) or 1.0
    x, drawn = 0.0, [_SVG.format(_WIDTH, 22), _TITLE.format(title)]
    for name, size, colour in parts:
        width = _WIDTH * size / total
        told = f"{name} {size / total:.0%}"
        drawn.append(_SHARE.format(x=f"{x:.1f}", width=f"{width:.1f}", colour=colour, told=told))
        x += width
    return Markup("").join([*drawn, _END])
