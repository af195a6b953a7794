"""The few words that steer a dialogue, whatever it is about.

They are matched against the folded text of one message. Each pattern is anchored or short,
so that none can take long on any input.
"""

from __future__ import annotations

import re

_END = r"[吧了啊呀哈嘛呢。.!！~～ ]*$"

CANCEL = re.compile(
    rf"^(取消|算了|不报了|不办了|不弄了|不查了|不投诉了|退出|不用办了|先不办了?|不要了|先不弄){_END}"
)
BACK = re.compile(rf"^(上一步|返回上一步|退回上一步|回到上一步|返回){_END}")
RESTART = re.compile(rf"^(重来|重新来|重新填|重填|从头来|重新开始|错了错了 ?重填){_END}")
SKIP = re.compile(
    rf"^(跳过|以后补|以后再补|待会补|回头补|先不填|不知道|不清楚|记不清|忘了|没有?带|略过|暂时没有|回头再说|后补){_END}"
)
HELP = re.compile(
    rf"^(帮助|help|怎么填|这是什么|啥意思|什么意思|嘛意思|不懂|不明白|看不懂|\?|？){_END}", re.I
)
RESUME = re.compile(
    r"^(继续|接着|接着来|继续报|接着办|继续办|往下)|没弄完|没办完|没填完|接着来|接着(报|办|弄|填)"
)
FINISH = re.compile(
    r"(没别的了?|没有别的了?|别的没有?了?|就这些了?|就这样吧?|没有了|没了|齐了|齐活|完事了?|没啥了|没其他的?了?)"
    r"[ ,，。!！]*(提交|谢谢|报吧|交吧)?吧?[ 。!！]*$"
)
SUBMIT = re.compile(
    r"(?<!不)(?<!别)(提交|确认提交|确认无误|帮我报上|就报吧|报上去)[吧了啊 。!！]*$"
)
CORRECT = re.compile(
    r"不对|错了|改成|改为|改一下|更正|应该是|说错|弄错|写错|不是.{0,12}是|记错|要修改|重新说"
)
WAIT = re.compile(r"^(稍等|等会儿?|等一下|等下|等等|稍候|先等等)")
QUESTION = re.compile(
    r"[?？]|吗[ 。!！]*$|[么嘛呢不没][ 。!！]*$|怎么|咋|多久|多少|什么|啥|哪|几天|能不能|可不可以|是不是|为什么|凭什么|凭嘛|属于|算不算|区别"
)
NONE_OF_THESE = re.compile(r"^(都不是|都不对|不是这些|没有我要的)")
EDIT = re.compile(rf"^(要修改|修改|改一下|有误|不对|错了|不正确|有问题){_END}")
RATING = re.compile(
    r"^[1-5](分|星|颗星)?$|^[一二三四五](分|星|颗星)$|^(打|给)[1-5一二三四五](分|星|颗星)$"
)
ASKS = re.compile(r"[?？]|吗[ 。!！]*$|怎么|咋|多久|多少|能不能|可不可以|赔不赔|保不保|算不算|要是|如果|万一|假如|几天|进度")
