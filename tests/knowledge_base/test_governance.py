"""What surrounds the matcher: audiences, lint, clusters of questions, swapping releases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.clock import SHANGHAI
from knowledge_base import lint
from knowledge_base.audience import Audience, parse, problem
from knowledge_base.bodies import body_of, entry_of, hash_of
from knowledge_base.entries import Entry
from knowledge_base.lint import Finding
from knowledge_base.loader import KnowledgeBase
from knowledge_base.pooling import Leaders, clusters
from knowledge_base.service import LiveEntries, Service
from knowledge_base.wordings import Memory, Question

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
SOUND = Entry(
    "F001", "报案电话是多少？", ("报案打哪个电话",), "请拨 {hotline}，有人受伤先拨 120。", "公布",
    "OP", date(2026, 11, 1), date(2027, 5, 1), must_contain=("120",),
)  # fmt: skip
OTHER = replace(SOUND, id="F125", question="退保怎么办理？", variants=("怎么退保",))
FACTS = {"hotline": "95500"}


@pytest.mark.parametrize(
    ("line", "channel", "verified", "admitted"),
    [
        ("public", "wechat", False, True),
        ("verified", "wechat", False, False),
        ("verified", "wechat", True, True),
        ("channel:wechat,webchat", "webchat", False, True),
        ("channel:wechat", "webchat", True, False),
        ("product:auto", "webchat", False, True),
        ("product:auto channel:wechat verified", "wechat", True, True),
        ("product:auto channel:wechat verified", "wechat", False, False),
    ],
)
def test_who_may_hear_an_answer(line: str, channel: str, verified: bool, admitted: bool) -> None:
    """All conditions hold together; the product is none of them."""
    assert parse(line).admits(channel, verified=verified) is admitted
    assert problem(line) == ""


def test_an_unknown_audience_is_named() -> None:
    """A word that is no condition is said to be none."""
    assert "everybody" in problem("everybody")
    assert "channel:" in problem("verified channel:")
    assert (
        parse("product:auto,home").products
        == Audience(products=frozenset({"auto", "home"})).products
    )


def found(*entries: Entry, hits: set[str] | None = None) -> list[tuple[str, str]]:
    """Return kinds and entries of what is found."""
    service = Service(KnowledgeBase(entries), FACTS)
    findings = lint.check(service.base, service.matcher, FACTS, NOW, hits)
    return [(finding.kind, finding.entry) for finding in findings]


def test_a_sound_base_has_no_findings() -> None:
    """Nothing is reported for nothing."""
    assert found(SOUND, OTHER) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"expires_at": NOW}, "expired"),
        ({"review_due": date(2026, 11, 21)}, "overdue"),
        ({"reviewed_on": date(2026, 11, 23)}, "date"),
        ({"source": " "}, "source"),
        ({"review_due": None}, "source"),
        ({"answer": "请拨 {phone}，120。"}, "fact"),
        ({"answer": "请拨 {hotline}。"}, "fact"),
        ({"variants": ("怎么退保呢",)}, "duplicate"),
    ],
)
def test_what_is_wrong_is_found(change: dict[str, object], kind: str) -> None:
    """Each fault under its name, on the entry that has it."""
    kinds = found(OTHER, replace(SOUND, **change))  # type: ignore[arg-type]
    assert (kind, "F001") in kinds
    assert not Finding("duplicate", "F001", "").is_notice


def test_entries_nobody_asks_for_are_noticed() -> None:
    """As a notice; without enough answers nothing is said."""
    assert found(SOUND, OTHER, hits={"F125"}) == [("dead", "F001")]
    assert Finding("dead", "F001", "").is_notice


def test_a_wording_that_another_entry_answers_is_a_conflict() -> None:
    """The entry whose wording it is does not get it."""
    wide = replace(OTHER, variants=("怎么退保", "退保要去哪里办", "退保要带什么去办"))
    thief = replace(
        SOUND, question="退保去哪里办理手续？", variants=("退保在哪儿办理", "退保哪里能办")
    )
    kinds = found(replace(wide, question="退保在哪里办理？"), thief)
    assert {kind for kind, _ in kinds} & {"conflict", "duplicate", "near"}


def test_questions_that_mean_the_same_are_together() -> None:
    """By what they are about, not by how they ask; what must not be mixed up stays apart."""
    asked = ["养狗能上保险吗", "退保要多久", "养狗可以上保险不", "续保要多久", "退保多久能办好"]
    assert clusters(asked) == [
        ["养狗能上保险吗", "养狗可以上保险不"], ["退保要多久", "退保多久能办好"], ["续保要多久"],
    ]  # fmt: skip
    assert Leaders({7: "养狗能上保险吗"}).closest("养狗能不能上保险") == 7
    assert Leaders({}).closest("") is None


def test_a_memory_prepares_each_wording_once() -> None:
    """What the last base used is kept, what it did not use is forgotten."""
    pauses: list[int] = []
    memory = Memory(lambda: pauses.append(1))
    one, other = Question("A", ("甲问题",)), Question("B", ("乙问题",))
    first = memory(one)
    assert memory(one) is first
    memory.turn()
    assert memory(one) is first
    memory(other)
    memory.turn()
    memory.turn()
    assert memory.remembered(one) is None
    assert memory.known(one) == first
    assert len(pauses) == 2


def test_releases_are_swapped_while_questions_come_in() -> None:
    """Every answer is wholly of one release; a question under way never meets half of one."""
    bases = [KnowledgeBase([replace(SOUND, id=f"R{n}")]) for n in (1, 2)]
    service = Service(bases[0], FACTS, 1)
    snapshots = [service.snapshot(base, n) for n, base in enumerate(bases, 1)]
    stop, wrong = threading.Event(), list[object]()

    def ask() -> None:
        while not stop.is_set():
            hit = service.look_up("报案打哪个电话")
            if hit.matches[0].id != f"R{hit.trace['release']}" or not service.answer(
                hit.matches[0].id
            ):
                wrong.append(hit)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(400):
        service.put_live(snapshots[turn % 2])
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert list(LiveEntries(lambda: service)) == ["R2"]


def test_an_unknown_calibration_gives_way_to_the_shipped_weights() -> None:
    """A release of another version of the product must not keep this one from starting."""
    service = Service(KnowledgeBase([SOUND]), FACTS)
    other = service.snapshot(service.base, 2, {"a": 1})
    assert other.matcher.model == service.matcher.model


def test_a_body_says_all_of_an_entry() -> None:
    """Back and forth without loss; the hash sees every difference."""
    full = replace(SOUND, effective_from=NOW, expires_at=NOW + timedelta(days=1))
    body = body_of(full)
    assert entry_of("F001", body, full.effective_from, full.expires_at) == full
    hashes = {
        hash_of(body), hash_of(body, NOW), hash_of(body, None, NOW),
        hash_of(body | {"answer": "x"}),
    }  # fmt: skip
    assert len(hashes) == 4
