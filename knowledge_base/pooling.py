"""Put questions that mean the same together: each joins the first leader it resembles enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import Indel

from knowledge_base.analysis import Analysis, analyse
from knowledge_base.contrast import conflicts, guard
from knowledge_base.index import features
from knowledge_base.segment import segmenter

ALIKE = 0.55
# Leaders that share most with a question; comparing it with all would take the square of the pool.
COMPARED = 24


def similarity(one: Analysis, other: Analysis) -> float:
    """Return how alike two questions are, 0 when they must not be mixed up."""
    if one.negated != other.negated or conflicts(
        guard().groups_of(one.mentions), one.mentions, other.mentions
    ):
        return 0.0
    text = max(
        Indel.normalized_similarity(one.text, other.text),
        Indel.normalized_similarity(one.sound, other.sound),
    )
    return (text + _shared(one.words, other.words)) / 2


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return the share of words in common; rare words say what a question is about."""
    rarity = segmenter().rarity
    total = sum(map(rarity, one)) + sum(map(rarity, other))
    return 2 * sum(map(rarity, set(one) & set(other))) / total if total else 0.0


class Leaders:
    """The leaders of all clusters; the same questions in the same order give the same clusters."""

    def __init__(self, leaders: Mapping[int, str]) -> None:
        self._known: dict[int, Analysis] = {}
        self._holders: dict[str, list[int]] = {}
        for cluster, text in sorted(leaders.items()):
            self.add(cluster, text)

    def add(self, cluster: int, text: str) -> None:
        """Let a question lead a cluster."""
        analysis = self._known[cluster] = analyse(text)
        for feature in features(analysis.sound, analysis.words):
            self._holders.setdefault(feature, []).append(cluster)

    def closest(self, text: str) -> int | None:
        """Return the cluster a question belongs to; of equals the oldest. None for a new one."""
        analysis = analyse(text)
        shared: Counter[int] = Counter()
        for feature in features(analysis.sound, analysis.words):
            shared.update(self._holders.get(feature, ()))
        nearest = sorted(shared, key=lambda cluster: (-shared[cluster], cluster))[:COMPARED]
        rated = [(similarity(analysis, self._known[cluster]), -cluster) for cluster in nearest]
        best, place = max(rated, default=(0.0, 0))
        return -place if best >= ALIKE else None


def clusters(texts: Iterable[str]) -> list[list[str]]:
    """Return the clusters of some questions, each with its leader first."""
    leaders, found = Leaders({}), list[list[str]]()
    for text in texts:
        place = leaders.closest(text)
        if place is None:
            leaders.add(len(found), text)
            found.append([text])
        else:
            found[place].append(text)
    return found
