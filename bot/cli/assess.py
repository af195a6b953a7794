"""`anda assess …`: who works where, results of a period, publication, appeals, praise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from openpyxl import Workbook

from bot.bootstrap import App
from bot.errors import AndaError
from storage import calendars, schema
from storage.assessments import Assessments
from storage.kpi.definition import Period
from storage.kpi.figures import DEFINITIONS
from storage.models.ledger import StaffPost
from storage.models.quality import Assessment, Merit
from storage.rules.assessment import rules
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)
T = TypeVar("T")
_DAY = ["%Y-%m-%d"]
First = Annotated[datetime, typer.Option("--from", formats=_DAY, help="从哪天")]
Last = Annotated[datetime, typer.Option("--to", formats=_DAY, help="到哪天（含）")]
By = Annotated[str, typer.Option("--as", help="以谁的名义")]
_HEADING = ("姓名", "班组", "岗位", "总分", "等级", "系数建议", "名次", "说明", "依据")


@app.command()
def post(
    name: Annotated[str, typer.Argument(help="姓名，与令牌、账号同名")],
    team: Annotated[str, typer.Option(help="班组")],
    job: Annotated[str, typer.Option("--post", help="岗位：agent claims sales underwriting …")],
) -> None:
    """登记一个人在哪个班组、哪个岗位。"""
    parts = _ready()
    joined = parts.clock().date()
    row = StaffPost(name=name, team=team, post=job, joined_on=joined)
    parts.transactions.run(lambda uow: uow.session.merge(row))
    print(f"{name}：{team}，{job}")


@app.command()
def show(
    first: First,
    last: Last,
    by: By,
    xlsx: Annotated[Path | None, typer.Option(help="另存为 Excel：建议与依据")] = None,
    publish: Annotated[bool, typer.Option(help="发布，并派培训、开改进项")] = False,
) -> None:
    """一期的考核结果；只出建议，不发钱。"""
    period = Period(first.date(), last.date())

    def work(book: Assessments) -> list[Assessment]:
        if publish:
            book.publish(period)
            book.weak_spots(period)
        else:
            book.make(period)
        return list(book.of(period))

    results = _do(by, work)
    for result in results:
        print("\t".join(map(str, _row(result)[:8])))
    if xlsx:
        _write(xlsx, results)


@app.command()
def appeal(
    name: str, words: Annotated[str, typer.Argument(help="对哪一项有异议、为什么")], first: First,
    last: Last,
) -> None:  # fmt: skip
    """对已发布的结果申诉（发布后 5 个工作日内）。"""
    parts = _ready()
    settings = parts.settings.calendar
    calendar = parts.transactions.read(lambda uow: calendars.load(uow.connection, settings))
    period = Period(first.date(), last.date())
    _do(name, lambda book: book.appeal(period, name, words, calendar))
    print(f"已记下 {name} 的申诉，等待复核")


@app.command()
def decide(
    name: str,
    reason: Annotated[str, typer.Argument(help="复核结论与理由")],
    first: First,
    last: Last,
    by: By,
    total: Annotated[float | None, typer.Option(help="更正后的总分；不写就是维持")] = None,
) -> None:
    """复核申诉：维持，或更正总分，原分留着。"""
    period = Period(first.date(), last.date())
    _do(by, lambda book: book.decide(period, name, reason, total))
    print(f"{name}：{'维持' if total is None else f'更正为 {total:g}'}")


@app.command()
def merit(
    name: str,
    kind: Annotated[str, typer.Argument(help="praise 表扬、penalty 处罚、veto 一票否决 …")],
    reason: Annotated[str, typer.Argument(help="事由")],
    by: By,
    approved: Annotated[str, typer.Option(help="另一位签字人（处罚、否决必须有）")] = "",
) -> None:
    """登记表彰、处罚或一票否决。"""
    now = _ready().clock()
    row = Merit(
        person=name, kind=kind, reason=reason, on=now.date(), recorded_by=by,
        approved_by=approved or None, at=now,
    )  # fmt: skip
    _do(by, lambda book: book.record_merit(row))
    print(f"已登记：{name} {kind}")


def _ready() -> App:
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    return parts


def _do(by: str, work: Callable[[Assessments], T]) -> T:
    parts = _ready()

    def run(uow: UnitOfWork) -> T:
        return work(Assessments(uow, parts.clock(), by))

    done = parts.transactions.run(run)
    parts.transactions.close()
    return done


def _row(result: Assessment) -> list[object]:
    body = result.body
    places = "–".join(dict.fromkeys(map(str, body["ranks"] or ())))
    total = "—" if body["total"] is None else body["total"]
    return [
        result.person,
        result.team,
        result.post,
        total,
        body["grade"],
        body["bonus"] if body["bonus"] is not None else "",
        places,
        body["why_no_rank"],
        _basis(body),
    ]


def _basis(body: dict[str, object]) -> str:
    items = body["items"]
    assert isinstance(items, list)
    return "；".join(
        f"{DEFINITIONS[i['code']].name} {i['score']:g} 分×{i['weight']:g}（{i['rows']} 个样本）"
        for i in items
        if i["score"] is not None
    )


def _write(file: Path, results: list[Assessment]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "考核建议"
    sheet.append(list(_HEADING))
    for result in results:
        sheet.append(_row(result))
    days = rules().appeal_working_days
    sheet.append([f"系数只是建议；对结果有异议，发布后 {days} 个工作日内可申诉。"])
    book.save(file)
    print(f"已写到 {file}")
