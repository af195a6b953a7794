"""What a service is: its kind of change, its name, and whether the law limits it."""

from __future__ import annotations

from bot.desks.changes import Change, changes
from bot.desks.policy_source import PolicyFacts
from storage.models.service import ServiceRequest
from storage.rules.service_states import families

# CTPL 16: the only grounds on which compulsory cover ends early.
LEGAL_GROUNDS = ("deregistered", "stopped", "lost")


def change_of(family: str, kind: str) -> Change | None:
    """Return the kind of change, None for what is none."""
    return changes().get(kind) if family == "endorsement" else None


def title_of(request: ServiceRequest) -> str:
    """Return what a request is called."""
    change = change_of(request.family, request.kind)
    return change.title if change else families()[request.family].title


def is_compulsory(policy: PolicyFacts) -> bool:
    """Tell whether the policy is the compulsory motor insurance."""
    named = "强制" in policy.product or "交强" in policy.product
    return named or policy.details.get("kind") == "compulsory"
