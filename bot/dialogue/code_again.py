"""Another one-time code: the text message did not come, or came too late."""

from __future__ import annotations

from bot.dialogue import phrases, verification
from bot.dialogue.commands import SendCodeAgain
from bot.dialogue.turn import Turn


def send(turn: Turn, _: SendCodeAgain) -> None:
    """Send another code to the number that was given; the limits are those of any code."""
    slot = turn.flow().pending() if turn.state.top else None
    if slot is None:
        return
    flow = turn.flow()
    phone = str(flow.values.get(slot.belongs_to) or "")
    if not phone:
        turn.say(slot.help)
        return
    result = turn.office.send_code(phone)
    if result == "locked":
        turn.say(verification.lock_out(flow, turn.office))
        turn.store(flow)
        return
    said = {"sent": phrases.CODE_SENT_AGAIN, "too_soon": phrases.CODE_TOO_SOON}.get(
        result, verification.TOO_MANY
    )
    turn.say(said.format(tail=phone[-4:]))
