"""Tags and remarks beside a conversation: a fixed list, shared, taken off again, written down."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.console import tag_words
from bot.errors import ConfigurationError
from storage.models.base import table_of
from storage.models.desk import ConversationTag
from tests.bot.console.conftest import House

_tag = table_of(ConversationTag)


def test_a_tag_is_put_on_once_and_taken_off_by_anybody(house: House) -> None:
    """Colleagues see it and who put it there; what is not on the list is refused."""
    number = house.customer("转人工")
    agent, other = house.log_in("王敏"), house.log_in("李强")
    for _ in range(2):
        assert agent.post(f"/console/c/{number}/tag", data={"tag": "老人"}).status_code == 200
    assert agent.post(f"/console/c/{number}/tag", data={"tag": "<b>坏</b>"}).status_code == 409
    count = select(func.count()).select_from(_tag)
    assert house.run(lambda uow: uow.connection.execute(count).scalar()) == 1
    assert 'title="王敏贴的">老人' in other.get(f"/console/c/{number}/side").text
    taken = other.post(f"/console/c/{number}/tag/off", data={"tag": "老人"})
    assert "王敏贴的" not in taken.text
    assert other.post(f"/console/c/{number}/tag/off", data={"tag": "老人"}).status_code == 200
    assert (
        house.log_in("陈立").post(f"/console/c/{number}/tag", data={"tag": "老人"}).status_code
        == 409
    )


def test_the_newest_remarks_stand_beside_the_conversation(house: House) -> None:
    """Three of them, the newest first, as text."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    for text in ("最早的", "脾气急，先道歉", "<i>要发票</i>", "周三上午打"):
        house.later(minutes=1)
        agent.post(f"/console/c/{number}/note", data={"text": text})
    side = agent.get(f"/console/c/{number}/side").text
    shown = side[side.index("最近的备注") :]
    assert shown.index("周三上午打") < shown.index("&lt;i&gt;要发票") < shown.index("脾气急")
    assert "最早的" not in shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [("- 老人\n- 老人\n", "两次"), ("- 这个标签写得实在是太长了吧\n", "第 1 个")],
)
def test_a_mistake_in_the_list_names_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """The start stops with file, place and remedy."""
    file = tmp_path / "tags.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=problem):
        tag_words.read(file)
    assert "老人" in tag_words.words()
