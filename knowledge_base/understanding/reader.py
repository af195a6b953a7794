"""Read one message on its own: intent, confidence, danger, several wishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from bot.dialogue.reading import Reading
from knowledge_base.understanding.danger import Dangers, load_dangers
from knowledge_base.understanding.intents import Intent, load_intents
from knowledge_base.understanding.rules import Rules
from knowledge_base.understanding.scorer import Scorer
from knowledge_base.understanding.wishes import several
from knowledge_base.understanding.wording import DANGER_LIMIT, LIMIT, Wording

FOLDER = Path(__file__).parent
SEVERAL = "multi"
NOTHING_SAID = Reading("nonsense", 0.0, reasons=("没有文字",))
RUNNERS_UP = 3
# From here on an intent raises its alarm even when no pattern of the table knew the words.
SURE = 0.6


class SentenceReader:
    """An ``IntentReader`` that works from the data files next to it."""

    def __init__(
        self, wording: Wording, rules: Rules, intents: Mapping[str, Intent], dangers: Dangers
    ) -> None:
        self._wording, self._rules, self._dangers = wording, rules, dangers
        self._intents = dict(intents)
        self._examples = {
            wording.plain(example): code
            for code, intent in intents.items()
            for example in intent.examples
        }
        self._scorer: Scorer | None = None
        self._lock = Lock()

    @classmethod
    def load(cls, folder: Path = FOLDER) -> SentenceReader:
        """Read and check the data; a mistake names file, line and remedy."""
        wording = Wording.load(folder)
        rules = Rules.load(folder, wording)
        intents = load_intents(folder / "intents", rules)
        dangers = load_dangers(folder / "escalation.yaml", rules, dict(intents))
        return cls(wording, rules, intents, dangers)

    def titles(self) -> dict[str, str]:
        """Return the button label of every intent."""
        return {code: intent.title for code, intent in self._intents.items()}

    def add_examples(self, code: str, examples: Iterable[str], title: str = "") -> None:
        """Let a flow teach its own examples; a code not known yet becomes a new intent."""
        with self._lock:
            self._intents.setdefault(code, Intent(code, title or code, (), ()))
            for example in examples:
                self._examples.setdefault(self._wording.plain(example), code)
            self._scorer = None

    def read(self, text: str) -> Reading:
        """Return the reading of ``text``; never raises, never keeps state."""
        plain = self._wording.plain(text, DANGER_LIMIT)
        if not plain:
            return NOTHING_SAID
        alarm = self._dangers.alarm(plain)
        scorer = self._current()
        plain = plain[:LIMIT]
        ranking = scorer.rank(plain, alarm.intent)
        (code, confidence), *others = ranking.ranked
        reasons = ranking.reasons
        if alarm.words:
            reasons = (f"{alarm.escalation.rule}：「{alarm.words[:20]}」", *reasons)
        escalation = alarm.escalation
        if escalation.level == "none" and confidence >= SURE:
            escalation = self._dangers.backstop(plain, code)
        parts = () if escalation.level == "P0" else several(plain, ranking, scorer.rank)
        if parts or code == SEVERAL:
            others = [(code, confidence), *others] if code != SEVERAL else others
            code, confidence = SEVERAL, max(confidence, 0.7)
        return Reading(code, confidence, escalation, tuple(others[:RUNNERS_UP]), parts, reasons)

    def _current(self) -> Scorer:
        scorer = self._scorer
        if scorer is None:
            with self._lock:
                examples = [(code, text) for text, code in self._examples.items()]
                scorer = self._scorer = Scorer(self._intents, self._rules, examples)
        return scorer
