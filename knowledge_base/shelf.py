"""What taking wordings apart has found, kept in a file from one start to the next.

Nearly all the time of a start goes into taking some six thousand wordings apart, and hardly any of
them change. Whatever decides the result (the word lists, this package, jieba) is in the file's
mark: a file with another mark is not read, and neither is a broken one. Losing it costs a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jieba
import structlog

from knowledge_base import lexicon
from knowledge_base.analysis import NO_NUMBERS, Analysis
from knowledge_base.wordings import Question, Taken

log = structlog.get_logger()
_NAME = "wordings.json"


class Shelf:
    """One file in ``folder``: what was found, by what it was found of."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _NAME
        self._rows: Mapping[str, Any] = self._read()

    def find(self, question: Question) -> Taken | None:
        """Return what was found of a question before, None when nothing was."""
        try:
            return _taken(self._rows[_key(question)])
        except (KeyError, ValueError, TypeError):
            return None

    def keep(self, found: Iterable[tuple[Question, Taken]]) -> None:
        """Write what was found for the next start, and nothing else; whole or not at all."""
        named = {_key(question): taken for question, taken in found}
        if named.keys() == self._rows.keys():
            return
        rows = {key: _row(taken) for key, taken in named.items()}
        text = json.dumps({"mark": _mark(), "rows": rows}, ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part, name = tempfile.mkstemp(dir=self._file.parent, prefix=_NAME)
            with os.fdopen(part, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._file)
        except OSError as error:
            # A disk that is full or read-only makes the next start slower, and no more.
            log.warning("knowledge.shelf_not_kept", error=type(error).__name__)

    def _read(self) -> Mapping[str, Any]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return dict(kept["rows"]) if kept["mark"] == _mark() else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("knowledge.shelf_unread", error=type(error).__name__)
            return {}


def _key(question: Question) -> str:
    said = repr((question.id, question.texts, question.context))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


@cache
def _mark() -> str:
    """Return what stands for everything that decides how a text is taken apart."""
    mark = hashlib.sha256(jieba.__version__.encode())
    for file in (*_sources(Path(__file__).parent, "*.py"), *_sources(lexicon.FOLDER, "*")):
        mark.update(file.name.encode() + file.read_bytes())
    return mark.hexdigest()


def _sources(folder: Path, pattern: str) -> Iterator[Path]:
    return (file for file in sorted(folder.glob(pattern)) if file.is_file())


def _row(taken: Taken) -> list[Any]:
    return [
        [
            [
                one.text,
                one.sound,
                one.words,
                one.kinds,
                one.negated,
                sorted(one.numbers),
                one.mentions,
            ]
            for one in taken.wordings
        ],
        sorted(taken.context),
    ]


def _taken(row: list[Any]) -> Taken:
    wordings, context = row
    return Taken(tuple(map(_analysis, wordings)), frozenset(context))


def _analysis(row: list[Any]) -> Analysis:
    text, sound, words, kinds, negated, numbers, mentions = row
    said = frozenset(numbers) or NO_NUMBERS
    return Analysis(text, sound, tuple(words), kinds, negated, said, mentions)
