"""Read a PDF as somebody does who copies its text out."""

from __future__ import annotations

import pypdfium2


def text_of(pdf: bytes) -> str:
    """Return the text of all pages without blanks."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "".join("".join(pages).split())
