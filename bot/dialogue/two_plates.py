"""Two number plates in one message, and nobody said whose they are: ask which is ours."""

from __future__ import annotations

from bot.dialogue import phrases
from bot.dialogue.flow import Flow
from bot.dialogue.fold import fold
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.plate import undecided
from bot.dialogue.words import BOTH_MINE

_NOTE, _OURS = "plates", "cars"


def note(flow: Flow, text: str) -> None:
    """Note the plates that were named without an owner.

    Where all of them are the customer's, the form is about the first; the others are noted.
    """
    if (plates := named(flow)) and "plate" not in flow.values and BOTH_MINE.search(fold(text)):
        flow.keep("plate", plates[0], "")
        flow.kept[_OURS] = list(plates[1:])
        flow.kept.pop(_NOTE)
        return
    if "plate" not in flow.values and (plates := undecided(fold(text))):
        flow.kept[_NOTE] = list(plates)


def named(flow: Flow) -> tuple[str, ...]:
    """Return the plates that were named without an owner."""
    plates = flow.kept.get(_NOTE)
    return tuple(map(str, plates)) if isinstance(plates, list) else ()


def question(flow: Flow) -> Reply | None:
    """Return the question whose plate is which, where the plate is what we ask for."""
    slot, plates = flow.pending(), named(flow)
    if not plates or slot is None or slot.name != "plate":
        return None
    return Reply(phrases.WHICH_PLATE.format(plates=phrases.AND.join(plates)), plates)


def divide(flow: Flow) -> None:
    """Of two plates, the one that is not ours is the other driver's."""
    others = [plate for plate in named(flow) if plate != flow.values.get("plate")]
    if "plate" in flow.values and len(others) == 1 and "other_plate" not in flow.values:
        flow.keep("other_plate", others[0], "")


def more_of_ours(flow: Flow) -> list[str]:
    """Return the line of the summary about further cars of the customer's in the same accident."""
    cars = flow.kept.get(_OURS)
    plates = phrases.AND.join(map(str, cars)) if isinstance(cars, list) else ""
    return [phrases.MORE_CARS.format(plates=plates)] if plates else []
