"""同意与撤回：要敏感信息之前单独问一次，记下版本；撤回和同意一样方便。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.choice import Choice

_ANSWER = Choice(
    (
        ("no", "不同意", r"不同意|不行|拒绝|不可以|不要|算了|不想|不愿|不给|不$"),
        ("yes", "同意", r"(?<!不)同意|可以|行|好的?|没问题|^嗯|^对|^是"),
    )
)


class AskConsent(Flow):
    """Ask for a consent that the flow behind needs (PIPL 13, 28–31); a gate like the proof."""

    name = "ask_consent"
    title = "征求同意"
    gate = True
    keeps_draft = False
    taps = ("征求同意",)

    answer = Slot(
        _ANSWER,
        label="是否同意",
        ask="您同意吗？",
        buttons=("同意", "不同意"),
        help="上面写了收什么、做什么用。同意了才收，随时可以撤回；不同意也能办别的事，或者回复「人工」。",
        deferrable=False,
        shown=False,
    )

    @property
    def code(self) -> str:
        """Return which consent it is about."""
        gate = self.kept.get("gate")
        return str(gate.get("code", "")) if isinstance(gate, dict) else ""

    @property
    def confirm(self) -> bool:
        """The answer is the confirmation."""
        return False

    @property
    def over(self) -> bool:
        """Who does not agree is not asked again here, and loses nothing else."""
        return self.answer == "no" or not self.code

    def opening(self, office: BackOffice) -> list[Reply]:
        """Show the text and its version before the question."""
        if not self.code:
            return []
        text = office.consent_text(self.code)
        return [Reply(f"【{text.title}】（版本 {text.version}）\n{text.text}")]

    def progress(self, office: BackOffice) -> list[Reply]:
        """Say what not agreeing means."""
        if self.answer != "no":
            return []
        return [
            Reply(
                "好的，不收集。这件事可以请工作人员用别的方式办，其他服务不受影响。",
                ("转人工",),
            )
        ]

    def submit(self, office: BackOffice) -> Outcome:
        """Record the consent; the flow behind goes on by itself."""
        office.give_consent(self.code, "chat")
        return Outcome()


class WithdrawConsent(Flow):
    """Take consents back in chat, at once (PIPL 15)."""

    name = "withdraw_consent"
    title = "撤回同意"
    keeps_draft = False
    taps = ("撤回同意", "撤回授权同意", "我同意过什么", "不同意了")
    told_by = (
        r"(?:我想|我要|帮我|怎么)?(?:撤回|撤销|取消|收回)(?:我的?)?(?:全部|所有|之前)?的?"
        r"(?:隐私|信息|个人信息)?(?:处理|使用)?的?同意(?:书|了)?"
    )

    @property
    def confirm(self) -> bool:
        """It takes effect at once, as easily as it was given."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Take back all that was given and say what follows from it."""
        given = office.consents()
        if not given:
            return Outcome.say("您现在没有有效的同意记录，不用撤回。", "隐私说明", "转人工")
        if "什么" in self.utterance:
            lines = [f"· {text.title}（版本 {text.version}）" for text in given]
            return Outcome.say("您现在同意的有：\n" + "\n".join(lines), "撤回同意", "隐私说明")
        for text in given:
            office.withdraw_consent(text.code)
        lines = [f"· {text.title}：{text.withdraw}" for text in given]
        return Outcome.say(
            "已经撤回，马上生效：\n" + "\n".join(lines), "隐私说明", "删除我的信息", "转人工"
        )
