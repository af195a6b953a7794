"""说法 → the time of an incident."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.moment import moment

TUESDAY = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


def at(text: str) -> datetime:
    """Return a time given as 2026-11-24T17:20."""
    return datetime.fromisoformat(text + ":00+08:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天下午三点追尾了", "2026-11-23T15:00"),
        ("昨天快下班那会儿追尾了", "2026-11-23T18:15"),
        ("刚才那个路口被撞了", "2026-11-24T17:20"),
        ("刚刚填错了 是昨天下午三点", "2026-11-23T15:00"),
        ("昨天上午十点报的警，九点四十撞的", "2026-11-23T09:40"),
        ("上个月最后一天追尾了", "2026-10-31T12:00"),
        ("大上礼拜三追尾", "2026-11-11T12:00"),
        ("仨钟头前蹭的", "2026-11-24T14:20"),
        ("天刚亮的时候撞了", "2026-11-24T08:00"),
        ("去年国庆追尾", "2025-10-01T12:00"),
        ("国庆节第三天下午撞的", "2026-10-03T15:00"),
        ("昨儿晚上八点来钟蹭了", "2026-11-23T20:10"),
        ("前儿个夜里两点多被撞", "2026-11-23T02:20"),
        ("昨儿后半晌四点半让人蹭了", "2026-11-23T16:30"),
        ("前儿个头晌十点一刻", "2026-11-22T10:15"),
        ("大前天早上七点四十撞的", "2026-11-21T07:40"),
        ("今儿早起八点来钟", "2026-11-24T08:10"),
        ("今天凌晨两点", "2026-11-24T02:00"),
        ("昨晚十点多", "2026-11-23T22:20"),
        ("昨天夜里一点", "2026-11-24T01:00"),
        ("昨晚十二点", "2026-11-24T00:00"),
        ("前天夜里十二点半", "2026-11-23T00:30"),
        ("今天中午一点", "2026-11-24T13:00"),
        ("晌午十二点二十", "2026-11-24T12:20"),
        ("下午差五分四点", "2026-11-24T15:55"),
        ("上午九点差一刻", "2026-11-24T08:45"),
        ("早上不到七点出的事", "2026-11-24T06:45"),
        ("昨天晚上八九点钟", "2026-11-23T20:00"),
        ("昨天下午3-4点", "2026-11-23T15:00"),
        ("下午两点到三点之间被划的", "2026-11-24T14:00"),
        ("十分钟前", "2026-11-24T17:10"),
        ("一刻钟以前", "2026-11-24T17:05"),
        ("半个钟头前撞的", "2026-11-24T16:50"),
        ("俩小时前", "2026-11-24T15:20"),
        ("一个半小时之前", "2026-11-24T15:50"),
        ("十几分钟前", "2026-11-24T17:05"),
        ("1小时20分钟前", "2026-11-24T16:00"),
        ("三天前下午两点撞的", "2026-11-21T14:00"),
        ("刚才追尾了", "2026-11-24T17:20"),
        ("刚在路口蹭了一下", "2026-11-24T17:20"),
        ("刚才四点半在桥上蹭了", "2026-11-24T16:30"),
        ("上礼拜四晚上九点", "2026-11-19T21:00"),
        ("上周日上午十点", "2026-11-22T10:00"),
        ("上上周五下午五点", "2026-11-13T17:00"),
        ("周一早上八点", "2026-11-23T08:00"),
        ("周六中午十二点半", "2026-11-21T12:30"),
        ("礼拜天晚上七点", "2026-11-22T19:00"),
        ("11月20日 18:45", "2026-11-20T18:45"),
        ("11-20 07:05 追尾", "2026-11-20T07:05"),
        ("11.20 晚上九点", "2026-11-20T21:00"),
        ("2026年11月3号下午3点", "2026-11-03T15:00"),
        ("2026-11-03 15:10:00", "2026-11-03T15:10"),
        ("十一月三号早上六点", "2026-11-03T06:00"),
        ("13号晚上11点撞的", "2026-11-13T23:00"),
        ("30号下午两点被追尾", "2026-10-30T14:00"),
        ("上个月28号上午", "2026-10-28T10:00"),
        ("18点05分", "2026-11-23T18:05"),
        ("四点半", "2026-11-24T16:30"),
        ("22时15分", "2026-11-23T22:15"),
        ("前天撞的", "2026-11-22T12:00"),
        ("昨晚被人划了", "2026-11-23T20:30"),
        ("昨夜被盗", "2026-11-23T23:30"),
        ("昨天擦黑蹭的", "2026-11-23T18:15"),
        ("前天晚上被砸的", "2026-11-22T21:00"),
        ("今天凌晨着的火", "2026-11-24T03:00"),
        ("昨天早起碰的", "2026-11-23T08:00"),
        ("今早七点一刻", "2026-11-24T07:15"),
        ("早8点20", "2026-11-24T08:20"),
        ("昨天晚8点", "2026-11-23T20:00"),
        ("昨天三点撞的", "2026-11-23T15:00"),
        ("昨天九点撞的", "2026-11-23T09:00"),
        ("昨天十七点四十", "2026-11-23T17:40"),
        ("大概昨天傍晚六点左右吧", "2026-11-23T18:00"),
        ("时间是昨天 晚上 七点半", "2026-11-23T19:30"),
        ("中秋节前一天下午四点", "2026-09-24T16:00"),
        ("端午的第二天上午撞的", "2026-06-20T10:00"),
    ],
)
def test_spoken_times(text: str, expected: str) -> None:
    """Colloquial times become moments that are not in the future."""
    found = moment.find(text, TUESDAY)
    assert found is not None
    assert found.value == at(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天上午九点 不对 十点", "2026-11-23T10:00"),
        ("昨天下午三点 说错了 是前天", "2026-11-22T15:00"),
        ("七点十分 啊不是 七点半 今天早上", "2026-11-24T07:30"),
        ("不是昨天 是前天下午两点", "2026-11-22T14:00"),
        ("应该是前天下午 不是昨天", "2026-11-22T15:00"),
        ("上周三报过案 出险是上周二下午四点", "2026-11-17T16:00"),
        ("今早八点打过电话 车是昨晚十一点撞的", "2026-11-23T23:00"),
        ("晚上七点我要去机场 是中午十二点半蹭的", "2026-11-24T12:30"),
        ("昨天在解放南路 下午五点一刻 撞的", "2026-11-23T17:15"),
        ("昨天报了警 是前天中午一点多的事", "2026-11-22T13:20"),
        ("前儿晚傍晚 六点一刻", "2026-11-22T18:15"),
        ("早上七点停的 九点发现被划", "2026-11-24T09:00"),
        ("保险12月5日到期 昨天下午三点撞的", "2026-11-23T15:00"),
    ],
)
def test_the_incident_wins(text: str, expected: str) -> None:
    """Corrections replace, and times of other business are left aside."""
    found = moment.find(text, TUESDAY)
    assert found is not None
    assert found.value == at(expected)


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-10-08T09:00", "国庆当天上午十点追尾", "2026-10-01T10:00"),
        ("2026-10-08T09:00", "十一那天下午三点", "2026-10-01T15:00"),
        ("2026-10-08T09:00", "国庆节第三天中午十二点", "2026-10-03T12:00"),
        ("2026-05-06T09:00", "五一上午九点撞的", "2026-05-01T09:00"),
        ("2027-01-03T09:00", "元旦凌晨一点", "2027-01-01T01:00"),
        ("2026-06-22T09:00", "端午节下午两点", "2026-06-19T14:00"),
        ("2026-09-28T09:00", "中秋晚上八点", "2026-09-25T20:00"),
        ("2026-04-08T09:00", "清明那天早上八点", "2026-04-05T08:00"),
        ("2026-02-20T09:00", "大年三十晚上九点", "2026-02-16T21:00"),
        ("2026-02-20T09:00", "除夕下午四点", "2026-02-16T16:00"),
        ("2026-02-20T09:00", "初二上午十点", "2026-02-18T10:00"),
        ("2026-03-05T09:00", "正月十五晚上七点", "2026-03-03T19:00"),
        ("2026-01-01T00:30", "半小时前", "2026-01-01T00:00"),
        ("2026-01-01T00:30", "五十分钟前", "2025-12-31T23:40"),
        ("2026-03-01T00:15", "昨天夜里十一点", "2026-02-28T23:00"),
        ("2026-11-24T00:15", "昨儿晚上十点半", "2026-11-23T22:30"),
        ("2026-11-24T07:00", "十点", "2026-11-23T22:00"),
        ("2026-11-24T09:25", "现在九点半", "2026-11-24T09:25"),
        ("2027-01-10T09:00", "12月20日下午三点", "2026-12-20T15:00"),
    ],
)
def test_calendar(now: str, text: str, expected: str) -> None:
    """Festivals, midnight and the turn of the year are reckoned from now."""
    found = moment.find(text, at(now))
    assert found is not None
    assert found.value == at(expected)


@pytest.mark.parametrize(
    "text",
    [
        "下周二撞的",
        "明天早上追尾的",
        "前天27点",
        "2月30日",
        "11月31号出的险",
        "今天晚上十一点蹭的",
        "11月26日上午撞的",
    ],
)
def test_impossible_times_are_a_problem(text: str) -> None:
    """A time to come or without existence gives no value and a sentence instead."""
    found = moment.find(text, TUESDAY)
    assert found is not None
    assert found.value is None
    assert found.problem


@pytest.mark.parametrize(
    "text",
    [
        "刚才那个地点说错了 是复康路",
        "刚才说的车牌不对",
        "刚刚地址写错了 在南马路",
        "修了三天",
        "拖了一个月",
        "等了俩小时了",
        "蹭掉一点漆",
        "有三点要求",
        "快一点",
        "13512288064",
        "津A12345",
        "赔了3000块",
        "南京路15号",
        "3号楼",
        "明天能来定损吗",
        "下午给我回个电话",
        "保险下月8号到期",
        "早上好",
        "我孩子上初一",
        "五一路",
        "一周三次",
        "12公里",
        "今天天气不错",
        "要是昨天撞的呢",
        "K12+300",
        "国庆期间",
        "昨天报的案",
        "上周五买的保险",
        "我姓周",
        "",
        "三点建议",
    ],
)
def test_not_a_time(text: str) -> None:
    """Durations, addresses, sums, plans and policies are no times of an incident."""
    found = moment.find(text, TUESDAY)
    assert found is None or found.value is None


def test_asked_for_vague_words_are_enough() -> None:
    """In reply to our question a bare part of the day is a time."""
    assert moment.find("下午", TUESDAY) is not None
    answer = moment.answer("大概是上午吧", TUESDAY)
    assert answer is not None
    assert answer.value == at("2026-11-24T10:00")


def test_unknown_festival_year_asks_for_the_date() -> None:
    """Years without a table are not guessed."""
    found = moment.find("中秋节晚上撞的", at("2040-10-01T09:00"))
    assert found is not None
    assert found.value is None
    assert found.problem


def test_shown_with_weekday() -> None:
    """Customers read month, day, weekday and time."""
    assert moment.show(at("2026-11-24T16:30")) == "11月24日（周二）16:30"


@pytest.mark.parametrize(
    "text", ["上月底撞的", "月初蹭了", "上周末追尾了", "前两天撞的", "前几天被划", "去年11月追尾"]
)
def test_days_that_nobody_can_tell_are_asked_about(text: str) -> None:
    """So many days are meant that the customer is asked which one it was."""
    found = moment.find(text, TUESDAY)
    assert found is not None
    assert found.value is None
    assert "具体是几月几日" in str(found.problem)


@pytest.mark.parametrize(
    ("text", "told"), [("就现在,在河东路", True), ("现在能开吗", False), ("现在", False)]
)
def test_just_now_is_a_time(text: str, told: bool) -> None:
    """«就现在» tells when it happened; «现在» alone does so only when that was the question."""
    found = moment.find(text, TUESDAY)
    assert (found is not None) == told
    asked = moment.answer("现在", TUESDAY)
    assert asked is not None
    assert asked.value == TUESDAY


@pytest.mark.parametrize(
    ("before", "said", "expected"),
    [
        ("2026-11-23T15:00", "是前天", "2026-11-22T15:00"),
        ("2026-11-23T15:00", "不对，是四点", "2026-11-23T16:00"),
        ("2026-11-23T09:00", "记错了，十点", "2026-11-23T10:00"),
        ("2026-11-23T12:00", "下午四点", "2026-11-23T16:00"),
        ("2026-11-23T15:00", "前天晚上八点", "2026-11-22T20:00"),
        ("2026-11-23T15:00", "一小时前", "2026-11-24T16:20"),
        ("2026-11-23T23:00", "是今天", "2026-11-24T12:00"),
    ],
)
def test_a_correction_keeps_what_it_leaves_open(before: str, said: str, expected: str) -> None:
    """Another day keeps the hour and another hour the day, unless that is still to come."""
    found = moment.find(said, TUESDAY) or moment.answer(said, TUESDAY)
    assert found is not None
    assert found.value is not None
    assert moment.completed(found.value, said, at(before), TUESDAY) == at(expected)
