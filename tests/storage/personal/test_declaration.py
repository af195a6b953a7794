"""Every table says whose its rows are: one that does not is found here."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.errors import ConfigurationError
from storage.crypto import Cipher, EncryptedJson, EncryptedText
from storage.models.tables import Base
from storage.personal import declaration
from storage.personal import person as people
from storage.personal.declaration import FILE, rules
from storage.personal.export import export
from tests.conftest import SECRET
from tests.storage.personal.people import NOW, Somebody

# Encrypted, and nothing of a customer in it.
_NOT_OF_CUSTOMERS = ("channel_token", "staff_user", "assessment")
_KEYS = {"conversation": "conversations", "customer": "customers", "policy": "policy_ids"}


def test_every_table_is_declared() -> None:
    """A new table needs a line in tables.yaml: whose it is, or why it is nobody's."""
    assert sorted(set(Base.metadata.tables) - set(rules())) == []


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_what_leads_to_a_person_is_a_tie(name: str) -> None:
    """A foreign key to a person's record, or a blind index of a phone, must be named as a tie."""
    table, ties = Base.metadata.tables[name], rules()[name].ties
    for column in table.columns:
        for key in column.foreign_keys:
            group = _KEYS.get(key.column.table.name)
            by_case = "cases" in ties.values()
            covered = name in _KEYS or by_case or ties.get(column.name) == group
            assert group is None or covered, column
    if any(isinstance(c.type, EncryptedText | EncryptedJson) for c in table.columns):
        assert rules()[name].personal or name in _NOT_OF_CUSTOMERS


def test_the_export_finds_a_row_in_every_table(database: Engine) -> None:
    """Seeded everywhere, found everywhere, and nothing of the other person is in it."""
    cipher = Cipher(SECRET)
    with Session(database) as session:
        one, other = Somebody(cipher, 1), Somebody(cipher, 2)
        one.settle(session)
        other.settle(session)
        for way in ("customer", "conversation"):
            find = people.of_customer if way == "customer" else people.of_conversation
            copy = export(session, find(session, one.keys[way]), NOW)
            wanted = {n for n, rule in rules().items() if rule.personal and rule.export}
            assert {part["table"] for part in copy["tables"]} == wanted
            whole = str(copy)
            assert not any(word in whole for word in other.words)
            for word in (one.name, one.phone, one.paper, one.peer, one.policy, one.plate):
                assert word in whole


def test_a_mistake_in_the_declaration_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column that is not there stops the start with file, table and remedy."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    raw["message"]["ties"] = {"talk_id": "conversations"}
    file = tmp_path / "tables.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(declaration, "FILE", file)
    rules.cache_clear()
    with pytest.raises(ConfigurationError, match="message 没有列"):
        rules()
    monkeypatch.undo()
    rules.cache_clear()
