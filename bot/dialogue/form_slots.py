"""Slots made from the tables of questions and fields: the table says, the slot asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.advice.form import Field
from bot.advice.questions import Question
from bot.dialogue.flow import Accept, Flow, Slot
from bot.dialogue.slot_types.age_band import AgeBand
from bot.dialogue.slot_types.base import SlotType
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.frame_number import frame_number
from bot.dialogue.slot_types.future_day import day_said_early
from bot.dialogue.slot_types.headcount import headcount
from bot.dialogue.slot_types.numbers import money
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.several import Several
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.slot_types.yes_no import yes_no

_TYPES: dict[str, SlotType[Any]] = {
    "text": free_text,
    "money": money,
    "count": headcount,
    "day": day_said_early,
    "plate": plate,
    "vin": frame_number,
    "name": person_name,
    "phone": phone,
    "agree": yes_no,
}
_REMEMBERED = ("plate", "phone")


def type_of(question: Question) -> SlotType[Any]:
    """Return how the answers to a question are found, stored and shown."""
    if question.options:
        kind = Several if question.several else Choice
        if isinstance(question, Field) and question.type == "age":
            kind = AgeBand
        return kind(question.options, volunteered=question.unasked)
    return _TYPES[question.type if isinstance(question, Field) else "text"]


def shown(question: Question, stored: Any) -> str:
    """Return a stored answer as people read it; what cannot be read is shown as it is."""
    slot_type = type_of(question)
    try:
        return slot_type.show(slot_type.load(stored))
    except (ValueError, TypeError):
        return str(stored)


def question_slot(question: Question, when: Callable[[Any], bool]) -> Slot[Any]:
    """Return the slot of a question with buttons; it may be left out."""
    return named(
        question.key,
        Slot(
            type_of(question),
            label=question.label,
            ask=question.ask,
            help=question.help,
            buttons=question.buttons,
            when=when,
            # «怕客人摔着» is a worry and tells of a shop as well.
            implied=True,
        ),
    )


def field_slot(
    field: Field,
    when: Callable[[Any], bool],
    check: Callable[[Any, Any], str | None] = lambda flow, value: None,
    accept: Accept | None = None,
    ask: str = "",
) -> Slot[Any]:
    """Return the slot of a field of the form."""
    buttons = field.buttons or (("同意", "不同意") if field.type == "agree" else ())
    return named(
        field.key,
        Slot(
            type_of(field),
            label=field.label,
            ask=ask or field.ask,
            help=field.help,
            buttons=buttons or (("以后补",) if field.later else ()),
            when=when,
            check=check,
            accept=accept,
            called=field.called,
            optional=field.told,
            deferrable=field.later,
            remembered=field.type in _REMEMBERED,
            implied=bool(field.options),
        ),
    )


def named(name: str, slot: Slot[Any]) -> Slot[Any]:
    """Give a slot the name that a class attribute would have given it."""
    slot.__set_name__(Flow, name)
    return slot
