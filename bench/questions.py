"""A knowledge base of any size and noisy questions about it, all made up here."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

_SUBJECTS = (
    "机动车损失险 第三者责任险 车上人员责任险 附加划痕险 附加车轮损失险 附加节假日翻倍险 驾乘意外险 "
    "新能源充电桩损失险 外部电网故障险 家庭财产险 居民地震险 盗抢险 管道破裂险 雇主责任险 公众责任险 "
    "产品责任险 食品安全责任险 校方责任险 医疗责任险 物业责任险 国内货运险 进出口货运险 承运人责任险 "
    "团体意外险 旅行意外险 学生平安险 老年人骨折险 百万医疗险 住院津贴险 宠物责任险 工程一切险 "
    "安装工程险 企业财产险 机器损坏险 营业中断险 现金保险 诉讼保全责任险 履约保证险 关税保证险 "
    "农机综合险 大棚种植险 能繁母猪险 渔船险 游艇险 无人机险 展览品险 银行卡盗刷险 网络安全险 "
    "环境污染责任险 电梯责任险"
).split()
_ASPECTS = (
    "等待期是多少天 免赔额怎么计算 最高保额有多少 电子发票怎么开 可以指定受益人吗 到期后宽限几天 "
    "保费能分期交吗 续保有没有优惠 保单丢失怎么补 投保年龄上限是几岁 需要哪些投保材料 健康告知要填什么 "
    "犹豫期有多长 合同从几点生效 地址变更怎么批改 受益比例如何调整 税前能不能扣除 条款在哪里下载 "
    "费率由谁核定 保障地域包括哪里 除外责任有哪些 残值归谁所有 重复投保怎么分摊 追偿权如何行使 "
    "评估报告谁来出 共保份额怎么定 特别约定怎么加 保额会不会递减 团体人数最少几人 退保手续费收多少 "
    "被保险人能更换吗 签字代签有效吗 回访电话几点打 保险凭证怎么验真 附加条款单买行吗 "
    "历史保单怎么查询 中介佣金是多少 争议仲裁去哪里 检验报告有效几年 预付赔款的比例"
).split()
_PLACES = (
    "和平区 河东区 河西区 南开区 河北区 红桥区 东丽区 西青区 津南区 北辰区 武清区 宝坻区 滨海新区 宁河区 "
    "静海区 蓟州区 塘沽 汉沽 大港 开发区 保税区 高新区 空港 生态城 东疆港 中新城 海河教育园 团泊 杨柳青 "
    "小站 咸水沽 芦台 大邱庄 盘山 梅江 水上公园 五大道 古文化街 意风区 天塔 体育中心 侯台 中北镇 "
    "双街 大毕庄 张家窝 精武镇 军粮城 无瑕街 万新街"
).split()
_OPENERS = ("请问", "你好，", "想问下", "麻烦问一下", "那个", "咨询下", "")
_CLOSERS = ("呢", "呀", "？", "，谢谢", "啊", "，急", "")
# Slips of the finger on a pinyin keyboard.
_SLIPS = dict(
    zip(
        "险保赔额费期单税查料检定收受益年份怎么能",
        "显宝陪鹅非其但睡察了捡顶手首意念分咋没嫩",
        strict=True,
    )
)


@dataclass(frozen=True)
class Query:
    """A noisy question and the entry it means."""

    text: str
    entry: str


def _all_questions() -> Iterator[str]:
    for subject, aspect in product(_SUBJECTS, _ASPECTS):
        yield f"{subject}{aspect}"
    for place, subject, aspect in product(_PLACES, _SUBJECTS, _ASPECTS):
        yield f"{place}的{subject}{aspect}"


def write_base(file: Path, size: int) -> list[str]:
    """Write ``size`` entries as JSON lines and return their questions; E00007 has index 7."""
    questions = list(_all_questions())
    random.Random(size).shuffle(questions)
    with file.open("w", encoding="utf-8") as lines:
        for number, question in enumerate(questions[:size]):
            row = {
                "id": entry_id(number),
                "question": question,
                "variants": [],
                "answer": f"【{entry_id(number)}】关于“{question}”：以合同条款为准，"
                "请按页面提示准备材料，办理完成后会收到短信通知，有疑问可以随时联系我们。",
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return questions[:size]


def entry_id(number: int) -> str:
    """Return the id of an entry."""
    return f"E{number:06d}"


def noisy(questions: Sequence[str], count: int, seed: int) -> list[Query]:
    """Return ``count`` questions as customers would type them."""
    chance = random.Random(seed)
    picked = [chance.randrange(len(questions)) for _ in range(count)]
    return [Query(_noise(questions[number], chance), entry_id(number)) for number in picked]


def _noise(question: str, chance: random.Random) -> str:
    letters = list(question)
    if chance.random() < 0.4:
        slips = [at for at, letter in enumerate(letters) if letter in _SLIPS]
        if slips:
            at = chance.choice(slips)
            letters[at] = _SLIPS[letters[at]]
    if chance.random() < 0.3:
        del letters[chance.randrange(len(letters))]
    return chance.choice(_OPENERS) + "".join(letters) + chance.choice(_CLOSERS)
