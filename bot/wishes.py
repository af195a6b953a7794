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
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

_POPUP, _CHANGE, _SENT = "subscribe_msg_popup", "subscribe_msg_change", "subscribe_msg_sent"
CANCELLED, MODIFIED = "user_authorization_cancellation", "user_info_modified"
WITHDRAWN = ("user_authorization_revoke", CANCELLED)
PLATFORM_KEY = "platform:"
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
    """The platform tells of its user's wish: stop at once, and owe the erasing or refreshing.

    Erasing is the work of `bot.privacy.by_platform`, minutes later and outside of turns. Of a
    changed profile all that we keep is whether the user follows us: that is asked anew.
    """
    if message.event == MODIFIED:
        _refresh(message, office)
    if message.event not in WITHDRAWN:
        return
    _owe_erasure(message, office)
    if message.event == CANCELLED:
        office.uow.conversations.set_subscribed(office.conversation, subscribed=False)
    for category in _STOPPED:
        office.unsubscribe(category)
    for given in office.consents():
        office.withdraw_consent(given.code)
    notice_grants.revoke(office.uow, office.conversation.id, office.at)
    office.unbind("authorization revoked")


def _refresh(message: InboundMessage, office: TransactionBackOffice) -> None:
    office.uow.outbox.queue(
        dedupe_key=f"profile:{office.conversation.id}:{office.conversation.last_seq}",
        kind="profile",
        channel=message.channel,
        account=message.account,
        peer=message.peer,
        body={"type": "profile"},
        due_at=office.at,
        now=office.at,
        conversation_id=office.conversation.id,
    )


def _owe_erasure(message: InboundMessage, office: TransactionBackOffice) -> None:
    """Write the request down, with whose it was: the binding ends in this very turn."""
    customer = office.identity.customer
    facts = {"words": "微信平台通知：用户撤回授权或注销", "event": message.event}
    facts |= {"platform": "yes", "customer": customer.ref if customer else ""}
    if message.text:
        facts["details"] = f"撤回的信息类别（平台编号）：{message.text[:100]}"
    book = TicketBook(office.uow, office.cipher, office.settings, office.at, "system")
    # Not by the event's own key: the user's name stands in it, and the request stays.
    key = f"{PLATFORM_KEY}{office.conversation.id}:{office.conversation.last_seq}"
    book.open("privacy_erase", facts, office.conversation.id, unique_key=key)
