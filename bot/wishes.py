"""What the platform tells of a customer's wishes: which notices they allow, what they take back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.dialogue.message import InboundMessage
from bot.settings import Settings
from storage import notice_grants
from storage.back_office import TransactionBackOffice
from storage.conversations import OpenConversation
from storage.outbound.configured import template_ids
from storage.outbound.finishing import finished
from storage.unit_of_work import UnitOfWork

_POPUP, _CHANGE, _SENT = "subscribe_msg_popup", "subscribe_msg_change", "subscribe_msg_sent"
WITHDRAWN = ("user_authorization_revoke", "user_authorization_cancellation")
_STOPPED = ("marketing", "survey", "renewal")
_OK = "0"


def note(
    uow: UnitOfWork,
    conversation: OpenConversation,
    message: InboundMessage,
    settings: Settings,
    now: datetime,
) -> None:
    """Take note of an event about notices; the engine lets each event pass once."""
    if message.event == "unsubscribe":
        # Whoever unfollows has to be asked anew when they come back.
        notice_grants.revoke(uow, conversation.id, now)
    elif message.event in (_POPUP, _CHANGE):
        _granted(uow, conversation.id, message, settings, now)
    elif message.event == _SENT:
        _sent(uow, conversation.id, message, settings, now)
    elif message.event == "template_sent":
        finished(uow, message.peer, message.key.removeprefix("j:"), message.text, now)


def _granted(
    uow: UnitOfWork, here: int, message: InboundMessage, settings: Settings, now: datetime
) -> None:
    """A yes in the pop-up is one notice more; a no, there or later in the settings, ends them."""
    for name, status, *_ in _lines(message, settings):
        if status == "reject":
            notice_grants.revoke(uow, here, now, name)
        elif status == "accept":
            notice_grants.grant(uow, here, name, now, more=message.event == _POPUP)


def _sent(
    uow: UnitOfWork, here: int, message: InboundMessage, settings: Settings, now: datetime
) -> None:
    """How the sending of a notice ended; a refusal means that nothing more is allowed."""
    for name, job, *end in _lines(message, settings):
        code = end[0] if end else _OK
        words = " ".join(end[1:]) or code
        finished(uow, message.peer, job, "success" if code == _OK else f"failed: {words}", now)
        if code != _OK and "refuse" in words.lower():
            notice_grants.revoke(uow, here, now, name)


def _lines(message: InboundMessage, settings: Settings) -> Iterator[list[str]]:
    """Yield one list per notice of ours: its name, then what the event says of it."""
    ours = {number: name for name, (number, _) in template_ids(settings).items()}
    for line in message.text.splitlines():
        number, *rest = line.split()
        if number in ours and rest:
            yield [ours[number], *rest]


def privacy(message: InboundMessage, office: TransactionBackOffice) -> None:
    """The platform tells of a withdrawn authorisation: stop at once, and let a person erase.

    Of a changed profile (user_info_modified) there is nothing to refresh: we keep no names or
    pictures of the platform, and a phone or address only as the customer told it to us.
    """
    if message.event not in WITHDRAWN:
        return
    facts = {"words": "微信平台通知：用户撤回授权或注销", "event": message.event}
    if message.text:
        facts["details"] = f"撤回的信息类别（平台编号）：{message.text[:100]}"
    office.open_ticket("privacy_request", facts)
    for category in _STOPPED:
        office.unsubscribe(category)
    for given in office.consents():
        office.withdraw_consent(given.code)
    notice_grants.revoke(office.uow, office.conversation.id, office.at)
    office.unbind("authorization revoked")
