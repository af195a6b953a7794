"""评价与退订：一句话打分，退订当场生效。"""

from __future__ import annotations

import re
from datetime import datetime

from bot.back_office import BackOffice
from bot.dialogue import stop_words
from bot.dialogue.again_words import AGAIN
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.fold import fold
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.pattern import Pattern

_STOP = re.compile(
    r"退\s*订|停了|停掉|别再?[发给推]|不[要许准用]再?[发推]|不想(再?接|收)|取消.{0,6}(短信|简讯|简訊|推送|订阅|祝福)|^[tT][dD]?$|够了|^(?:unsubscribe|stop)$"
    r"|(?:别|不要|不许|不准|甭|勿)(?:再|老|总|给我|天天|往我)*(?:拨?打|来)(?:推销|营销|骚扰)?电话"
    # «别打了» may be cried out by somebody who is beaten.
    r"|(?:别|不要|不许|不准|甭|勿)(?:再|老|总|天天)+拨?打(?:我|了)|别联系|拒收"
)
_WHY = re.compile(
    r"(为什么|为啥|为嘛|凭什么|怎么|干嘛|干吗|咋|老|总|天天|一直|频繁|整天).{0,10}(发|推|骚扰|打扰|打电话)"
)
_LABELS = {"renewal": "续保提醒", "survey": "回访和调查", "marketing": "推广类消息"}
_CATEGORIES = (
    ("renewal", rf"(?:推送)?{stop_words.RENEWAL}|续保|到期提醒|不续"),
    ("survey", rf"(?:推送)?{stop_words.SURVEY}|满意度"),
    ("marketing", stop_words.MARKETING),
)
_DIGITS = dict(zip("一二两三四五", (1, 2, 2, 3, 4, 5), strict=True)) | {
    str(n): n for n in range(1, 6)
}
_AGAIN = re.compile(
    r"(恢复|重新).{0,6}(推送|推广|短信|消息|提醒|订阅|接收|发)|取消退订|还是(发|要)吧"
    # «别再发短信了» asks for the contrary.
    r"|^(?!.*(?:别|不(?!好意思)|甭|勿|少|停)).*再.{0,6}(推送|推广|短信|消息|提醒|订阅|接收|发)"
)
_AGAIN_WISH = re.compile(AGAIN)
# «139…», «15分», «五分钟», «三点零五分» hold figures and no score.
_SCORE = re.compile(
    r"(?<![\d.:十百点零〇差过])([1-5一二两三四五])\s*(?:颗?星|分(?![钟\d一二三四五六七八九十后前]))"
    r"|^(?:我|就|打|给|评|选|那|你们?|\s)*+([1-5一二两三四五])[吧了啊呀。.!！,，\s]*$"
)
# In the order in which they are tried: «不满意» and «非常满意» both contain «满意».
_WORDS = (
    (1, re.compile(r"很差|太差|不满意|垃圾|差评|👎")),
    (2, re.compile(r"^(?:有点|比较|太)?(?:差|烂|糟|不行|不好|不太好)")),
    (5, re.compile(r"非常满意|特别好|太好了|很满意|好评|贼好|👍|👌|💯|❤")),
    (4, re.compile(r"挺好|满意|不错|不赖|真好|很好|都好|^(?:好|棒|赞)")),
    (3, re.compile(r"还行|一般|凑合|可以|马马虎虎|中评|^行")),
)
_OUT_OF_RANGE = re.compile(r"(?:打|给)?(?:0|[6-9]|10|100|[0-5]\.\d)分?[吧了。!！]*")
_RANGE = "分数是 1 到 5 的整数，5 分最满意。您看给几分？"
_STARS = re.compile(r"^\s*([★⭐🌟]{1,5})\s*$")
# Somebody wants to be called, or asks about a call: that is no score either.
_CALL = re.compile(r"打(?:给|我|过来|一?下?手机)|[来回打]个?电话|来电|回电|回访|联系我")
_WEAK = {"可以", "行", "好", "一般", "还行"}
# «别烦我» asks to be left alone; it is no score, and no wish that letters about a claim stop.
_ALONE = re.compile(
    r"别(?:再|老)?烦|烦不烦|烦死|别(?:再|老)?(?:打扰|骚扰)|没(?:空|兴趣|工夫)"
    r"|不想?(?:打分|评价?|回答)"
)


def score_of(text: str) -> int | None:
    """Return the score from 1 to 5 that ``text`` gives, if any."""
    if stars := _STARS.match(text):
        return len(stars[1])
    if match := _SCORE.search(text):
        return _DIGITS[match.group(1) or match.group(2)]
    for score, words in _WORDS:
        if found := words.search(text):
            # «可以明天打给我吗» grants nothing.
            return None if found.group() in _WEAK and _CALL.search(text) else score
    return None


_RATES = re.compile(r"评|分|调查|问卷|满意度|星")
_BARE_FIGURE = re.compile(r"^\s*[1-5]\s*$")
# What is said around a score; anything more is a word about our service.
_AROUND = re.compile(
    r"[1-5一二两三四五]|颗?星|分|打|给|评价?|你们?|这|次|服务|个|好评|差评|[吧了啊呀的。,，!！ ]"
)
_COMMENT = 3
# A telephone number, a sum, a time: none of them is a score, whatever figures are in it.
_A_SCORE = Pattern(
    rf"{_SCORE.pattern}|很差|太差|不满意|垃圾|非常满意|特别好|太好了|很满意|挺好|满意|不错",
    volunteered=False,
)


class Callback(Flow):
    """Take a rating, or stop messages, in the same turn."""

    name = "callback"
    title = "评价与退订"
    keeps_draft = False
    taps = ("退订", "T", "TD")
    sounds_like = (
        r"(恢复|重新).{0,4}(推送|推广|短信|消息|提醒|订阅)|取消退订|(短信|消息|推送|推广|广告|提醒|回访|调查).{0,8}"
        r"(停了|停掉|停一下|别再?发|不要再?发|别来|退订|取消|不要了|不收|不接)"
        r"|(停了|停掉|别再?[发推]|不要再?[发推]|取消|退订).{0,6}(短信|消息|推送|推广|广告|提醒|回访)"
    )
    told_by = (
        stop_words.but_not(
            stop_words.stops(stop_words.RENEWAL, stop_words.SURVEY, stop_words.MARKETING),
            stop_words.stops(stop_words.RENEWAL),
        )
        + rf"|{AGAIN}|退\s+订[吧了。!！]*|(?i:unsubscribe|stop)[.!！。]*"
    )
    examples = ("退订", "别给我发推销短信了", "给个五星", "不想接回访", "评价服务")

    score = Slot(
        _A_SCORE,
        label="评分",
        when=lambda f: not f.kept.get("said"),
        ask="请为我们的服务打个分，1 到 5 分，5 分最满意，直接回复数字就行。",
        buttons=("5", "4", "3", "2", "1"),
    )

    @property
    def confirm(self) -> bool:
        """Stopping must be as easy as it can be."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Ask for a score only where the first words are neither one nor a wish about messages."""
        words = (_AGAIN, _STOP, _WHY, _ALONE, _CALL, re.compile(self.told_by))
        out = _OUT_OF_RANGE.fullmatch(self.utterance.strip()) is not None
        scored = score_of(self.utterance) is not None and not out
        said = scored or any(w.search(self.utterance) for w in words)
        # Nobody is asked for a score that could be put down nowhere.
        self.kept["out"] = out
        self.kept["said"] = said or office.pending_survey() is None

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say which scores there are to whoever gave another one."""
        return [Reply(_RANGE)] if self.kept.get("out") and not self.kept.get("said") else []

    def submit(self, office: BackOffice) -> Outcome:
        """Unsubscribe, or record the rating."""
        said = fold(self.utterance).strip()
        if not self.score and (_AGAIN_WISH.fullmatch(said) or _AGAIN.search(said)):
            return self._again(office, said)
        if not self.score and (re.fullmatch(self.told_by, said) or _STOP.search(said.lower())):
            return self._unsubscribe(office)
        if _WHY.search(self.utterance) and not self.score:
            return Outcome.say(
                "给您添扰了，抱歉。推广类消息只发给同意接收的客户，保单到期、案件进展属于服务通知。"
                "不想再收推广，点一下「退订」，马上生效。",
                "退订",
                "转人工",
            )
        return self._rate(office)

    def _rate(self, office: BackOffice) -> Outcome:
        score = score_of(self.score or self.utterance)
        if score is None and _ALONE.search(self.utterance):
            return Outcome.say(
                "好的，不打扰您了，不评也没关系。以后回访和调查都不想收，点一下「退订回访」，"
                "马上生效；案子和保单的通知不受影响。",
                "退订回访",
                "转人工",
            )
        if score is None:
            return self._no_score(office)
        rated = office.rate(score, self.utterance[:500])
        if rated is None:
            if not self.score and _BARE_FIGURE.match(self.utterance):
                return Outcome.say(_NO_SURVEY, "报案", "查保单", "查理赔进度", "转人工")
            if len(_AROUND.sub("", self.utterance)) < _COMMENT:
                return Outcome.say(_NOTHING_TO_RATE.format(score=score), "投诉", "转人工")
            office.open_ticket("feedback", {"score": score, "words": self.utterance[:500]})
            if not _FIGURE.search(fold(self.utterance)):
                return Outcome.say(_HEARD[score > 2], *(() if score > 2 else ("投诉", "转人工")))
        by = rated.call_back_by if rated else None
        more = rated.topics if rated else ()
        return Outcome.say(_thanks(score, by), *more, *(() if score > 2 else ("投诉", "转人工")))

    def _no_score(self, office: BackOffice) -> Outcome:
        """Say what can be done instead: nothing that was said is a score."""
        if _CALL.search(self.utterance):
            return Outcome.say(_ABOUT_CALLS, "约个时间回电", "退订回访", "转人工")
        if self.kept.get("out") or _RATES.search(self.utterance):
            return Outcome.say(_NO_SURVEY_WAITS, "投诉", "转人工")
        if office.pending_survey() is None:
            return Outcome.say(_WHICH_WISH, "退订", "退订回访", "投诉", "转人工")
        return Outcome.say("好的，不评也没关系。有建议随时告诉我。")

    def _again(self, office: BackOffice, said: str) -> Outcome:
        """Send again what is named and nothing else; what is not named may be everything."""
        named = stop_words.named(said, _CATEGORIES)
        if not named and "提醒" in said:
            named = ("renewal",)
        for category in named or ("",):
            office.subscribe_again(category)
        labels = "、".join(_LABELS[category] for category in named) or "消息推送"
        return Outcome.say(f"已为您恢复{labels}。以后不想收了，回复「退订」就行。")

    def _unsubscribe(self, office: BackOffice) -> Outcome:
        named = stop_words.named(self.utterance, _CATEGORIES) or ("marketing",)
        for category in named:
            office.unsubscribe(category)
        labels = "、".join(_LABELS[category] for category in named)
        return Outcome.say(
            f"已为您退订{labels}，马上生效，以后不会换名义再发。保单、案件这类必要的服务通知仍会发送；"
            "想恢复时告诉我就行。"
        )


_NO_SURVEY = (
    "收到一个数字，不过我这边没有等您回答的问题。您想办什么，直接告诉我就行；"
    "想给服务打分的话，可以说「打 5 分」。"
)


# Without a survey nobody has given a score; what was said is passed on as it was said.
_FIGURE = re.compile(r"[0-9一二两三四五]\s*(?:颗?星|分)|[★⭐🌟]")
_HEARD = (
    "让您不满意了，非常抱歉。您的话我已经原样转给同事，会安排人了解情况；要我们处理的，点「投诉」。",
    "谢谢您，您的话我已经原样转给同事。",
)
_NO_SURVEY_WAITS = (
    "现在没有等您评价的那次服务，分数我没有地方记；哪里好、哪里不好，直接说一句，我原样转给同事。"
    "不满意要处理的，点「投诉」。"
)
_WHICH_WISH = (
    "您是不想再收消息，还是有别的事？不想收的点「退订」，马上生效；"
    "被打扰了、要我们处理的，点「投诉」。"
)
_ABOUT_CALLS = (
    "要我们给您打电话，点「约个时间回电」，说好几点就几点打。"
    "不想接回访电话，点「退订回访」，马上生效。"
)


_NOTHING_TO_RATE = (
    "您给了 {score} 分，谢谢。现在没有等您评价的那次服务，分数我没有地方记；"
    "哪里好、哪里不好，直接说一句，我原样转给同事。不满意要处理的，点「投诉」。"
)


def _thanks(score: int, by: datetime | None) -> str:
    """Say what will happen now, not only that we are grateful."""
    if score <= 2 and by:
        when = f"{by.month}月{by.day}日 {by:%H:%M}"
        return (
            f"收到，您打了 {score} 分。让您不满意了，非常抱歉。我已经请同事在 {when} 前给您回电，"
            "了解情况。"
        )
    if score <= 2:
        return (
            f"收到，您打了 {score} 分。让您不满意了，非常抱歉，我们会安排同事回访了解情况。"
            "愿意的话，可以直接告诉我哪里没做好。"
        )
    return f"收到，您打了 {score} 分，谢谢您。主要是哪方面，愿意的话点一下或直接告诉我。"
