"""Labels: a page in the other language would break off, or print a key or an empty head."""

from __future__ import annotations

import string

import pytest

from analysis.compare.out_tables import ALL_UNITS, CHANGES, DEFINITIONS, VERDICTS
from analysis.display.labels import LANGUAGES, UnknownLabel, code_order, label
from analysis.lookups import load_yaml
from analysis.tables.corpus import NOTEBOOKS

LABELS = load_yaml("publishing/labels")


def test_both_languages_say_everything_and_fill_the_same_places():
    for key, words in LABELS.items():
        assert set(words) == set(LANGUAGES) and all(words.values()), key
        zh, en = (
            {name for _, name, _, _ in string.Formatter().parse(words[lang]) if name} for lang in LANGUAGES
        )
        assert zh == en, f"{key}: {zh ^ en}"


def test_every_code_that_a_page_prints_has_its_words():
    families = {
        "short": code_order("problem_types"),
        "dimension": [*code_order("dimensions"), "unclassified"],
        "definition": [*DEFINITIONS, "counted"],
        "unit": ALL_UNITS,
        "verdict": [*VERDICTS, *CHANGES, "over", "under"],
        "answer": ["cannot_be_told_apart", "differ", "none", "some", "too_few", "not_comparable", *CHANGES],
        "earlier": ["inspection", "audit", "other"],
        "method": ["paired_mean", "wilcoxon", "mantel_haenszel"],
        "suite": NOTEBOOKS,
    }
    missing = [
        f"{name}_{code}"
        for name, codes in families.items()
        for code in codes
        if f"{name}_{code}" not in LABELS
    ]
    assert not missing


def test_a_misspelt_key_is_named():
    with pytest.raises(UnknownLabel, match="fig_completoin"):
        label("fig_completoin", "zh")


def test_chinese_words_are_set_apart_from_no_western_brackets():
    """A clerk sees half-width brackets between Chinese characters as a slip."""
    for key, words in LABELS.items():
        assert "(" not in words["zh"] and ")" not in words["zh"], key
