"""Readers of questions: candidates taken, answers in vain, gaps filled, several at once."""

from __future__ import annotations

from bot.dialogue import phrases, questions
from bot.dialogue import question_words as words
from bot.dialogue.commands import (
    EXPERT,
    EXPERT_OFFER,
    AnswerEntry,
    AnswerParts,
    Command,
    FillSlots,
    NoneOfThese,
    NotUnderstood,
    Offer,
    Part,
    StartFlow,
    Unsolved,
)
from bot.dialogue.context import CHOICES, SURE, WORTH_OFFERING, Filled, fill_gap
from bot.dialogue.heard import Heard
from bot.dialogue.reading import Hit
from bot.dialogue.state import Answered
from bot.dialogue.words import NONE_OF_THESE, QUESTION

_CLOSE = 0.02  # the whole message is as sure as its part
_NOT_OFFERED = {"greet", "nonsense", "clarify", "multi"}


def offered(heard: Heard) -> list[Command]:
    """Take a tap on a candidate we offered, its words, or its place: «第二个»."""
    offers = heard.state.offers
    if not offers:
        return []
    if NONE_OF_THESE.match(heard.bare):
        return [NoneOfThese()]
    said = heard.original.strip()
    labels = [label for label, target in offers.items() if target]
    place = None if said in labels else words.place_in_list(heard.bare, len(labels))
    if place is not None:
        said = labels[place]
    return _taken(said, offers[said], heard) if said in labels else []


def described(heard: Heard) -> list[Command]:
    """Take words that occur in just one of the candidates: «几天到账那个»."""
    said = words.DESCRIBED.sub("", heard.bare)
    labels = [label for label, target in heard.state.offers.items() if target and said in label]
    if len(said) < 2 or len(labels) != 1 or _wants_a_flow(heard):
        return []
    return _taken(labels[0], heard.state.offers[labels[0]], heard)


def _taken(label: str, target: str, heard: Heard) -> list[Command]:
    kind, _, name = target.partition(":")
    if kind == EXPERT_OFFER:
        # The question goes along: nobody has to say it again.
        return [StartFlow(EXPERT, name), FillSlots({}, name, EXPERT)]
    return [AnswerEntry(name, asked=label)] if kind == "faq" else [StartFlow(name, heard.original)]


def unsolved(heard: Heard) -> list[Command]:
    """«没解决»: the answer just given did not help; without one, it is a person who is wanted."""
    if not words.UNSOLVED.match(heard.bare):
        return []
    if heard.flow is None and heard.state.answered is not None:
        return [Unsolved()]
    tapped = heard.bare in phrases.SOLVED_BUTTONS and "human" in heard.flows
    return [StartFlow("human", heard.original)] if tapped else []


def follow_up(heard: Heard) -> list[Command]:
    """Fill the gap of «那商业的呢» or «要带什么» from the last answer."""
    last = heard.state.answered
    if last is None or not (words.variation(heard.bare) or words.is_short_question(heard.bare)):
        return []
    if _wants_a_flow(heard):
        return []
    filled = fill_gap(heard.bare, heard.hit, last, heard.knowledge)
    return [_follow(filled, heard)] if filled else []


def _wants_a_flow(heard: Heard) -> bool:
    return bool(heard.wish)


def _follow(filled: Filled, heard: Heard) -> Command:
    best = filled.hit.matches[0] if filled.hit.matches else None
    score = best.score if best else 0.0
    if best is None or filled.choices:
        return Offer(_labelled(filled.choices, heard), score, filled.hit.trace)
    return AnswerEntry(best.id, score, filled.hit.trace, filled.question)


def several(heard: Heard) -> list[Command]:
    """Answer several questions of one message part by part, unless the whole is as sure."""
    asked = questions.parts(heard.text)
    if len(asked) < 2:
        return []
    found = _looked_up(asked[: questions.MOST], heard)
    sure = {part.entry: part.score for part in found if part.entry}
    if not sure or _whole_wins(heard.hit, sure):
        return []
    if {part.entry or "".join(part.choices[:1]) for part in found} == set(sure) and len(sure) == 1:
        # Both halves of «到底赔给谁啊，是我还是对方» ask the same.
        best = max(found, key=lambda part: part.score if part.entry else 0.0)
        return [AnswerEntry(best.entry, best.score, best.trace)]
    return [AnswerParts(tuple(found))]


def _looked_up(asked: list[str], heard: Heard) -> list[Part]:
    """Look up every part; the subject of one is carried into the next that lacks it."""
    found: list[Part] = []
    last = heard.state.answered
    for text in asked:
        own = heard.knowledge.look_up(text)
        filled = fill_gap(text, own, last, heard.knowledge) if last else None
        part = _part(text, filled or Filled(text, own))
        found.append(part)
        if part.entry:
            last = Answered((part.entry,), filled.question if filled else text)
    return found


def _part(text: str, filled: Filled) -> Part:
    hit = filled.hit
    score = hit.matches[0].score if hit.matches else 0.0
    if hit.outcome == "answer" and hit.matches and not filled.choices:
        return Part(text, hit.matches[0].id, score, (), hit.trace)
    choices = filled.choices or (_worth(hit) if hit.outcome == "offer" else ())
    return Part(text, "", score, choices, hit.trace)


def _whole_wins(whole: Hit, sure: dict[str, float]) -> bool:
    """Tell whether the message is one question after all.

    Where two parts have different answers, the whole must say something else than either.
    """
    if whole.outcome != "answer" or not whole.matches:
        return False
    best = whole.matches[0]
    if len(sure) > 1:
        return best.id not in sure and best.score >= min(sure.values())
    return best.score >= max(sure.values()) - _CLOSE


def knowledge(heard: Heard) -> list[Command]:
    """Answer from the knowledge base when it is sure; in a form, only what is a question."""
    if heard.flow is not None and not QUESTION.search(heard.text):
        return []
    if heard.hit.outcome != "answer" or not heard.hit.matches or _only_a_fragment(heard):
        return []
    best = heard.hit.matches[0]
    return [AnswerEntry(best.id, best.score, heard.hit.trace, beside=_beside(heard))]


def _beside(heard: Heard) -> str:
    """Return the flow that does what the answer tells about, if that is what the words are for."""
    reading = heard.reading
    flow = heard.flows.get(reading.intent)
    fits = flow is not None and flow.knowledge_first and reading.confidence >= heard.sure
    return reading.intent if fits and flow and flow.taps else ""


def _only_a_fragment(heard: Heard) -> bool:
    """«那商业的呢» out of the blue: nobody can tell what about it, so we ask."""
    return heard.hit.matches[0].score < SURE and words.variation(heard.bare) != ""


def candidates(heard: Heard) -> list[Command]:
    """Ask which is meant when there are two or three good guesses."""
    if heard.flow is not None and not QUESTION.search(heard.text):
        return []
    hit = heard.hit
    offers = _labelled(_worth(hit), heard) if hit.outcome != "unknown" else {}
    for code, _ in guesses(heard, heard.sure / 2):
        if len(offers) < CHOICES:
            offers[heard.flows[code].title] = f"flow:{code}"
    score = hit.matches[0].score if hit.matches else 0.0
    return [Offer(offers, score, hit.trace)] if offers else [NotUnderstood(score, hit.trace)]


def _worth(hit: Hit) -> tuple[str, ...]:
    """Return two or three entries to offer: a third one only where it has a chance."""
    third = [match for match in hit.matches[2:CHOICES] if match.score >= WORTH_OFFERING]
    return tuple(match.id for match in (*hit.matches[:2], *third))


def _labelled(entries: tuple[str, ...], heard: Heard) -> dict[str, str]:
    named = ((heard.knowledge.question(entry), entry) for entry in entries)
    return {question: f"faq:{entry}" for question, entry in named if question}


def guesses(heard: Heard, least: float) -> list[tuple[str, float]]:
    """Return the flows that may be meant with at least this confidence, the likeliest first."""
    reading = heard.reading
    here = heard.flow.name if heard.flow else ""
    ranked = ((reading.intent, reading.confidence), *reading.alternatives)
    known = [(c, s) for c, s in ranked if s >= least and c not in {*_NOT_OFFERED, here}]
    return [(c, s) for c, s in known if _may_be_meant(heard, c)]


def _may_be_meant(heard: Heard, code: str) -> bool:
    flow = heard.flows.get(code)
    return flow is not None and not (flow.knowledge_first and heard.asks)
