"""Load the knowledge base strictly: every mistake names file, line and remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, get_args

from bot.clock import SHANGHAI
from knowledge_base import audience, lexicon
from knowledge_base.entries import Basis, Entry
from knowledge_base.wordings import STRANGER, Question
from knowledge_base.yaml_lines import KnowledgeError, Row, load_rows

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# What is left of a brace after all placeholders are taken out is a typing mistake.
BRACE = re.compile(r"[{}]")
UNKNOWN_FACT = "这一项的具体信息我这里还没有登记，请拨打 {hotline} 核实，我也可以帮您转人工。"
UNKNOWN_HOTLINE = "客服热线"
TEXTS = ("id", "question", "answer", "source")
ANSWERS = ("answer", "also")
DATES = ("reviewed_on", "review_due")
LISTS = ("variants", "topics", "related", "buttons", "must_contain")
REQUIRED = (*TEXTS, "variants", "basis", *DATES)
MOMENTS = ("effective_from", "expires_at")
FIELDS = (*TEXTS, "also", "basis", "audience", *DATES, *LISTS, *MOMENTS)


class KnowledgeBase:
    """All entries by id, and how to say their answers."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: dict[str, Entry] = {entry.id: entry for entry in entries}

    def entry(self, entry_id: str) -> Entry:
        """Return the entry with this id; KeyError when there is none."""
        return self.entries[entry_id]

    def questions(self) -> Iterator[Question]:
        """Yield what the matcher needs: the entries, and sentences that must not be answered."""
        for entry in self.entries.values():
            yield Question(entry.id, entry.texts, entry.context)
        for text in lexicon.read_words(lexicon.FOLDER / "out_of_scope.txt"):
            yield Question(STRANGER, (text,))

    def answer(self, entry: Entry, facts: Mapping[str, str]) -> str:
        """Fill the branch's facts into the answer; say so kindly when one is not registered."""
        if (filled := _filled(entry.answer, facts)) is not None:
            return filled
        return UNKNOWN_FACT.replace(
            "{hotline}", facts.get("hotline", "").strip() or UNKNOWN_HOTLINE
        )

    def explanation(self, entry: Entry, facts: Mapping[str, str]) -> str:
        """Return the answer in other words, '' when there are none or a fact is not registered."""
        return _filled(entry.also, facts) or ""


def _filled(text: str, facts: Mapping[str, str]) -> str | None:
    """Put the branch's facts into a text, None when one is not registered."""
    # Only {name} is replaced, never str.format: a knowledge file must not reach into objects.
    if not all(facts.get(key, "").strip() for key in PLACEHOLDER.findall(text)):
        return None
    return PLACEHOLDER.sub(lambda hit: facts[hit.group(1)], text)


def load_folder(path: Path | str) -> KnowledgeBase:
    """Load and check every ``*.yaml`` of a folder."""
    folder = Path(path)
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise KnowledgeError(folder, 1, "没有找到 *.yaml", "请检查知识库目录是否正确。")
    placed = [(file, row) for file in files for row in load_rows(file)]
    entries = [_entry(file, row) for file, row in placed]
    _refuse_doubles(placed)
    _refuse_dead_links(placed, {entry.id for entry in entries})
    return KnowledgeBase(entries)


def load_jsonl(path: Path | str) -> Iterator[Entry]:
    """Yield entries of ``{"id", "question", "variants", "answer"?}`` lines, one at a time."""
    file = Path(path)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _json_entry(file, number, line)


def _json_entry(file: Path, number: int, line: bytes) -> Entry:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise KnowledgeError(file, number, "不是 UTF-8 文字", "请另存为 UTF-8。") from error
    except ValueError as error:
        raise KnowledgeError(file, number, "不是合法的 JSON", "请一行写一个对象。") from error
    if not isinstance(row, dict) or not row.get("id") or not isinstance(row.get("question"), str):
        raise KnowledgeError(file, number, "缺少 id 或 question", "请补上这两个字段。")
    variants = row.get("variants") or []
    if not isinstance(variants, list) or not all(isinstance(text, str) for text in variants):
        raise KnowledgeError(file, number, "variants 不是文字的列表", '请写成 ["问法", …]。')
    answer = row.get("answer") or ""
    return Entry(str(row["id"]), row["question"], tuple(variants), str(answer))


def _entry(file: Path, row: Row) -> Entry:
    for check in (_fields_known, _fields_present, _fields_typed, _dates_ordered, _answer_sound):
        check(file, row)
    lists: dict[str, Any] = {key: tuple(map(str, row.get(key) or ())) for key in LISTS}
    texts = {key: str(row.get(key) or "").strip() for key in (*TEXTS, "also")}
    for_whom = str(row.get("audience") or "public")
    known: dict[str, Any] = texts | lists | {key: row[key] for key in (*DATES, "basis")}
    known |= {key: moment(row.get(key)) for key in MOMENTS}
    return Entry(audience=for_whom, **known)


def moment(value: Any) -> datetime | None:
    """Return a day or a time as a moment of Shanghai; a day means its first minute."""
    if value is None or not isinstance(value, date):
        return None
    whole = value if isinstance(value, datetime) else datetime.combine(value, time())
    return whole if whole.tzinfo else whole.replace(tzinfo=SHANGHAI)


def _fields_known(file: Path, row: Row) -> None:
    for key in row:
        if key not in FIELDS:
            remedy = f"可用的字段：{'、'.join(FIELDS)}。"
            raise KnowledgeError(file, row.line_of(key), f"不认识的字段 {key}", remedy)


def _fields_present(file: Path, row: Row) -> None:
    for key in REQUIRED:
        if row.get(key) in (None, "", []):
            name = row.get("id", "这一条")
            remedy = f"请为 {name} 补上 {key}。"
            raise KnowledgeError(file, row.line_of(key), f"{name} 缺少 {key}", remedy)


def _fields_typed(file: Path, row: Row) -> None:
    for key in (*TEXTS, "also", "audience"):
        _expect(file, row, key, isinstance(row.get(key, ""), str), "文字；含特殊符号时请加引号")
    for key in LISTS:
        _expect(file, row, key, _is_text_list(row.get(key)), "文字的列表；数字请加引号")
    for key in DATES:
        _expect(file, row, key, type(row[key]) is date, "日期，如 2026-11-22")
    for key in MOMENTS:
        right = isinstance(row.get(key), date | None)
        _expect(file, row, key, right, "日期或时间，如 2026-11-22 或 2026-11-22 08:00:00")
    right = not audience.problem(str(row.get("audience") or ""))
    _expect(file, row, "audience", right, "public，或 verified、channel:…、product:… 的组合")
    _expect(
        file, row, "basis", row["basis"] in get_args(Basis), f"{'、'.join(get_args(Basis))} 之一"
    )


def _is_text_list(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(item, str | int | float) for item in value)
    )


def _expect(file: Path, row: Row, key: str, right: bool, wanted: str) -> None:
    if not right:
        problem = f"{row.get('id')} 的 {key} 写成了“{row[key]}”"
        raise KnowledgeError(file, row.line_of(key), problem, f"应为{wanted}。")


def _dates_ordered(file: Path, row: Row) -> None:
    if row["review_due"] <= row["reviewed_on"]:
        problem = f"{row['id']} 的 review_due 不晚于 reviewed_on"
        raise KnowledgeError(
            file, row.line_of("review_due"), problem, "请把复核到期日写在复核日之后。"
        )


def _answer_sound(file: Path, row: Row) -> None:
    for key in ANSWERS:
        if BRACE.search(PLACEHOLDER.sub("", row.get(key) or "")):
            problem = f"{row['id']} 的 {key} 里有写坏的花括号"
            remedy = "占位符只能是小写字母和下划线，如 {hotline}。"
            raise KnowledgeError(file, row.line_of(key), problem, remedy)


def _refuse_doubles(placed: Sequence[tuple[Path, Row]]) -> None:
    seen: dict[str, tuple[Path, int]] = {}
    for file, row in placed:
        if row["id"] in seen:
            other, line = seen[row["id"]]
            problem = f"编号 {row['id']} 已用在 {other.name} 第 {line} 行"
            raise KnowledgeError(file, row.line_of("id"), problem, "请换一个编号，或合并两条。")
        seen[row["id"]] = (file, row.line_of("id"))


def _refuse_dead_links(placed: Sequence[tuple[Path, Row]], known: set[str]) -> None:
    for file, row in placed:
        for target in row.get("related") or ():
            if target not in known:
                problem = f"{row['id']} 的 related 指向不存在的 {target}"
                raise KnowledgeError(file, row.line_of("related"), problem, "请改正编号或删去。")
