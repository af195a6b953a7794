"""Policies, as flows look them up: fulfils `bot.desks.policies.PolicyDesk`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from bot.desks.policies import FoundPolicies, PolicyWish, TermNote
from storage import policies
from storage.identity import Identity
from storage.rules import policy_terms

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice


class PolicyDeskPart:
    """The part of `TransactionBackOffice` that finds and explains policies."""

    if TYPE_CHECKING:

        @cached_property
        def identity(self) -> Identity:
            """Return the proofs of this channel identity."""

    @property
    def granted(self) -> bool:
        """Tell whether somebody lets this identity see a policy now."""
        return bool(self.identity.grants.in_use())

    def use_grant(self, code: str) -> bool:
        """Take a code that a holder passed on."""
        return self.identity.use_grant(code)

    def find_policies(self, wish: PolicyWish, reason: str) -> FoundPolicies:
        """Return the policies that are meant and record that they were shown."""
        return policies.find(cast("TransactionBackOffice", self), self.identity, wish, reason)

    def term_notes(self) -> Sequence[TermNote]:
        """Return the words of policies that we explain."""
        return policy_terms.notes()
