"""The tables of advice and application: every mistake names file, line and remedy; they agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.advice import compare, form, needs, partners, quote
from bot.advice.rows import TableError
from bot.bootstrap import App
from bot.dialogue.form_slots import type_of
from storage.rules import application_checks, application_states
from tests.fakes import NOON

ADVICE = Path(needs.__file__).parent
RULES = Path(application_states.__file__).parent
LOADERS: dict[str, tuple[Path, Callable[[Path], Any]]] = {
    "needs.yaml": (ADVICE, needs.load_needs),
    "compare.yaml": (ADVICE, compare.load_comparisons),
    "form.yaml": (ADVICE, form.load_form),
    "partners.yaml": (ADVICE, partners.load_partners),
    "quote.yaml": (ADVICE, quote.load_quoting),
    "application_states.yaml": (RULES, application_states.load_machine),
    "application_checks.yaml": (RULES, application_checks.load_checks),
}
# File, what a clerk writes instead of what, and what the error has to say.
MISTAKES = (
    ("needs.yaml", "rank: must", "rank: sure", "没有 sure 这一级"),
    ("needs.yaml", "when: {roads: [highway]}", "when: {roads: [moon]}", "moon 没有定义"),
    ("needs.yaml", "when: {roads: [highway]}", "when: {rods: [highway]}", "rods 没有定义"),
    ("needs.yaml", "title: 再买一份家财险, ", "", "没写产品"),
    ("needs.yaml", "new: [3 年以内, ", "new: [", "选项 new 写错了"),
    ("needs.yaml", "'自家|家用", "'(自家|家用", "不是正则表达式"),
    ("compare.yaml", "columns: [交强险, 商业险]", "columns: [交强险]", "不是 2 格"),
    ("compare.yaml", "国家统一的分项限额，不高", "保费 950 元", "写了价格"),
    ("compare.yaml", "reviewed_on: 2026-11-25", "reviewed_on: 去年", "应是日期"),
    ("form.yaml", "    must: true", "    mast: true", "不认识的字段 mast"),
    ("form.yaml", "    must: true", "    later: false", "要不要填没写清"),
    ("form.yaml", "type: name", "type: fingerprint", "没有这样的 type"),
    ("form.yaml", "covers: [covers]", "covers: []", "没有正好分完"),
    ("form.yaml", "fields: [duty_kind,", "fields: [salary,", "salary 没有定义"),
    ("partners.yaml", "valid_to: 2027-06-30", "valid_to: 2020-06-30", "早于开始日期"),
    ("partners.yaml", "联名客户专线", "投保返现 200", "返现"),
    ("partners.yaml", "kind: dealer", "kind: friend", "没有 friend 这一类"),
    ("quote.yaml", "一般按保额分档", "一般 200 元起", "写了数字"),
    ("application_states.yaml", "next: [issued]", "next: [isued]", "isued 没有定义"),
    ("application_states.yaml", "next: [delivered]", "next: []", "issued 走不出去"),
    (
        "application_states.yaml",
        "next: [paid, confirmed, withdrawn, lapsed]",
        "next: [confirmed, withdrawn, lapsed]",
        "没有哪个状态能走到 paid",
    ),
    ("application_states.yaml", "by: [underwriting]", "by: [boss]", "boss 没有定义"),
    ("application_states.yaml", "needs: [plan]", "needs: [plans]", "plans 没有定义"),
    ("application_states.yaml", "可以缴费了：{what}", "可以缴费了：{sum}", "不认识的 {sum}"),
    ("application_states.yaml", "    hours: 2", "    hours: 两小时", "应是 0 以上的整数"),
    ("application_checks.yaml", "days_before: [3, 1, 0]", "days_before: 三天", "提前几天写错了"),
    ("application_checks.yaml", 'at: "10:00"', 'at: "25:00"', "at 不是时间"),
    ("application_checks.yaml", "单号 {tracking}", "单号 {no}", "不认识的 no"),
)


@pytest.mark.parametrize(("name", "right", "wrong", "said"), MISTAKES)
def test_a_mistake_names_file_line_and_remedy(
    name: str, right: str, wrong: str, said: str, tmp_path: Path
) -> None:
    """The clerk reads where it is, what is wrong, and what to write."""
    folder, load = LOADERS[name]
    text = (folder / name).read_text(encoding="utf-8")
    assert right in text
    broken = tmp_path / name
    broken.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(TableError) as caught:
        load(broken)
    message = str(caught.value)
    assert said in message
    assert re.match(rf"{re.escape(name)} 第 \d+ 行：.+。.+。$", message), message


@pytest.mark.parametrize("name", LOADERS)
def test_broken_yaml_is_told_with_its_line(name: str, tmp_path: Path) -> None:
    """A missing bracket, a key written twice, a list instead of a mapping, another encoding."""
    folder, load = LOADERS[name]
    broken = tmp_path / name
    text = (folder / name).read_text(encoding="utf-8")
    for content in (text + "\n  bad: [", text + "\nversion: 1\nversion: 2\n", "- a\n"):
        broken.write_text(content, encoding="utf-8")
        with pytest.raises(TableError, match=r"第 \d+ 行"):
            load(broken)
    broken.write_bytes("version: 天津".encode("gbk"))
    with pytest.raises(TableError, match="UTF-8"):
        load(broken)


def test_every_product_named_has_its_card(parts: App) -> None:
    """Advice and form speak only of products whose card can be shown."""
    cards = {card.code for card in parts.products}
    advised = {rule.product for rule in needs.questionnaire().rules if rule.product}
    explained = {
        code
        for kind in form.form().kinds.values()
        for by_answer in kind.products.values()
        for codes in by_answer.values()
        for code in codes
    }
    assert advised | explained <= cards


def test_no_table_names_a_price_a_promise_or_a_rebate() -> None:
    """Nothing that a customer may read promises payment, quotes or gives something back."""
    forbidden = re.compile(r"一定赔|肯定赔|保证赔|包赔|最划算|全网最低|马上停售|\d+ ?元/年")
    rebate = re.compile(r"返现|返利|返点")
    for name, (folder, _) in LOADERS.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert not forbidden.search(text), name
        # These words may only deny.
        for line in filter(rebate.search, text.splitlines()):
            assert re.search(r"不得|没有|不是|也不是", line), line


def test_no_question_is_about_health() -> None:
    """Neither questionnaire nor form asks for an illness; the proper form does, later."""
    asked = [q.ask for q in needs.questionnaire().questions.values()]
    asked += [field.ask for field in form.form().fields.values()]
    assert not [ask for ask in asked if re.search(r"病史|得过|症状|体检报告|怀孕|身体", ask)]


def test_every_field_explains_itself_and_every_option_is_read_by_its_label() -> None:
    """«这项啥意思» has an answer everywhere; a tap on a button is understood."""
    for question in (*needs.questionnaire().questions.values(), *form.form().fields.values()):
        assert len(question.help) >= 15, question.key
        slot_type = type_of(question)
        for value, label, _ in question.options:
            found = slot_type.answer(label, NOON)
            assert found is not None, (question.key, label)
            assert found.value == ([value] if question.several else value), (question.key, label)


def test_s5_s34_every_answer_leads_somewhere() -> None:
    """Whatever is tapped, there is advice or an honest warning, and never a product twice."""
    table = needs.questionnaire()
    for profile, asked in table.profiles.items():
        for key in asked:
            for value in table.questions[key].values:
                answer: Any = [value] if table.questions[key].several else value
                items = table.assess({"profile": profile, key: answer}).items
                good = [i.product for i in items if i.rank in ("must", "first", "then")]
                assert len(good) == len(set(good)), (profile, key, value)


def test_who_wants_to_spend_little_is_sold_little() -> None:
    """Only what is required and what comes first remains (SALES 28)."""
    answers = {"profile": "car", "use": "family", "age": "new", "roads": "highway"}
    table = needs.questionnaire()
    usual = table.assess({**answers, "budget": "full"})
    cheap = table.assess({**answers, "budget": "min"})
    assert {item.rank for item in cheap.items} <= {"must", "first", "unfit", "stop"}
    assert len(cheap.items) < len(usual.items)
    assert cheap.left_out


def test_s81_benefits_end_with_their_last_day() -> None:
    """On the day it still holds, the day after it does not."""
    bank = partners.partners().partners[0]
    last = min(benefit.valid_to for benefit in bank.benefits)
    assert any(b.valid_to == last for b in bank.current(last))
    tomorrow = date.fromordinal(last.toordinal() + 1)
    assert not any(b.valid_to == last for b in bank.current(tomorrow))
