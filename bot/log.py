"""Structured logs; whatever looks like personal data is masked just before it is written."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Identity numbers, phones, policy numbers, plates, bank cards: six digits or more in a row.
# Chinese words may touch them («手机138…»), so only ASCII letters and digits are a border.
_LONG_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_-])(?:[A-Za-z]{0,6}\d{6,}[\dXx]?|1\d{2}[ -]\d{4}[ -]\d{4})(?![A-Za-z0-9_-])"
)
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][·\- ]?[A-Z0-9]{5,6}(?![A-Z0-9])")
_KEEP = {"timestamp", "level", "event", "logger"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def mask(text: str) -> str:
    """Return ``text`` with long numbers and plates masked and control characters removed."""

    def stars(match: re.Match[str]) -> str:
        found = match.group()
        return f"{found[:3]}****{found[-2:]}"

    return _PLATE.sub(stars, _LONG_NUMBER.sub(stars, _CONTROL.sub(" ", text)))


def masked(value: Any) -> Any:
    """Return a value with every text in it masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def mask_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask every value but the ones that only we write (structlog processor)."""
    return {key: value if key in _KEEP else masked(value) for key, value in event.items()}


def configure(level: str = "INFO") -> None:
    """Send all logs to stderr as key=value lines with personal data masked."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    # These log whole URLs, which carry secrets and tokens.
    for chatty in ("httpx", "urllib3", "wechatpy", "telegram"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            mask_personal_data,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
