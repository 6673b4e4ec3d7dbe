"""If these fail, the published agreement of the type coding with people is wrong or cannot be computed."""

import numpy as np
import pytest

from analysis.parsing.types.coding import UNCLASSIFIED, known_codes
from analysis.parsing.types.validation import agreement, load_validation, match_labels
from tests.quality.train_types import fit_types, frames, labelled_statements


def test_kappa_of_a_table_worked_by_hand():
    # 20 yes/yes, 15 no/no, 5 yes/no, 10 no/yes: po 0.7, pe 0.5, kappa 0.4
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    result = agreement(pairs)
    assert result["n"] == 50
    assert result["observed_share"] == pytest.approx(0.7)
    assert result["expected_share"] == pytest.approx(0.5)
    assert result["kappa"] == pytest.approx(0.4)
    no, yes = result["types"]
    assert (no["code"], yes["code"]) == ("no", "yes")
    assert yes["precision"] == pytest.approx(20 / 30)
    assert yes["recall"] == pytest.approx(20 / 25)
    assert yes["f1"] == pytest.approx(40 / 55)


def test_a_type_never_coded_has_no_precision_and_no_pairs_have_no_kappa():
    only = agreement([("finance", "assets")])["types"]
    assert [(row["code"], row["precision"], row["recall"]) for row in only] == [
        ("assets", 0.0, None),
        ("finance", None, 0.0),
    ]
    assert agreement([])["kappa"] is None
    assert agreement([("finance", "finance")])["kappa"] is None


def test_validation_labels_are_known_codes_and_say_whether_they_were_seen():
    labels = load_validation()
    assert len(labels) > 150
    for label in labels:
        assert {label["primary"], *label["acceptable"]} <= known_codes()
        assert label["coder"]
    assert all(isinstance(label["is_used_for_tuning"], bool) for label in labels)


def test_labels_find_their_problem_by_place_year_and_words():
    problems = [
        {
            "city_name": "甲市",
            "notice_year": 2022,
            "problem_id": "a/1",
            "statement_text": "在财务管理 不规范方面。",
            "primary_type_code": "finance",
        },
        {
            "city_name": "甲",
            "notice_year": 2023,
            "problem_id": "b/1",
            "statement_text": "财务管理不规范",
            "primary_type_code": "assets",
        },
        {
            "city_name": None,
            "notice_year": None,
            "problem_id": "c/1",
            "statement_text": None,
            "primary_type_code": "unclassified",
        },
    ]
    label = {"place_name": "甲", "statement_start": "财务管理不规范", "primary": "finance"}
    found = match_labels(
        problems,
        [{**label, "notice_year": 2022}, {**label, "notice_year": 2023}, {**label, "notice_year": 2024}],
    )
    assert [(row["problem_id"], row["code"]) for row in found] == [("a/1", "finance"), ("b/1", "assets")]


def test_settled_codings_keep_the_code_book():
    settled = [entry.settled for entry in labelled_statements() if entry.settled]
    assert len(settled) > 1600
    for primary, further in settled:
        assert {primary, *further} <= known_codes()
        assert len(set(further)) == len(further) <= 2
        assert primary not in further and UNCLASSIFIED not in further
        assert not (primary == UNCLASSIFIED and further)


def test_the_same_labels_train_the_same_bytes():
    entries, framed = labelled_statements()[:80], frames()[:40]
    assert np.array_equal(fit_types(entries, framed), fit_types(entries, framed))
