"""What the flows about claims share: the line, the story, and the facts as they are handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.dialogue import two_plates
from bot.dialogue.event_words import ANOTHER
from bot.dialogue.fact_slots import of_line
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.fold import fold
from bot.dialogue.message import Reply
from bot.dialogue.private import without_numbers
from bot.dialogue.slot_types.accident import kinds_named
from bot.dialogue.slot_types.account import account_of, damage_in, untaken
from bot.dialogue.slot_types.base import Json

_MOTOR = {"rear_end", "scrape", "single_vehicle", "hit_object", "glass", "pedestrian"}
_BARE = re.compile(
    r"^[我要想来]*(报案|报个案|出险了?|保案|报按|baoan|继续|接着来|帮我报案)[吧了啊 。!！]*$"
)
_WORD = re.compile(r"[\w]")
# «工地», «小区里», «餐馆»: whoever names a street later has said where that is.
_VAGUE = re.compile(
    r"(?:我?[家店厂]里?的?|自己家)?(?:我家|店|小区|工地|餐馆|饭馆|饭店|餐厅|超市|厂房?|车间|仓库|路边|停车场|地库|楼下|单位|公司"
    r"|学校|医院|市场)(?:里|上|门口|内)?"
)
# «昨天» leaves open when: an hour of that day, said later, is the better answer.
_DAY_ONLY = re.compile(
    r"(?:是|就)?(?:(?:大?前|昨|今)[天儿日个]|(?:上|这|本)?个?(?:周|星期|礼拜)[一二三四五六日天]"
    r"|(?:\d{1,2}月)?\d{1,2}[日号])(?:的)?"
)
_OF_PEOPLE = ("accident", "liability")
_ENOUGH_WORDS = 5
_STORY_LIMIT = 2_000
_MOST_CLAUSES = 12
_NO_FACTS = ("story", "same_case", "same_event", "which")


class ClaimForm(Flow):
    """The form of one accident. Its slots are the subclass's own."""

    @property
    def kind(self) -> str | None:
        """Return the line of business as far as it is known."""
        if line := self.values.get("line"):
            return str(line)
        named = self.values.get("plate") or two_plates.named(self)
        known = named or self.values.get("accident_type") in _MOTOR
        return "auto" if known else None

    @property
    def subject(self) -> str:
        """«还能打火吗» is asked of a car under water."""
        return self.quotes.get("accident_type", "").strip()

    @property
    def recording(self) -> bool:
        """Nothing that is said of an emergency gets lost, however short it is."""
        return bool(self.kept.get("number"))

    def misses_the_point(self, question: str, asked: str) -> bool:
        """«还能打着火吗» after a rear-end collision is not asked about a flood."""
        theirs, mine = kinds_named(question), self.values.get("accident_type")
        if not theirs or mine in (None, "other", *theirs):
            return False
        return not theirs & kinds_named(asked)

    @property
    def story_told(self) -> str:
        """Return everything that was told, in the customer's words."""
        return str(self.kept.get("story") or self.values.get("story") or "")

    @property
    def damage(self) -> str | None:
        """Return the words that tell what is broken, as far as they name it."""
        return damage_in(self.story_told)

    def prompt(self) -> Reply:
        """Ask whose plates they are where two were named; a burst pipe breaks nobody's arm."""
        reply = two_plates.question(self) or super().prompt()
        slot = self.pending()
        of_things = slot is not None and slot.name == "cause" and self.kind in _OF_PEOPLE
        return Reply(reply.text) if of_things else reply

    def vague(self, name: str) -> bool:
        """Tell whether what is known is so inexact that what is said later wins."""
        if name == "accident_type":
            return self.values.get(name) == "other"
        return name == "place" and bool(_VAGUE.fullmatch(str(self.values.get(name))))

    def refines(self, name: str, value: Any, quote: str) -> bool:
        """Take the hour that is said after the bare day, and no other day."""
        before = self.values.get(name)
        if name != "happened_at" or not isinstance(before, datetime):
            return False
        same_day = isinstance(value, datetime) and value.date() == before.date()
        bare, said = self.quotes.get(name, "").strip(), quote.strip()
        return same_day and bool(_DAY_ONLY.fullmatch(bare)) and not _DAY_ONLY.fullmatch(said)

    def by_hand(self) -> Iterator[Slot[Any]]:
        """Yield every fact of the accident, also where an emergency leaves no time to ask."""
        kept = {key: value for key, value in self.kept.items() if key != "alarm"}
        calm = type(self)(self.values | {"injured": False}, kept=kept)
        asked = {slot.name for slot in calm.relevant()}
        return (s for s in self.slots.values() if s.name in self.values or s.name in asked)

    def left_open(self) -> tuple[str, ...]:
        """An emergency is asked for little: whatever is told of it later completes it."""
        if not self.recording:
            return super().left_open()
        asked = {slot.name for slot in self.by_hand()}
        told = (s for s in self.slots.values() if s.name in asked or not s.implied)
        return tuple(s.name for s in told if s.shown and s.name not in self.values)

    def hear(self, text: str, rest: str) -> None:
        """Keep the customer's own words as the story of the accident."""
        if _BARE.match(text.strip()) or len(_WORD.findall(rest)) < 2:
            return
        story = f"{self.kept.get('story') or ''} {text}".strip()
        self.kept["story"] = story[:_STORY_LIMIT]
        self.kept["account"] = [*self.kept_clauses, *untaken(text, rest)][:_MOST_CLAUSES]
        if len(_WORD.findall(rest)) >= _ENOUGH_WORDS:
            self.kept["told"] = True
        if ANOTHER.search(fold(text)) and not self.kept.get("opened"):
            # «还有一起» begins this form: no need to ask whether it is the same.
            self.kept["another"] = True
        two_plates.note(self, text)

    @property
    def kept_clauses(self) -> list[Json]:
        """Return the clauses of the story that no slot has taken."""
        kept = self.kept.get("account")
        return kept if isinstance(kept, list) else []

    def facts(self) -> dict[str, Any]:
        """Return the claim slots of the contract and what else was said of this line."""
        line = self.kind or "auto"
        told = {name: v for name, v in self.values.items() if name not in _NO_FACTS}
        extra = {"story": self.story_told or None, "damage": self.damage, "line": line}
        return of_line(line, told) | extra | {"urgent": bool(self.kept.get("alarm"))}

    def lines(self) -> list[str]:
        """Return the summary with what was told of the accident and of the damage."""
        lines = super().lines()
        shown = [*map(str, self.values.values()), self.damage or ""]
        account = account_of(map(str, self.kept_clauses), shown)
        extra = [f"损失情况：{self.damage}"] if self.damage and not self._damaged else []
        extra += [f"事故经过：{account}"] if account else []
        extra += two_plates.more_of_ours(self)
        later = len(lines) - any(line.startswith("以后补充：") for line in lines)
        return [*lines[:later], *map(without_numbers, extra), *lines[later:]]

    @property
    def _damaged(self) -> bool:
        """Tell whether another line of the summary says what is broken."""
        return any(self.values.get(name) for name in ("damaged_items", "victim", "loss_type"))
