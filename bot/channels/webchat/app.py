"""The web chat as an ASGI application: page, messages, stream, history, photos."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot import clock
from bot.channels.webchat.headers import SecurityHeaders
from bot.channels.webchat.incoming import (
    MAX_TEXT,
    Submission,
    Upload,
    cursor_of,
    read_submission,
    resume_point,
    session_of,
)
from bot.channels.webchat.ports import ChatService, MediaRefused, PageInfo
from bot.channels.webchat.rate import RateLimit
from bot.channels.webchat.refusal import (
    Refusal,
    because,
    json_response,
    on_crash,
    on_http_error,
    on_overload,
    on_refusal,
)
from bot.channels.webchat.stream import BATCH, event_stream
from bot.dialogue.message import Attachment, InboundMessage
from bot.errors import Overloaded

HERE = Path(__file__).parent
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_MEDIA_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")


def webchat_app(service: ChatService, page: PageInfo, rate: RateLimit | None = None) -> Starlette:
    """Return the application; its paths are absolute, see :func:`webchat_routes`."""
    chat = WebChat(service, page, rate or RateLimit())
    return Starlette(
        routes=[
            Route("/chat", chat.page),
            Route("/chat/api/messages", chat.messages, methods=["POST"]),
            Route("/chat/api/stream", chat.stream),
            Route("/chat/api/history", chat.history),
            Route("/chat/media/{session}/{name}", chat.media),
            Mount("/chat/static", FreshFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={
            Refusal: on_refusal,
            Overloaded: on_overload,
            HTTPException: on_http_error,
            ClientDisconnect: on_disconnect,
            Exception: on_crash,
        },
    )


def webchat_routes(app: Starlette) -> list[Route]:
    """Return the routes that hang the application into a larger one, errors included."""
    return [Route("/chat", endpoint=app), Route("/chat/{rest:path}", endpoint=app)]


class WebChat:
    """The endpoints. They translate and decide nothing."""

    def __init__(self, service: ChatService, page: PageInfo, rate: RateLimit) -> None:
        self._service = service
        self._rate = rate
        self._html = _render(page)  # the same for everybody: drawn once

    async def page(self, _request: Request) -> Response:
        """Serve the page; it makes up its own session id."""
        return Response(self._html, headers={"Cache-Control": "no-cache"}, media_type="text/html")

    async def messages(self, request: Request) -> Response:
        """Take one message and answer with the replies of its turn."""
        submission = await read_submission(request)
        if seconds := self._rate.wait(submission.session):
            raise because(429, "too_fast", retry_after=seconds)
        attachment = await self._keep(submission.session, submission.upload)
        turn = await self._service.receive(_inbound(submission, attachment))
        return json_response(turn.to_json())

    async def stream(self, request: Request) -> Response:
        """Open the event stream of a session."""
        session = session_of(request.query_params.get("session"))
        return event_stream(self._service, session, resume_point(request))

    async def history(self, request: Request) -> Response:
        """Return the events after ``?after=``, for the first look and where streams are cut."""
        session = session_of(request.query_params.get("session"))
        after = cursor_of(request.query_params.get("after", "0"))
        events = await self._service.events_after(session, after, BATCH)
        return json_response(
            {"events": [event.to_json() for event in events], "more": len(events) == BATCH}
        )

    async def media(self, request: Request) -> Response:
        """Return a photo of the session; anything that is not an image does not exist here."""
        session = session_of(request.path_params["session"])
        name = request.path_params["name"]
        found = await self._service.media(session, name) if _MEDIA_NAME.fullmatch(name) else None
        if found is None or found[1] not in IMAGE_TYPES:
            raise because(404, "status_404")
        headers = {"Cache-Control": "private, max-age=86400", "Content-Disposition": "inline"}
        return Response(found[0], headers=headers, media_type=found[1])

    async def _keep(self, session: str, upload: Upload | None) -> Attachment | None:
        if upload is None:
            return None
        try:
            return await self._service.save_media(session, upload.name, upload.data)
        except MediaRefused as refused:
            raise Refusal(422, refused.reason) from None


class FreshFiles(StaticFiles):
    """Static files that browsers ask about again: an update must not mix old and new modules."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or 304 when the browser's copy is current."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


async def on_disconnect(_request: Request, _error: Exception) -> Response:
    """Finish quietly: nobody is there to read the answer."""
    return Response(status_code=400)


def _inbound(submission: Submission, attachment: Attachment | None) -> InboundMessage:
    kind = attachment.kind if attachment else "location" if submission.location else "text"
    return InboundMessage(
        channel="webchat",
        account="web",
        peer=submission.session,
        key=submission.client_id,
        sent_at=clock.now(),
        text=submission.text,
        kind=kind,
        attachment=attachment,
        location=submission.location,
    )


def _render(page: PageInfo) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape()
    )
    html = environment.get_template("chat.html").render(page=page, max_text=MAX_TEXT)
    return html.encode()
