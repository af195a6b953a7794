"""One block of the index: which of its messages hold which pair of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.search.bigrams import Codes, codes

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Segment:
    """Sorted pairs, where the places of each begin, the places, and the messages' ids."""

    pairs: NDArray[np.uint32]
    begins: NDArray[np.uint32]
    places: NDArray[np.uint16]
    ids: Numbers

    @classmethod
    def of(cls, messages: Sequence[tuple[int, str]]) -> Segment:
        """Build from (id, plain text) in the order of ids."""
        found = [codes(plain) for _, plain in messages]
        counts = [len(one) for one in found]
        pairs = np.concatenate(found) if found else np.empty(0, np.uint32)
        places = np.repeat(np.arange(len(found), dtype=np.uint64), counts)
        both = np.unique((pairs.astype(np.uint64) << np.uint64(16)) | places)
        left = (both >> np.uint64(16)).astype(np.uint32)
        known, begins = np.unique(left, return_index=True)
        return cls(
            known,
            np.append(begins, len(both)).astype(np.uint32),
            (both & np.uint64(0xFFFF)).astype(np.uint16),
            np.array([number for number, _ in messages], np.int64),
        )

    def dump(self) -> bytes:
        """Return the block as bytes."""
        head = np.array([len(self.pairs), len(self.places), len(self.ids)], np.uint32)
        parts = (head, self.pairs, self.begins, self.ids, self.places)
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def load(cls, data: bytes) -> Segment:
        """Return what :meth:`dump` wrote; nothing is copied."""
        pairs, places, ids = (int(n) for n in np.frombuffer(data, np.uint32, 3))
        at = 12
        known = np.frombuffer(data, np.uint32, pairs, at)
        at += 4 * pairs
        begins = np.frombuffer(data, np.uint32, pairs + 1, at)
        at += 4 * (pairs + 1)
        numbers = np.frombuffer(data, np.int64, ids, at)
        at += 8 * ids
        return cls(known, begins, np.frombuffer(data, np.uint16, places, at), numbers)

    def find(self, wanted: Codes) -> list[int]:
        """Return the ids of the messages that hold every pair, the newest first."""
        if not len(self.pairs):
            return []
        spots = np.searchsorted(self.pairs, wanted)
        spots[spots == len(self.pairs)] = 0
        if (self.pairs[spots] != wanted).any():
            return []
        rare_first = sorted(spots, key=lambda spot: int(self.begins[spot + 1] - self.begins[spot]))
        held = self._places(rare_first[0])
        for spot in rare_first[1:]:
            held = np.intersect1d(held, self._places(spot), assume_unique=True)
        return [int(number) for number in self.ids[held][::-1]]

    def _places(self, spot: int) -> NDArray[np.uint16]:
        return self.places[self.begins[spot] : self.begins[spot + 1]]
