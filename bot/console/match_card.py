"""How an answer was found, in words: what the customer asked, what fitted, what came second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def in_words(trace: Any) -> list[str]:
    """Return the lines of a match card; nothing when no trace was kept."""
    return list(_lines(trace)) if isinstance(trace, Mapping) and trace else []


def _lines(trace: Mapping[str, Any]) -> Iterator[str]:
    if asked := trace.get("typed") or trace.get("asked"):
        yield f"客户问的：“{asked}”"
    if text := trace.get("text"):
        yield f"对上的问法：“{text}”"
    if shared := _joined(trace.get("words")):
        yield f"都有的词：{shared}"
    if synonyms := _joined(trace.get("synonyms")):
        yield f"换了说法的词：{synonyms}"
    if guarded := _joined(trace.get("guard")):
        yield f"要小心的差别：{guarded}"
    if isinstance(trace.get("score"), int | float):
        yield f"把握 {100 * float(trace['score']):.0f}%"
    yield from _second(trace)


def _second(trace: Mapping[str, Any]) -> Iterator[str]:
    """The best of the rest, where there was one."""
    second = trace.get("runner_up") or trace.get("second") or {}
    if isinstance(second, Mapping) and second.get("entry"):
        named = second.get("text") or second["entry"]
        yield f"第二名：{named}，把握 {100 * float(second.get('score') or 0):.0f}%"


def _joined(words: Any) -> str:
    if isinstance(words, str):
        return words
    if isinstance(words, Sequence):
        return "、".join(str(word) for word in words if word)
    return ""
