"""Staff make a link for a customer whose matter they work on."""

from __future__ import annotations

from storage import web_links
from storage.web_links import WebLink
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import claim, conversation


def test_a_link_leads_to_the_conversation_of_the_matter(office: Branch) -> None:
    """Signed for that claim and conversation; made for roles who work on claims, and logged."""
    office.add(conversation())
    office.add(claim(1, conversation_id=1))
    number = "CL20261122000001"
    asked = {"kind": "upload", "subject": number}
    header = office.token("claims")
    made = office.client.post("/v1/web-links", json=asked, headers=header)
    assert made.status_code == 201
    token = made.json()["url"].rpartition("/links/")[2]
    assert web_links.read(office.parts.cipher, token, NOW) == WebLink("upload", 1, number)
    assert [what for _, what in office.seen()] == [f"link upload {number}"]
    refused = office.client.post("/v1/web-links", json=asked, headers=office.token("sales"))
    assert refused.status_code == 403


def test_what_is_not_there_has_no_link(office: Branch) -> None:
    """An unknown claim, an unknown survey, a survey that is no number or too large a one."""
    header = office.token("claims")
    for kind, subject in (
        *(("upload", "CL1"), ("survey", "7"), ("survey", "x"), ("survey", "9" * 23)),
        ("survey", "٣"),
    ):
        asked = {"kind": kind, "subject": subject}
        assert office.client.post("/v1/web-links", json=asked, headers=header).status_code == 404
