"""The JSON API as one application, to be mounted at ``/api``."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPBearer
from starlette.responses import HTMLResponse

from bot.api import (
    application_funnel,
    application_handling,
    applications,
    assessments,
    campaigns,
    claim_handling,
    claim_texts,
    claims,
    complaint_handling,
    complaints,
    content,
    conversations,
    customer_joins,
    customers,
    deliveries,
    docs_page,
    endorsements,
    evidence,
    feedback,
    handoffs,
    identity,
    jobs,
    knowledge,
    knowledge_flow,
    knowledge_releases,
    kpi_rows,
    kpis,
    messages,
    misses,
    notifications,
    partner_figures,
    policies,
    privacy,
    problems,
    service_reports,
    staff_notices,
    surveys,
    ticket_handling,
    tickets,
    web_links,
)
from bot.api.auth import Gate
from bot.api.desk import Parts
from bot.api.guard import Guard
from bot.api.headers import SecurityHeaders

_RESOURCES = (
    conversations,
    messages,
    claims,
    claim_handling,
    claim_texts,
    complaints,
    policies,
    customers,
    customer_joins,
    endorsements,
    deliveries,
    notifications,
    campaigns,
    jobs,
    content,
    staff_notices,
    surveys,
    tickets,
    ticket_handling,
    handoffs,
    knowledge_releases,
    knowledge_flow,
    knowledge,
    misses,
    kpi_rows,
    kpis,
    service_reports,
    complaint_handling,
    identity,
    evidence,
    feedback,
    assessments,
    application_funnel,
    partner_figures,
    application_handling,
    applications,
    privacy,
    web_links,
)
_ABOUT = (
    "用 anda token create --role 角色 生成令牌，放在 Authorization: Bearer 头里。列表按新到旧，"
    "用 next_cursor 翻页；出错一律是 application/problem+json，code 不会变；POST 可带 "
    "Idempotency-Key 防重复。个人信息默认脱敏，每次查看都记入访问日志。"
)
_PROBLEM: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Problem details (RFC 9457)",
        "content": {
            "application/problem+json": {"schema": problems.ProblemView.model_json_schema()}
        },
    }
}


def api_app(parts: Parts) -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title="安答 AnDa 接口",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = parts
    problems.install(app)
    # The token itself is checked by the gate; this tells the reader of openapi.json about it.
    bearer = Depends(HTTPBearer(auto_error=False))
    for resource in _RESOURCES:
        app.include_router(resource.router, dependencies=[bearer], responses=_PROBLEM)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    # Outermost last: headers on everything, then the token, and only then the body.
    app.add_middleware(Guard)
    app.add_middleware(Gate, transactions=parts.transactions)
    app.add_middleware(SecurityHeaders)
    return app


async def _docs(request: Request) -> HTMLResponse:
    """Show the operations of openapi.json."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    headers = {"Content-Security-Policy": docs_page.CONTENT_SECURITY_POLICY}
    return HTMLResponse(docs_page.page(request.app.openapi(), root), headers=headers)
