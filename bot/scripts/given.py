"""Create the records that a script presumes: policies, claims, complaints, surveys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.clock import SHANGHAI
from bot.errors import BadRequest
from bot.scripts.script import moment
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.application import Application
from storage.models.case import Claim, Complaint, Survey
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork

# No administrative region has this code, so the number belongs to nobody.
_NOBODY = "99010119800101"
_LONGEST = 120


class Given:
    """Makes records in one transaction."""

    def __init__(
        self, uow: UnitOfWork, cipher: Cipher, now: datetime, conversation: OpenConversation
    ) -> None:
        self.uow = uow
        self.cipher = cipher
        self.now = now
        self.conversation = conversation

    def make(self, given: Mapping[str, list[dict[str, Any]]]) -> list[str]:
        """Create everything and return the kinds that we cannot make."""
        makers: dict[str, Callable[[dict[str, Any]], None]] = {
            "policies": self._policy,
            "claims": self._claim,
            "complaints": self._complaint,
            "surveys": self._survey,
            "applications": self._application,
        }
        for kind, rows in given.items():
            for number, row in enumerate(rows if kind in makers else (), 1):
                self._one(makers[kind], row, f"given 的 {kind} 第 {number} 条")
        return [kind for kind in given if kind not in makers]

    def _one(self, make: Callable[[dict[str, Any]], None], row: dict[str, Any], which: str) -> None:
        try:
            make(row)
            self.uow.session.flush()
        except IntegrityError:
            raise BadRequest(f"{which}和前面的重复了，请改编号或时间") from None
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            told = " ".join(str(error).split())[:_LONGEST]
            raise BadRequest(f"{which}写得不对：{told}") from None

    def _customer(self, row: dict[str, Any]) -> Customer:
        phone = str(row.get("phone") or "13800000000")
        document = _NOBODY + str(row.get("id_last4") or row.get("id_last6") or "0000")
        # Rows about one person are one customer, however many policies there are.
        known = select(Customer).where(
            Customer.phone_blind == self.cipher.blind(phone),
            Customer.id_blind == self.cipher.blind(document),
        )
        if found := self.uow.session.scalars(known).first():
            return found
        customer = Customer(
            ref=f"given-{phone}-{document[-4:]}-{row.get('policy_no')}",
            kind="person",
            name=str(row.get("holder") or "客户"),
            id_number=document,
            id_blind=self.cipher.blind(document),
            phone=phone,
            phone_blind=self.cipher.blind(phone),
        )
        self.uow.session.add(customer)
        self.uow.session.flush()
        return customer

    def _policy(self, row: dict[str, Any]) -> None:
        ends = _day(row.get("ends") or self.now.date() + timedelta(days=100))
        starts = _day(row.get("starts") or ends - timedelta(days=365))
        names = {"auto": "机动车商业保险", "home": "家庭财产保险", "accident": "意外伤害保险"}
        line = str(row.get("line") or "auto")
        self.uow.session.add(
            Policy(
                number=str(row["policy_no"]),
                customer_id=self._customer(row).id,
                line=line,
                product=str(row.get("product") or names.get(line, "财产保险")),
                plate=row.get("plate"),
                starts_at=datetime(starts.year, starts.month, starts.day, tzinfo=SHANGHAI),
                ends_on=ends,
                status=str(row.get("status") or "有效"),
                premium_fen=int(float(row.get("premium") or 0) * 100),
                payment=str(row.get("payment") or "已缴清"),
                details={"coverages": row.get("coverages") or [], **(row.get("details") or {})},
            )
        )

    def _claim(self, row: dict[str, Any]) -> None:
        at = moment(row.get("reported_at") or self.now)
        phone = row.get("phone")
        number = row.get("number") or row.get("claim_no") or self.uow.cases.number("CL", at)
        self.uow.cases.add(
            Claim(
                number=str(number),
                conversation_id=None if row.get("other_customer") else self.conversation.id,
                line=str(row.get("line") or "auto"),
                plate=row.get("plate"),
                phone_blind=self.cipher.blind(str(phone)) if phone else None,
                facts={
                    k: v if not hasattr(v, "isoformat") else v.isoformat() for k, v in row.items()
                },
                severity="normal",
                status=str(row.get("status") or "contact_due"),
                owner=str(row.get("owner") or "理赔客服组"),
                next_step=str(row.get("next_step") or ""),
                due_on=_day(row["due_on"]) if row.get("due_on") else None,
                paid_fen=int(float(row["paid"]) * 100) if row.get("paid") else None,
                reported_at=at,
                updated_at=at,
            )
        )

    def _complaint(self, row: dict[str, Any]) -> None:
        at = moment(row.get("received_at") or self.now)
        phone = row.get("phone")
        number = row.get("number") or row.get("complaint_no") or self.uow.cases.number("CP", at)
        self.uow.cases.add(
            Complaint(
                number=str(number),
                conversation_id=self.conversation.id,
                channel="web",
                category=str(row.get("category") or "其他"),
                severity=str(row.get("severity") or "P2"),
                status=str(row.get("status") or "investigating"),
                owner=str(row.get("owner") or "客户服务部投诉岗"),
                phone_blind=self.cipher.blind(str(phone)) if phone else None,
                facts={"story": str(row.get("story") or row.get("facts") or "")},
                decision=str(row.get("decision") or ""),
                decided_at=moment(row["decided_at"]) if row.get("decided_at") else None,
                received_at=at,
                due_on=at.date() + timedelta(days=15),
                updated_at=at,
            )
        )

    def _application(self, row: dict[str, Any]) -> None:
        at = moment(row.get("opened_at") or self.now)
        facts = {"kind": "car", **(row.get("facts") or {})}
        phone = facts.get("phone")
        self.uow.session.add(
            Application(
                number=str(row.get("number") or self.uow.cases.number("AP", at)),
                conversation_id=None if row.get("other_customer") else self.conversation.id,
                kind=facts["kind"],
                line="auto",
                status=str(row.get("status") or "received"),
                owner=str(row.get("owner") or "销售组"),
                phone_blind=self.cipher.blind(str(phone)) if phone else None,
                facts=facts,
                told=row.get("told") or {},
                work=row.get("work") or {},
                opened_at=at,
                updated_at=at,
            )
        )
        self.uow.session.flush()

    def _survey(self, row: dict[str, Any]) -> None:
        at = moment(row.get("sent_at") or self.now)
        self.uow.cases.add(
            Survey(
                key=f"given:{row.get('about')}:{at.isoformat()}",
                conversation_id=self.conversation.id,
                about=str(row.get("about") or "agent_session"),
                status="sent",
                comment="",
                sent_at=at,
            )
        )


def _day(raw: Any) -> date:
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
