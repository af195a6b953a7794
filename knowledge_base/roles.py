"""Tell who does it to whom: 我追尾别人 is not 别人追尾我."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Roles:
    """The customer's side and the other side; whoever is named first does it."""

    def __init__(
        self,
        ours: Sequence[str],
        theirs: Sequence[str],
        passive: Sequence[str],
        sides: tuple[int, int],
    ) -> None:
        self._ours, self._theirs = set(ours), set(theirs)
        longest_first = sorted((*ours, *theirs), key=len, reverse=True)
        self._anybody = re.compile("|".join(map(re.escape, longest_first)))
        # 我被撞 turns the roles round.
        self._passive = passive
        self._sides = sides

    def side(self, text: str) -> int:
        """Return the bit of who acts, 0 when nobody is named."""
        named = list(self._anybody.finditer(text))
        if not named:
            return 0
        first = named[0]
        ours = first.group() in self._ours
        against = self._theirs if ours else self._ours
        until = next((hit.start() for hit in named if hit.group() in against), len(text))
        between = text[first.end() : until]
        if any(word in between for word in self._passive):
            ours = not ours
        return self._sides[0] if ours else self._sides[1]
