"""House rules that no linter knows: where Chinese may stand, sizes, clocks, answers, migrations."""

from __future__ import annotations

import ast
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from bot.settings import Settings
from knowledge_base.entries import Entry
from knowledge_base.loader import PLACEHOLDER, KnowledgeBase, load_folder
from knowledge_base.service import FOLDER
from storage import schema
from storage.database import open_engine

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "intents", "knowledge_base", "storage", "scheduler")
CHINESE = re.compile(r"[\u3400-\u9fff]")
BLANKS = re.compile(r"\s")
LONGEST_FILE = 350
USUAL_FILE = 200
LONGEST_ANSWER = 200
FEWEST_VARIANTS = 8
FIRST_IDS = {f"F{number:03d}" for number in range(1, 251)}
NEW_IDS = re.compile(r"F[3-9]\d\d|F\d{4,}")

# File or folder → why Chinese may stand in its string literals.
CHINESE_ALLOWED = {
    "intents/": "what an intent says and hears",
    "bot/dialogue/phrases.py": "what the bot says when no intent is speaking",
    "bot/dialogue/words.py": "the words that steer a dialogue",
    "bot/dialogue/call_words.py": "how customers call a promised call off or move it",
    "storage/call_backs_desk.py": "the reason that staff read beside a changed promise",
    "bot/dialogue/stop_words.py": "how customers say that messages shall stop",
    "bot/dialogue/again_words.py": "how customers say that they may come again",
    "bot/dialogue/event_words.py": "the words that tell one event from another",
    "bot/dialogue/question_words.py": "the words of questions and of answers to them",
    "bot/dialogue/verification.py": "the sentences that flows with a proof of identity share",
    "bot/dialogue/core_system.py": "what flows say while the core system is asked",
    "bot/channels/core/": "why the core system could not be asked, read by staff",
    "bot/dialogue/slot_types/": "how customers say values, and why one cannot be used",
    "bot/desks/claim_facts": "mistakes in the table of facts, told to clerks",
    "bot/dialogue/claim_choice.py": "the label of the slot that flows about claims share",
    "bot/dialogue/claim_words.py": "the sentences that flows about claims share",
    "bot/dialogue/claim_form.py": "the lines of the summary that tell what happened",
    "bot/dialogue/flow.py": "the line of the summary that lists what comes later",
    "bot/dialogue/lifecycle.py": "the button that takes a draft up again",
    "bot/dialogue/repair.py": "the button that takes a draft up again",
    "bot/dialogue/escalation.py": "the reason that staff read on a hand-off",
    "bot/dialogue/readers_": "cues and buttons, matched against what customers write",
    "bot/advice/": "mistakes in the tables of advice and application, told to clerks",
    "bot/dialogue/form_slots.py": "the two buttons under a consent",
    "bot/engine.py": "stand-ins for what has no text, and the reason staff read after a fault",
    "storage/handoffs.py": "how staff read a message that has no words",
    "bot/console/": "the console speaks to staff",
    "bot/wishes.py": "what the platform told, read by staff",
    "bot/handoff.py": "reasons and refusals that staff read",
    "bot/closing_time.py": "reasons and refusals that staff read",
    "bot/full_desk.py": "reasons and refusals that staff read",
    "storage/same_people.py": "why two cannot be joined, and who joined them; told to staff",
    "storage/customer_joins.py": "why two records cannot be joined, or parted; told to staff",
    "storage/after_sending.py": "the reason that staff read beside what was kept back",
    "bot/queue_keeper.py": "reasons that staff read beside a change of state",
    "storage/outbox.py": "the reason that staff read beside what was kept back",
    "storage/outbound/": "why a touch is not sent, and how a policy is called; read by people",
    "storage/inbox_list.py": "what staff call a visitor and a message without words",
    "bot/outbox.py": "reasons that staff read beside an undelivered item",
    "bot/settings_sections.py": "mistakes in a section, told to the operator",
    "bot/settings.py": "mistakes in the configuration, told to the operator",
    "bot/bootstrap.py": "what the chat page shows where the configuration is silent",
    "bot/api/": "problems, summaries and owners, read by staff",
    "bot/clockwork/": "deadlines in words, and mistakes in the calendar, told to staff",
    "bot/reports/": "reports are read by staff",
    "bot/cli/": "the command line speaks to operators",
    "bot/scripts/": "mistakes in a script, and the people who stand in it",
    "bot/channels/feedback_form/": "what stands on the form, and why it is not accepted",
    "bot/channels/links/": "what visitors of a link are told",
    "bot/channels/papers/": "what stands on a policy, and on the page before it",
    "bot/pdf/sheet.py": "the line about characters that cannot be printed",
    "bot/desks/changes.py": "mistakes in the kinds of change, told to clerks",
    "storage/servic": "services in words: who has one, why a step is refused, what customers hear",
    "storage/policy_links.py": "the states of a policy that has no document",
    "bot/channels/webhook.py": "reasons that staff read beside an undelivered event",
    "bot/channels/telegram/": "the button that shares a number, and reasons that staff read",
    "bot/channels/pacer.py": "why a post waits, read by staff",
    "bot/channels/robots/": "what robots tell staff, and why a post failed",
    "bot/staff_parts.py": "the line of a summary that tells what is under way",
    "bot/channels/sms.py": "reasons that staff read beside an undelivered message",
    "bot/channels/webchat/service.py": "why a photo is refused, told to the customer",
    "bot/channels/wechat/menu.py": "mistakes in the menu, told to clerks",
    "bot/channels/wechat/profiles.py": "the reason that staff read beside what was dropped",
    "bot/channels/wechat/qrcodes.py": "what is wrong with an answer, told to the operator",
    "bot/channels/wechat/crypto.py": "a mistake in the configuration, told to the operator",
    "bot/channels/wechat/messages.py": "the platform's own words for an unsupported message",
    "bot/channels/wechat/text.py": "buttons become a line of text on this channel",
    "knowledge_base/loader.py": "mistakes in an entry, told to clerks, and the missing fact",
    "knowledge_base/products.py": "mistakes in a product card, told to clerks",
    "knowledge_base/yaml_lines.py": "mistakes in a knowledge file, told to clerks",
    "knowledge_base/lexicon.py": "mistakes in a word list, told to clerks",
    "knowledge_base/contrast.py": "mistakes in the groups, told to clerks",
    "knowledge_base/model.py": "mistakes in the weights, told to clerks",
    "knowledge_base/subjects.py": "the endings that make a product's name whole",
    "knowledge_base/sound.py": "mistakes in the sounds, told to clerks",
    "knowledge_base/normalise.py": "the particles that end a sentence",
    "knowledge_base/numerals.py": "Chinese numerals and their units",
    "knowledge_base/noise.py": "what hasty typists put around a question",
    "knowledge_base/train.py": "the heading of the file it writes",
    "knowledge_base/understanding/": "mistakes in the data, and the forms of Chinese sentences",
    "knowledge_base/audience.py": "a condition that is none, told to clerks",
    "knowledge_base/bodies.py": "what is wrong with an entry, told to clerks",
    "knowledge_base/export.py": "a file type we do not write, told to clerks",
    "knowledge_base/intake.py": "headings that clerks use, and what is wrong with a row",
    "knowledge_base/lint.py": "what is wrong with the base, told to clerks",
    "knowledge_base/sheets.py": "what is wrong with a file, told to clerks",
    "bot/knowledge/": "rules and records of the editors' work, read by staff",
    "storage/demo/": "invented data",
    "storage/knowledge.py": "rules of the editors' work, told to staff",
    "storage/audit_check.py": "which link is broken and how, told to the operator",
    "storage/assess": "rules of assessment, told to staff",
    "storage/improvements.py": "rules of the improvement ledger, told to staff",
    "storage/supervision.py": "rules of supervision, told to staff",
    "storage/feedback.py": "what is told to whoever gave feedback, and rules for staff",
    "storage/survey_plan.py": "why somebody is not asked, read by staff",
    "storage/kpi/": "what a figure means, read by staff",
    "storage/ledger_clocks.py": "the word by which a guideline is known from a law",
    "storage/misses.py": "a cluster that is not there, told to staff",
    "storage/rules/": "mistakes in the tables, told to clerks",
    "storage/statuses.py": "the states of cases in words",
    "storage/one_time_codes.py": "the short message with the code",
    "storage/identity": "the reason that staff read beside a disclosure",
    "storage/policies.py": "policies in words",
    "storage/claims": "claims in words: who has one, what comes next, why a step is refused",
    "bot/privacy/": "why a request cannot be done, told to staff",
    "storage/personal/": "why something is kept, told to staff and to the person",
    "storage/privacy_desk.py": "the clock and the reason that staff read",
    "scheduler/": "what a job did, told to operators",
    "storage/imports/": "mistakes in a table, told to whoever imports it",
    "bot/workbooks.py": "what is wrong with a file, told to whoever brought it",
    "storage/recalculation.py": "deadlines that moved, told to whoever changed the calendar",
    "storage/applications": "applications in words: what is lacking, why a step is refused",
    "storage/content": "the content calendar in words, and what customers are pushed",
    "storage/digest.py": "the digest that leads read",
    "storage/knowledge_expiry.py": "what runs out and when, read by editors",
    "storage/calendar_import.py": "mistakes in a table, told to whoever imports it",
    "storage/complaint": "complaints in words: who has one, why a step is refused, what is told",
    "storage/tickets": "answers to customers, and why a step is refused",
    "storage/crypto.py": "a wrong key, told to the operator",
    "storage/database.py": "a wrong URL, told to the operator",
    "storage/schema.py": "a wrong version, told to the operator",
    "scheduler/waves.py": "what a dry run says, read by staff",
    "scheduler/jobs/": "what a job does, told to staff",
    "tools/": "the tools speak to developers and operators",
}
LONG_ALLOWED = {
    "storage/migrations/versions/": "a migration is written once and never read as a module",
}
SPEAKING = ("bot/cli/", "tools/", "bench/")


@cache
def _sources(*folders: str) -> dict[str, ast.Module]:
    """Return the syntax trees of all modules below the folders, by path."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
    }


def _docstrings(tree: ast.Module) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, owners))
    return {id(b[0].value) for b in bodies if b and isinstance(b[0], ast.Expr)}


def _chinese(tree: ast.Module) -> Iterator[str]:
    """Yield line and beginning of string literals with Chinese that are no docstrings."""
    docstrings = _docstrings(tree)
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Constant)):
        text = node.value if id(node) not in docstrings else None
        if isinstance(text, str) and CHINESE.search(text):
            yield f"{node.lineno} {text!r:.40}"


def test_chinese_stands_only_where_it_may() -> None:
    """Chinese for people lives in few places, each with its reason."""
    strays = [
        f"{path}:{literal}"
        for path, tree in _sources(*PACKAGES, "tools").items()
        if not path.startswith(tuple(CHINESE_ALLOWED))
        for literal in _chinese(tree)
    ]
    assert strays == []


def test_no_permission_is_left_over() -> None:
    """A place that may hold Chinese holds some, or is taken off the list."""
    spoken = [path for path, tree in _sources(*PACKAGES, "tools").items() if any(_chinese(tree))]
    idle = [p for p in CHINESE_ALLOWED if not any(path.startswith(p) for path in spoken)]
    assert idle == []


def _lengths() -> dict[str, int]:
    return {
        path: len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path in _sources(*PACKAGES)
    }


def test_modules_are_short() -> None:
    """Most modules fit a few screens, and none is a book."""
    lengths = _lengths()
    full = [length for length in lengths.values() if length]
    assert statistics.median(full) < USUAL_FILE
    long = {path: length for path, length in lengths.items() if length > LONGEST_FILE}
    assert [path for path in long if not path.startswith(tuple(LONG_ALLOWED))] == []


def _calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every call by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_only_the_clock_reads_the_clock() -> None:
    """Everybody else is told the time."""
    forbidden = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today)$")
    readers = [
        f"{path}:{line}"
        for path, tree in _sources(*PACKAGES).items()
        if path != "bot/clock.py"
        for line, name in _calls(tree)
        if forbidden.search(name)
    ]
    assert readers == []


def test_only_commands_print() -> None:
    """The product logs; printing is for the command line and the tools."""
    printing = [
        f"{path}:{line}"
        for path, tree in _sources(*PACKAGES, "tools").items()
        if not path.startswith(SPEAKING)
        for line, name in _calls(tree)
        if name == "print"
    ]
    assert printing == []


def test_package_files_hold_no_code() -> None:
    """``__init__.py`` holds at most a docstring."""
    full = [
        path
        for path, tree in _sources(*PACKAGES, "tests").items()
        if path.endswith("__init__.py")
        if [node for node in tree.body if id(getattr(node, "value", None)) not in _docstrings(tree)]
    ]
    assert full == []


@cache
def _knowledge() -> KnowledgeBase:
    return load_folder(FOLDER)


@cache
def _facts() -> Mapping[str, str]:
    return Settings().facts


def _entries() -> list[Entry]:
    return list(_knowledge().entries.values())


def _squeezed(text: str) -> str:
    return BLANKS.sub("", text)


def _filled(text: str) -> str:
    return PLACEHOLDER.sub(lambda hit: _facts()[hit.group(1)], text)


def test_the_outline_is_complete() -> None:
    """The first 250 entries are all there; later ones are numbered from F300."""
    ids = _knowledge().entries.keys()
    assert FIRST_IDS - ids == set()
    assert [i for i in ids - FIRST_IDS if not NEW_IDS.fullmatch(i)] == []


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: entry.id)
def test_an_answer_holds_its_facts_and_is_short(entry: Entry) -> None:
    """What must be said is said, in at most 200 characters, with the demo facts filled in."""
    said = _squeezed(_knowledge().answer(entry, _facts()))
    missing = [f for f in entry.must_contain if _squeezed(_filled(f)) not in said]
    assert missing == []
    assert len(entry.answer) <= LONGEST_ANSWER


def test_every_entry_has_its_source_and_its_dates() -> None:
    """Nothing is answered without saying from where, and until when that was checked."""
    bare = [e.id for e in _entries() if not (e.source.strip() and e.reviewed_on and e.review_due)]
    assert bare == []


def test_every_entry_is_asked_in_many_ways() -> None:
    """At least eight wordings beside the standard question."""
    few = {e.id: len(e.variants) for e in _entries() if len(set(e.variants)) < FEWEST_VARIANTS}
    assert few == {}


def test_no_wording_stands_twice() -> None:
    """A wording belongs to one entry, and once."""
    counted = Counter(_squeezed(text) for e in _entries() for text in e.texts)
    assert [text for text, times in counted.items() if times > 1] == []


def test_models_equal_migrations(tmp_path: Path) -> None:
    """What the models say is what the migrations make."""
    engine = open_engine(f"sqlite:///{tmp_path / 'house.db'}", b"a key for this test alone")
    schema.upgrade(engine)
    try:
        assert schema.differences(engine) == []
    finally:
        engine.dispose()
