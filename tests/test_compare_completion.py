"""Completion and its comparison: a user would print one ratio as the truth, compare unlike things, or read a gap as a zero."""

from __future__ import annotations

import polars as pl
import pytest

from analysis.compare.guard import IncomparableUnits, require_comparable
from analysis.compare.ledger import ledger_from_frames
from analysis.compare.outputs import build_outputs
from tests.compare_notices import NoticeMaker, reference_five

FIVE = reference_five().frames()


@pytest.fixture(scope="module")
def out():
    return build_outputs(
        ledger_from_frames(FIVE),
        only=(
            "out_completion",
            "out_differences",
            "out_flags",
            "out_notices",
            "out_problem_counts",
            "out_status_mix",
            "out_reconciliation",
        ),
    )


def row(out, notice, definition):
    return out["out_completion"].row(
        by_predicate=(pl.col("notice_id") == notice) & (pl.col("definition_code") == definition), named=True
    )


@pytest.mark.parametrize(
    "notice, definition, x, n, low, high",
    [
        ("anshan-2021", "stated", 53, 60, 77.8, 94.2),
        ("anshan-2021", "itemised", 50, 60, 72.0, 90.7),
        ("anshan-2021", "strict", 38, 60, 50.7, 74.4),
        ("yushu-2024", "stated", 14, 14, 78.5, 100),
        ("yiyang-2023", "stated", 42, 44, 84.9, 98.7),
        ("kaifeng-2020", "itemised", 15, 17, 65.7, 96.7),
    ],
)
def test_reference_ratios(out, notice, definition, x, n, low, high):
    found = row(out, notice, definition)
    assert (found["x_count"], found["n_count"]) == (x, n)
    assert [round(100 * found[c], 1) for c in ("wilson_low", "wilson_high")] == [low, high]


def test_a_result_that_is_not_published_is_neither_zero_nor_everything_nor_dropped(out):
    rows = out["out_completion"].filter(pl.col("notice_id") == "dandong-2025")
    assert (
        rows.height == 4
        and rows["share"].null_count() == rows["wilson_low"].null_count() == rows["x_count"].null_count() == 4
    )
    assert all("N" in flags.split(",") for flags in rows["flags"])


def test_a_handful_of_known_items_gives_bounds_and_no_share(out):
    found = row(out, "yiyang-2023", "itemised")
    assert (found["x_count"], found["n_count"], found["missing_count"], found["share"]) == (1, 1, 43, None)
    assert (found["bound_low"], found["bound_high"]) == (1 / 44, 1.0)


def test_strict_is_unknown_where_the_total_does_not_split_off_long_term(out):
    assert row(out, "yushu-2024", "strict")["share"] is None
    assert row(out, "yushu-2024", "lenient")["basis_code"] == "total"


def test_days_since_feedback_stand_beside_every_ratio(out):
    days = {
        n: row(out, n, "stated")["days_since_feedback"]
        for n in ("yushu-2024", "anshan-2021", "kaifeng-2020", "dandong-2025", "yiyang-2023")
    }
    assert days == {
        "yushu-2024": 83,
        "anshan-2021": 98,
        "kaifeng-2020": 146,
        "dandong-2025": 314,
        "yiyang-2023": None,
    }
    assert (
        row(out, "dandong-2025", "stated")["is_days_lower_bound"]
        and not row(out, "kaifeng-2020", "stated")["is_days_lower_bound"]
    )


def test_the_five_cannot_be_told_apart(out):
    rows = out["out_differences"].filter(pl.col("definition_code") == "best_available")
    overall = rows.row(by_predicate=pl.col("comparison_code") == "overall", named=True)
    assert round(overall["p_value"], 2) == 0.13 and overall["verdict_code"] == "cannot_be_told_apart"
    assert round(rows.filter(pl.col("comparison_code") == "pair")["p_adjusted"].min(), 2) == 0.42
    assert "D" in overall["flags"].split(",")


def test_items_are_not_compared_with_totals_and_the_reason_is_given(out):
    pair = out["out_differences"].row(
        by_predicate=(pl.col("definition_code") == "lenient")
        & (pl.col("notice_id_a") == "anshan-2021")
        & (pl.col("notice_id_b") == "yiyang-2023"),
        named=True,
    )
    assert pair["verdict_code"] == "not_comparable" and pair["p_value"] is None and pair["difference"] is None
    assert "鞍山 2021" in pair["reason_zh"] and "Yiyang 2023" in pair["reason_en"]


def test_a_difference_is_found_where_there_is_one():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["completed"] * 58 + ["in_progress"] * 2)
    made.notice("b-2020", "乙", "120000", 2020, statuses=["completed"] * 30 + ["in_progress"] * 30)
    rows = build_outputs(ledger_from_frames(made.frames()), only=("out_differences",))[
        "out_differences"
    ].filter(pl.col("definition_code") == "strict")
    assert set(rows["verdict_code"]) == {"differs"} and all(
        "孰优孰劣" in reason for reason in rows["reason_zh"]
    )


def test_flags_of_the_five(out):
    raised = {
        n: "".join(sorted(g.filter("is_raised")["flag_code"]))
        for (n,), g in out["out_flags"].group_by("notice_id", maintain_order=True)
    }
    assert raised == {
        "anshan-2021": "DRS",
        "dandong-2025": "NTU",
        "yushu-2024": "ADLRS",
        "kaifeng-2020": "LSTX",
        "yiyang-2023": "DRSTU",
    }
    assert out["out_flags"].filter("is_raised")["reason_zh"].str.len_chars().min() > 0


def test_units_and_definitions_are_not_compared_with_each_other():
    rows = [
        {"label_zh": "甲 2020", "label_en": "A 2020", "unit": "problem", "definition_code": "stated"},
        {"label_zh": "乙 2021", "label_en": "B 2021", "unit": "task", "definition_code": "stated"},
    ]
    with pytest.raises(IncomparableUnits, match="A 2020: problems; B 2021: tasks") as refusal:
        require_comparable(rows)
    assert "甲 2020按问题计" in refusal.value.reason_zh
    with pytest.raises(IncomparableUnits, match="definitions"):
        require_comparable([{**rows[0], "definition_code": "strict"}, rows[0]])
    require_comparable(rows[:1] * 2)


def test_a_total_in_tasks_keeps_its_unit():
    made = NoticeMaker()
    made.notice(
        "a-2020",
        "甲",
        "110000",
        2020,
        statuses=["not_stated"] * 30,
        claims=[("problems", "problem", 30), ("tasks", "task", 157), ("completed", "task", 150)],
    )
    made.notice(
        "b-2020",
        "乙",
        "120000",
        2020,
        statuses=["not_stated"] * 30,
        claims=[("problems", "problem", 30), ("completed", "problem", 27)],
    )
    out = build_outputs(ledger_from_frames(made.frames()), only=("out_completion", "out_differences"))
    found = row(out, "a-2020", "stated")
    assert (found["unit"], found["x_count"], found["n_count"]) == ("task", 150, 157) and "U" in found[
        "flags"
    ].split(",")
    assert row(out, "a-2020", "lenient")["share"] is None
    stated = out["out_differences"].filter(pl.col("definition_code") == "stated")
    assert set(stated["verdict_code"]) == {"not_comparable"} and all(
        "单位不同" in reason for reason in stated["reason_zh"]
    )


def test_a_completed_number_without_a_stated_total_says_that_its_denominator_is_counted():
    made = NoticeMaker()
    made.notice(
        "a-2020", "甲", "110000", 2020, statuses=["not_stated"] * 30, claims=[("completed", "problem", 27)]
    )
    made.notice(
        "b-2020", "乙", "120000", 2020, statuses=["not_stated"] * 30, claims=[("completed", "task", 27)]
    )
    out = build_outputs(ledger_from_frames(made.frames()), only=("out_completion",))
    found, other = row(out, "a-2020", "stated"), row(out, "b-2020", "stated")
    assert (
        (found["x_count"], found["n_count"]) == (27, 30)
        and "分母取清点数" in found["note_zh"]
        and "D" in found["flags"].split(",")
    )
    assert (other["x_count"], other["n_count"], other["share"]) == (27, None, None) and "未声明总数" in other[
        "note_zh"
    ]


def test_missing_notice_years_are_rows_of_nulls_and_not_zeros(out):
    cells = out["out_notices"].filter(pl.col("city_code") == "210300")
    assert cells["year"].to_list() == [2020, 2021, 2022, 2023, 2024, 2025] and cells[
        "is_missing"
    ].to_list() == [
        True,
        False,
        True,
        True,
        True,
        True,
    ]
    missing = out["out_problem_counts"].filter(pl.col("notice_id").is_null())
    assert missing.height and missing["value_count"].null_count() == missing.height
    zero = out["out_problem_counts"].filter(
        (pl.col("notice_id") == "anshan-2021") & (pl.col("group_id") == "supervision")
    )
    assert set(zero["value_count"]) == {0}


def test_counting_leaf_items_changes_the_unit_everywhere():
    out = build_outputs(ledger_from_frames(FIVE), unit="leaf_item", only=("out_completion", "out_status_mix"))
    assert row(out, "yiyang-2023", "itemised")["total_count"] == 58
    assert set(out["out_status_mix"]["unit"]) == {"leaf_item"}
    with pytest.raises(ValueError, match="task"):
        build_outputs(ledger_from_frames(FIVE), unit="task")


def test_every_note_of_a_check_is_there_in_english():
    """An English briefing would show Chinese notes."""
    import re
    from pathlib import Path

    from analysis.compare.old_counts import note_in_english
    from analysis.ledger import checks

    source = Path(checks.__file__).read_text(encoding="utf-8")
    notes = {re.sub(r"\{[^}]*\}", "7", n) for n in re.findall(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"', source)}
    notes = {n for n in notes if len(n) > 4 and "长期坚持 may" not in n}
    assert len(notes) > 15
    assert not [n for n in notes if re.search(r"[\u4e00-\u9fff]", note_in_english(n))]
