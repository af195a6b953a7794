"""kill -9 at every statement of the work on services: all of it is there, or nothing of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema
from storage.database import open_engine
from storage.models.case import CaseEvent, NumberSequence
from storage.models.conversation import Message
from storage.models.customer import AccessLog
from storage.models.outbox import Media
from storage.models.policy import Policy
from storage.models.service import PolicyDelivery, ServiceDocument, ServiceRequest
from tests import warm
from tests.storage.services_kit import CAR, SECRET, Branch, branch_on


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Branch]:
    """A branch with one customer on a fresh SQLite database."""
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(engine)
    made = branch_on(engine)
    yield made
    made.ways.close()


def _die(branch: Branch, what: str, token: str = "") -> int:
    """Die at each statement in turn until one run gets through; return how often it was killed."""
    environment = {**os.environ, "ANDA_TEST_TOKEN": token}
    words = (str(branch.ways.engine.url), what, *map(str, range(1, 200)))
    done = warm.run("tests.crash.service_writes", *words, environment=environment)
    outcomes = [int(line) for line in done.stdout.split()]
    assert outcomes[-1] == 0
    assert set(outcomes[:-1]) == {-9}
    return len(outcomes) - 1


def _link(branch: Branch) -> str:
    return branch.turn(lambda o: o.paper_links([CAR]))[0].url.rpartition("/")[2]


def test_a_request_is_whole_or_not_there(branch: Branch) -> None:
    """Number, documents and history with it; many times begun, once there."""
    assert _die(branch, "ask") > 5
    (request,) = branch.rows(ServiceRequest)
    assert branch.events(request.number) == ["opened"]
    assert [d.name for d in branch.rows(ServiceDocument)] == ["行驶证", "机动车登记证书"]
    sequences = branch.ways.read(lambda uow: uow.session.query(NumberSequence).all())
    assert [s.last for s in sequences if s.prefix == "EN"] == [1]


def test_photos_hang_on_a_request_with_the_note_of_it(branch: Branch) -> None:
    """Photo, history and state change together."""
    number = branch.ask("plate")
    branch.photo()
    assert _die(branch, "photo") > 3
    assert [m.case_number for m in branch.rows(Media)] == [number]
    assert branch.events(number) == ["opened", "photos", "reviewing"]


def test_an_endorsement_changes_everything_together(branch: Branch) -> None:
    """State, policy, history, the message in the conversation and the delivery that is owed."""
    number = branch.ask("plate")
    branch.all_documents(number)
    branch.move(number, "reviewing")
    branch.move(number, "approved", reason="同意")
    assert _die(branch, "endorse") > 5
    policy = next(p for p in branch.rows(Policy) if p.number == CAR)
    assert (policy.plate, policy.details["endorsements"]) == ("津A88888", 1)
    assert branch.events(number).count("endorsed") == 1
    assert len(branch.notices()) == len(branch.rows(Message)) == 1


def test_withdrawing_frees_the_policy_for_another_request(branch: Branch) -> None:
    """State and key go together, or a customer could never ask again."""
    number = branch.ask("plate")
    assert _die(branch, "withdraw") > 3
    request = branch.request(number)
    assert (request.status, request.open_key) == ("withdrawn", None)
    assert branch.events(number) == ["opened", "withdrawn"]


def test_a_link_is_there_with_the_record_of_it(branch: Branch) -> None:
    """Link, delivery and access log; killed ones leave nothing behind."""
    assert _die(branch, "link") > 2
    assert len(branch.links()) == 1
    assert branch.deliveries() == [("link", "offered")]
    assert branch.seen() == [f"policy {CAR} link"]


def test_a_download_is_written_down_with_its_count(branch: Branch) -> None:
    """Count, access log and delivery; nothing is handed out before they are there."""
    assert _die(branch, "fetch", _link(branch)) > 2
    (link,) = branch.links()
    assert link.fetched == 1
    assert branch.deliveries()[1:] == [("link", "fetched")]
    assert len(branch.rows(PolicyDelivery)) == 2
    assert [e.what for e in branch.rows(AccessLog)].count(f"policy {CAR} pdf") == 1


def test_a_wrong_tail_is_counted_once(branch: Branch) -> None:
    """Guessing does not get cheaper by killing the process."""
    assert _die(branch, "prove", _link(branch)) > 1
    (link,) = branch.links()
    assert link.tries == 1
    assert not [e for e in branch.rows(CaseEvent) if e.case_number == link.key]
