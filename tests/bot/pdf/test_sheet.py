"""Printed pages: Chinese that can be copied out again, marks, page breaks, unknown characters."""

from __future__ import annotations

from datetime import date, datetime

import pypdfium2
import pytest

from bot.channels.papers.draw import drawn
from bot.channels.papers.policy_pdf import Issuer, PolicyPaper, render
from bot.clock import SHANGHAI
from bot.pdf.font import FONT, UNKNOWN, printable
from bot.pdf.sheet import Sheet
from tests.bot.pdf.reading import text_of

AT = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
PAPER = PolicyPaper(
    number="TATJ20260208000155",
    product="机动车商业保险",
    holder="髙堃喆",
    document="990***********4421",
    insured="髙堃喆",
    plate="津X09M33",
    starts_at=datetime(2026, 2, 8, 0, 0, tzinfo=SHANGHAI),
    ends_on=date(2027, 2, 7),
    status="有效",
    premium_fen=312_345,
    payment="已缴清",
    details={
        "coverages": [
            {"name": "第三者责任保险", "limit_yuan": 2_000_000, "deductible": ""},
            {"name": "机动车损失保险", "limit_yuan": 158_000, "deductible": "每次 500 元"},
        ],
        "special": "指定驾驶人以外的人驾驶出险，按条款处理。",
        "vehicle": {"model": "示例牌", "vin_tail": "023456"},
    },
    check_code="1A2B-3C4D-5E6F",
)


def _issuer(*, demo: bool) -> Issuer:
    return Issuer("示例财产保险公司", "天津分公司", "95505", "官网验真", demo)


def test_the_policy_says_what_the_record_says() -> None:
    """Parties, period, covers with limits and deductibles, premium, terms, and how to check it."""
    text = text_of(render(PAPER, _issuer(demo=False), AT))
    for said in (
        *("TATJ20260208000155", "髙堃喆", "990***********4421", "津X09M33", "023456"),
        *("2026年2月8日0时起", "2027年2月7日24时止", "2,000,000元", "每次500元", "3,123.45元"),
        *("按条款处理", "1A2B-3C4D-5E6F", "官网验真", "同等法律效力", "95505"),
    ):
        assert said in text
    assert "演示" not in text


def test_a_demo_policy_is_marked_on_every_page() -> None:
    """Nobody takes an invented policy for a real one."""
    text = text_of(render(PAPER, _issuer(demo=True), AT))
    assert "演示保单" in text
    assert "不产生任何保险责任" in text


def test_a_long_policy_goes_over_several_pages() -> None:
    """Every row is there, and each page has its number."""
    covers = [{"name": f"第{n}项保障", "limit_yuan": n} for n in range(1, 121)]
    long = PolicyPaper(**{**vars(PAPER), "details": {"coverages": covers}})
    text = text_of(render(long, _issuer(demo=True), AT))
    assert all(f"第{n}项保障" in text for n in range(1, 121))
    assert "1/5" in text or "1/4" in text


def test_a_policy_with_hardly_anything_is_still_a_document() -> None:
    """Records of a core system may lack almost everything."""
    bare = PolicyPaper(**{**vars(PAPER), "details": {}, "plate": "", "premium_fen": 0})
    assert "见缴费凭证" in text_of(render(bare, _issuer(demo=False), AT))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("镕堃喆淼髙", "镕堃喆淼髙"), ("𬀩", UNKNOWN), ("🚗", UNKNOWN), ("a\0b", f"a{UNKNOWN}b")],
)
def test_characters_that_the_font_lacks_are_marked(text: str, shown: str) -> None:
    """Names with rare characters print; what cannot be printed is seen to be missing."""
    assert printable(text) == shown


def test_a_missing_character_is_explained() -> None:
    """The reader learns what the mark means."""
    sheet = Sheet("试", foot="脚")
    sheet.facts([("姓名", "王𬀩")])
    assert "字库以外的字" in text_of(sheet.finish())


def test_a_document_is_drawn_in_a_process_of_its_own() -> None:
    """What comes back is what would be drawn here."""
    pdf = drawn(PAPER, _issuer(demo=True), AT)
    assert pdf is not None
    assert text_of(pdf) == text_of(render(PAPER, _issuer(demo=True), AT))


def test_what_cannot_be_drawn_is_none() -> None:
    """A record that makes no sense ends that process, not ours."""
    broken = PolicyPaper(**{**vars(PAPER), "details": {"coverages": [{"limit_yuan": "many"}]}})
    assert drawn(broken, _issuer(demo=True), AT) is None


def test_the_font_comes_with_its_licence() -> None:
    """The Open Font License stands beside the font."""
    licence = FONT.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert FONT.name in licence


def test_charts_leave_no_colour_behind() -> None:
    """Bars with names and words, shares with their percent; a table after them stays white."""
    sheet = Sheet("图", foot="脚", at=AT)
    sheet.bars([("甲", 3.0, "3 件", "#b3392f"), ("乙", 0.0, "0 件", "#2f7d4f")] * 40)
    sheet.shares([("等", 3.0, "#b3392f"), ("办", 1.0, "#2f7d4f")])
    sheet.shares([])
    sheet.table(("头",), [("行",)], (174,))
    made = sheet.finish()
    text = text_of(made)
    for said in ("甲", "3件", "0件", "等75%", "办25%", "行"):
        assert said in text
    document = pypdfium2.PdfDocument(made)
    last = document[len(document) - 1].render(scale=1).to_pil().convert("RGB")
    document.close()
    colours = {colour for _, colour in last.getcolors(maxcolors=1 << 20)}
    assert (255, 255, 255) in colours
    # The row of the table lies at the foot of what is printed, on white ground.
    inked = [y for y in range(last.height - 90) if last.getpixel((300, y)) != (255, 255, 255)]
    assert all(last.getpixel((300, y)) != (179, 57, 47) for y in inked[-8:])
