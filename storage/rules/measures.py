"""The tables that service is measured by, read once at the start: a mistake must stop that."""

from __future__ import annotations

from storage.rules import assessment, feedback, processes, service_reports, supervision, surveys


def load() -> None:
    """Read them all; raise ConfigurationError with file, place and remedy."""
    assessment.rules()
    feedback.topics()
    processes.processes()
    service_reports.rules()
    supervision.rules()
    surveys.rules()
