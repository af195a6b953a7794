"""A printed page: headings, facts, tables, notes; Chinese text that can be searched and copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from bot.pdf.font import FONT, UNKNOWN, printable

_FAMILY = "han"
_MARGIN, _SMALL, _BODY, _HEADING, _TITLE = 18, 8.5, 10, 12, 17
_LINE = 6.2
# Room beside a bar for its name and for its words, in millimetres.
_NAME, _WORDS = 52, 32
_INK, _SOFT, _ACCENT, _PALE, _MARK = (
    (34, 40, 49), (105, 114, 128), (22, 78, 122), (240, 244, 248), (226, 230, 236),
)  # fmt: skip


class Sheet:
    """One document; ``mark`` is printed across every page, ``foot`` below it."""

    def __init__(
        self, title: str, *, foot: str, mark: str = "", at: datetime | None = None
    ) -> None:
        self.incomplete = False
        self._pdf = _Paper(self._text(foot), self._text(mark))
        self._pdf.add_font(_FAMILY, "", FONT)
        self._pdf.set_title(self._text(title))
        if at is not None:
            self._pdf.set_creation_date(at)
        self._pdf.set_margins(_MARGIN, _MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self._pdf.set_text_shaping(use_shaping_engine=False)
        self._pdf.add_page()

    def _text(self, text: str) -> str:
        shown = printable(text)
        self.incomplete = self.incomplete or shown != text
        return shown

    def title(self, text: str, under: str = "") -> None:
        """Print the name of the document, and one line under it."""
        self._say(text, _TITLE, _ACCENT, line=10)
        if under:
            self._say(under, _SMALL, _SOFT, line=5.5)
        self._pdf.set_draw_color(*_ACCENT)
        y = self._pdf.get_y() + 1.5
        self._pdf.line(_MARGIN, y, self._pdf.w - _MARGIN, y)
        self._pdf.ln(4)

    def heading(self, text: str) -> None:
        """Print a heading; it stays with what follows."""
        if self._pdf.will_page_break(4 * _LINE):
            self._pdf.add_page()
        self._pdf.ln(2)
        self._say(text, _HEADING, _ACCENT, line=8)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Print what is known, a label and its value a row; empty values are left out."""
        shown = [(self._text(label), self._text(value)) for label, value in rows if value]
        self._grid(shown, (32, 142), head=False)

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
    ) -> None:
        """Print a table with a head that is repeated on every page."""
        cells = [tuple(map(self._text, row)) for row in (head, *rows)]
        self._grid(cells, tuple(widths), head=True)

    def bars(self, rows: Sequence[tuple[str, float, str, str]], top: float = 0.0) -> None:
        """Draw horizontal bars: (name, length, words, colour); the longest or ``top`` is full."""
        pdf = self._pdf
        full = max([top, *(length for _, length, _, _ in rows)], default=0.0) or 1.0
        for name, length, words, colour in rows:
            if pdf.will_page_break(_LINE):
                pdf.add_page()
            self._colours(_SMALL, colour)
            y = pdf.get_y()
            pdf.cell(_NAME, _LINE, self._text(name), align="R")
            wide = max(0.1, (pdf.epw - _NAME - _WORDS) * max(0.0, length) / full)
            pdf.rect(pdf.l_margin + _NAME + 2, y + 1, wide, _LINE - 2, style="F")
            pdf.set_x(pdf.l_margin + _NAME + 3 + wide)
            pdf.cell(_WORDS, _LINE, self._text(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._blank()

    def shares(self, parts: Sequence[tuple[str, float, str]]) -> None:
        """Draw one bar cut into its parts (name, size, colour), each named below with its share."""
        pdf = self._pdf
        total = sum(size for _, size, _ in parts)
        if not total:
            return
        if pdf.will_page_break(3 * _LINE):
            pdf.add_page()
        x, y = pdf.l_margin, pdf.get_y()
        for _, size, colour in parts:
            self._colours(_SMALL, colour)
            pdf.rect(x, y, pdf.epw * size / total, _LINE - 1, style="F")
            x += pdf.epw * size / total
        pdf.ln(_LINE)
        for name, size, colour in parts:
            self._colours(_SMALL, colour)
            pdf.rect(pdf.get_x() + 1, pdf.get_y() + 1, 3, 3, style="F")
            pdf.set_x(pdf.get_x() + 5)
            pdf.cell(pdf.epw / 5, 5, self._text(f"{name} {size / total:.0%}"))
        pdf.ln(5)
        self._blank()

    def _blank(self) -> None:
        """Leave white behind: a table would take the last colour for its own."""
        self._pdf.set_fill_color(255)
        self._pdf.ln(2)

    def _colours(self, size: float, fill: str) -> None:
        self._pdf.set_font(_FAMILY, size=size)
        self._pdf.set_text_color(*_INK)
        self._pdf.set_fill_color(fill)

    def paragraph(self, text: str) -> None:
        """Print a paragraph."""
        self._say(text, _BODY, _INK, line=_LINE)
        self._pdf.ln(1)

    def note(self, text: str) -> None:
        """Print small print."""
        self._say(text, _SMALL, _SOFT, line=5)

    def finish(self) -> bytes:
        """Return the document."""
        if self.incomplete:
            self.note(f"“{UNKNOWN}”处为字库以外的字，以我们的登记为准。")
        return bytes(self._pdf.output())

    def _say(self, text: str, size: float, colour: tuple[int, int, int], line: float) -> None:
        self._pdf.set_font(_FAMILY, size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.multi_cell(
            0, line, self._text(text), align="L", wrapmode=WrapMode.CHAR,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip

    def _grid(self, rows: Sequence[Sequence[str]], widths: tuple[int, ...], *, head: bool) -> None:
        pdf = self._pdf
        pdf.set_font(_FAMILY, size=_BODY)
        pdf.set_text_color(*_INK)
        pdf.set_draw_color(*_MARK)
        with pdf.table(
            rows, col_widths=widths, line_height=_LINE, padding=(1, 2), text_align="LEFT",
            first_row_as_headings=head, headings_style=FontFace(color=_ACCENT, fill_color=_PALE),
            borders_layout=TableBordersLayout.ALL, wrapmode=WrapMode.CHAR,
            cell_fill_color=_PALE, cell_fill_mode=TableCellFillMode.NONE,
        ):  # fmt: skip
            pass
        pdf.ln(2)


class _Paper(FPDF):
    """An A4 page with a foot and a mark across it."""

    def __init__(self, foot: str, mark: str) -> None:
        super().__init__(format="A4")
        self._foot, self._mark = foot, mark

    def header(self) -> None:
        """Print the mark, under everything else."""
        if not self._mark:
            return
        self.set_font(_FAMILY, size=54)
        self.set_text_color(*_MARK)
        with self.rotation(38, self.w / 2, self.h / 2):
            self.text(self.w / 2 - self.get_string_width(self._mark) / 2, self.h / 2, self._mark)

    def footer(self) -> None:
        """Print the foot and the page's number."""
        self.set_y(-_MARGIN)
        self.set_font(_FAMILY, size=_SMALL)
        self.set_text_color(*_SOFT)
        self.cell(0, 6, f"{self._foot}　{self.page_no()}/{{nb}}", align="C")
