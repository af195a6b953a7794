"""Every event of section 1.5: its name, key, detail, and whether it is answered."""

from __future__ import annotations

import pytest

from bot.channels.wechat.parse import Push, parse
from bot.dialogue.message import InboundMessage, Location
from bot.errors import BadRequest
from tests.bot.channels.wechat.asgi import AT, NOW, OPENID, Account
from tests.bot.channels.wechat.platform import event_xml

APP = "wx0123456789abcdef"


def notices(name: str, *rows: str) -> str:
    """Return the nested list of a subscription-notice event."""
    return f"<{name}>" + "".join(f"<List>{row}</List>" for row in rows) + f"</{name}>"


ACCEPT = "<TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>"
REJECT = "<TemplateId>T2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString>"
SENT = (
    "<TemplateId>T1</TemplateId><MsgID>88</MsgID><ErrorCode>0</ErrorCode>"
    "<ErrorStatus>success</ErrorStatus>"
)
SCANNED = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>码</ScanResult></ScanCodeInfo>"
PICTURES = (
    "<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item>"
    "<item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"
)
PLACE = (
    "<SendLocationInfo><Location_X>39</Location_X><Location_Y>117</Location_Y><Scale>15</Scale>"
    "<Label>天津</Label><Poiname/></SendLocationInfo>"
)
POINT = "<Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>9</Precision>"
KEY = "<EventKey>{}</EventKey>".format

TABLE: list[tuple[str, str, str, str, bool]] = [
    ("subscribe", KEY(""), "subscribe", "", True),
    ("subscribe", KEY("qrscene_branch7") + "<Ticket>T</Ticket>", "subscribe", "branch7", True),
    ("unsubscribe", KEY(""), "unsubscribe", "", False),
    ("SCAN", KEY("branch7") + "<Ticket>T</Ticket>", "scan", "branch7", True),
    ("LOCATION", POINT, "location_report", "", False),
    ("CLICK", KEY("报案"), "click:报案", "", True),
    ("VIEW", KEY("http://e.cn/a") + "<MenuId>1</MenuId>", "view", "http://e.cn/a", False),
    ("view_miniprogram", KEY("pages/a"), "view_miniprogram", "pages/a", False),
    ("scancode_push", KEY("k") + SCANNED, "scancode_push", "码", False),
    ("scancode_waitmsg", KEY("k") + SCANNED, "scancode_waitmsg", "码", True),
    ("pic_sysphoto", KEY("k") + PICTURES, "pic_sysphoto", "2", False),
    ("pic_photo_or_album", KEY("k") + PICTURES, "pic_photo_or_album", "2", False),
    ("pic_weixin", KEY("k") + PICTURES, "pic_weixin", "2", False),
    ("location_select", KEY("k") + PLACE, "location_select", "天津", False),
    (
        "TEMPLATESENDJOBFINISH",
        "<MsgID>77</MsgID><Status>failed:user block</Status>",
        "template_sent",
        "failed:user block",
        False,
    ),
    (
        "MASSSENDJOBFINISH",
        "<MsgID>78</MsgID><Status>send success</Status>",
        "mass_sent",
        "send success",
        False,
    ),
    (
        "PUBLISHJOBFINISH",
        "<PublishEventInfo><publish_id>1</publish_id><publish_status>0</publish_status>"
        "</PublishEventInfo>",
        "published",
        "0",
        False,
    ),
    ("kf_create_session", "<KfAccount>a@b</KfAccount>", "kf_create", "a@b", False),
    (
        "kf_close_session",
        "<KfAccount>a@b</KfAccount><CloseType>KF</CloseType>",
        "kf_close",
        "a@b",
        False,
    ),
    (
        "kf_switch_session",
        "<FromKfAccount>a@b</FromKfAccount><ToKfAccount>c@b</ToKfAccount>",
        "kf_switch",
        "c@b",
        False,
    ),
    (
        "subscribe_msg_popup_event",
        notices("SubscribeMsgPopupEvent", ACCEPT, REJECT),
        "subscribe_msg_popup",
        "T1 accept\nT2 reject",
        False,
    ),
    (
        "subscribe_msg_change_event",
        notices("SubscribeMsgChangeEvent", REJECT),
        "subscribe_msg_change",
        "T2 reject",
        False,
    ),
    (
        "subscribe_msg_sent_event",
        notices("SubscribeMsgSentEvent", SENT),
        "subscribe_msg_sent",
        "T1 88 0 success",
        False,
    ),
]


def pushed(name: str, fields: str) -> Push:
    """Return the event as it was understood."""
    push = parse(event_xml(OPENID, name, AT, fields), APP, "", NOW)
    assert isinstance(push, Push)
    return push


@pytest.mark.parametrize(("name", "fields", "event", "detail", "answered"), TABLE)
def test_event(name: str, fields: str, event: str, detail: str, answered: bool) -> None:
    """Each event has its name and detail, and only some may be answered."""
    push = pushed(name, fields)
    assert push.message.kind == "event"
    assert (push.message.event, push.message.text) == (event, detail)
    assert push.answered == answered
    assert push.message.peer == OPENID
    assert push.message.sent_at == NOW
    assert len(push.message.key) <= 220


@pytest.mark.parametrize(("name", "fields", "event", "detail", "answered"), TABLE)
def test_only_some_events_get_a_reply(
    name: str, fields: str, event: str, detail: str, answered: bool
) -> None:
    """All known events reach the inbox; the silent ones are answered ``success``."""
    wechat = Account()
    result = wechat.push(event_xml(OPENID, name, AT, fields))
    assert wechat.message.event == event
    assert (result.body != b"success") == answered


@pytest.mark.parametrize(
    ("name", "fields", "key"),
    [
        ("subscribe", KEY(""), f"e:{OPENID}:{AT}:subscribe:"),
        ("SCAN", KEY("7"), f"e:{OPENID}:{AT}:SCAN:7"),
        ("CLICK", KEY("menu_1"), f"e:{OPENID}:{AT}:CLICK:menu_1"),
        ("TEMPLATESENDJOBFINISH", "<MsgID>77</MsgID>", "j:77"),
        ("MASSSENDJOBFINISH", "<MsgID>77</MsgID>", "j:77"),
    ],
)
def test_keys(name: str, fields: str, key: str) -> None:
    """Keys are made as the platform notes say."""
    assert pushed(name, fields).message.key == key


def test_keys_tell_apart_one_second() -> None:
    """Several events of one user in one second have different keys; a retry has the same."""
    pushes = [(name, fields) for name, fields, *_ in TABLE]
    keys = [pushed(name, fields).message.key for name, fields in pushes]
    assert len(set(keys)) == len(TABLE)
    assert keys == [pushed(name, fields).message.key for name, fields in pushes]


def test_long_keys_are_hashed() -> None:
    """A long or odd EventKey is bounded and still distinct."""
    one = pushed("VIEW", KEY("http://e.cn/" + "a" * 5000)).message
    two = pushed("VIEW", KEY("http://e.cn/" + "a" * 5001)).message
    assert one.key != two.key
    assert len(one.key) < 160
    assert len(one.text) <= 1024


def test_places() -> None:
    """Reported and chosen places come as locations."""
    assert pushed("LOCATION", POINT).message.location == Location(23.1, 113.3, "")
    assert pushed("location_select", PLACE).message.location == Location(39, 117, "天津")
    assert pushed("LOCATION", "<Latitude>x</Latitude>").message.location is None


@pytest.mark.parametrize(
    "name",
    ["user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"],
)
def test_privacy_events_concern_the_user_in_openid(name: str) -> None:
    """The sender is a platform account; the user stands in OpenID."""
    wechat = Account()
    fields = f"<OpenID>{OPENID}</OpenID><AppID>{APP}</AppID><RevokeInfo>302</RevokeInfo>"
    assert wechat.push(event_xml("gh_platform", name, AT, fields)).body == b"success"
    message: InboundMessage = wechat.message
    assert (message.peer, message.event, message.text) == (OPENID, name, "302")
    assert OPENID in message.key


def test_privacy_event_without_openid_is_malformed() -> None:
    """Nobody else's data may be erased by mistake."""
    with pytest.raises(BadRequest):
        parse(event_xml("gh_platform", "user_authorization_revoke", AT), APP, "", NOW)


def test_click_keys_are_cleaned() -> None:
    """A menu key cannot carry control characters or grow without bound."""
    event = pushed("CLICK", KEY("a\x1b[31m" + "b" * 500)).message.event
    assert event.startswith("click:a[31mbbb")
    assert len(event) <= 160


def test_unknown_event_is_acknowledged() -> None:
    """An event that we do not know gets ``success`` and no turn."""
    wechat = Account()
    assert wechat.push(event_xml(OPENID, "teleport", AT)).body == b"success"
    assert wechat.inbox.messages == []
