"""Runs the jobs at their times, on the leader only; what was missed is caught up first."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import SHANGHAI, now
from bot.errors import Closing
from bot.metrics import METRICS
from scheduler import runs
from scheduler.context import JobContext
from scheduler.leader import Lead
from scheduler.registry import Job
from scheduler.runs import Slot

log = structlog.get_logger()
# A standby asks this often: with the death of a connection it leads within the 30 s promised.
ASK_SECONDS = 5.0


@dataclass
class Runner:
    """The timetable of one process. The database says what was run, APScheduler only rings."""

    context: JobContext
    jobs: Mapping[str, Job]
    lead: Lead
    clock: Callable[[], datetime]
    wake: Callable[[], None] = lambda: None
    ask_seconds: float = ASK_SECONDS
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}"[:128])
    _stopped: threading.Event = field(default_factory=threading.Event)
    _busy: Mapping[str, threading.Lock] = field(default_factory=dict)
    _leading: bool = False

    def __post_init__(self) -> None:
        """One lock for each job: its bell may ring while it is still running."""
        self._busy = {name: threading.Lock() for name in self.jobs}

    @property
    def leading(self) -> bool:
        """Tell whether this process runs the jobs now."""
        return self._leading

    def serve(self) -> None:
        """Stand by, lead when nobody does, until stopped."""
        while not self._stopped.is_set():
            if self.lead.hold():
                self._reign()
            self._stopped.wait(self.ask_seconds)
        self.lead.give_up()

    def stop(self) -> None:
        """End :meth:`serve`; what is running is finished first."""
        self._stopped.set()

    def _reign(self) -> None:
        """Lead until stopped or until the lead is lost."""
        log.info("scheduler.leads", by=self.name)
        bells = self._bells()
        self._set_leading(leading=True)
        try:
            bells.start()
            while not self._stopped.wait(self.ask_seconds) and self.lead.hold():
                pass
        finally:
            self._set_leading(leading=False)
            bells.shutdown(wait=True)
            log.info("scheduler.stands_by", by=self.name)

    def _set_leading(self, *, leading: bool) -> None:
        self._leading = leading
        METRICS.leader(leading=leading)

    def _bells(self) -> BackgroundScheduler:
        """Return a scheduler that rings for each job now, and whenever its timetable says."""
        bells = BackgroundScheduler(
            timezone=SHANGHAI,
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # The first ring is an early one of the timetable, not a job of its own: APScheduler takes
        # a job that rang for the last time away without heeding that it was shut down meanwhile.
        at_once = now()
        for job in self.jobs.values():
            bells.add_job(self.tick, job.trigger, [job], id=job.name, next_run_time=at_once)
        return bells

    def tick(self, job: Job) -> list[Slot]:
        """Run all that is open of a job; return what was run. A fault is told and not raised."""
        if not self._busy[job.name].acquire(blocking=False):
            return []
        try:
            return self._tick(job)
        except Closing:
            # Not on record as done: whoever leads next runs it again.
            log.info("job.cut_off", job=job.name)
            return []
        except Exception:
            log.exception("job.trouble", job=job.name)
            return []
        finally:
            self._busy[job.name].release()

    def _tick(self, job: Job) -> list[Slot]:
        ways, now = self.context.ways, self.clock()
        done = []
        for slot in ways.read(lambda uow: runs.open_slots(uow, job, now)):
            if ways.run(partial(runs.begin, job=job, slot=slot, now=now, by=self.name)):
                if not slot.result:
                    self._run(job, slot)
                done.append(slot)
        return done

    def _run(self, job: Job, slot: Slot) -> None:
        # As of the moment it was planned for where each counts; else as of now.
        as_of = slot.at if job.catch_up == "send" else self.clock()
        try:
            lines = job.run(self.context, as_of)
            result, note = "done", lines[-1] if lines else ""
        except Closing:
            raise
        except Exception as error:
            log.exception("job.failed", job=job.name)
            result, note = "failed", type(error).__name__
        ended = self.clock()
        self.context.ways.run(lambda uow: runs.end(uow, job, slot, ended, result, note))
        METRICS.job(job.name, result, ended.timestamp(), job.next_after(ended).timestamp())
        self.wake()
