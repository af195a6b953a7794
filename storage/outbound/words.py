"""What a touch says, made at the moment it leaves: nothing of it lies about unencrypted before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping

from bot.clock import SHANGHAI
from storage.masking import mask_name
from storage.outbound.facts import Known
from storage.rules.message_templates import templates
from storage.rules.outbound import Rules, Step

_ROAD_LINE = "auto"
# What goes to customers; a note to a colleague names its dates anyway.
_TOLD = ("renewal", "payment_due")


def words(known: Known, row: RowMapping, now: datetime, hotline: str) -> dict[str, str]:
    """Return what texts and templates may speak of; no name in full, no number in full."""
    policy, body = known.policy, row["body"]
    made = {
        "who": f"{known.name[:1]}先生/女士" if known.name else "您好",
        "hotline": hotline,
        "time": f"{now:%Y-%m-%d %H:%M}",
        "number": str(body.get("claim") or body.get("application") or ""),
        "text": str(body.get("text") or ""),
        "title": str(body.get("title") or "服务通知"),
    }
    if policy is not None:
        made |= {
            "product": str(policy["product"]),
            "object": _object(policy),
            "ends": f"{policy['ends_on']:%Y-%m-%d}",
            "starts": f"{policy['starts_at']:%Y-%m-%d}",
        }
    return made


def _object(policy: Mapping[str, Any]) -> str:
    """Return by what the customer knows the policy, shortened (domain.md 9.1)."""
    if policy["plate"]:
        return f"车牌尾号{policy['plate'][-3:]}"
    return f"保单尾号{policy['number'][-4:]}"


def text(
    row: RowMapping,
    known: Known,
    rules: Rules,
    made: Mapping[str, str],
    now: datetime,
    *,
    neutral: bool,
) -> str:
    """Return the sentence: the step's own, or the one the row was planned with."""
    step = rules.steps().get(row["step"] or "")
    if step is None:
        return made["text"]
    if neutral and step.kind == "renewal" and step.days <= 0:
        return rules.renewal.neutral.format(**made)
    if late := _late(row, known, rules, step, now):
        return late.format(**made)
    line = known.policy["line"] if known.policy is not None else ""
    road = step.road if line == _ROAD_LINE else ""
    return step.text.format(**made, road=road)


def _late(row: RowMapping, known: Known, rules: Rules, step: Step, now: datetime) -> str:
    """Return what is said instead on another day than planned, '' on that day: «今天» must hold."""
    found = next((f for f in rules.families().values() if step in f.steps), None)
    if found is None or not found.late or known.policy is None or step.kind not in _TOLD:
        return ""
    term = row["body"].get("term")
    anchor = (
        date.fromisoformat(term) if term else known.policy["starts_at"].astimezone(SHANGHAI).date()
    )
    planned = anchor + timedelta(days=step.days)
    return found.late if now.astimezone(SHANGHAI).date() != planned else ""


def template(name: str, made: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a template message."""
    return templates()[name].fill(made)


def shown_name(known: Known) -> str:
    """Return the customer as staff may read it in a list."""
    return mask_name(known.name) if known.name else ""
