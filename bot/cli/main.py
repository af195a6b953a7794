"""Gather the sub-commands; errors become one clear line and the right exit status."""

from __future__ import annotations

import sys

import structlog
import typer
from typer.exceptions import Abort, TyperException

from bot import log
from bot.cli import (
    assess,
    audit,
    campaign,
    chat,
    content,
    data,
    database,
    dialogues,
    jobs,
    kb,
    plain_words,
    privacy,
    report,
    serve,
    setup,
    staff,
    supervise,
    understand,
    wechat,
)
from bot.cli.wrong_use import explain

app = typer.Typer(
    help="安答 AnDa：财险分公司的对话客服",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (serve, chat, dialogues, understand, database, staff, setup):
    module.register(app)
app.add_typer(data.app, name="data", help="数据：导入")
app.add_typer(content.app, name="content", help="内容日历：计划、批准、登记、打印")
app.add_typer(jobs.app, name="jobs", help="定时任务")
app.add_typer(campaign.app, name="campaign", help="主动消息的批次：计数、停发、效果")
app.add_typer(privacy.app, name="privacy", help="个人信息：导出、删除、更正")
app.add_typer(assess.app, name="assess", help="考核：岗位、结果、发布、申诉")
app.add_typer(audit.app, name="audit", help="审计链与证据包")
app.add_typer(supervise.app, name="supervise", help="服务监督：抽样、评分、承诺用语")
app.add_typer(supervise.box, name="feedback", help="反馈：登记、归组、改进、告知")
app.add_typer(report.app, name="report", help="报表：指标、服务评估")
app.add_typer(wechat.app, name="wechat", help="微信：菜单、带来源的二维码")
app.add_typer(wechat.telegram, name="telegram", help="Telegram：带来源的链接")
app.add_typer(kb.app, name="kb", help="知识库：匹配、检查、导出")


def main() -> None:
    """Run the command line: 0 done, 1 failed, 2 wrong use; never a traceback."""
    log.configure("WARNING")
    try:
        status = app(standalone_mode=False)
    except (Abort, KeyboardInterrupt):
        sys.exit(130)
    except TyperException as error:
        _say(explain(error))
        sys.exit(2)
    except Exception as error:  # the border of the command line: one line, never a traceback
        structlog.get_logger().debug("command.failed", exc_info=True)
        _say(plain_words.told(error))
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _say(text: str) -> None:
    print(f"anda: {text}", file=sys.stderr)
