"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import pytest
import typer
import typer.main
import yaml
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

import intents
from bot.cli.main import app
from bot.dialogue.flow import Flow
from bot.dialogue.registry import find_flows
from bot.settings import Settings
from knowledge_base.loader import PLACEHOLDER, load_folder
from knowledge_base.service import FOLDER
from scheduler.registry import find_jobs

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for place in (ROOT, DOCS, DOCS / "decisions")
    for page in place.glob("*.md")
    if page.name != "LICENSE"
)
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(#[^)\s]+)?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TEST_FILE = re.compile(r"`(tests/[\w./]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
REQUIREMENT = re.compile(r"^[A-Za-z0-9-]+")


def _sections(kind: Any) -> list[type[BaseModel]]:
    """Return the nested model of a field, also where it may be None."""
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]


def _settings(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting that is not a section, with its dotted key."""
    for name, field in model.model_fields.items():
        if nested := _sections(field.annotation):
            yield from _settings(nested[0], f"{path}{name}.")
        else:
            yield f"{path}{name}", field


SETTINGS = dict(_settings(Settings))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "—"
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, time):
        value = f"{value:%H:%M}"
    return str(value) or "∅"


@pytest.mark.parametrize("key", [key for key in SETTINGS if key != "branch"])
def test_every_setting_is_documented(key: str) -> None:
    """A row of the table names the key, its environment variable and its present default."""
    variable = "ANDA_" + key.upper().replace(".", "__")
    assert f"| `{key}` | `{variable}` | `{_default(SETTINGS[key])}` | " in CONFIGURATION


def test_no_setting_is_invented() -> None:
    """Every variable the page names is one that the program reads."""
    named = {n.rstrip("_") for n in re.findall(r"ANDA_[A-Z_]+", CONFIGURATION)} - {"ANDA"}
    known = {"ANDA_" + key.upper().replace(".", "__") for key in SETTINGS}
    assert named - known <= set()


def _configured_facts() -> dict[str, str]:
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    facts: dict[str, str] = raw["branch"]
    return facts


def _used_facts() -> set[str]:
    entries = load_folder(FOLDER).entries.values()
    return {key for entry in entries for key in PLACEHOLDER.findall(entry.answer)}


def test_every_branch_fact_is_configured_and_documented() -> None:
    """Facts that answers speak of are in the shipped configuration and in its documentation."""
    assert _used_facts() <= Settings().facts.keys()
    missing = [k for k in _configured_facts() if f"| `{k}` | " not in CONFIGURATION]
    assert not missing


def test_no_rule_is_told_twice() -> None:
    """What a rule decides is not written down a second time, where it could say something else."""
    ruled = {"chat_hours", *Settings().deadlines.promises}
    assert ruled & _configured_facts().keys() == set()
    assert not [key for key in ruled if f"`{{{key}}}`" not in CONFIGURATION]


def test_every_demo_fact_has_a_value() -> None:
    """The shipped configuration answers every question of the knowledge base."""
    assert all(value.strip() for value in _configured_facts().values())


@pytest.mark.parametrize("flow", find_flows(intents), ids=lambda flow: flow.name)
def test_every_intent_is_documented(flow: type[Flow]) -> None:
    """The table of intents names the file, the intent and what customers see of it."""
    file = flow.__module__.replace(".", "/") + ".py"
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    assert f"| `{file}` | `{flow.name}` | {flow.title} | " in page


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("command", list(_commands(typer.main.get_command(app), "anda")))
def test_every_command_is_documented(command: str) -> None:
    """The operations manual names each command."""
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert re.search(rf"`{command}[ `]", text)


@pytest.mark.parametrize("job", find_jobs())
def test_every_job_is_documented(job: str) -> None:
    """The operations manual has a row for each scheduled job."""
    assert f"| `{job}` | " in (DOCS / "operations.md").read_text(encoding="utf-8")


def _anchor(heading: str) -> str:
    """Return the anchor that Markdown gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    """Every relative link leads to a file, and every anchor to a heading in it."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target, anchor in LINK.findall(text):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            headings = HEADING.findall(FENCE.sub("", file.read_text(encoding="utf-8")))
            assert anchor[1:] in map(_anchor, headings), f"{target}{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_tests_exist(page: Path) -> None:
    """A page that says which test watches over something names one that exists."""
    example = {"tests/dialogues/rescue.yaml"}  # the worked example, which the reader adds
    named = set(TEST_FILE.findall(page.read_text(encoding="utf-8"))) - example
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_dependency_has_its_reason() -> None:
    """Each runtime dependency stands in the decision records."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [match.group() for d in project["dependencies"] if (match := REQUIREMENT.match(d))]
    records = "\n".join(
        page.read_text(encoding="utf-8") for page in sorted((DOCS / "decisions").glob("0*.md"))
    )
    assert [name for name in names if f"| `{name}` | " not in records] == []


def test_no_reason_is_left_over() -> None:
    """The table of dependencies names nothing that is not one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {match.group() for d in project["dependencies"] if (match := REQUIREMENT.match(d))}
    page = (DOCS / "decisions" / "0010-runtime-dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)) == names


def test_decisions_are_listed() -> None:
    """The index of the documentation links each decision."""
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    records = sorted(page.name for page in (DOCS / "decisions").glob("*.md"))
    assert [name for name in records if f"(decisions/{name})" not in index] == []


def test_the_charter_has_every_row_once_and_adds_up() -> None:
    """S1 to S88 stand there once each, and the line at the end counts them by their state."""
    page = (DOCS / "charter.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| S(\d+) \|[^|]*\| (已有|部分|后续) \|", page, re.MULTILINE)
    assert sorted(int(number) for number, _ in rows) == list(range(1, 89))
    states = Counter(state for _, state in rows)
    told = "合计 88 条：" + "，".join(f"{s} {states[s]}" for s in ("已有", "部分", "后续"))
    assert page.rstrip().endswith(told + "。")
