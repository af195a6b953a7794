"""What is handed to a sender, and what the branch has set up for sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from storage.outbound.judge import Place

LEASE_SECONDS = 60


class Settled(NamedTuple):
    """How a touch ended."""

    item: int
    status: str
    reason: str = ""
    provider_id: str = ""


@dataclass(frozen=True)
class Letter:
    """A touch that is on its way: what is handed to which sender."""

    id: int
    kind: str
    way: str
    channel: str
    account: str
    peer: str
    body: Mapping[str, Any]
    key: str
    place: Place | None = None
    customer_id: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Begun:
    """The letters that are on their way now, and the kinds of the touches that never leave."""

    letters: Sequence[Letter]
    not_sent: Sequence[str]


@dataclass(frozen=True)
class CoreLead:
    """The core system leads: how old its answer may be when a touch leaves.

    ``rehearsing``: nobody is asked; its last answer counts, else our own rows.
    """

    fresh: timedelta
    rehearsing: bool = False


@dataclass(frozen=True)
class Configured:
    """What the branch has set up: template → whether it is a subscription notice."""

    templates: Mapping[str, bool]
    sms: bool = True
    hotline: str = ""
    signature: str = ""
    core: CoreLead | None = None
