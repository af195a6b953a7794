"""C: what a developer would write in a day. Run as `python -m bench.reference BASE DATABASE PORT`.

FastAPI, wechatpy, jieba, rapidfuzz over the whole FAQ, SQLite (WAL, synchronous FULL), one
commit a message, the answer in the response. No dialogue, no de-duplication.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path

import jieba
import uvicorn
from fastapi import FastAPI, Request, Response
from rapidfuzz import fuzz, process
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from bench.pushes import AES_KEY, APP_ID, TOKEN

THRESHOLD = 60


def words(text: str) -> str:
    """Return the words of a text, divided by blanks."""
    return " ".join(word for word in jieba.cut(text) if word.strip())


class Faq:
    """All questions in memory."""

    def __init__(self, file: Path) -> None:
        with file.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.answers = [row["answer"] for row in rows]
        self.questions = [words(row["question"]) for row in rows]

    def answer(self, text: str) -> str:
        """Return the answer to the most similar question."""
        hit = process.extractOne(words(text), self.questions, scorer=fuzz.token_set_ratio)
        if hit is None or hit[1] < THRESHOLD:
            return "抱歉，没有听懂，请换个说法。"
        return str(self.answers[hit[2]])


def open_database(file: Path) -> sqlite3.Connection:
    """Return the message log."""
    connection = sqlite3.connect(file, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, openid TEXT, msg_id TEXT,"
        " question TEXT, answer TEXT, at REAL)"
    )
    connection.execute("CREATE INDEX IF NOT EXISTS message_openid ON message (openid)")
    return connection


def build(faq: Faq, database: sqlite3.Connection) -> FastAPI:
    """Return the application."""
    app = FastAPI()
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)

    @app.post("/wechat/callback")
    async def callback(
        request: Request, signature: str, timestamp: str, nonce: str, msg_signature: str
    ) -> Response:
        try:
            check_signature(TOKEN, signature, timestamp, nonce)
            xml = crypto.decrypt_message(await request.body(), msg_signature, timestamp, nonce)
        except InvalidSignatureException:
            return Response("bad signature", 403)
        message = parse_message(xml)
        if message.type != "text":
            return Response("success")
        answer = faq.answer(message.content)
        database.execute(
            "INSERT INTO message (openid, msg_id, question, answer, at) VALUES (?, ?, ?, ?, ?)",
            (message.source, str(message.id), message.content, answer, time.time()),
        )
        database.commit()
        reply = create_reply(answer, message).render()
        sealed = crypto.encrypt_message(reply, nonce, timestamp)
        return Response(sealed, media_type="application/xml")

    return app


def main() -> None:
    """Serve."""
    base, database, port = sys.argv[1:]
    app = build(Faq(Path(base)), open_database(Path(database)))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
