"""The name of the person who reports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import TextValue

_DOUBLE = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|宇文|长孙|南宫|呼延|独孤"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余"
    "杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙"
    "史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
    "殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛"
    "靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简项连芦麦褚娄窦戚岑景党宫费卜冷"
    "晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑甄丛仲虞敖巩佘池查苑迟邝阎"
    "匡鞠楚展蔚"
)
NAME = rf"(?:(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
_CUED = re.compile(
    r"(?:我(?:名字)?叫|我的?(?:名字|姓名)(?:是|叫|:)|姓名(?:是|为|叫|[: ])*"
    r"|名字(?:是|叫|[: ])+|(?:报案|联系)人(?:姓名)?(?:是|叫|[: ])*|本人)"
    rf"({NAME})(?=$|[\s,。;!、0-9\0的]|手机|电话|报案|我|车牌|津|身份证|是)"
)
_SURNAME = re.compile(
    rf"(?<![贵您你他她])(?<!顾客)(?<!客人)(?<!对方)(?<!伤者)(?<!司机)(?<!工人)(?<!员工)姓(?:是|:)?({_DOUBLE}|[\u4e00-\u9fff])(?<![嘛啥什名氏甚哪谁])"
    r"(?![\u4e00-\u9fff])"
)
_MY_SURNAME = re.compile(rf"(?:我|本人|免贵)(?:免贵)?姓({_DOUBLE}|[{_SURNAMES}])")
_BEFORE_PHONE = re.compile(
    rf"(?:^|[\s,。;、\0])({NAME})[\s,:]{{0,2}}(?=\+?(?:86)?1[3-9][\d \-]{{9}}|\0{{11}})"
)
# Words that begin with a surname's character and may stand before a number.
_NOT_A_NAME = re.compile(
    r"电话|手机|号|车|谢|报|没|我|方便|路|道|街|桥|县|区|镇|村|是|不|了|的|时|和平|河|联系|安全"
    r"|万一|能|单|全责|明天|平安|应该|白色|成功|任何|高速|何时|马上|于是|包|回头|解决|许多|连|常"
    r"|关|简单|文件|查勘|司机|严重|师傅|先生|女士|对方"
)
_TITLED = re.compile(
    rf"(?:我是|免贵|叫我|姓)?({_DOUBLE}|[{_SURNAMES}])(?:先生|女士|小姐|师傅|姐|哥|大爷|阿姨|老师)"
)
_REPLY = re.compile(
    r"(?:我?叫|我是|姓名|名字|本人|是|叫|[: ])*+"
    rf"({NAME}|[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff]{{1,5}}·[\u4e00-\u9fff·]{{1,8}})"
)
_ENDING = re.compile(r"(?:先生|女士|小姐|师傅|啊|呀|哦|吧|呢|哈)+$")
_NO_REPLY = re.compile(
    r"不|没|什么|怎么|人工|投诉|报案|算了|取消|谢|等|为|吗|呢|好的|可以|以后|跳过|知道|的$|了"
    r"|你|您|车|对|我|同一|一样|一回事|自己|电话|手机|号码|单方|全责|姓名|名字|贵姓|确认|提交|查询|理赔|保险"
)


@dataclass(frozen=True)
class PersonName(TextValue):
    """A Chinese name, or just a surname."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return a name that is called one, or that stands before a telephone number."""
        if match := _CUED.search(text) or _MY_SURNAME.search(text) or _SURNAME.search(text):
            return Found(match[1], match.span(1), 0.95)
        match = _BEFORE_PHONE.search(text)
        if match is None or _NOT_A_NAME.search(match[1]):
            return None
        return Found(match[1], match.span(1), 0.8)

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the name; asked for it, any two to four characters are one."""
        if found := self.find(text, now):
            return found
        for piece in re.finditer(r"[^\s,。;!?、\d\0]+", text[:60]):
            name = _TITLED.fullmatch(piece.group()) or _REPLY.fullmatch(
                _ENDING.sub("", piece.group())
            )
            if name and not _NO_REPLY.search(name[1]):
                start = piece.start() + name.start(1)
                return Found(name[1], (start, start + len(name[1])), 0.8)
        return None


person_name = PersonName()
