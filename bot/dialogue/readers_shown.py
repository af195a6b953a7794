"""A reader of questions about what is on the screen: the policy or the product shown last.

«什么时候到期», «有哪些保障» name none. Right after one was shown they are about that one;
after a list, or out of the blue, nobody can tell, so it is asked which.
"""

from __future__ import annotations

import re

from bot.dialogue import phrases
from bot.dialogue.commands import AnswerEntry, Command, Say
from bot.dialogue.heard import Heard
from bot.dialogue.question_words import COVER_ASKED, SHOWN_ASKED
from bot.dialogue.readers_open import start
from bot.dialogue.readers_policies import A_CARD, LISTED, POLICY_BUTTON, SEEN, known

_LONGEST = 24  # characters: a longer text says more than this
_MOST = 3
_QUERY, _CARD = "policy_query", "product_card"
_COVERS = "{product}保什么"


def shown(heard: Heard) -> list[Command]:
    """Answer what is asked of the policy or the product just shown, or ask which is meant."""
    text = heard.bare
    if heard.flow is not None or heard.state.answered or len(text) > _LONGEST:
        return []
    cover = re.fullmatch(COVER_ASKED, text) is not None
    if _QUERY not in heard.flows or not (cover or re.fullmatch(SHOWN_ASKED, text)):
        return []
    seen = known(heard, SEEN)
    if seen.startswith(A_CARD):
        return _of_product(heard, seen.removeprefix(A_CARD)) if cover else []
    if seen:
        return start(_QUERY, heard.part(f"{heard.original} {seen}"))
    return [_which(heard)] if cover else []


def _of_product(heard: Heard, product: str) -> list[Command]:
    """Answer from the knowledge base, else show the card again: it says what is covered."""
    asked = _COVERS.format(product=product)
    hit = heard.knowledge.look_up(asked)
    if hit.outcome != "answer" or not hit.matches:
        return start(_CARD, heard.part(product))
    best = hit.matches[0]
    return [AnswerEntry(best.id, best.score, hit.trace, asked)]


def _which(heard: Heard) -> Say:
    listed = known(heard, LISTED).partition(":")[2]
    if not listed:
        return Say(phrases.WHICH_COVER, phrases.WHICH_COVER_BUTTONS)
    numbers = listed.split(",")[:_MOST]
    return Say(phrases.WHICH_COVERED, tuple(POLICY_BUTTON.format(number=n) for n in numbers))
