"""Begin a document: what draws it is loaded with the first one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.pdf.sheet import Sheet


def new_sheet(title: str, *, foot: str, mark: str = "", at: datetime | None = None) -> Sheet:
    """Begin a document, see `bot.pdf.sheet.Sheet`."""
    # Not at the top: drawing takes a third of a second to load and 27 MiB, and most processes
    # never draw.
    from bot.pdf.sheet import Sheet  # noqa: PLC0415 - loaded with the first document

    return Sheet(title, foot=foot, mark=mark, at=at)
