"""The pages of the form; their style is allowed by its hash, and there is no script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.settings import Settings
from storage.feedback_form import LONGEST, Taken
from storage.rules.feedback import topics

_HERE = Path(__file__).parent
_STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
ROOT: Final = "/feedback"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Said:
    """What was typed, put back into the form when something is wrong with it."""

    topic: str = ""
    words: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Pages:
    """What a visitor may see."""

    settings: Settings

    @cached_property
    def _template(self) -> Template:
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        return environment.get_template("form.html")

    def form(self, token: str, said: Said, wrong: str = "") -> bytes:
        """Return the form, filled with what was said."""
        return self._page("说说您的感受", token=token, said=said, wrong=wrong)

    def taken(self, taken: Taken) -> bytes:
        """Return the thanks, with the number and what happens next."""
        return self._page("收到了", taken=taken)

    def told(self, title: str, words: str) -> bytes:
        """Return a page that says one thing."""
        return self._page(title, words_only=words)

    def _page(self, title: str, **values: Any) -> bytes:
        known = {
            "title": title,
            "style": _STYLE,
            "root": ROOT,
            "branch": self.settings.facts.get("branch_name", ""),
            "hotline": self.settings.hotline,
            "demo": self.settings.demo,
            "topics": topics(),
            "longest": LONGEST,
            "taken": None,
            "words_only": "",
            "wrong": "",
        }
        return self._template.render(**{**known, **values}).encode()
