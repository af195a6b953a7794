"""Ask the core system about one person under all references that it may know them by.

Two customer records of ours may have been joined; over there they are two still.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.core.client import CoreClient, CoreWrong, Told
from bot.desks.policy_source import CorePolicy


def all_of(client: CoreClient, refs: Sequence[str]) -> Told:
    """Return what is told under all of them together, or raise: a part is no answer."""
    if not refs:
        raise CoreWrong("没有这个客户记录了")
    answers = [client.policies_of(ref) for ref in refs]
    found: dict[str, CorePolicy] = {}
    for policy in (one for told in answers for one in told.policies):
        found.setdefault(policy.number, policy)
    return Told(tuple(found.values()), min(told.as_of for told in answers))
