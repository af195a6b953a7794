"""Bring a person in: because somebody is in danger, because of a rule, or because we failed."""

from __future__ import annotations

from bot.back_office import HandoffView
from bot.dialogue import phrases, repair
from bot.dialogue.commands import CancelFlow, Enough, Escalate, Help, NoPerson, Skip
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.flags import Flag
from bot.dialogue.turn import Turn


def escalate(turn: Turn, command: Escalate) -> None:
    """Ask for a person and put the rule's sentence before everything else."""
    if command.level == "none":
        return
    if command.level == "P0":
        turn.alarm = command.reason
    view = turn.office.hand_off(command.level, command.reason)
    words = command.say or promise(view, urgent=command.level in ("P0", "P1"))
    turn.quiet = turn.quiet or command.alone
    if view.raised or command.alone:
        turn.replies.insert(0, Reply(words, instead(view)))
    else:
        turn.unsaid = words


def give_up(turn: Turn) -> None:
    """Hand over after too many misses."""
    view = turn.office.hand_off("P2", "连续没听懂")
    turn.say(f"{phrases.TOO_MANY_MISSES}\n{promise(view, urgent=False)}")
    turn.quiet = True


def no_person(turn: Turn, _: NoPerson) -> None:
    """Take the customer out of the queue; an emergency stays where it is."""
    gone = turn.office.withdraw_hand_off()
    turn.say(phrases.PERSON_WITHDRAWN if gone else phrases.PERSON_COMES_ANYWAY)


def enough(turn: Turn, _: Enough) -> None:
    """Leave the queue; else the question of a form that has begun, or the form; or close."""
    waiting = turn.office.waiting
    if waiting and turn.office.withdraw_hand_off():
        turn.say(phrases.PERSON_WITHDRAWN)
    elif turn.state.top is None:
        turn.say(phrases.PERSON_COMES_ANYWAY if waiting else phrases.ALL_DONE)
    elif _begun(turn):
        if _vital(turn):
            repair.explain(turn, Help())
        else:
            repair.skip(turn, Skip())
    else:
        repair.cancel(turn, CancelFlow())


def _begun(turn: Turn) -> bool:
    """Tell whether something was answered, and the open question need not be.

    «不用了» is a no where that is what the question skips to, and no other answer.
    """
    flow = turn.flow()
    slot = flow.pending()
    told = bool(flow.order or flow.kept.get("story"))
    return told and slot is not None and (slot.deferrable or slot.skips_to is False)


def _vital(turn: Turn) -> bool:
    """Tell whether the open question is one that only an answer leaves behind."""
    slot = turn.flow().pending()
    return slot is not None and isinstance(slot.type, Flag) and slot.type.vital


def promise(view: HandoffView, *, urgent: bool) -> str:
    """Return what happens next, and by when, in plain words."""
    if urgent:
        return phrases.HANDOFF_URGENT
    if not view.staffed:
        return phrases.HANDOFF_CLOSED.format(when=f"{view.answer_by:%m月%d日 %H:%M}")
    return phrases.HANDOFF_QUEUED.format(ahead=place(view))


def place(view: HandoffView) -> str:
    """Return where somebody stands in the queue."""
    return phrases.ahead(view.ahead, view.minutes, late=view.late)


def instead(view: HandoffView) -> tuple[str, ...]:
    """Return the button for those who would wait beyond closing time."""
    return (phrases.LEAVE_MESSAGE,) if view.late and view.staffed else ()
