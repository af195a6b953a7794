"""The installation on which personal rights are tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.dialogue.message import InboundMessage
from bot.settings import Settings
from bot.spool import Spool
from storage.crypto import Cipher
from storage.transactions import transactions
from tests.bot.privacy.house import House
from tests.conftest import SECRET
from tests.storage.personal.people import NOW, Somebody


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    """Two people, their photos, spooled messages and short messages."""
    cipher = Cipher(SECRET)
    settings = Settings(data_dir=tmp_path)
    ways = transactions(database)
    one, other = Somebody(cipher, 1), Somebody(cipher, 2)
    for who in (one, other):
        ways.run(lambda uow, who=who: who.settle(uow.session))  # type: ignore[misc]
    spool = Spool(tmp_path / "spool", cipher)
    lines = []
    for who in (one, other):
        photo = settings.media_dir / f"folder/{who.serial}.jpg"
        photo.parent.mkdir(parents=True, exist_ok=True)
        photo.write_bytes(b"a photo")
        spool.write(InboundMessage("webchat", "web", who.peer, "k", NOW, f"我是{who.name}"))
        lines.append(json.dumps({"to": who.phone, "text": f"{who.name} 验证码 1", "at": "x"}))
    (tmp_path / "sms.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    yield House(ways, settings, cipher, one, other)
    ways.close()
