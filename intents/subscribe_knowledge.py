"""订阅保险知识：同意以后才推送，每月最多几条，随时退订。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class SubscribeKnowledge(Flow):
    """Agree to pushes of the content calendar (S7); the consent gate asks, this says thanks."""

    name = "subscribe_knowledge"
    title = "订阅保险知识"
    keeps_draft = False
    taps = ("订阅保险知识", "订阅知识推送")
    told_by = (
        r"(?:我想|我要|怎么|帮我)?(?:订阅|关注|接收|收)(?:一下)?(?:你们的?)?(?:保险)?知识(?:推送)?"
    )

    @property
    def confirm(self) -> bool:
        """The consent is the confirmation."""
        return False

    @property
    def needs_consent(self) -> str:
        """Nobody is sent anything of the kind without having said yes."""
        return "marketing"

    def submit(self, office: BackOffice) -> Outcome:
        """Say what comes, how often, and how to end it."""
        return Outcome.say(
            "已为您订阅保险知识，每月最多 2 条，有未办结的案件或投诉时不发。"
            "不想收了，随时回复「退订」。"
        )
