"""An installation in a scratch folder, and the process that serves it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from bot.settings import WeChat
from storage.database import open_engine
from tests import warm
from tests.bot.channels.wechat import platform

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
START_S = 60.0


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """Settings and database of one server; survives its processes."""

    folder: Path
    api_url: str = "http://127.0.0.1:9"
    # Short, so that the spool is in use when a server dies.
    deadline_s: float = 0.5
    port: int = field(default_factory=free_port)

    @property
    def database(self) -> Path:
        """Return the SQLite file."""
        return self.folder / "anda.db"

    @property
    def account(self) -> WeChat:
        """Return the official account as the platform knows it."""
        return platform.settings(api_base_url=self.api_url)

    @property
    def environment(self) -> dict[str, str]:
        """Return what makes a process serve this installation and nothing else."""
        account = self.account
        ours = {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SECRET_KEY": SECRET,
            "LOG_LEVEL": "WARNING",
            "WECHAT__APP_ID": account.app_id,
            "WECHAT__APP_SECRET": account.app_secret.get_secret_value(),
            "WECHAT__TOKEN": account.token.get_secret_value(),
            "WECHAT__AES_KEY": account.aes_key.get_secret_value(),
            "WECHAT__MODE": "safe",
            "WECHAT__API_BASE_URL": self.api_url,
            "WECHAT__PASSIVE_DEADLINE_S": str(self.deadline_s),
        }
        outside = {k: v for k, v in os.environ.items() if not k.startswith("ANDA_")}
        return outside | {f"ANDA_{name}": value for name, value in ours.items()}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a sub-command of `anda` to its end."""
        return warm.run("bot", *arguments, environment=self.environment, check=False)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Open the database as the product does."""
        engine = open_engine(f"sqlite:///{self.database}", SECRET.encode())
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the write lock of the database, as another program might."""
        connection = sqlite3.connect(self.database, isolation_level=None, timeout=0)
        try:
            _begin(connection)
            yield
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    def waiting_in_spool(self) -> list[Path]:
        """Return the messages that were acknowledged and are not committed yet."""
        return list((self.folder / "spool").glob("*.msg"))

    def wait_until_up(self) -> None:
        """Return when the server answers; fail with what to look at when it never does."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self._answers():
                return
            time.sleep(0.02)
        raise AssertionError(f"no answer on port {self.port} within {START_S:.0f} s")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _begin(connection: sqlite3.Connection) -> None:
    """Take the write lock in one of the short moments when a busy server lets go of it."""
    end = time.monotonic() + START_S
    while not connection.in_transaction:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            assert time.monotonic() < end, "the server never let go of the write lock"
            time.sleep(0.0003)


class ColdServer:
    """`anda serve` as an operator starts it."""

    def __init__(self, home: Installation) -> None:
        command = [sys.executable, "-m", "bot", "serve", "--port", str(home.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=home.environment)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end, and return the exit status."""
        self._process.terminate()
        return self._process.wait(timeout=20)


class WarmServers:
    """Real servers that start in a moment: forks of a process that has loaded everything.

    What is forked has no thread, no connection and no file open: each server opens the
    database and the spool for itself, exactly as one that starts cold.
    """

    def __init__(self, home: Installation) -> None:
        command = [sys.executable, "-m", "tests.crash.warm_start", str(home.port)]
        self._running = 0
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=home.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Start a server; one that a failed test has left is ended."""
        if self._running:
            self.kill()
        self._running = int(self._ask("start"))

    def kill(self) -> None:
        """End the server as a power cut would; return when it is gone."""
        pid, self._running = self._running, 0
        os.kill(pid, signal.SIGKILL)
        assert self._ask("wait") == str(-signal.SIGKILL)

    def close(self) -> None:
        """End the server, if there is one, and its parent."""
        if self._running:
            self.kill()
        self._process.communicate("", timeout=20)

    def _ask(self, what: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()
