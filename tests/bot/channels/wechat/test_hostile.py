"""Bad-input classes 1 to 3: every one is refused alike, none gets through or breaks us."""

from __future__ import annotations

import asyncio
import base64
import gzip
import os
import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import body as body_module
from bot.dialogue.message import Reply
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, OPENID, Account, Event, Result
from tests.bot.channels.wechat.platform import AES_KEY, signed_query, text_xml, wrap

TEXT = text_xml(OPENID, "我要报案", 1, AT)
BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)
EXTERNAL = '<!DOCTYPE xml SYSTEM "file:///etc/passwd">'
REFUSED = {(400, b"bad request"), (403, b"forbidden"), (413, b"too large")}


def raw_seal(plain: bytes, key: str = AES_KEY) -> str:
    """Return ``plain`` encrypted as it is, without any padding of ours."""
    secret = base64.b64decode(key + "=")
    encryptor = Cipher(AES256(secret), CBC(secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def block(
    xml: bytes, length: int | None = None, app_id: bytes = b"wx0123456789abcdef", pad: int = 0
) -> bytes:
    """Return a plaintext with a right padding, or one whose padding byte is ``pad``."""
    size = len(xml) if length is None else length
    content = os.urandom(16) + size.to_bytes(4, "big") + xml + app_id
    missing = 32 - len(content) % 32
    return content + bytes([pad or missing]) * missing


def sealed(plain: bytes, key: str = AES_KEY) -> Result:
    """Deliver a ciphertext of ``plain`` whose signatures are right."""
    wechat = Account()
    result = wechat.request(*wrap(wechat.settings, raw_seal(plain, key), AT))
    assert wechat.inbox.messages == [] or result.status == 200
    return result


def test_block_helper_is_right() -> None:
    """The helper makes a good push unless it is told otherwise."""
    assert sealed(block(TEXT.encode())).status == 200


def zero_padded() -> bytes:
    content = block(TEXT.encode())
    return content[: -content[-1]] + bytes(content[-1])


@pytest.mark.parametrize(
    "plain",
    [
        pytest.param(zero_padded(), id="padding 0"),
        pytest.param(block(TEXT.encode(), pad=33), id="padding 33"),
        pytest.param(block(TEXT.encode(), pad=255), id="padding 255"),
        pytest.param(block(TEXT.encode())[:-2] + b"\x00\x01"[:1] + b"\x02", id="padding uneven"),
        pytest.param(block(TEXT.encode(), length=0), id="length 0"),
        pytest.param(block(TEXT.encode(), length=len(TEXT.encode()) - 1), id="length short"),
        pytest.param(block(TEXT.encode(), length=len(TEXT.encode()) + 1), id="length long"),
        pytest.param(block(TEXT.encode(), length=2**31), id="length huge"),
        pytest.param(block(TEXT.encode(), length=2**32 - 1), id="length -1"),
        pytest.param(block(TEXT.encode(), app_id=b"wxother"), id="other appid"),
        pytest.param(block(TEXT.encode(), app_id=b"wx0123456789abcde"), id="appid cut"),
        pytest.param(block(TEXT.encode(), app_id=b""), id="no appid"),
        pytest.param(block(b"\xff\xfe" + TEXT.encode()), id="not UTF-8"),
        pytest.param(block(TEXT.encode("utf-16")), id="UTF-16"),
        pytest.param(block(b""), id="no xml"),
        pytest.param(block(b"<xml>"), id="xml cut"),
        pytest.param(block((BOMB + TEXT).encode()), id="bomb inside"),
        pytest.param(block((EXTERNAL + TEXT).encode()), id="external entity inside"),
        pytest.param(block(b"<xml>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</xml>"), id="deep"),
        pytest.param(bytes(32), id="one block of nothing"),
        pytest.param(os.urandom(320), id="noise"),
    ],
)
def test_bad_plaintexts_look_alike(plain: bytes) -> None:
    """Whatever is wrong inside a correctly signed ciphertext: one status, one body."""
    result = sealed(plain)
    assert (result.status, result.body) == (403, b"forbidden")


@pytest.mark.parametrize(
    "encrypted", ["", "A", "!!!!", "QUJD", "QUJD" * 11 + "=", "密文", "=" * 64]
)
def test_bad_base64_looks_alike(encrypted: str) -> None:
    """So does what is not base64 or not whole blocks."""
    wechat = Account()
    result = wechat.request(*wrap(wechat.settings, encrypted, AT))
    assert (result.status, result.body) == (403, b"forbidden")


def test_other_key_and_short_blocks() -> None:
    """Another key, and ciphertexts of 16-byte blocks, are refused the same way."""
    plain = block(TEXT.encode())
    assert sealed(plain, "B" * 43).body == sealed(plain[:-16]).body == b"forbidden"


def test_bit_flips_on_every_block() -> None:
    """With and without a fitting signature, no flipped bit gives anything but 403."""
    good = base64.b64decode(raw_seal(block(TEXT.encode())))
    wechat = Account()
    query, body = wrap(wechat.settings, base64.b64encode(good).decode(), AT)
    answers = set()
    for start in range(0, len(good), 16):
        flipped = bytearray(good)
        flipped[start + 5] ^= 1 << 6
        text = base64.b64encode(flipped).decode()
        unsigned = body.replace(base64.b64encode(good), text.encode())
        for result in (
            wechat.request(query, unsigned),
            wechat.request(*wrap(wechat.settings, text, AT)),
        ):
            answers.add((result.status, result.body))
    assert answers == {(403, b"forbidden")}
    assert wechat.inbox.messages == []


Change = Callable[[dict[str, str]], dict[str, str] | str]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda q: q | {"signature": "0" * 40}, id="signature wrong"),
        pytest.param(lambda q: q | {"msg_signature": "0" * 40}, id="msg_signature wrong"),
        pytest.param(lambda q: q | {"signature": q["signature"].upper()}, id="upper-case hex"),
        pytest.param(
            lambda q: q | {"msg_signature": q["msg_signature"].upper()}, id="upper-case msg hex"
        ),
        pytest.param(lambda q: q | {"signature": q["msg_signature"]}, id="signatures swapped"),
        pytest.param(lambda q: q | {"signature": "签" * 40}, id="signature not ASCII"),
        pytest.param(lambda q: q | {"nonce": q["nonce"] + "0"}, id="other nonce"),
        pytest.param(lambda q: q | {"nonce": "1" * 10_240}, id="10 kB nonce"),
        pytest.param(lambda q: q | {"nonce": ""}, id="empty nonce"),
        pytest.param(lambda q: q | {"timestamp": "x"}, id="timestamp no number"),
        pytest.param(lambda q: q | {"timestamp": "-1"}, id="timestamp negative"),
        pytest.param(lambda q: q | {"timestamp": "１７９５３１１０００"}, id="full-width digits"),
        pytest.param(lambda q: q | {"timestamp": "9" * 400}, id="timestamp endless"),
        pytest.param(lambda q: q | {"encrypt_type": "raw"}, id="downgrade to raw"),
        pytest.param(lambda q: q | {"encrypt_type": "AES"}, id="encrypt_type upper"),
        pytest.param(lambda q: q | {"encrypt_type": "rot13"}, id="encrypt_type unknown"),
        pytest.param(lambda q: "&".join(f"{k}={v}" for k, v in q.items()) + "&nonce=1", id="twice"),
        pytest.param(lambda q: "signature=%ff%fe&timestamp=1&nonce=1", id="not UTF-8"),
        pytest.param(lambda q: "&".join(f"x{n}=1" for n in range(500)), id="many parameters"),
        pytest.param(lambda q: "", id="none"),
        *(
            pytest.param(lambda q, n=n: {k: v for k, v in q.items() if k != n}, id=f"no {n}")
            for n in ("signature", "timestamp", "nonce", "msg_signature", "encrypt_type")
        ),
    ],
)
def test_queries(change: Change) -> None:
    """A query that is not exactly right is refused, and the inbox sees nothing."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)
    result = wechat.request(change(query), body)
    assert (result.status, result.body) in REFUSED
    assert wechat.inbox.messages == []


@pytest.mark.parametrize("mode", ["safe", "compat", "plain"])
@pytest.mark.parametrize(("shift", "status"), [(-599, 200), (599, 200), (-601, 403), (601, 403)])
def test_freshness(mode: str, shift: int, status: int) -> None:
    """A captured URL dies after ``clock_skew_s``, and so does one from the future."""
    wechat = Account(platform.settings(mode=mode))
    assert wechat.push(TEXT, AT + shift).status == status


def test_plaintext_is_refused_in_encrypted_modes() -> None:
    """A right URL signature does not let a plaintext body in, whatever encrypt_type says."""
    for mode in ("safe", "compat"):
        wechat = Account(platform.settings(mode=mode))
        token = wechat.settings.token.get_secret_value()
        for more in ({}, {"encrypt_type": "raw"}, {"encrypt_type": "aes"}):
            query = signed_query(wechat.settings, AT, **more)
            empty = platform.signature(token, query["timestamp"], query["nonce"], "")
            for extra in ({}, {"msg_signature": empty}):
                result = wechat.request(query | extra, TEXT.encode())
                assert (result.status, result.body) == (403, b"forbidden")
        assert wechat.inbox.messages == []


def test_compat_ignores_the_plain_fields() -> None:
    """Forged plain fields beside a good Encrypt change nothing."""
    wechat = Account(platform.settings(mode="compat"))
    query, body = platform.push(wechat.settings, TEXT, AT)
    forged = body.replace("我要报案".encode(), "我要退保".encode()).replace(
        OPENID.encode(), b"victim"
    )
    assert wechat.request(query, forged).status == 200
    assert (wechat.message.text, wechat.message.peer) == ("我要报案", OPENID)


def test_two_encrypts_are_ambiguous() -> None:
    """A second Encrypt element is refused."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)
    assert (
        wechat.request(query, body.replace(b"</xml>", b"<Encrypt>x</Encrypt></xml>")).status == 400
    )


def test_plain_mode_refuses_encrypted_pushes() -> None:
    """Configuration and console must agree."""
    wechat = Account(platform.settings(mode="plain"))
    assert wechat.request(*platform.push(platform.settings(), TEXT, AT)).status == 403


def test_plain_mode_remembers_pairs() -> None:
    """Under a used (timestamp, nonce) another body is refused; the same one is a retry."""
    wechat = Account(platform.settings(mode="plain"))
    query, body = platform.push(wechat.settings, TEXT, AT)
    assert wechat.request(query, body).status == 200
    assert wechat.request(query, body).status == 200
    assert wechat.request(query, text_xml("victim", "退保", 2, AT).encode()).status == 403
    assert wechat.push(TEXT).status == 200


@pytest.mark.parametrize(
    "outer",
    [
        pytest.param(BOMB.encode(), id="entity bomb"),
        pytest.param(EXTERNAL.encode(), id="external entity"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-16"?>', id="UTF-16 declared"),
        pytest.param(b'<?xml version="1.0" encoding="GBK"?>', id="GBK declared"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"<xml>" * 10_000, id="10k nesting"),
        pytest.param(
            b"<xml " + b" ".join(b"a%d='1'" % n for n in range(10_000)) + b"></xml>",
            id="10k attributes",
        ),
        pytest.param(b"{}", id="json"),
        pytest.param(b"<?x " + b"y" * 500_000 + b"?>" + b"<html/>", id="long instruction"),
        pytest.param(b"\x1f\x8b\x08" + os.urandom(500), id="gzip bytes"),
    ],
)
@pytest.mark.parametrize("mode", ["safe", "plain"])
def test_outer_xml(mode: str, outer: bytes) -> None:
    """What stands in front of a good body spoils it, quickly."""
    wechat = Account(platform.settings(mode=mode))
    query, body = platform.push(wechat.settings, TEXT, AT)
    started = time.perf_counter()
    result = wechat.request(query, outer + body)
    assert (result.status, result.body) == (400, b"bad request")
    assert time.perf_counter() - started < 2
    assert wechat.inbox.messages == []


@pytest.mark.parametrize("mode", ["safe", "plain"])
def test_harmless_fronts(mode: str) -> None:
    """A BOM or an XML declaration in UTF-8 does no harm."""
    for front in (b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="utf-8"?>', b"\n  "):
        wechat = Account(platform.settings(mode=mode))
        query, body = platform.push(wechat.settings, TEXT, AT)
        assert wechat.request(query, front + body).status == 200


@pytest.mark.parametrize("cut", [0, 1, 5, 50, -1, -6])
def test_truncated(cut: int) -> None:
    """A body cut anywhere is refused."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)
    assert wechat.request(query, body[:cut]).status == 400


def test_body_limits() -> None:
    """Large bodies are refused by their announced and by their real length, gzip always."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)
    huge = b"x" * (body_module.MAX_BODY + 1)
    assert wechat.request(query, huge).status == 413
    assert wechat.request(query, huge, headers=[]).status == 413
    encoding = (b"content-encoding", b"gzip")
    assert wechat.request(query, gzip.compress(body), headers=[encoding]).status == 400
    for length in (b"5", b"-1", b"", b"1e3", b"9" * 30, str(len(body) + 1).encode()):
        headers = [(b"content-length", length)]
        assert wechat.request(query, body, headers=headers).status in {400, 413}
    double = [(b"content-length", b"1"), (b"content-length", str(len(body)).encode())]
    assert wechat.request(query, body, headers=double).status == 400
    assert wechat.inbox.messages == []


def test_message_of_a_megabyte_is_quick() -> None:
    """The largest text that fits is taken without a stall."""
    wechat = Account(platform.settings(mode="plain"))
    started = time.perf_counter()
    assert wechat.say("重" * 300_000).status == 200
    assert time.perf_counter() - started < 2


def test_slow_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that never ends is given up; the answer is a 408."""
    assert body_module.READ_TIMEOUT_S <= 3
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)

    async def receive() -> Event:
        await asyncio.sleep(0.5)
        return {"type": "http.request", "body": body[:1], "more_body": True}

    started = time.perf_counter()
    assert wechat.request(query, body, receive=receive).status == 408
    assert time.perf_counter() - started < 5


def test_client_that_leaves() -> None:
    """A client that disconnects gets nothing and disturbs nothing."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)

    async def receive() -> Event:
        return {"type": "http.disconnect"}

    assert wechat.request(query, body, receive=receive).status == 0


def test_unsigned_body_is_never_read() -> None:
    """A stranger's body costs us nothing: the URL is checked first."""

    async def receive() -> Event:
        raise AssertionError("body was read")

    assert Account().request({"nonce": "1"}, receive=receive).status == 400


def test_other_original_id() -> None:
    """A push for another account is refused when ours is configured."""
    assert Account(platform.settings(original_id="gh_other")).push(TEXT).status == 403
    assert Account(platform.settings(original_id=platform.OURS)).push(TEXT).status == 200


def test_refusals_are_logged_without_flooding(capsys: pytest.CaptureFixture[str]) -> None:
    """Strangers cannot fill the log, nor write into it."""
    wechat = Account()
    for _ in range(50):
        wechat.request({"nonce": "x\r\nlevel=error"}, b"secret words")
    logged = capsys.readouterr().out
    assert logged.count("wechat.refused") == 1
    assert "secret" not in logged


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
