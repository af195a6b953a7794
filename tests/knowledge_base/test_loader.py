"""The loader: strict, and every error says where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.entries import Entry
from knowledge_base.loader import KnowledgeBase, load_folder, load_jsonl
from knowledge_base.yaml_lines import KnowledgeError

GOOD = """\
- id: F001
  question: 报案电话是多少
  variants: [打哪个电话, 报案找谁]
  answer: 请拨打 {hotline}。
  must_contain: ["95505"]
  source: 分公司公布信息
  basis: OP
  reviewed_on: 2026-11-22
  review_due: 2027-05-22
  audience: public
  topics: [报案]
  related: []
  buttons: [报案]
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    """Return a folder that holds one file."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_good_entry_loads(tmp_path: Path) -> None:
    """All fields arrive."""
    base = load_folder(folder_with(tmp_path, GOOD))
    entry = base.entry("F001")
    assert entry.texts == ("报案电话是多少", "打哪个电话", "报案找谁")
    assert entry.basis == "OP"
    assert entry.must_contain == ("95505",)
    assert entry.review_due is not None


BROKEN = [
    (GOOD.replace("  source: 分公司公布信息\n", ""), 1, "缺少 source"),
    (GOOD.replace("[打哪个电话, 报案找谁]", "[]"), 3, "缺少 variants"),
    (GOOD.replace("basis: OP", "basis: X"), 7, "basis 写成了“X”"),
    (GOOD.replace("2026-11-22", "昨天"), 8, "reviewed_on 写成了“昨天”"),
    (GOOD.replace("2027-05-22", "2026-01-01"), 9, "review_due 不晚于"),
    (GOOD.replace("related: []", "related: [F999]"), 12, "不存在的 F999"),
    (GOOD.replace("{hotline}", "{Hot line}"), 4, "花括号"),
    (GOOD.replace("{hotline}", "{hotline"), 4, "花括号"),
    (GOOD.replace("  must", "  also: 也就是 {Hotline}\n  must"), 5, "花括号"),
    (GOOD.replace("  must", "  also: [也就是]\n  must"), 5, "also 写成了"),
    (GOOD.replace("topics:", "topic:"), 11, "不认识的字段 topic"),
    (GOOD + GOOD, 14, "编号 F001 已用在 a.yaml 第 1 行"),
    (GOOD.replace("topics: [报案]", "question: 又一个"), 11, "question 写了两次"),
    (GOOD.replace("id: F001", "id: [F001]"), 1, "id 写成了"),
    (
        GOOD.replace("variants: [打哪个电话, 报案找谁]", "variants: 打哪个电话"),
        3,
        "variants 写成了",
    ),
    (GOOD.replace("answer: 请", "answer: 请: 再"), 4, "不是合法的 YAML"),
    ("id: F001\n", 1, "不是条目的列表"),
    ("- 只有文字\n", 1, "不是条目"),
]


@pytest.mark.parametrize(("text", "line", "message"), BROKEN)
def test_errors_name_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    """A mistake is refused with its place."""
    with pytest.raises(KnowledgeError, match=message) as error:
        load_folder(folder_with(tmp_path, text))
    assert error.value.line == line
    assert f"a.yaml 第 {line} 行" in str(error.value)
    assert str(error.value).count("。") >= 1


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A wrong directory is noticed."""
    with pytest.raises(KnowledgeError, match=r"没有找到 \*\.yaml"):
        load_folder(tmp_path)


def test_answers_are_filled_from_facts() -> None:
    """Placeholders become facts; nothing else is touched."""
    entry = Entry("A", "问", (), answer="请拨打 {hotline}，{0} 与 {hotline.__class__} 不变")
    told = KnowledgeBase([entry]).answer(entry, {"hotline": "95505"})
    assert told == "请拨打 95505，{0} 与 {hotline.__class__} 不变"


def test_other_words_are_filled_from_facts_or_left_out(tmp_path: Path) -> None:
    """The second explanation never shows a gap; most entries have none."""
    text = GOOD.replace("  must", "  also: 就是 {hotline} 这个号\n  must")
    entry = load_folder(folder_with(tmp_path, text)).entry("F001")
    base = KnowledgeBase([entry])
    assert base.explanation(entry, {"hotline": "95505"}) == "就是 95505 这个号"
    assert base.explanation(entry, {}) == ""
    assert base.explanation(Entry("A", "问", ()), {}) == ""


@pytest.mark.parametrize("facts", [{}, {"hotline": "95505"}, {"hotline": "95505", "address": " "}])
def test_a_missing_fact_is_admitted(facts: dict[str, str]) -> None:
    """Without the fact the customer gets the kind sentence."""
    entry = Entry("A", "地址", (), answer="我们在 {address}。")
    told = KnowledgeBase([entry]).answer(entry, facts)
    assert told.startswith("这一项的具体信息我这里还没有登记，请拨打 ")
    assert ("95505" in told) == ("hotline" in facts)
    assert "{" not in told


def test_jsonl_streams(tmp_path: Path) -> None:
    """Rows come one at a time; answers are optional."""
    file = tmp_path / "kb.jsonl"
    file.write_text(
        '{"id": 7, "question": "甲", "variants": []}\n\n{"id": "b", "question": "乙"}\n'
    )
    assert [(entry.id, entry.texts) for entry in load_jsonl(file)] == [
        ("7", ("甲",)),
        ("b", ("乙",)),
    ]


def test_jsonl_from_other_programs(tmp_path: Path) -> None:
    """A mark at the beginning of the file is no fault; another encoding is named with its line."""
    file = tmp_path / "kb.jsonl"
    file.write_text('{"id": "a", "question": "甲"}\n', encoding="utf-8-sig")
    assert [entry.id for entry in load_jsonl(file)] == ["a"]
    file.write_bytes('{"id": "a", "question": "甲"}\n'.encode("gbk"))
    with pytest.raises(KnowledgeError, match=r"第 1 行.*UTF-8"):
        list(load_jsonl(file))


@pytest.mark.parametrize(
    "row", ['{"id": 1', "[]", '{"id": "a"}', '{"id": "a", "question": "x", "variants": "y"}']
)
def test_bad_jsonl_rows_name_their_line(tmp_path: Path, row: str) -> None:
    """The second line is bad, and the error says so."""
    file = tmp_path / "kb.jsonl"
    file.write_text('{"id": "ok", "question": "好"}\n' + row + "\n")
    with pytest.raises(KnowledgeError, match=r"kb\.jsonl 第 2 行"):
        list(load_jsonl(file))
