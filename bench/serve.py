"""The product, whole, over another knowledge base: `python -m bench.serve BASE PORT`.

Configured by the environment like `anda serve`, which does the serving; only the entries differ.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Engine, text

from bot.bootstrap import App
from bot.cli.serve import Role, serve_parts
from knowledge_base.loader import KnowledgeBase, load_jsonl
from knowledge_base.service import Service
from storage import schema


def main() -> None:
    """Serve."""
    base, port = sys.argv[1:]
    parts = App.from_configuration()
    schema.upgrade(parts.transactions.engine)
    _require_durability(parts.transactions.engine)
    entries = list(load_jsonl(Path(base)))
    vars(parts)["knowledge"] = Service(KnowledgeBase(entries), parts.settings.facts)
    serve_parts(parts, Role.ALL, "127.0.0.1", int(port))


def _require_durability(engine: Engine) -> None:
    """End unless commits are as durable as those of the reference: WAL, synchronous FULL."""
    with engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar()
    if (journal, synchronous) != ("wal", 2):
        raise SystemExit(f"journal_mode={journal} synchronous={synchronous}: not comparable")


if __name__ == "__main__":
    main()
