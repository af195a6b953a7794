"""Learn the weights anew: ``python -m knowledge_base.understanding.train``."""

from __future__ import annotations

from knowledge_base.understanding.linear import learn, mark_of
from knowledge_base.understanding.reader import FOLDER, LEARNED, load_parts


def main() -> None:
    """Write ``learned.json`` from the examples in ``intents/``."""
    _, _, _, examples = load_parts(FOLDER)
    learn(examples).save(FOLDER / LEARNED, mark_of(examples))


if __name__ == "__main__":
    main()
