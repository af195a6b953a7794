"""险种对照：只比保障范围，不比价格。"""

from __future__ import annotations

from bot.advice.compare import comparisons
from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome
from bot.dialogue.fold import fold

_TABLES = comparisons()
_NONE = "这两样的对照我手头没有，怕说错。您可以一样一样问，比如“介绍一下三者险”，或者回复“人工”。"


class ProductCompare(Flow):
    """Show the table that compares what was named."""

    name = "product_compare"
    title = "险种对照"
    taps = ("险种对照", "三者险限额怎么选")
    sounds_like = _TABLES.sentences

    @property
    def confirm(self) -> bool:
        """Reading a table needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Show the table."""
        today, text = office.now.date(), fold(self.utterance)
        table = _TABLES.named(text, today)
        if table is not None:
            source = f"依据：{table.source}；{table.reviewed_on} 复核。"
            return Outcome.say(f"{table.text(_TABLES.foot)}{source}", "推荐方案", "转人工")
        current = [t for t in _TABLES.tables if t.review_due >= today]
        if not current or text.strip() not in self.taps:
            return Outcome.say(_NONE, "其他产品", "转人工")
        lines = "\n".join(f"· {t.title}" for t in current)
        return Outcome.say(
            f"我能对照这几样：\n{lines}\n直接问就行。", *(t.title for t in current[:4])
        )
