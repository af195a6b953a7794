"""Readers that need an open flow (or a kept draft): steering, correcting, answering, confirming."""

from __future__ import annotations

from bot.dialogue import words
from bot.dialogue.commands import (
    AnswerEntry,
    Back,
    CancelFlow,
    Command,
    Confirm,
    CorrectSlots,
    FillSlots,
    Finish,
    ForgetSlot,
    Help,
    Restart,
    Resume,
    Said,
    Skip,
    Wait,
)
from bot.dialogue.heard import Heard
from bot.dialogue.readers_open import start
from bot.dialogue.slot_types.yes_no import yes_no

_CLEAR = 0.75
_SINGLE = {"greet", "nonsense", "clarify", "multi"}


def steering(heard: Heard) -> list[Command]:
    """Understand the words that steer: cancel, back, again, skip, help, wait."""
    if words.WAIT.match(heard.bare) and len(heard.bare) <= 14:
        return [Wait()]
    if heard.flow is None:
        return [CancelFlow()] if words.CANCEL.match(heard.bare) else []
    table: tuple[tuple[bool, Command], ...] = (
        (bool(words.CANCEL.match(heard.bare)), CancelFlow()),
        (bool(words.BACK.match(heard.bare)), Back()),
        (bool(words.RESTART.match(heard.bare)), Restart()),
        (bool(words.HELP.match(heard.bare)), Help()),
        (bool(words.SKIP.match(heard.bare)) and heard.pending() is not None, Skip()),
    )
    return next(([command] for fits, command in table if fits), [])


def resume(heard: Heard) -> list[Command]:
    """«接着来»: go on with the open flow or the newest draft, taking what else was said."""
    if not words.RESUME.search(heard.bare) or len(heard.bare) > 80:
        return []
    if heard.flow is None:
        return [Resume()] if heard.state.drafts else []
    values = _fresh(heard, heard.volunteered(heard.flow))
    return [Resume(), FillSlots(values, heard.original)] if values else [Resume()]


def _fresh(heard: Heard, values: dict[str, Said]) -> dict[str, Said]:
    """Return what fills empty slots only."""
    filled = heard.flow.values if heard.flow else {}
    return {name: said for name, said in values.items() if name not in filled}


def correction(heard: Heard) -> list[Command]:
    """Overwrite what was filled when the customer says that it is wrong."""
    if heard.flow is None or not words.CORRECT.search(heard.text):
        return []
    values = heard.volunteered(heard.flow)
    changed = {n: s for n, s in values.items() if s.value != heard.flow.values.get(n)}
    named = _named(heard)
    if named and named not in changed:
        if said := _answer_after_label(heard, named):
            changed[named] = said
    if changed:
        return [CorrectSlots(changed, heard.original)]
    if named:
        return [ForgetSlot(named)]
    at_card = heard.pending() is None
    return [Confirm(yes=False)] if at_card or words.EDIT.match(heard.bare) else []


def _named(heard: Heard) -> str:
    """Return the filled slot whose label the customer mentions, or ''."""
    if heard.flow is None:
        return ""
    filled = (s for s in heard.flow.slots.values() if s.name in heard.flow.values)
    return next((s.name for s in filled if _mentions(heard.text, s.label)), "")


def _mentions(text: str, label: str) -> bool:
    """A label is mentioned by itself or by its last two characters (电话 for 联系电话)."""
    return label in text or label[-2:] in text


def _answer_after_label(heard: Heard, name: str) -> Said | None:
    """Read «地点改成北马路» as an answer to the slot that is named."""
    slot = heard.flow.slots[name] if heard.flow else None
    tail = max(
        (heard.text.rfind(cue) + len(cue) for cue in ("改成", "改为", "应该是", "是")), default=0
    )
    if slot is None or tail <= 2 or tail >= len(heard.text):
        return None
    found = slot.type.answer(heard.text[tail:].strip(" ，。了"), heard.at)
    if found is None or found.value is None:
        return None
    return Said(found.value, heard.original[tail:].strip())


def digression(heard: Heard) -> list[Command]:
    """Answer a clear question in between; the flow stays where it is."""
    if heard.flow is None or not words.QUESTION.search(heard.text):
        return []
    if heard.hit.outcome != "answer" or _answers_pending(heard):
        return []
    best = heard.hit.matches[0]
    return [AnswerEntry(best.id, best.score)]


def _answers_pending(heard: Heard) -> bool:
    """Tell whether the question-like text gives what we asked for (or other slots) after all."""
    if heard.flow is None:
        return False
    if any(s.value is not None for s in _fresh(heard, heard.volunteered(heard.flow)).values()):
        return True
    slot = heard.pending()
    return bool(slot and not slot.type.greedy and slot.type.answer(heard.text, heard.at))


def expected_answer(heard: Heard) -> list[Command]:
    """Take what we asked for and whatever else was said; a greedy slot yields to a new subject."""
    if heard.flow is None:
        return []
    volunteered = heard.volunteered(heard.flow)
    values = _fresh(heard, volunteered)
    if heard.pending() is None and (changed := _changed(heard, volunteered)):
        return [CorrectSlots(changed | values, heard.original)]
    slot = heard.pending()
    if slot and slot.name not in values and not _changes_subject(heard, bool(values)):
        said = None if _only_finishes(heard) else heard.answer(slot, values)
        if said and (said.value is not None or said.problem):
            values[slot.name] = said
    commands: list[Command] = [FillSlots(values, heard.original)] if values else []
    if finishes(heard):
        commands.append(Finish())
    return commands if values or slot else []


def _changed(heard: Heard, values: dict[str, Said]) -> dict[str, Said]:
    """At the card another value for a filled slot is a correction, said without the word."""
    filled = heard.flow.values if heard.flow else {}
    return {n: s for n, s in values.items() if n in filled and s.value not in (None, filled[n])}


def _changes_subject(heard: Heard, has_values: bool) -> bool:
    slot, reading = heard.pending(), heard.reading
    if slot is None or not slot.type.greedy or has_values:
        return False
    other = reading.intent in heard.flows and reading.intent not in _SINGLE
    same = heard.flow is not None and reading.intent == heard.flow.name
    return other and not same and reading.confidence >= _CLEAR


def _only_finishes(heard: Heard) -> bool:
    return finishes(heard) and len(heard.bare) <= 12


def finishes(heard: Heard) -> bool:
    """Tell whether the customer says that this was all."""
    return bool(words.FINISH.search(heard.bare) or words.SUBMIT.search(heard.bare))


def confirmation(heard: Heard) -> list[Command]:
    """Read yes or no at the summary card."""
    if heard.flow is None or heard.pending() is not None:
        return []
    if finishes(heard):
        return [Confirm(yes=True)]
    answer = yes_no.answer(heard.text, heard.at)
    return [Confirm(answer.value)] if answer and answer.value is not None else []


def question(heard: Heard) -> list[Command]:
    """Follow a clear new wish out of an open flow; the flow waits underneath."""
    if heard.flow is None:
        return []
    reading = heard.reading
    other = reading.intent in heard.flows and reading.intent != heard.flow.name
    if other and reading.confidence >= _CLEAR:
        return start(reading.intent, heard)
    return []
