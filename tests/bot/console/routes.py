"""What the console really serves: every route of the application that was put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute

from bot.console.gate import Gate

SAFE = {"GET", "HEAD"}
_HOLE = re.compile(r"\{[^}]*\}")


def routes(console: Any) -> Iterator[APIRoute]:
    """Yield every route behind the gate, however it was joined to the application."""
    assert isinstance(console, Gate)
    yield from _below(console.app)


def _below(part: Any) -> Iterator[APIRoute]:
    for route in getattr(part, "routes", ()):
        if isinstance(route, APIRoute):
            yield route
        else:
            inner = getattr(route, "app", None) or getattr(route, "original_router", None)
            yield from _below(inner)


def changing(console: Any) -> list[tuple[str, str]]:
    """Return (method, path) of everything that may change something."""
    found = {
        (method, route.path)
        for route in routes(console)
        for method in (route.methods or set()) - SAFE
    }
    return sorted(found)


def concrete(path: str) -> str:
    """Return a path with something in every hole."""
    return _HOLE.sub("1", path)
