"""What flows say while policies are on their way from the core system, and how old they are."""

from __future__ import annotations

from bot.back_office import BackOffice

BUTTONS = ("转人工",)
ASKING = "正在向公司的保单系统查询，查到马上发给您，请稍等。"
DOWN = (
    "抱歉，公司的保单系统现在连不上，这次没能查到。已经登记（编号 {number}），"
    "同事查到以后会联系您；着急的话可以回复「人工」。"
)
AS_OF = "（以上截至 {as_of:%Y-%m-%d %H:%M}）"
AS_OF_LATE = "（公司的保单系统暂时连不上，以上是截至 {as_of:%Y-%m-%d %H:%M} 的信息，可能已有变化）"


def dated(text: str, office: BackOffice, *, granted: bool = False) -> str:
    """Return the text with the date of what it tells, where it is not our own."""
    freshness = office.policies_as_of(granted=granted)
    if freshness is None:
        return text
    form = AS_OF_LATE if freshness.late else AS_OF
    return f"{text}\n{form.format(as_of=freshness.as_of)}"
