"""Every flow that works with policies, over a core system that is up, slow, down or broken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.settings import Papers
from storage.models.case import Ticket
from storage.models.personal import PolicySnapshot
from storage.models.service import PolicyLink, ServiceRequest
from storage.policy_links import PolicyLinks, check_code
from storage.policy_source import source
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.core_kit import Branch, policy

ASKING = "正在向公司的保单系统查询"
AS_OF = "截至 2026-11-24 18:00"
# What the customer says up to where the policies are needed, and what is said once they are there.
LOOK_UPS = {
    "policy_query": (["查我的保单"], "2027年2月28日"),
    "renew": (["我要续保"], "还有 95 天"),
    "epolicy": (["电子保单"], "/papers/"),
    "pay_record": (["查缴费"], "3,280.50 元"),
    "policy_explain": (["我的保单看懂了吗"], "第三者责任保险：200 万元"),
}
FORMS = {
    "surrender": (["我要退保", "不想要了"], "机动车商业保险（津TA1234）", "退保申请已受理"),
    "endorse": (["保单变更", "改联系地址"], "新的通讯地址", "已受理"),
    "paper": (["要纸质保单"], "邮寄给您", "纸质保单打印已登记"),
    "invoice": (["开发票"], "是开票", "发票已登记"),
}
LEFT = {
    "endorse": ["河西区友谊路 1 号"],
    "paper": ["到网点自取"],
    "invoice": ["补发（开过没收到）", "没有邮箱"],
}


def _said(branch: Branch, *texts: str) -> str:
    """Say all of it and return what was answered to the last."""
    return "\n".join([branch.say(text) for text in texts][-1])


@pytest.mark.parametrize("flow", LOOK_UPS)
def test_a_look_up_waits_for_the_core_and_is_dated(branch: Branch, flow: str) -> None:
    """Nothing is made up of our own tables; the answer comes after the turn, with its date."""
    asked, answer = LOOK_UPS[flow]
    assert ASKING in _said(branch, *asked)
    assert branch.core.asked == []
    later = "\n".join(branch.later())
    assert answer in later
    assert AS_OF in later
    assert len(branch.core.asked) == 1


@pytest.mark.parametrize("flow", LOOK_UPS)
@pytest.mark.parametrize("how", ["500", "slow", "garbage", "reset"])
def test_a_look_up_apologises_with_a_ticket(branch: Branch, flow: str, how: str) -> None:
    """Down, slow or broken: one apology with a number that staff work on, and no policy."""
    branch.core.how = [how] * 3
    asked, answer = LOOK_UPS[flow]
    _said(branch, *asked)
    later = "\n".join([*branch.later(), *branch.later(2), *branch.later(5)])
    (ticket,) = branch.rows(Ticket)
    assert (ticket.kind, ticket.number in later) == ("policy_lookup", True)
    assert answer not in later
    assert "TATJ" not in later


@pytest.mark.parametrize("flow", FORMS)
def test_a_form_goes_on_with_what_the_core_told(branch: Branch, flow: str) -> None:
    """It waits once, names the policy with its date, and files for it however long it takes."""
    asked, answer, filed = FORMS[flow]
    assert ASKING in _said(branch, *asked)
    card = "\n".join(branch.later())
    assert answer in card
    branch.now += timedelta(minutes=40)
    for said in LEFT.get(flow, []):
        card = _said(branch, said)
        assert ASKING not in card
    assert f"保单：机动车商业保险（津TA1234）（以上{AS_OF}）" in card
    assert filed in _said(branch, "对")
    (request,) = branch.rows(ServiceRequest)
    assert (request.policy_number, request.customer_id) == ("TATJ2026000001", 1)
    assert len(branch.core.asked) == 1


def test_a_form_that_gets_no_policies_is_kept(branch: Branch) -> None:
    """Nobody says it all again: the draft waits, and a colleague has the ticket."""
    branch.core.how = ["garbage"]
    _said(branch, *FORMS["surrender"][0])
    (sorry,) = branch.later()
    assert "没能查到" in sorry
    assert branch.rows(ServiceRequest) == []
    assert ASKING in _said(branch, "继续")
    assert "机动车商业保险" in "\n".join(branch.later())


def test_a_form_goes_on_with_an_old_answer(branch: Branch) -> None:
    """The core is down now: what it told an hour ago will do, and says so."""
    _said(branch, "查我的保单")
    branch.later()
    branch.now += timedelta(hours=1)
    branch.core.how = ["garbage"]
    assert ASKING in _said(branch, *FORMS["surrender"][0])
    later = "\n".join(branch.later())
    assert "机动车商业保险" in later
    assert f"暂时连不上，以上是{AS_OF}" in later
    assert branch.rows(Ticket) == []
    assert "退保申请已受理" in _said(branch, "对")


def test_who_has_gone_on_is_not_interrupted(branch: Branch) -> None:
    """Cancelled while it was asked: the answer is kept, and nothing is said."""
    _said(branch, "查我的保单", "取消")
    assert branch.later() == []
    assert len(branch.rows(PolicySnapshot)) == 1


def test_a_question_meanwhile_is_answered_and_both_come_out(branch: Branch) -> None:
    """«人工» and questions work while it is asked; the answer comes all the same."""
    _said(branch, "查我的保单")
    assert "30 日内" in _said(branch, "理赔一般要多久？")
    assert "2027年2月28日" in "\n".join(branch.later())


def test_the_policy_of_the_core_is_a_document_that_can_be_checked(branch: Branch) -> None:
    """The link leads to what was told; its printed code is confirmed; an endorsement ends both."""
    _said(branch, "电子保单")
    branch.later()
    (link,) = branch.rows(PolicyLink)
    app = branch.app

    def code(uow: UnitOfWork) -> str:
        told = source(uow.session, app.settings.policy_source, branch.now)
        links = PolicyLinks(uow, app.cipher, Papers(), branch.now, told)
        found = links.handed_out("TATJ2026000001")
        assert found is not None
        assert found.customer_id == link.customer_id
        return check_code(app.cipher, found)

    printed = app.transactions.read(code)
    assert "和我们的记录一致" in _said(branch, "验真", "TATJ2026000001", printed)
    assert "没有对上" in _said(branch, "验真", "TATJ2026000001", "1A2B-3C4D-5E6F")
    branch.core.policies = [policy(ends_on="2027-03-31")]
    branch.now += timedelta(minutes=11)
    _said(branch, "查我的保单")
    branch.later()
    assert "没有对上" in _said(branch, "验真", "TATJ2026000001", printed)


def test_several_policies_are_listed_with_their_date(branch: Branch) -> None:
    """The pick shows how old the list is."""
    other = policy(number="TATJ2026000002", plate="津TB5678")
    branch.core.policies = [policy(), other]
    _said(branch, *FORMS["surrender"][0])
    listed = "\n".join(branch.later())
    assert AS_OF in listed
    assert "津TB5678" in _said(branch, "2")
    _said(branch, "对")
    (request,) = branch.rows(ServiceRequest)
    assert request.policy_number == "TATJ2026000002"
