"""What kind of feedback words are, by the table a clerk can edit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.rules.ticket_kinds import table as tickets

_FILE = Path(__file__).with_name("feedback.yaml")


def nature(text: str) -> str:
    """Return whether it is a hint of a complaint, praise, a suggestion or a remark."""
    return _first("nature", text)


def category(text: str) -> str:
    """Return what it is about."""
    return _first("category", text)


def topics() -> tuple[str, ...]:
    """Return what the form offers to tap."""
    return tuple(map(str, _rules()["form"]["topics"]))


def follow_up(nature: str, *, has_phone: bool) -> str:
    """Return the kind of ticket that words of a nature call for, '' for none."""
    form = _rules()["form"]
    kind = str(form["follow_up"].get(nature, ""))
    return str(form["otherwise"]) if kind == form["call"] and not has_phone else kind


def calls(kind: str) -> bool:
    """Tell whether somebody telephones for this kind of ticket."""
    return bool(kind == _rules()["form"]["call"])


def is_complaint(nature: str) -> bool:
    """Tell whether words of a nature may be a complaint: that rule stands first."""
    return bool(nature == _rules()["nature"][0]["name"])


def _first(part: str, text: str) -> str:
    fitting = (rule for rule in _rules()[part] if any(word in text for word in rule["words"]))
    return str(next(fitting, _rules()[part][-1])["name"])


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return read(_FILE)


def read(file: Path) -> dict[str, Any]:
    """Read a table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(file.read_text(encoding="utf-8"))
    for part in ("nature", "category"):
        for rule in table.get(part) or [{}]:
            words = rule.get("words")
            if "name" not in rule or not isinstance(words, list):
                raise ConfigurationError(f"{file.name}：{part} 的每一条都要有 name 和 words")
            # A number in YAML is no word: 12378 without quotes is one a customer may write.
            rule["words"] = [str(word) for word in words]
    _check_form(file, table.get("form") or {}, [rule["name"] for rule in table["nature"]])
    return table


def _check_form(file: Path, form: dict[str, Any], natures: list[str]) -> None:
    kinds = [*form.get("follow_up", {}).values(), form.get("call"), form.get("otherwise")]
    if not form.get("topics") or set(kinds) - tickets().kinds.keys():
        raise ConfigurationError(
            f"{file.name}：form 要有 topics，"
            "follow_up、call、otherwise 写 ticket_kinds.yaml 里的种类"
        )
    if strangers := sorted(set(form["follow_up"]) - set(natures)):
        raise ConfigurationError(f"{file.name}：form.follow_up 的 {strangers} 不在 nature 里")
