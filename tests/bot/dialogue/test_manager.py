"""Repair and the life of flows, with a form of our own and no database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.back_office import BackOffice
from bot.dialogue.commands import Back, Confirm, FillSlots, Finish, Said, StartFlow
from bot.dialogue.flow import Flow, Outcome
from tests.bot.dialogue.talk import Talk
from tests.fakes import FakeOffice

DAY = timedelta(days=1)
WHOLE = ("叫拖车", "津A12345", "不挡", "13920001122")


def test_form_from_first_question_to_number() -> None:
    """Questions come in order, the card shows everything, a yes submits once."""
    talk = Talk()
    assert "车牌号？" in talk.say("叫拖车")
    assert "挡路吗？" in talk.say("津A12345")
    assert "电话？" in talk.say("没有")
    card = talk.say("13920001122")
    assert "请您核对" in card
    assert "津A12345" in card
    assert "拖车单号 TK" in talk.say("对")
    assert talk.tickets == [
        {"plate": "津A12345", "blocked": False, "phone": "13920001122", "kind": "towing"}
    ]
    assert talk.state.stack == ()


def test_conditional_slot_is_asked_when_it_matters() -> None:
    """`when` decides with what is known."""
    talk = Talk()
    assert "哪条车道？" in talk.says("叫拖车", "津A12345", "是的")
    assert "电话？" in talk.say("最左边")


def test_several_values_in_one_sentence() -> None:
    """What was volunteered is not asked again."""
    assert "挡路吗？" in Talk().says("叫拖车", "津A12345 13920001122")


def test_question_in_between_keeps_the_place() -> None:
    """The answer comes first, then the open question."""
    talk = Talk()
    heard = talk.says("叫拖车", "拖车要钱吗")
    assert heard.index("免费") < heard.index("车牌号？")


def test_question_with_facts_beside_it() -> None:
    """Clauses that tell are taken, the one that asks is answered."""
    talk = Talk()
    heard = talk.says("叫拖车", "津A12345，拖车要钱吗")
    assert "免费" in heard
    assert "挡路吗？" in heard


def test_correction_mid_way_and_at_the_card() -> None:
    """A cue and a value overwrite, a cue and a name ask again, a value corrects at the card."""
    talk = Talk()
    talk.says("叫拖车", "津A12345")
    assert "改过来" in talk.say("不对，是津A12346")
    assert talk.values["plate"] == "津A12346"
    assert "车牌号？" in talk.say("车牌不对")
    talk.says("津A12347", "没有", "13920001122")
    assert "139****3344" in talk.say("13920003344")
    assert "哪一项" in talk.say("要修改")
    assert "联系电话" in talk.buttons
    assert "电话？" in talk.say("联系电话")


def test_cancel_keeps_a_draft_and_resume_takes_it_up() -> None:
    """«取消» then «继续» goes on where we were."""
    talk = Talk()
    assert "给您留着" in talk.says("叫拖车", "津A12345", "取消")
    heard = talk.say("继续")
    assert "津A12345" in heard
    assert "挡路吗？" in heard


def test_cancel_twice_drops_the_draft() -> None:
    """Who says it twice means it."""
    talk = Talk()
    talk.says("叫拖车", "津A12345", "取消", "取消")
    assert talk.state.drafts == ()
    assert "没有没办完" in talk.say("继续")


def test_starting_again_takes_a_fresh_draft_up() -> None:
    """A draft of a minute ago is what the customer means, and it is shown."""
    talk = Talk()
    assert "津A12345" in talk.says("叫拖车", "津A12345", "取消", "叫拖车")


def test_back_goes_one_answer_back_even_over_a_skip() -> None:
    """«上一步» undoes the last answer or skip, then the one before."""
    talk = Talk()
    talk.says("叫拖车", "津A12345", "以后补")
    assert "电话？" in talk.say("嗯哼哼")
    assert "挡路吗？" in talk.say("上一步")
    assert "车牌号？" in talk.say("上一步")
    assert "第一步" in talk.say("上一步")


def test_restart_empties_everything() -> None:
    """«重来» begins with the first question."""
    talk = Talk()
    assert "车牌号？" in talk.says("叫拖车", "津A12345", "重来")
    assert talk.values == {}


def test_skip_is_refused_where_the_slot_is_needed() -> None:
    """Not everything can wait."""
    talk = Talk()
    assert "必须有" in talk.says("给我回电", "以后补")


def test_help_explains_the_question() -> None:
    """«怎么填» gives the slot's help and repeats the question."""
    heard = Talk().says("叫拖车", "怎么填")
    assert "比如津A12345" in heard
    assert "车牌号？" in heard


def test_wait_asks_nothing() -> None:
    """«稍等» is answered with patience only."""
    assert "车牌号？" not in Talk().says("叫拖车", "稍等")


def test_finish_skips_to_the_card() -> None:
    """«没别的了» leaves the rest for later and shows the card."""
    heard = Talk().says("叫拖车", "津A12345", "没别的了")
    assert "请您核对" in heard
    assert "以后补充：挡路、联系电话" in heard


def test_submit_with_open_slots_submits_at_once() -> None:
    """An explicit «提交» needs no card; the reply begins with what was registered."""
    talk = Talk()
    heard = talk.says("叫拖车", "津A12345", "提交")
    assert heard.startswith("好的，就按您说的登记")
    assert "拖车单号" in heard
    assert len(talk.tickets) == 1


def test_submit_together_with_values_shows_the_card() -> None:
    """What was said just now is shown before it is used."""
    talk = Talk()
    assert "请您核对" in talk.says("叫拖车", "津A12345", "没有", "13920001122 提交")
    assert talk.tickets == []


def test_submit_of_nothing_asks_first() -> None:
    """An empty form is not registered."""
    talk = Talk()
    assert "车牌号？" in talk.says("叫拖车", "提交")
    assert talk.tickets == []


def test_card_is_not_submitted_twice() -> None:
    """A second yes meets no form."""
    talk = Talk()
    talk.says("叫拖车", "津A12345", "没有", "13920001122", "对", "对", "提交")
    assert len(talk.tickets) == 1


def test_flow_on_top_returns_to_the_one_below() -> None:
    """What a flow on top is told does not reach the one below."""
    talk = Talk()
    talk.says("叫拖车", "津A12345", "给我回电")
    heard = talk.says("13920001122", "问拖车", "对")
    assert "回电单号" in heard
    assert "我们接着刚才的叫拖车" in heard
    assert talk.values == {"plate": "津A12345"}


def test_remembered_values_are_taken_over_and_replaced_by_new_ones() -> None:
    """A phone said before is not asked again, and gives way to one said now."""
    talk = Talk()
    talk.says(*WHOLE[:2], "没有", "13920001122", "对")
    assert "什么事" in talk.say("给我回电")
    talk.say("13920003344")
    assert talk.values["phone"] == "13920003344"


def test_misses_lead_to_a_person() -> None:
    """Three misses in a row, candidates included, bring a person."""
    talk = Talk()
    assert "没听明白" in talk.says("叫拖车", "咕噜")
    assert "人工" in talk.say("咕噜噜")
    assert "请人工客服" in talk.say("呱啦")
    assert talk.office.handoffs == [("P2", "连续没听懂")]


def test_understanding_resets_the_misses() -> None:
    """Only misses in a row count."""
    talk = Talk()
    talk.says("叫拖车", "咕噜", "咕噜噜", "津A12345", "呱呱", "呱呱呱")
    assert talk.office.handoffs == []


def test_candidates_are_offered_and_taken() -> None:
    """A guess becomes a button; a digit takes it too."""
    talk = Talk()
    assert "想问" in talk.say("好像是拖车的事")
    assert talk.buttons == ("叫拖车", "都不是")
    assert "车牌号？" in talk.say("1")


def test_none_of_these_counts_as_a_miss() -> None:
    """Who refuses three times gets a person."""
    talk = Talk()
    talk.says("拖车远不远", "都不是")
    assert "请人工客服" in talk.say("拖车远不远")


def test_new_question_after_a_day_is_answered_first() -> None:
    """The draft is offered, not forced."""
    talk = Talk()
    talk.says("叫拖车", "津A12345")
    heard = talk.say("拖车要钱吗", DAY)
    assert heard.index("免费") < heard.index("没办完的叫拖车")
    assert "挡路吗" not in heard
    assert "津A12345" in talk.say("继续")


def test_answer_after_a_day_takes_the_draft_up() -> None:
    """Who simply answers goes on."""
    talk = Talk()
    talk.says("叫拖车", "没有")
    talk.say("13920001122")
    heard = talk.say("津A12345", DAY)
    assert "接着办叫拖车" in heard
    assert talk.values["plate"] == "津A12345"


def test_yes_after_a_day_shows_the_card_again() -> None:
    """Nobody remembers what the card said."""
    talk = Talk()
    talk.says("叫拖车", "津A12345", "没有", "13920001122")
    assert "请您核对" in talk.say("对", DAY)
    assert talk.tickets == []
    assert "拖车单号" in talk.say("对")


def test_old_draft_does_not_lend_its_facts_to_a_new_form() -> None:
    """The same wish days later is a new form; the old one can be had with «继续»."""
    talk = Talk()
    talk.says("叫拖车", "津A12345")
    heard = talk.say("叫拖车", 5 * DAY)
    assert "新填一份" in heard
    assert talk.values == {}
    assert "津A12345" in talk.say("继续")


def test_draft_is_offered_when_the_new_matter_is_done() -> None:
    """Not in the middle of something else."""
    talk = Talk()
    talk.says("叫拖车", "津A12345")
    assert "没办完" not in talk.say("给我回电", DAY)
    assert "没办完的叫拖车" in talk.says("13920001122", "问一下", "对")


def test_danger_comes_before_everything() -> None:
    """The rule's sentence is the first bubble, and a person is asked for once."""
    talk = Talk()
    talk.say("叫拖车")
    assert talk.say("着火了").startswith("先离开")
    assert talk.says("取消", "着火了")
    assert talk.office.handoffs == [("P0", "起火")]


class Mute(Flow):
    """Has nothing to say."""

    name = "mute"
    title = "沉默"
    taps = ("沉默",)

    def submit(self, office: BackOffice) -> Outcome:
        """Say nothing."""
        return Outcome()


def test_flow_that_says_nothing_still_gets_an_answer() -> None:
    """A reply is never empty."""
    assert Talk(flows=(Mute,)).say("沉默")


@pytest.mark.parametrize(
    "command",
    [
        Confirm(yes=True),
        Confirm(yes=False),
        Finish(),
        Back(),
        FillSlots({"plate": Said("津A12345", "津A12345")}),
        StartFlow("no_such_flow"),
    ],
)
def test_commands_without_a_flow_change_nothing(command: object) -> None:
    """A command that comes too late does no harm."""
    talk = Talk(office=FakeOffice())
    turn = talk.manager.advance(talk.state, [command], talk.office, talk.at)  # type: ignore[list-item]
    assert turn.state.stack == ()
    assert turn.replies
    assert talk.tickets == []


def test_what_was_asked_in_vain_goes_to_the_editors() -> None:
    """A miss and an offer are noted with the customer's words; what a form did not get is not."""
    talk = Talk()
    talk.say("阿巴阿巴")
    talk.say("拖车远不远")
    talk.say("车坏了来拖一下")
    talk.say("阿巴阿巴阿巴")
    noted = [("unanswered", "阿巴阿巴", ""), ("offered", "拖车远不远", "拖车怎么叫")]
    assert talk.office.noted == noted


def test_an_answer_for_verified_customers_is_kept_from_others() -> None:
    """Whom an entry is not for gets a person instead, and the entry once they are verified."""
    talk = Talk()
    assert "九折" not in talk.say("我的折扣")
    assert talk.buttons == ("转人工",)
    talk.office.verified = True
    assert "九折" in talk.say("我的折扣")
