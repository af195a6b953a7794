"""The evidence pack: complete, readable, masked; one flipped byte anywhere is named."""

from __future__ import annotations

import json
import random
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from bot.reports import evidence as packs
from bot.reports.evidence import MANIFEST, check
from storage.crypto import Cipher
from storage.models.case import Complaint
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import PHONE, conversation, message

NUMBER = "CP20261122000001"
PATH = f"/v1/complaints/{NUMBER}/evidence"


@pytest.fixture
def complained(office: Branch) -> Branch:
    """A branch with a complaint that was talked about, worked on and looked at."""
    office.add(conversation())
    office.add(
        message(1, 1, f"你们拖着不赔，我电话 {PHONE}"),
        Complaint(
            number=NUMBER, conversation_id=1, channel="webchat", category="理赔", severity="P2",
            status="received", owner="投诉岗", facts={"story": "拖着不赔", "phone": PHONE},
            decision="", received_at=NOW, due_on=date(2026, 12, 7), updated_at=NOW,
        ),
    )  # fmt: skip
    office.transactions.run(
        lambda uow: uow.cases.note(NUMBER, NOW, "api:王敏", "decided", {"note": f"已致电 {PHONE}"})
    )
    office.client.get(f"/v1/complaints/{NUMBER}", headers=office.token("complaints", "投诉岗"))
    return office


def _pack(office: Branch, more: str = "") -> bytes:
    header = office.token("supervisor", f"主管{more}")
    answer = office.client.get(f"{PATH}?reason=监管调阅{more}", headers=header)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def _files(raw: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(raw)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_pack_tells_the_whole_story(complained: Branch) -> None:
    """Case, words, steps, decisions, readers with reasons, links of the chain, a page to read."""
    files = _files(_pack(complained))
    assert "拖着不赔" in files["complaint.jsonl"]
    assert "拖着不赔" in files["messages.jsonl"]
    assert "decided" in files["decisions.jsonl"]
    assert "api:投诉岗" in files["access.jsonl"]
    links = [json.loads(line) for line in files["chain.jsonl"].splitlines()]
    assert {link["source"] for link in links} == {"case_event", "access_log"}
    assert NUMBER in files["index.html"]
    assert "监管调阅" in files["index.html"]


def test_numbers_are_masked_until_somebody_says_why(complained: Branch) -> None:
    """The phone is hidden by default and shown in full on request; both are on record."""
    assert PHONE not in str(_files(_pack(complained)))
    assert PHONE in str(_files(_pack(complained, "&full=true")))
    assert [what for _, what in complained.seen()][-2:] == [
        f"evidence {NUMBER}", f"evidence {NUMBER} full",
    ]  # fmt: skip


def test_masking_leaves_times_and_case_numbers_readable(complained: Branch) -> None:
    """The pack of a complaint names it, with the moments and hashes as they are, in Chinese."""
    files = _files(_pack(complained))
    assert f'"case_number": "{NUMBER}"' in files["timeline.jsonl"]
    links = [json.loads(line) for line in files["chain.jsonl"].splitlines()]
    assert not [link for link in links if "*" in link["at"] + link["hash"] + link["digest"]]
    assert "<th>谁</th>" in files["index.html"]


def test_an_untouched_pack_holds(complained: Branch) -> None:
    """With the key, and for whoever has none by the hashes alone."""
    raw = _pack(complained)
    assert check(raw, complained.parts.cipher) == ""
    assert check(raw) == ""


def test_one_flipped_byte_anywhere_is_named(complained: Branch) -> None:
    """Three hundred places in files, headers and directory: none goes unnoticed."""
    raw = _pack(complained)
    for place in random.Random(1).sample(range(len(raw)), 300):
        flipped = bytearray(raw)
        flipped[place] ^= 1 << (place % 8)
        wrong = check(bytes(flipped), complained.parts.cipher)
        assert wrong, f"byte {place} went unnoticed"


def test_the_changed_file_is_named(complained: Branch) -> None:
    """A message made milder, with the archive built anew: the file is named by its hash."""
    files = {name: content.encode() for name, content in _files(_pack(complained)).items()}
    files["messages.jsonl"] = files["messages.jsonl"].replace("拖着不赔".encode(), "谢谢".encode())
    assert check(packs._zip(files)).startswith("messages.jsonl")


def test_a_manifest_made_anew_is_not_signed(complained: Branch) -> None:
    """Hashes put right, key not known: the signature gives it away."""
    raw = _pack(complained)
    with ZipFile(BytesIO(raw)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    forged = json.loads(files[MANIFEST])
    forged["made_by"] = "别人"
    files[MANIFEST] = packs._plain(forged)
    assert check(packs._zip(files), complained.parts.cipher).startswith(MANIFEST)
    assert check(packs._zip(files), Cipher(b"another key" * 4)).startswith(MANIFEST)


def test_a_reason_and_the_right_role_are_needed(complained: Branch) -> None:
    """No reason, no pack; an agent gets none."""
    lead = complained.token("supervisor")
    assert complained.client.get(PATH, headers=lead).status_code == 422
    agent = complained.client.get(f"{PATH}?reason=看看", headers=complained.token("agent"))
    assert agent.status_code == 403
    none = complained.client.get(
        "/v1/complaints/CP20991122000001/evidence?reason=看看", headers=lead
    )
    assert none.status_code == 404


def test_the_chain_is_checked_over_the_api(complained: Branch) -> None:
    """Whole at first; after a stroke in the table the row is named."""
    header = complained.token("admin")
    told = complained.client.get("/v1/audit", headers=header).json()
    assert (told["whole"], told["broken"]) == (True, "")
    complained.transactions.run(
        lambda uow: uow.connection.execute(text("UPDATE access_log SET reason = 'x'"))
    )
    told = complained.client.get("/v1/audit", headers=header).json()
    assert not told["whole"]
    assert "access_log 第 1 行" in told["broken"]
