"""The whole copy in one file: JSON for machines, a page and a PDF for people."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import orjson

from bot.privacy.page import page
from bot.privacy.paper import paper


def files(copy: Mapping[str, Any], number: str) -> dict[str, bytes]:
    """Return the copy in its three shapes, by file name."""
    return {
        f"{number}.json": orjson.dumps(copy, option=orjson.OPT_INDENT_2),
        f"{number}.html": page(copy, number).encode(),
        f"{number}.pdf": paper(copy, number),
    }


def bundle(copy: Mapping[str, Any], number: str) -> bytes:
    """Return the three as a ZIP."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files(copy, number).items():
            archive.writestr(name, data)
    return made.getvalue()
