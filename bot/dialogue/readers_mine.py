"""A reader of questions about one's own matter: what stands in records is no general question.

«车险都保啥» asks the knowledge base, «我那车险都保啥了» asks for one's own policy. A flow that
looks at records says in ``mine_by`` what it can tell; a word for one's own right before it, or
the list of one's policies just shown, makes it a question about those records.
"""

from __future__ import annotations

import re
from functools import cache

from bot.dialogue.commands import Command
from bot.dialogue.heard import Heard
from bot.dialogue.readers_open import start
from bot.dialogue.readers_policies import A_CARD, LISTED, SEEN, known
from bot.dialogue.words import GENERAL, OWN

_LONGEST = 40  # characters: a longer text is a story


def mine(heard: Heard) -> list[Command]:
    """Answer from the records of whoever asks, before any entry of the knowledge base."""
    text = heard.bare
    if len(text) > _LONGEST or GENERAL.search(text) or not _open_to_it(heard):
        return []
    own, looked = OWN.sub("\0", text), _just_looked(heard)
    for flow in heard.flows.values():
        if flow.mine_by and _about(flow.mine_by, own, looked=looked):
            return start(flow.name, heard)
    return []


def _open_to_it(heard: Heard) -> bool:
    """In a story that is being taken down, and at a free text, the words belong there."""
    flow, slot = heard.flow, heard.pending()
    if flow is None:
        return True
    return not (flow.gate or flow.listens() or (slot is not None and slot.type.greedy))


def _just_looked(heard: Heard) -> bool:
    """Tell whether one's policies are what was shown last: then «特别约定写的啥» is about them."""
    seen = known(heard, SEEN)
    shown = not seen.startswith(A_CARD) if seen else known(heard, LISTED) != ""
    return shown and heard.flow is None and heard.state.answered is None


def _about(words: str, text: str, *, looked: bool) -> bool:
    own, bare = _patterns(words)
    return own.search(text) is not None or (looked and bare.match(text) is not None)


@cache
def _patterns(words: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"\0(?:{words})"), re.compile(f"(?:{words})")
