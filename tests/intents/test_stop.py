"""Being left alone: every kind of message, in every way customers say it."""

from __future__ import annotations

from itertools import product

import pytest

import intents
from bot.dialogue.registry import Registry, find_flows
from tests.fakes import FakeOffice

REGISTRY = Registry(find_flows(intents))

KINDS = [
    ("续保提醒", "renewal"),
    ("续保短信", "renewal"),
    ("到期提醒", "renewal"),
    ("续保的电话", "renewal"),
    ("营销短信", "marketing"),
    ("推销电话", "marketing"),
    ("广告", "marketing"),
    ("活动通知", "marketing"),
    ("短信", "marketing"),
    ("消息推送", "marketing"),
    ("推送", "marketing"),
    ("生日祝福", "marketing"),
    ("保险知识", "marketing"),
    ("问卷", "survey"),
    ("问卷调查", "survey"),
    ("回访", "survey"),
    ("回访电话", "survey"),
    ("满意度调查", "survey"),
]
WAYS = [
    "我不想再收到{}",
    "不想收到{}",
    "不想收{}了",
    "不愿意再接到{}",
    "以后不要再给我发{}了",
    "别给我发{}",
    "别再发{}了",
    "请勿再发送{}",
    "麻烦别老给我发{}了行吗",
    "停止发送{}",
    "{}给我停了",
    "{}停了吧",
    "把{}停掉",
    "帮我取消{}",
    "{}取消",
    "退订{}",
    "关闭{}",
    "不要{}了",
    "拒收{}",
    "{}不要再发了",
    "{}别发了",
    "{}我不想收了",
    "{}就不用发了",
    "{}都关了吧，谢谢",
    "不需要给我推送{}",
    "不希望再收到你们的{}，太烦了",
    "能不能不要再发{}了？",
]


def stopped(text: str) -> list[str]:
    """Return what stops when this is all that is said; nothing where no such flow begins."""
    name = REGISTRY.starters.told(text)
    if name not in ("callback", "renew"):
        return []
    office = FakeOffice()
    flow = REGISTRY.flows[name](utterance=text)
    flow.begin(office)
    assert flow.pending() is None, "nobody is asked anything before it stops"
    flow.submit(office)
    return office.stopped


@pytest.mark.parametrize(
    ("text", "category"),
    [(way.format(kind), category) for (kind, category), way in product(KINDS, WAYS)],
)
def test_what_is_not_wanted_stops(text: str, category: str) -> None:
    """Each kind stops by itself, at once, whatever the words."""
    assert stopped(text) == [category]


@pytest.mark.parametrize(
    "text",
    [
        "我不想被提醒续保",
        "以后续保不用通知我",
        "续保的事别再找我",
        "不要再打续保电话给我",
        "续保的消息能不能别老发",
        "把车险到期提醒给我关掉",
        "别再催我续保了",
    ],
)
def test_nobody_speaks_of_renewal_any_more(text: str) -> None:
    """The kind need not be named by the way it is sent."""
    assert stopped(text) == ["renewal"]


@pytest.mark.parametrize("text", ["续保别忘了通知我", "到期别忘了提醒我续保", "不要忘了发续保提醒"])
def test_who_wants_to_be_reminded_is_reminded(text: str) -> None:
    """«别忘了» asks for the contrary."""
    office = FakeOffice()
    flow = REGISTRY.flows["renew"](utterance=text)
    flow.begin(office)
    assert not flow.kept["stop"]


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("营销短信和续保提醒都别发了", ["renewal", "marketing"]),
        ("不想再收到回访电话和推销电话", ["survey", "marketing"]),
        ("问卷、广告、续保通知都停了吧", ["renewal", "survey", "marketing"]),
    ],
)
def test_several_kinds_stop_together(text: str, categories: list[str]) -> None:
    """Whoever names several kinds gets rid of all of them."""
    assert stopped(text) == categories


@pytest.mark.parametrize(
    "text",
    [
        "没收到续保短信",
        "短信怎么还没来",
        "我要续保",
        "不要取消短信",
        "别发错短信了",
        "不想退保",
        "取消报案",
        "回访什么时候打",
        "问卷在哪填",
        "不想续保了",
        "验证码短信没收到",
        "理赔短信别删",
        "我要取消保单",
        "怎么取消续保提醒",
        "停车费赔吗",
        "为什么给我打电话",
    ],
)
def test_other_wishes_stop_nothing_by_these_words(text: str) -> None:
    """What only sounds like it is left to the other readers."""
    told = REGISTRY.starters.told(text)
    assert told != "callback"
    assert told != "renew" or text == "不想续保了"


def test_what_is_wanted_again_is_not_stopped() -> None:
    """«恢复续保提醒» is about the messages too, and the other way round."""
    assert REGISTRY.starters.told("恢复续保提醒") == "callback"
    assert stopped("恢复续保提醒") == []


def test_a_long_text_costs_nothing() -> None:
    """A text of nothing but such words ends at once: only a short one is such a wish."""
    assert REGISTRY.starters.told("不想再" * 2_000) == ""
