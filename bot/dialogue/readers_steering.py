"""Readers of the few words that steer a dialogue: out, back, again, later, help, wait, go on."""

from __future__ import annotations

import re

from bot.dialogue import phrases, words
from bot.dialogue.commands import (
    Back,
    CancelFlow,
    Command,
    Enough,
    FillSlots,
    Finish,
    Help,
    NoPerson,
    NotUnderstood,
    Restart,
    Resume,
    Say,
    Skip,
    Wait,
)
from bot.dialogue.heard import Heard

_LONGEST_RESUME = 80

# In the order in which they are tried.
_STEERING: tuple[tuple[re.Pattern[str], Command], ...] = (
    (words.CANCEL, CancelFlow()),
    (words.BACK, Back()),
    (words.RESTART, Restart()),
    (words.HELP, Help()),
)


def declined(heard: Heard) -> list[Command]:
    """«我不是要投诉»: leave a flow that the customer never wanted."""
    flow = heard.flow
    said = flow is not None and flow.declined_by and re.search(flow.declined_by, heard.text)
    return [CancelFlow()] if said else []


def steering(heard: Heard) -> list[Command]:
    """Understand the words that steer: cancel, back, again, skip, help, wait."""
    if words.WAIT.match(heard.bare):
        return [Wait()]
    if heard.flow and words.ENOUGH.match(heard.bare) and _answers_nothing(heard):
        return [Enough()]
    if words.NO_PERSON.match(heard.bare):
        return [NoPerson()]
    if heard.flow is None:
        idle: tuple[tuple[re.Pattern[str], Command], ...] = (
            (words.CANCEL, CancelFlow()),
            (words.HELP, Help()),
            (words.SKIP_WORD, Say(phrases.NOTHING_OPEN, phrases.MENU_BUTTONS)),
            (words.NOTHING_OPEN, Say(phrases.NOTHING_OPEN, phrases.MENU_BUTTONS)),
        )
        return next(([command] for pattern, command in idle if pattern.match(heard.bare)), [])
    if words.SKIP.match(heard.bare) and heard.pending() is not None:
        return [Skip()]
    return next(([command] for pattern, command in _STEERING if pattern.match(heard.bare)), [])


def _answers_nothing(heard: Heard) -> bool:
    """Tell whether «不用了» is no answer to what was asked."""
    slot = heard.pending()
    if slot is None or slot.type.greedy:
        return False
    found = slot.type.answer(heard.text, heard.at)
    return found is None or found.value is None


def courtesy(heard: Heard) -> list[Command]:
    """Thanks, «好的» and a late tap on «确认提交» ask for nothing: never a miss."""
    if words.THANKS.match(heard.bare):
        return [Say(phrases.WELCOME)]
    if heard.flow is not None:
        again = heard.pending() is not None and words.ALL_RIGHT.match(heard.bare)
        return [Say(phrases.HERE)] if again else []
    if _confirms(heard):
        return [Say(phrases.NOTHING_TO_CONFIRM)]
    if done := words.ALL_DONE.match(heard.bare):
        # «不用了» may be said to a person who is waited for.
        return [Enough()] if done["no"] else [Say(phrases.ALL_DONE)]
    if words.ALL_RIGHT.match(heard.bare):
        return [Say(phrases.ALL_RIGHT)]
    # Yes or no to what? Nothing was asked, or it is forgotten.
    lone = words.YES_OR_NO.match(heard.bare) and not heard.state.offers
    return [Say(phrases.YES_TO_WHAT, phrases.MENU_BUTTONS)] if lone else []


def _confirms(heard: Heard) -> bool:
    """Tell whether something is said for good that was handed in already, or never asked."""
    if heard.bare in phrases.CONFIRM_BUTTONS:
        return True
    if heard.state.done and words.SUBMIT.match(heard.bare):
        return True
    return bool(words.ASSENT.match(heard.bare)) and not words.ALL_RIGHT.match(heard.bare)


def assent(heard: Heard) -> list[Command]:
    """«确认», «不用了» to a question that wants words are none: nothing is put down for them."""
    flow, slot = heard.flow, heard.pending()
    if flow is None or slot is None or not slot.type.greedy:
        return []
    if words.ENOUGH.match(heard.bare):
        return [Enough()]
    if not words.ASSENT.match(heard.bare):
        return []
    found = slot.type.answer(heard.text, heard.at)
    if found is None or found.value is None or slot.check(flow, found.value) is not None:
        return []  # it says itself what it wants
    return [Say(phrases.IN_WORDS if slot.deferrable else phrases.IN_WORDS_NOW)]


def stray_figures(heard: Heard) -> list[Command]:
    """Bare figures that nobody asked for are no question, whatever digits an entry shares."""
    stray = heard.flow is None and words.LONG_FIGURES.match(heard.bare)
    return [NotUnderstood()] if stray else []


def resume(heard: Heard) -> list[Command]:
    """«接着来»: go on with the open flow or the newest draft, taking what else was said."""
    flow = heard.flow or heard.draft
    if flow is None:
        return [Resume()] if words.RESUME_ALONE.match(heard.bare) else []
    if len(heard.bare) > _LONGEST_RESUME or not words.RESUME.search(heard.bare):
        return []
    commands: list[Command] = [Resume()]
    if values := heard.news(flow):
        commands.append(FillSlots(values, heard.original, flow.name))
    if words.finishes(heard.bare):
        commands.append(Finish())
    return commands
