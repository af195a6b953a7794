"""One server under test: started on its own core, asked, measured, ended."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.load import Round, Verdict
from bench.pushes import AES_KEY, APP_ID, TOKEN, Platform
from bench.questions import Query, entry_id

ROOT = Path(__file__).parents[1]
_START_S = 120.0
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    """What one round showed."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    verdict: Verdict
    answered: int


@dataclass
class Contender:
    """A server process and its samples."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    port: int
    log: Path
    first_answer_s: float = 0.0
    idle_mib: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def start(self, core: int, known: Sequence[str], platform: Platform) -> None:
        """Start on ``core`` and wait for the first right answer."""
        started = time.perf_counter()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["taskset", "-c", str(core), *self.command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        asked = 0
        while not self._knows(platform, known, asked):
            asked += 1
            if self._process.poll() is not None or time.perf_counter() - started > _START_S:
                raise SystemExit(f"{self.name} 没有启动：\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        self.first_answer_s = time.perf_counter() - started
        self.idle_mib = self._proportional_mib()

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=30)

    def cpu_s(self) -> float:
        """Return the processor time used so far."""
        fields = self._proc("stat").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def note(self, result: Round, cpu_s: float, verdict: Verdict) -> None:
        """Keep what a round showed."""
        answered = len(result.answers)
        self.samples.append(
            Sample(
                result.rate,
                cpu_s / max(1, answered) * 1000,
                result.wait_ms(0.5),
                result.wait_ms(0.99),
                verdict,
                answered,
            )
        )

    def _knows(self, platform: Platform, known: Sequence[str], attempt: int) -> bool:
        number = attempt % len(known)
        question = Query(known[number], entry_id(number))
        push = platform.push(f"o-first-{attempt}", question, self.port)
        head, _, body = push.request.partition(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        try:
            reply = httpx.post(f"http://127.0.0.1:{self.port}{path}", content=body, timeout=10)
        except httpx.HTTPError:
            return False
        if reply.status_code != 200 or reply.content == b"success":
            return False
        return f"【{question.entry}】" in platform.open(push, reply.content)[1]

    def _proportional_mib(self) -> float:
        found = re.search(r"^Pss:\s+(\d+)", self._proc("smaps_rollup"), re.MULTILINE)
        return int(found.group(1)) / 1024 if found else 0.0

    def _proc(self, name: str) -> str:
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/{name}").read_text(encoding="utf-8")


def product(base: Path, folder: Path) -> Contender:
    """Return the product over ``base`` with its data in ``folder``."""
    home = Path(tempfile.mkdtemp(dir=folder))
    ours = {
        "DATA_DIR": str(home),
        "DATABASE_URL": f"sqlite:///{home / 'anda.db'}",
        "SECRET_KEY": "0123456789abcdef" * 3,
        "LOG_LEVEL": "WARNING",
        "WECHAT__APP_ID": APP_ID,
        "WECHAT__TOKEN": TOKEN,
        "WECHAT__AES_KEY": AES_KEY,
        "WECHAT__MODE": "safe",
        "WECHAT__API_BASE_URL": "http://127.0.0.1:9",
    }
    port = free_port()
    environment = _outside() | {f"ANDA_{key}": value for key, value in ours.items()}
    command = [sys.executable, "-m", "bench.serve", str(base), str(port)]
    return Contender("anda", command, environment, port, home / "log")


def reference(base: Path, folder: Path) -> Contender:
    """Return the reference script over ``base``."""
    home = Path(tempfile.mkdtemp(dir=folder))
    port = free_port()
    command = [sys.executable, "-m", "bench.reference", str(base), str(home / "c.db"), str(port)]
    return Contender("C", command, _outside(), port, home / "log")


def _outside() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("ANDA_")}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
