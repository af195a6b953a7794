"""What is handed to a sender, and what the branch has set up for sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.outbound.judge import Place


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
class Configured:
    """What the branch has set up: template → whether it is a subscription notice."""

    templates: Mapping[str, bool]
    sms: bool = True
    hotline: str = ""
    signature: str = ""
