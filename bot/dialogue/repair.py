"""Repair: what the manager does when a conversation does not go straight on."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import escalation, phrases
from bot.dialogue.commands import ForgetSlot
from bot.dialogue.state import Frame
from bot.dialogue.turn import Turn


def cancel(turn: Turn, _: object) -> None:
    """Leave the flow; what was filled waits as a draft."""
    top = turn.state.top
    if top is None:
        turn.say(phrases.NOTHING_TO_CANCEL, *phrases.MENU_BUTTONS)
        return
    flow = turn.registry.flows[top.flow]
    turn.state = turn.state.pop()
    turn.flow_ended = True
    if top.slots and flow.keeps_draft:
        turn.state = turn.state.shelve(top)
        turn.say(phrases.CANCELLED.format(title=flow.title))
    else:
        turn.say(phrases.CANCELLED_EMPTY.format(title=flow.title))


def back(turn: Turn, _: object) -> None:
    """Ask again for what was filled last."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    if not flow.values:
        turn.say(phrases.FIRST_QUESTION)
        return
    last = list(flow.values)[-1]
    del flow.values[last]
    flow.quotes.pop(last, None)
    turn.store(flow)


def restart(turn: Turn, _: object) -> None:
    """Begin the flow anew; a number it has already opened is kept."""
    if turn.state.top is None:
        return
    flow = turn.registry.flows[turn.frame.flow]
    number = {k: v for k, v in turn.frame.kept.items() if k == "number"}
    touched = turn.at.isoformat(timespec="seconds")
    turn.state = turn.state.with_top(
        Frame(flow.name, flow.version, kept=number, touched_at=touched)
    )
    turn.say(phrases.RESTARTED.format(title=flow.title))


def skip(turn: Turn, _: object) -> None:
    """Go on without the slot that was asked for, where the flow allows it."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    slot = flow.pending()
    if slot is None:
        return
    if not slot.deferrable:
        turn.say(phrases.CANNOT_SKIP)
        return
    flow.skipped = (*flow.skipped, slot.name)
    turn.store(flow)
    turn.say(phrases.SKIPPED.format(label=slot.label))


def explain(turn: Turn, _: object) -> None:
    """Explain the open question."""
    if turn.state.top is None:
        turn.say(phrases.NOT_UNDERSTOOD, *phrases.MENU_BUTTONS)
        return
    slot = turn.flow().pending()
    if slot is None:
        turn.say(phrases.ANSWER_YES_OR_NO)
        return
    help_text = slot.help or phrases.HELP_DEFAULT.format(label=slot.label)
    turn.say(phrases.HELP_SLOT.format(help=help_text))


def resume(turn: Turn, _: object) -> None:
    """Go on with the open flow or the newest draft, and show what we have."""
    if turn.state.top is None:
        if not turn.state.drafts:
            turn.say(phrases.NOTHING_TO_RESUME, *phrases.MENU_BUTTONS)
            return
        state, draft = turn.state.unshelve(turn.state.drafts[-1].flow)
        turn.state = state.push(draft) if draft else state
    flow = turn.flow()
    if flow.pending() is None:
        return
    lines = flow.lines()
    words = phrases.RESUMED if lines else phrases.RESUMED_EMPTY
    turn.say(words.format(title=flow.title, summary="\n".join(lines)))


def wait(turn: Turn, _: object) -> None:
    """Let the customer take their time."""
    turn.say(phrases.WAITING)
    turn.quiet = True


def forget(turn: Turn, command: ForgetSlot) -> None:
    """Empty a slot that the customer called wrong, so that it is asked again."""
    flow = turn.flow()
    flow.values.pop(command.name, None)
    flow.quotes.pop(command.name, None)
    turn.store(flow)
    turn.say(phrases.ASK_AGAIN)


def which_to_correct(turn: Turn, _: object) -> None:
    """The summary is wrong, but not yet said where."""
    turn.say(phrases.WHICH_TO_CORRECT)
    turn.quiet = True


def miss(turn: Turn, limit: int) -> None:
    """Say that we did not understand; after ``limit`` misses in a row a person takes over."""
    misses = turn.state.misses + 1
    if misses >= limit:
        turn.state = replace(turn.state, misses=0)
        escalation.give_up(turn)
        return
    turn.state = replace(turn.state, misses=misses)
    if turn.state.top is None:
        turn.say(phrases.NOT_UNDERSTOOD, *phrases.MENU_BUTTONS)
        return
    turn.say(phrases.NOT_UNDERSTOOD_IN_FLOW)
    slot = turn.flow().pending()
    if slot is None:
        turn.say(phrases.ANSWER_YES_OR_NO, *phrases.CONFIRM_BUTTONS)
        turn.quiet = True
    elif slot.help:
        turn.say(slot.help)
