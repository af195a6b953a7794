"""Answers from the knowledge base: one, several, candidates, and what comes when none helped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.dialogue import escalation, phrases
from bot.dialogue.commands import (
    EXPERT,
    EXPERT_OFFER,
    AnswerEntry,
    AnswerParts,
    NoneOfThese,
    NotUnderstood,
    Offer,
    Part,
    Unsolved,
)
from bot.dialogue.message import Reply
from bot.dialogue.question_words import UNSOLVED, count
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.state import Answered
from bot.dialogue.turn import Turn
from bot.dialogue.words import ASKING

_ENTRY_BUTTONS = 3
_CHOICES = 3
_RELATED = 2
_REMEMBERED = 200  # characters of a question
_PHONE = "phone"  # as the slot of every form that asks for one
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")


def answer(turn: Turn, command: AnswerEntry) -> None:
    """Answer from the knowledge base."""
    answered = turn.knowledge.answer(command.entry)
    if answered is None or not answered[0].strip():
        # Gone since, or published without words: silence is no answer.
        miss(turn, NotUnderstood())
        return
    if not turn.knowledge.admits(command.entry, turn.office.channel, verified=turn.office.verified):
        turn.say(phrases.NOT_FOR_YOU, phrases.PERSON_BUTTON)
        return
    text, buttons = answered
    note = {"entry": command.entry} | _note(command.score, command.trace)
    turn.entry = command.entry
    _remember(turn, (command.entry,), command.asked or turn.utterance, command.score)
    beside = turn.registry.flows[command.beside].taps[:1] if command.beside else ()
    own = dict.fromkeys((*beside, *buttons[:_ENTRY_BUTTONS]))
    shown = () if turn.state.top else (*own, *phrases.SOLVED_BUTTONS)
    turn.replies.append(Reply(text, shown, note))


def answer_parts(turn: Turn, command: AnswerParts) -> None:
    """Answer several questions in one bubble, each under its own heading."""
    known = [part for part in command.parts if part.entry]
    offers: dict[str, str] = {}
    bubbles = [_part(turn, number, part, offers) for number, part in enumerate(command.parts, 1)]
    if known:
        turn.entry = known[-1].entry
        entries = tuple(dict.fromkeys(part.entry for part in known))
        _remember(turn, entries, turn.utterance, min(part.score for part in known))
    buttons: tuple[str, ...] = ()
    if turn.state.top is None:
        turn.state = replace(turn.state, offers=offers)
        buttons = (*list(offers)[:_CHOICES], *phrases.SOLVED_BUTTONS)
    lead = phrases.SEVERAL.format(count=count(len(bubbles), of_things=True))
    note = {"parts": [_part_note(part) for part in command.parts]}
    turn.replies.append(Reply("\n\n".join((lead, *bubbles)), buttons, note))


def _part(turn: Turn, number: int, part: Part, offers: dict[str, str]) -> str:
    """Return the heading of a part and its answer, or honestly that we are not sure.

    Candidates go on counting in ``offers``, so that «2» means one of the whole bubble.
    """
    said = turn.knowledge.answer(part.entry) if part.entry else None
    if said:
        heading = turn.knowledge.question(part.entry)
        return phrases.PART.format(number=count(number), heading=heading, text=said[0])
    text = phrases.PART_UNSURE.format(number=count(number))
    lines = []
    for entry in part.choices:
        if (label := turn.knowledge.question(entry)) and label not in offers:
            offers[label] = f"faq:{entry}"
            lines.append(f"{len(offers)}. {label}")
    if lines:
        text = phrases.PART_OFFER.format(choices="\n".join(lines))
    return phrases.PART.format(
        number=count(number), heading=phrases.QUOTED.format(part.asked), text=text
    )


def _part_note(part: Part) -> dict[str, Any]:
    about = {"entry": part.entry} if part.entry else {"offered": list(part.choices)}
    return {"asked": part.asked, **about, **_note(part.score, part.trace)}


def _note(score: float, trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the staff may see of a match."""
    return {"score": score} | ({"trace": dict(trace)} if trace else {})


def _remember(turn: Turn, entries: tuple[str, ...], asked: str, score: float) -> None:
    latest = Answered(entries, asked[:_REMEMBERED], round(score, 3), turn.stamp())
    turn.state = replace(turn.state, answered=latest)


def unsolved(turn: Turn, _: Unsolved) -> None:
    """Explain once in other words; the second time a person takes over (S33)."""
    last = turn.state.answered
    if last is None:
        miss(turn, NotUnderstood())
    elif last.tries:
        _bring_person(turn, last)
    else:
        turn.office.note_question("unsolved", last.asked, last.entry, last.score)
        _explain(turn, last)


def _explain(turn: Turn, last: Answered) -> None:
    """Say it in other words and ask what is unclear; what is related may be what was meant."""
    related = [e for e in turn.knowledge.related(last.entry) if e not in last.entries]
    named = ((turn.knowledge.question(entry), entry) for entry in related[:_RELATED])
    offers = {question: f"faq:{entry}" for question, entry in named if question}
    again = "\n\n".join(_in_other_words(turn, entry) for entry in last.entries)
    told = replace(last, tries=last.tries + 1, at=turn.stamp())
    expert = _expert(turn, last.asked)
    turn.state = replace(turn.state, answered=told, offers={**offers, **expert})
    unclear = phrases.WHAT_IS_UNCLEAR_OR_RELATED if offers else phrases.WHAT_IS_UNCLEAR
    text = phrases.IN_OTHER_WORDS.format(text=again, unclear=unclear)
    note = {"explained": list(last.entries)}
    buttons = (*offers, *phrases.SOLVED_BUTTONS, *expert)
    turn.replies.append(Reply(text, buttons, note))


def _expert(turn: Turn, asked: str) -> dict[str, str]:
    """Offer to have somebody who knows answer this very question at a promised time (S31)."""
    question = asked.strip()[:_REMEMBERED]
    if EXPERT not in turn.registry.flows or not question:
        return {}
    return {phrases.EXPERT_BUTTON: f"{EXPERT_OFFER}:{question}"}


def _in_other_words(turn: Turn, entry: str) -> str:
    """Return the second explanation of an entry, or its answer step by step."""
    if other := turn.knowledge.explanation(entry):
        return other
    said = turn.knowledge.answer(entry)
    sentences = [s.strip() for s in _SENTENCE.findall(said[0]) if s.strip()] if said else []
    if len(sentences) < 2:
        return "".join(sentences)
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1))


def _bring_person(turn: Turn, last: Answered) -> None:
    """Hand over with the question and the answers that did not help."""
    answers = [f"{entry} {turn.knowledge.question(entry)}".strip() for entry in last.entries]
    about = {"question": last.asked, "answers": answers, "explained": last.tries}
    view = turn.office.hand_off("P2", phrases.UNSOLVED_REASON, about)
    turn.say(f"{phrases.STILL_UNSOLVED}\n{escalation.promise(view, urgent=False)}")
    turn.state = replace(turn.state, answered=None)
    turn.quiet = True


def offer(turn: Turn, command: Offer) -> None:
    """Ask which is meant; candidates that nobody takes count as misses."""
    candidates = {**command.candidates, phrases.OFFER_NONE: ""}
    entries = [t.removeprefix("faq:") for t in candidates.values() if t.startswith("faq:")]
    _learn(turn, "offered", entries[0] if entries else "", command.score)
    if _lost(turn):
        return
    turn.state = replace(turn.state, offers=candidates)
    note = {"offered": entries} | _note(command.score, command.trace) if entries else {}
    text = phrases.OFFER if len(command.candidates) > 1 else phrases.OFFER_ONE
    turn.replies.append(Reply(text, tuple(candidates), note))
    turn.quiet = True


def none_of_these(turn: Turn, _: NoneOfThese) -> None:
    """No candidate was meant: ask for other words."""
    if not _lost(turn):
        turn.say(phrases.OFFER_NONE_REPLY, phrases.PERSON_BUTTON)


def miss(turn: Turn, command: NotUnderstood) -> None:
    """Say that we did not understand; after too many misses in a row a person takes over."""
    if turn.state.top is None and turn.office.waiting:
        # A person will read it: nothing is lost, and nobody is called a second time.
        turn.know(_PHONE, phone)
        turn.replies.append(Reply(phrases.FOR_THE_PERSON, (), _note(command.score, command.trace)))
        return
    if turn.state.top is None:
        _learn(turn, "unanswered", "", command.score)
    if _lost(turn):
        return
    if turn.state.top is None:
        _not_known(turn, command)
    else:
        _not_understood_here(turn)


def _not_known(turn: Turn, command: NotUnderstood) -> None:
    text, buttons = phrases.NOT_UNDERSTOOD, tuple(phrases.MENU_BUTTONS)
    if ASKING.search(turn.utterance):
        expert = _expert(turn, turn.utterance)
        turn.state = replace(turn.state, offers=expert)
        text, buttons = phrases.NOT_KNOWN, (buttons[-1], *expert, *buttons[:-1])
    turn.replies.append(Reply(text, buttons, _note(command.score, command.trace)))


def _not_understood_here(turn: Turn) -> None:
    """Say what the open flow asks for."""
    turn.say(phrases.NOT_UNDERSTOOD_IN_FLOW)
    flow = turn.flow()
    slot = flow.pending()
    if slot is None:
        turn.say(phrases.ANSWER_YES_OR_NO, *phrases.CONFIRM_BUTTONS)
        turn.quiet = True
    elif help_text := flow.explanation(slot):
        turn.say(help_text)
    if turn.state.misses > 1:
        turn.say(phrases.PERSON_OFFERED, phrases.PERSON_BUTTON)


def _learn(turn: Turn, kind: str, entry: str, score: float) -> None:
    """Let the editors know what was asked in vain; «没解决» by itself asks nothing."""
    if turn.utterance.strip() and not UNSOLVED.match(turn.utterance.strip()):
        turn.office.note_question(kind, turn.utterance, entry, score)


def _lost(turn: Turn) -> bool:
    """Count a miss; at the limit hand over to a person."""
    misses = turn.state.misses + 1
    lost = misses >= turn.patience
    turn.state = replace(turn.state, misses=0 if lost else misses)
    if lost:
        escalation.give_up(turn)
    return lost
