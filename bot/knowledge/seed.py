"""The files the product ships: release 1 of a new database, and what an upgrade brings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.yaml_text import safe_load
from knowledge_base.bodies import body_of, hash_of
from knowledge_base.entries import Entry
from knowledge_base.loader import load_folder
from knowledge_base.service import FOLDER
from storage.crypto import Cipher
from storage.knowledge_values import Cut, Text, Version
from storage.unit_of_work import UnitOfWork

AUTHOR = "product"
QUESTIONS = FOLDER.parent / "questions.yaml"


@dataclass(frozen=True)
class Planted:
    """What the shipped files brought; ``kept`` are entries that somebody here has edited."""

    release: int = 0
    added: int = 0
    changed: int = 0
    kept: tuple[str, ...] = ()


def text_of(entry: Entry) -> Text:
    """Return an entry as the database keeps it."""
    body = body_of(entry)
    hashed = hash_of(body, entry.effective_from, entry.expires_at)
    return Text(entry.id, body, hashed, entry.effective_from, entry.expires_at)


def fingerprint(folder: Path = FOLDER) -> str:
    """Return what tells one state of the shipped files from another."""
    found = hashlib.sha256()
    for file in sorted(folder.glob("*.yaml")):
        found.update(file.read_bytes())
    return found.hexdigest()


def shipped(folder: Path = FOLDER) -> dict[str, Text]:
    """Return the shipped entries by their codes."""
    return {entry.id: text_of(entry) for entry in load_folder(folder).entries.values()}


def plant(uow: UnitOfWork, now: datetime, folder: Path = FOLDER) -> Planted:
    """Make release 1 of the shipped files, or bring in what has changed in them since.

    What somebody has edited in the database stays as it is.
    """
    uow.knowledge.lock()
    print_of_files = fingerprint(folder)
    live = uow.knowledge.live()
    if live and any(r.seed_hash == print_of_files for r in uow.knowledge.releases(10_000)):
        return Planted()
    found = shipped(folder)
    if not live:
        return _first(uow, found, print_of_files, now)
    return _newer(uow, found, print_of_files, now)


def _first(uow: UnitOfWork, found: Mapping[str, Text], files: str, now: datetime) -> Planted:
    versions = uow.knowledge.add_published(list(found.values()), "seed", AUTHOR, now)
    about = Cut("seed", AUTHOR, now, explanation="随产品提供的条目", seed_hash=files)
    return Planted(uow.knowledge.cut(versions, about), added=len(versions))


def _newer(uow: UnitOfWork, found: Mapping[str, Text], files: str, now: datetime) -> Planted:
    live = {version.code: version for version in uow.knowledge.contents(uow.knowledge.live())}
    seeds = uow.knowledge.newest_of_origin("seed")
    ours = {code for code, version in live.items() if version.origin == "seed"}
    busy = {version.code for version in uow.knowledge.open()}
    wanted, kept = [], []
    for code, text in found.items():
        if code in seeds and seeds[code].hash == text.hash:
            continue
        if _is_free(code, live, seeds, busy) and ours:
            wanted.append(text)
        else:
            kept.append(code)
    versions = {code: version.id for code, version in live.items()}
    if wanted:
        versions |= uow.knowledge.add_published(wanted, "seed", AUTHOR, now)
    words = f"新版本带来的条目：{len(wanted)} 条；这里改过、保持不动：{len(kept)} 条"
    about = Cut("seed", AUTHOR, now, explanation=words, seed_hash=files)
    number = uow.knowledge.cut(versions, about)
    added = sum(text.code not in live for text in wanted)
    return Planted(number, added, len(wanted) - added, tuple(kept))


def _is_free(
    code: str, live: Mapping[str, Version], seeds: Mapping[str, Version], busy: set[str]
) -> bool:
    """Tell whether nobody here has touched an entry: not edited, not taken out, not begun."""
    if code in busy:
        return False
    return code in live and live[code].origin == "seed" if code in seeds else code not in live


def plant_questions(uow: UnitOfWork, cipher: Cipher, now: datetime, file: Path = QUESTIONS) -> int:
    """Add the labelled questions the product ships; those that are there stay."""
    rows = safe_load(file.read_text(encoding="utf-8"))
    wanted = {str(row["text"]): ",".join(row["answers"]) for row in rows}
    return uow.test_questions.add(wanted, "seed", AUTHOR, cipher, now)
