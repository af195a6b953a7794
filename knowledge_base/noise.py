"""Spoil a text the way hasty typists do, to train and test on: our own texts, made worse."""

from __future__ import annotations

import random
from collections.abc import Callable

from knowledge_base.sound import sounds

OPENINGS = ("您好，", "请问", "那个", "在吗 ", "麻烦问一下，", "哎 ", "我想问一下")
ENDINGS = ("，谢谢", "？", "啊", "呢", "，急", "……", " 麻烦了")


def drop(text: str, chance: random.Random) -> str:
    """Leave out one character."""
    at = chance.randrange(len(text))
    return text[:at] + text[at + 1 :] if len(text) > 3 else text


def swap(text: str, chance: random.Random) -> str:
    """Exchange two neighbours."""
    at = chance.randrange(max(1, len(text) - 1))
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def mishear(text: str, chance: random.Random) -> str:
    """Replace one character by another of the same sound."""
    at = chance.randrange(len(text))
    alike = sounds().alike(text[at])
    return text[:at] + (chance.choice(alike) if alike else text[at]) + text[at + 1 :]


def address(text: str, chance: random.Random) -> str:
    """Put talk around the question."""
    return chance.choice(OPENINGS) + text + chance.choice(ENDINGS)


KINDS: tuple[Callable[[str, random.Random], str], ...] = (drop, swap, mishear, address)


def spoil(text: str, chance: random.Random) -> str:
    """Apply one or two kinds of noise."""
    for kind in chance.sample(KINDS, chance.choice((1, 1, 2))):
        text = kind(text, chance)
    return text
