"""A policy that was just issued goes to its holder by itself (S12): link and card, or how to ask.

A link is made only for a conversation that is bound to the policy's holder; whoever opens it must
know the end of the holder's document, as with every link. Anybody else is told how to ask.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.dialogue.message import Card
from storage import notices
from storage.applications_register import Book
from storage.models.application import Application
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.policy_links import COVER, GONE, PolicyLinks

_WITH_LINK: Final = (
    "您的电子保单（PDF）：{url}\n打开要输证件号码后六位，{hours} 小时内有效，请不要转发；"
    "过期了说「电子保单」再给您一个，要盖章的纸质件说「要纸质保单」。"
)
_ON_DEMAND: Final = "电子保单请回复「电子保单」，核对身份后发给您；要盖章的纸质件说「要纸质保单」。"
_CARD = "点开输入证件号码后六位就能看；{hours} 小时内有效，请不要转发。"


def push(book: Book, application: Application) -> None:
    """Owe it to the conversation of the application; without one the short message said enough."""
    key = f"application:{application.number}:epolicy:{application.policy_number}"
    text, cards = _link(book, application) or (_ON_DEMAND, ())
    notices.tell(book.uow, key, text, book.now, application.conversation_id, cards)


def _link(book: Book, application: Application) -> tuple[str, tuple[Card, ...]] | None:
    uow = book.uow
    policy = uow.session.scalar(select(Policy).where(Policy.number == application.policy_number))
    talk = uow.session.get(Conversation, application.conversation_id or 0)
    if policy is None or talk is None or talk.customer_id != policy.customer_id:
        return None
    if policy.status in GONE:
        return None
    holder = uow.session.get_one(Customer, policy.customer_id)
    hours = book.settings.papers.push_hours
    # What is written at night arrives in the morning: the time runs from then.
    lasts = notices.polite(book.now) - book.now + timedelta(hours=hours)
    links = PolicyLinks(uow, book.cipher, book.settings.papers, book.now)
    token = links.make(policy, holder, talk.id, lasts)
    uow.customers.log_access(
        book.now, talk.id, holder.id, book.actor, f"policy {policy.number} link", "出单后推送"
    )
    base = f"{book.settings.public_url.rstrip('/')}/papers"
    title = f"{policy.product}（{policy.plate}）" if policy.plate else policy.product
    card = Card(
        f"{title} 电子保单", _CARD.format(hours=hours), f"{base}/{token}", f"{base}/{COVER}"
    )
    return _WITH_LINK.format(url=card.url, hours=hours), (card,)
