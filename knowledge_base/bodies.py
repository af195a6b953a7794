"""Entries as JSON: what the database stores, what is compared, and what may not be said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, get_args

import orjson

from knowledge_base import audience
from knowledge_base.entries import Basis, Entry
from knowledge_base.loader import BRACE, PLACEHOLDER

TEXTS = ("question", "answer", "also", "source", "basis", "audience")
LISTS = ("variants", "topics", "related", "buttons", "must_contain")
DATES = ("reviewed_on", "review_due")
FIELDS = (*TEXTS, *LISTS, *DATES)
LONGEST = {"question": 200, "answer": 2_000, "also": 2_000, "source": 300, "audience": 200}
LONGEST_ITEM = 200
MOST_ITEMS = 300
CODE = re.compile(r"[^\s\x00-\x1f/?#%]{1,64}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def body_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain JSON without its code."""
    body: dict[str, Any] = {name: getattr(entry, name) for name in TEXTS}
    body |= {name: list(getattr(entry, name)) for name in LISTS}
    dates = {name: getattr(entry, name) for name in DATES}
    return body | {name: day.isoformat() if day else None for name, day in dates.items()}


def entry_of(
    code: str,
    body: Mapping[str, Any],
    effective: datetime | None = None,
    expires: datetime | None = None,
) -> Entry:
    """Return the entry that a stored body describes."""
    days: dict[str, Any] = {
        name: date.fromisoformat(body[name]) if body.get(name) else None for name in DATES
    }
    texts: dict[str, Any] = {name: body[name] for name in TEXTS if name in body}
    lists: dict[str, Any] = {name: tuple(body.get(name) or ()) for name in LISTS}
    return Entry(code, effective_from=effective, expires_at=expires, **texts, **lists, **days)


def hash_of(
    body: Mapping[str, Any], effective: datetime | None = None, expires: datetime | None = None
) -> str:
    """Return what two versions that say the same have in common."""
    kept = {name: body.get(name) for name in FIELDS}
    kept |= {"from": effective.timestamp() if effective else None}
    kept |= {"until": expires.timestamp() if expires else None}
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


def faults(code: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what makes a body unusable: field, problem, remedy."""
    if not CODE.fullmatch(code):
        yield "id", f"编号“{code[:40]}”不合用", "请用 1–64 个字符，不含空格和 / ? # %。"
    if not str(body.get("question") or "").strip():
        yield "question", "缺少标准问法", "请写上客户会问的一句话。"
    if not str(body.get("answer") or "").strip():
        yield "answer", "缺少答案", "请写上要对客户说的话。"
    yield from _sizes(body)
    for name in ("answer", "also"):
        yield from _placeholders(name, str(body.get(name) or ""))
    yield from _kinds(body)


def _sizes(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, longest in LONGEST.items():
        text = str(body.get(name) or "")
        if len(text) > longest:
            yield name, f"太长：{len(text)} 字", f"最多 {longest} 字，请缩短。"
        if CONTROL.search(text):
            yield name, "含有控制字符", "请删去看不见的字符，重新输入这一格。"
    for name in LISTS:
        items = body.get(name) or ()
        if len(items) > MOST_ITEMS:
            yield name, f"太多：{len(items)} 项", f"最多 {MOST_ITEMS} 项，请删减。"
        if any(len(str(item)) > LONGEST_ITEM for item in items):
            yield name, f"有一项超过 {LONGEST_ITEM} 字", "请缩短，或检查分隔符是否写对。"
        if any(CONTROL.search(str(item)) for item in items):
            yield name, "含有控制字符", "请删去看不见的字符，重新输入这一格。"


def _placeholders(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    if BRACE.search(PLACEHOLDER.sub("", text)):
        yield name, "有写坏的花括号", "占位符只能是小写字母和下划线，如 {hotline}。"


def _kinds(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if (basis := body.get("basis")) not in get_args(Basis):
        yield "basis", f"“{basis}”不是依据的种类", f"请写 {'、'.join(get_args(Basis))} 之一。"
    if problem := audience.problem(str(body.get("audience") or "public")):
        yield "audience", problem, audience.REMEDY
    days = [body.get(name) for name in DATES]
    if all(days) and str(days[1]) <= str(days[0]):
        yield "review_due", "复核到期日不晚于复核日", "请改成更晚的日期。"
