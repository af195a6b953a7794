"""What the wrap-up chooses beforehand: from the matter itself, never from the order of a list."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.console.wrap_words import About, Heard, about, lists, read
from bot.dialogue.state import DialogueState, Frame, Stored
from bot.errors import ConfigurationError
from tests.bot.console.conftest import House
from tests.fakes import NOON

EARLIER = (NOON - timedelta(hours=2)).isoformat()
LONG_AGO = (NOON - timedelta(days=9)).isoformat()
OPEN_CLAIM = Frame("claim_report", 1, {"line": Stored("home")}, touched_at=EARLIER)


@pytest.mark.parametrize(
    ("state", "said", "expected"),
    [
        (DialogueState(stack=(OPEN_CLAIM,)), "我要投诉你们", About("报案理赔", "家财险")),
        (DialogueState(stack=(OPEN_CLAIM, Frame("verify", 1))), "", About("报案理赔", "家财险")),
        (DialogueState(done=("renew", EARLIER)), "谢谢", About("投保续保", "")),
        (DialogueState(done=("renew", LONG_AGO)), "车险能退保吗", About("保单查询变更", "车险")),
        (DialogueState(), "你们服务态度差，理赔还拖", About("投诉意见", "")),
        (DialogueState(), "什么时候开门", About("咨询", "")),
        (DialogueState(), "转人工", About("", "")),
    ],
)
def test_the_matter_decides(state: DialogueState, said: str, expected: About) -> None:
    """Open before finished before said; long ago is another matter; «人工» is none."""
    assert about(state, [Heard(said, NOON)], "", (), NOON) == expected


def test_the_newest_words_that_say_something_count() -> None:
    """A weak word yields to earlier strong ones; yesterday's words are over."""
    said = [
        Heard("我要投诉", NOON - timedelta(days=2)),
        Heard("被追尾了怎么报案", NOON - timedelta(minutes=5)),
        Heard("什么时候来人", NOON),
    ]
    assert about(DialogueState(), said, "", (), NOON) == About("报案理赔", "车险")
    assert about(DialogueState(), [], "客户要投诉", (), NOON).reason == "投诉意见"


def test_the_sheet_opens_with_what_it_was_about(house: House) -> None:
    """Of the page, and of what the sheet asks when it is opened later."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    page = agent.post(f"/console/c/{number}/take").text
    assert '<option value="">请选一下</option>' in page
    house.customer("我想退保，交强险那份")
    asked = agent.get(f"/console/c/{number}/about").json()
    assert asked == {"reason": "保单查询变更", "product": "车险"}
    page = agent.get(f"/console/c/{number}").text
    assert "<option selected>保单查询变更</option>" in page
    assert "<option selected>车险</option>" in page
    assert "请选一下" not in page
    assert house.log_in("吴静").get(f"/console/c/{number}/about").status_code == 403


def test_every_flow_of_the_list_exists(house: House) -> None:
    """A flow that was renamed shows here; none belongs to two matters."""
    listed = [flow for one in lists().reasons for flow in one.flows]
    assert set(listed) - set(house.app.registry.flows) == set()
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reasons: []\n", "products"),
        ("reasons:\n- {title: 甲, words: []}\n- {title: 甲, words: []}\nproducts: []\n", "两次"),
    ],
)
def test_a_mistake_in_the_file_stops_the_start(tmp_path: Path, text: str, told: str) -> None:
    """The file, the place and what to do."""
    file = tmp_path / "wrap_words.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        read(file)
