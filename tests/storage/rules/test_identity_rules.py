"""The tables of consents, words, terms and renewal: whole, and strict with slips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from storage.demo.products import PRODUCTS
from storage.rules import consents, policy_terms, policy_words, renewal

GOOD_CONSENT = (
    "{code: identity, version: '1', title: t, separate: false, text: x, withdraw: y,"
    " on_withdraw: ''}"
)


def test_every_consent_says_what_it_is_for_and_how_it_ends() -> None:
    """Sensitive data is agreed to separately (PIPL 28–31), and each text tells the other way."""
    texts = consents.texts()
    for code in ("health", "bank_account", "location", "minor"):
        assert texts[code].separate
    assert texts["identity"].on_withdraw == "unbind"
    assert all("只" in text.text or "随时" in text.text for text in texts.values())


def test_every_term_names_its_clause_and_every_product_has_terms() -> None:
    """No explanation without a source; the words on every kind of policy are explained."""
    notes = policy_terms.notes()
    assert all(note.clause for note in notes)
    for kind in ("compulsory", "commercial", "new_energy", "accident", "health", "home"):
        assert [note for note in notes if kind in note.kinds], kind
    assert {kind for note in notes for kind in note.kinds} <= set(PRODUCTS)


def test_no_two_terms_are_called_the_same() -> None:
    """Otherwise one of them would never be explained."""
    words = [word for note in policy_terms.notes() for word in note.called]
    assert len(words) == len(set(words))


def test_renewal_never_quotes_and_never_presses() -> None:
    """Every line has steps, papers and what a gap means; no price anywhere."""
    assert {"auto", "home", "accident", "health", "other"} <= set(renewal.advice())
    assert renewal.of("cargo").line == "other"
    assert all(rule.steps and rule.documents and rule.gap for rule in renewal.advice().values())


@pytest.mark.parametrize(
    ("read", "text", "remedy"),
    [
        (consents.read, "[]", "identity"),
        (consents.read, "[{code: identity}]", "第 1 段"),
        (consents.read, f"[{GOOD_CONSENT}, {GOOD_CONSENT}]", "重复"),
        (consents.read, f"[{GOOD_CONSENT.replace(chr(39) + '1' + chr(39), '1')}]", "加引号"),
        (consents.read, f"[{GOOD_CONSENT.replace(chr(39) * 2, 'erase')}]", "unbind"),
        (policy_terms.read, "[{code: a}]", "第 1 个词"),
        (
            policy_terms.read,
            "[{code: a, name: n, called: [x], kinds: [], text: t, clause: ''}]",
            "出处",
        ),
        (policy_words.read, "{states: {}, facts: [{key: a}]}", "第 1 行"),
        (policy_words.read, "{states: {退保: ''}, facts: []}", "states.退保"),
        (renewal.read, "[]", "other"),
        (renewal.read, "[{line: auto}]", "line auto"),
        (
            renewal.read,
            "[{line: auto, title: t, earliest_days: 30, steps: [只要 900 元], documents: [a],"
            " gap: g, changes: c, basis: b}]",
            "900 元",
        ),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_place(
    read: Callable[[Path], object], text: str, remedy: str, tmp_path: Path
) -> None:
    """File, place and what to do."""
    file = tmp_path / "table.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"table\.yaml") as told:
        read(file)
    assert remedy in str(told.value)
