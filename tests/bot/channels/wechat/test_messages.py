"""Every message type of section 1.4, as XML of the platform → InboundMessage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.wechat.parse import Push, Unknown, parse
from bot.dialogue.message import Attachment, InboundMessage, Location
from bot.errors import BadRequest, Forbidden
from tests.bot.channels.wechat.asgi import AT, NOW, OPENID, Account
from tests.bot.channels.wechat.platform import OURS, message_xml, text_xml

APP = "wx0123456789abcdef"


def parsed(xml: str, original_id: str = "") -> InboundMessage:
    """Return the message in ``xml``."""
    push = parse(xml, APP, original_id, NOW)
    assert isinstance(push, Push)
    assert push.answered
    return push.message


def message(**fields: object) -> InboundMessage:
    """Return the message that the table means."""
    common: dict[str, object] = {
        "channel": "wechat",
        "account": APP,
        "peer": OPENID,
        "key": "m:24000000000000001",
        "sent_at": NOW,
    }
    return InboundMessage(**(common | fields))  # type: ignore[arg-type]


TABLE: list[tuple[str, str, dict[str, object]]] = [
    ("text", "<Content><![CDATA[我要报案]]></Content>", {"text": "我要报案"}),
    ("text", "<Content>报案</Content><bizmsgmenuid>2</bizmsgmenuid>", {"text": "报案"}),
    ("text", "<Content></Content>", {"text": ""}),
    ("text", "<Content/>", {"text": ""}),
    ("text", "", {"text": ""}),
    ("text", "<Content> \n </Content>", {"text": ""}),
    ("text", "<Content>a&lt;b&amp;c</Content>", {"text": "a<b&c"}),
    ("text", "<Content>a<!-- x -->b<?y z?>c</Content>", {"text": "abc"}),
    ("text", "<Content><![CDATA[<!DOCTYPE html>]]></Content>", {"text": "<!DOCTYPE html>"}),
    ("text", "<Content>【收到不支持的消息类型，暂无法显示】</Content>", {"kind": "other"}),
    (
        "image",
        "<PicUrl>http://mmbiz.qpic.cn/x</PicUrl><MediaId>Media_1-a</MediaId>",
        {"kind": "image", "attachment": Attachment("image", "Media_1-a")},
    ),
    (
        "image",
        "<MediaId>../../etc/passwd</MediaId>",
        {"kind": "image", "attachment": Attachment("image", "")},
    ),
    (
        "voice",
        "<MediaId>V1</MediaId><Format>amr</Format><MediaId16K>V2</MediaId16K>"
        "<Recognition>我要报案。</Recognition>",
        {"kind": "voice", "text": "我要报案。", "attachment": Attachment("voice", "V1")},
    ),
    (
        "voice",
        "<MediaId>V1</MediaId><Format>speex</Format><Recognition/>",
        {"kind": "voice", "attachment": Attachment("voice", "V1")},
    ),
    (
        "video",
        "<MediaId>V3</MediaId><ThumbMediaId>T3</ThumbMediaId>",
        {"kind": "video", "attachment": Attachment("video", "V3")},
    ),
    (
        "shortvideo",
        "<MediaId>V4</MediaId><ThumbMediaId>T4</ThumbMediaId>",
        {"kind": "video", "attachment": Attachment("video", "V4")},
    ),
    (
        "location",
        "<Location_X>39.084</Location_X><Location_Y>117.2</Location_Y><Scale>15</Scale>"
        "<Label><![CDATA[天津市和平区解放北路]]></Label>",
        {"kind": "location", "location": Location(39.084, 117.2, "天津市和平区解放北路")},
    ),
    (
        "location",
        "<Location_X>NaN</Location_X><Location_Y>1e999</Location_Y><Label>某处</Label>",
        {"kind": "location", "text": "某处"},
    ),
    (
        "link",
        "<Title>事故</Title><Description>d</Description><Url>http://e.cn</Url>",
        {"kind": "link", "text": "事故"},
    ),
    (
        "file",
        "<Title>../保单.pdf</Title><Description/><FileKey>k</FileKey><FileMd5>m</FileMd5>"
        "<FileTotalLen>10</FileTotalLen>",
        {"kind": "file", "attachment": Attachment("file", "", name="../保单.pdf")},
    ),
    (
        "miniprogrampage",
        "<Title>车险</Title><AppId>wx1</AppId><PagePath>p</PagePath><ThumbUrl>u</ThumbUrl>",
        {"kind": "other", "text": "车险"},
    ),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), TABLE)
def test_type(kind: str, fields: str, expected: dict[str, object]) -> None:
    """Each type becomes the message of the table."""
    xml = message_xml(
        OPENID, AT, f"<MsgType><![CDATA[{kind}]]></MsgType>{fields}<MsgId>24000000000000001</MsgId>"
    )
    assert parsed(xml) == message(**expected)


def test_article_messages_and_case() -> None:
    """MsgDataId and Idx do not matter, nor does the case of MsgType."""
    fields = "<MsgType>TEXT</MsgType><Content>x</Content><MsgId>24000000000000001</MsgId>"
    xml = message_xml(OPENID, AT, fields + "<MsgDataId>5</MsgDataId><Idx>1</Idx>")
    assert parsed(xml) == message(text="x")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("a\x00\x07\x1bb", "ab"),
        ("行一\n行二\t尾", "行一\n行二\t尾"),
        ("a\x7f\x85b\x9f", "ab"),
        ("😀👨\u200d👩\u200d👧", "😀👨\u200d👩\u200d👧"),
        ("\u202e反向", "\u202e反向"),
        ("a\ufffe\uffffb", "ab"),
        ("x" * 100_000, "x" * 100_000),
        ("\n" * 5000, ""),
    ],
)
def test_content_is_cleaned(raw: str, said: str) -> None:
    """Control characters go, everything that people write stays."""
    assert parsed(text_xml(OPENID, raw, 1, AT)).text == said


@pytest.mark.parametrize(
    "stamp", ["", "x", "-5", "0", "99999999999999", "1e9", "1348831860", str(AT + 90_000)]
)
def test_nonsense_times_become_now(stamp: str) -> None:
    """A missing, malformed or far-away CreateTime is replaced by our own time."""
    xml = text_xml(OPENID, "x", 1, AT).replace(f"<CreateTime>{AT}<", f"<CreateTime>{stamp}<")
    assert parsed(xml).sent_at == NOW


def test_time_of_a_late_delivery_is_kept() -> None:
    """CreateTime is when the customer wrote, also minutes later, in Shanghai time."""
    sent = parsed(text_xml(OPENID, "x", 1, AT - 120)).sent_at
    assert sent == NOW - timedelta(minutes=2)
    assert sent.utcoffset() == timedelta(hours=8)


def test_key_without_message_id() -> None:
    """A message without MsgId is still recognised when it is repeated, and bounded."""
    xml = text_xml(OPENID, "x", 1, AT).replace("<MsgId>1</MsgId>", "")
    first, again = parsed(xml).key, parsed(xml).key
    assert first == again
    assert first != parsed(xml.replace("x]", "y]")).key
    assert len(parsed(text_xml(OPENID, "x", "9" * 5000, AT)).key) <= 64


@pytest.mark.parametrize(
    "openid", ["", "a b", "x" * 65, "用户", "a'--", "<b/>", "../x", "a\nb", "%", "a;b"]
)
def test_bad_openid(openid: str) -> None:
    """An openid outside its alphabet is malformed."""
    xml = text_xml("PLACE", "x", 1, AT).replace("PLACE", openid)
    with pytest.raises(BadRequest):
        parse(xml, APP, "", NOW)


def test_original_id() -> None:
    """With ``original_id`` set, pushes for another account are refused."""
    xml = text_xml(OPENID, "x", 1, AT)
    assert parsed(xml, original_id=OURS).text == "x"
    with pytest.raises(Forbidden):
        parse(xml, APP, "gh_other", NOW)


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<xml>",
        "<xml/>",
        "<html></html>",
        "plain",
        "{}",
        "<xml><ToUserName>gh_1</ToUserName></xml>",
        text_xml(OPENID, "x", 1, AT)[:-3],
        text_xml(OPENID, "x", 1, AT) + "<xml/>",
        text_xml(OPENID, "x", 1, AT).replace("</xml>", "<FromUserName>victim</FromUserName></xml>"),
        text_xml(OPENID, "x", 1, AT).replace("</xml>", "<MsgId>2</MsgId></xml>"),
        text_xml(OPENID, "x", 1, AT).replace("</xml>", "<Content>y</Content></xml>"),
        message_xml(OPENID, AT, "<MsgType>text</MsgType><Content>&#0;</Content><MsgId>1</MsgId>"),
        message_xml(OPENID, AT, "<MsgType>text</MsgType><Content>&#xD800;</Content>"),
        message_xml(OPENID, AT, "<MsgType>text</MsgType><Content>&x;</Content>"),
        message_xml(OPENID, AT, "<a>" * 25 + "</a>" * 25),
        message_xml(OPENID, AT, "<a/>" * 250),
    ],
)
def test_malformed(xml: str) -> None:
    """Broken, repeated, deep and wide XML is a bad request."""
    with pytest.raises(BadRequest):
        parse(xml, APP, "", NOW)


def test_repeated_openid_cannot_hide_in_a_namespace() -> None:
    """Prefixed or nested elements are not the fields of the same local name."""
    xml = text_xml(OPENID, "x", 1, AT).replace(
        "</xml>",
        "<a:Content xmlns:a='u'>evil</a:Content><b><FromUserName>evil</FromUserName></b></xml>",
    )
    assert (parsed(xml).text, parsed(xml).peer) == ("x", OPENID)


def test_unknown_type_is_acknowledged(capsys: pytest.CaptureFixture[str]) -> None:
    """A type that we do not know gets ``success``, a log line without content, no turn."""
    wechat = Account()
    xml = message_xml(OPENID, AT, "<MsgType>hologram</MsgType><Content>秘密</Content>")
    assert wechat.push(xml).body == b"success"
    assert wechat.inbox.messages == []
    logged = capsys.readouterr().out
    assert "wechat.unknown" in logged
    assert "hologram" in logged
    assert "秘密" not in logged


def test_unknown_names_are_safe_to_log() -> None:
    """A name that could forge a log line is not repeated."""
    xml = message_xml(OPENID, AT, "<MsgType>a\nlevel=info</MsgType>")
    assert parse(xml, APP, "", NOW) == Unknown("unprintable")
