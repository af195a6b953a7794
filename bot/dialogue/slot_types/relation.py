"""How the person who reports is related to the insured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.plain import stated

_FAMILY = (
    r"(?:丈母娘|老丈人|岳父|岳母|公公|婆婆|父亲|母亲|爸妈|爸爸?|妈妈?|老爹|老娘|老爷子"
    r"|老太太|老公|老婆|媳妇儿?|爱人|对象|丈夫|妻子|先生|太太"
    r"|儿子|闺女|女儿|孩子|姑娘|小子|孙子|孙女|外甥女?|侄子|侄女|爷爷|奶奶|姥姥|姥爷"
    r"|外公|外婆|哥哥?(?!们|儿们)|弟弟?(?!们)|姐夫?|姐姐|妹夫?|妹妹|嫂子"
    r"|姑姑?|姑父|姨妈?|姨夫|舅舅?|舅妈|叔叔?|婶婶?|大爷|大妈|伯伯?|伯母|表[哥弟姐妹]"
    r"|堂[哥弟姐妹]|亲戚|家里?人|家属|二大爷|小姨子?|[大小]舅子)"
)
_FRIEND = (
    r"(?:同学|朋友|哥们儿?|姐们儿?|闺蜜|战友|室友|发小儿?|邻居(?:大[姐哥妈爷])?|同事|街坊|老乡)"
)
_OTHER = r"(?:老板|客户|单位|公司|领导|业主|雇主|东家|车主|车队|租客|房东|乘客|学员)"
# What follows makes the person the one concerned, not merely somebody mentioned.
_CONCERNED = (
    r"(?:们)?(?:家)?(?:的)?(?:车|房|家(?!里人)|骑|开(?:车|着|的|我)|那辆?车|自己|遛|出门|送|接"
    r"|坐|倒车|停车|骑|学校|体育课|放学|上学|下楼|上楼|早上|上午|下午|中午|晚上|昨|今|前天|刚|上周|上礼拜"
    r"|走(?:路|着)|摔|崴|滑倒|让|被|给(?:人|车)|叫|"
    r"买的|保险|保单|意外险|出(?:了|事|险)|撞|手|腿|脚|胳膊|头|在[^,。 ]{1,12}(?:摔|滑"
    r"|崴|跌|撞|被|让|剐|蹭|受伤)|跌|受伤|住院|报|店|厂)"
)
_FOR = r"(?:替|帮|代|给(?=[^,。 ]{1,8}报))着?(?:我们?|俺|咱|个|一个|一位)?(?:家)?"
_SELF = re.compile(
    r"(?:我自己|本人|我本人|自己)(?:的|在)?(?:开|驾|车|的?车|报|骑|一个人开)"
    r"|我(?:就)?是(?:车主|被保险人|投保人|本人|驾驶员|司机本人)(?!的)"
    r"|是我(?:自己|本人)(?:的车|开)|车是我(?:自己)?的"
)
_OF_FAMILY = re.compile(
    rf"{_FOR}{_FAMILY}|(?:我|俺|咱)(?:家|们家|的)?(?:大|小|二|老|三|亲)?{_FAMILY}{_CONCERNED}"
    rf"|(?:^|[\s,。])(?:大|小|二)?{_FAMILY}的车"
    rf"|我(?:就)?是(?:车主|被保险人|投保人|[他她]|本人)(?:家|们家)?的?{_FAMILY}"
)
_OF_FRIEND = re.compile(
    rf"{_FOR}(?:单位|公司|一个)?的?{_FRIEND}"
    rf"|(?<![着了到上跟和把与被让]){_FRIEND}(?:家?的(?:车|房)|车|家的?店|让我|托我|叫我)"
    rf"|(?:我|俺)(?:一?个)?{_FRIEND}{_CONCERNED}"
)
_OF_OTHER = re.compile(
    rf"{_FOR}{_OTHER}|我(?:们)?是(?:修理厂|4[Ss]店|代驾|路人|对方|物业|三者|第三者|受害|被撞|货代)"
    rf"|{_OTHER}的(?:车|货)|(?:单位|公司)的?车"
)
_BY_ROLE = (("family", _OF_FAMILY), ("friend", _OF_FRIEND), ("other", _OF_OTHER))
_CALL = re.compile(r"(?:给|让|叫|找|打)[^,。 ]{0,8}(?:打电话|打了?个?电话|回电|送|接|拿)")


@dataclass(frozen=True)
class Relation:
    """Self, family, friend or other."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the relation where it is said."""
        text = stated(text)
        for value, pattern in _BY_ROLE:
            match = pattern.search(text)
            if match and not _CALL.match(text, match.start()):
                return Found(value, match.span(), 0.9)
        match = _SELF.search(text)
        return Found("self", match.span(), 0.9) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the relation said, numbered or tapped."""
        return self.find(text, now) or _CHOICE.answer(text, now)

    def dump(self, value: str) -> Json:
        """Return the code."""
        return _CHOICE.dump(value)

    def load(self, raw: Json) -> str:
        """Return the code; raise ValueError for an unknown one."""
        return _CHOICE.load(raw)

    def show(self, value: str) -> str:
        """Return the code in Chinese."""
        return _CHOICE.show(value)


_CHOICE = Choice(
    (
        ("self", "本人", r"本人|自己|我就是|我的|车主|是我|被保险人"),
        ("family", "家人", _FAMILY + "|家人|一家人|两口子|亲属"),
        ("friend", "朋友/同事", _FRIEND),
        ("other", "其他", _OTHER + "|别人|其他|代办|路人|没关系"),
    )
)

relation = Relation()
