"""The pages of service quality, one module each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter

from bot.console import (
    quality,
    quality_assessments,
    quality_feedback,
    quality_figures,
    quality_improvements,
    quality_reports,
    quality_samples,
    quality_surveys,
)

ROUTERS: Final[Sequence[APIRouter]] = (
    quality.router,
    quality_figures.router,
    quality_samples.router,
    quality_feedback.router,
    quality_improvements.router,
    quality_surveys.router,
    quality_assessments.router,
    quality_reports.router,
)
