"""Completion and its comparison: a user would print one ratio as the truth, compare unlike things, or read a gap as a zero."""

from __future__ import annotations

import polars as pl
import pytest

from analysis import compare
from analysis.compare.pairs import refusal
from analysis.selection import SelectionError, select_frames
from tests.compare_notices import NoticeMaker, reference_five

FIVE = reference_five().frames()


@pytest.fixture(scope="module")
def out():
    return compare.compare_all(select_frames(FIVE))


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
    assert all("N" in flags for flags in rows["flags"])


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
    assert "D" in overall["flags"]


def test_items_are_not_compared_with_totals_and_the_reason_is_given(out):
    pair = out["out_differences"].row(
        by_predicate=(pl.col("definition_code") == "lenient")
        & (pl.col("notice_id_a") == "anshan-2021")
        & (pl.col("notice_id_b") == "yiyang-2023"),
        named=True,
    )
    assert pair["verdict_code"] == "not_comparable" and pair["p_value"] is None and pair["difference"] is None
    assert "鞍山 2021" in pair["reason_zh"] and "Yiyang 2023" in pair["reason_en"]


@pytest.mark.slow
def test_a_difference_is_found_where_there_is_one():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["completed"] * 58 + ["in_progress"] * 2)
    made.notice("b-2020", "乙", "120000", 2020, statuses=["completed"] * 30 + ["in_progress"] * 30)
    rows = compare.compare_all(select_frames(made.frames()))["out_differences"].filter(
        pl.col("definition_code") == "strict"
    )
    assert set(rows["verdict_code"]) == {"differs"} and all(
        "孰优孰劣" in reason for reason in rows["reason_zh"]
    )


def test_flags_of_the_five(out):
    raised = {
        n: "".join(sorted(g["flag_code"]))
        for (n,), g in out["out_flags"].group_by("notice_id", maintain_order=True)
    }
    assert raised == {
        "anshan-2021": "DRS",
        "dandong-2025": "NTU",
        "yushu-2024": "ADLRS",
        "kaifeng-2020": "LSTX",
        "yiyang-2023": "DRSTU",
    }
    assert out["out_flags"]["reason_zh"].str.len_chars().min() > 0


def test_units_and_bases_are_not_compared_with_each_other():
    rows = [
        {"label_zh": "甲 2020", "label_en": "A 2020", "unit": "problem", "basis_code": "total"},
        {"label_zh": "乙 2021", "label_en": "B 2021", "unit": "task", "basis_code": "total"},
        {"label_zh": "丙 2021", "label_en": "C 2021", "unit": "problem", "basis_code": "items"},
    ]
    zh, en = refusal(pl.DataFrame(rows[:2]))
    assert "甲 2020按问题计" in zh and "A 2020: problems; B 2021: tasks" in en
    assert "bases differ" in refusal(pl.DataFrame(rows[::2]))[1]
    assert refusal(pl.DataFrame(rows[::2]), "best_available") is None
    assert refusal(pl.DataFrame(rows[:1] * 2)) is None


def test_what_could_not_be_found_stands_beside_what_was_not(out):
    """60 against 44 at 88 %: a difference under some 30 points would be missed with Holm over six."""
    pairs = out["out_differences"].filter(
        (pl.col("definition_code") == "best_available") & (pl.col("comparison_code") == "pair")
    )
    found = {
        (r["n_a_count"], r["n_b_count"]): r["detectable_difference"] for r in pairs.iter_rows(named=True)
    }
    assert 0.28 <= found[60, 44] <= 0.32 and 0.55 <= found[14, 17] <= 0.62
    assert all(
        f"{100 * r['detectable_difference']:.0f}" in r["reason_en"]
        for r in pairs.iter_rows(named=True)
        if r["p_value"] is not None
    )


@pytest.mark.slow
def test_above_a_dozen_notices_only_rounds_of_one_body_are_paired():
    made = NoticeMaker()
    for city in range(20):
        for year in (2020, 2022):
            made.notice(
                f"c{city}-{year}",
                f"市{city}",
                f"{100000 + city}",
                year,
                statuses=["completed"] * 15 + ["in_progress"] * 3,
            )
    ledger = select_frames(made.frames())
    strict = compare.differences(ledger).filter(pl.col("definition_code") == "strict")
    assert strict.filter(pl.col("comparison_code") == "pair").height == 20
    assert strict.filter(pl.col("comparison_code") == "overall")["notice_count"].to_list() == [40]
    mixes = compare.mix_distances(ledger)
    assert mixes.filter(pl.col("pair_code") == "consecutive").height == 20 and mixes.height <= 60


def test_a_total_completes_no_item(out):
    """Fourteen of fourteen in total says nothing of any one of them."""
    items = out["out_evidence"].filter(pl.col("notice_id") == "yushu-2024")
    assert items.height == 14 and not items["is_said_completed"].any()
    assert out["out_status_mix"].filter((pl.col("notice_id") == "yushu-2024") & (pl.col("value_count") > 0))[
        "status_code"
    ].to_list() == ["not_stated"]


def test_open_items_are_listed_with_their_age_and_unknown_ones_are_not(out):
    items = out["out_open_items"]
    counts = dict(items.group_by("notice_id").len().iter_rows())
    assert counts == {"anshan-2021": 10, "kaifeng-2020": 2}
    assert set(items.filter(pl.col("notice_id") == "anshan-2021")["age_days"]) == {98}
    strict = compare.open_items(select_frames(FIVE), completion="strict")
    assert strict.filter(pl.col("notice_id") == "anshan-2021").height == 22


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
    out = compare.compare_all(select_frames(made.frames()))
    found = row(out, "a-2020", "stated")
    assert (found["unit"], found["x_count"], found["n_count"]) == ("task", 150, 157) and "U" in found["flags"]
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
    out = compare.compare_all(select_frames(made.frames()))
    found, other = row(out, "a-2020", "stated"), row(out, "b-2020", "stated")
    assert (
        (found["x_count"], found["n_count"]) == (27, 30)
        and "分母取逐项数" in found["note_zh"]
        and "D" in found["flags"]
    )
    assert (other["x_count"], other["n_count"], other["share"]) == (27, None, None) and "未声明总数" in other[
        "note_zh"
    ]


def test_a_dimension_without_problems_is_a_true_zero_and_nothing_is_filled_in(out):
    counts = out["out_problem_counts"]
    zero = counts.filter((pl.col("notice_id") == "anshan-2021") & (pl.col("group_id") == "supervision"))
    assert set(zero["value_count"]) == {0}
    assert out["out_notices"].height == 5 and out["out_completion"].height == 20
    assert counts["notice_id"].null_count() == 0


@pytest.mark.slow
def test_counting_leaf_items_changes_the_unit_everywhere():
    ledger = select_frames(FIVE)
    out = compare.compare_all(ledger, unit="item")
    assert row(out, "yiyang-2023", "itemised")["total_count"] == 58
    assert set(out["out_status_mix"]["unit"]) == {"item"}
    for wrong in ({"unit": "task"}, {"completion": "loose"}):
        with pytest.raises(SelectionError, match="Allowed"):
            compare.completion(ledger, **wrong)


def test_every_note_of_a_check_is_there_in_english():
    """An English briefing would show Chinese notes."""
    import re
    from pathlib import Path

    from analysis.compare.tallies import note_in_english
    from analysis.ledger import checks

    source = Path(checks.__file__).read_text(encoding="utf-8")
    notes = {re.sub(r"\{[^}]*\}", "7", n) for n in re.findall(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"', source)}
    notes = {n for n in notes if len(n) > 4 and "长期坚持 may" not in n}
    assert len(notes) > 15
    assert not [n for n in notes if re.search(r"[\u4e00-\u9fff]", note_in_english(n))]


@pytest.mark.slow
def test_no_words_of_a_notice_stand_in_the_tables():
    """Names and telephone numbers may stand in statements, measures, causes and headings; out_ tables hold none of them."""
    made = reference_five()
    secret = "赵小明联系电话13900001111"
    for table, columns in {
        "core_problems": ("statement_text", "cause_text", "status_text"),
        "core_measures": ("measure_text",),
        "core_sections": ("title_text",),
        "core_claims": ("quote_text",),
        "core_notices": ("title", "inspection_team_name"),
    }.items():
        for line in made.rows[table]:
            line.update(dict.fromkeys(columns, secret))
    for name, frame in compare.compare_all(select_frames(made.frames())).items():
        for column in frame.select(pl.col(pl.String)).columns:
            assert not frame[column].str.contains("赵小明|1390000").any(), f"{name}.{column}"


@pytest.mark.slow
def test_a_comparison_is_read_from_where_it_was_written_until_something_changes(tmp_path):
    """Notebooks and exports would compute everything anew, or show the comparison of other data."""
    from analysis.selection import select

    for name, frame in FIVE.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    written = compare.write(tmp_path)
    assert set(written) == set(compare.OUT_TABLES)
    first = {name: path.read_bytes() for name, path in written.items()}
    assert first == {name: path.read_bytes() for name, path in compare.write(tmp_path).items()}
    # a number put into the stored table comes back: it was read, not computed
    path = written["out_completion"]
    marked = pl.read_parquet(path).with_columns(x_count=pl.lit(1, pl.Int64))
    marked.write_parquet(path, metadata=pl.read_parquet_metadata(path))
    assert set(compare.completion(select(data_dir=tmp_path))["x_count"]) == {1}
    assert set(compare.completion(select(data_dir=tmp_path), completion="strict")["x_count"]) != {1}
    assert set(compare.completion(select("鞍山", data_dir=tmp_path))["x_count"]) != {1}
    problems = FIVE["core_problems"].with_columns(pl.lit("in_progress").alias("status_code"))
    problems.write_parquet(tmp_path / "core_problems.parquet")
    assert set(compare.completion(select(data_dir=tmp_path))["x_count"]) != {1}


def test_every_table_and_column_is_documented_in_both_languages():
    for name, schema in compare.OUT_TABLES.items():
        for column, spec in schema.columns().items():
            assert spec.description and spec.metadata["zh"], f"{name}.{column}"
