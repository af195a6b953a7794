"""The trigger table: what in a message needs a person, and how urgently."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bot.dialogue.commands import EscalationLevel
from bot.dialogue.reading import Escalation
from knowledge_base.understanding.gate import Gate, pieces
from knowledge_base.understanding.rules import Rules
from knowledge_base.understanding.yaml_data import Document, Node

URGENCY: tuple[EscalationLevel, ...] = ("P0", "P1", "human", "P2")
NO_FLOW = "-"  # a refusal: not even the flow that the words sound like is begun
REQUIRED = ("rule", "level", "any", "say", "start")
OPTIONAL = ("ignore", "unless", "despite", "real_only", "intent", "also")
SUPPOSED = re.compile(
    r"(?<![主需只重也还])要是|如果|假如|假设|假使|倘若|若是|万一|比如|比方|譬如|假定"
)
# What ends a supposition: the sentence, or a word that says it has happened.
REALITY = re.compile(r"[。!]|刚才|刚刚|现在|已经|我刚|快来|救|正在|就好了")
SUPPOSED_BEFORE = re.compile(r"[^,。!?]*的话(?![^,。!?]{0,2}算数)")


@dataclass
class Possible:
    """The patterns of one trigger that may match in a text."""

    any: list[re.Pattern[str]] = field(default_factory=list)
    ignore: list[re.Pattern[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Trigger:
    """One row of the table."""

    level: EscalationLevel
    name: str
    any: tuple[re.Pattern[str], ...]
    ignore: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    despite: tuple[re.Pattern[str], ...]
    real_only: bool
    say: str
    start: str
    intent: dict[str, float] = field(default_factory=dict)
    also: str = ""

    @property
    def escalation(self) -> Escalation:
        """What the dialogue is told."""
        return Escalation(self.level, self.name, self.say, self.start)

    def fires(self, text: str, real: str, possible: Possible) -> str:
        """Return the words that set it off, '' when nothing did.

        Of ``any`` and ``ignore`` only those are tried that are ``possible`` in this text.
        """
        seen = real if self.real_only else text
        for pattern in possible.ignore:
            seen = pattern.sub(",", seen)
        words = next((found.group() for p in possible.any if (found := p.search(seen))), "")
        if words and any(pattern.search(text) for pattern in self.unless):
            return words if any(pattern.search(seen) for pattern in self.despite) else ""
        return words

    def follows(self, code: str, text: str, real: str) -> bool:
        """Tell whether the intent alone sets it off, with nothing in ``text`` that excuses it."""
        if code != self.also or (self.real_only and real != text):
            return False
        return not any(pattern.search(text) for pattern in (*self.unless, *self.ignore))


@dataclass(frozen=True)
class Alarm:
    """What fired, with what it says about the intent."""

    escalation: Escalation = field(default_factory=lambda: Escalation("none", ""))
    intent: dict[str, float] = field(default_factory=dict)
    words: str = ""


def without_suppositions(text: str) -> str:
    """Return ``text`` without what is only supposed: 要是…, 万一…, …的话."""
    text = SUPPOSED_BEFORE.sub(",", text)
    while found := SUPPOSED.search(text):
        end = REALITY.search(text, found.end())
        text = text[: found.start()] + "," + (text[end.start() :] if end else "")
    return text


class Dangers:
    """All triggers, the most urgent first."""

    def __init__(self, triggers: list[Trigger]) -> None:
        self.triggers = sorted(triggers, key=lambda trigger: URGENCY.index(trigger.level))
        numbered = list(enumerate(self.triggers))
        self._any = [(at, pattern) for at, trigger in numbered for pattern in trigger.any]
        self._ignore = [(at, pattern) for at, trigger in numbered for pattern in trigger.ignore]
        self._any_gate = Gate(pattern.pattern for _, pattern in self._any)
        self._ignore_gate = Gate(pattern.pattern for _, pattern in self._ignore)

    def alarm(self, text: str) -> Alarm:
        """Return the most urgent trigger that fires, with the intents of all that do."""
        possible = self._possible(text)
        if not possible:
            return Alarm()
        real = without_suppositions(text)
        first, intents, quote = None, dict[str, float](), ""
        for at, patterns in possible.items():
            trigger = self.triggers[at]
            if words := trigger.fires(text, real, patterns):
                first, quote = first or trigger, quote or words
                for code, weight in trigger.intent.items():
                    intents[code] = max(weight, intents.get(code, 0.0))
        return Alarm(first.escalation, intents, quote) if first else Alarm()

    def _possible(self, text: str) -> dict[int, Possible]:
        """Return, by trigger in order of urgency, the patterns that may match in ``text``."""
        possible: dict[int, Possible] = {}
        there = pieces(text)
        for number in self._any_gate.open_for(there):
            at, pattern = self._any[number]
            possible.setdefault(at, Possible()).any.append(pattern)
        for number in self._ignore_gate.open_for(there) if possible else ():
            at, pattern = self._ignore[number]
            if at in possible:
                possible[at].ignore.append(pattern)
        return possible

    def backstop(self, text: str, code: str) -> Escalation:
        """Return what a confidently read intent sets off although no pattern knew the words."""
        real = without_suppositions(text)
        for trigger in self.triggers:
            if trigger.follows(code, text, real):
                return trigger.escalation
        return Alarm().escalation


def load_dangers(path: Path, rules: Rules, codes: dict[str, object]) -> Dangers:
    """Read the trigger table."""
    document = Document(path)
    return Dangers(
        [_trigger(document, node, rules, codes) for node in document.items(document.root)]
    )


def _trigger(document: Document, node: Node, rules: Rules, codes: dict[str, object]) -> Trigger:
    fields = document.fields(node, REQUIRED + OPTIONAL, len(REQUIRED))
    level = document.text(fields["level"])
    if level not in URGENCY:
        raise document.wrong(fields["level"], f"级别“{level}”不对", f"可用：{'、'.join(URGENCY)}。")

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        nodes = document.items(fields.get(name))
        return tuple(document.pattern(node, rules.expression) for node in nodes)

    if not (document.text(fields["say"]) and patterns("any")):
        raise document.wrong(node, "“say”或“any”是空的", "请写上对客户说的话和触发词。")
    start = document.text(fields["start"])
    if start not in ("", NO_FLOW) and start not in codes:
        raise document.wrong(fields["start"], f"没有流程“{start}”", "请写意图代码，或留空 ''。")
    real_only = "real_only" in fields and document.text(fields["real_only"]) == "true"
    return Trigger(
        level=level,
        name=document.text(fields["rule"]),
        any=patterns("any"),
        ignore=patterns("ignore"),
        unless=patterns("unless"),
        despite=patterns("despite"),
        real_only=real_only,
        say=document.text(fields["say"]),
        start=start,
        intent=_hints(document, fields.get("intent"), codes),
        also=document.text(fields["also"]) if "also" in fields else "",
    )


def _hints(document: Document, node: Node | None, codes: dict[str, object]) -> dict[str, float]:
    if node is None:
        return {}
    hints = {}
    for code, weight in document.pairs(node):
        if code not in codes:
            raise document.wrong(weight, f"没有意图“{code}”", "请写 intents/ 里有的代码。")
        hints[code] = document.number(weight)
    return hints
