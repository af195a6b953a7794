"""Learn the weights anew: ``python -m knowledge_base.understanding.train``."""

from __future__ import annotations

from knowledge_base.understanding.linear import learn, mark_of
from knowledge_base.understanding.reader import (
    FOLDER,
    LEARNED,
    LEARNED_DANGER,
    dangerous,
    learnable,
    load_parts,
)


def main() -> None:
    """Write what the examples teach beside them."""
    rules, _, dangers, examples = load_parts(FOLDER)
    lessons = {
        LEARNED: learnable(examples),
        LEARNED_DANGER: dangerous(FOLDER, rules, examples, dangers),
    }
    for name, lesson in lessons.items():
        learn(lesson).save(FOLDER / name, mark_of(lesson))


if __name__ == "__main__":
    main()
