"""The webhook: who knows the secret may bring updates, and gets 200 once they are stored."""

from __future__ import annotations

from hmac import compare_digest

import orjson
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Scope, Send

from bot.channels.body import Disconnected, Message, Receive, TooLarge, TooSlow, read_body
from bot.channels.telegram.intake import Intake
from bot.errors import BadRequest, Forbidden

log = structlog.get_logger(__name__)
_HEADER = b"x-telegram-bot-api-secret-token"
_WITHIN_S = 3.5
_STATUS = {Forbidden: 403, TooLarge: 413, TooSlow: 408}


class TelegramWebhook:
    """An ASGI application for one path."""

    def __init__(self, secret: str, intake: Intake) -> None:
        self._secret = secret.encode()
        self._intake = intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        status = await self._status(scope, receive)
        if status:
            close = {"connection": "close"} if status in (403, 405, 408, 413) else None
            words = "ok" if status == 200 else ""
            await PlainTextResponse(words, status, headers=close)(scope, receive, send)

    async def _status(self, scope: Message, receive: Receive) -> int:
        """Return the status, 0 when nobody is listening any more."""
        if scope["method"] != "POST":
            return 405
        try:
            self._admit(scope)
            await self._intake.take(_parsed(await read_body(scope["headers"], receive)), _WITHIN_S)
        except Disconnected:
            return 0
        except BadRequest as error:
            log.warning("telegram.refused", reason=str(error))
            return _STATUS.get(type(error), 400)
        except Exception:
            # The update may not be stored: Telegram shall bring it again.
            log.exception("telegram.failed")
            return 503
        return 200

    def _admit(self, scope: Message) -> None:
        """Compare in constant time; without a configured secret nobody is let in."""
        given = [value for name, value in scope["headers"] if name == _HEADER]
        fits = compare_digest(given[0] if len(given) == 1 else b"", self._secret)
        if not fits or not self._secret:
            raise Forbidden("secret token does not fit")


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("body is no JSON") from None
