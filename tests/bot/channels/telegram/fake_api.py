"""A Telegram Bot API in a thread: keeps the platform's limits and misbehaves on request."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = "700100200:AAfake-token_for-tests"
BOT_ID = "700100200"
_TAG = re.compile(r"</?(?:b|i|u|s|code|pre|a)(?: [^<>]*)?>")
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+);)")
Json = dict[str, Any]
_JSON = ("reply_markup", "commands", "allowed_updates", "reply_parameters", "scope")


@dataclass(frozen=True)
class Fault:
    """What to do instead of a right answer; ``done`` breaks off after it was carried out."""

    status: int = 0
    description: str = "told to fail"
    retry_after: int = 0
    reset: bool = False
    done: bool = False
    raw: bytes | None = None
    hangs: threading.Event | None = None


@dataclass
class FakeBotApi:
    """State shared with the tests; ``faults`` are used up one per call, by method."""

    url: str = ""
    sent: list[Json] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    made: dict[str, Json] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    updates: list[Json] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    # The most messages of one chat within a second; 0 does not count them.
    per_chat: int = 0
    refused: int = 0
    _times: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    lock: threading.Lock = field(default_factory=threading.Lock)
    # The staff group: its topics by number, what befell them, and whether we may manage it.
    topics: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    admin: bool = True
    answers: list[Json] = field(default_factory=list)
    # The most messages of one group within a minute; 0 does not count them.
    per_group: int = 0

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of ``method`` go wrong."""
        self.faults[method].extend(faults)

    def texts(self, chat: int | str) -> list[str]:
        """Return what a chat has been sent, as its owner reads it."""
        return [shown(one["text"]) for one in self.sent if one["chat_id"] == str(chat)]

    def buttons(self, chat: int | str) -> dict[str, str]:
        """Return the buttons under the newest message of a chat that has some: text → data."""
        mine = [m for m in self.sent if m["chat_id"] == str(chat) and m.get("reply_markup")]
        rows = mine[-1]["reply_markup"].get("inline_keyboard", []) if mine else []
        return {key["text"]: key["callback_data"] for row in rows for key in row}

    def answer(self, method: str, given: Json) -> tuple[int, Json]:
        """Carry out a call and return the status and the body."""
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return self._done(method, given)
        done: tuple[int, Json] = handler(given)
        return done

    def _done(self, method: str, given: Json) -> tuple[int, Json]:
        self.made[method] = given
        return 200, {"ok": True, "result": True}

    def _getUpdates(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        if "setWebhook" in self.made and "deleteWebhook" not in self.made:
            return _wrong(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(given.get("offset", 0))
        self.updates = [u for u in self.updates if u.get("update_id", 0) >= offset]
        if not self.updates:
            time.sleep(0.05)
        return 200, {"ok": True, "result": self.updates[:100]}

    def _getMe(self, _: Json) -> tuple[int, Json]:  # noqa: N802
        me = {"id": int(BOT_ID), "is_bot": True, "first_name": "安答", "username": "anda_bot"}
        return 200, {"ok": True, "result": me}

    def _getFile(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        name = given["file_id"]
        if name not in self.files:
            return _wrong(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[name])
        found = {"file_id": name, "file_unique_id": "u", "file_size": size, "file_path": name}
        return 200, {"ok": True, "result": found}

    def posts(self, thread: int) -> list[str]:
        """Return what stands in a topic, as its readers see it."""
        mine = [m for m in self.sent if str(m.get("message_thread_id", "")) == str(thread)]
        return [shown(str(m.get("text") or m.get("caption") or "")) for m in mine]

    def _createForumTopic(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        if not self.admin:
            return _wrong(400, "Bad Request: not enough rights to create a topic")
        number = 100 + len(self.topics) * 10
        while number in self.topics:
            number += 1
        self.topics[number] = given["name"]
        topic = {"message_thread_id": number, "name": given["name"], "icon_color": 7322096}
        return 200, {"ok": True, "result": topic}

    def _closeForumTopic(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        self.closed.add(int(given["message_thread_id"]))
        return 200, {"ok": True, "result": True}

    def _reopenForumTopic(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        number = int(given["message_thread_id"])
        if number not in self.topics:
            return _wrong(400, "Bad Request: TOPIC_ID_INVALID")
        if number not in self.closed:
            return _wrong(400, "Bad Request: TOPIC_NOT_MODIFIED")
        self.closed.discard(number)
        return 200, {"ok": True, "result": True}

    def _getChat(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        chat = {
            "id": int(given["chat_id"]), "type": "supergroup", "title": "坐席群", "is_forum": True,
            "accent_color_id": 1, "max_reaction_count": 1,
            "accepted_gift_types": dict.fromkeys(
                ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"), False
            ),
        }  # fmt: skip
        return 200, {"ok": True, "result": chat}

    def _getChatMember(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        user = {"id": int(given["user_id"]), "is_bot": True, "first_name": "安答"}
        return 200, {"ok": True, "result": {"status": "member", "user": user}}

    def _answerCallbackQuery(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        self.answers.append(given)
        return 200, {"ok": True, "result": True}

    def _sendPhoto(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        return self._sendMessage({**given, "text": given.get("caption", ""), "photo": True})

    def _sendDocument(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        return self._sendMessage({**given, "text": given.get("caption", ""), "document": True})

    def _sendLocation(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        return self._sendMessage({**given, "text": "·", "pin": True})

    def _sendMessage(self, given: Json) -> tuple[int, Json]:  # noqa: N802
        chat = str(given["chat_id"])
        if refusal := self._refusal(chat, given):
            return refusal
        if self._too_many(chat):
            self.refused += 1
            return _wrong(429, "Too Many Requests: retry after 1", retry_after=1)
        self.sent.append(given)
        message = {
            "message_id": len(self.sent),
            "date": int(time.time()),
            "chat": {"id": int(chat), "type": "private"},
            "text": given["text"],
        }
        thread = given.get("message_thread_id")
        if thread is not None:
            message |= {"message_thread_id": int(thread), "is_topic_message": True}
        return 200, {"ok": True, "result": message}

    def _refusal(self, chat: str, given: Json) -> tuple[int, Json] | None:
        """Return why a message is not taken, whoever it is for."""
        if chat in self.blocked:
            return _wrong(403, "Forbidden: bot was blocked by the user")
        if chat in self.unknown:
            return _wrong(400, "Bad Request: chat not found")
        if trouble := _trouble(given):
            return _wrong(400, f"Bad Request: {trouble}")
        thread = given.get("message_thread_id")
        if thread is not None and int(thread) not in self.topics:
            return _wrong(400, "Bad Request: message thread not found")
        if chat.startswith("-") and self._crowded(chat):
            self.refused += 1
            return _wrong(429, "Too Many Requests: retry after 5", retry_after=5)
        return None

    def _crowded(self, chat: str) -> bool:
        times, now = self._times[chat], time.monotonic()
        times.append(now)
        return bool(self.per_group) and sum(one > now - 60 for one in times) > self.per_group

    def _too_many(self, chat: str) -> bool:
        if not self.per_chat:
            return False
        times, now = self._times[chat], time.monotonic()
        while times and times[0] < now - 1:
            times.popleft()
        if len(times) >= self.per_chat:
            return True
        times.append(now)
        return False


def shown(html: str) -> str:
    """Return the text of a message as it is shown."""
    return unescape(_TAG.sub("", html))


def _trouble(given: Json) -> str:
    """Return why Telegram would refuse a message, '' when it would not."""
    text = given.get("text", "")
    if given.get("parse_mode") == "HTML":
        if "<" in _TAG.sub("", text) or _ENTITY.search(text):
            return "can't parse entities"
        text = shown(text)
    if not text.strip():
        return "message text is empty"
    if len(text.encode("utf-16-le")) // 2 > 4096:
        return "message is too long"
    for row in (given.get("reply_markup") or {}).get("inline_keyboard", []):
        for key in row:
            if not 1 <= len(key["callback_data"].encode()) <= 64:
                return "BUTTON_DATA_INVALID"
    return ""


def _wrong(status: int, description: str, **parameters: int) -> tuple[int, Json]:
    body: Json = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: FakeBotApi

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith(f"/file/bot{TOKEN}/"):
            found = self.api.files.get(self.path.rpartition("/")[2])
            return self._reply(200 if found is not None else 404, found or b"")
        method = self.path.rpartition("/")[2]
        if self.path != f"/bot{TOKEN}/{method}":
            return self._json(*_wrong(401, "Unauthorized"))
        with self.api.lock:
            self.api.calls[method] += 1
            waiting = self.api.faults[method]
            fault = waiting.popleft() if waiting else None
        given = _given(body, self.headers.get("Content-Type", ""))
        if fault is None or fault.done:
            with self.api.lock:
                answer = self.api.answer(method, given)
        if fault is None:
            return self._json(*answer)
        return self._misbehave(fault)

    def _misbehave(self, fault: Fault) -> None:
        if fault.hangs:
            fault.hangs.wait(20)
        if fault.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
        elif fault.raw is not None:
            self._reply(fault.status or 200, fault.raw)
        else:
            more = {"retry_after": fault.retry_after} if fault.retry_after else {}
            self._json(*_wrong(fault.status, fault.description, **more))

    def _json(self, status: int, body: Json) -> None:
        self._reply(status, json.dumps(body).encode())

    def _reply(self, status: int, raw: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _given(body: bytes, kind: str) -> Json:
    """Return the form of a call; what is JSON in it is read, files are only named."""
    if kind.startswith("multipart/"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        parts = message_from_bytes(head + body, policy=HTTP).iter_parts()
        return {
            str(part.get_param("name", header="content-disposition")): _value(
                str(part.get_param("name", header="content-disposition")),
                part.get_filename() or bytes(part.get_payload(decode=True) or b"").decode(),
            )
            for part in parts
        }
    fields = parse_qs(body.decode(), keep_blank_values=True)
    return {name: _value(name, values[0]) for name, values in fields.items()}


def _value(name: str, text: str) -> Any:
    return json.loads(text) if name in _JSON else text


@contextmanager
def running() -> Iterator[FakeBotApi]:
    """Serve a fresh API on a free port."""
    api = FakeBotApi()
    handler = type("Handler", (_Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
