"""The electronic policy as a document, from the record alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.pdf.begin import new_sheet

if TYPE_CHECKING:
    from bot.pdf.sheet import Sheet

_YEAR = "{0.year} 年 {0.month} 月 {0.day} 日"
_VEHICLE = (
    ("plate", "号牌号码"), ("model", "厂牌型号"), ("vin_tail", "车架号后六位"),
    ("engine_tail", "发动机号后四位"), ("use", "使用性质"), ("seats", "核定座位"),
    ("energy", "能源种类"),
)  # fmt: skip
_OTHER = (
    ("address", "标的地址"), ("occupation_class", "职业类别"), ("hospital", "医院范围"),
    ("beneficiary", "受益人"), ("waiting_days", "等待期（天）"), ("renewal", "续保约定"),
    ("pre_existing", "既往症约定"), ("region", "承保区域"), ("voyage", "运输方式"),
)  # fmt: skip
DEMO_MARK = "演示保单"


@dataclass(frozen=True)
class PolicyPaper:
    """What stands on the document."""

    number: str
    product: str
    holder: str
    document: str
    insured: str
    plate: str
    starts_at: datetime
    ends_on: date
    status: str
    premium_fen: int
    payment: str
    details: Mapping[str, Any]
    check_code: str


@dataclass(frozen=True)
class Issuer:
    """Whose document it is, and where it can be checked."""

    company: str
    branch: str
    hotline: str
    verify: str
    demo: bool


def render(paper: PolicyPaper, issuer: Issuer, at: datetime) -> bytes:
    """Return the PDF."""
    foot = f"{issuer.company}　客服热线 {issuer.hotline}　保单号 {paper.number}"
    sheet = new_sheet(
        f"{paper.product} 电子保单", foot=foot, mark=DEMO_MARK if issuer.demo else "", at=at
    )
    sheet.title(f"{paper.product}　电子保单", f"{issuer.company}　{issuer.branch}")
    if issuer.demo:
        sheet.paragraph("【演示】这是演示系统生成的样张，内容是编造的，不产生任何保险责任。")
    _parties(sheet, paper)
    _subject(sheet, paper)
    _covers(sheet, paper)
    _money(sheet, paper)
    if special := str(paper.details.get("special") or ""):
        sheet.heading("特别约定")
        sheet.paragraph(special)
    _notices(sheet, paper, issuer, at)
    return sheet.finish()


def _parties(sheet: Sheet, paper: PolicyPaper) -> None:
    sheet.heading("保险合同")
    sheet.facts(
        [
            ("保单号", paper.number),
            ("投保人", paper.holder),
            ("证件号码", paper.document),
            ("被保险人", paper.insured),
            ("保险期间", _period(paper)),
            ("状态", paper.status),
            ("适用条款", str(paper.details.get("clause") or "")),
        ]
    )


def _period(paper: PolicyPaper) -> str:
    start = paper.starts_at
    clock = f"{start.hour} 时" + (f" {start.minute} 分" if start.minute else "")
    return f"{_YEAR.format(start)} {clock}起，至 {_YEAR.format(paper.ends_on)} 24 时止"


def _subject(sheet: Sheet, paper: PolicyPaper) -> None:
    vehicle = dict(paper.details.get("vehicle") or {})
    if paper.plate:
        vehicle["plate"] = paper.plate
    rows = [(label, str(vehicle.get(key) or "")) for key, label in _VEHICLE]
    rows += [(label, str(paper.details.get(key) or "")) for key, label in _OTHER]
    if any(value for _, value in rows):
        sheet.heading("保险标的")
        sheet.facts(rows)


def _covers(sheet: Sheet, paper: PolicyPaper) -> None:
    covers = paper.details.get("coverages") or []
    if not covers:
        return
    sheet.heading("承保险别")
    rows = [
        (str(cover.get("name") or ""), _limit(cover), str(cover.get("deductible") or "无"))
        for cover in covers
    ]
    sheet.table(("险别", "保险金额（责任限额）", "免赔"), rows, (64, 52, 58))
    if services := paper.details.get("services"):
        sheet.note("增值服务：" + "、".join(map(str, services)))


def _limit(cover: Mapping[str, Any]) -> str:
    limit = int(cover.get("limit_yuan") or 0)
    return f"{limit:,} 元" if limit else "见条款"


def _money(sheet: Sheet, paper: PolicyPaper) -> None:
    sheet.heading("保险费")
    tax = int(paper.details.get("tax_fen") or 0)
    sheet.facts(
        [
            ("保险费", f"{paper.premium_fen / 100:,.2f} 元" if paper.premium_fen else "见缴费凭证"),
            ("代收车船税", f"{tax / 100:,.2f} 元" if tax else ""),
            ("缴费状态", paper.payment),
            ("批改次数", str(paper.details.get("endorsements") or "")),
        ]
    )


def _notices(sheet: Sheet, paper: PolicyPaper, issuer: Issuer, at: datetime) -> None:
    sheet.heading("怎么核对这份保单")
    sheet.facts([("验真码", paper.check_code)])
    where = f"、{issuer.verify}" if issuer.verify else ""
    sheet.paragraph(
        "在我们的公众号或网页对话里回复“验真”，报上保单号和验真码；"
        f"也可以通过客服热线 {issuer.hotline}{where}核对。保单变更以后验真码会变，请重新下载。"
    )
    sheet.note(
        "电子保单与纸质保单具有同等法律效力。保险责任、责任免除、赔偿处理等以所附条款为准，"
        "请重点阅读责任免除部分；发现内容与您的要求不符，请马上联系我们更正。"
        "出险请及时报案。任何人不得要求您把保险费付到个人账户。"
    )
    sheet.note(f"生成时间：{_YEAR.format(at)} {at:%H:%M}")
