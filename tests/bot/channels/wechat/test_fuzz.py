"""Bad-input classes 1 to 3, at random: noise, signed noise, mutations, any text."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.message import Reply
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, Account
from tests.bot.channels.wechat.hostile_kit import TEXT, block, raw_seal
from tests.bot.channels.wechat.platform import signed_query, wrap

QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(st.binary(max_size=3000), st.text(max_size=300), st.sampled_from(["GET", "POST"]))
def test_fuzz_noise(body: bytes, query: str, method: str) -> None:
    """Noise is refused and never raises."""
    result = Account().request(query.encode("utf-8", "replace").decode(), body, method=method)
    assert 400 <= result.status < 500


@QUIET
@given(st.binary(max_size=2000), st.sampled_from(["safe", "compat", "plain"]), st.booleans())
def test_fuzz_signed_bodies(body: bytes, mode: str, in_cipher: bool) -> None:
    """Random bodies under a right signature, also as plaintext of the cipher."""
    wechat = Account(platform.settings(mode=mode))
    if in_cipher and mode != "plain":
        result = wechat.request(*wrap(wechat.settings, raw_seal(block(body)), AT))
    else:
        query, _ = platform.push(wechat.settings, TEXT, AT)
        result = wechat.request(query, body)
    assert 400 <= result.status < 500


@QUIET
@given(st.data())
def test_fuzz_mutations(data: st.DataObject) -> None:
    """Valid XML with a few bytes changed is taken or refused, never more."""
    xml = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(xml) - 1))
        piece = data.draw(st.binary(max_size=4) | st.sampled_from([b"<a>", b"]]>", b"&#0;", b"\0"]))
        xml[place : place + data.draw(st.integers(0, 4))] = piece
    mode = data.draw(st.sampled_from(["safe", "plain"]))
    wechat = Account(platform.settings(mode=mode))
    if mode == "plain":
        result = wechat.request(signed_query(wechat.settings, AT), bytes(xml))
    else:
        result = wechat.request(*wrap(wechat.settings, raw_seal(block(bytes(xml))), AT))
    assert result.status == 200 or 400 <= result.status < 500
    assert result.status != 200 or len(wechat.inbox.messages) <= 1


@QUIET
@given(st.text(max_size=3000), st.text(max_size=200))
def test_fuzz_texts(said: str, answered: str) -> None:
    """Any text of people and models goes in and out as well-formed XML."""
    wechat = Account()
    wechat.inbox.replies = (Reply(answered),)
    result = wechat.say(said.encode("utf-8", "ignore").decode())
    assert result.status == 200
    if result.body != b"success":
        platform.open_reply(wechat.settings, result.body)
