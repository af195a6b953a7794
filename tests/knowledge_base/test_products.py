"""The product cards: strictly loaded, complete, without promises or prices."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.back_office import ProductView
from knowledge_base.loader import load_folder
from knowledge_base.products import FOLDER, LINES, load_products, overdue
from knowledge_base.yaml_lines import KnowledgeError

QUESTIONS = {"F178": "家财险都保什么？"}
GOOD = """\
- code: home
  name: 家财险
  line: home
  called: [家财险, 房子险]
  summary: 保房子和屋里的东西。
  covers: 火灾、爆炸。
  excludes: 地震通常不保。
  period: 一般 1 年。
  amount: 按实际价值约定。
  claims: 先保人，再报案。
  features: [租客也能投]
  suits: [自住业主]
  unsuits: [想保现金的]
  bring: [身份证]
  audiences: [业主]
  related: [F178]
  terms: 家庭财产保险条款
  source: 行业公开条款
  reviewed_on: 2026-11-25
  review_due: 2027-05-25
"""
# What nobody may promise or quote before an underwriter has looked.
FORBIDDEN = re.compile(
    r"保证|一定赔|全赔|最划算|最便宜|最低价|返现|保费\d|\d+ ?元一年|每年 ?\d+ ?元"
)
LONGEST_CARD = 560


def folder_with(tmp_path: Path, text: str, name: str = "home") -> Path:
    """Return a folder that holds one card."""
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@cache
def shipped() -> tuple[ProductView, ...]:
    """Return the cards we ship."""
    entries = load_folder(FOLDER.with_name("faq")).entries.values()
    return tuple(load_products(FOLDER, {entry.id: entry.question for entry in entries}))


def test_a_good_card_loads(tmp_path: Path) -> None:
    """All fields arrive, and the related entry becomes a question to tap."""
    (card,) = load_products(folder_with(tmp_path, GOOD), QUESTIONS)
    assert (card.code, card.called, card.asks) == (
        "home",
        ("家财险", "房子险"),
        ("家财险都保什么？",),
    )
    assert card.review_due == date(2027, 5, 25)


BROKEN = [
    (GOOD.replace("  excludes: 地震通常不保。\n", ""), 1, "缺少 excludes"),
    (GOOD.replace("[想保现金的]", "[]"), 13, "缺少 unsuits"),
    (GOOD.replace("claims:", "claim:"), 10, "不认识的字段 claim"),
    (GOOD.replace("code: home", "code: house"), 1, "与文件名 home 不同"),
    (GOOD.replace("line: home", "line: 房子"), 3, "没有 房子 这条业务线"),
    (GOOD.replace("2026-11-25", "昨天"), 19, "reviewed_on 写成了“昨天”"),
    (GOOD.replace("2027-05-25", "2026-01-01"), 20, "review_due 不晚于"),
    (GOOD.replace("[F178]", "[F999]"), 16, "不存在的 F999"),
    (GOOD.replace("[身份证]", "身份证"), 14, "bring 写成了“身份证”"),
    (GOOD.replace("[身份证]", "[1]"), 14, "应为文字的列表"),
    (GOOD.replace("period: 一般 1 年。", "period: 1"), 8, "period 写成了“1”"),
    (GOOD + GOOD, 21, "有 2 张产品卡"),
    ("[]\n", 1, "有 0 张产品卡"),
]


@pytest.mark.parametrize(("text", "line", "problem"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    """File, line and what is wrong."""
    with pytest.raises(KnowledgeError, match=re.escape(problem)) as caught:
        load_products(folder_with(tmp_path, text), QUESTIONS)
    assert caught.value.line == line
    assert "home.yaml" in str(caught.value)


def test_a_name_belongs_to_one_product(tmp_path: Path) -> None:
    """Two cards may not answer to one name."""
    folder_with(tmp_path, GOOD.replace("code: home", "code: flat"), "flat")
    with pytest.raises(KnowledgeError, match="叫法“家财险”已用在 flat"):
        load_products(folder_with(tmp_path, GOOD), QUESTIONS)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """No cards at all is a mistake in the path."""
    with pytest.raises(KnowledgeError, match="没有找到"):
        load_products(tmp_path, QUESTIONS)


def test_late_reviews_are_found() -> None:
    """A card is late on the day after its review was due, not before."""
    card = shipped()[0]
    assert card not in overdue(shipped(), card.review_due)
    assert card in overdue(shipped(), card.review_due.replace(year=card.review_due.year + 1))


def test_every_line_has_a_card() -> None:
    """No line of the branch goes without."""
    assert {card.line for card in shipped()} == set(LINES)


@pytest.mark.parametrize("card", shipped(), ids=lambda card: card.code)
def test_a_card_promises_and_quotes_nothing(card: ProductView) -> None:
    """Figures of cover may stand there; promises and premiums may not."""
    texts = (card.summary, card.covers, card.excludes, card.period, card.amount, card.claims)
    said = "\n".join((*texts, *card.features, *card.suits, *card.unsuits))
    assert not FORBIDDEN.search(said)
    assert len(said) <= LONGEST_CARD


def test_a_link_to_a_withdrawn_entry_is_left_out(tmp_path: Path) -> None:
    """The knowledge base changes at run time; a card must not stop the start."""
    (card,) = load_products(folder_with(tmp_path, GOOD), {}, strict=False)
    assert card.asks == ()
