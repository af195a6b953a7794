"""Learn the weights anew: ``python -m knowledge_base.understanding.train``."""

from __future__ import annotations

from knowledge_base.understanding.reader import FOLDER, lessons, load_parts


def main() -> None:
    """Write what the examples teach beside them."""
    rules, _, dangers, examples = load_parts(FOLDER)
    for name, lesson in lessons(FOLDER, rules, dangers, examples).items():
        lesson.learn().save(FOLDER / name, lesson.mark)


if __name__ == "__main__":
    main()
