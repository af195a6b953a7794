"""Who may do what: one table per question, read by `desk.may` and by the resources.

``read`` shows the resource, ``write`` creates and amends, ``full`` shows personal data unmasked;
``handle`` moves a claim or complaint on, ``approve`` allows what one person alone may not,
``signals`` shows the signs of fraud; ``review`` approves what another one wrote, ``publish`` lets
it go live; ``evidence`` takes a whole case away.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from storage.rules.skills import skills
from storage.rules.ticket_kinds import LEADS, table

Action = Literal[
    "read", "write", "full", "handle", "signals", "review", "publish", "approve", "evidence"
]

ROLES: Final = (
    "agent", "claims", "complaints", "underwriting", "sales", "supervisor", "trainer", "admin",
)  # fmt: skip

_ALL = frozenset(ROLES)
_LEAD = frozenset({"supervisor", "admin"})


# The queue that a role besides the agents serves, by the code of its skill.
SERVES: Final[Mapping[str, str]] = MappingProxyType(skills().by_role())


def _and_lead(*roles: str) -> frozenset[str]:
    return _LEAD | frozenset(roles)


# Resources that are pages of the console and no list of the API.
PAGES_ONLY: Final = frozenset({"desk"})
PERMISSIONS: Final[Mapping[str, Mapping[Action, frozenset[str]]]] = MappingProxyType(
    {
        "conversations": {"read": _and_lead("agent", "claims", "complaints")},
        "claims": {
            "read": _and_lead("agent", "claims", "underwriting"),
            "write": _and_lead("agent", "claims"),
            "full": _and_lead("agent", "claims"),
            # Taking a claim down is for agents too; moving it on is for those who work on claims.
            "handle": _and_lead("claims"),
            # For whoever decides whether to look closer, and nobody else.
            "signals": _and_lead("claims"),
        },
        # An agent takes a complaint down; reading complaints is for those who work on them.
        "complaints": {
            "read": _and_lead("complaints"),
            "write": _and_lead("agent", "complaints"),
            "handle": _and_lead("complaints"),
            "approve": _LEAD,
            "evidence": _and_lead("complaints"),
        },
        # Taking an application down is for agents too; moving it on for sales and underwriting.
        "applications": {
            "read": _and_lead("agent", "sales", "underwriting"),
            "write": _and_lead("agent", "sales", "underwriting"),
            "full": _and_lead("sales", "underwriting"),
            "handle": _and_lead("sales", "underwriting"),
        },
        "policies": {
            "read": _and_lead("agent", "claims", "underwriting", "sales"),
            "full": _and_lead("claims", "underwriting"),
        },
        "customers": {
            "read": _and_lead("agent", "claims", "underwriting", "sales"),
            # The human way out of a lock or of a stolen identity.
            "write": _and_lead("agent"),
            "full": _and_lead("underwriting"),
            # Two records of one person: to say so, and to take it back.
            "handle": _and_lead("underwriting"),
        },
        # Changes, surrenders, paper copies, invoices: agents see and note, underwriting decides.
        "endorsements": {
            "read": _and_lead("agent", "underwriting"),
            "write": _and_lead("agent", "underwriting"),
            "full": _and_lead("agent", "underwriting"),
            "handle": _and_lead("underwriting"),
        },
        "deliveries": {
            "read": _and_lead("agent", "underwriting", "sales"),
            "write": _and_lead("agent", "underwriting", "sales"),
        },
        # Who gets what and why not; stopping a kind is for those who answer for it.
        "campaigns": {"read": _LEAD, "write": _LEAD},
        # The content calendar: trainers and leads write, another one of them approves.
        "content": {
            "read": _and_lead("trainer", "agent"),
            "write": _and_lead("trainer"),
            "approve": _and_lead("trainer"),
        },
        # What the machine tells staff: everybody reads what is for their role.
        "staff-notices": {"read": _ALL},
        "notifications": {"read": _and_lead("agent")},
        "surveys": {"read": _and_lead("trainer")},
        "tickets": {
            # Which kinds, the table of kinds says.
            "read": _ALL,
            "write": _ALL,
        },
        # Agents serve; giving others' conversations away and speaking along is for those who lead.
        "handoffs": {"read": _and_lead("agent"), "approve": _LEAD},
        # The page of conversations: who has only one trade sees its queue and their own there.
        "desk": {"read": _and_lead("agent", *SERVES)},
        "knowledge": {
            "read": _ALL,
            "write": _and_lead("trainer"),
            "review": _and_lead("trainer"),
            "publish": _LEAD,
        },
        # What customers asked in vain, in their words.
        "misses": {"read": _and_lead("trainer"), "write": _and_lead("trainer")},
        "audit": {"read": _LEAD},
        "feedback": {
            "read": _and_lead("trainer"),
            "write": _and_lead("agent", "claims", "complaints", "sales"),
        },
        "improvements": {"read": _and_lead("trainer"), "write": _and_lead("trainer")},
        "qa-samples": {"read": _and_lead("trainer"), "write": _and_lead("trainer")},
        # Everybody reads their own result and may appeal; who leads or trains reads them all.
        "assessments": {"read": _ALL, "write": _LEAD, "full": _and_lead("trainer")},
        "trainings": {"read": _ALL, "write": _and_lead("trainer")},
        "kpis": {"read": _and_lead("trainer"), "approve": _LEAD},
        # Whole persons are taken out or away: for those who answer for it.
        "privacy": {"read": _LEAD, "write": _LEAD},
    }
)

# These roles see a conversation only when it led to a case of theirs.
CONVERSATIONS_WITH: Final[Mapping[str, Literal["claim", "complaint"]]] = MappingProxyType(
    {"claims": "claim", "complaints": "complaint"}
)


def allowed(role: str, resource: str, action: Action) -> bool:
    """Tell whether ``role`` may do ``action`` on ``resource``; what is not listed is refused."""
    return role in PERMISSIONS.get(resource, {}).get(action, frozenset())


def sees_ticket(role: str, kind: str) -> bool:
    """Tell whether ``role`` may see tickets of ``kind``; kinds of no table are the agents'."""
    if kind not in table().kinds:
        return role in LEADS | {"agent"}
    return kind in table().seen_by(role)
