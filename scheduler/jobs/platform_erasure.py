"""Every few minutes: users who took their authorisation back on the platform are erased here."""

from __future__ import annotations

from datetime import datetime

from bot.privacy.by_platform import carry_out
from bot.privacy.rights import Rights
from scheduler.context import JobContext

TITLE = "平台通知撤回授权、注销的用户：删除个人信息"
CRON = "*/5 * * * *"
_ACTOR = "system:platform"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Erase what nothing binds; safe to run twice."""
    rights = Rights(context.ways, context.cipher, context.settings, lambda: as_of, _ACTOR)
    return carry_out(rights, as_of, dry_run=dry_run)
