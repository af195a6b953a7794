"""The words by which customers tell one event from another: «另一起», «又蹭了», «同一起»."""

from __future__ import annotations

import re

_NUMBERED = r"(?:起|次|场|桩|回)"
_NOUN = r"(?:事故|车祸|案子?|报案|事儿?)"
# «还有一起», «第二起», «另外一次»; «还有一个人» is not another accident.
ANOTHER = re.compile(
    rf"(?:另外?|还有|再有)(?:还有?|有)?[一1]{_NUMBERED}(?!性|交|报|提|补)"
    rf"|第[二三两]起|第[二三两]{_NUMBERED}{_NOUN}"
    rf"|(?:另外?|还有|第二)(?:还有?|有)?[一1]?[个件]{_NOUN}(?!员|情)"
    r"|又(?:出|有)了?(?:[一1]?[起次场回个])?(?:事故|车祸|险|事儿?)(?!情)"
)
SAME = re.compile(
    r"同一[起次个件场回]|一回事|就一[起次回]|不是(?:两|俩|另|第二)"
    r"|一起(?:报|办|说|弄)"
)
# «一个是昨天的追尾，一个是前天家里漏水»: both are told at once.
EACH = re.compile(r"[一1][个起件次]是.{2,}[,，。;； ](?:另|还有)?[一1]?[个起件次]是")
EACH_BEGINS = re.compile(r"(?:另|还有)?[一1]?[个起件次]是")
_HAPPENED = r"(?:漏水|跑水|爆了|撞|碰|蹭|剐|刮|追尾|追了|怼|顶|划|淹|砸|着火|被盗|丢了|摔|出险)"
AGAIN = re.compile(rf"(?:又|再次|再一次|还)[^,。;!?又]{{0,12}}?{_HAPPENED}")
HAPPENED = re.compile(_HAPPENED)
# «两次都没人受伤» is about either.
OF_BOTH = re.compile(r"[^,。;! ]*(?:都|两[次起回])[^,。;! ]{0,6}(?:没|无|未)[^,。;! ]*[,。;! ]*$")
CLAUSE_END = re.compile(r"[,，。;；!！\n]+| +(?=\S)")
DAY = re.compile(r"[昨今前]|周|礼拜|星期|[号日]|刚")
