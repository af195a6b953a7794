"""The pages around a document, drawn once each; their style is allowed by its hash."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

_STYLE = (
    "body{font:16px/1.7 system-ui,-apple-system,'PingFang SC','Noto Sans CJK SC',sans-serif;"
    "color:#1f2933;background:#f4f7fa;margin:0}"
    "main{max-width:30rem;margin:8vh auto;padding:1.5rem;background:#fff;border-radius:12px;"
    "box-shadow:0 1px 6px #0002}"
    "h1{font-size:1.3rem;margin:0 0 .5rem;color:#164e7a}"
    "label{display:block;font-weight:600;margin-top:1rem}"
    "input,button,select,textarea{font:inherit;width:100%;box-sizing:border-box;padding:.7rem;border-radius:8px}"
    "input,select,textarea{border:1px solid #7b8794;margin:.3rem 0 1rem}"
    "button{border:0;background:#164e7a;color:#fff;min-height:48px}"
    ".wrong{color:#b42318}.small{font-size:.875rem;color:#52606d}"
    "@media(prefers-color-scheme:dark){body{background:#10161d;color:#e4e7eb}"
    "main{background:#1b2530}h1{color:#8cc4f0}input{background:#10161d;color:inherit}"
    ".small{color:#9fb3c8}.wrong{color:#ff9b8f}}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Pages:
    """The three pages a visitor may see."""

    hotline: str

    @cached_property
    def ask(self) -> bytes:
        """Return the page that asks for the document's tail."""
        return self._page("打开电子保单", form=True)

    @cached_property
    def ask_again(self) -> bytes:
        """Return the same after a wrong tail."""
        return self._page("打开电子保单", form=True, wrong=True)

    @cached_property
    def gone(self) -> bytes:
        """Return the page for whatever is not there."""
        return self._page(
            "页面不存在",
            text="链接不对、已经过期或者用完了。请回到对话里说“电子保单”，重新要一个。",
        )

    @cached_property
    def rate(self) -> bytes:
        """Return the page that asks for a score."""
        return self._page("请您打个分", survey=True)

    def upload(self, claim: str) -> bytes:
        """Return the page that takes photos for a claim."""
        return self._page("补充理赔材料", upload=claim)

    def said(self, title: str, words: str) -> bytes:
        """Return a page that only says something."""
        return self._page(title, text=words)

    def _page(self, title: str, **values: object) -> bytes:
        folder = Path(__file__).parent / "templates"
        environment = Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape())
        page = environment.get_template("paper.html")
        return page.render(title=title, style=_STYLE, hotline=self.hotline, **values).encode()
