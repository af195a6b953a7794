"""Several wishes in one message: find the parts and keep the order they were said in."""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge_base.understanding.scorer import Ranking

JOINT = re.compile(
    "[,。!?]*(?:顺便|顺道|顺带(?:手)?|另外(?!一个?(?:车|人|司机|辆)|上|买|加|付|交|收|投保|算|的)|对了|还想|还要|还得|还有(?:一|个|就|件|你|什)|还有(?=纸|电子|发票|保单|票)|然后|同时|以及|完事(?:儿)?|(?:退|办|弄|查|续|改)完了?(?=把|给|帮)|完了(?=[再还给帮])"
    "|之后再|(?<![别不勿用])再(?=帮|给(?!我?(?:发|寄|传|来|说|讲))|查|问|看|开|办|转|把|说|报|续|买|改|说说|打听|投诉|退|打|一)|接着(?=帮|给|查|问|办)|顺手(?=把|给|帮|查|办|开|看|再)|捎带(?:手|着)?|(?<!还是)先(?=帮|给|查|问|把|报|转|办|开|看|续|退|投|改)"
    "|除了|既要|又要|也要|(?:另)?一个(?:是|问|要办|办)|一是|二是|三是|第[一二三](?:个|件)?(?=是|问|想|[,。])|一来|二来|和(?=续保|退保|理赔|报案|发票|保单|投诉|到期|赔款|电子))[,]?"
)
# After these a new wish begins even when it is close to the first one.
STRONG = re.compile(
    "顺便|顺道|顺带|顺手|捎带|另外|对了|还想|还要问|同时|然后|再(?:帮|查|问|给我?(?:办|开|查|转|退|续|报))|除了"
)
COUNTED = re.compile(
    "(?:俩|两|几|三|好几|2|3|四)(?:个|件|样|桩)?(?:事|问题|业务|需求)(?!故|员)|一块儿?(?:问|办|说)|(?:先放放|先放一放)|再说(?:别的|其他|其它|下一)"
)
# «一个理赔一个发票»: two subjects counted off.
PAIR = re.compile(
    "一[个件](?:是|问|办)?(?!月|小时|人|礼拜|星期|车|上|小学|初中|高中|大学|男|女|大|小)[^,。一]{2,10}[,。、]?(?:另外?|还有)?一[个件](?:是|问|办)?(?!月|小时|人|礼拜|星期|车|上|小学|初中|高中|大学|男|女|大|小)[^,。一]{2,10}"
)
DONE = re.compile("完(?:了|事儿?)?$")
COUNT = re.compile("[,。!?、]*(?:另外?|还有)?一[个件](?:是|问|办)?")
CLAUSE = re.compile("[,。!?]+")
LOW, HIGH = 0.33, 0.6
# Not wishes of their own beside another.
IDLE = frozenset({"greet", "clarify", "nonsense", "multi"})
# One matter told in several words, not two.
TOGETHER = tuple(
    frozenset(pair.split())
    for pair in (
        "claim_report injury",
        "claim_report claim_guide",
        "claim_report rescue",
        "claim_report survey_visit",
        "claim_report faq_product",
        "claim_report policy_reg",
        "claim_guide policy_reg",
        "claim_guide faq_product",
        "claim_guide claim_docs",
        "claim_guide claim_dispute",
        "faq_product policy_reg",
        "faq_product policy_explain",
        "faq_product faq_compare",
        "policy_reg policy_explain",
        "need_plan faq_product",
        "need_plan apply",
        "claim_status claim_pay",
        "claim_status complaint",
        "claim_status claim_docs",
        "claim_dispute complaint",
        "claim_dispute claim_status",
        "complaint human",
        "complaint complaint_status",
        "complaint suggest",
        "complaint callback",
        "complaint pay",
        "complaint claim_pay",
        "policy_query policy_explain",
        "policy_query epolicy",
        "claim_docs claim_pay",
        "claim_docs invoice",
        "renew policy_query",
        "renew need_quote",
        "apply need_quote",
        "need_quote faq_compare",
        "epolicy policy_query",
        "paper epolicy",
        "agent_verify surrender",
        "agent_verify pay",
        "rescue survey_visit",
        "branch_info human",
    )
)


def several(text: str, rank: Callable[[str], Ranking], *, lone: bool = False) -> tuple[str, ...]:
    """Return the wishes in order when ``text`` holds more than one, else nothing.

    With ``lone`` a single one will do: the whole is read as several.
    """
    pair = PAIR.search(text)
    joints = JOINT.search(text) is not None
    counted = COUNTED.search(text) is not None
    if not (joints or counted or pair):
        return ()
    text = COUNT.sub(",", text) if pair else text
    # A comma is as good a joint as a word once we know that there are several.
    pieces = [p for part in JOINT.split(text) if part for p in CLAUSE.split(part) if len(p) > 1]
    parts: list[str] = []
    for piece in map(_begun, pieces[:6]):
        code, probability = rank(piece).ranked[0]
        if probability >= LOW and code not in IDLE and code not in parts:
            parts.append(code)
    if not STRONG.search(text):
        parts = _apart(parts)
    # «顺便查个保单» has its first half elsewhere: one wish, where nothing else was read.
    return tuple(parts) if len(parts) > 1 or counted or lone else ()


def _begun(piece: str) -> str:
    """Return «投诉完», said of something still to be done, as the wish itself."""
    return DONE.sub("", piece.replace("报完案", "报案"))


def _apart(parts: list[str]) -> list[str]:
    """Drop what belongs to a matter already named."""
    kept: list[str] = []
    for part in parts:
        if not any({part, other} in TOGETHER for other in kept):
            kept.append(part)
    return kept
