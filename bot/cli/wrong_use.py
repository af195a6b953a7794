"""Says in Chinese what was wrong with a command line; the library speaks English only."""

from __future__ import annotations

import re

from typer.exceptions import TyperException

_HELP = "anda --help 查看全部命令"
_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"No such command '(?P<name>[^']*)'"), "没有命令 {name}，" + _HELP),
    (re.compile(r"No such option: (?P<name>\S+)"), "没有选项 {name}，加 --help 查看用法"),
    (re.compile(r"Missing argument '(?P<name>[^']*)'"), "缺少参数 {name}，加 --help 查看用法"),
    (
        re.compile(r"Missing option '(?P<name>[^']*)'\. Choose from:(?P<choices>.+)", re.S),
        "缺少选项 {name}，可选：{choices}",
    ),
    (re.compile(r"Missing option '(?P<name>[^']*)'"), "缺少选项 {name}，加 --help 查看用法"),
    (re.compile(r"Option '(?P<name>[^']*)' requires an argument"), "选项 {name} 后面要写上值"),
    (
        re.compile(r"unexpected extra argument\(s\) \((?P<name>.*)\)", re.S),
        "多了参数 {name}，加 --help 查看用法",
    ),
    (
        re.compile(
            r"for '(?P<name>[^']*)'.*?'(?P<value>[^']*)' is not one of (?P<choices>.+)", re.S
        ),
        "{name} 不能是 {value}，可选：{choices}",
    ),
    (
        re.compile(r"for '(?P<name>[^']*)': (?:path|file) '(?P<value>.*)' does not exist"),
        "没有文件 {value}",
    ),
    (
        re.compile(r"for '(?P<name>[^']*)': (?:path|file) '(?P<value>.*)' is a directory"),
        "要的是文件，{value} 是文件夹",
    ),
    (
        re.compile(r"for '(?P<name>[^']*)': (?:path|file) '(?P<value>.*)' is not readable"),
        "没有权限读 {value}",
    ),
    (
        re.compile(r"for '(?P<name>[^']*)'.*(?:less|greater) than or equal to (?P<value>[\d.]+)"),
        "{name} 超出范围（界限 {value}）",
    ),
    (re.compile(r"for '(?P<name>[^']*)'.*valid integer"), "{name} 要写成整数"),
    (
        re.compile(r"for '(?P<name>[^']*)'.*'(?P<value>[^']*)' does not match the format"),
        "{name} 不能是 {value}，要写成 2026-11-01 的样子",
    ),
    # What we say ourselves is Chinese already, with or without the name of the argument.
    (re.compile(r"Invalid value for [^:]+: (?P<name>[^:]*[^\x00-\x7f].*)", re.S), "{name}"),
    (re.compile(r"Invalid value: (?P<name>.+)", re.S), "{name}"),
)
_WORD = re.compile(r"[\w.-]+")


def explain(error: TyperException) -> str:
    """Return one clear line."""
    text = error.format_message()
    for pattern, sentence in _SENTENCES:
        if found := pattern.search(text):
            groups = found.groupdict()
            groups["choices"] = "、".join(_WORD.findall(groups.get("choices") or "")).strip("、.")
            return " ".join(sentence.format(**groups).split())
    return " ".join(text.split()) or f"用法不对，{_HELP}"
