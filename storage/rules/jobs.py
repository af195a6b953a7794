"""What the scheduled jobs go by, from a clerk's table."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("jobs.yaml")
Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoUpdate(_Part):
    """After how many days without news the owner of a case is nudged."""

    claim_days: Count
    complaint_days: Count


class Progress(_Part):
    """After how many days of silence a complainant hears of us."""

    days: Count


class Knowledge(_Part):
    """When entries are warned of, and when they are taken out of answers."""

    warn_days: Annotated[tuple[Count, ...], Field(min_length=1)]
    grace_days: Count
    keep_topics: tuple[str, ...]
    most_share: Share


class Content(_Part):
    """How often somebody gets a push, and how late one may still leave."""

    monthly: Count
    window_hours: Count
    page: Count


class MediaRules(_Part):
    """How long a photo that did not come is asked for again."""

    retry_hours: Count


class Quota(_Part):
    """From which share of a day's quota staff are told, and how long usage is kept."""

    warn_share: Share
    keep_days: Count


class JobRules(_Part):
    """The whole table."""

    no_update: NoUpdate
    complaint_progress: Progress
    kb: Knowledge
    content: Content
    media: MediaRules
    quota: Quota


@lru_cache(maxsize=1)
def rules() -> JobRules:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> JobRules:
    """Return the rules of a file."""
    try:
        return JobRules.model_validate(safe_load(file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        lines = (
            [f"{'.'.join(map(str, e['loc']))}：{e['msg']}" for e in error.errors()]
            if isinstance(error, ValidationError)
            else [str(error)]
        )
        raise ConfigurationError(f"{file.name} 有误，请改：" + "；".join(lines)) from error
