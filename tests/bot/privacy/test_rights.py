"""Export, erase and correct after a check: nothing of a person is left, or it is told why."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pypdfium2
import pytest
import structlog
from sqlalchemy import delete, select, update

from bot import log
from bot.errors import Refused
from bot.privacy.check import Check
from bot.privacy.page import page
from bot.privacy.paper import paper
from bot.spool import Spool
from scheduler.context import JobContext
from scheduler.jobs import retention
from storage.audit_check import verify
from storage.models.case import CaseEvent, Claim, Complaint, Ticket
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer, OptOut
from storage.models.personal import RestrictedRecord
from storage.models.policy import Policy
from tests.bot.privacy.house import CHECK, House
from tests.storage.personal.people import LONG_AGO, NOW


def test_erasing_leaves_nothing_in_tables_and_files(house: House) -> None:
    """No name, phone, number or openid in rows, in files, in the bytes of the database."""
    # An envelope of an earlier request stays until its day; here there is none.
    house.ways.run(lambda uow: uow.session.execute(delete(RestrictedRecord)))
    number = house.request()
    before = house.traces(house.other)
    done = house.rights.erase(number, CHECK)
    assert (done.partly, done.restricted) == (False, 0)
    assert house.traces(house.one) == []
    assert house.traces(house.other) == before
    text = house.files()
    assert not any(word in text for word in house.one.words)
    assert (house.settings.media_dir / "folder/2.jpg").exists()
    assert not (house.settings.media_dir / "folder/1.jpg").exists()
    assert house.other.phone in text
    (left,) = Spool(house.settings.data_dir / "spool", house.cipher).read_all()
    assert left[1].peer == house.other.peer
    ticket = house.ways.read(
        lambda uow: uow.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    )
    assert (ticket.status, ticket.facts) == ("done", {"done": True, "partly": False})
    # The chain of evidence holds: the erasure is a link of it.
    chain = house.ways.read(lambda uow: verify(uow.connection))
    assert chain.broken == ""
    assert chain.links > 0
    # Whoever touches an emptied row afterwards is found out all the same.
    touched = update(CaseEvent).values(actor="nobody")
    house.ways.run(lambda uow: uow.session.execute(touched))
    assert "被改过" in house.ways.read(lambda uow: verify(uow.connection)).broken
    # What was counted is counted still; whose it was nobody knows.
    assert house.count(Claim) == 2
    with pytest.raises(Refused, match="已经办完"):
        house.rights.erase(number, CHECK)


def test_an_identity_without_customer_record_is_erased_too(house: House) -> None:
    """A person who only chatted has the same right."""
    house.change(Conversation, house.one, customer_id=None)

    def ask(uow: Any) -> None:
        facts: dict[str, Any] = {}
        uow.session.add(
            Ticket(
                number="TK202611250000001", conversation_id=house.one.keys["conversation"],
                kind="privacy_erase", status="new", facts=facts, opened_at=NOW, due_at=NOW,
            )
        )  # fmt: skip

    house.ways.run(ask)
    house.rights.erase("TK202611250000001", CHECK)
    left = house.traces(house.one)
    assert not [place for place in left if place.startswith(("message", "conversation", "media"))]


@pytest.mark.parametrize("age", [timedelta(days=30), timedelta(days=4 * 365)])
def test_what_the_law_keeps_is_sealed_and_goes_on_its_day(house: House, age: timedelta) -> None:
    """Restricted with the reason and the day; the nightly job takes it, and its photo, then."""
    ended = NOW - age
    house.change(Policy, house.one, ends_on=ended.date(), starts_at=ended - timedelta(days=364))
    house.change(Claim, house.one, updated_at=ended)
    done = house.rights.erase(house.request(), CHECK)
    assert done.restricted == 2
    reasons = {v.kind: v.reason for v in done.found if v.fate == "restrict"}
    assert "至少保存 5 年" in reasons["policy"]
    assert house.traces(house.one, leave=("restricted_record",)) == []
    assert "restricted_record.body" in house.traces(house.one)
    photo = house.settings.media_dir / "folder/1.jpg"
    assert photo.exists()  # it belongs to the claim's file
    context = JobContext(house.ways, house.settings, house.cipher)
    retention.run(context, NOW)
    assert house.count(RestrictedRecord) > 0
    retention.run(context, ended + timedelta(days=5 * 366 + 2))
    assert house.traces(house.one) == []
    assert not photo.exists()


def test_a_policy_of_many_years_is_kept_longer(house: House) -> None:
    """Ten years where the contract ran for more than one."""
    house.change(Policy, house.one, ends_on=(NOW - timedelta(days=7 * 365)).date(),
                 starts_at=NOW - timedelta(days=12 * 365))  # fmt: skip
    done = house.rights.plan(house.request())
    (policy,) = [v for v in done.found if v.kind == "policy"]
    assert (policy.fate, policy.until and policy.until.year) == ("restrict", 2029)


def test_while_a_contract_runs_only_traces_go_and_the_reason_is_told(house: House) -> None:
    """The policy and its holder stay, the talk goes, and marketing stops."""
    house.change(Policy, house.one, status="有效", ends_on=(NOW + timedelta(days=90)).date())
    number = house.request()
    assert house.rights.plan(number).partly
    done = house.rights.erase(number, CHECK)
    assert (done.partly, done.restricted) == (True, 0)
    assert [v.reason for v in done.found if v.kind == "policy"] == [
        "保险合同还在有效期内，履行合同必需"
    ]
    left = house.traces(house.one)
    assert "policy.number" in left
    assert "customer.name" in left
    assert not [place for place in left if place.startswith(("message", "kb_", "policy_snap"))]

    def refused(uow: Any) -> set[str]:
        query = select(OptOut.category).where(
            OptOut.conversation_id == house.one.keys["conversation"]
        )
        return set(uow.session.scalars(query))

    assert house.ways.read(refused) >= {"marketing", "survey", "renewal"}


def test_an_open_claim_keeps_its_talk(house: House) -> None:
    """What was said about a claim that is not settled is evidence."""
    house.change(Claim, house.one, status="contacted")
    before = house.count(Message)
    assert house.rights.erase(house.request(), CHECK).partly
    assert house.count(Message) == before
    assert (house.settings.media_dir / "folder/1.jpg").exists()


def test_a_copy_holds_everything_and_can_be_read(house: House) -> None:
    """JSON and a page with the same; what customers wrote cannot become markup."""
    house.change(Message, house.one, body={"text": "<script>alert(1)</script>"})
    number = house.request("privacy_export")
    copy = house.rights.export(number, CHECK)
    assert {part["table"] for part in copy["tables"]} >= {"message", "policy", "sms", "payment"}
    html = page(json.loads(json.dumps(copy)), number)
    assert house.one.name in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert house.other.phone not in html
    document = pypdfium2.PdfDocument(paper(copy, number))
    assert any(house.one.name in leaf.get_textpage().get_text_range() for leaf in document)
    document.close()
    assert number not in {t.number for t in house.rights.requests()}


def test_nothing_is_done_without_a_check(house: House) -> None:
    """Who, and how; an unknown request; a request for something else."""
    number = house.request("privacy_export")
    for check in (Check("", "video"), Check("李", ""), Check("李", "trust me")):
        with pytest.raises(Refused, match="核验"):
            house.rights.export(number, check)
    with pytest.raises(Refused, match="没有个人信息请求"):
        house.rights.export("TK1", CHECK)
    with pytest.raises(Refused, match="不是删除的请求"):
        house.rights.erase(number, CHECK)
    with pytest.raises(Refused, match="没有客户 NOBODY"):
        house.rights.open("privacy_erase", "NOBODY")
    assert house.traces(house.one)


def test_a_childs_data_needs_a_guardian(house: House) -> None:
    """Under fourteen by the identity number, or when it was said."""
    young = house.one.paper[:6] + "20180517" + house.one.paper[14:]
    house.change(Customer, house.one, id_number=young)
    number = house.request("privacy_export")
    with pytest.raises(Refused, match="监护人"):
        house.rights.export(number, CHECK)
    guarded = Check("李主管", "counter", "其母，户口本已核")
    assert house.rights.export(number, guarded)["tables"]


def test_a_correction_can_be_looked_up_at_once(house: House) -> None:
    """A new phone is found by its blind index; a wrong one is refused."""
    number = house.request("privacy_correct")
    with pytest.raises(Refused, match="不是手机号"):
        house.rights.correct(number, "phone", "123", CHECK)
    house.rights.correct(number, "phone", "13800000799", CHECK)
    blind = house.cipher.blind("13800000799")
    query = select(Customer.id).where(Customer.phone_blind == blind)
    assert house.ways.read(lambda uow: uow.session.scalar(query)) == house.one.keys["customer"]


def test_the_legal_time_runs_in_working_days(house: House) -> None:
    """Fifteen working days from a Wednesday in November 2026."""
    number = house.request()
    (ticket,) = [t for t in house.rights.requests() if t.number == number]
    assert ticket.due_at.date().isoformat() == "2026-12-16"


def test_the_nightly_job_counts_then_purges(house: House) -> None:
    """A dry run says the same numbers and takes nothing; a second run finds nothing."""
    context = JobContext(house.ways, house.settings, house.cipher)
    would = retention.run(context, NOW, dry_run=True)
    assert "验证码：2 行（30 天" in "\n".join(would)
    assert retention.run(context, NOW, dry_run=True) == would
    assert retention.run(context, NOW) == would
    assert all("：0 " in line for line in retention.run(context, NOW))


def test_quiet_talks_go_after_their_time(house: House) -> None:
    """A talk that led to nothing goes with its photos; one that led to a case stays."""
    house.change(Conversation, house.one, customer_id=None, last_at=LONG_AGO)
    house.change(Conversation, house.other, customer_id=None, last_at=LONG_AGO)
    for model in (Claim, Complaint, Ticket):
        house.change(model, house.one, conversation_id=None)
    context = JobContext(house.ways, house.settings, house.cipher)
    before = house.count(Message)
    lines = retention.run(context, NOW)
    assert any(line.startswith("纯咨询的对话：1 个会话") for line in lines)
    assert house.count(Message) == before - 1
    assert not (house.settings.media_dir / "folder/1.jpg").exists()
    assert (house.settings.media_dir / "folder/2.jpg").exists()


def test_no_log_line_names_the_person(house: House) -> None:
    """Nothing that is logged about refusing, exporting and erasing tells whose data it is."""
    said = StringIO()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, log.mask_personal_data,
                    structlog.processors.LogfmtRenderer()],
        logger_factory=structlog.PrintLoggerFactory(said),
        cache_logger_on_first_use=False,
    )  # fmt: skip
    try:
        house.rights.export(house.request("privacy_export"), CHECK)
        house.rights.erase(house.request(), CHECK)
        structlog.get_logger().warning("test.said", words=house.one.phone, paper=house.one.paper)
    finally:
        structlog.reset_defaults()
    assert "test.said" in said.getvalue()
    assert not any(word in said.getvalue() for word in house.one.words)


def test_an_emptied_line_is_still_a_line(house: House) -> None:
    """Whoever reads the short messages line by line finds an object in each, nobody in it."""
    path = house.rights.files.sms
    path.parent.mkdir(parents=True, exist_ok=True)
    phone = next(word for word in house.one.words if word.isdigit() and len(word) == 11)
    line = {"to": phone, "text": "【安答】验证码 123456", "at": "2026-11-25T09:00:00+08:00"}
    other = line | {"to": "13700009999"}
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in (line, other)) + "\n")
    house.rights.erase(house.request(), CHECK)
    read = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    assert [one["to"] for one in read] == ["", "13700009999"]
