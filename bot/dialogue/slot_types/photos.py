"""Photos: the engine adds the pictures; words only say that there are none or no more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json

_DONE = re.compile(
    r"没有|没拍|没照|没图|没了|没呢|^没$|无$|以后|回头|待会|等会|一会儿?|过会|稍后|后补"
    r"|再补|补发|先不|跳过|不传|不发|不拍"
    r"|好了|行了|完了|完毕|就这些|就这几?张|传完|发完|拍完|齐活|齐了|都发|都传|结束"
    r"|可以了|OK|ok|没别的|暂时没|现在没|拍不了|不用"
)
_WAIT = re.compile(r"等一?下|马上|正在|这就|我拍|我去拍|怎么|咋|吗$|[?]")


@dataclass(frozen=True)
class PhotoList:
    """Media references of the pictures; an empty list where there are none."""

    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[list[str]] | None:
        """Return nothing: pictures are not words."""
        return None

    def answer(self, text: str, now: datetime) -> Found[list[str]] | None:
        """Return an empty list where the customer has none, sends them later or is done."""
        if len(text) > 30 or _WAIT.search(text) or not _DONE.search(text.strip()):
            return None
        return Found([], (0, len(text)), 0.9)

    def dump(self, value: list[str]) -> Json:
        """Return the references."""
        return list(value)

    def load(self, raw: Json) -> list[str]:
        """Return the references; raise ValueError for anything but texts."""
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            raise ValueError(f"a list of media references is needed, not {raw!r}")
        return [str(item) for item in raw]

    def show(self, value: list[str]) -> str:
        """Return how many there are."""
        return f"{len(value)} 张" if value else "暂无（可稍后补传）"


photos = PhotoList()
