"""保单解读：不知道问的是哪一条时，请客户把那句话发来，或者核对身份后对着保单讲。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class PolicyExplain(Flow):
    """Help with a policy that is hard to read, where the knowledge base does not know the words."""

    name = "policy_explain"
    title = "看懂保单"
    knowledge_first = True
    keeps_draft = False
    taps = ("看懂保单",)
    examples = ("保单看不懂", "特别约定写的是什么意思", "帮我解释下保单上这一条")

    @property
    def confirm(self) -> bool:
        """Advice needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Ask for the very words, or lead to the customer's own policy."""
        return Outcome.say(
            "看不懂很正常，我陪您一条一条看。把不明白的那个词或那句原话发给我就行，"
            "比如「绝对免赔率」「特别约定」。\n想对着您自己的保单看，点「查保单」，核对身份后就能看到保了什么、"
            "免赔怎么约定；条款有争议的地方，请转人工同事给您说明。",
            "查保单",
            "转人工",
        )
