"""Fail when the models and the migrated schema differ."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from storage import schema
from storage.database import open_engine

with tempfile.TemporaryDirectory() as folder:
    engine = open_engine(f"sqlite:///{Path(folder) / 'check.db'}", b"only-for-the-check")
    schema.upgrade(engine)
    if found := schema.differences(engine):
        sys.exit(f"模型与迁移不一致，请生成迁移：{found}")
