"""Say in Chinese why an entry came first: the match trace, readably."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge_base.confidence import in_scope
from knowledge_base.model import SURE, Model
from knowledge_base.rerank import FEATURES

NAMES = {
    "text": "文字相近", "sound": "读音相近", "words": "用词相近", "cosine": "整体相近",
    "asked": "客户的意思有多少对上", "offered": "问法的意思有多少对上",
    "asked_gap": "客户说了、问法没有的要紧词", "offered_gap": "问法有、客户没说的要紧词",
    "context": "答案里提到", "kind_absent": "问的事（哪里、何时、谁）条目没说",
    "price_absent": "问价钱，条目没说", "negation": "一正一反", "number": "数字不同",
    "conflict": "不可混淆的词不同边", "missing": "客户点名的，条目没提",
    "likeness": "文字或读音相近", "stranger": "更像不归我们答的话", "alien": "点名了全库都没有的",
    "unheard": "条目从没提过的意思", "brevity": "话太短", "lead": "领先第二名",
}  # fmt: skip
OUTCOMES = {"answer": "直接回答", "offer": "给候选", "unknown": "不答"}


def lines(trace: Mapping[str, Any], model: Model) -> Iterator[str]:
    """Say in Chinese why this entry came first and what was decided."""
    if not trace.get("entry"):
        yield "没有任何条目与这句话沾边：不答。"
        return
    if "typed" in trace:
        yield f"归一：{trace['typed']}"
        yield f"按读音认出：{trace['asked']}"
    else:
        yield f"归一：{trace['asked']}"
    yield f"最像：{trace['entry']}「{trace['text']}」"
    yield (
        f"把握：{trace['score']:.3f} → {OUTCOMES[trace['outcome']]}"
        f"（{trace['answer_from']:.3f} 以上直接回答，{trace['offer_from']:.3f} 以上给候选）"
    )
    yield from _notes(trace, model)
    yield "名次得分（值 × 权重 = 贡献）："
    yield from _sum(trace, FEATURES, model.score.weights)
    yield "把握（值 × 权重 = 贡献）："
    yield from _sum(trace, SURE, model.sure.weights)
    yield f"模型：{trace['model']['kind']} {trace['model']['name']}"


def _notes(trace: Mapping[str, Any], model: Model) -> Iterator[str]:
    yield f"对上的词：{'、'.join(trace['words']) or '无'}"
    if trace["synonyms"]:
        yield f"其中靠同义词对上：{'、'.join(trace['synonyms'])}"
    if trace["guard"]:
        yield f"不可混淆：{'、'.join(trace['guard'])}，所以只问不答"
    if trace["signals"]["foreign"]:
        yield "说的是别家公司、别的城市或行当，所以不答"
    gate = in_scope(model, tuple(trace["features"]), trace["signals"])
    passed = "过" if gate >= trace["scope_from"] else "没过"
    yield f"归不归我们答：{gate:.3f}，门槛 {trace['scope_from']:.3f}，{passed}"
    if runner_up := trace["runner_up"]:
        yield f"第二名：{runner_up['entry']}，把握 {runner_up['score']:.3f}"


def _sum(
    trace: Mapping[str, Any], names: Mapping[str, int], weights: Sequence[float]
) -> Iterator[str]:
    known = dict(zip(FEATURES, trace["features"], strict=True)) | trace["signals"]
    parts = [
        (known[name] * weight, known[name], weight, name)
        for name, weight in zip(names, weights, strict=True)
    ]
    for total, value, weight, name in sorted(parts, key=lambda part: -abs(part[0])):
        if total:
            yield f"  {NAMES[name]}：{value:.3f} × {weight:.3f} = {total:+.3f}"
