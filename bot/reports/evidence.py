"""The evidence pack of a complaint: a ZIP that anybody can read, every byte of it vouched for.

The files are stored, not compressed, and the archive is built in one way only, so that building
it anew from its contents must give the same bytes; the manifest names the SHA-256 of each file
and is itself signed with the installation's key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bot.log import mask
from storage.crypto import Cipher
from storage.evidence import Evidence

MANIFEST, INDEX = "manifest.json", "index.html"
_DATE: Final = (2000, 1, 1, 0, 0, 0)
_TITLES: Final = {
    "complaint": "投诉登记",
    "timeline": "经过",
    "messages": "会话原文",
    "decisions": "决定与改动",
    "notices": "发给客户的通知",
    "surveys": "回访",
    "access": "谁看过、为什么",
    "chain": "审计链上的对应行",
}


def pack(
    evidence: Evidence, cipher: Cipher, made: tuple[datetime, str, str], *, full: bool
) -> bytes:
    """Return the pack; ``made`` is when, by whom and why. Personal numbers are masked unless
    ``full``."""
    parts = {
        name: [row if full else _masked(row) for row in rows]
        for name, rows in evidence.parts.items()
    }
    files = {f"{name}.jsonl": _lines(rows) for name, rows in parts.items()}
    files[INDEX] = _index(evidence.number, parts, made, full=full).encode()
    files[MANIFEST] = _manifest(evidence.number, files, made, cipher)
    return _zip(files)


def check(raw: bytes, cipher: Cipher | None = None) -> str:
    """Return what is wrong with a pack, '' when nothing is; without a key only the hashes count."""
    try:
        with ZipFile(BytesIO(raw)) as archive:
            files = {name: _read(archive, name) for name in archive.namelist()}
    except (BadZipFile, OSError, NotImplementedError, ValueError, EOFError):
        return "压缩包本身损坏，目录读不出来"
    damaged = [name for name, content in files.items() if content is None]
    if damaged:
        return f"{damaged[0]}：内容与压缩包的校验和不符"
    whole = {name: content for name, content in files.items() if content is not None}
    return _wrong_file(whole, cipher) or _wrong_shell(raw, whole)


def _read(archive: ZipFile, name: str) -> bytes | None:
    try:
        return archive.read(name)
    except (BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError):
        return None


def _wrong_file(files: Mapping[str, bytes], cipher: Cipher | None) -> str:
    """Compare each file with the manifest, and the manifest with its signature."""
    try:
        manifest: dict[str, Any] = json.loads(files[MANIFEST])
        signed, named = str(manifest.pop("signature")), dict(manifest["files"])
    except (KeyError, ValueError, TypeError):
        return f"{MANIFEST}：读不出来或不完整"
    for name, content in sorted(files.items()):
        if name != MANIFEST and named.get(name) != hashlib.sha256(content).hexdigest():
            return f"{name}：内容与清单里的 SHA-256 不符"
    if missing := sorted(named.keys() - files.keys()):
        return f"{missing[0]}：清单里有，包里没有"
    if cipher and cipher.sign(_plain(manifest)) != signed:
        return f"{MANIFEST}：签名不对，清单被改过或不是本机构出的"
    return ""


def _wrong_shell(raw: bytes, files: Mapping[str, bytes]) -> str:
    """Whatever differs although every file is right lies in the archive's own words."""
    again = _zip(files)
    if again == raw:
        return ""
    places = (n for n, (a, b) in enumerate(zip(again, raw, strict=False)) if a != b)
    place = next(places, min(len(again), len(raw)))
    return f"压缩包第 {place + 1} 个字节被改过（不在文件内容里）"


# A pack that hides its own case number, its times or its hashes proves nothing.
_PLAIN: Final = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d)?|(?:CP|CL|TK|AP)\d{12,24}(?!\d)|[0-9a-f]{64}"
)


def _cut(text: str) -> list[str]:
    """Return a text in pieces: those that stay as they are, and what is between them."""
    pieces, last = list[str](), 0
    for match in _PLAIN.finditer(text):
        pieces += [text[last : match.start()], match.group()]
        last = match.end()
    return [*pieces, text[last:]]


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(part if _PLAIN.fullmatch(part) else mask(part) for part in _cut(value))
    if isinstance(value, Mapping):
        return {key: _masked(part) for key, part in value.items()}
    return [_masked(part) for part in value] if isinstance(value, list | tuple) else value


def _lines(rows: list[Any]) -> bytes:
    return b"".join(_plain(row) + b"\n" for row in rows)


def _plain(row: Any) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode()


def _manifest(
    number: str, files: Mapping[str, bytes], made: tuple[datetime, str, str], cipher: Cipher
) -> bytes:
    at, by, why = made
    said = {
        "complaint": number,
        "made_at": at.isoformat(),
        "made_by": by,
        "reason": why,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return _plain({**said, "signature": cipher.sign(_plain(said))})


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(ZipInfo(name, _DATE), content)
    return out.getvalue()


def _index(
    number: str, parts: Mapping[str, list[Any]], made: tuple[datetime, str, str], *, full: bool
) -> str:
    at, by, why = made
    sections = "".join(
        f"<h2>{title}（{len(parts[name])}）</h2>{_table(parts[name])}"
        for name, title in _TITLES.items()
    )
    masked = "" if full else "手机号、证件号已脱敏。"
    return (
        f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>证据包 {number}</title>"
        "<style>body{font:14px/1.6 sans-serif;margin:2rem}table{border-collapse:collapse}"
        "td,th{border:1px solid #ccc;padding:.2rem .4rem;vertical-align:top;"
        "word-break:break-all;max-width:40rem}</style>"
        f"<h1>投诉 {number} 的证据包</h1><p>{at:%Y-%m-%d %H:%M} 由 {escape(by)} 生成，"
        f"事由：{escape(why)}。{masked}每个文件的 SHA-256 在 {MANIFEST}；"
        f"核对：anda audit check 文件.zip。</p>{sections}</html>"
    )


def _table(rows: list[Any]) -> str:
    if not rows:
        return "<p>没有</p>"
    names = [name for name in rows[0] if name not in _LEFT_OUT]
    head = "".join(f"<th>{escape(_LABELS.get(name, name))}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_said(row.get(name)))}</td>" for name in names) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


_LABELS: Final = {
    "at": "时间", "actor": "谁", "kind": "事项", "data": "内容", "what": "看了什么",
    "reason": "为什么", "detail": "说明", "subject": "关于", "hash": "链上哈希",
    "previous": "上一行哈希", "digest": "内容摘要", "seq": "链上序号", "source": "哪张表",
    "source_id": "第几行", "number": "编号", "status": "状态", "severity": "严重度",
    "category": "业务环节", "dispute": "纠纷类型", "capacity": "身份", "owner": "经办人",
    "channel": "渠道", "facts": "登记内容", "decision": "决定", "outcome": "结论",
    "position": "投诉人的态度", "root_cause": "根因", "received_at": "收到时间",
    "decided_at": "决定时间", "closed_at": "办结时间", "updated_at": "最后改动",
    "due_on": "最晚答复日", "due_at": "下一个期限", "rung": "上抬到", "line": "险种",
    "policy_number": "保单号", "claim_number": "报案号", "joined_to": "并入",
    "conversation_id": "会话", "customer_id": "客户", "author": "谁说的", "body": "内容",
    "sent_at": "发出时间", "score": "分数", "comment": "评语", "answered_at": "答复时间",
}  # fmt: skip
_LEFT_OUT: Final = ("lease_by", "lease_until", "dedupe_key", "provider_id", "phone_blind", "key")


def _said(value: Any) -> str:
    if isinstance(value, Mapping) and "text" in value:
        return str(value["text"])
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)
