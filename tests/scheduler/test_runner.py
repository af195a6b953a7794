"""The timetable: once for each moment, whoever runs, whatever the clock does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.settings import Settings
from scheduler import runs
from scheduler.context import JobContext
from scheduler.leader import FileLead, lead
from scheduler.registry import CatchUp, Job, find_jobs
from scheduler.runner import Runner
from storage import job_runs
from storage.crypto import Cipher
from storage.models.outbound import JobRun
from storage.transactions import Transactions, transactions
from tests.conftest import SECRET

NOON = datetime(2026, 11, 25, 12, 0, 30, tzinfo=SHANGHAI)


@dataclass
class Branch:
    """A database, a clock that is set by hand, and a job that notes when it was run."""

    ways: Transactions
    folder: Path
    now: datetime = NOON
    ran: list[datetime] = field(default_factory=list)
    broken: bool = False

    def job(self, catch_up: CatchUp = "merge", cron: str = "0 * * * *") -> Job:
        """Return the job."""

        def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
            self.ran.append(as_of)
            if self.broken:
                raise OSError("out of order")
            return ["一行"]

        return Job("probe", "试", cron, run, catch_up)

    def runner(self, job: Job) -> Runner:
        """Return a process's runner."""
        context = JobContext(self.ways, Settings(secret_key=SECRET.decode()), Cipher(SECRET))
        leading = lead(self.ways.engine, self.folder)
        return Runner(context, {job.name: job}, leading, lambda: self.now, ask_seconds=0.05)

    def records(self) -> list[tuple[str, str | None]]:
        """Return the moments on record and how they ended."""
        query = select(JobRun).order_by(JobRun.slot)
        rows = self.ways.read(lambda uow: uow.session.scalars(query).all())
        return [(f"{row.slot:%d %H:%M}", row.result) for row in rows]


@pytest.fixture
def branch(database: Engine, tmp_path: Path) -> Iterator[Branch]:
    """A branch with an empty database."""
    ways = transactions(database)
    yield Branch(ways, tmp_path)
    ways.close()


def test_a_moment_is_run_once_by_however_many(branch: Branch) -> None:
    """Two schedulers at once, each asked many times: one run on record, one run done."""
    job = branch.job()
    both = [branch.runner(job), branch.runner(job)]
    for _ in range(3):
        for runner in both:
            runner.tick(job)
    assert branch.records() == [("25 12:00", "done")]
    assert branch.ran == [NOON]


def test_a_clock_that_jumps_neither_doubles_nor_skips(branch: Branch) -> None:
    """An hour back: nothing new; an hour ahead: the hours between are not lost."""
    job = branch.job("send")
    runner = branch.runner(job)
    for hours in (0, -1, 0, 1, 0, 2, 3):
        branch.now = NOON + timedelta(hours=hours)
        runner.tick(job)
    moments = [f"25 {hour}:00" for hour in (12, 13, 14, 15)]
    assert branch.records() == [(moment, "done") for moment in moments]
    assert [f"{at:%d %H:%M}" for at in branch.ran] == moments


@pytest.mark.parametrize(
    ("catch_up", "ran", "results"),
    [
        ("send", ["13:00", "14:00", "15:00"], ["done"] * 3),
        ("merge", ["15:20"], ["merged", "merged", "done"]),
        ("skip", [], ["skipped"] * 3),
    ],
)
def test_what_was_missed_is_caught_up_as_the_job_says(
    branch: Branch, catch_up: CatchUp, ran: list[str], results: list[str]
) -> None:
    """The host was down from noon until twenty past three."""
    job = branch.job(catch_up)
    branch.runner(job).tick(job)
    branch.ran.clear()
    branch.now = NOON.replace(hour=15, minute=20, second=0)
    branch.runner(job).tick(job)
    assert [f"{at:%H:%M}" for at in branch.ran] == ran
    assert [result for _, result in branch.records()] == ["done", *results]


def test_an_interrupted_run_is_done_again(branch: Branch) -> None:
    """A moment on record without an end: the process died in it."""
    job = branch.job()
    [slot] = branch.ways.read(lambda uow: runs.open_slots(uow, job, NOON))
    branch.ways.run(lambda uow: runs.begin(uow, job, slot, NOON, "dead"))
    branch.runner(job).tick(job)
    assert branch.ran == [NOON]
    assert branch.records() == [("25 12:00", "done")]


def test_a_run_that_the_end_of_the_process_cuts_off_is_done_again(branch: Branch) -> None:
    """It neither waits for a writer that is gone nor counts as done or failed."""

    def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
        context.ways.close()
        context.ways.submit(lambda uow: None).result(10)
        return ["一行"]

    job = Job("probe", "试", "0 * * * *", run, "merge")
    assert branch.runner(job).tick(job) == []
    branch.ways = transactions(branch.ways.engine)
    assert branch.records() == [("25 12:00", None)]
    branch.now += timedelta(minutes=30)
    again = branch.job()
    branch.runner(again).tick(again)
    assert branch.records() == [("25 12:00", "done")]


def test_a_fault_is_on_record_and_stops_nobody(branch: Branch) -> None:
    """A job that raises is marked failed; its next moment comes all the same."""
    job = branch.job()
    branch.broken = True
    branch.runner(job).tick(job)
    branch.broken, branch.now = False, NOON + timedelta(hours=1)
    branch.runner(job).tick(job)
    assert branch.records() == [("25 12:00", "failed"), ("25 13:00", "done")]
    [standing] = branch.ways.read(lambda uow: job_runs.standings(uow, [job.planned(branch.now)]))
    assert (standing.result, standing.note) == ("done", "一行")
    assert f"{standing.next_at:%H:%M}" == "14:00"


def _until(true: threading.Event, what: Runner) -> bool:
    """Wait until a runner leads, ten seconds at most."""
    for _ in range(200):
        if what.leading:
            true.set()
            break
        time.sleep(0.05)
    return true.is_set()


def test_one_leads_and_the_standby_takes_over(branch: Branch) -> None:
    """While the first leads the second stands by; when it goes the second leads at once."""
    job = branch.job()
    first, second = branch.runner(job), branch.runner(job)
    threads = [threading.Thread(target=one.serve, daemon=True) for one in (first, second)]
    threads[0].start()
    assert _until(threading.Event(), first)
    threads[1].start()
    time.sleep(0.3)
    assert not second.leading
    first.stop()
    assert _until(threading.Event(), second)
    second.stop()
    for thread in threads:
        thread.join(10)
    assert branch.records() == [("25 12:00", "done")]


class LostAtOnce:
    """A lead that is held the first time and lost when asked again."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.asked = 0

    def hold(self) -> bool:
        """Tell whether it is held: every other time."""
        self.asked += 1
        return self.asked % 2 == 1

    def give_up(self) -> None:
        """Nothing is held."""


def test_a_lead_lost_while_the_first_bells_ring_harms_nothing(branch: Branch) -> None:
    """Thirty jobs ring for the first time while the bells are put away, twenty times or more."""
    job = branch.job()
    jobs = {f"probe{n}": replace(job, name=f"probe{n}") for n in range(30)}
    context = branch.runner(job).context
    held = LostAtOnce()
    runner = Runner(context, jobs, held, lambda: branch.now, ask_seconds=0)
    serving = threading.Thread(target=runner.serve)
    serving.start()
    for _ in range(600):
        if held.asked > 40 and len(branch.records()) == len(jobs):
            break
        time.sleep(0.05)
    runner.stop()
    serving.join(30)
    assert not serving.is_alive()
    assert len(branch.records()) == len(jobs)
    assert {result for _, result in branch.records()} == {"done"}


def test_a_file_is_led_by_one(tmp_path: Path) -> None:
    """On SQLite a second process stands by too, and giving up lets it in."""
    one, two = FileLead(tmp_path / "lock"), FileLead(tmp_path / "lock")
    assert one.hold()
    assert one.hold()
    assert not two.hold()
    one.give_up()
    assert two.hold()
    two.give_up()


def test_every_job_has_a_name_a_time_and_a_policy() -> None:
    """What stands in the folder can be planned."""
    jobs = find_jobs()
    assert {"complaint_escalation", "satisfaction_survey", "supervision"} <= set(jobs)
    for job in jobs.values():
        assert job.title
        assert job.next_after(NOON) > NOON
        assert job.catch_up in ("send", "merge", "skip")
