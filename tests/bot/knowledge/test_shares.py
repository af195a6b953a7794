"""Replay on several cores says what one says."""

from __future__ import annotations

import subprocess
import sys

from bot.knowledge import shares
from tests.crash.server import ROOT

# In a process of its own: one with threads, like the test runner's, should not fork.
PROGRAM = """
from dataclasses import replace
from bot.knowledge.shares import replay_shared
from knowledge_base.loader import KnowledgeBase
from knowledge_base.replay import Side, variants
from knowledge_base.service import Service
service = Service.load({})
entries = service.base.entries
bad = replace(entries["F125"], question="x", variants=entries["F001"].variants)
base = KnowledgeBase((entries | {"F125": bad}).values())
drafted = service.snapshot(base, 1)
asked = list(variants(service.base, base))
sides = Side(service.base, service.matcher), Side(base, drafted.matcher)
one, two = (replay_shared(*sides, asked, service.memory, everything=True, cores=n) for n in (1, 2))
assert len(asked) > 2_000
assert one.to_explain > 5
assert one == two, (one.summary(), two.summary())
"""


def test_two_processes_report_what_one_reports() -> None:
    """The same counts and the same changes in the same order."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_number_of_processes_is_the_machines() -> None:
    """At least one, whatever the machine says."""
    assert shares.cores() >= 1
