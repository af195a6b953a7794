"""What is about a person outside the database: photos, spooled messages, written short messages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
import structlog

from bot.spool import Spool
from storage.crypto import Cipher
from storage.personal.person import Person

log = structlog.get_logger()

# Whoever reads the file line by line still finds an object in each.
_EMPTY = b'{"to":"","text":"","at":""}'


class Files:
    """The folders of one installation."""

    def __init__(self, data_dir: Path, media_dir: Path, cipher: Cipher) -> None:
        self.sms, self.media = data_dir / "sms.jsonl", media_dir
        self._spool, self._cipher = data_dir / "spool", cipher

    def remove(self, person: Person, media: Iterable[str]) -> int:
        """Remove all of it and return how many things went; doing it again is harmless."""
        gone = sum(self._remove_media(path) for path in media)
        gone += sum(1 for _ in self._spooled(person, remove=True))
        return gone + sum(1 for _ in self._messages(person, overwrite=True))

    def short_messages(self, person: Person) -> list[dict[str, str]]:
        """Return the short messages that were written for this person."""
        return list(self._messages(person, overwrite=False))

    def remove_media(self, paths: Iterable[str]) -> int:
        """Remove photos and other files."""
        return sum(self._remove_media(path) for path in paths)

    def _remove_media(self, path: str) -> bool:
        file = (self.media / path).resolve()
        if not file.is_relative_to(self.media.resolve()) or not file.is_file():
            return False
        file.unlink()
        return True

    def _spooled(self, person: Person, *, remove: bool) -> Iterator[str]:
        if not self._spool.is_dir():
            return
        spool = Spool(self._spool, self._cipher)
        for ticket, message in spool.read_all():
            if (message.channel, message.account, message.peer) in person.addresses:
                if remove:
                    spool.remove(ticket)
                yield ticket

    def _messages(self, person: Person, *, overwrite: bool) -> Iterator[dict[str, str]]:
        """Yield the lines for this person's phones; empty them where they stand.

        The file is appended to by running processes, so it is never rewritten: a line is
        overwritten by an empty one of the same length.
        """
        if not self.sms.is_file():
            return
        with self.sms.open("r+b") as file:
            position = 0
            for line in iter(file.readline, b""):
                found = _read(line)
                if found and _about(found, person):
                    if overwrite:
                        file.seek(position)
                        file.write(_EMPTY.ljust(len(line) - 1))
                        file.seek(position + len(line))
                    yield found
                position += len(line)
            file.flush()
            os.fsync(file.fileno())


def _read(line: bytes) -> dict[str, str] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _about(found: dict[str, str], person: Person) -> bool:
    return found.get("to") in person.plain_phones or person.mentions(str(found.get("text", "")))
