"""What the branch has set up for outbound messages, read from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.errors import ConfigurationError
from bot.settings import Settings
from storage.outbound.letters import Configured, CoreLead
from storage.rules.message_templates import templates


def template_ids(settings: Settings) -> Mapping[str, tuple[str, bool]]:
    """Return our name → (the platform's template id, whether it is a subscription notice)."""
    if settings.wechat is None:
        return {}
    found: dict[str, tuple[str, bool]] = {}
    for name, value in settings.wechat.templates.items():
        if name not in templates():
            known = "、".join(templates())
            raise ConfigurationError(f"wechat.templates 里的 {name} 没有这个模板，可用：{known}")
        row = value if isinstance(value, dict) else {"id": value}
        if not row.get("id") or set(row) - {"id", "notice"}:
            raise ConfigurationError(f"wechat.templates.{name} 要写模板编号，或 {{id, notice}}")
        found[name] = (str(row["id"]), bool(row.get("notice")))
    return found


def _lead(settings: Settings) -> CoreLead | None:
    """Return how fresh the core system's word must be; None where our own tables lead."""
    rules = settings.policy_source
    return None if rules.kind == "own" else CoreLead(timedelta(minutes=rules.fresh_minutes))


def configured(settings: Settings) -> Configured:
    """Return what touches may count on."""
    return Configured(
        templates={name: notice for name, (_, notice) in template_ids(settings).items()},
        sms=settings.sms.gateway == "file" or bool(settings.sms.url),
        hotline=settings.hotline,
        signature=settings.facts.get("sms_signature", ""),
        core=_lead(settings),
    )
