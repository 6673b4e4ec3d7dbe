"""A shadow of equal length for matching: full-width forms, odd spaces and traditional characters one to one.

Every offset in the shadow is the same offset in the document.
"""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.lookups import load_csv
from analysis.parsing.text.numerals import mend_numbers
from analysis.parsing.text.turns import settle_numbers

# Replacing is far cheaper than str.translate: most of these characters are absent.
_USUAL = (
    ("（", "("),
    ("）", ")"),
    ("：", ":"),
    ("；", ";"),
    ("，", ","),
    ("．", "."),
    ("！", "!"),
    ("？", "?"),
    ("\u3000", " "),
    ("％", "%"),
)
_UNUSUAL = (
    ("\xa0", " "),
    ("\t", " "),
    ("\u2002", " "),
    ("\u2003", " "),
    ("\ufeff", " "),
    ("\u200b", " "),
    ("\x0c", "\n"),
    ("\x0b", "\n"),
    ("\u2028", "\n"),
    ("\u2029", "\n"),
    ("\x85", "\n"),
    ("｡", "。"),
    ("﹒", "."),
    ("︰", ":"),
    ("﹕", ":"),
    ("﹔", ";"),
    ("﹐", ","),
    ("＃", "#"),
    ("＊", "*"),
    ("｜", "|"),
    ("「", "“"),
    ("」", "”"),
    ("『", "‘"),
    ("』", "’"),
    ("〝", "“"),
    ("〞", "”"),
    ("＂", '"'),
    ("［", "["),
    ("］", "]"),
    ("〖", "【"),
    ("〗", "】"),
    ("﹝", "("),
    ("﹞", ")"),
    ("／", "/"),
    ("－", "-"),
    ("０", "0"),
    ("１", "1"),
    ("２", "2"),
    ("３", "3"),
    ("４", "4"),
    ("５", "5"),
    ("６", "6"),
    ("７", "7"),
    ("８", "8"),
    ("９", "9"),
)
_ANY_UNUSUAL = re.compile(f"[{re.escape(''.join(form for form, _ in _UNUSUAL))}]")
# Characters that only a traditional text has among the words every notice uses (meeting, party,
# problem, rectify … ); two different ones switch the conversion on.
_TRADITIONAL_SIGNS = "會黨組問題實責業務進況導領條規員應對檢"


@lru_cache(maxsize=1)
def _traditional() -> dict[int, str]:
    return {ord(row["traditional"]): row["simplified"] for row in load_csv("parsing/traditional_characters")}


def make_shadow(text: str) -> str:
    """The matching form of a text, of the same length, character by character."""
    shadow = text
    if "\r" in shadow:
        shadow = shadow.replace("\r", " ") if "\n" in shadow else shadow.replace("\r", "\n")
    for form, plain in _USUAL:
        shadow = shadow.replace(form, plain)
    if _ANY_UNUSUAL.search(shadow):  # one search where most texts hold none of them
        for form, plain in _UNUSUAL:
            shadow = shadow.replace(form, plain)
    if is_traditional(shadow):
        shadow = shadow.translate(_traditional())
    return settle_numbers(mend_numbers(shadow))


def is_traditional(text: str) -> bool:
    """Whether a text is set in traditional characters."""
    return sum(sign in text for sign in _TRADITIONAL_SIGNS) >= 4


def simplified(words: str) -> str:
    """The words in simplified characters, sign by sign."""
    return words.translate(_traditional())
