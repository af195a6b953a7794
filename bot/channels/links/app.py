"""The pages behind links: rate us, or send photos for a claim; `LinkDesk` does the work."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.links.login import Login
from bot.channels.links.work import End, LinkDesk
from bot.channels.papers.page import HEADERS, Pages
from bot.channels.webchat.rate import RateLimit
from bot.media import MediaStore, image_ending
from storage import web_links
from storage.unit_of_work import UnitOfWork
from storage.web_links import WebLink

_MOST_FILES, _LONGEST = 9, 500
_ENDS: dict[End, tuple[str, str]] = {
    "thanks": ("收到了，谢谢您", "可以关掉这个页面了；还有别的事，直接在对话里说。"),
    "again": ("已经收到过了", "不用再提交一次；要补充的话，直接在对话里说。"),
    "over": ("已经结束了", "这件事已经办完，或者超过了时间。还有问题，直接在对话里说。"),
}


def links_app(login: Login, media: MediaStore, rate: RateLimit | None = None) -> Starlette:
    """Return the application; mount it at ``/links``."""
    pages = Links(login, media, rate or RateLimit(20, 60.0))
    return Starlette(
        routes=[
            Route("/wechat", login.finish, methods=["GET"]),
            Route("/{token}", pages.show, methods=["GET"]),
            Route("/{token}", pages.take, methods=["POST"]),
        ]
    )


class Links:
    """The endpoints; who is there, the door says."""

    def __init__(self, login: Login, media: MediaStore, rate: RateLimit) -> None:
        self._login = login
        self._transactions = login.transactions
        self._cipher = login.cipher
        self._settings = login.settings
        self._clock = login.clock
        self._media = media
        self._rate = rate
        self._pages = Pages(login.settings.hotline)

    async def show(self, request: Request) -> Response:
        """Show what is behind a link."""
        link, stop = await self._opened(request)
        if stop is not None or link is None:
            return stop or self._gone()
        there = await run_in_threadpool(
            self._transactions.read, lambda uow: self._desk(uow, link).there()
        )
        if not there:
            return self._end("over")
        page = self._pages.rate if link.kind == "survey" else self._pages.upload(link.subject)
        return _html(page)

    async def take(self, request: Request) -> Response:
        """Take what was sent."""
        link, stop = await self._opened(request)
        if stop is not None or link is None:
            return stop or self._gone()
        try:
            async with request.form(
                max_files=_MOST_FILES, max_fields=4, max_part_size=self._media.max_bytes
            ) as form:
                if link.kind == "survey":
                    return await self._rated(link, str(form.get("score")), str(form.get("words")))
                files = [file for file in form.getlist("photos") if isinstance(file, UploadFile)]
                return await self._uploaded(link, files)
        except MultiPartException:
            return self._say("没有收到", "照片太大或太多，请一次最多发 9 张。", 422)

    async def _rated(self, link: WebLink, score: str, words: str) -> Response:
        if score not in set("12345"):
            return self._say("请选一个分数", "1 分最不满意，5 分最满意。请返回上一页再选。", 422)
        said = "" if words == "None" else words[:_LONGEST]
        end = await run_in_threadpool(
            self._transactions.run, lambda uow: self._desk(uow, link).rate(int(score), said)
        )
        return self._end(end)

    async def _uploaded(self, link: WebLink, files: list[UploadFile]) -> Response:
        photos = [await file.read(self._media.max_bytes + 1) for file in files]
        fit = [data for data in photos if 0 < len(data) <= self._media.max_bytes]
        endings = [await run_in_threadpool(image_ending, data) for data in fit]
        if not fit or len(fit) < len(photos) or None in endings:
            words = "请发 JPG、PNG、GIF 或 WebP 格式的照片，每张不要太大；这次一张都没有存。"
            return self._say("没有收到", words, 422)
        ends = [
            await run_in_threadpool(self._keep, link, data, str(ending))
            for data, ending in zip(fit, endings, strict=True)
        ]
        return self._end("thanks" if "thanks" in ends else ends[0])

    def _keep(self, link: WebLink, data: bytes, ending: str) -> End:
        """Store the bytes first: what is said to be there must be there."""
        ref = self._media.save(f"link:{link.conversation_id}", data, ending)
        return self._transactions.run(lambda uow: self._desk(uow, link).photo(ref, data))

    async def _opened(self, request: Request) -> tuple[WebLink | None, Response | None]:
        client = request.client.host if request.client else ""
        if seconds := self._rate.wait(client):
            slow = Response(status_code=429, headers={**HEADERS, "Retry-After": str(seconds)})
            return None, slow
        token = request.path_params["token"]
        link = web_links.read(self._cipher, token, self._clock())
        if link is None:
            return None, None
        path = f"{request.scope.get('root_path', '')}/{token}"
        return link, await self._login.stops(request, path, link.conversation_id)

    def _desk(self, uow: UnitOfWork, link: WebLink) -> LinkDesk:
        return LinkDesk(uow, self._cipher, self._settings, self._clock(), link)

    def _end(self, end: End) -> Response:
        return self._say(*_ENDS[end])

    def _say(self, title: str, words: str, status: int = 200) -> Response:
        return _html(self._pages.said(title, words), status)

    def _gone(self) -> Response:
        return self._say(
            "页面不存在", "链接不对或者过期了。请回到对话里说一声，我们重新给您一个。", 404
        )


def _html(page: bytes, status: int = 200) -> Response:
    return Response(page, status, headers=HEADERS, media_type="text/html")
