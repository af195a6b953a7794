"""事故处理与理赔流程：按先后说步骤，不判责、不劝私了。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class ClaimGuide(Flow):
    """Tell the steps after an accident."""

    name = "claim_guide"
    title = "理赔流程"
    knowledge_first = True
    taps = (
        "理赔流程",
        "事故怎么处理",
    )
    examples = ("出了事故先干什么", "理赔流程是怎么样的", "撞车了用不用报警")

    # «撤案» asks how to take a report back; the steps after an accident are no answer.
    asked_by = (
        r"(?:我?不(?:想|用)?报案?了[ ,，。]*)?(?:我?(?:想|要|申请))?"
        r"(?:把?(?:刚才|那个|这个)?(?:案子|报案))?"
        r"(?:撤案|撤销报案|撤了|销案)(?:了|吧|行吗|可以吗)?[?？。!！]*"
    )
    # A sum without a product is about one's own accident: steps, never a figure.
    sounds_like = (
        r"我?(?:就是|只是|就)?(?:想|要)?(?:问问|问一下|问下|知道)?(?:我?这个?)?"
        r"(?:能|会|可以|大概|到底|得){0,3}赔(?:我|给我)?(?:多少|几个)钱?[啊呀呢吗]?[?？]?"
    )

    @property
    def confirm(self) -> bool:
        """A piece of information needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Say it, and offer what comes next."""
        return Outcome.say(
            "1、先看人：有人受伤拨 120、122，起火拨 119，别移动伤者。\n"
            "2、没人受伤、车能动：拍下全景、碰撞部位、双方车牌和证件，再把车挪到不挡路的地方；"
            "对责任有争议、车动不了或对方离开的，报警等交警。\n"
            "3、在这里报案拿报案号，越早越好，通常要求 48 小时内。\n"
            "4、查勘定损后再修车，按清单交材料；核定后按协议付款。\n"
            "责任由交警认定，能不能赔、赔多少以核定为准。",
            "报案",
            "要哪些材料",
            "转人工",
        )
