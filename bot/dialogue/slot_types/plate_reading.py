"""Find the number plates in a text, whoever's they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.dialogue.slot_types.plate_tokens import (
    PROVINCES,
    Token,
    is_plate,
    tokens_after,
    valid_tail,
)

Role = Literal["own", "other"]

PROVINCE = re.compile(f"[{PROVINCES}]牌?[ ·.\\-]{{0,2}}(?=[A-Za-z\u4e00-\u9fff])")
FIX = str.maketrans("OI", "01")
_SHORTEST = 6  # the office and five characters


@dataclass(frozen=True)
class Candidate:
    """Something that looks like a plate; ``plate`` is None where it breaks the rules."""

    plate: str | None
    span: tuple[int, int]
    confidence: float
    role: Role | None = None


def _spellings(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens as office and tail, then without an office letter said twice."""
    yield tokens
    if len(tokens) > 1 and tokens[1].value == tokens[0].value and tokens[1].spaced:
        yield tokens[:1] + tokens[2:]


def _fits(text: str, tail: list[Token]) -> bool:
    """Tell whether the tail ends where the plate ends rather than inside other characters."""
    if not valid_tail("".join(token.value for token in tail).translate(FIX)):
        return False
    if len(tail) < 6:
        return True
    # 津A12345开不了: a homophone behind typed characters is an ordinary word.
    homophone = not tail[5].typed and tail[5].value.isalpha()
    return not homophone and not (tail[5].spaced and text[tail[5].end : tail[5].end + 1].isalnum())


def _read(text: str, start: int, tokens: list[Token]) -> Candidate | None:
    """Return the plate the tokens spell, preferring the reading that leaves nothing over."""
    readings: list[tuple[bool, Candidate]] = []
    for spelling in _spellings(tokens):
        for length in (6, 5):
            tail = spelling[1 : length + 1]
            if len(tail) < length or not _fits(text, tail):
                continue
            raw = "".join(token.value for token in tail)
            plate = text[start] + spelling[0].value + raw.translate(FIX)
            if not is_plate(plate):
                continue
            over = len(spelling) > length + 1 and not spelling[length + 1].spaced
            over = over and spelling[length + 1].typed
            sure = 0.6 if raw != raw.translate(FIX) else 0.95
            readings.append((over, Candidate(plate, (start, tail[-1].end), sure)))
    return next((candidate for over, candidate in readings if not over), None)


def _special(text: str, start: int, tokens: list[Token]) -> Candidate | None:
    """Return a trailer, learner or police plate, whose last character is Chinese."""
    if len(tokens) < 5 or text[tokens[4].end : tokens[4].end + 1] not in tuple("挂学警港澳"):
        return None
    end = tokens[4].end + 1
    plate = text[start] + "".join(token.value for token in tokens[:5]) + text[end - 1]
    return Candidate(plate, (start, end), 0.95) if is_plate(plate) else None


def _one_hand(tokens: list[Token]) -> list[Token]:
    """Drop typed digits that follow spoken ones: 津哎幺两三四五 022-… goes on with a telephone."""
    for at in range(_SHORTEST, len(tokens)):
        spoken = all(not token.typed for token in tokens[1:at])
        if spoken and tokens[at].typed:
            return tokens[:at]
    return tokens


def candidate_at(text: str, match: re.Match[str]) -> Candidate | None:
    """Return the plate that begins with the province matched, good or clearly meant."""
    tokens = _one_hand(tokens_after(text, match.end()))
    if not tokens or not tokens[0].value.isalpha():
        return None
    start = match.start()
    if plate := _special(text, start, tokens) or _read(text, start, tokens):
        return plate
    digits = sum(token.value.isdigit() for token in tokens)
    meant = tokens[0].typed and len(tokens) >= 5 and digits >= 2
    return Candidate(None, (start, tokens[-1].end), 0.8) if meant else None
