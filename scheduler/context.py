"""What a scheduled job works with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from storage.crypto import Cipher
from storage.transactions import Transactions


@dataclass(frozen=True)
class JobContext:
    """The way to the database, the settings and the key."""

    ways: Transactions
    settings: Settings
    cipher: Cipher

    @property
    def media_dir(self) -> Path:
        """Return the folder of received media."""
        return self.settings.media_dir
