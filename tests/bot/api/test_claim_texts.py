"""Letters and notices over the API: filled in from the claim, refused where it is not so far."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import ConfigurationError
from storage.rules import claim_texts
from tests.bot.api.kit import Branch
from tests.bot.api.test_claim_handling import opened, step


def text(office: Branch, header: dict[str, str], path: str, code: str) -> Any:
    """Ask for a letter or notice."""
    return office.client.get(f"{path}/texts/{code}", headers=header)


def test_the_application_form_is_filled_in_and_the_rest_left_open(office: Branch) -> None:
    """S45: what was reported stands there already; the account is for the customer to write."""
    header = office.token("claims", "王理赔")
    path = opened(office, header, policy_number="TATJ20260001")
    form = text(office, header, path, "application").json()
    assert form["title"] == "索赔申请书"
    for words in (
        "保单号：TATJ20260001", "报案人：张三", "津A12345", "是否报警：否", "驾驶证*", "账号____",
        "出险时间：2026年11月22日", "事故经过：倒车蹭了柱子", "被保险人：（待填）",
    ):  # fmt: skip
        assert words in form["text"], words
    assert "{" not in form["text"]


def test_a_refusal_names_clause_reason_and_remedies(office: Branch) -> None:
    """S49: no letter before the decision; then with the clause, the reason and what may be done."""
    header = office.token("claims", "王理赔")
    path = opened(office, header)
    early = text(office, header, path, "refusal")
    assert (early.status_code, early.json()["code"]) == (409, "refused")
    _complete(office, header, path)
    step(office, header, path, "deciding")
    step(office, header, path, "declined", clause="条款第八条", reason="驾驶证已过期")
    letter = text(office, header, path, "refusal").json()
    assert letter["title"] == "拒赔通知书"
    for words in ("张三：", "依据：条款第八条。", "理由：驾驶证已过期。", "复核", "调解", "诉讼"):
        assert words in letter["text"]
    assert "条款第八条" not in text(office, header, path, "C07").json()["text"]


def test_a_supplement_notice_lists_all_that_is_missing(office: Branch) -> None:
    """S46: the one complete list; what came meanwhile is not asked for again."""
    header = office.token("claims", "王理赔")
    path = opened(office, header)
    assert text(office, header, path, "supplement").status_code == 409
    step(office, header, path, "contacted")
    step(office, header, path, "documents_due", missing=["维修报价单"])
    received = {"name": "驾驶证", "status": "received"}
    office.client.post(f"{path}/documents", json=received, headers=header)
    letter = text(office, header, path, "supplement").json()["text"]
    assert "维修报价单" in letter
    assert "行驶证" in letter
    assert "驾驶证" not in letter
    assert "第二十二条" in letter
    assert "维修报价单" in text(office, header, path, "C04").json()["text"]


@pytest.mark.parametrize("code", claim_texts.CODES)
def test_every_notice_names_the_claim(office: Branch, code: str) -> None:
    """C01 to C10 can be had for any claim; what only the step knows stays open."""
    header = office.token("claims", "王理赔")
    path = opened(office, header)
    found = text(office, header, path, code).json()
    assert found["claim"] in found["text"]
    assert "{" not in found["text"]


def test_who_may_not_see_all_gets_no_letter(office: Branch) -> None:
    """A letter is full of personal data."""
    path = opened(office, office.token("claims", "王理赔"))
    assert text(office, office.token("underwriting"), path, "application").status_code == 403
    header = office.token("agent")
    assert text(office, header, path, "letter").status_code == 422
    missing = "/v1/claims/CL20260101000001/texts/C01"
    assert office.client.get(missing, headers=header).status_code == 404


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"notices": {}}, "notices 缺少 C01"),
        ({"nudges": {"silence": "x"}}, "nudges 缺少 urged"),
        ({"nudges": {"silence": "{who}", "urged": ""}}, "nudges.silence 不认识 who"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    """A clerk's slip stops the start and names file and place."""
    with pytest.raises(ConfigurationError, match=rf"claim_texts\.yaml：{place}"):
        claim_texts.check(claim_texts.texts() | change)


def _complete(office: Branch, header: dict[str, str], path: str) -> None:
    """Contact the customer and receive every document."""
    step(office, header, path, "contacted")
    for document in office.client.get(f"{path}/documents", headers=header).json()["items"]:
        body = {"name": document["name"], "status": "received"}
        office.client.post(f"{path}/documents", json=body, headers=header)
    step(office, header, path, "documents_complete")
