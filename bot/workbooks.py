"""Look into a workbook before anything is unpacked: bombs and declarations are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

from bot.errors import BadRequest

MOST_PARTS = 500
# A declaration of entities stands at the very start of a part, if anywhere.
PROLOGUE = 4_096


def refuse_bombs(file: Path, most_unpacked: int) -> None:
    """Raise BadRequest unless this is a whole archive that stays small when unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > most_unpacked:
                raise BadRequest(f"{file.name} 解压后太大，不像是正常的表格，已拒绝")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_entities(file, archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise BadRequest(f"{file.name} 不是完整的 .xlsx，请用 Excel 另存后再试") from None


def _refuse_entities(file: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        start = stream.read(PROLOGUE)
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise BadRequest(f"{file.name} 里有不该有的声明，已拒绝")
