"""What is asked of the database about touches: statements put together once.

To put one together takes longer than SQLite takes to answer it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select

from storage.models.base import table_of
from storage.models.case import Claim, Complaint
from storage.models.conversation import Conversation
from storage.models.customer import Customer, OptOut
from storage.models.identity import Consent
from storage.models.outbound import NoticeGrant, OutboundStop, QuotaUse
from storage.models.outbox import OutboxItem

_item, _customer, _conversation = table_of(OutboxItem), table_of(Customer), table_of(Conversation)
_complaint, _claim = table_of(Complaint), table_of(Claim)
_opt_out, _consent = table_of(OptOut), table_of(Consent)
_stop, _grant, _quota = table_of(OutboundStop), table_of(NoticeGrant), table_of(QuotaUse)
# A message that is leaving counts: whether it arrives is not ours to know.
LEFT = ("sending", "sent", "delivered", "unknown", "failed", "undeliverable")
_ids: BindParameter[int] = bindparam("ids", expanding=True)
_numbers: BindParameter[Any] = bindparam("numbers", expanding=True)
_blinds: BindParameter[str] = bindparam("blinds", expanding=True)
PLACES = (
    select(_conversation)
    .where(or_(_conversation.c.id.in_(_ids), _conversation.c.customer_id.in_(_numbers)))
    .order_by(_conversation.c.last_at.desc())
)
CONVERSATIONS = select(_conversation.c.customer_id, _conversation.c.id).where(
    _conversation.c.customer_id.in_(_ids)
)
PERSONS = select(
    _customer.c.id, _customer.c.name, _customer.c.phone, _customer.c.phone_blind
).where(_customer.c.id.in_(_ids))
LATELY = (
    select(_item.c.customer_id, _item.c.kind, _item.c.sent_at)
    .where(
        _item.c.customer_id.in_(_ids),
        _item.c.sent_at > bindparam("since"),
        _item.c.kind.in_(bindparam("kinds", expanding=True)),
        _item.c.status.in_(LEFT),
    )
    .order_by(_item.c.sent_at)
)
STOPS = select(_stop)
CLAIMS = select(_claim.c.number, _claim.c.status).where(_claim.c.number.in_(_numbers))
OPT_OUTS = select(_opt_out.c.conversation_id, _opt_out.c.category).where(
    _opt_out.c.conversation_id.in_(_ids)
)
CONSENTS = select(_consent).where(_consent.c.conversation_id.in_(_ids)).order_by(_consent.c.id)
GRANTS = select(_grant).where(_grant.c.conversation_id.in_(_ids), _grant.c.left > 0)
OPEN_COMPLAINTS, OPEN_CLAIMS = (
    select(table.c.conversation_id, table.c.phone_blind, table.c.severity).where(
        table.c.status.not_in(bindparam("over", expanding=True)),
        or_(table.c.conversation_id.in_(_ids), table.c.phone_blind.in_(_blinds)),
    )
    for table in (_complaint, _claim)
)
USE = select(_quota).where(_quota.c.day == bindparam("today"))
