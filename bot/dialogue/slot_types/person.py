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
# What Tianjin's people are mostly called: «王建国» out of the blue is a name, «左前门» is none.
_GIVEN = (
    "国建军伟芳娜敏静丽强磊洋艳勇杰娟涛明超秀霞平刚桂英华玉兰志红春梅海燕宁云鹏飞辉斌宇浩轩子"
    "涵梓欣怡佳琪雨桐诗思嘉俊凯博文昊天泽瑞晨阳亮晓婷婧倩雪莹琳琴慧颖萍萱菲莉蓉薇珍珠凤仙淑贞"
    "兵峰龙虎林森松柏树生成福贵财旺富荣喜庆祥瑞安康宏伟业德义仁礼智信忠孝廉正立永长久恒远振兴"
    "邦胜利跃进学武文斌彬世宝金银铁柱栋梁宗绍光耀启发展东升新民爱卫继承克勤俭守家乐友善良心"
    "思源浩然雅若依梦露紫涵一诺可欣语嫣晗悦玲芝芬芹香莲菊茹素巧惠美娇娥婉媛姗妍妮娅彤璐瑶瑾璇"
    "岩磐石川江波涌潮洪亚维希望晶鑫淼炎焱坤乾震巍峻岭岳山冬秋夏雷霆霖雯霄翔翼鸿鹤鹰骏骥驰腾"
    "钧锋锐钢锦铭钊铮键连群众普全满余有根来顺起运达通广大"
)
_BARE = re.compile(rf"(?:我?叫|我是|姓名|名字|[是: ])*([{_SURNAMES}][{_GIVEN}]{{1,2}})[,。!啊吧 ]*")
SURNAMES = _SURNAMES
NAME = rf"(?:(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
_CUED = re.compile(
    r"(?:我(?:名字)?叫|我的?(?:名字|姓名)(?:是|叫|:)|姓名(?:是|为|叫|[: ])*"
    r"|(?:^|[\s,。])我是[^,。 ]{1,6}[ ,]+叫"
    # «我是店长王一», «我是车主的老婆王芳»: who one is, and then the name
    r"|我(?:就)?是[^,。 0-9]{0,6}(?:店长|老板娘?|经理|会计|厂长|队长|主任"
    r"|老婆|老公|媳妇|爱人|妻子|丈夫|儿子|闺女|女儿|爸爸?|妈妈?)"
    r"|名字(?:是|叫|[: ])+|(?:报案|联系)人(?:姓名)?(?:是|叫|[: ])*|本人)"
    rf"({NAME})(?=$|[\s,。;!、0-9\0的]|手机|电话|报案|我|车牌|津|身份证|是)"
)
_SURNAME = re.compile(
    rf"(?<![贵您你他她])(?<!顾客)(?<!客人)(?<!对方)(?<!伤者)(?<!司机)(?<!工人)(?<!员工)(?<!车主)(?<!业主)(?<!师傅)姓(?:是|:)?({_DOUBLE}|[\u4e00-\u9fff])(?<![嘛啥什名氏甚哪谁])"
    r"(?![\u4e00-\u9fff])"
)
_MY_SURNAME = re.compile(rf"(?:我|本人|免贵)(?:免贵)?姓({_DOUBLE}|[{_SURNAMES}])")
_WHOLE = re.compile(
    rf"({_DOUBLE}|[{_SURNAMES}])[ ,]+(?:叫|名字?叫?)?"
    r"(\1[\u4e00-\u9fff]{1,2})(?=$|[\s,。;、0-9\0])"
)
_BEFORE_PHONE = re.compile(
    rf"(?:^|[\s,。;、\0])({NAME})[\s,:]{{0,2}}(?=\+?(?:86)?1[3-9][\d \-]{{9}}|\0{{11}})"
)
_AFTER_PHONE = re.compile(
    rf"(?:(?<!\d)1[3-9]\d{{9}}|\0{{11}})[\s,:]{{0,2}}({NAME})(?=$|[\s,。;!、\0])"
)
# «13800000001 全险»: what is insured, or said of the number, is nobody's name.
_NO_NAME_THERE = re.compile(r"[险损赔保费限额]|打|接|拨|短信|微信|有空|白天|上班")
# Words that begin with a surname's character and may stand before a number.
_NOT_A_NAME = re.compile(
    r"电话|手机|号|车|谢|报|没|我|方便|路|道|街|桥|县|区|镇|村|是|不|了|的|时|和平|河|联系|安全"
    r"|万一|能|单|全责|明天|平安|应该|白色|成功|任何|高速|何时|马上|于是|包|回头|解决|许多|连|常"
    r"|关|简单|文件|查勘|司机|严重|师傅|先生|女士|对方"
)
# Places, things and words of everyday that are made like a name.
_NO_NAME = re.compile(
    r"^(?:安全|平安|万一|高速|于家|白金|白色|金色|黄金|石家|海河|路面|路边|成功|成立|明天|马路|水管"
    r"|汽车|全部|单独|有人|时间|时光|常有|连云|连续|祝福|和平|和谐|向东|向阳|左前|方向|江山|高大|高达|高贵|广大"
    r"|包含|平安|安康|安宁|康泰|文安|武安|永安|东升|林海|阳光|云山|华山|泰山|石山|雷雨|许可|许多"
    r"|何时|年|月|万家|华明|项目|关于|符合|齐全|计划|管理|包括|曲|宁河|宁夏|蓝天|关门|段|白天)"
)
_TITLED = re.compile(
    rf"(?:我是|免贵|叫我|姓)?({_DOUBLE}|[{_SURNAMES}])(?:先生|女士|小姐|师傅|姐|哥|大爷|阿姨|老师|主管|经理|主任|厂长|店长|会计|队长|老板)"
)
_REPLY = re.compile(
    r"(?:我?叫|我是|姓名|名字|本人|是|叫|[: ])*+"
    rf"({NAME}|[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff]{{1,5}}·[\u4e00-\u9fff·]{{1,8}})"
)
_ENDING = re.compile(r"(?:先生|女士|小姐|师傅|啊|呀|哦|吧|呢|哈)+$")
_NO_REPLY = re.compile(
    r"^那(?:行|好|就|么|个|我|成|吧)|明白|清楚|收到|晓得|懂|嗯|不|没|什么|怎么|人工|投诉|报案|算了|取消|谢|等|为|吗|呢|好的|可以|以后|跳过|知道|的$|了"
    r"|你|您|车|对|我|同一|一样|一回事|自己|电话|手机|号码|单方|全责|姓名|名字|贵姓|确认|提交|查询|理赔|保险"
    r"|道歉|处分|处罚|开除|要求|退|赔|查清|重新|给个|说法|骂"
)


_PHONE_LENGTH = 7  # a number may touch the name that stands before it
_ALONE = re.compile(
    r"(?:我?叫|我是|投保人|被保险人|姓名|名字|应该|改成|改为|是|叫|为|[:：,，、 ])*+"
    rf"((?:{_DOUBLE}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}})[,，。.!！啊呀吧 ]*"
)


def name_alone(text: str) -> str:
    """Return the name that a text is and nothing else, '' for any other text."""
    found = _ALONE.fullmatch(text.strip())
    if found is None or _NO_REPLY.search(found[1]) or _NO_NAME.search(found[1]):
        return ""
    return found[1]


def _after_phone(text: str) -> re.Match[str] | None:
    """Return the name in «13800000001 王五», where nothing else is made like one."""
    match = _AFTER_PHONE.search(text)
    if match is None or any(p.search(match[1]) for p in (_NOT_A_NAME, _NO_NAME, _NO_NAME_THERE)):
        return None
    return match


def _left_over(text: str, span: tuple[int, int]) -> bool:
    """Tell whether the rest of a word was used elsewhere: «门锁» of «门锁撬了» is nobody."""
    before, after = text[: span[0]], text[span[1] :]
    used = len(before) - len(before.rstrip("\0")), len(after) - len(after.lstrip("\0"))
    return any(0 < length < _PHONE_LENGTH for length in used)


@dataclass(frozen=True)
class PersonName(TextValue):
    """A Chinese name, or just a surname."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return a name that is called one, stands before a number, or is all that was said."""
        if match := _CUED.search(text) or _MY_SURNAME.search(text) or _SURNAME.search(text):
            if whole := _WHOLE.match(text, match.start(1)):  # «我姓石 石磊»
                return Found(whole[2], whole.span(2), 0.95)
            return Found(match[1], match.span(1), 0.95)
        if (bare := _BARE.fullmatch(text.strip())) and not _NO_NAME.search(bare[1]):
            start = text.index(bare[1])
            return Found(bare[1], (start, start + len(bare[1])), 0.7)
        match = _BEFORE_PHONE.search(text)
        if match is None or _NOT_A_NAME.search(match[1]):
            match = _after_phone(text)
        return Found(match[1], match.span(1), 0.8) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the name; asked for it, any two to four characters are one."""
        if found := self.find(text, now):
            return found
        for piece in re.finditer(r"[^\s,。;!?、\d\0]+", text[:60]):
            name = _TITLED.fullmatch(piece.group()) or _REPLY.fullmatch(
                _ENDING.sub("", piece.group())
            )
            if name and not (_NO_REPLY.search(name[1]) or _left_over(text, piece.span())):
                start = piece.start() + name.start(1)
                return Found(name[1], (start, start + len(name[1])), 0.8)
        return None


person_name = PersonName()
