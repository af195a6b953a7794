"""A request about one policy of the verified customer: which one, what about it, then a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.back_office import BackOffice, PolicyView
from bot.desks.identity import Assurance
from bot.desks.policies import PolicyWish
from bot.desks.servicing import ServiceView
from bot.dialogue import core_system, phrases
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.request import Request
from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.plain import TextValue
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.words import AROUND_A_PICK, PICK_SUFFIX, PICKED_AS

_MOST = 9
_PICKS = ("plate", "policy_number")


@dataclass(frozen=True)
class Which(TextValue):
    """The words that pick one of the policies we have listed."""

    volunteered: bool = False
    greedy: bool = True

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return nothing: any word could be meant for something else."""
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the words."""
        said = text.strip("\0 ，。,.")
        return Found(said[:40], (0, len(text)), 0.6) if said else None


def accept_which(flow: Any, said: str, office: BackOffice) -> str | None:
    """Settle the policy, or say that the words fit none or several of the list."""
    if flow.pick(said):
        return None
    told: str | None = flow.also_said(said)
    return told or phrases.WHICH_POLICY_AGAIN


def _fits(said: str, order: int, choice: Sequence[str]) -> bool:
    number, label = choice
    bare = said.strip(AROUND_A_PICK)
    if bare == str(order) or integer(bare) == order:
        return True
    if named := next((name for called, name in PICKED_AS.items() if called in bare), ""):
        return named in label
    short = bare.upper().removesuffix(PICK_SUFFIX)
    return len(short) >= 2 and (short in label.upper() or short in number.upper())


class PolicyRequest(Request):
    """Begin here and say in ``family`` what is asked for; the slots of the subclass come first.

    A subclass is asked for nothing personal before ``wants_proof``. Then the customer proves who
    they are, and picks the policy if there are several.
    """

    family: Any = "endorsement"

    plate = Slot(
        plate,
        label=phrases.PLATE_LABEL,
        ask=phrases.ASK_PLATE,
        optional=True,
        shown=False,
    )
    policy_number = Slot(
        policy_number,
        label=phrases.POLICY_NUMBER_LABEL,
        ask=phrases.WHICH_POLICY_NONE,
        optional=True,
        shown=False,
    )
    which = Slot(
        Which(),
        label=phrases.POLICY_LABEL,
        called=(phrases.POLICY_LABEL,),
        ask=phrases.WHICH_POLICY_NONE,
        help=phrases.HELP_POLICY,
        when=lambda flow: flow.proved and not flow.policy,
        accept=accept_which,
        deferrable=False,
        shown=False,
    )

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.slots = {**cls.slots, **PolicyRequest.slots}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A form that an older release began has not looked at the policies yet.
        if self.kept.get("opened") and "noticed" not in self.kept:
            self.kept["opened"] = False

    @property
    def confirm(self) -> bool:
        """Show a card before anything is filed."""
        return True

    @property
    def requires(self) -> Assurance:
        """Nothing is filed for somebody who is not the holder."""
        return "V2" if self.wants_proof else "V0"

    @property
    def reads_policies(self) -> str:
        """Return whose policies it works with, once somebody has to prove that they are theirs."""
        return "own" if self.wants_proof else ""

    @property
    def wants_proof(self) -> bool:
        """Tell whether it goes on only for the holder from here."""
        return True

    @property
    def proved(self) -> bool:
        """Tell whether the customer's policies have been looked at."""
        return bool(self.kept.get("looked"))

    @property
    def policy(self) -> str:
        """Return the number of the policy, '' while it is open."""
        return str(self.kept.get("policy") or "")

    @property
    def choices(self) -> list[list[str]]:
        """Return number and label of the policies to choose from."""
        raw = self.kept.get("choices")
        pairs = raw if isinstance(raw, list) else []
        return [[str(word) for word in pair] for pair in pairs if isinstance(pair, list)]

    def takes(self, name: str) -> bool:
        """A plate that is said once the policy is known is a new plate, not another policy."""
        return not (self.policy and name in _PICKS) and super().takes(name)

    def forget(self, name: str) -> None:
        """Without a pick there is no policy."""
        if name == "which":
            self.kept["policy"] = self.kept["label"] = ""
        super().forget(name)

    def settle(self, number: str, label: str) -> None:
        """Note the policy."""
        self.kept["policy"], self.kept["label"] = number, label

    def pick(self, said: str) -> bool:
        """Settle the one policy of the list that the words fit; False where they fit no single."""
        fitting = [one for order, one in enumerate(self.choices, 1) if _fits(said, order, one)]
        if len(fitting) != 1:
            return False
        self.settle(*fitting[0])
        return True

    def also_said(self, said: str) -> str | None:
        """Take words that pick no policy as something else that was said; None for nothing."""
        return None

    def suits(self, policy: PolicyView) -> bool:
        """Tell whether this can be done to a policy."""
        return policy.running

    def noticed(self, policies: Sequence[PolicyView]) -> str:
        """Return what must be said once the policies are known, '' for nothing."""
        return ""

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say the notice once, and look at the policies as soon as they may be looked at."""
        replies = [] if self.kept.get("noticed") else super().opening(office)
        self.kept["noticed"] = True
        if self.wants_proof and office.verified:
            return [*replies, *self._look(office)]
        self.kept["opened"] = False  # to be called again behind the gate
        return replies

    def progress(self, office: BackOffice) -> list[Reply]:
        """A plate or number said later picks the policy too."""
        named = self.plate or self.policy_number
        if not self.proved or self.policy or not named:
            return []
        return self._look(office)

    def _look(self, office: BackOffice) -> list[Reply]:
        wish = PolicyWish(number=self.policy_number or "", plate=self.plate or "")
        views = office.find_policies(wish, self.title).views
        found = [view for view in views if self.suits(view)]
        self.kept["looked"] = True
        self.kept["as_of"] = core_system.dated("", office).strip()
        self.kept["choices"] = [[view.number, label(view)] for view in found[:_MOST]]
        if len(found) == 1:
            self.settle(found[0].number, label(found[0]))
        if not found:
            for name in _PICKS:
                self.forget(name)
        said = self.noticed(views)
        return [Reply(said)] if said else []

    def prompt(self) -> Reply:
        """List the policies where one must be picked."""
        slot = self.pending()
        if slot is None or slot.name != "which" or not self.choices:
            return super().prompt()
        lines = [f"{order}. {name}" for order, (_, name) in enumerate(self.choices, 1)]
        if as_of := str(self.kept.get("as_of") or ""):
            lines.append(as_of)
        return Reply(phrases.WHICH_POLICY.format(policies="\n".join(lines)))

    def lines(self) -> list[str]:
        """Return the summary with the policy first."""
        named = self.kept.get("label")
        head = [f"{phrases.POLICY_LABEL}：{named}{self.kept.get('as_of') or ''}"] if named else []
        return [*head, *super().lines()]

    def facts(self) -> dict[str, Any]:
        """Return what goes into the record."""
        hidden = (*_PICKS, "which", "kind")
        return {k: v for k, v in super().facts().items() if k not in hidden}

    def file(self, office: BackOffice, kind: str) -> ServiceView | None:
        """Record the request."""
        return office.request_service(self.family, kind, self.policy, self.facts())

    def not_filed(self) -> Outcome:
        """Say that there is no such policy; nothing tells whether it is somebody else's."""
        return Outcome.say(phrases.NO_SUCH_POLICY, phrases.PERSON_BUTTON)


def label(policy: PolicyView) -> str:
    """Return a policy in a few words."""
    return f"{policy.product}（{policy.subject}）" if policy.subject else policy.product


def under_way(view: ServiceView) -> str:
    """Return that the same thing is being done already."""
    return phrases.SERVICE_UNDER_WAY.format(
        title=view.title, number=view.number, status=view.status, says=view.says
    )
