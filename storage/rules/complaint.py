"""What a complaint is, from its words, by the table a clerk can edit; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.person import NAME, SURNAMES
from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("complaint.yaml")
_STAFF_NUMBER = re.compile(r"工号[是为:： ]*([A-Za-z]?\d{3,8})")
_AGE = re.compile(r"(?<!\d)(\d{2,3})(?:多|来|几)?(?:周)?岁")
_LISTS = (("severity", "level"), ("category", "name"), ("dispute", "name"), ("capacity", "name"))


# «30多户», «我们十几个业主», «八个人一起»: how many complain together.
_MANY = re.compile(
    r"(?P<count>\d{1,4}|[一二两三四五六七八九十百几]{1,4})(?:多|来|几)?"
    r"(?:户|(?:个|位|名)(?:业主|邻居|车主|家长|客户|投保人|村民|工友|人)|家(?:人家|商户|店))"
)
_TOGETHER = re.compile(
    r"一起|联名|集体|都(?:是|要|被|遇|不|没)|代表|大伙|我们(?:楼|小区|村|厂|单位|这)"
)


def crowd(text: str) -> int:
    """Return how many people are said to complain together, 0 where nobody says so."""
    if not _TOGETHER.search(text):
        return 0
    counts = [integer(found["count"].replace("几", "")) or 0 for found in _MANY.finditer(text)]
    return max(counts, default=0)


def _crowded(text: str) -> bool:
    return crowd(text) > int(rules()["crowd_above"])


def severity(text: str, channel: str = "") -> str:
    """Return P0–P3 for a complaint in these words; what a regulator passes on is P1 at least."""
    if _crowded(text):
        return "P0"
    level = _first("severity", "level", text)
    urgent = "elderly" in marks(text) or channel in rules()["urgent_channels"]
    return "P1" if level > "P1" and urgent else level


def category(text: str) -> str:
    """Return the business stage that a complaint in these words is about."""
    return _first("category", "name", text)


def dispute(text: str) -> str:
    """Return the kind of dispute, as statistics count it."""
    return _first("dispute", "name", text)


def capacity(text: str) -> str:
    """Return as whom somebody complains: self, proxy, heir or group."""
    return "group" if _crowded(text) else _first("capacity", "name", text)


def marks(text: str) -> list[str]:
    """Return what needs more care: elderly, disabled, media, litigation, regulator."""
    found: dict[str, list[str]] = rules()["marks"]
    named = [mark for mark, words in found.items() if any(word in text for word in words)]
    aged = any(int(age) >= rules()["elderly_from"] for age in _AGE.findall(text))
    return named if "elderly" in named or not aged else ["elderly", *named]


def about_bot(text: str) -> bool:
    """Tell whether it is about the bot itself."""
    return any(word in text for word in rules()["bot"])


def accused(text: str) -> list[dict[str, str]]:
    """Return the members of staff that are named: «查勘员王敏», «工号 8021»."""
    titles = "|".join(map(re.escape, rules()["titles"]))
    named = re.compile(rf"(?:{titles})(?:叫|是|姓名|名叫|[:： ])*({NAME})")
    found = [{"name": _cut(match)} for match in named.finditer(text)]
    # «王经理»: who it is must be found out; until then nobody of that surname may work on it.
    addressed = "|".join(map(re.escape, rules()["addressed"]))
    called_so = re.compile(
        rf"(?<![关对由属至])(?![向和于连何时应全])([{SURNAMES}](?:{addressed}))(?!{NAME})"
    )
    found += [{"name": match[1]} for match in called_so.finditer(text)]
    if capacity(text) == "self":
        he = "|".join(map(re.escape, rules()["pronouns"]))
        called = re.compile(rf"(?:{he})(?:名字)?(?:就)?叫({NAME})(?![\u4e00-\u9fff])")
        found += [{"name": match[1]} for match in called.finditer(text)]
    found += [{"staff_no": match[1]} for match in _STAFF_NUMBER.finditer(text)]
    return [party for index, party in enumerate(found) if party not in found[:index]]


_SHORTEST_CUT = 2  # characters of a name that has nothing to spare
# A surname and one character, where the second one begins the verb: 王敏摔, 李强态.
_VERBS = re.compile(
    r"[态骗摔骂吼说挂不没拖推敷收答打让把在就也都还又跟和对给的来去要压贬耍玩欺威瞎乱糊磨迟总老每昨今前"
    r"上下早约承嚷冲非连到现已从一两三半]$"
)


def _cut(found: re.Match[str]) -> str:
    """Return the name without the first character of what is said of its owner."""
    name, last = found[1], found.end(1) - 1
    if len(name) <= _SHORTEST_CUT:
        return name
    deed = any(found.string.startswith(word, last) for word in rules()["deeds"])
    return name[:-1] if deed or _VERBS.search(name) else name


def held(documents: Sequence[str]) -> list[str]:
    """Return which of these the company has itself and may not ask for."""
    known: list[str] = rules()["held"]
    return [name for name in documents if any(word in name for word in known)]


def notice(kind: str, **values: str) -> str:
    """Return what the complainant is told."""
    return str(rules()["notices"][kind]).format(**values)


def _first(part: str, key: str, text: str) -> str:
    """Return the first rule with a word in ``text``; the last rule is the default."""
    table: list[dict[str, Any]] = rules()[part]
    fitting = (rule for rule in table if any(word in text for word in rule["words"]))
    return str(next(fitting, table[-1])[key])


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    for part, key in _LISTS:
        for rule in table.get(part) or [{}]:
            _check(part, key, rule)
    for part in (
        "marks",
        "bot",
        "titles",
        "addressed",
        "deeds",
        "urgent_channels",
        "pronouns",
        "held",
        "root_causes",
        "bodies",
        "notices",
    ):
        if not table.get(part):
            raise ConfigurationError(f"{_FILE.name}：缺少 {part}，请补上")
    for number in ("improvement_at", "elderly_from"):
        if not isinstance(table.get(number), int):
            raise ConfigurationError(f"{_FILE.name}：{number} 要写成整数")
    return table


def _check(part: str, key: str, rule: dict[str, Any]) -> None:
    words = rule.get("words")
    if key not in rule or not isinstance(words, list):
        raise ConfigurationError(
            f"{_FILE.name}：{part} 的每一条都要有 {key} 和 words（词的列表），请补全 {rule}"
        )
    if numbers := [word for word in words if not isinstance(word, str)]:
        raise ConfigurationError(f"{_FILE.name}：{part} 里的 {numbers} 请加引号，写成文字")
