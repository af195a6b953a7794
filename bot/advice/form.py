"""The application form: what each kind of insurance asks, and what must be explained first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.advice.questions import Answers, Question, holds, read_condition, read_options
from bot.advice.rows import Row, load_table
from bot.back_office import ProductView

_FILE = Path(__file__).with_name("form.yaml")
TYPES = ("choice", "text", "money", "day", "plate", "vin", "name", "phone", "count", "agree", "age")
_KEYS = (
    *("label", "type", "ask", "help", "called", "options", "must", "later", "told"),
    *("unasked", "duty", "only", "only_without"),
)


@dataclass(frozen=True)
class Field(Question):
    """One thing that the form asks, with the reason why (``help``)."""

    type: str = "text"
    called: tuple[str, ...] = ()
    must: bool = False
    later: bool = False
    told: bool = False
    duty: bool = False
    only_without: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of insurance; without ``form`` a colleague takes it from a telephone number."""

    code: str
    label: str
    line: str
    words: str
    fields: tuple[str, ...]
    products: Mapping[str, Mapping[str, tuple[str, ...]]]
    form: bool

    def cards(self, answers: Answers) -> tuple[str, ...]:
        """Return the product cards whose cover and exclusions must be explained."""
        for asked, by_answer in self.products.items():
            if codes := by_answer.get("" if asked == "default" else str(answers.get(asked))):
                return codes
        return ()


@dataclass(frozen=True)
class Text:
    """Words that customers were shown, with the version that is kept as proof."""

    version: str
    text: str


@dataclass(frozen=True)
class Point:
    """One of the five things that must be understood; ``again`` says it in other words."""

    key: str
    label: str
    text: str
    again: str
    version: str = ""


@dataclass(frozen=True)
class Form:
    """The whole table."""

    version: str
    latest_start_days: int
    notice: Text
    guardian: Text
    statement: Text
    signing: Text
    kinds: Mapping[str, Kind]
    fields: Mapping[str, Field]
    groups: Mapping[str, tuple[str, ...]]
    raw_points: Mapping[str, Mapping[str, Any]]

    def asks(self, key: str, answers: Answers, skipped: Iterable[str] = ()) -> bool:
        """Tell whether a field matters, given what is known."""
        kind = self.kinds.get(str(answers.get("kind")))
        if kind is None or key not in kind.fields:
            return False
        field = self.fields[key]
        if field.only_without and field.only_without not in skipped:
            return key in answers
        return holds(field.only, answers)

    def lacking(self, answers: Answers) -> list[str]:
        """Return the keys of what the application needs and does not have (S36)."""
        kind = self.kinds.get(str(answers.get("kind")))
        if kind is None:
            return ["kind"]
        empty = [key for key in kind.fields if answers.get(key) in (None, "", [])]
        found = [key for key in empty if self._needed(key, answers)]
        # A car is known by its plate or by its frame number.
        either = [key for key in empty if self.fields[key].only_without in empty]
        return found + [key for key in either if self.fields[key].only_without]

    def _needed(self, key: str, answers: Answers) -> bool:
        field = self.fields[key]
        return field.must and holds(field.only, answers)

    def points(self, answers: Answers, cards: Sequence[ProductView]) -> list[Point]:
        """Return the five points for what is applied for, in the words of its cards."""
        kind = self.kinds[str(answers["kind"])]
        wanted = kind.cards(answers)
        chosen = [card for code in wanted for card in cards if card.code == code]
        words = {
            "period": _by_card(chosen, "period"),
            "covers": _by_card(chosen, "covers"),
            "excludes": _by_card(chosen, "excludes"),
        }
        basis = "、".join(f"{card.code}@{card.reviewed_on}" for card in chosen) or "-"
        return [
            Point(
                key=key,
                label=raw["label"],
                text=raw["by_kind"].get(kind.code, raw["text"]).format_map(words),
                again=raw["again"],
                version=f"{self.version}/{basis}",
            )
            for key, raw in self.raw_points.items()
        ]

    def explained(self, answers: Answers, cards: Sequence[ProductView]) -> bool:
        """Tell whether every card that has to be explained may be shown today."""
        wanted = self.kinds[str(answers["kind"])].cards(answers)
        return bool(wanted) and {card.code for card in cards} >= set(wanted)


def _by_card(cards: Sequence[ProductView], what: str) -> str:
    """Return what the cards say; those that say the same say it once."""
    said: dict[str, list[str]] = {}
    for card in cards:
        said.setdefault(str(getattr(card, what)), []).append(card.name)
    if len(said) == 1:
        return next(iter(said))
    return "\n".join(f"【{'、'.join(names)}】{text}" for text, names in said.items())


@lru_cache(maxsize=1)
def form() -> Form:
    """Return the table as shipped; raise TableError with file, line and remedy."""
    return load_form(_FILE)


def load_form(file: Path) -> Form:
    """Return the table of a file; raise TableError with file, line and remedy."""
    table = load_table(file)
    table.only(
        *("version", "latest_start_days", "notice", "guardian", "statement", "signing"),
        *("kinds", "fields", "points", "groups"),
    )
    plain = {key: _field(key, row, {}) for key, row in table.named_rows("fields")}
    fields = {key: _field(key, row, plain) for key, row in table.named_rows("fields")}
    points = dict(_points(table))
    groups = table.row("groups")
    grouped = {name: groups.names(name, points) for name in groups}
    if sorted(key for keys in grouped.values() for key in keys) != sorted(points):
        raise table.wrong("groups", "五项重要内容没有正好分完", "每一项写进一组，不多不少。")
    return Form(
        version=str(table.day("version")),
        latest_start_days=table.whole("latest_start_days"),
        notice=_text(table.row("notice")),
        guardian=_text(table.row("guardian")),
        statement=_text(table.row("statement")),
        signing=_text(table.row("signing")),
        kinds={code: _kind(code, row, fields) for code, row in table.named_rows("kinds")},
        fields=fields,
        groups=grouped,
        raw_points=points,
    )


def _text(row: Row) -> Text:
    row.only("version", "text")
    return Text(row.text("version"), row.text("text"))


def _field(key: str, row: Row, known: Mapping[str, Question]) -> Field:
    row.only(*_KEYS)
    if row.get("type") not in TYPES:
        raise row.wrong("type", f"{key} 没有这样的 type", f"应为 {'、'.join(TYPES)} 之一。")
    if row["type"] == "choice" and not row.get("options"):
        raise row.wrong("type", f"{key} 是选择题，没有 options", "请写上选项。")
    if bool(row.get("must")) == bool(row.get("later") or row.get("told")):
        raise row.wrong("type", f"{key} 要不要填没写清", "must、later（或 told）写一个，只写一个。")
    only = read_condition(row, "only", known) if known else {}
    return Field(
        key=key,
        label=row.text("label"),
        ask=row.text("ask") if row["type"] != "agree" else "",
        help=row.text("help"),
        options=read_options(row),
        unasked=bool(row.get("unasked")),
        only=only,
        type=row["type"],
        called=row.texts("called"),
        must=bool(row.get("must")),
        later=bool(row.get("later")),
        told=bool(row.get("told")),
        duty=bool(row.get("duty")),
        only_without=row.text("only_without", ""),
    )


def _kind(code: str, row: Row, fields: Mapping[str, Field]) -> Kind:
    row.only("label", "line", "words", "fields", "products", "form")
    return Kind(
        code=code,
        label=row.text("label"),
        line=row.text("line"),
        words=row.text("words"),
        fields=row.names("fields", fields),
        products=dict(_products(row, fields)),
        form=bool(row.get("form")),
    )


def _products(
    row: Row, fields: Mapping[str, Field]
) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    group = row.row("products")
    for asked in group:
        if asked == "default":
            yield asked, {"": group.texts(asked)}
            continue
        if asked not in fields:
            raise group.wrong(asked, f"products 里的 {asked} 没有定义", "请写 fields 里的键。")
        answers = group.row(asked)
        for answer in answers:
            if answer not in fields[asked].values:
                raise answers.wrong(answer, f"{asked} 没有 {answer} 这个选项", "请对照 options。")
        yield asked, {answer: answers.texts(answer) for answer in answers}


def _points(table: Row) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, row in table.named_rows("points"):
        row.only("label", "text", "again", "by_kind")
        by_kind = row.row("by_kind")
        yield (
            key,
            {
                "label": row.text("label"),
                "text": row.text("text"),
                "again": row.text("again"),
                "by_kind": {kind: by_kind.text(kind) for kind in by_kind},
            },
        )
