"""A press of a button does its work once, however often the browser sends it.

A page gives every form that it sends a key of its own until something in the form changes. The key
is claimed in the transaction of the work: what failed may be pressed again with the same key.
"""

from __future__ import annotations

import re
from datetime import datetime

from fastapi import Request
from sqlalchemy.dialects import postgresql, sqlite
from starlette.responses import Response

from bot.errors import AndaError
from storage.models.staff import IdempotentRequest
from storage.unit_of_work import UnitOfWork

HEADER = "x-press"
_KEY = re.compile(r"[0-9a-f]{16,64}")


class PressedBefore(AndaError):
    """The same press has done its work already; there is nothing left to do."""


def key_of(request: Request, who: int) -> str:
    """Return the key of a press, that person's alone; '' for what needs none."""
    given = request.headers.get(HEADER, "")
    return f"press:{who}:{given}" if _KEY.fullmatch(given) else ""


def claimed(uow: UnitOfWork, key: str, now: datetime) -> bool:
    """Claim a key; False when it was claimed before. Who claims it meanwhile is waited for."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    row = {"key": key, "request_hash": "", "status": 201, "response": "", "at": now}
    claim = dialect.insert(IdempotentRequest).values(**row)
    claim = claim.on_conflict_do_nothing(index_elements=["key"])
    return uow.connection.execute(claim.returning(IdempotentRequest.key)).first() is not None


async def pressed_before(_: Request, __: Exception) -> Response:
    """Let the page look anew: what was pressed stands there already."""
    return Response(status_code=204, headers={"HX-Refresh": "true"})
