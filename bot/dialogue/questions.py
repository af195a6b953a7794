"""Several questions in one message: cut it where one question ends and the next begins."""

from __future__ import annotations

from bot.dialogue import question_words as words

MOST = 4  # more questions than this are answered after the customer asks again


def parts(text: str) -> list[str]:
    """Return the questions of ``text`` in the order they were asked; one if it cannot be cut.

    What tells something belongs to the question after it («车卖了，退保多少钱»), or to the one
    before it at the end. A bare «怎么办» or «可以吗» is no question of its own.
    """
    found: list[str] = []
    told = ""
    for clause in filter(None, map(str.strip, words.JOINT.split(text))):
        if words.asks(clause):
            found.append(_joined(told, clause))
            told = ""
        elif found and words.TAG.match(clause):
            found[-1] = _joined(found[-1], clause)
        elif not words.GREETING.match(clause):
            told = _joined(told, clause)
    if told and found:
        found[-1] = _joined(found[-1], told)
    return found or [text]


def _joined(before: str, after: str) -> str:
    return f"{before}，{after}" if before else after
