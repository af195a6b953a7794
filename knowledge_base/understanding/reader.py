"""Read one message on its own: intent, confidence, danger, several wishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock

from bot.dialogue.reading import Reading
from knowledge_base.understanding.danger import Dangers, load_dangers
from knowledge_base.understanding.intents import (
    DANGER,
    HARMLESS,
    Intent,
    load_danger_examples,
    load_intents,
)
from knowledge_base.understanding.linear import Example, Lesson, Linear, features
from knowledge_base.understanding.rules import Rules, without_denials
from knowledge_base.understanding.scorer import Scorer
from knowledge_base.understanding.similarity import Nearest
from knowledge_base.understanding.wishes import several
from knowledge_base.understanding.wording import DANGER_LIMIT, LIMIT, Wording

FOLDER = Path(__file__).parent
LEARNED, LEARNED_DANGER = "learned.json", "learned_danger.json"
HURT = "injury"
SEVERAL = "multi"
NOTHING_SAID = Reading("nonsense", 0.0, reasons=("没有文字",))
RUNNERS_UP = 3
# From here on an intent raises its alarm even when no pattern of the table knew the words.
SURE = 0.85
# Words that nobody taught stand at 0; what is only a little nearer to danger raises the alarm:
DANGER_MARGIN = 1.0
# Of gibberish too little is known to smell anything.
FAMILIAR = 0.6
# How sure several clear wishes in one message make us that there are several.
SEVERAL_SURE = 0.7
# How many readings are remembered, and of what length at most.
REMEMBERED, SHORT = 4_096, 60


class SentenceReader:
    """An ``IntentReader`` that works from the data files next to it."""

    def __init__(
        self,
        rules: Rules,
        intents: Mapping[str, Intent],
        dangers: Dangers,
        examples: list[Example],
        learned: Linear,
        sense: Linear,
    ) -> None:
        self._wording, self._rules, self._dangers = rules.wording, rules, dangers
        self._intents, self._learned, self._sense = dict(intents), learned, sense
        self._examples = {text: code for code, text in examples}
        self._scorer: Scorer | None = None
        self._lock = Lock()
        # Buttons and greetings make up much of what is said: the same words, the same reading.
        self._remembered = lru_cache(REMEMBERED)(self._read)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> SentenceReader:
        """Read and check the data; a mistake names file, line and remedy."""
        rules, intents, dangers, examples = load_parts(folder)
        learned, sense = (
            lesson.recall(folder / name)
            for name, lesson in lessons(folder, rules, dangers, examples).items()
        )
        return cls(rules, intents, dangers, examples, learned, sense)

    def titles(self) -> dict[str, str]:
        """Return the button label of every intent."""
        return {code: intent.title for code, intent in self._intents.items()}

    def add_examples(self, code: str, examples: Iterable[str], title: str = "") -> None:
        """Let a flow teach its own examples; a code not known yet becomes a new intent.

        They are matched by likeness at once; the learned weights stay those of the data files.
        """
        with self._lock:
            self._intents.setdefault(code, Intent(code, title or code, (), ()))
            for example in examples:
                self._examples.setdefault(self._wording.plain(example), code)
            self._scorer = None
            self._remembered.cache_clear()

    def read(self, text: str) -> Reading:
        """Return the reading of ``text``; never raises, keeps no state but recent readings."""
        return self._remembered(text) if len(text) <= SHORT else self._read(text)

    def _read(self, text: str) -> Reading:
        long = self._wording.plain(text, DANGER_LIMIT)
        if not long:
            return NOTHING_SAID
        alarm, scorer = self._dangers.alarm(long), self._current()
        plain = without_denials(long[:LIMIT])
        ranking = scorer.rank(plain, alarm.intent)
        (code, confidence), *others = ranking.ranked
        escalation, reasons = alarm.escalation, ranking.reasons
        if alarm.words:
            reasons = (f"{escalation.rule}：「{alarm.words[:20]}」", *reasons)
        elif confidence >= SURE or self._smells_of_danger(plain):
            escalation = self._dangers.backstop(plain, code if confidence >= SURE else HURT)
        parts = (
            () if escalation.level == "P0" else several(plain, scorer.rank, lone=code == SEVERAL)
        )
        if parts and code != SEVERAL:
            others.insert(0, (code, confidence))
            code, confidence = SEVERAL, max(confidence, SEVERAL_SURE)
        return Reading(code, confidence, escalation, tuple(others[:RUNNERS_UP]), parts, reasons)

    def _smells_of_danger(self, text: str) -> bool:
        """Tell whether ``text`` is closer to the dangers we know than to the harmless."""
        found = features(text)
        if self._sense.known(found) < FAMILIAR:
            return False
        told: list[float] = self._sense.scores(found).tolist()
        scores = dict(zip(self._sense.codes, told, strict=True))
        return scores.get(DANGER, 0.0) - scores.get(HARMLESS, 0.0) > DANGER_MARGIN

    def _current(self) -> Scorer:
        scorer = self._scorer
        if scorer is None:
            with self._lock:
                nearest = Nearest((code, text) for text, code in self._examples.items())
                scorer = Scorer(dict(self._intents), self._rules, self._learned, nearest)
                self._scorer = scorer
        return scorer


def load_parts(folder: Path) -> tuple[Rules, dict[str, Intent], Dangers, list[Example]]:
    """Read the data files; the examples come in plain spelling."""
    wording = Wording.load(folder)
    rules = Rules.load(folder, wording)
    intents = load_intents(folder / "intents", rules)
    dangers = load_dangers(folder / "escalation.yaml", rules, dict(intents))
    examples = [
        (code, plain)
        for code, intent in intents.items()
        for plain in dict.fromkeys(map(wording.plain, intent.examples))
        if plain
    ]
    return rules, intents, dangers, examples


def lessons(
    folder: Path, rules: Rules, dangers: Dangers, examples: list[Example]
) -> dict[str, Lesson]:
    """Return what is to be learned, by the file that keeps it."""
    told = load_danger_examples(folder / "danger_examples.yaml")
    table = (folder / "escalation.yaml").read_bytes()

    def single_wishes() -> list[Example]:
        # The words of messages with several wishes are those of other intents.
        return [example for example in examples if example[0] != SEVERAL]

    def dangers_and_others() -> list[Example]:
        found = {text: DANGER for code, text in examples if code == HURT}
        for code, text in examples:
            if code != HURT and dangers.alarm(text).escalation.level != "P0":
                found[text] = HARMLESS
        found.update((rules.wording.plain(text), kind) for kind, text in told)
        return [(kind, text) for text, kind in found.items() if text]

    return {
        LEARNED: Lesson.of(single_wishes, examples),
        LEARNED_DANGER: Lesson.of(dangers_and_others, examples, told, table),
    }
