"""The tables of outbound messages: what stands in them works, and mistakes name their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from storage.rules import message_templates, outbound

TEMPLATES = Path(message_templates.__file__).with_suffix(".yaml")
RULES = Path(outbound.__file__).with_suffix(".yaml")


@pytest.mark.parametrize("name", sorted(message_templates.templates()))
def test_a_template_fits_whatever_goes_in(name: str) -> None:
    """Words of any length end within what the platform takes, on one line."""
    long = dict.fromkeys(message_templates.WORDS, "很长的一段话\n" * 20)
    for words in (long, {}):
        template = message_templates.templates()[name]
        for field, value in zip(template.fields, template.fill(words).values(), strict=True):
            most = message_templates.LIMITS[field.type][0]
            assert 0 < len(value["value"]) <= most
            assert "\n" not in value["value"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("请留意续保，避免中断保障", "请留意续保" * 5, "最多 20"),
        ('type: thing, value: "{product}"', 'type: thin, value: "{product}"', "type"),
        ("{product}", "{prodct}", "prodct"),
        ("回复“电子保单”即可领取", "a\\nb", "不能换行"),
    ],
)
def test_a_template_that_the_platform_refuses_is_found_on_load(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    """The mistake names the file, the field and what is allowed."""
    file = tmp_path / "t.yaml"
    file.write_text(TEMPLATES.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as found:
        message_templates.read(file)
    assert "t.yaml" in str(found.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("cap: renewal", "cap: renewl", "renewl"),
        ("template: policy_expiring", "template: policy_expired", "policy_expired"),
        ("ways: [task]", "ways: [tasks]", "ways.0"),
        ("{object}", "{objekt}", "objekt"),
        ("ticket: outbound_call", "ticket: outbound", "outbound"),
        ("kind: renewal_follow_up", "kind: renewal_follow", "renewal_follow"),
    ],
)
def test_a_rule_that_leads_nowhere_is_found_on_load(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    """The mistake names the file and what is wrong."""
    file = tmp_path / "o.yaml"
    file.write_text(RULES.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as found:
        outbound.read(file)
    assert "o.yaml" in str(found.value)
