"""等保单系统：别的流程要用到保单、手头没有新的，先去问公司的系统，问到了接着办。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.back_office import BackOffice
from bot.dialogue import core_system
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import TextValue


@dataclass(frozen=True)
class _Elsewhere(TextValue):
    """Something that the customer cannot say: it comes from another system."""

    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return nothing."""
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return nothing: what is said meanwhile is about something else."""
        return None


class AwaitPolicies(Flow):
    """Wait until the core system has told the policies that the flow behind works with."""

    name = "await_policies"
    title = "查保单"
    gate = True
    keeps_draft = False
    taps = ("查询保单系统",)

    came = Slot(
        _Elsewhere(),
        label="保单",
        ask=core_system.ASKING,
        help="您的保单在公司的保单系统里，我去那里查，一般几秒钟；查不到会告诉您，也会请同事接着查。",
        deferrable=False,
        shown=False,
    )

    @property
    def confirm(self) -> bool:
        """Nothing is decided here."""
        return False

    @property
    def over(self) -> bool:
        """Said by itself there is nothing to wait for."""
        return not isinstance(self.kept.get("gate"), dict)

    def begin(self, office: BackOffice) -> None:
        """Owe the enquiry."""
        gate = self.kept.get("gate")
        if isinstance(gate, dict):
            office.ask_for_policies(str(gate["question"]), granted=gate.get("whose") == "granted")

    def submit(self, office: BackOffice) -> Outcome:
        """Say nothing: the flow behind goes on by itself."""
        return Outcome()
