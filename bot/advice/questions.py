"""Questions with fixed options, as the tables write them; shared by questionnaire and form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.advice.rows import Row

Answers = Mapping[str, Any]
Condition = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Question:
    """One question: its words, its options as (value, label, words), and when it is asked.

    ``several`` allows more than one option, ``unasked`` takes the answer before it is asked for.
    """

    key: str
    label: str
    ask: str
    help: str
    options: tuple[tuple[str, str, str], ...] = ()
    several: bool = False
    unasked: bool = False
    only: Condition = field(default_factory=dict)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Return the labels to tap."""
        return tuple(label for _, label, _ in self.options)

    @property
    def values(self) -> tuple[str, ...]:
        """Return what may be stored."""
        return tuple(value for value, _, _ in self.options)


def read_options(row: Row) -> tuple[tuple[str, str, str], ...]:
    """Return the options of a question; their words must be regular expressions."""
    return tuple(_option(row, str(value)) for value in row.row("options"))


def _option(row: Row, value: str) -> tuple[str, str, str]:
    options = row.row("options")
    pair = options[value]
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(p, str) for p in pair):
        raise options.wrong(value, f"选项 {value} 写错了", "请写成 [按钮上的字, '客户会说的话']。")
    label, words = pair
    try:
        re.compile(words)
    except re.error as error:
        raise options.wrong(
            value, f"选项 {value} 的说法不是正则表达式（{error}）", "请检查括号和竖线。"
        ) from error
    return value, label, words


def read_condition(row: Row, key: str, known: Mapping[str, Question]) -> Condition:
    """Return a condition: question → the values that fulfil it."""
    group = row.row(key)
    for name in group:
        if name not in known:
            raise group.wrong(
                name, f"{key} 里的问题 {name} 没有定义", f"可用：{'、'.join(known)}。"
            )
        group.names(name, known[name].values)
    return {name: group.texts(name) for name in group}


def holds(condition: Condition, answers: Answers) -> bool:
    """Tell whether all parts of a condition hold; what was not answered does not."""
    return all(_among(answers.get(name), wanted) for name, wanted in condition.items())


def any_holds(condition: Condition, answers: Answers) -> bool:
    """Tell whether one part of a condition holds."""
    return any(_among(answers.get(name), wanted) for name, wanted in condition.items())


def _among(answer: Any, wanted: Sequence[str]) -> bool:
    given = answer if isinstance(answer, list | tuple) else (answer,)
    return any(value in wanted for value in given)
