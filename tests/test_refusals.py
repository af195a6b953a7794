"""What is refused is read by clerks: it names things as their forms do, never as the code does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACES = ("storage", "bot/console", "bot/privacy")
# Commands that an operator types are named as they are typed, and formats as they are called.
_TYPED = re.compile(r"anda [a-z]+( [a-z]+)?|--\w+")
_CODE = re.compile(r"[a-z]{2,}[a-z_]*")
# What these hold is the code of something; in words it has another name.
_RAW = {"state", "status", "role", "kpi"}


def _refusals() -> Iterator[tuple[str, ast.Call]]:
    for place in PLACES:
        for file in sorted((ROOT / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def _literals(call: ast.Call) -> Iterator[str]:
    """Yield the words of a refusal; what is looked up to be put into it is no word of it."""
    for argument in call.args:
        if isinstance(argument, ast.Constant):
            yield str(argument.value)
        if isinstance(argument, ast.JoinedStr):
            yield from (str(p.value) for p in argument.values if isinstance(p, ast.Constant))


def _holes(call: ast.Call) -> Iterator[str]:
    """Yield the attributes that a refusal shows as they are."""
    for argument in call.args:
        if isinstance(argument, ast.JoinedStr):
            for part in argument.values:
                if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Attribute):
                    yield part.value.attr


def test_no_refusal_speaks_of_fields_by_their_code_names() -> None:
    """«请在 identity_check 写明 video» tells a clerk nothing; «请选「怎么核实的本人」» does."""
    told = [
        f"{place}: {words}"
        for place, call in _refusals()
        for words in _literals(call)
        if _CODE.search(_TYPED.sub("", words))
    ]
    assert told == []


def test_no_refusal_shows_a_state_or_role_as_a_code() -> None:
    """«现在的状态是 review» is told as «现在是「待复核」»."""
    assert [place for place, call in _refusals() if _RAW & {*_holes(call)}] == []


def test_there_are_refusals_to_look_at() -> None:
    """The test sees them all: neither moved away nor renamed."""
    assert len(list(_refusals())) > 150
