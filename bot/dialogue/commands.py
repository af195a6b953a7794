"""Commands: what one utterance asks the dialogue to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

EscalationLevel = Literal["none", "P0", "P1", "P2", "human"]

# The flow that takes a question down for an expert, and how such a candidate is marked.
EXPERT: Final = "question"
EXPERT_OFFER: Final = "expert"


@dataclass(frozen=True)
class Said:
    """A slot value with the customer's words; ``problem`` tells why it cannot be used."""

    value: Any
    quote: str
    problem: str | None = None


@dataclass(frozen=True)
class StartFlow:
    """Begin ``flow`` on top of what is open; a kept draft of it is taken up again."""

    flow: str
    utterance: str = ""


@dataclass(frozen=True)
class FillSlots:
    """Fill empty slots of the top flow; ``utterance`` is what the customer said.

    ``flow`` names the flow that is meant: another one on top is left alone. ``override`` lets
    what was said just now win over a draft or what was taken over from before.
    """

    values: dict[str, Said]
    utterance: str = ""
    flow: str = ""
    override: bool = False


@dataclass(frozen=True)
class PoliciesCame:
    """The other system has answered; ``without`` is what to say where it has not and will not."""

    without: str = ""
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True)
class SendCodeAgain:
    """The code that was asked for did not come, or came too late."""


@dataclass(frozen=True)
class LeaveGate:
    """A person takes over: the proof that was asked for is not asked for any more."""


@dataclass(frozen=True)
class PutOff:
    """Another event than the one in the open form: its words wait until that is done.

    With ``ask`` it is not clear, and the form asks. ``urgent`` begins the other one at once.
    """

    flow: str
    text: str = ""
    ask: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class CorrectSlots:
    """Overwrite filled slots of the top flow."""

    values: dict[str, Said]
    utterance: str = ""


@dataclass(frozen=True)
class ForgetSlot:
    """Ask for a slot again that the customer called wrong without giving the right value."""

    name: str


@dataclass(frozen=True)
class AnswerEntry:
    """Answer from the knowledge base; ``score`` is the matcher's confidence.

    ``asked`` is the question where it is not just what was said: a gap may have been filled.
    ``beside`` is a flow whose button is shown with the answer.
    """

    entry: str
    score: float = 1.0
    trace: Mapping[str, Any] = field(default_factory=dict)
    asked: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Part:
    """One of several questions: answered by ``entry``, or only guessed at by ``choices``."""

    asked: str
    entry: str = ""
    score: float = 0.0
    choices: tuple[str, ...] = ()
    trace: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerParts:
    """Answer several questions of one message in the order they were asked."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Unsolved:
    """«没解决»: the last answer did not help."""


@dataclass(frozen=True)
class Offer:
    """Ask which of these is meant: label to show → what it starts."""

    candidates: dict[str, str] = field(default_factory=dict)
    score: float = 0.0
    trace: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NoneOfThese:
    """«都不是»: no candidate was meant."""


@dataclass(frozen=True)
class Escalate:
    """A person is needed now; ``say`` comes before everything else in the reply.

    ``alone``: nothing else is asked in this turn.
    """

    level: EscalationLevel
    reason: str
    say: str
    alone: bool = False


@dataclass(frozen=True)
class Confirm:
    """The answer to the summary card."""

    yes: bool


@dataclass(frozen=True)
class Finish:
    """«没别的了»: skip what may come later; at the card it means yes.

    ``submit`` is set for an explicit «提交», which needs no card where nothing new was said.
    """

    submit: bool = False


@dataclass(frozen=True)
class Resume:
    """«接着来»: go on with the open flow or the newest draft."""


@dataclass(frozen=True)
class CancelFlow:
    """Leave the flow; what was filled is kept as a draft."""


@dataclass(frozen=True)
class Back:
    """«上一步»: ask the last answered question again."""


@dataclass(frozen=True)
class Restart:
    """«重来»: begin the flow anew with empty slots."""


@dataclass(frozen=True)
class Skip:
    """«跳过/以后补»: go on without the slot that was asked for."""


@dataclass(frozen=True)
class Help:
    """«帮助»: explain the open question, or what the bot can do; ``name`` is another slot."""

    name: str = ""


@dataclass(frozen=True)
class Wait:
    """«稍等»: the customer will be back; nothing is asked again."""


@dataclass(frozen=True)
class NoPerson:
    """«不用转人工了»: the customer does not want to wait for a person any more."""


@dataclass(frozen=True)
class Enough:
    """«不用了»: nobody is waited for any more; where nobody was, the open form is left."""


@dataclass(frozen=True)
class Say:
    """Answer with a fixed sentence (a photo out of the blue, a sticker)."""

    text: str
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotUnderstood:
    """A miss; with what the knowledge base made of it, where it was asked."""

    score: float = 0.0
    trace: Mapping[str, Any] = field(default_factory=dict)


Command = (
    StartFlow
    | FillSlots
    | PoliciesCame
    | LeaveGate
    | SendCodeAgain
    | PutOff
    | CorrectSlots
    | ForgetSlot
    | AnswerEntry
    | AnswerParts
    | Unsolved
    | Offer
    | NoneOfThese
    | Escalate
    | Confirm
    | Finish
    | Resume
    | CancelFlow
    | Back
    | Restart
    | Skip
    | Help
    | Wait
    | NoPerson
    | Enough
    | Say
    | NotUnderstood
)
