"""What the flows about claims share: the line, the story, and the facts as they are handed over."""

from __future__ import annotations

import re
from typing import Any

from bot.dialogue import two_plates
from bot.dialogue.event_words import ANOTHER
from bot.dialogue.fact_slots import of_line
from bot.dialogue.flow import Flow
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.account import account_of, damage_in, untaken
from bot.dialogue.slot_types.base import Json

_MOTOR = {"rear_end", "scrape", "single_vehicle", "hit_object", "glass", "pedestrian"}
_BARE = re.compile(
    r"^[我要想来]*(报案|报个案|出险了?|保案|报按|baoan|继续|接着来|帮我报案)[吧了啊 。!！]*$"
)
_WORD = re.compile(r"[\w]")
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
    def story_told(self) -> str:
        """Return everything that was told, in the customer's words."""
        return str(self.kept.get("story") or self.values.get("story") or "")

    @property
    def damage(self) -> str | None:
        """Return the words that tell what is broken, as far as they name it."""
        return damage_in(self.story_told)

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
        later = len(lines) - any(line.startswith("以后补充：") for line in lines)
        return [*lines[:later], *extra, *lines[later:]]

    @property
    def _damaged(self) -> bool:
        """Tell whether another line of the summary says what is broken."""
        return any(self.values.get(name) for name in ("damaged_items", "victim", "loss_type"))
