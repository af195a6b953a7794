"""The platform's events: our names, where their detail stands, which ones are answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.wechat.fields import Fields, only


@dataclass(frozen=True, slots=True)
class EventRule:
    """One kind of event: ``detail`` is the field whose text goes with the message."""

    name: str
    detail: str = ""
    answered: bool = False
    user_field: str = "FromUserName"
    place: str = ""
    job: str = ""


_NOTICE_FIELDS = ("TemplateId", "SubscribeStatusString", "MsgID", "ErrorCode", "ErrorStatus")

EVENTS: Mapping[str, EventRule] = {
    "subscribe": EventRule("subscribe", "EventKey", answered=True),
    "unsubscribe": EventRule("unsubscribe"),
    "scan": EventRule("scan", "EventKey", answered=True),
    "location": EventRule("location_report", place="Latitude Longitude"),
    "click": EventRule("click", answered=True),
    "view": EventRule("view", "EventKey"),
    "view_miniprogram": EventRule("view_miniprogram", "EventKey"),
    "scancode_push": EventRule("scancode_push", "ScanCodeInfo/ScanResult"),
    "scancode_waitmsg": EventRule("scancode_waitmsg", "ScanCodeInfo/ScanResult", answered=True),
    "pic_sysphoto": EventRule("pic_sysphoto", "SendPicsInfo/Count"),
    "pic_photo_or_album": EventRule("pic_photo_or_album", "SendPicsInfo/Count"),
    "pic_weixin": EventRule("pic_weixin", "SendPicsInfo/Count"),
    "location_select": EventRule(
        "location_select",
        "SendLocationInfo/Label",
        place="SendLocationInfo/Location_X SendLocationInfo/Location_Y",
    ),
    "templatesendjobfinish": EventRule("template_sent", "Status", job="MsgID"),
    "masssendjobfinish": EventRule("mass_sent", "Status", job="MsgID"),
    "publishjobfinish": EventRule("published", "PublishEventInfo/publish_status"),
    "kf_create_session": EventRule("kf_create", "KfAccount"),
    "kf_close_session": EventRule("kf_close", "KfAccount"),
    "kf_switch_session": EventRule("kf_switch", "ToKfAccount"),
    "subscribe_msg_popup_event": EventRule("subscribe_msg_popup", "SubscribeMsgPopupEvent/List"),
    "subscribe_msg_change_event": EventRule("subscribe_msg_change", "SubscribeMsgChangeEvent/List"),
    "subscribe_msg_sent_event": EventRule("subscribe_msg_sent", "SubscribeMsgSentEvent/List"),
    # The user of a privacy event stands in OpenID; FromUserName is a platform account.
    "user_info_modified": EventRule("user_info_modified", "RevokeInfo", user_field="OpenID"),
    "user_authorization_revoke": EventRule(
        "user_authorization_revoke", "RevokeInfo", user_field="OpenID"
    ),
    "user_authorization_cancellation": EventRule(
        "user_authorization_cancellation", "RevokeInfo", user_field="OpenID"
    ),
}


def detail(rule: EventRule, fields: Fields) -> str:
    """Return what the event says beside its name: a scene, a URL, a status, notice lines."""
    if rule.detail.endswith("/List"):
        return _notice_lines(rule.detail, fields)
    return only(fields, rule.detail).removeprefix("qrscene_") if rule.detail else ""


def _notice_lines(path: str, fields: Fields) -> str:
    """Return one line per notice: template id, then accept or reject, or how sending ended."""
    columns = [fields[f"{path}/{name}"] for name in _NOTICE_FIELDS if f"{path}/{name}" in fields]
    return "\n".join(" ".join(row) for row in zip(*columns, strict=False))
