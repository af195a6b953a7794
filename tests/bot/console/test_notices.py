"""The page of notices: each role reads its own, leads read all."""

from __future__ import annotations

from functools import partial

from storage import staff_notices
from storage.staff_notices import Word
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.fakes import NOON


def _put(word: Word, uow: UnitOfWork) -> None:
    staff_notices.put(uow, word, NOON)


def test_each_role_reads_its_own_and_leads_read_all(house: House) -> None:
    """The digest is on the lead's page with its lines; an agent's page says that there is none."""
    for role in ("supervisor", "trainer"):
        word = Word(f"k:{role}", "digest", role, f"给{role}的话", ["超时案件 <3> 件"], {})
        house.run(partial(_put, word))
    lead = house.log_in("刘洋").get("/console/notices").text
    assert "给supervisor的话" in lead
    assert "给trainer的话" in lead
    assert "超时案件 &lt;3&gt; 件" in lead
    trainer = house.log_in("吴静").get("/console/notices").text
    assert "给supervisor的话" not in trainer
    assert "给trainer的话" in trainer
    assert "还没有给您岗位的通知" in house.log_in("王敏").get("/console/notices").text
