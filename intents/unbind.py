"""解绑：把这个账号和客户档案断开，马上生效。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class Unbind(Flow):
    """End the binding of this channel identity at once."""

    name = "unbind"
    title = "解绑"
    taps = ("解绑", "解除绑定", "取消绑定", "解绑账号", "退出登录", "这不是我的手机")
    told_by = (
        r"(?:我想|我要|帮我|怎么|请)?(?:把)?(?:我的?|这个)?(?:账号|微信|保单|身份|手机号?)?"
        r"(?:给我)?(?:解绑|解除绑定|取消绑定|解绑了?)(?:掉|了|一下|吧)*"
    )

    @property
    def confirm(self) -> bool:
        """It takes effect at once; binding again is as easy."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """End it, the same words for whoever was bound or not asked twice."""
        if office.unbind("customer asked"):
            return Outcome.say(
                "已经解绑：从现在起这个账号查不到您的保单，再查要重新核对身份。"
                "要是手机丢了或者有人冒用，请马上回复「人工」。",
                "身份核验",
                "转人工",
            )
        return Outcome.say("这个账号现在没有绑定客户，不用解绑。", "身份核验", "转人工")
