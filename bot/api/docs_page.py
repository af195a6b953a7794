"""The documentation page: every operation of openapi.json as plain HTML, no script, no CDN."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Any

_STYLE = (
    "body{font:15px/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2933}"
    "h2{margin-top:2rem;border-bottom:1px solid #cbd2d9}code{background:#f0f2f5;padding:0 .3em}"
    "summary{cursor:pointer;padding:.3rem 0}table{border-collapse:collapse;margin:.5rem 1rem}"
    "td,th{border:1px solid #cbd2d9;padding:.2rem .6rem;text-align:left}"
    "b.m{display:inline-block;min-width:4rem;font-family:monospace}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"

Schema = dict[str, Any]


def page(openapi: Schema, root: str) -> str:
    """Return the page for an application mounted at ``root``."""
    sections: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or [""])[0]
            block = _operation(method, root + path, operation, openapi)
            sections.setdefault(tag, []).append(block)
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(blocks)}" for tag, blocks in sections.items())
    title = escape(openapi["info"]["title"])
    intro = escape(openapi["info"].get("description", ""))
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f'<h1>{title}</h1><p>{intro}</p><p><a href="{escape(root)}/openapi.json">openapi.json</a>'
        f"</p>{body}</html>"
    )


def _operation(method: str, path: str, operation: Schema, openapi: Schema) -> str:
    parameters = [
        (p["name"], p["in"], _kind(p["schema"], openapi), p.get("required", False))
        for p in operation.get("parameters", [])
    ]
    content = operation.get("requestBody", {}).get("content", {})
    if schema := content.get("application/json", {}).get("schema"):
        parameters += _fields(_resolved(schema, openapi), openapi)
    rows = "".join(_row(*parameter) for parameter in parameters)
    table = f"<table><tr><th>名称<th>位置<th>取值<th>必填{rows}</table>" if rows else ""
    return (
        f'<details><summary><b class="m">{method.upper()}</b> <code>{escape(path)}</code> '
        f"{escape(operation.get('summary', ''))}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p>{table}</details>"
    )


def _fields(schema: Schema, openapi: Schema) -> list[tuple[str, str, str, bool]]:
    needed = schema.get("required", [])
    return [
        (name, "body", _kind(value, openapi), name in needed)
        for name, value in schema.get("properties", {}).items()
    ]


def _row(name: str, place: str, kind: str, required: bool) -> str:
    mark = "是" if required else ""
    return f"<tr><td><code>{escape(name)}</code><td>{place}<td>{escape(kind)}<td>{mark}"


def _resolved(schema: Schema, openapi: Schema) -> Schema:
    if reference := schema.get("$ref"):
        found: Schema = openapi["components"]["schemas"][reference.rpartition("/")[2]]
        return found
    return schema


def _kind(schema: Schema, openapi: Schema) -> str:
    schema = _resolved(schema, openapi)
    if choices := schema.get("anyOf"):
        kinds = [_kind(choice, openapi) for choice in choices]
        return " / ".join(kind for kind in kinds if kind != "null")
    if values := schema.get("enum"):
        return "、".join(map(str, values))
    return str(schema.get("format") or schema.get("type", ""))
