"""Bad-input classes 1 and 2: seals and signatures; every bad one is refused alike."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

import pytest

from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, OPENID, Account, Result
from tests.bot.channels.wechat.hostile_kit import BOMB, EXTERNAL, TEXT, block, raw_seal
from tests.bot.channels.wechat.platform import AES_KEY, signed_query, text_xml, wrap

REFUSED = {(400, b"bad request"), (403, b"forbidden"), (413, b"too large")}


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
