"""A question that leaves something out gets it from what was answered last.

«那商业的呢» puts another product into the last question; «要带什么» gets the last subject.
The full question is looked up like any other. Where that is not sure, the customer is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialogue import question_words as words
from bot.dialogue.reading import Hit, KnowledgeBase
from bot.dialogue.state import Answered

# A filled gap must be as sure as this to win over what the words say on their own.
SURE = 0.9
WORTH_OFFERING = 0.05
CHOICES = 3


@dataclass(frozen=True)
class Filled:
    """The full question with what the knowledge base makes of it.

    ``choices`` are the entries to ask about where ``hit`` is not sure.
    """

    question: str
    hit: Hit
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Try:
    question: str
    subject: str


def fill_gap(text: str, own: Hit, last: Answered, knowledge: KnowledgeBase) -> Filled | None:
    """Return the question that ``text`` stands for after ``last``; None when it stands alone.

    ``own`` is what the knowledge base makes of the words themselves.
    """
    if not last.entry:
        return None
    varied = words.variation(text)
    tries = list(_varied(varied, last, knowledge) if varied else _carried(text, last, knowledge))
    seen: list[Hit] = []
    for each in tries:
        hit = knowledge.look_up(each.question)
        if _settles(hit, own, each.subject, last, knowledge):
            return Filled(each.question, hit)
        seen.append(hit)
    if not tries or (not varied and _complete(own, seen, knowledge)):
        return None
    choices = tuple(_choices(seen, own, last))
    return Filled(tries[0].question, seen[0], choices) if choices else None


def _varied(other: str, last: Answered, knowledge: KnowledgeBase) -> Iterator[_Try]:
    """Put what the customer names now into the last question, in our words and in theirs."""
    for question in dict.fromkeys((knowledge.question(last.entry), last.asked)):
        if full := knowledge.swap(question, other):
            yield _Try(full, other)


def _carried(text: str, last: Answered, knowledge: KnowledgeBase) -> Iterator[_Try]:
    """Put the last subject before a short question that names none."""
    if not words.is_short_question(text) or knowledge.subjects(text):
        return
    # What was asked about («退保») says more than the product it was asked of («交强险»).
    named = (*knowledge.subjects(last.asked), *knowledge.subjects(knowledge.question(last.entry)))
    for subject in [*dict.fromkeys((*knowledge.topics(last.entry)[:1], *named))][:2]:
        yield _Try(subject + text, subject)


def _settles(hit: Hit, own: Hit, subject: str, last: Answered, knowledge: KnowledgeBase) -> bool:
    """Tell whether the filled question has its answer, and that is about the subject.

    It may be the last answer again only where the words on their own point to it too.
    """
    if hit.outcome != "answer" or not hit.matches:
        return False
    best = hit.matches[0]
    hinted = any(m.id == best.id and m.score >= WORTH_OFFERING for m in own.matches)
    if best.id in last.entries and not hinted:
        return False
    return (best.score >= SURE or hinted) and knowledge.about(best.id, subject)


def _complete(own: Hit, filled: list[Hit], knowledge: KnowledgeBase) -> bool:
    """Tell whether the words are answered on their own, without a subject being guessed."""
    if own.outcome != "answer" or not own.matches:
        return False
    best = own.matches[0].id
    clear = [hit for hit in filled if hit.outcome != "unknown" and hit.matches]
    same = any(hit.matches[0].id == best for hit in clear)
    return same or not knowledge.subjects(knowledge.question(best))


def _choices(filled: list[Hit], own: Hit, last: Answered) -> list[str]:
    """Return the entries that may be meant, the best guesses first."""
    known = [hit for hit in filled if hit.outcome != "unknown"]
    guesses = [match for hit in known for match in hit.matches if match.score >= WORTH_OFFERING]
    if own.outcome != "unknown":
        guesses += own.matches[:1]
    ranked = sorted(guesses, key=lambda match: -match.score)
    return [*dict.fromkeys(m.id for m in ranked if m.id not in last.entries)][:CHOICES]
