"""What was taken apart is found again at the next start, and is never wrong or in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base.loader import KnowledgeBase, load_folder
from knowledge_base.service import FOLDER, Service
from knowledge_base.shelf import Shelf
from knowledge_base.wordings import Memory, Question, Taken, prepare

QUESTIONS = (
    Question("Q1", ("车险怎么理赔", "撞车了怎么报案 2000 以内"), "先报案，再查勘。"),
    Question("Q2", ("不想续保了怎么退", "退保"), "带身份证来办。"),
    Question("Q3", ("，", " ")),
)


_ROWS = 400
# Keeps other questions again and again, and tells after each time.
_WRITES_ON = f"""
import sys
from itertools import count
from pathlib import Path
from knowledge_base.shelf import Shelf
from knowledge_base.wordings import Question, take_apart
taken = take_apart(Question("Q", ("车险怎么理赔", "撞车了怎么报案")))
for turn in count():
    rows = [(Question(f"Q{{turn}}-{{n}}", ()), taken) for n in range({_ROWS})]
    Shelf(Path(sys.argv[1])).keep(rows)
    print(turn, flush=True)
"""


def started(folder: Path, *questions: Question) -> Memory:
    """Start, prepare these questions, and keep what was found."""
    memory = Memory(kept=Shelf(folder))
    for question in questions:
        memory(question)
    memory.turn()
    memory.keep()
    return memory


class Watched(Shelf):
    """Notes what is not on it, and so is taken apart."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.missed: list[str] = []

    def find(self, question: Question) -> Taken | None:
        """Find it, or note that it was not there."""
        found = super().find(question)
        if found is None:
            self.missed.append(question.id)
        return found


def test_a_second_start_takes_nothing_apart(tmp_path: Path) -> None:
    """And what it finds is what it would have worked out."""
    started(tmp_path, *QUESTIONS)
    shelf = Watched(tmp_path)
    again = Memory(kept=shelf)
    assert [again(question) for question in QUESTIONS] == list(map(prepare, QUESTIONS))
    assert shelf.missed == []


def test_only_what_was_changed_is_taken_apart(tmp_path: Path) -> None:
    """An edited entry is worked out, kept, and its former self forgotten."""
    started(tmp_path, *QUESTIONS)
    edited = Question("Q2", ("怎么退保",), "带身份证来办。")
    shelf = Watched(tmp_path)
    memory = Memory(kept=shelf)
    assert [memory(one) for one in (QUESTIONS[0], edited)] == [
        prepare(one) for one in (QUESTIONS[0], edited)
    ]
    assert shelf.missed == ["Q2"]
    memory.keep()
    assert Shelf(tmp_path).find(QUESTIONS[1]) is None
    assert Shelf(tmp_path).find(edited) is not None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"mark": 1}', '{"rows": {}}', "\ud800", '{"mark":1,"rows":2}']
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    """It is not read, and the next start has a whole one."""
    file = tmp_path / "wordings.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    memory = started(tmp_path, *QUESTIONS)
    assert memory.remembered(QUESTIONS[0]) == prepare(QUESTIONS[0])
    assert Shelf(tmp_path).find(QUESTIONS[0]) is not None


def test_other_word_lists_make_it_void(tmp_path: Path) -> None:
    """What was found with other words or another program is not what would be found now."""
    started(tmp_path, *QUESTIONS)
    file = tmp_path / "wordings.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(kept | {"mark": "other"}), encoding="utf-8")
    assert Shelf(tmp_path).find(QUESTIONS[0]) is None


def test_a_broken_row_is_worked_out_again(tmp_path: Path) -> None:
    """A row that somebody wrote into is no answer."""
    started(tmp_path, *QUESTIONS)
    file = tmp_path / "wordings.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["rows"] = {key: [[["车"]], 3] for key in kept["rows"]}
    file.write_text(json.dumps(kept), encoding="utf-8")
    memory = Memory(kept=Shelf(tmp_path))
    assert memory(QUESTIONS[0]) == prepare(QUESTIONS[0])


def test_killed_while_writing_it_is_whole(tmp_path: Path) -> None:
    """Whatever dies in the middle: the file of before, or the new one, and never a part of one."""
    program = [sys.executable, "-c", _WRITES_ON, str(tmp_path)]
    for seed in range(6):
        with subprocess.Popen(program, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            written = [writer.stdout.readline() for _ in range(1 + 7 * seed)]
            writer.kill()
        kept = json.loads((tmp_path / "wordings.json").read_text(encoding="utf-8"))
        assert len(kept["rows"]) == _ROWS
        assert written[-1].strip().isdigit()


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    """The start goes on: only the next one is not faster."""
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    memory = started(tmp_path / "cache", *QUESTIONS)
    assert memory.remembered(QUESTIONS[0]) == prepare(QUESTIONS[0])


def test_the_shipped_entries_are_found_alike(tmp_path: Path) -> None:
    """The same questions, the same entries and the same scores at the second start."""
    base: KnowledgeBase = load_folder(FOLDER)
    asked = ("撞车了怎么报案", "退保要带什么", "水淹了赔不赔", "天气怎么样")
    first, second = (
        [Service(base, {}, memory=Memory(kept=Shelf(tmp_path))).look_up(text) for text in asked]
        for _ in range(2)
    )
    assert first == second
