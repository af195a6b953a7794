"""Messages that were acknowledged before their turn was committed, each in a file of its own."""

from __future__ import annotations

import os
import secrets
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import structlog

from bot import clock
from bot.dialogue.message import Attachment, InboundMessage, Location
from bot.errors import AndaError
from storage.crypto import Cipher

log = structlog.get_logger()

_PLACE = b"spool"


class Spool:
    """A folder of encrypted messages; written with fsync, so that an acknowledgement holds."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        self.folder = folder
        self._cipher = cipher
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob("*.part"):
            unfinished.unlink(missing_ok=True)

    def write(self, message: InboundMessage) -> str:
        """Store a message durably and return its ticket; raise OSError when the disk refuses."""
        # The name keeps the order in which the messages were acknowledged.
        ticket = f"{clock.now():%Y%m%d%H%M%S%f}-{secrets.token_hex(8)}"
        data = self._cipher.seal(orjson.dumps(asdict(message)), _PLACE)
        temporary = self.folder / f"{ticket}.part"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self.folder / f"{ticket}.msg")
        self._sync_folder()
        return ticket

    def _sync_folder(self) -> None:
        """Make the new name itself survive a power cut."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, ticket: str) -> None:
        """Forget a message whose turn is committed."""
        (self.folder / f"{ticket}.msg").unlink(missing_ok=True)

    def read_all(self) -> list[tuple[str, InboundMessage]]:
        """Return the messages that still wait, oldest first.

        A file that cannot be read is set aside as ``.bad``, so that it does not block the rest.
        """
        read = ((path, self._read(path)) for path in sorted(self.folder.glob("*.msg")))
        return [(path.stem, message) for path, message in read if message is not None]

    def _read(self, path: Path) -> InboundMessage | None:
        try:
            return _message(orjson.loads(self._cipher.open(path.read_bytes(), _PLACE)))
        except FileNotFoundError:
            return None
        except (AndaError, ValueError, TypeError, KeyError):
            log.exception("spool.unreadable", file=path.name)
            path.rename(path.with_suffix(".bad"))
            return None


def _message(raw: dict[str, Any]) -> InboundMessage:
    raw["sent_at"] = datetime.fromisoformat(raw["sent_at"])
    raw["attachment"] = Attachment(**raw["attachment"]) if raw["attachment"] else None
    raw["location"] = Location(**raw["location"]) if raw["location"] else None
    return InboundMessage(**raw)
