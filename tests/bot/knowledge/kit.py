"""What the tests of the editors' work share: a small base, and a database that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import yaml

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage
from bot.knowledge import live
from bot.knowledge.seed import text_of
from knowledge_base.entries import Entry
from storage.database import open_engine
from storage.knowledge_values import Cut
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
ENTRIES = (
    Entry(
        "F001",
        "报案电话是多少？",
        ("报案打哪个电话", "出险了打什么号码"),
        "请拨 {hotline}。",
        "公布",
    ),
    Entry("F125", "退保怎么办理？", ("怎么退保", "我想把保险退了"), "带身份证来办退保。", "条款"),
    Entry("F127", "退保款几天到账？", ("退保的钱多久到", "退的钱几天能到"), "十个工作日。", "条款"),
    Entry("F192", "意外险保什么？", ("意外险管什么", "买意外险有什么用"), "意外伤害。", "条款"),
)
DOG = Entry(
    "F300", "家里的狗咬了人赔吗？", ("狗咬人保险管不管", "养狗咬到邻居了"), "看附加险。", "条款"
)


def load(app: App, entries: Sequence[Entry] = ENTRIES, origin: str = "seed") -> int:
    """Make a release of entries and let the app answer from it."""

    def work(uow: UnitOfWork) -> int:
        texts = [text_of(entry) for entry in entries]
        added = uow.knowledge.add_published(texts, origin, "product", NOW)
        return uow.knowledge.cut(added, Cut(origin, "product", NOW))

    number = app.transactions.run(work)
    reopen(app)
    return number


def reopen(app: App) -> None:
    """Let the app open its knowledge anew, as a new process would."""
    app.__dict__.pop("knowledge", None)
    app.__dict__.pop("editors", None)
    engine = open_engine(app.settings.database_url, app.secret)
    app.__dict__["knowledge"] = live.open_service(engine, {"hotline": "95500"}, NOW)


def approved(app: App, *entries: Entry) -> None:
    """Take entries from a draft to the approval by another."""
    for entry in entries:
        app.transactions.run(partial(_approve, entry=entry))


def _approve(uow: UnitOfWork, entry: Entry) -> None:
    uow.knowledge.draft(text_of(entry), "甲", NOW)
    uow.knowledge.submit(entry.id, "甲", NOW)
    uow.knowledge.approve(entry.id, "乙", NOW)


def asked(app: App, *texts: str) -> None:
    """Store what customers wrote."""

    def work(uow: UnitOfWork) -> None:
        message = InboundMessage("webchat", "web", "p", "k", NOW)
        conversation = uow.conversations.open(message, NOW)
        rows = [{"author": "customer", "body": {"type": "text", "text": text}} for text in texts]
        uow.conversations.record(conversation, rows, NOW)

    app.transactions.run(work)


def seed_folder(folder: Path, *entries: Entry) -> Path:
    """Write entries as shipped files."""
    folder.mkdir(exist_ok=True)
    rows = [
        {
            "id": e.id, "question": e.question, "variants": list(e.variants), "answer": e.answer,
            "source": e.source, "basis": e.basis, "reviewed_on": NOW.date(),
            "review_due": NOW.date().replace(year=2027),
        }
        for e in entries
    ]  # fmt: skip
    (folder / "a.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return folder
