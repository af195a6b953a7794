"""Nobody gets a bit of another person's data, and the work done does not tell either."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bootstrap import App
from storage import schema
from tests.attacks.kit import OWN_POLICY, VICTIMS, Battlefield, CountingCipher, leaks
from tests.attacks.scripts import attacks
from tests.conftest import SECRET

DOT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
UNKNOWN_PHONE, UNKNOWN_POLICY, UNKNOWN_PLATE = "18600001111", "TATJ20990314000709", "津Q7H9ZZ"


@pytest.fixture
def field(parts: App, tmp_path: Path) -> Iterator[Battlefield]:
    """A branch with victims in a database of its own."""
    app = parts.beside(database_url=f"sqlite:///{tmp_path / 'anda.db'}", data_dir=tmp_path)
    app.__dict__["cipher"] = CountingCipher(SECRET)
    schema.upgrade(app.transactions.engine)
    yield Battlefield(app)
    app.transactions.close()


def test_a_thousand_attacks_get_nothing(field: Battlefield) -> None:
    """Enumeration, guessed codes, other identities, injected text, other people's numbers."""
    tried: Counter[str] = Counter()
    for number, attack in enumerate(attacks()):
        if number % 20 == 0:
            field.rest()  # or all later attacks would only meet the locks of the first ones
        if attack.own:
            field.become_customer(attack.peer)
        answer = field.say(
            attack.peer, *attack.says, channel=attack.channel, account=attack.account
        )
        assert not leaks(answer, attack.says), (attack, answer)
        tried[attack.kind] += 1
    assert tried.total() == 1_000
    assert len(tried) == 8


def test_the_victim_is_still_served(field: Battlefield) -> None:
    """The attacks above fail because they are attacks: the right proofs do show everything."""
    victim = VICTIMS[0]
    answer = field.say("right", "查保单", victim.phone, "{code}", victim.document[-6:])
    assert {victim.policy, victim.plate, f"机密约定{victim.number}"} <= set(
        leaks(answer, [victim.phone, victim.document])
    )


@pytest.mark.parametrize("asked", ["查保单 {}", "看懂保单 {}"])
def test_a_policy_of_somebody_else_is_as_unknown_as_none(field: Battlefield, asked: str) -> None:
    """A bound customer: same words, same statements, same hashes."""
    field.become_customer("curious")
    heard, work = [], []
    for number in (VICTIMS[0].policy, UNKNOWN_POLICY, VICTIMS[1].policy):
        with field.work() as done:
            heard.append(field.say("curious", asked.format(number)).replace(number, "…"))
        work.append(done)
    assert len(set(heard)) == 1
    assert work[0] == work[1] == work[2]


def test_a_known_phone_is_as_good_as_an_unknown_one(field: Battlefield) -> None:
    """Nobody learns who is a customer: every step says and does the same for both."""
    heard, work = [], []
    for peer, phone in (("a", VICTIMS[0].phone), ("b", UNKNOWN_PHONE), ("c", VICTIMS[2].phone)):
        heard.append(list[str]())
        work.append(list[list[int]]())
        for words in ("查保单", phone, "{code}", "000001", "000002", "000003", "查保单", phone):
            with field.work() as done:
                heard[-1].append(field.say(peer, words))
            work[-1].append(done)
    assert heard[0] == heard[1] == heard[2]
    assert "没有对上" in heard[0][3]
    assert "分钟后才能再试" in heard[0][5]
    assert work[0] == work[1] == work[2]


def test_a_wrong_document_costs_the_same_as_a_wrong_plate(field: Battlefield) -> None:
    """Which of two proofs was wrong cannot be told from the words or from the work."""
    victim = VICTIMS[0]
    heard, work = [], []
    for peer, proof in (
        ("a", f"身份证尾号1234 车牌{victim.plate}"),
        ("b", f"身份证尾号{victim.document[-4:]} 车牌{UNKNOWN_PLATE}"),
    ):
        field.say(peer, "查保单", victim.phone, "{code}")
        with field.work() as done:
            heard.append(field.say(peer, proof))
        work.append(done)
    assert heard[0] == heard[1]
    assert work[0] == work[1]


def test_a_code_serves_only_the_identity_that_asked_for_it(field: Battlefield) -> None:
    """The victim's own code, read over their shoulder, opens nothing elsewhere."""
    victim = VICTIMS[0]
    field.say("victim-here", "查保单", victim.phone)
    answer = field.say("thief", "查保单", "13712340001", "取消")
    field.say("victim-here", "上一步", victim.phone)
    answer += field.say("thief", "查保单", "13712340002", "{code}", victim.document[-6:])
    assert not leaks(answer, [victim.phone, victim.document])
    assert field.level("thief") <= "V1"


def test_limits_hold_over_many_identities_and_a_restart(field: Battlefield) -> None:
    """One phone gets ten codes a day, whoever asks; nothing of that is in memory."""
    victim = VICTIMS[3]
    for number in range(15):
        field.say(f"flood{number}", "查保单", victim.phone)
    sent = field.app.transactions.read(
        lambda uow: uow.customers.codes_to_person_since(
            field.app.cipher.blind(victim.phone), field.at.replace(hour=0)
        )
    )
    assert sent == field.app.settings.identity.codes_per_phone_per_day
    assert "已经到上限" in field.say("flood99", "查保单", victim.phone)


def test_an_own_policy_is_shown_to_its_holder_only(field: Battlefield) -> None:
    """Binding is to one channel identity: the next one starts from nothing."""
    field.become_customer("me")
    assert OWN_POLICY in field.say("me", "查保单")
    assert OWN_POLICY not in field.say("me2", "查保单")


def test_a_photo_belongs_to_the_session_it_was_sent_in(field: Battlefield) -> None:
    """Another session's name, a path around it, or half of it: there is no such photo."""
    chat = field.app.chat
    saved = asyncio.run(chat.save_media("victim-session", "a.gif", DOT))
    name = saved.ref.rpartition("/")[2]
    assert asyncio.run(chat.media("victim-session", name)) is not None
    for session in ("other", "victim-sessio", "VICTIM-SESSION", "", "..", "*", "%"):
        for tried in (name, f"../victim-session/{name}", saved.ref, f"..%2f{saved.ref}", "*"):
            assert asyncio.run(chat.media(session, tried)) is None, (session, tried)
    for tried in (name[:-1], name.upper(), "*", "."):
        assert asyncio.run(chat.media("victim-session", tried)) is None, tried
