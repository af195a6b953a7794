"""Ask the core system for all policies of a customer; an answer is whole and theirs, or none.

The interface is described in docs/core-system.openapi.yaml.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import quote

import requests
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.channels.core.breaker import Breaker
from bot.clock import SHANGHAI
from bot.desks.policy_source import CorePolicy
from bot.errors import AndaError
from bot.settings import PolicySource

_CONNECT_S = 2.0
_MOST_BYTES = 2_000_000
_CHUNK = 16_384
_AHEAD = timedelta(minutes=10)


class CoreUnavailable(AndaError):
    """No answer: down, slow or held back by the breaker. Asking again may help."""


class CoreWrong(AndaError):
    """An answer that cannot be used: garbage, incomplete, or about somebody else."""


class _Coverage(BaseModel):
    """A coverage as the core system writes it."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    limit_yuan: Annotated[int, Field(ge=0)] = 0
    deductible: Annotated[str, Field(max_length=128)] = ""


class _Policy(BaseModel):
    """A policy as the core system writes it; unknown fields are left out."""

    model_config = ConfigDict(str_max_length=1_000)

    number: Annotated[str, Field(min_length=2, max_length=64)]
    holder: str
    line: Literal["auto", "home", "accident", "health", "property", "liability", "cargo", "surety"]
    product: Annotated[str, Field(min_length=1, max_length=128)]
    plate: str | None = None
    starts_at: AwareDatetime
    ends_on: date
    status: Literal["未生效", "有效", "中止", "终止", "退保", "满期", "注销"]
    premium_fen: Annotated[int, Field(ge=0)]
    payment: Literal["已缴清", "待缴", "部分缴费"]
    insured: str = ""
    subject: str = ""
    special: str = ""
    coverages: list[_Coverage] = []


class _Answer(BaseModel):
    """All policies of a customer, or what is refused."""

    customer: str
    as_of: AwareDatetime
    complete: Literal[True]
    policies: list[_Policy]


@dataclass(frozen=True)
class Told:
    """What the core system told of a customer."""

    policies: tuple[CorePolicy, ...]
    as_of: datetime


@dataclass(frozen=True)
class CoreClient:
    """Asks over HTTP, within a time that is kept even when bytes come one by one."""

    settings: PolicySource
    now: Callable[[], datetime]

    @cached_property
    def breaker(self) -> Breaker:
        """Return what holds enquiries back while the system is down."""
        rest = timedelta(seconds=self.settings.breaker_seconds)
        return Breaker(self.settings.breaker_failures, rest, self.now)

    def policies_of(self, ref: str) -> Told:
        """Return all policies of a customer; raise CoreUnavailable or CoreWrong."""
        if not self.breaker.allows():
            raise CoreUnavailable("核心系统连续没有回应，暂停询问")
        try:
            told = self._told(ref, self._get(ref))
        except (CoreUnavailable, CoreWrong):
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return told

    def _get(self, ref: str) -> bytes | None:
        """Return the body, None when the customer is not known there."""
        url = f"{self.settings.url.rstrip('/')}/customers/{quote(ref, safe='')}/policies"
        headers = {
            "Authorization": f"Bearer {self.settings.token.get_secret_value()}",
            "Accept": "application/json",
            "User-Agent": "AnDa/1",
        }
        limit = self.settings.timeout_s
        deadline = time.monotonic() + limit
        try:
            with requests.get(
                url,
                headers=headers,
                timeout=(min(_CONNECT_S, limit), limit),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _body(response, deadline)
        except requests.RequestException as error:
            raise CoreUnavailable(f"核心系统没有回应（{type(error).__name__}）") from None

    def _told(self, ref: str, body: bytes | None) -> Told:
        if body is None:
            return Told((), self.now())
        try:
            answer = _Answer.model_validate_json(body)
        except ValidationError as error:
            # What it said may be personal: only where it is wrong goes on.
            places = {".".join(map(str, e["loc"][:3])) or e["type"] for e in error.errors()}
            raise CoreWrong(f"核心系统的回答不合约定：{'、'.join(sorted(places)[:5])}") from None
        if answer.customer != ref or any(p.holder != ref for p in answer.policies):
            raise CoreWrong("核心系统答的不是这位客户")
        if answer.as_of > self.now() + _AHEAD:
            raise CoreWrong("核心系统的时间在将来，请核对两边的时钟")
        if len({p.number for p in answer.policies}) < len(answer.policies):
            raise CoreWrong("核心系统的回答里有重复的保单号")
        return Told(tuple(map(_policy, answer.policies)), answer.as_of.astimezone(SHANGHAI))


def _body(response: requests.Response, deadline: float) -> bytes | None:
    if response.status_code == 404:
        return None
    if response.status_code >= 500 or response.status_code in (408, 425, 429):
        raise CoreUnavailable(f"核心系统返回 {response.status_code}")
    if response.status_code != 200:
        raise CoreWrong(f"核心系统返回 {response.status_code}")
    read = bytearray()
    for chunk in response.iter_content(_CHUNK):
        read += chunk
        if len(read) > _MOST_BYTES:
            raise CoreWrong("核心系统的回答太大")
        if time.monotonic() > deadline:
            raise CoreUnavailable("核心系统回应太慢")
    return bytes(read)


def _policy(raw: _Policy) -> CorePolicy:
    details: dict[str, Any] = {
        name: value
        for name, value in (
            ("insured", raw.insured),
            ("subject", raw.subject or raw.plate),
            ("special", raw.special),
            ("coverages", [c.model_dump() for c in raw.coverages]),
        )
        if value
    }
    return CorePolicy(
        number=raw.number,
        line=raw.line,
        product=raw.product,
        plate=raw.plate,
        starts_at=raw.starts_at.astimezone(SHANGHAI),
        ends_on=raw.ends_on,
        status=raw.status,
        premium_fen=raw.premium_fen,
        payment=raw.payment,
        details=details,
    )
