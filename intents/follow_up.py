"""办完之后的按钮：补照片、催一下、补充投诉、已解决。"""

from __future__ import annotations

import re

from bot.back_office import BackOffice
from bot.dialogue.claim_choice import offer, offered, which_claim, with_choices
from bot.dialogue.claim_words import hurried
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.pattern import Pattern
from bot.dialogue.slot_types.photos import photos
from bot.dialogue.slot_types.text import free_text

_DONE = Pattern(r"好了|发完|传完|完了|没了|没有了|就这些|就这几?张|可以了|行了|齐了")


_MORE = re.compile(
    r"^(再|还要|还想|我要|我想|我再)?补充(一?[点下条]|说明|投诉|内容|几句)?[:：,，。 ]*"
)
_A_SENTENCE = 4


class ClaimPhotos(Flow):
    """Hang photos on a claim that was reported before."""

    name = "claim_photos"
    title = "补充理赔材料"
    keeps_draft = False
    taps = ("补照片", "补理赔材料", "补材料", "传照片")
    sounds_like = (
        r"^(?:我|那)?(?:还|再)?(?:能不能|能|可以|可不可以|想|要|怎么|咋|如何|在哪儿?|往哪儿?)?(?:再|去)?"
        r"(?:补|传|发|加|上传)(?:交|传|拍|充)?[一几两]?(?:张|点|些|下|个)*(?:理赔的?|现场的?|事故的?)?"
        r"(?:照片|图片?|相片|材料|资料)(?:给你们?|过去|过来)?(?:行|可以|成)?[吗么嘛呢啊吧?？]*$"
    )

    which = which_claim("您有几件办着的案子，照片是哪一件的？", "没有这个报案，请看看号码。")
    photos = Slot(photos, label="照片", ask="请发照片。", optional=True, adds=True)
    done = Slot(
        _DONE,
        label="照片",
        ask="现在可以发照片了，一张一张发就行，发完回复「好了」。",
        buttons=("好了",),
        help="现场全景、碰撞部位、双方车牌、证件和发票都可以拍照发来；发完回复「好了」。",
    )

    @property
    def confirm(self) -> bool:
        """Photos need no yes."""
        return False

    @property
    def number(self) -> str:
        """Return the claim that the photos are for."""
        return str(self.which or self.kept.get("number") or "")

    def begin(self, office: BackOffice) -> None:
        """Find the claim; photos that were sent just before hang on it at once."""
        views = office.claims()
        running = [view.number for view in views if view.open] or [v.number for v in views[:1]]
        number = office.claim_for_photos() or (running[0] if len(running) == 1 else "")
        self.kept["number"] = number
        self.kept["hung"] = office.attach_photos(number) if number else 0
        self.kept["none"] = not running
        offer(self, running)

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say which claim it is, as far as that is clear."""
        if not self.number:
            return []
        hung = self.kept.get("hung")
        already = f"，前面发的照片已经加进去了（一共 {hung} 张）" if hung else ""
        view = next(iter(office.claims(self.number)), None)
        guide = view.photo_guide if view else ""
        other = "是另一件的话，请说报案号。" if len(offered(self)) > 1 else ""
        text = f"照片会加到报案 {self.number} 里{already}。{other}{guide}{self._wanted(office)}"
        return [Reply(text)]

    def _wanted(self, office: BackOffice) -> str:
        """Name the papers that are still missing; what came is not asked for again."""
        view = next(iter(office.claims(self.number)), None)
        return f"还缺：{'、'.join(view.missing)}。" if view and view.missing else ""

    def prompt(self) -> Reply:
        """Offer the numbers where it must be asked which claim it is."""
        return with_choices(self, super().prompt())

    def progress(self, office: BackOffice) -> list[Reply]:
        """Hang every photo at once, so that none is lost when the customer just leaves."""
        if not self.number or self.done or not (self.photos or self.which):
            return []
        count = office.attach_photos(self.number)
        if not count:
            return [Reply(f"好的，照片会加到报案 {self.number} 里。")]
        return [Reply(f"收到，已经加到报案 {self.number} 里（一共 {count} 张）。")]

    @property
    def relevant_claim(self) -> bool:
        """Tell whether there is a claim to hang photos on."""
        return not self.kept.get("none")

    def pending(self) -> Slot[object] | None:
        """Ask for nothing where there is no claim."""
        return super().pending() if self.relevant_claim else None

    def submit(self, office: BackOffice) -> Outcome:
        """Close with what was received, or tell what to do first."""
        if not self.relevant_claim:
            return Outcome.say(
                "没有查到您在这里报的案。正在报案的话，照片直接发过来就行，会一起存进这次报案；"
                "以前报过的点「查理赔进度」，核对手机号之后就能补材料了。",
                "报案",
                "查理赔进度",
                "转人工",
            )
        count = office.attach_photos(self.number)
        text = f"好的，报案 {self.number} 现在一共有 {count} 张照片，理赔人员看得到。"
        text += self._wanted(office)
        return Outcome.say(text, "查理赔进度", "转人工")


class ClaimReminder(Flow):
    """Hurry a claim on: its owner is told, and the customer hears who answers by when."""

    name = "claim_reminder"
    title = "催办"
    keeps_draft = False
    taps = ("催一下", "催办", "帮我催一下")

    which = which_claim("您有几件办着的案子，要催哪一件？", "没有这个办着的报案，请看看号码。")

    @property
    def confirm(self) -> bool:
        """A reminder needs no yes."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Find the claim that is meant."""
        running = [view.number for view in office.claims() if view.open]
        self.kept["number"] = running[0] if len(running) == 1 else ""
        offer(self, running)
        self.kept["words"] = self.utterance[:500]

    def prompt(self) -> Reply:
        """Offer the numbers to choose from."""
        return with_choices(self, super().prompt())

    def submit(self, office: BackOffice) -> Outcome:
        """Tell the owner; without a claim somebody calls back all the same."""
        number = str(self.which or self.kept.get("number") or "")
        words = str(self.kept.get("words") or self.utterance)
        urged = office.urge_claim(number, words) if number else None
        if urged is None:
            return self._call_back(office, words)
        return Outcome.say(hurried(urged), "查理赔进度", "投诉", "转人工")

    def _call_back(self, office: BackOffice, words: str) -> Outcome:
        number = office.open_ticket("callback", {"about": "", "words": words[:500]})
        promise = office.fact("callback_promise") or "尽快"
        return Outcome.say(
            f"已经帮您催了：您的事情登记了回电，编号 {number}，"
            f"{promise}会有同事给您回电话说明进展。"
            "不满意的话也可以直接投诉。",
            "投诉",
            "转人工",
        )


class ComplaintMore(Flow):
    """Add something to a complaint that was filed before."""

    name = "complaint_more"
    title = "补充投诉内容"
    taps = ("补充投诉材料", "补充投诉")
    sounds_like = r"^(再|还要|还想|我要|我想|我再)?补充(一?[点下条]|说明|投诉|内容|几句|[:：,，])"

    words = Slot(
        free_text,
        label="补充的内容",
        deferrable=False,
        ask="您想补充什么？直接说就行，我会原样转给处理您投诉的同事。",
    )

    @property
    def confirm(self) -> bool:
        """The words are passed on as they are."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Who has said it already is not asked again."""
        told = _MORE.sub("", self.utterance).strip()
        if self.utterance not in self.taps and len(told) >= _A_SENTENCE:
            self.values["words"] = told

    def submit(self, office: BackOffice) -> Outcome:
        """Put the words into the newest complaint, or keep them for whoever looks for one."""
        newest = next(iter(office.complaints()), None)
        if newest and office.add_to_complaint(newest.number, str(self.words)):
            text = f"收到，已经补充到投诉 {newest.number} 里，处理您投诉的同事看得到。"
            return Outcome.say(text, "查投诉进度", "转人工")
        number = office.open_ticket("complaint_supplement", {"words": self.words})
        return Outcome.say(
            f"收到，已经补充到您的投诉里，记录编号 {number}。", "查投诉进度", "转人工"
        )


class Solved(Flow):
    """Be glad with the customer."""

    name = "solved"
    title = "已解决"
    taps = ("已解决", "解决了")

    @property
    def confirm(self) -> bool:
        """Thanks need no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Say goodbye, and that we are here."""
        office.mark_solved(solved=True)
        return Outcome.say("能帮上您就好。以后有事随时找我，祝您平安顺利。")
