"""Refusals as problem details (RFC 9457): a stable code, and one Chinese sentence for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.api.headers import SECURITY_HEADERS
from bot.errors import BadRequest, Overloaded, Refused

log = structlog.get_logger()

# Code → (status, title). Codes are for programs and never change.
KINDS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "bad_request": (400, "请求有误"),
        "json_invalid": (400, "请求体不是有效的 JSON"),
        "cursor_invalid": (400, "翻页游标无效"),
        "token_missing": (401, "需要接口令牌"),
        "token_invalid": (401, "接口令牌无效"),
        "forbidden": (403, "没有权限"),
        "not_found": (404, "没有找到"),
        "method_not_allowed": (405, "不支持的方法"),
        "conflict": (409, "已经有了"),
        "refused": (409, "规则不允许"),
        "too_large": (413, "请求体过大"),
        "media_type": (415, "请求体类型不支持"),
        "invalid": (422, "内容不符合要求"),
        "key_reused": (422, "Idempotency-Key 已用于另一个请求"),
        "internal": (500, "系统出错"),
        "overloaded": (503, "系统繁忙"),
    }
)
_BY_STATUS = {400: "json_invalid", 401: "token_invalid", 403: "forbidden", 404: "not_found"} | {
    405: "method_not_allowed", 413: "too_large", 415: "media_type", 503: "overloaded",
}  # fmt: skip
_DETAILS = {
    "json_invalid": "请求体无法解析，请检查 JSON 格式。",
    "not_found": "没有这个地址或这条记录，请核对后再试。",
    "method_not_allowed": "这个地址不支持该方法，请查看 /api/docs。",
    "internal": "系统出错，已记录；请稍后再试。",
    "overloaded": "请求太多，请稍后再试。",
}
_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请查看 /api/docs",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_too_short": "太短，至少 {min_length} 个字",
    "too_long": "太多，最多 {max_length} 项",
    "too_short": "太少，至少 {min_length} 项",
    "string_pattern_mismatch": "格式不对",
    "string_type": "要写成文字",
    "int_type": "要写整数",
    "int_parsing": "要写整数",
    "int_from_float": "要写整数",
    "bool_type": "要写 true 或 false",
    "bool_parsing": "要写 true 或 false",
    "list_type": "要写成列表",
    "dict_type": "要写成对象",
    "model_attributes_type": "要写成对象",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "date_type": "要写日期，例如 2026-11-22",
    "date_from_datetime_parsing": "要写日期，例如 2026-11-22",
    "json_invalid": "不是有效的 JSON",
}

_PLACES = {"body": "请求体", "query": "查询参数", "path": "地址里的", "header": "请求头"}
_QUOTED = re.compile(r"'([^']*)'")
_MOST_TOLD = 3
_LONGEST_NAME = 60


class ProblemView(BaseModel):
    """The body of every refusal."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]] | None = None


class Problem(BadRequest):
    """Ends a request with this problem."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.code = code
        self.status, self.title = KINDS[code]
        self.detail = detail or _DETAILS.get(code, f"{self.title}。")
        super().__init__(self.detail)
        self.errors = list(errors)
        self.headers = headers

    def response(self) -> Response:
        """Return the problem as a response."""
        body: dict[str, Any] = {
            "type": f"urn:anda:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            body["errors"] = self.errors
        headers = {**SECURITY_HEADERS, **self.headers}
        return Response(orjson.dumps(body), self.status, headers, "application/problem+json")


def missing(what: str) -> Problem:
    """Return the refusal for something that is not there, or not there for this caller."""
    return Problem("not_found", f"没有找到{what}，或您无权查看。")


def invalid(field: str, reason: str) -> Problem:
    """Return the refusal of one field of a well-formed request."""
    return Problem("invalid", f"{field}：{reason}。", [{"field": field, "reason": reason}])


def install(app: FastAPI) -> None:
    """Let every error of ``app`` end as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Overloaded, _on_overload)
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(Exception, _on_crash)


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _on_http(_: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses."""
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "bad_request")
    return Problem(code, headers=dict(error.headers or {})).response()


async def _on_validation(_: Request, error: Exception) -> Response:
    """Name the fields that do not fit, never their values: they may be personal."""
    assert isinstance(error, RequestValidationError)
    found = [
        {"field": ".".join(map(str, item["loc"])), "reason": _reason(item)}
        for item in error.errors()
    ]
    return Problem("invalid", unfit(found), found).response()


def unfit(found: Sequence[Mapping[str, str]]) -> str:
    """Return one sentence with the fields that do not fit, and what each of them wants."""
    told = [f"{_place(item['field'])}{item['reason'].rstrip('。')}" for item in found[:_MOST_TOLD]]
    more = f"；另有 {len(found) - _MOST_TOLD} 项，见 errors" if len(found) > _MOST_TOLD else ""
    return f"{'；'.join(told)}{more}。请改正后再发。"


def _place(field: str) -> str:
    """Return where a field stands: «请求体的「way」：»."""
    where, _, name = field.partition(".")
    name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return f"{_PLACES.get(where, '')}{f'「{name}」' if name else ''}："


def allowed(values: Sequence[str]) -> str:
    """Return what to write where one of a few values is wanted."""
    return f"只能写 {'、'.join(values)}{' 之一' if len(values) > 1 else ''}"


def _reason(item: Mapping[str, Any]) -> str:
    context = item.get("ctx") or {}
    if item["type"] == "value_error":
        return str(context.get("error", "格式不对"))
    if item["type"] in ("literal_error", "enum"):
        return allowed(_QUOTED.findall(str(context.get("expected", ""))))
    return _REASONS.get(str(item["type"]), "类型或范围不对").format_map(context)


async def _on_overload(_: Request, __: Exception) -> Response:
    return Problem("overloaded", headers={"Retry-After": "2"}).response()


async def _on_refused(_: Request, error: Exception) -> Response:
    """Say which rule of the branch forbids it."""
    return Problem("refused", f"{error}。").response()


async def _on_crash(request: Request, error: Exception) -> Response:
    """Apologise for a fault of ours. Starlette raises it again, so that the server logs it."""
    log.error("api.crashed", path=request.scope.get("path"), error=type(error).__name__)
    return Problem("internal").response()
