"""The shipped files: release 1, and what an upgrade brings without touching anybody's work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.bootstrap import App
from bot.knowledge.seed import Planted, plant, plant_questions, text_of
from storage.knowledge_values import Cut
from storage.unit_of_work import UnitOfWork
from tests.bot.knowledge.kit import DOG, ENTRIES, NOW, seed_folder

Make = Callable[[], App]


def said(app: App) -> dict[str, str]:
    """Return what is live, by code."""

    def read(uow: UnitOfWork) -> dict[str, str]:
        return {v.code: v.body["answer"] for v in uow.knowledge.contents(uow.knowledge.live())}

    return app.transactions.read(read)


def planted(app: App, folder: Path) -> Planted:
    """Bring the files in."""
    return app.transactions.run(lambda uow: plant(uow, NOW, folder))


def test_the_files_are_release_1_and_planting_again_does_nothing(
    make_app: Make, tmp_path: Path
) -> None:
    """The same files are the same release."""
    app, folder = make_app(), seed_folder(tmp_path / "seed", *ENTRIES)
    assert planted(app, folder) == Planted(1, added=4)
    assert planted(app, folder) == Planted()
    assert said(app) == {entry.id: entry.answer for entry in ENTRIES}


def test_an_upgrade_changes_only_what_nobody_edited(make_app: Make, tmp_path: Path) -> None:
    """Changed files become a release; edited entries and entries with a draft stay."""
    app, folder = make_app(), seed_folder(tmp_path / "seed", *ENTRIES)
    planted(app, folder)
    edited = replace(ENTRIES[1], answer="我们自己改的")

    def edit(uow: UnitOfWork) -> None:
        held = {v.code: v.id for v in uow.knowledge.contents(1)}
        held |= uow.knowledge.add_published([text_of(edited)], "import", "x", NOW)
        uow.knowledge.cut(held, Cut("import", "x", NOW))
        uow.knowledge.draft(text_of(ENTRIES[2]), "甲", NOW)

    app.transactions.run(edit)
    newer = [replace(entry, answer="新版本") for entry in ENTRIES]
    found = planted(app, seed_folder(folder, *newer, DOG))
    assert found == Planted(3, added=1, changed=2, kept=("F125", "F127"))
    assert said(app) == {
        "F001": "新版本", "F125": "我们自己改的", "F127": "十个工作日。", "F192": "新版本",
        "F300": "看附加险。",
    }  # fmt: skip
    assert planted(app, folder) == Planted()


def test_what_was_taken_out_does_not_come_back(make_app: Make, tmp_path: Path) -> None:
    """After the base was replaced as a whole, new product texts stay outside."""
    app, folder = make_app(), seed_folder(tmp_path / "seed", *ENTRIES)
    planted(app, folder)

    def replaced(uow: UnitOfWork) -> None:
        added = uow.knowledge.add_published([text_of(DOG)], "import", "x", NOW)
        uow.knowledge.cut(added, Cut("import", "x", NOW))

    app.transactions.run(replaced)
    newer = [replace(ENTRIES[0], answer="新版本"), *ENTRIES[1:]]
    assert planted(app, seed_folder(folder, *newer)).kept == ("F001",)
    assert said(app) == {"F300": "看附加险。"}


def test_the_shipped_questions_are_added_once(make_app: Make) -> None:
    """Labelled questions of the product: right entries exist, and none is a wording."""
    app = make_app()
    count = app.transactions.run(lambda uow: plant_questions(uow, app.cipher, NOW))
    assert count > 10
    assert app.transactions.run(lambda uow: plant_questions(uow, app.cipher, NOW)) == 0
    known = app.transactions.read(lambda uow: uow.test_questions.all())
    entries = app.knowledge.base.entries
    wordings = {text for entry in entries.values() for text in entry.texts}
    assert all(code in entries for question in known for code in question.answers)
    assert not wordings & {question.text for question in known}
    app.transactions.run(lambda uow: uow.test_questions.drop(known[0].id))
    assert len(app.transactions.read(lambda uow: uow.test_questions.all())) == count - 1
