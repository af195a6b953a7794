"""The scorecard, the sampling and the forbidden promises, as a table that a supervisor can edit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("supervision.yaml")
# «我们不能保证一定赔»: what is denied a few words before is no promise.
_DENIED = re.compile(
    r"(?:不|没|无法|难以|未必|谁也|哪能|禁止|请勿|切勿|严禁)[^,，。!！?？;；]{0,8}$"
)


@dataclass(frozen=True)
class Risk:
    """A kind of event that makes a conversation worth looking at."""

    code: str
    label: str
    kind: str
    value_from: int | None = None
    value_up_to: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Promise:
    """Words that must not be said to customers."""

    code: str
    label: str
    words: tuple[str, ...]
    unless: tuple[str, ...]
    like: tuple[re.Pattern[str], ...] = ()

    def found(self, text: str) -> str:
        """Return the words that were said, '' when none were."""
        for allowed in self.unless:
            text = text.replace(allowed, "")
        if said := next((word for word in self.words if word in text), ""):
            return said
        matches = (match for pattern in self.like for match in pattern.finditer(text))
        return next((m.group() for m in matches if not _DENIED.search(text[: m.start()])), "")


@dataclass(frozen=True)
class Rules:
    """The whole table."""

    scorecard: dict[str, tuple[str, int]]
    vetoes: dict[str, str]
    random_share: float
    quota: int
    new_staff_days: int
    risks: tuple[Risk, ...]
    promises: tuple[Promise, ...]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    raw: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    card = {row["code"]: (row["label"], row["points"]) for row in raw["scorecard"]}
    if sum(points for _, points in card.values()) != 100:
        raise ConfigurationError(f"{_FILE.name}：scorecard 的 points 之和须为 100")
    sampling = raw["sampling"]
    return Rules(
        card,
        raw["vetoes"],
        sampling["random_share"],
        sampling["quota"],
        sampling["new_staff_days"],
        tuple(_risk(code, risk) for code, risk in sampling["risks"].items()),
        tuple(map(_promise, raw["promises"])),
    )


def _risk(code: str, raw: dict[str, Any]) -> Risk:
    values = {**raw, "labels": tuple(raw.get("labels", ()))}
    try:
        return Risk(code, **values)
    except TypeError as error:
        raise ConfigurationError(f"{_FILE.name}：风险项 {code} 写错了：{error}") from None


def _promise(raw: dict[str, Any]) -> Promise:
    words = raw.get("words")
    if not words or not all(isinstance(word, str) and word for word in words):
        raise ConfigurationError(
            f"{_FILE.name}：promises 的 {raw.get('code')} 要有 words，每个词加引号写成文字"
        )
    try:
        like = tuple(re.compile(source) for source in raw.get("like", ()))
    except re.error as error:
        raise ConfigurationError(
            f"{_FILE.name}：promises 的 {raw['code']} 里 like 写错了：{error}。请改正这条正则。"
        ) from None
    return Promise(raw["code"], raw["label"], tuple(words), tuple(raw.get("unless", ())), like)


def promised(text: str) -> list[tuple[Promise, str]]:
    """Return every forbidden promise in a text, with the words."""
    plain = "".join(text.split())
    return [(promise, words) for promise in rules().promises if (words := promise.found(plain))]
