"""Told to stop while it is still starting, the service leaves in good order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_STARTS = """
import signal
from bot.cli.serve import Role, serve
from bot.errors import ConfigurationError
try:
    serve(role=Role("{role}"), host="127.0.0.1", port=0, prepare=False)
except ConfigurationError:  # the database is not prepared: it got no further than its start
    signal.raise_signal(signal.SIGTERM)
"""


@pytest.mark.parametrize("role", ["all", "worker", "scheduler"])
def test_stopped_while_starting_it_ends_with_0(role: str, tmp_path: Path) -> None:
    """A supervisor that changes its mind sees a clean end, not a death by signal."""
    environment = os.environ | {
        "ANDA_DATA_DIR": str(tmp_path),
        "ANDA_DATABASE_URL": f"sqlite:///{tmp_path}/anda.db",
    }
    program = [sys.executable, "-c", _STARTS.format(role=role)]
    ended = subprocess.run(program, env=environment, capture_output=True, check=False)
    assert ended.returncode == 0, ended
