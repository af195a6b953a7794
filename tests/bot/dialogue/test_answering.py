"""Answers from the knowledge base and what follows them, with a base of four questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.bot.dialogue.talk import Talk

ASKED = "拖车要钱吗"


def test_an_answer_asks_whether_it_helped() -> None:
    """The two buttons stand last, after the entry's own."""
    talk = Talk()
    talk.say(ASKED)
    assert talk.buttons == ("转人工", "已解决", "没解决")


def test_an_entry_without_words_is_no_answer() -> None:
    """However it came to be published: the customer hears something, never silence."""
    talk = Talk()
    assert "没有把握" in talk.say("救援有几种") or "没太明白" in talk.say("救援有几种")
    assert talk.office.noted


def test_a_form_in_progress_has_no_such_buttons() -> None:
    """There the open question is what matters."""
    talk = Talk()
    assert "免费" in talk.says("叫拖车", ASKED)
    assert "已解决" not in talk.buttons


def test_an_answer_in_vain_is_explained_in_other_words_once() -> None:
    """The entry's second explanation is said, the question noted, and nobody called yet."""
    talk = Talk()
    heard = talk.says(ASKED, "没解决")
    assert "一分钱不收" in heard
    assert "没解决" in talk.buttons
    assert talk.office.noted == [("unsolved", ASKED, ASKED)]
    assert talk.office.handoffs == []


def test_without_other_words_the_answer_is_taken_apart() -> None:
    """Sentence by sentence, with what is related as buttons."""
    talk = Talk()
    heard = talk.says("拖车怎么叫", "没说清")
    assert "1. 先报位置。\n2. 再等电话。" in heard
    assert talk.buttons[-2:] == ("已解决", "没解决")
    assert ASKED in talk.buttons
    assert "免费" in talk.say(ASKED)


def test_the_second_time_a_person_gets_the_question_and_the_answers() -> None:
    """S33: explain once, then a person; the first question is not forgotten."""
    talk = Talk()
    talk.says(ASKED, "没解决", "还是不懂")
    assert [level for level, _ in talk.office.handoffs] == ["P2"]
    about = talk.office.told[-1]
    assert about["question"] == ASKED
    assert ASKED in about["answers"][0]
    assert talk.state.answered is None


def test_a_new_question_is_explained_anew() -> None:
    """Each question has its own explanation before a person is called."""
    talk = Talk()
    talk.says(ASKED, "没解决", "拖车怎么叫", "没解决")
    assert talk.office.handoffs == []


def test_without_an_answer_it_is_a_person_who_is_wanted() -> None:
    """The bare words mean nothing where there is no hand-off flow; they are a miss then."""
    talk = Talk()
    assert "没太明白" in talk.say("没解决")
    assert talk.office.noted == []


def test_two_questions_are_answered_under_headings() -> None:
    """In the order asked, in one bubble, the subject carried over."""
    heard = Talk().say("拖车要钱吗，怎么叫")
    assert heard.index("一、拖车要钱吗") < heard.index("免费") < heard.index("二、拖车怎么叫")
    assert heard.startswith("您问了两件事")


def test_a_part_we_are_not_sure_of_is_offered() -> None:
    """Its candidates are buttons, and the digit takes one."""
    talk = Talk()
    heard = talk.say("拖车要钱吗，拖车远不远")
    assert "没把握" in heard
    assert talk.buttons == ("拖车怎么叫", "拖车要钱吗", "已解决", "没解决")
    assert "先报位置" in talk.say("1")
    assert talk.state.misses == 0


def test_a_part_we_do_not_know_is_named() -> None:
    """Better than to pass it over."""
    heard = Talk().say("拖车要钱吗，月亮上有没有桂花树")
    assert "免费" in heard
    assert "第二个问题我没把握" in heard


@pytest.mark.parametrize("text", ["怎么叫", "怎么叫？"])
def test_a_gap_is_filled_from_the_last_answer(text: str) -> None:
    """«怎么叫» after a question on towing asks how to call the tow truck."""
    talk = Talk()
    assert "先报位置" in talk.says(ASKED, text)
    assert talk.state.answered is not None
    assert talk.state.answered.asked.startswith("拖车怎么叫")


def test_another_subject_is_put_in() -> None:
    """«那救援呢» asks the same of something else."""
    assert "救援也免费" in Talk().says(ASKED, "那救援呢")


def test_context_dies_with_time() -> None:
    """After half an hour nobody means the last answer."""
    talk = Talk()
    talk.say(ASKED)
    assert "没有把握" in talk.say("怎么叫", timedelta(minutes=31))


def test_context_dies_with_a_form() -> None:
    """A form is another subject, whether it was finished or left."""
    talk = Talk()
    talk.says(ASKED, "给我回电")
    assert talk.state.answered is None
    talk.says("拖车怎么叫", "取消")
    assert talk.state.answered is None


def test_nothing_is_filled_in_without_an_answer_before() -> None:
    """The words on their own are not known."""
    assert "没有把握" in Talk().say("怎么叫")


def test_what_is_known_on_its_own_is_answered() -> None:
    """A complete question needs no context."""
    assert "免费" in Talk().says("救援要钱吗", ASKED)


def test_candidates_are_taken_by_their_words() -> None:
    """Words that occur in one of them only; in both they decide nothing."""
    talk = Talk()
    talk.say("拖车远不远")
    assert "先报位置" in talk.say("我问的是怎么叫那个")
    talk = Talk()
    talk.say("拖车远不远")
    assert "先报位置" not in talk.say("拖车那个")
