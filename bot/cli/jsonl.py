"""Read and write JSON lines, streaming; a bad line is named and ends the command."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from bot.errors import BadRequest


def rows() -> Iterator[dict[str, Any]]:
    """Yield the objects on standard input."""
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.removeprefix(codecs.BOM_UTF8)  # some editors begin a file with it
        if not line.strip():
            continue
        try:
            row = _loads(line)
        except (ValueError, RecursionError):
            raise BadRequest(f"标准输入第 {number} 行不是合法的 JSON：请一行写一个对象") from None
        if not isinstance(row, dict):
            raise BadRequest(f"标准输入第 {number} 行应是一个 JSON 对象")
        yield row


def _loads(line: bytes) -> Any:
    """Read JSON; lone surrogates, which orjson refuses, become question marks."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        parsed = json.loads(line.decode("utf-8", "replace"))
        return json.loads(json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace"))


def write(row: Mapping[str, Any]) -> None:
    """Write one line and flush it, so that a reader at the other end can go on."""
    sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
    sys.stdout.buffer.flush()
