"""The contrast guard: what must not be mixed up, and what may stand together."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from knowledge_base.contrast import conflicts, guard, read_guard
from knowledge_base.normalise import normalise

APART = """
怎么退保 | 怎么续保
我要退保 | 我要投保
怎么投保 | 怎么退保
退订短信 | 退保流程
续保怎么办 | 退保怎么办
我要投保 | 我要续保
报案怎么弄 | 退保怎么弄
批改多久 | 退保多久
加保三者 | 退保三者
减保怎么办 | 加保怎么办
核保几天 | 退保几天
我要投诉 | 我要表扬
提个建议 | 我要投诉
举报业务员 | 表扬业务员
交强险多少钱 | 商业险多少钱
交强险能退吗 | 车损险能退吗
车损险保什么 | 三者险保什么
三者险赔什么 | 座位险赔什么
划痕险怎么赔 | 车损险怎么赔
交强险赔谁 | 三者险赔谁
家财险保什么 | 企财险保什么
意外险保什么 | 家财险保什么
雇主险保谁 | 公众责任险保谁
货运险怎么报 | 家财险怎么报
重疾险等待期 | 意外险等待期
宠物险怎么理赔 | 意外险怎么理赔
寿险受益人 | 意外险受益人
航延险怎么赔 | 意外险怎么赔
农业险赔多少 | 车损险赔多少
医疗险怎么报销 | 意外险怎么报销
旅游险怎么买 | 家财险怎么买
养老保险怎么交 | 交强险怎么交
自燃险还用买吗 | 涉水险还用买吗
盗抢险怎么赔 | 划痕险怎么赔
驾意险赔谁 | 座位险赔谁
学平险怎么买 | 雇主险怎么买
保证保险是什么 | 货运险是什么
保险什么时候生效 | 保险什么时候失效
保单什么时候生效 | 保单什么时候到期
什么时候开始 | 什么时候截止
我无责要赔吗 | 我全责要赔吗
对方全责怎么办 | 我全责怎么办
我被追尾了 | 我撞了人
对方跑了怎么办 | 我跑了会怎样
刚买的新车 | 车卖了
重复扣费怎么办 | 支付失败怎么办
退钱要多久 | 补差价要多久
为什么涨价 | 为什么降价
提高保额 | 降低保额
最早什么时候续 | 过期了还能续吗
公司拒保怎么办 | 公司拒赔怎么办
电子保单怎么弄 | 纸质保单怎么弄
发票丢了 | 保单丢了
要专票 | 要普票
换手机号 | 换车牌
改地址 | 改受益人
改受益人 | 改手机号
验证码收不到 | 密码忘了
投保人是谁 | 被保险人是谁
受益人能改吗 | 投保人能改吗
轮胎坏了赔吗 | 玻璃坏了赔吗
玻璃碎了 | 划痕怎么修
充电桩坏了 | 电池坏了
后视镜掉了 | 轮胎掉了
水淹车赔吗 | 自燃赔吗
车起火了 | 车被偷了
地震赔吗 | 暴雨赔吗
冰雹赔吗 | 台风赔吗
水管爆了 | 着火了
摩托车能保吗 | 货车能保吗
挂车要买吗 | 摩托车要买吗
拖拉机怎么保 | 货车怎么保
新能源车险 | 燃油车保险
跑滴滴出事 | 家用车出事
酒驾赔吗 | 无证赔吗
毒驾赔吗 | 酒驾赔吗
超速赔吗 | 酒驾赔吗
驾驶证过期 | 行驶证过期
身份证丢了 | 驾驶证丢了
年检过期 | 保养过期
认定书怎么拿 | 协议书怎么填
查勘多久到 | 定损多久完
定损太低 | 定损太高
理赔进度怎么查 | 怎么撤销报案
赔款多久到 | 退保金多久到
投诉多久有结果 | 理赔多久有结果
撤回投诉 | 投诉多久处理完
对责任认定不服 | 对投诉结果不服
12378是什么 | 12345是什么
打120 | 打119
怎么调解 | 怎么起诉
仲裁怎么申请 | 调解怎么申请
删除我的信息 | 导出我的信息
聊天记录存多久 | 聊天记录删除
不要给我打电话骚扰 | 不要给我发短信
住院怎么报 | 门诊怎么报
伤残怎么赔 | 身故怎么赔
猝死赔吗 | 自杀赔吗
住院津贴 | 医疗费报销
误工费赔吗 | 护理费赔吗
丧葬费赔吗 | 误工费赔吗
拖车费赔吗 | 停车费赔吗
代步车有吗 | 代驾有吗
理赔次数 | 理赔金额
老人能买吗 | 孩子能买吗
员工受伤 | 顾客受伤
邻居家淹了 | 顾客摔了
租客能买吗 | 房东能买吗
平安的电话 | 人保的电话
平安车险 | 太保车险
外地出险 | 本地出险
网上办 | 门店办
怎么成为代理 | 怎么核实业务员
骗保怎么举报 | 被骗了怎么办
续保要什么 | 首次投保要什么
三者限额 | 三者价格
有返现吗 | 有折扣吗
能分期吗 | 能退款吗
北京门店在哪 | 上海门店在哪
狗咬人赔吗 | 牛撞车赔吗
"""
TOGETHER = """
怎么退保 | 退保要什么材料
把保险退了 | 退保流程
投诉理赔员 | 我要投诉
投保人能退保吗 | 退保谁来办
交强和商业先赔哪个 | 先赔交强还是三者
交强险多少钱 | 强制险价格
三责险赔谁 | 三者险赔谁
有人说代理退保 | 代理退保可信吗
车损险含玻璃吗 | 玻璃碎了车损险赔吗
保单号在哪看 | 发票在哪看
天安改名申能了吗 | 申能和天安的关系
公司地址在哪 | 怎么改手机号
"""


def pairs(table: str) -> list[tuple[str, str]]:
    """Return the two sides of every line."""
    rows = [line.split("|") for line in table.strip().splitlines()]
    return [(normalise(one), normalise(other)) for one, other in rows]


def clash(asked: str, offered: str) -> int:
    """Count the conflicts between two texts."""
    watch = guard()
    mentions = watch.mentions(asked)
    return conflicts(watch.groups_of(mentions), mentions, watch.mentions(offered))


def test_there_are_enough_pairs() -> None:
    """The table is as long as promised."""
    assert len(pairs(APART)) >= 100


@pytest.mark.parametrize(("asked", "offered"), pairs(APART))
def test_kept_apart(asked: str, offered: str) -> None:
    """The guard fires, whichever of the two is asked."""
    assert clash(asked, offered) > 0
    assert clash(offered, asked) > 0


@pytest.mark.parametrize(("asked", "offered"), pairs(TOGETHER))
def test_may_stand_together(asked: str, offered: str) -> None:
    """The guard stays silent."""
    assert clash(asked, offered) == 0


def test_there_are_sixty_groups() -> None:
    """The data file holds at least sixty exclusive groups."""
    assert len(guard().groups) >= 60


def test_a_group_of_one_is_refused(tmp_path: Path) -> None:
    """A group needs two sides."""
    file = tmp_path / "contrast.yaml"
    file.write_text("- name: 半边\n  members: [退保]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="第 1 组（半边）"):
        read_guard(file)
