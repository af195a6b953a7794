"""The needs questionnaire and what follows from its answers: categories, never prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from bot.advice.questions import (
    Answers,
    Condition,
    Question,
    any_holds,
    holds,
    read_condition,
    read_options,
)
from bot.advice.rows import Row, load_table

_FILE = Path(__file__).with_name("needs.yaml")
Rank = Literal["must", "first", "then", "unfit", "stop"]
RANKS: tuple[Rank, ...] = ("must", "first", "then", "unfit", "stop")
_CHEAP = "min"


@dataclass(frozen=True)
class Rule:
    """When to name a product category, how strongly, and why."""

    profile: str
    product: str
    title: str
    rank: Rank
    reason: str
    when: Condition
    unless: Condition


@dataclass(frozen=True)
class Advice:
    """What the answers lead to: the risks seen, and the rules that hold, most needed first."""

    risks: tuple[str, ...]
    items: tuple[Rule, ...]
    left_out: bool

    def of(self, *ranks: Rank) -> tuple[Rule, ...]:
        """Return the items of these ranks."""
        return tuple(item for item in self.items if item.rank in ranks)


@dataclass(frozen=True)
class Questionnaire:
    """The whole table."""

    version: str
    profiles: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, Question]
    risks: tuple[tuple[str, Condition, str], ...]
    rules: tuple[Rule, ...]

    def asks(self, key: str, answers: Answers) -> bool:
        """Tell whether a question matters, given what is known."""
        if key == "profile":
            return True
        asked = self.profiles.get(str(answers.get("profile")), ())
        return key in asked and holds(self.questions[key].only, answers)

    def only_profile(self, answers: Answers) -> str:
        """Return the profile that all answers point to, '' where none or several do."""
        said = {key for key in answers if key in self.questions} - {"profile", "budget"}
        fitting = [name for name, asked in self.profiles.items() if said <= {*asked}]
        return fitting[0] if said and len(fitting) == 1 else ""

    def assess(self, answers: Answers) -> Advice:
        """Return what the answers lead to; who wants to spend little gets only what matters."""
        mine = [rule for rule in self.rules if self._fits(rule, answers)]
        cheap = answers.get("budget") == _CHEAP
        kept = [rule for rule in mine if not (cheap and rule.rank == "then")]
        risks = tuple(
            say
            for profile, when, say in self.risks
            if profile == answers.get("profile") and holds(when, answers)
        )
        ranked = sorted(kept, key=lambda rule: RANKS.index(rule.rank))
        return Advice(risks, tuple(ranked), len(kept) < len(mine))

    def _fits(self, rule: Rule, answers: Answers) -> bool:
        mine = rule.profile == answers.get("profile") and holds(rule.when, answers)
        return mine and not any_holds(rule.unless, answers)


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """Return the table as shipped; raise TableError with file, line and remedy."""
    return load_needs(_FILE)


def load_needs(file: Path) -> Questionnaire:
    """Return the table of a file; raise TableError with file, line and remedy."""
    table = load_table(file)
    table.only("version", "reviewed_on", "profiles", "questions", "risks", "rules")
    table.day("reviewed_on")
    raw = {name: _question(name, row) for name, row in table.named_rows("questions")}
    profiles = dict(_profiles(table, raw))
    questions = {name: _conditioned(name, table, raw) for name in raw}
    questions["profile"] = _with_words(table, questions["profile"])
    return Questionnaire(
        version=str(table.day("version")),
        profiles=profiles,
        questions=questions,
        risks=tuple(_risk(row, profiles, questions) for row in table.rows("risks")),
        rules=tuple(_rule(row, profiles, questions) for row in table.rows("rules")),
    )


def _question(name: str, row: Row) -> Question:
    row.only("label", "ask", "help", "options", "several", "unasked", "only")
    return Question(
        key=name,
        label=row.text("label"),
        ask=row.text("ask"),
        help=row.text("help"),
        options=read_options(row),
        several=bool(row.get("several", False)),
        unasked=bool(row.get("unasked", False)),
    )


def _conditioned(name: str, table: Row, raw: Mapping[str, Question]) -> Question:
    row = table.row("questions").row(name)
    plain = raw[name]
    return Question(**{**vars(plain), "only": read_condition(row, "only", raw)})


def _profiles(table: Row, known: Mapping[str, Question]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, row in table.named_rows("profiles"):
        row.only("label", "words", "questions")
        if "profile" not in known or name not in known["profile"].values:
            raise row.wrong("label", f"{name} 不是 questions.profile 的选项", "请在那里也写上。")
        yield name, row.names("questions", known)


def _with_words(table: Row, question: Question) -> Question:
    """The words that tell whom it is for stand with the profiles."""
    profiles = table.row("profiles")
    options = tuple(
        (value, label, profiles.row(value).text("words")) for value, label, _ in question.options
    )
    return Question(**{**vars(question), "options": options})


def _risk(
    row: Row, profiles: Mapping[str, object], known: Mapping[str, Question]
) -> tuple[str, Condition, str]:
    row.only("for", "when", "say")
    return _profile_of(row, profiles), read_condition(row, "when", known), row.text("say")


def _rule(row: Row, profiles: Mapping[str, object], known: Mapping[str, Question]) -> Rule:
    row.only("for", "product", "title", "rank", "when", "unless", "reason")
    if row.get("rank") not in RANKS:
        raise row.wrong("rank", f"没有 {row.get('rank')} 这一级", f"应为 {'、'.join(RANKS)} 之一。")
    if not (row.get("product") or row.get("title")):
        raise row.wrong("product", "没写产品", "请写 product（产品编号），先别买的写 title。")
    return Rule(
        profile=_profile_of(row, profiles),
        product=row.text("product", ""),
        title=row.text("title", ""),
        rank=cast(Rank, row["rank"]),
        reason=row.text("reason"),
        when=read_condition(row, "when", known),
        unless=read_condition(row, "unless", known),
    )


def _profile_of(row: Row, profiles: Mapping[str, object]) -> str:
    if row.get("for") not in profiles:
        raise row.wrong(
            "for", f"没有 {row.get('for')} 这一类", f"应为 {'、'.join(profiles)} 之一。"
        )
    return row.text("for")
