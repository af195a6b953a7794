"""«这项啥意思» gets an answer wherever the policy desk asks something."""

from __future__ import annotations

import pytest

from bot.dialogue.flow import Flow
from intents.apply import Apply
from intents.apply_follow_up import ApplyChange, ApplySign, ApplyWithdraw
from intents.authorise import Authorise, UseGrant
from intents.consent import AskConsent
from intents.endorse import Endorse
from intents.epolicy import EpolicyCheck
from intents.invoice import Invoice
from intents.need_plan import NeedPlan
from intents.need_quote import NeedQuote
from intents.paper import Paper
from intents.pay import Pay
from intents.renew import Renew
from intents.service_status import ServiceDocuments, ServiceWithdraw
from intents.surrender import Surrender
from intents.verify import Verify

FLOWS = (
    Apply, ApplyChange, ApplySign, ApplyWithdraw, Authorise, UseGrant, AskConsent, Endorse,
    EpolicyCheck, Invoice, NeedPlan, NeedQuote, Paper, Pay, Renew, ServiceDocuments,
    ServiceWithdraw, Surrender, Verify,
)  # fmt: skip


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_question_can_be_explained(flow: type[Flow]) -> None:
    """A field that we ask for says what it is, why, or what to write (S9)."""
    silent = [slot.label for slot in flow.slots.values() if not slot.optional and not slot.help]
    assert not silent
