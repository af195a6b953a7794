"""How customers say that messages which they stopped may come again; pure.

What is wholly such a wish belongs to whoever stops messages, also where it names the renewal:
«我又想收到续保提醒了» wants no policy renewed.
"""

from __future__ import annotations

from typing import Final

_LEAD = r"(?:我|请|麻烦|那|算了|帮|给|把|你|们|您|能不能|可不可以|可以|现在|以后|[ ,，])*+"
_GET = r"(?:(?!到期|通知)[想要帮给向跟我收到接发送开通打]|愿意|可以)*+"
_WHAT = (
    r"(?:的?(?:续保|到期|回访|问卷|调查|满意度|推广|营销|广告|活动|优惠|保险知识|微信|公众号)*+的?"
    r"(?:提醒|通知|短信|消息|信息|推送|内容)|回访|问卷|调查)"
)
# «又给我发广告», «还是给我发短信» complain; these say that it is wished.
_WISHED = r"(?:恢复|重新|接着|继续|又(?=想|要|愿意)|还是(?=想|要|愿意|[^吧呗]{2,20}[吧呗]))"
_ON = r"(?:都|全|再|也|给|帮|我|请|重新)*+(?:恢复|打开|开通)"
_END = r"(?:[了吧呗啊呀的您 ,，.。!！?？~]|行吗|可以吗|好吗|谢谢)*+"
AGAIN: Final = (
    rf"(?=.{{2,30}}$){_LEAD}(?:{_WISHED}{_GET}{_WHAT}|{_WHAT}{_ON}"
    rf"|(?:全部|都|一律|统统)?+恢复(?:一下|全部)?+){_END}"
)
