"""Fakes for what the dialogue core only knows as a Protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.back_office import (
    ClaimView,
    CodeResult,
    HandoffView,
    Level,
    PolicyView,
    ProductView,
    SimilarClaim,
    Values,
)
from bot.clock import SHANGHAI
from bot.desks.policies import FoundPolicies, PolicyWish
from bot.dialogue.reading import Hit, Match, Reading
from tests.fakes_applications import FakeApplications
from tests.fakes_claims import FakeClaims
from tests.fakes_complaints import FakeComplaints
from tests.fakes_identity import FakeIdentityDesk
from tests.fakes_policy_source import FakePolicySource
from tests.fakes_privacy import FakePrivacy
from tests.fakes_servicing import FakeServicing
from tests.fakes_surveys import FakeSurveyDesk, FakeSurveys
from tests.fakes_tickets import FakeTickets

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
CODE = "246810"


@dataclass
class FakeOffice(
    FakeTickets,
    FakeIdentityDesk,
    FakeServicing,
    FakeClaims,
    FakeComplaints,
    FakeSurveyDesk,
    FakeApplications,
    FakePolicySource,
    FakePrivacy,
):
    """A branch in memory. The right code is CODE, the right document tail is ``tail``."""

    now: datetime = NOON
    channel: str = "webchat"
    staffed: bool = True
    tail: str = "124421"
    opened: list[tuple[str, str, Values]] = field(default_factory=list)
    amended: list[tuple[str, Values]] = field(default_factory=list)
    handoffs: list[tuple[Level, str]] = field(default_factory=list)
    told: list[Values] = field(default_factory=list)
    noted: list[tuple[str, str, str]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    failures: int = 0
    photos: int = 0
    similar: SimilarClaim | None = None
    lacks: tuple[str, ...] = ()
    surveys: FakeSurveys = field(default_factory=FakeSurveys)
    called_off: list[str] = field(default_factory=list)
    calls_moved: dict[str, datetime] = field(default_factory=dict)

    def fact(self, key: str) -> str:
        """Return nothing: no fact is configured."""
        return ""

    def products(self) -> Sequence[ProductView]:
        """Return nothing: no card is loaded."""
        return ()

    def _open(self, kind: str, values: Values) -> str:
        number = f"{kind}20261123{len(self.opened) + 1:06d}"
        self.opened.append((kind, number, dict(values)))
        return number

    def _numbers(self, kind: str) -> list[str]:
        return [number for opened, number, _ in self.opened[::-1] if opened == kind]

    def open_claim(self, values: Values) -> str:
        """Record a claim."""
        return self._open("CL", values)

    def amend_claim(self, number: str, values: Values) -> None:
        """Record a change."""
        self.amended.append((number, dict(values)))

    def attach_photos(self, number: str) -> int:
        """Count what was attached."""
        self.photos += 1
        return self.photos

    def similar_claim(self, values: Values) -> SimilarClaim | None:
        """Return the claim that the test put there."""
        return self.similar

    def claim_for_photos(self) -> str | None:
        """Return the only claim opened here."""
        numbers = self._numbers("CL")
        return numbers[0] if len(numbers) == 1 else None

    def lacking(self, values: Values) -> Sequence[str]:
        """Return what the test says."""
        return self.lacks

    def asked_for(self, values: Values) -> Sequence[str]:
        """Return nothing."""
        return ()

    def checklist(self, line: str, accident_type: str, *, injured: bool) -> Sequence[str]:
        """Return one document."""
        return ["驾驶证 *"]

    def advice(self, line: str, accident_type: str, *, at_scene: bool = True) -> str:
        """Return nothing."""
        return ""

    def claims(self, number: str | None = None) -> Sequence[ClaimView]:
        """Return the claims opened here."""
        views = [
            ClaimView(n, "auto", "待联系", "", self.now, "理赔客服组", "联系您", None, ())
            for n in self._numbers("CL")
        ]
        return [view for view in views if number in (None, view.number)]

    def hand_off(self, level: Level, reason: str, about: Values | None = None) -> HandoffView:
        """Open one request, or raise its level."""
        self.told += [dict(about)] if about else []
        fresh = not self.handoffs
        raised = fresh or level < self.handoffs[-1][0]
        if raised:
            self.handoffs.append((level, reason))
        return HandoffView(fresh, raised, self.staffed, 0, self.now + timedelta(hours=8))

    def note_question(self, kind: str, text: str, entry: str = "", score: float = 0.0) -> None:
        """Take note."""
        self.noted.append((kind, text, entry))

    @property
    def waiting(self) -> bool:
        """Tell whether a request is open."""
        return bool(self.handoffs)

    def withdraw_hand_off(self) -> bool:
        """Forget the request unless it is an emergency."""
        kept = any(level in ("P0", "P1") for level, _ in self.handoffs)
        if not kept:
            self.handoffs.clear()
        return not kept

    def send_code(self, phone: str) -> CodeResult:
        """Send CODE unless locked."""
        return "locked" if self.locked_minutes() else "sent"

    def check_code(self, phone: str, code: str) -> bool:
        """Compare with CODE."""
        self.failures += code != CODE
        self.proved_phone = self.proved_phone or code == CODE
        return code == CODE

    def identify(self, phone: str, proof: Values) -> bool:
        """Compare the document's tail."""
        self.verified = proof.get("id_tail") == self.tail
        self.failures += not self.verified
        return self.verified

    def locked_minutes(self) -> int:
        """Lock after three failures."""
        return 30 if self.failures >= 3 else 0

    def policies(self, reason: str) -> Sequence[PolicyView]:
        """Return one policy of the verified customer; nobody else may ask."""
        if not self.verified:
            return ()
        return [
            PolicyView(
                number="TATJ20260208000155",
                product="机动车商业保险",
                line="auto",
                subject="津X09M33",
                holder="白*",
                insured="白*",
                starts_at=self.now,
                ends_on=self.now.date(),
                status="有效",
                premium_fen=300_000,
                payment="已缴清",
                coverages=(),
            )
        ]

    def find_policies(self, wish: PolicyWish, reason: str) -> FoundPolicies:
        """Return the one policy, if it is meant."""
        fitting = [p for p in self.policies(reason) if wish.number in ("", p.number)]
        return FoundPolicies(() if wish.granted else fitting)

    def subscribe_again(self, category: str = "") -> None:
        """Forget what was stopped."""
        self.stopped[:] = [one for one in self.stopped if category and one != category]

    def unsubscribe(self, category: str) -> None:
        """Take note."""
        self.stopped.append(category)

    def pending_survey(self) -> str | None:
        """Return nothing: no survey waits."""
        return None


@dataclass(frozen=True)
class FakeReader:
    """Reads only the sentences it is given."""

    readings: Mapping[str, Reading] = field(default_factory=dict)

    def read(self, text: str) -> Reading:
        """Return the prepared reading, or that nothing is understood."""
        return self.readings.get(text, Reading("nonsense", 0.0))


@dataclass(frozen=True)
class FakeKnowledge:
    """Knows only the questions it is given: question → answer."""

    answers: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    release: int = 0
    hidden: frozenset[str] = frozenset()

    def look_up(self, text: str) -> Hit:
        """Return the question itself as its entry; the trace quotes what was asked."""
        text = text.rstrip("？?")
        if text in self.answers:
            return Hit("answer", (Match(text, 0.95),), {"asked": text, "why": ["同字"]})
        if text in self.offers:
            return Hit("offer", tuple(Match(entry, 0.4) for entry in self.offers[text]))
        return Hit()

    def question(self, entry: str) -> str:
        """Return the question."""
        return entry

    def answer(self, entry: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the answer."""
        return (self.answers[entry], ("转人工",)) if entry in self.answers else None

    def explanation(self, entry: str) -> str:
        """Return the prepared other words."""
        return self.others.get(entry, "")

    def related(self, entry: str) -> tuple[str, ...]:
        """Return every other question."""
        return tuple(question for question in self.answers if question != entry)

    def topics(self, entry: str) -> tuple[str, ...]:
        """Return the first two characters: «拖车要钱吗» is about 拖车."""
        return (entry[:2],)

    def subjects(self, text: str) -> tuple[str, ...]:
        """Return the topics of known questions that the text names."""
        return tuple(dict.fromkeys(q[:2] for q in self.answers if q[:2] in text))

    def about(self, entry: str, subject: str) -> bool:
        """Tell whether the entry begins with the subject."""
        return entry.startswith(subject)

    def swap(self, question: str, other: str) -> str:
        """Put the other subject in the place of the first two characters."""
        return other + question[2:]

    def admits(self, entry: str, channel: str, *, verified: bool) -> bool:
        """Hide some answers from whoever is not verified."""
        return verified or entry not in self.hidden
