"""Reads what the page sent: checks every field, trusts nothing."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.channels.webchat.refusal import because
from bot.dialogue.message import Location

MAX_BODY = 12 * 1024 * 1024
MAX_TEXT = 4000
MAX_LABEL = 200
MAX_NAME = 120
SECONDS_TO_UPLOAD = 90
_TOKEN = re.compile(r"[A-Za-z0-9_.:~-]{1,64}")
_CURSOR = re.compile(r"[0-9]{1,18}")  # fits a 64-bit column
_UNSPEAKABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name is only a hint."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Submission:
    """One message of the page, checked."""

    session: str
    client_id: str
    text: str = ""
    location: Location | None = None
    upload: Upload | None = None


async def read_submission(request: Request) -> Submission:
    """Return the message in a JSON or multipart body, or raise a Refusal."""
    body = await _body(request)
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await _from_form(request, body)
    return _from_json(body)


def session_of(value: object) -> str:
    """Return a well-formed session id or refuse."""
    return _token(value, "bad_session")


def cursor_of(value: str) -> int:
    """Return the number of the last event somebody has, or refuse."""
    if not _CURSOR.fullmatch(value):
        raise because(400, "bad_cursor")
    return int(value)


def resume_point(request: Request) -> int:
    """Return where a stream goes on: Last-Event-ID if usable, else ``?last=``, else the start."""
    header = request.headers.get("last-event-id", "")
    if _CURSOR.fullmatch(header):
        return int(header)
    return cursor_of(request.query_params.get("last", "0"))


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not _CURSOR.fullmatch(declared) or int(declared) > MAX_BODY:
        raise because(413, "too_large")
    try:
        async with asyncio.timeout(SECONDS_TO_UPLOAD):
            return await _limited(request)
    except TimeoutError:
        raise because(408, "too_slow") from None


async def _limited(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise because(413, "too_large")
    return bytes(body)


def _from_json(body: bytes) -> Submission:
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise because(400, "bad_json") from None
    if not isinstance(raw, dict):
        raise because(400, "bad_json")
    session, client_id = _ids(raw)
    text = _text(raw.get("text", ""))
    location = _location(raw["location"]) if raw.get("location") is not None else None
    if not text.strip() and location is None:
        raise because(400, "empty")
    return Submission(session, client_id, text, location)


async def _from_form(request: Request, body: bytes) -> Submission:
    form = await _form(request, body)
    try:
        session, client_id = _ids(form)
        text = _text(form.get("text", ""))
        file = form.get("file")
        if not isinstance(file, UploadFile) or not (data := await file.read()):
            raise because(400, "photo_missing")
        upload = Upload(_file_name(file.filename), data)
    finally:
        await form.close()
    return Submission(session, client_id, text, upload=upload)


async def _form(request: Request, body: bytes) -> FormData:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = MultiPartParser(
            request.headers, whole(), max_files=1, max_fields=8, max_part_size=64 * 1024
        )
        return await parser.parse()
    except (MultiPartException, ValueError, LookupError):  # also odd charsets and boundaries
        raise because(400, "bad_form") from None


def _ids(raw: Any) -> tuple[str, str]:
    return session_of(raw.get("session")), _token(raw.get("client_id"), "bad_client_id")


def _token(value: object, refusal: str) -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise because(400, refusal)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or _UNSPEAKABLE.search(value):
        raise because(400, "bad_text")
    if len(value) > MAX_TEXT:
        raise because(413, "too_long")
    return value


def _location(value: object) -> Location:
    if not isinstance(value, dict):
        raise because(400, "bad_location")
    label = value.get("label", "")
    if not isinstance(label, str) or _UNSPEAKABLE.search(label) or len(label) > MAX_LABEL:
        raise because(400, "bad_location")
    return Location(_degrees(value.get("lat"), 90), _degrees(value.get("lon"), 180), label.strip())


def _degrees(value: object, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise because(400, "bad_location")
    if not math.isfinite(value) or abs(value) > most:
        raise because(400, "bad_location")
    return float(value)


def _file_name(name: str | None) -> str:
    return re.sub(r"[\x00-\x1f\x7f/\\\ud800-\udfff]", "_", name or "photo")[-MAX_NAME:]
