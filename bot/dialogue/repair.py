"""Repair: what the manager does when a conversation does not go straight on."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import gates, later, phrases
from bot.dialogue.commands import Back, CancelFlow, ForgetSlot, Help, Restart, Resume, Skip, Wait
from bot.dialogue.state import Frame
from bot.dialogue.turn import Turn

_ASKED_AT_ONCE = 6


def cancel(turn: Turn, _: CancelFlow) -> None:
    """Leave the flow; what was filled waits as a draft. Said again, the draft goes too."""
    if turn.state.top and turn.registry.flows[turn.state.top.flow].gate:
        gates.step_aside(turn)
    top = turn.state.top
    if top is None:
        _drop_draft(turn)
        return
    flow = turn.flow()
    kept = {note: value for note, value in top.kept.items() if note != "later"}
    turn.state = replace(turn.state.pop(), answered=None)
    turn.flow_ended = True
    if (top.slots or top.kept.get("story")) and flow.keeps_draft:
        turn.state = turn.state.shelve(replace(top, kept=kept, touched_at=turn.stamp()))
        stays = phrases.RECORDED_STAYS if flow.recording else phrases.CANCELLED
        turn.say(stays.format(title=flow.title), "继续")
    else:
        turn.say(phrases.CANCELLED_EMPTY.format(title=flow.title))
    later.go_on(turn, flow)


def _drop_draft(turn: Turn) -> None:
    if not turn.state.drafts:
        turn.say(phrases.NOTHING_TO_CANCEL, *phrases.MENU_BUTTONS)
        return
    *others, draft = turn.state.drafts
    turn.state = replace(turn.state, drafts=tuple(others), waiting=())
    turn.say(phrases.DRAFT_DROPPED.format(title=turn.registry.flows[draft.flow].title))


def back(turn: Turn, _: Back) -> None:
    """Ask again for what was answered or skipped last."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    known = [n for n in flow.order if n in flow.values or n in flow.skipped]
    if not known:
        turn.say(phrases.FIRST_QUESTION)
        return
    flow.forget(known[-1])
    turn.store(flow)
    turn.say(phrases.STEPPED_BACK.format(label=flow.slots[known[-1]].label))


def restart(turn: Turn, _: Restart) -> None:
    """Begin the flow anew; a number it has already opened is kept."""
    if turn.state.top is None:
        return
    again = ("number", "opened", "later", "another", "gate")
    kept = {k: v for k, v in turn.frame.kept.items() if k in again}
    frame = Frame(turn.frame.flow, turn.frame.version, kept=kept, touched_at=turn.stamp())
    turn.state = turn.state.with_top(frame)
    flow = turn.flow()
    flow.begin(turn.office)
    turn.store(flow)
    turn.say(phrases.RESTARTED.format(title=flow.title))


def skip(turn: Turn, _: Skip) -> None:
    """Go on without what was asked for, where the flow allows it."""
    slot = turn.flow().pending() if turn.state.top else None
    if slot is None:
        return
    flow = turn.flow()
    if not slot.deferrable:
        if slot.skips_to is None:
            turn.say(phrases.CANNOT_SKIP)
            return
        flow.keep(slot.name, slot.skips_to, "")
        turn.store(flow)
        return
    partner = flow.partner(slot)
    asked = [slot, partner] if partner and partner.deferrable else [slot]
    before = flow.skipped
    for each in asked:
        flow.skip(each.name)
    turn.store(flow)
    # A flow may know better what was meant: «不想留名字» when another thing was asked.
    labels = [flow.slots[name].label for name in flow.skipped if name not in before]
    turn.say(phrases.SKIPPED.format(label="、".join(labels)))
    turn.replies.extend(flow.progress(turn.office))
    turn.store(flow)


def explain(turn: Turn, command: Help) -> None:
    """Explain the open question, or the slot that is asked about."""
    if turn.state.top is None:
        turn.say(phrases.HELP_OPEN, *phrases.MENU_BUTTONS)
        return
    flow = turn.flow()
    slot = flow.slots.get(command.name) or flow.pending()
    if slot is None:
        turn.say(phrases.ANSWER_YES_OR_NO)
        return
    help_text = flow.explanation(slot) or phrases.HELP_DEFAULT.format(label=slot.label)
    turn.say(phrases.HELP_SLOT.format(help=help_text))


def resume(turn: Turn, _: Resume) -> None:
    """Go on with the open flow or a draft, and show what we have."""
    top = turn.state.top
    if top is not None and top.flow in turn.state.waiting:
        _take_up_old(turn, top)
    elif top is None:
        if not turn.state.drafts:
            turn.say(phrases.NOTHING_TO_RESUME, *phrases.MENU_BUTTONS)
            return
        state, draft = turn.state.unshelve(turn.state.drafts[-1].flow)
        turn.state = state.push(draft) if draft else state
    show_draft(turn)


def _take_up_old(turn: Turn, top: Frame) -> None:
    """The draft that was offered replaces what was begun anew, with what was said since."""
    state, draft = turn.state.unshelve(top.flow)
    if draft is not None:
        merged = replace(
            draft,
            slots=draft.slots | top.slots,
            order=(*draft.order, *top.order),
            kept=top.kept | draft.kept,
        )
        state = state.with_top(merged)
    turn.state = replace(state, waiting=())
    flow = turn.flow()
    turn.replies.extend(flow.progress(turn.office))
    turn.store(flow)


def show_draft(turn: Turn) -> None:
    """Show what the flow has; the card, if it is due, shows it anyway."""
    turn.state = turn.state.with_top(replace(turn.frame, touched_at=turn.stamp()))
    turn.state = replace(
        turn.state, waiting=tuple(w for w in turn.state.waiting if w != turn.frame.flow)
    )
    flow = turn.flow()
    if flow.pending() is None:
        return
    lines = flow.lines() if flow.values else []
    words = phrases.RESUMED if lines else phrases.RESUMED_EMPTY
    turn.say(words.format(title=flow.title, summary="\n".join(lines)))


def wait(turn: Turn, _: Wait) -> None:
    """Let the customer take their time."""
    turn.say(phrases.WAITING)
    turn.quiet = True


def forget(turn: Turn, command: ForgetSlot) -> None:
    """Empty a slot that the customer called wrong, so that it is asked again."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    flow.forget(command.name)
    turn.store(flow)
    turn.say(phrases.ASK_AGAIN)


def which_to_correct(turn: Turn) -> None:
    """The summary is wrong, but not yet said where: let the customer tap it."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    filled = [s.label for s in flow.relevant() if s.name in flow.values and s.shown and not s.adds]
    turn.say(phrases.WHICH_TO_CORRECT, *filled[:_ASKED_AT_ONCE])
    turn.quiet = True
