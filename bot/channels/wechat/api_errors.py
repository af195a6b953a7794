"""What the API's error codes and broken connections mean for an outbox item (section 3.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

import requests
import structlog
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.clock import SHANGHAI
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable

log = structlog.get_logger(__name__)

TOKEN_CODES = frozenset({40001, 40014, 41001, 42001})

_RID = re.compile(r"rid: ?([0-9A-Za-z-]{1,64})")
_BUSY = timedelta(seconds=2)
_MINUTE = timedelta(minutes=1)
_CONFIGURATION = timedelta(minutes=5)
_FEATURE = timedelta(hours=1)

Fate = Literal["retry", "unreachable", "wrong"]


class CallRefusedError(DeliveryError):
    """The platform will never accept this call as it is: an error of ours, or a special code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Meaning:
    """What to do about an error code; ``alarm`` calls the operator."""

    fate: Fate
    reason: str
    after: timedelta = _MINUTE
    alarm: bool = False


def _each(meaning: Meaning, *codes: int) -> dict[int, Meaning]:
    return dict.fromkeys(codes, meaning)


MEANINGS: Mapping[int, Meaning] = {
    **_each(Meaning("retry", "platform busy", _BUSY), -1, 61450),
    **_each(Meaning("retry", "access token refused"), *TOKEN_CODES),
    **_each(
        Meaning("retry", "configuration: app secret, IP whitelist", _CONFIGURATION, alarm=True),
        *(40013, 40125, 40164, 61004, 89503),
    ),
    **_each(Meaning("unreachable", "openid invalid"), 40003),
    **_each(Meaning("unreachable", "not following or blocked"), 43004, 43019, 48002, 50005),
    **_each(Meaning("unreachable", "outside the 48 h window"), 45015),
    **_each(Meaning("unreachable", "allowance of the interaction used up"), 45047),
    **_each(Meaning("unreachable", "no consent for this notice"), 43101),
    **_each(Meaning("unreachable", "media expired"), 40007),
    **_each(Meaning("retry", "feature not permitted", _FEATURE, alarm=True), 48001, 48004),
    **_each(Meaning("retry", "account limited", _FEATURE, alarm=True), 50001, 50002),
    **_each(
        Meaning("wrong", "our message is wrong"), 45002, 44004, 45008, 40008, 47001, 47003, 40037
    ),
}


def error_for(code: int, message: str, endpoint: str, now: datetime) -> DeliveryError:
    """Return the error of an API call that was answered with ``code``; log it without content."""
    found = _RID.search(message)
    rid = found.group(1) if found else ""
    if code in {45009, 45011}:
        log.warning("wechat.limited", endpoint=endpoint, code=code, rid=rid)
        return RetryLater(f"{code} quota of {endpoint}", after=_until_quota(code, now))
    meaning = MEANINGS.get(code, Meaning("wrong", "unexpected error code"))
    level = log.error if meaning.alarm or meaning.fate == "wrong" else log.info
    level("wechat.refused_call", endpoint=endpoint, code=code, why=meaning.reason, rid=rid)
    if meaning.fate == "retry":
        return RetryLater(f"{code} {meaning.reason}", after=meaning.after)
    if meaning.fate == "unreachable":
        return Unreachable(f"{code} {meaning.reason}")
    return CallRefusedError(code, meaning.reason)


def _until_quota(code: int, now: datetime) -> timedelta:
    """Return how long a quota lasts: the minute, or the day in Beijing."""
    local = now.astimezone(SHANGHAI)
    if code == 45011:
        return timedelta(seconds=61 - local.second)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), SHANGHAI)
    return tomorrow - local + timedelta(seconds=5)


def transport_error(error: requests.RequestException) -> DeliveryError:
    """Return what a broken connection means; never with the error's text, which holds the URL."""
    name = type(error).__name__
    if _never_sent(error):
        return RetryLater(f"no connection: {name}", after=timedelta(seconds=5), called=False)
    return OutcomeUnknown(f"connection broke after sending: {name}")


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause: Any = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    certificate = "CERTIFICATE_VERIFY_FAILED" in str(reason)
    return isinstance(reason, NewConnectionError) or certificate


def status_error(status: int) -> DeliveryError:
    """Return what an HTTP status other than 200 means."""
    if status >= 500:
        return OutcomeUnknown(f"HTTP {status}")
    return RetryLater(f"HTTP {status}", after=_MINUTE)
