"""A name as it stands on a paper: what a chat takes for one, and the names that no chat can hear.

Chinese or Latin letters, in parts that a dot, a blank, an apostrophe or a hyphen joins. Whoever
types a name for somebody is held to it, so that no markup and no picture becomes a name.
"""

from __future__ import annotations

import re

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_PERSON = re.compile(rf"[{_HAN}{_LATIN}]+(?:[· .'’-]{{1,2}}[{_HAN}{_LATIN}]+)*\.?")
_FIRM = re.compile(rf"[{_HAN}{_LATIN}\d（(][{_HAN}{_LATIN}\d（）()·&、 .'’-]*")
_DOTS = re.compile("[•・‧∙．]")
SHORTEST, LONGEST, LONGEST_FIRM = 2, 40, 64


def person_written(text: str) -> str:
    """Return a person's name as it is kept, '' for what is none."""
    return _kept(text, _PERSON, LONGEST)


def firm_written(text: str) -> str:
    """Return a firm's name as it is kept, '' for what is none; it may have digits and brackets."""
    return _kept(text, _FIRM, LONGEST_FIRM)


def _kept(text: str, form: re.Pattern[str], most: int) -> str:
    found = re.sub(r"\s+", " ", _DOTS.sub("·", text)).strip()
    return found if SHORTEST <= len(found) <= most and form.fullmatch(found) else ""
