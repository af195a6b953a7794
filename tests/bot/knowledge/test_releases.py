"""Publishing: replayed, explained, whole; files that go live; processes that take it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.bootstrap import App
from bot.dialogue.reading import Hit
from bot.errors import Refused
from bot.knowledge import past, seed
from bot.knowledge.live import Watcher
from bot.knowledge.releases import Unexplained, restore
from bot.knowledge.seed import text_of
from bot.knowledge.transfer import Imported, Order, bring_in, preview
from knowledge_base.entries import Entry
from knowledge_base.intake import Intake
from storage.models.knowledge import KbRelease
from tests.bot.knowledge.kit import DOG, ENTRIES, NOW, approved, asked, load

Make = Callable[[], App]
STOLEN = replace(ENTRIES[1], question="保险合同怎么解除？", variants=())


def best(hit: Hit) -> str:
    """Return the first entry of an answer, '' without one."""
    return hit.matches[0].id if hit.outcome == "answer" else ""


def watcher(app: App, later: timedelta = timedelta()) -> Watcher:
    """Return a watcher that looks when told to."""
    return Watcher(app.transactions, lambda: app.knowledge, lambda: NOW + later)


def releases(app: App) -> list[KbRelease]:
    """Return all releases, newest first."""
    return list(app.transactions.read(lambda uow: uow.knowledge.releases()))


def test_nothing_approved_is_nothing_to_publish(make_app: Make) -> None:
    """A draft is not enough."""
    app = make_app()
    load(app)
    app.transactions.run(lambda uow: uow.knowledge.draft(text_of(DOG), "甲", NOW))
    with pytest.raises(Refused, match="没有复核通过"):
        app.editors.publish("丙", NOW)


def test_additions_go_live_without_explanation(make_app: Make) -> None:
    """Nothing that was answered changes; the report is kept with the release."""
    app = make_app()
    load(app)
    asked(app, "怎么退保", "狗咬人保险管不管", "今天天气怎么样")
    approved(app, DOG)
    release, report = app.editors.publish("丙", NOW)
    assert (release.number, release.size, release.kind, release.actor) == (2, 5, "publish", "丙")
    assert report.counts["past"]["newly"] + report.counts["past"]["better"] == 1
    assert release.report == report.summary()
    assert release.calibration is not None, "one entry in five is new: it is judged anew"


def test_a_small_edit_is_judged_as_before(make_app: Make) -> None:
    """What was learnt from a base still holds when one entry of many changes."""
    app = make_app()
    app.transactions.run(lambda uow: seed.plant(uow, NOW))
    app.knowledge_watcher.look()
    approved(app, DOG)
    release, _ = app.editors.publish("丙", NOW)
    assert release.calibration is None


def test_a_change_needs_an_explanation(make_app: Make) -> None:
    """Refused with the counts until somebody says why; the words are kept with the release."""
    app = make_app()
    load(app)
    asked(app, "怎么退保", "我想把保险退了")
    approved(app, STOLEN)
    with pytest.raises(Unexplained, match="--explain") as refused:
        app.editors.publish("丙", NOW)
    lost = {change.asked.text for change in refused.value.report.changes}
    assert {"怎么退保", "我想把保险退了"} & lost
    assert len(releases(app)) == 1
    with pytest.raises(Unexplained):
        app.editors.publish("丙", NOW, "   ")
    release, _ = app.editors.publish("丙", NOW, " 退保改由人工办理 ")
    assert (release.number, release.explanation) == (2, "退保改由人工办理")


def test_what_was_replayed_is_what_is_published(make_app: Make) -> None:
    """A proposal approved meanwhile makes the publisher look again."""
    app = make_app()
    load(app)
    approved(app, DOG)
    ready = app.editors.prepare(NOW)
    approved(app, replace(DOG, id="F301", question="猫抓了人赔吗？", variants=()))
    with pytest.raises(Refused, match="又有了变化"):
        app.transactions.run(lambda uow: ready.cut(uow, "丙", NOW))


def test_test_questions_are_tried_with_their_right_answer(make_app: Make) -> None:
    """A question that must not be answered, and now is, has to be explained."""
    app = make_app()
    load(app)
    bad = replace(DOG, question="今天天气怎么样", variants=("明天下雨吗",))
    wanted = {"今天天气怎么样": "", "怎么退保": "F125,F127"}
    app.transactions.run(lambda uow: uow.test_questions.add(wanted, "staff", "甲", app.cipher, NOW))
    approved(app, bad)
    report = app.editors.replay(NOW)
    assert report.counts["test"] == {"changed": 1, "same": 1}


def test_rolling_back_restores_an_earlier_release(make_app: Make) -> None:
    """Under a new number; the live one and one that never was are refused."""
    app = make_app()
    load(app)
    approved(app, DOG)
    app.editors.publish("丙", NOW)
    back = app.transactions.run(lambda uow: restore(uow, 1, "丙", NOW))
    assert (back.number, back.restores, back.size, back.kind) == (3, 1, 4, "rollback")
    report = app.editors.compare(2, 3, NOW)
    assert {change.before.first for change in report.changes} <= {"F300"}
    with pytest.raises(Refused, match="现在就是"):
        app.transactions.run(lambda uow: restore(uow, 3, "丙", NOW))
    with pytest.raises(Refused, match="没有第 99 号"):
        app.transactions.run(lambda uow: restore(uow, 99, "丙", NOW))


def test_a_running_process_takes_a_release_up(make_app: Make) -> None:
    """The next look swaps it in whole; the trace names it, and the former still renders."""
    app = make_app()
    load(app)
    service, looks = app.knowledge, watcher(app)
    assert best(service.look_up("狗咬人保险管不管")) == ""
    assert not looks.look()
    approved(app, DOG)
    app.editors.publish("丙", NOW)
    assert looks.look()
    hit = service.look_up("狗咬人保险管不管")
    assert (best(hit), hit.trace["release"]) == ("F300", 2)
    app.transactions.run(lambda uow: restore(uow, 1, "丙", NOW))
    assert looks.look()
    assert (service.release, best(service.look_up("狗咬人保险管不管"))) == (3, "")
    assert service.answer("F300") == ("看附加险。", ())
    assert service.question("F300") == DOG.question
    service.forget_former()
    assert service.answer("F300") is None
    assert not looks.look()


def test_dates_come_and_go_without_a_release(make_app: Make) -> None:
    """What is not yet in force, or not any more, is not answered."""
    app = make_app()
    day = timedelta(days=1)
    soon = replace(DOG, effective_from=NOW + day, expires_at=NOW + 3 * day)
    load(app, [*ENTRIES, soon])
    clock = [NOW]
    looks = Watcher(app.transactions, lambda: app.knowledge, lambda: clock[0])
    found = []
    for at in (NOW, NOW + day, NOW + 2 * day, NOW + 3 * day):
        clock[0] = at
        looks.look()
        found.append(best(app.knowledge.look_up("狗咬人保险管不管")))
    assert found == ["", "F300", "F300", ""]


def brought(app: App, *entries: Entry, **order: object) -> Imported:
    """Import entries."""
    intake = Intake({entry.id: entry for entry in entries})
    return bring_in(app.editors, intake, Order("op", NOW, **order))  # type: ignore[arg-type]


def test_a_file_is_added_to_what_is_live(make_app: Make) -> None:
    """New and changed entries go live at once, the rest stays; the operator is named."""
    app = make_app()
    load(app)
    changed = replace(ENTRIES[0], answer="打 95500。")
    done = brought(app, DOG, changed, ENTRIES[3], publish=True)
    assert done == Imported(3, new=1, changed=1, removed=0, release=2)
    watcher(app).look()
    assert len(app.knowledge.base.entries) == 5
    assert app.knowledge.answer("F001") == ("打 95500。", ())
    assert "op" in releases(app)[0].explanation


def test_a_file_can_take_the_place_of_everything(make_app: Make) -> None:
    """With --replace only the file is left, and a roll-back brings the old back."""
    app = make_app()
    load(app)
    done = brought(app, DOG, publish=True, replace=True)
    assert (done.removed, done.release) == (4, 2)
    watcher(app).look()
    assert list(app.knowledge.base.entries) == ["F300"]
    app.transactions.run(lambda uow: restore(uow, 1, "op", NOW))
    watcher(app).look()
    assert len(app.knowledge.base.entries) == 4


def test_a_file_without_publish_becomes_drafts(make_app: Make) -> None:
    """Only what is new or different; what somebody works on refuses the whole file."""
    app = make_app()
    load(app)
    brought(app, DOG, ENTRIES[0])
    drafts = app.transactions.read(lambda uow: uow.knowledge.open())
    assert [(v.code, v.state, v.author) for v in drafts] == [("F300", "draft", "op")]
    for publish in (False, True):
        with pytest.raises(Refused, match="F300"):
            brought(app, DOG, replace(ENTRIES[0], answer="x"), publish=publish)
    assert len(releases(app)) == 1


def test_reviewed_work_is_not_spoilt_by_a_file(make_app: Make) -> None:
    """Once people publish by review, a file that changes answers needs an explanation."""
    app = make_app()
    load(app)
    asked(app, "怎么退保")
    approved(app, DOG)
    app.editors.publish("丙", NOW)
    watcher(app).look()
    with pytest.raises(Unexplained):
        brought(app, STOLEN, publish=True)
    assert brought(app, STOLEN, publish=True, explanation="总公司的新口径").release == 3
    assert releases(app)[0].explanation == "总公司的新口径"
    more = Entry("X1", "宠物能上保险吗？", (), "不能。", "条款")
    assert brought(app, more, publish=True).release == 4


def test_a_dry_run_writes_nothing(make_app: Make) -> None:
    """It tells what would happen."""
    app = make_app()
    load(app)
    order = Order("op", NOW, publish=True, replace=True)
    intake = Intake({"F300": DOG})
    done = app.transactions.read(lambda uow: preview(uow, intake, order))
    assert (done.new, done.removed, done.release) == (1, 4, 0)
    assert len(releases(app)) == 1


def test_only_questions_are_tried(make_app: Make) -> None:
    """Each text once, the newest first; no single characters, no walls of text."""
    app = make_app()
    asked(app, "怎么退保", "1", "", "长" * 300, "怎么退保", "报案打哪个电话")
    assert app.transactions.read(past.past) == ["报案打哪个电话", "怎么退保"]
    assert past.shown("我的保单TATJ20260208000155呢") == "我的保单TAT****55呢"
