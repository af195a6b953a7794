"""Decide what a release is judged by: what was learnt before, or what its own wordings teach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from knowledge_base.calibration import PRECISION, calibrate
from knowledge_base.loader import KnowledgeBase
from knowledge_base.service import Service

# With less of the base changed, what was learnt from it still holds, and answers stay as they are.
MUCH = 0.1


class Calibrating:
    """Calibrates bases; what is learnt is plain JSON and kept with the release."""

    def __init__(self, service: Callable[[], Service], precision: float = PRECISION) -> None:
        self._service, self._precision = service, precision

    def __call__(self, base: KnowledgeBase) -> Mapping[str, Any] | None:
        """Return the calibration for ``base``; None where the shipped one holds."""
        live = self._service()
        if changed(live.base, base) <= MUCH:
            return live.calibration
        return calibrate(base.questions(), self._precision).to_json()


def changed(before: KnowledgeBase, after: KnowledgeBase) -> float:
    """Return the share of entries that came, went or became different."""
    codes = before.entries.keys() | after.entries.keys()
    same = sum(before.entries.get(code) == after.entries.get(code) for code in codes)
    return 1 - same / len(codes) if codes else 0.0
