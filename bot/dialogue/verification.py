"""The two steps by which a customer proves a phone number; shared by flows that disclose."""

from __future__ import annotations

from typing import Any

from bot.back_office import BackOffice
from bot.dialogue.escalation import promise
from bot.dialogue.flow import Flow

LOCKED = "核对没有通过的次数有点多，为了您的信息安全，{minutes} 分钟后才能再试。"
# The phone is locked, not whoever speaks: for how long is nobody else's business.
LOCKED_A_WHILE = "核对没有通过的次数有点多，为了您的信息安全，现在先停一停，过半小时左右再试。"
TOO_MANY = "今天验证码发送的次数已经到上限了，请明天再试，或者回复「人工」。"
WRONG = "验证码不对或者已经过期，请核对后再发一次；也可以回复「重发验证码」。"
NO_MATCH = "信息没有对上，请核对后再试一次；也可以回复「人工」，由工作人员帮您核对。"


def unproved(flow: Flow) -> bool:
    """Tell whether the flow must still ask for proofs; without a note it must."""
    return bool(flow.kept.get("proof", True))


def locked_out(flow: Flow) -> bool:
    """Tell whether too many proofs have failed in this flow."""
    return bool(flow.kept.get("locked"))


def lock_out(flow: Flow, office: BackOffice) -> str:
    """End the attempt and put a person on it (`domain.md` 5.7 and 6)."""
    flow.kept["locked"] = True
    view = office.hand_off("P1", "身份核验多次没有通过")
    minutes = office.locked_minutes()
    locked = LOCKED.format(minutes=minutes) if minutes else LOCKED_A_WHILE
    return f"{locked}\n{promise(view, urgent=True)}"


def accept_phone(flow: Any, phone: str, office: BackOffice) -> str | None:
    """Send a code to ``phone``; return a sentence when no code can be sent."""
    if len(phone) != 11:
        return "这里需要 11 位手机号，用来接收验证码。"
    result = office.send_code(phone)
    if result == "locked":
        return lock_out(flow, office)
    # A code that was sent a moment ago still serves; it is asked for again.
    return TOO_MANY if result == "too_many" else None


def accept_code(flow: Any, code: str, office: BackOffice) -> str | None:
    """Check the code; return a sentence when it does not serve."""
    if office.check_code(str(flow.phone), code):
        return None
    return lock_out(flow, office) if office.locked_minutes() else WRONG
