"""A slot type for anything that one regular expression describes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import TextValue


@dataclass(frozen=True)
class Pattern(TextValue):
    """The first match of ``regex``; as an answer any text will do when ``any_answer`` is set."""

    regex: str
    volunteered: bool = True
    any_answer: bool = False

    @property
    def greedy(self) -> bool:
        """Tell whether any text is accepted as an answer."""
        return self.any_answer

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the words that match."""
        match = re.search(self.regex, text)
        return Found(match.group().strip(), match.span()) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the match, or the whole text where any answer will do."""
        if found := self.find(text, now):
            return found
        cleaned = text.strip("\0 ，。")
        return Found(cleaned, (0, len(text)), 0.5) if self.any_answer and cleaned else None


# What a complainant wants: 要她道歉、给个说法、赶紧赔、退钱、换个人处理……
demand = Pattern(
    # «我要投诉你们处理太慢» says what it is about, not what is wanted.
    r"(我?(?:就)?要(?:求)?(?![^,，。;； ]?(?:投诉|举报))|希望|想要?(?!投诉|举报)"
    r"|得给我|必须|赶紧|马上)[^,，。;； ]{0,8}"
    r"(道歉|赔(?!员)|退|解决|答复|说法|处理|重新|换人|补偿|说明|解释|回电|撤销|查清"
    r"|改正)[^,，。;； ]{0,12}"
    r"|给(?:我|个)+[^,，。;； ]{0,4}(说法|答复|解释|交代)"
    r"|(?:让|叫|要求?|请)[他她](?:当面|书面|公开|给我)*"
    r"(?:道歉|赔礼|赔钱|把钱[退还给][^,，。;； ]{0,4})"
    # «退钱», «给我道歉»: nothing else was said
    r"|^(?:给我|全额|赶紧|马上|必须|都|就)*(?:退钱|退款|退保费|把钱退|还钱|赔钱|赔礼道歉|道歉|换人"
    r"|重新处理|重新定损)(?:给我|就行|就好|[吧啊了呗!。])*$",
    any_answer=True,
)
