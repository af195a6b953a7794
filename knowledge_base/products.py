"""Load the product cards strictly: one product a file, every mistake with file, line and remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.back_office import ProductView
from knowledge_base.yaml_lines import KnowledgeError, Row, load_rows

FOLDER = Path(__file__).with_name("products")
LINES = ("auto", "home", "property", "accident", "health", "liability", "cargo", "engineering",
         "credit")  # fmt: skip
TEXTS = ("code", "name", "line", "summary", "covers", "excludes", "period", "amount", "claims",
         "terms", "source")  # fmt: skip
LISTS = ("called", "features", "suits", "unsuits", "bring", "audiences", "related")
DATES = ("reviewed_on", "review_due")
FIELDS = (*TEXTS, *LISTS, *DATES)


def load_products(
    folder: Path, questions: Mapping[str, str], *, strict: bool = True
) -> Sequence[ProductView]:
    """Return all cards in the order of the FAQ; ``questions`` are its standard questions by id.

    Unless ``strict``, links to entries that are not there (withdrawn since) are left out.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise KnowledgeError(folder, 1, "没有找到 *.yaml", "请检查产品卡目录是否正确。")
    rows = {file: _checked_row(file) for file in files}
    _refuse_shared_names(rows)
    if strict:
        for file, row in rows.items():
            _refuse_dead_links(file, row, questions)
    cards = [(_card(row, questions), row["related"][0]) for row in rows.values()]
    in_order = sorted(cards, key=lambda pair: (LINES.index(pair[0].line), pair[1]))
    return tuple(card for card, _ in in_order)


def overdue(cards: Sequence[ProductView], today: date) -> Sequence[ProductView]:
    """Return the cards whose review is late: they must not be shown before someone has looked."""
    return tuple(card for card in cards if card.review_due < today)


def _checked_row(file: Path) -> Row:
    rows = load_rows(file)
    if len(rows) != 1:
        line = rows[1].line if rows else 1
        raise KnowledgeError(file, line, f"有 {len(rows)} 张产品卡", "请一个文件只写一张。")
    for check in (_known, _present, _typed, _placed):
        check(file, rows[0])
    return rows[0]


def _card(row: Row, questions: Mapping[str, str]) -> ProductView:
    values: dict[str, Any] = {key: row[key].strip() for key in TEXTS}
    values |= {key: tuple(row[key]) for key in LISTS if key != "related"}
    values |= {key: row[key] for key in DATES}
    asks = tuple(questions[target] for target in row["related"] if target in questions)
    return ProductView(**values, asks=asks)


def _known(file: Path, row: Row) -> None:
    for key in row:
        if key not in FIELDS:
            remedy = f"可用的字段：{'、'.join(FIELDS)}。"
            raise KnowledgeError(file, row.line_of(key), f"不认识的字段 {key}", remedy)


def _present(file: Path, row: Row) -> None:
    for key in FIELDS:
        if row.get(key) in (None, "", []):
            problem = f"{row.get('code', '这张卡')} 缺少 {key}"
            raise KnowledgeError(file, row.line_of(key), problem, f"请补上 {key}。")


def _typed(file: Path, row: Row) -> None:
    for keys, right, wanted in (
        (TEXTS, _is_text, "文字；含特殊符号时请加引号"),
        (LISTS, _is_texts, "文字的列表；数字请加引号"),
        (DATES, _is_date, "日期，如 2026-11-25"),
    ):
        for key in keys:
            if not right(row[key]):
                problem = f"{row['code']} 的 {key} 写成了“{row[key]}”"
                raise KnowledgeError(file, row.line_of(key), problem, f"应为{wanted}。")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _is_date(value: Any) -> bool:
    return type(value) is date


def _placed(file: Path, row: Row) -> None:
    if row["code"] != file.stem:
        problem = f"编号 {row['code']} 与文件名 {file.stem} 不同"
        raise KnowledgeError(file, row.line_of("code"), problem, "请让两者一样。")
    if row["line"] not in LINES:
        problem = f"没有 {row['line']} 这条业务线"
        raise KnowledgeError(file, row.line_of("line"), problem, f"应为 {'、'.join(LINES)} 之一。")
    if row["review_due"] <= row["reviewed_on"]:
        problem = f"{row['code']} 的 review_due 不晚于 reviewed_on"
        remedy = "请把复核到期日写在复核日之后。"
        raise KnowledgeError(file, row.line_of("review_due"), problem, remedy)


def _refuse_dead_links(file: Path, row: Row, known: Collection[str]) -> None:
    for target in row["related"]:
        if target not in known:
            problem = f"{row['code']} 的 related 指向不存在的 {target}"
            raise KnowledgeError(file, row.line_of("related"), problem, "请改正编号或删去。")


def _refuse_shared_names(rows: Mapping[Path, Row]) -> None:
    """A name of two products would show the customer one of them by chance."""
    seen: dict[str, Path] = {}
    for file, row in rows.items():
        names = row.get("called")
        for name in names if isinstance(names, list) else ():
            other = seen.setdefault(str(name), file)
            if other != file:
                problem = f"叫法“{name}”已用在 {other.name}"
                raise KnowledgeError(file, row.line_of("called"), problem, "请只留在一张卡里。")
