"""The same figures once more, by other means: plain Python over the rows, no query, no code of
the product's. What both say must be equal to the row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]
QUIET = {"silent", "to_agent", "greeted"}


class Recount:
    """Counts figures over rows (with ``id``) of a period."""

    def __init__(self, rows: Sequence[Row], start: datetime, end: datetime) -> None:
        self.start, self.end = start, end
        self.rows = rows
        self.of_case: dict[str, list[Row]] = defaultdict(list)
        self.of_customer: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            if row["case_number"]:
                self.of_case[row["case_number"]].append(row)
            if row["conversation_id"]:
                self.of_customer[row["conversation_id"]].append(row)

    def _in(self, *kinds: str) -> Iterable[Row]:
        return (r for r in self.rows if r["kind"] in kinds and self.start <= r["at"] < self.end)

    def _case_has(self, row: Row, kind: str, *results: str) -> bool:
        return any(
            other["kind"] == kind and (not results or other["result"] in results)
            for other in self.of_case[row["case_number"]]
        )

    def _again(
        self, row: Row, kind: str, after: timedelta, until: timedelta, test: Callable[[Row], bool]
    ) -> bool:
        first, last = row["at"] + after, row["at"] + until
        return any(
            other["kind"] == kind and first < other["at"] <= last and test(other)
            for other in self.of_customer[row["conversation_id"]]
        )

    def pairs(self, code: str) -> tuple[int, int]:
        """Return (rows, hits) of a figure."""
        found = list(getattr(self, f"_{code}")())
        return len(found), sum(found)

    def _csat(self) -> Iterable[bool]:
        return (r["value"] in (4, 5) for r in self._in("survey.answered") if 1 <= r["value"] <= 5)

    def _response(self) -> Iterable[bool]:
        for r in self._in("turn"):
            if r["result"] not in QUIET:
                yield r["value"] <= 3000
        yield from self._response_staff()

    def _response_staff(self) -> Iterable[bool]:
        for r in self._in("handoff.first"):
            yield r["value"] <= 30
        for r in self._in("handoff.opened"):
            answered = self._case_has(r, "handoff.answered")
            if not answered and not self._case_has(r, "handoff.withdrawn"):
                yield False
        for r in self._in("clock"):
            if r["label"] in ("first_contact", "injury_contact") or r["label"][:7] == "ticket:":
                yield r["result"] == "met"

    def _due(self) -> Iterable[Row]:
        for r in self._in("clock"):
            withdrawn = self._case_has(r, "complaint.withdrawn")
            if r["label"] == "complaint_decision" and not withdrawn:
                yield r

    def _complaint_on_time(self) -> Iterable[bool]:
        return (r["result"] == "met" for r in self._due())

    def _complaint_success(self) -> Iterable[bool]:
        for r in self._due():
            about = r["data"]["category"]
            again = self._again(
                r,
                "complaint.received",
                timedelta(),
                timedelta(days=30),
                lambda o, about=about: o["label"] == about,  # type: ignore[misc]
            )
            happy = self._case_has(r, "complaint.closed", "accepted", "review_kept")
            yield r["result"] == "met" and happy and not again

    def _claim_on_time(self) -> Iterable[bool]:
        return (r["result"] == "met" for r in self._in("clock") if r["case_number"][:2] == "CL")

    def _claim_on_time_law(self) -> Iterable[bool]:
        return (
            r["result"] == "met"
            for r in self._in("clock")
            if r["case_number"][:2] == "CL" and r["data"]["law"]
        )

    def _claim_whole(self) -> Iterable[bool]:
        return (not self._case_has(r, "clock", "missed") for r in self._in("claim.closed"))

    def _handed(self, row: Row) -> bool:
        day = timedelta(days=1)
        return self._again(row, "handoff.opened", timedelta(seconds=-1), day, lambda _: True)

    def _handoff_rate(self) -> Iterable[bool]:
        return (self._handed(r) for r in self._in("session"))

    def _contained(self) -> Iterable[bool]:
        for r in self._in("session"):
            day = timedelta(days=1)
            back = self._again(r, "session", timedelta(minutes=30), day, lambda _: True)
            yield not self._handed(r) and (self._solved(r) or not back)

    def _contained_said(self) -> Iterable[bool]:
        return (not self._handed(r) and self._solved(r) for r in self._in("session"))

    def _solved(self, row: Row) -> bool:
        return self._again(
            row,
            "solved",
            timedelta(seconds=-1),
            timedelta(days=1),
            lambda o: bool(o["result"] == "solved"),
        )

    def _fcr(self) -> Iterable[bool]:
        for r in self._in("solved"):
            label = r["label"]
            again = label and self._again(
                r,
                "turn",
                timedelta(minutes=30),
                timedelta(days=7),
                lambda o, label=label: o["label"] == label,  # type: ignore[misc]
            )
            yield r["result"] == "solved" and not again

    def _unknown_rate(self) -> Iterable[bool]:
        return (r["result"] == "missed" for r in self._in("turn") if r["result"] not in QUIET)

    def _one_notice(self) -> Iterable[bool]:
        for r in self._in("claim.documents_due"):
            times = [o for o in self.of_case[r["case_number"]] if o["kind"] == r["kind"]]
            if min(times, key=lambda o: o["id"]) is r:
                yield len(times) == 1

    def _survey_answered(self) -> Iterable[bool]:
        return (self._case_has(r, "survey.answered") for r in self._in("survey.sent"))

    def _claim_paid_share(self) -> Iterable[bool]:
        return (
            self._case_has(r, "claim.paid") or self._case_has(r, "claim.advance_paid")
            for r in self._in("claim.closed")
        )
