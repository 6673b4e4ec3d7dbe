"""Across years: a user would miss a real change inside bodies, or be told of one that is not there."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from analysis import compare
from analysis.compare.series import trend_of
from analysis.selection import select_frames
from tests.compare_notices import NoticeMaker


def corpus(seed: int, rise: float, bodies: int = 26, rounds: int = 3) -> pl.DataFrame:
    """Rounds of bodies as ``out_rounds`` has them: 10–24 problems each, a share that rises evenly by ``rise``."""
    rng = np.random.default_rng(seed)
    rows = []
    for body in range(bodies):
        base = np.clip(rng.normal(0.72, 0.08), 0.45, 0.86)
        for number in range(rounds):
            n = int(rng.integers(10, 25))
            x = int(rng.binomial(n, base + rise * number / (rounds - 1)))
            rows.append((f"b{body}", "lenient", "problem", "items", number + 1, x, n, x / n))
    columns = [
        "body_id",
        "definition_code",
        "unit",
        "basis_code",
        "round_number",
        "x_count",
        "n_count",
        "share",
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def verdicts(seed: int, rise: float) -> dict[str, str]:
    return dict(trend_of(corpus(seed, rise)).select("method_code", "verdict_code").iter_rows())


@pytest.mark.slow
def test_a_planted_rise_is_found():
    """20 corpora with 12 points more in the last of three rounds than in the first."""
    assert sum(verdicts(seed, 0.12)["mantel_haenszel"] == "rises" for seed in range(20)) >= 19


def test_a_null_corpus_stays_silent():
    """200 corpora without any change: by all three methods together no more speak than 5 % would."""
    spoken = [set(verdicts(1000 + seed, 0.0).values()) != {"not_told_apart"} for seed in range(200)]
    assert sum(spoken) <= 16


def test_the_methods_agree_with_statsmodels_and_scipy():
    from scipy.stats import ttest_1samp, wilcoxon
    from statsmodels.stats.contingency_tables import StratifiedTable

    rows = corpus(5, 0.1)
    found = {r["method_code"]: r for r in trend_of(rows).iter_rows(named=True)}
    first, last = (rows.filter(pl.col("round_number") == n) for n in (1, 3))
    tables = [
        np.array([[xl, nl - xl], [xf, nf - xf]], dtype=float)
        for xf, nf, xl, nl in zip(
            first["x_count"], first["n_count"], last["x_count"], last["n_count"], strict=True
        )
    ]
    pooled = StratifiedTable(tables)
    own = found["mantel_haenszel"]
    assert own["estimate"] == pytest.approx(pooled.oddsratio_pooled)
    assert (own["low"], own["high"]) == pytest.approx(pooled.oddsratio_pooled_confint())
    difference = (last["share"] - first["share"]).to_numpy()
    assert found["paired_mean"]["p_value"] == pytest.approx(ttest_1samp(difference, 0).pvalue)
    assert found["wilcoxon"]["p_value"] == pytest.approx(wilcoxon(difference, zero_method="zsplit").pvalue)
    assert {(r["body_count"], r["pair_count"]) for r in found.values()} == {(26, 52)}
    assert all(0 < r["detectable_difference"] < 0.3 for r in found.values())


def test_few_bodies_are_too_few_and_no_series_mixes_units_or_definitions():
    few = trend_of(corpus(5, 0.12, bodies=4))
    assert set(few["verdict_code"]) == {"too_few"}
    rows = corpus(5, 0.12).with_columns(
        unit=pl.when(pl.col("round_number") == 3).then(pl.lit("measure")).otherwise(pl.lit("problem"))
    )
    mixed = trend_of(rows)
    assert set(mixed["unit"]) == {"problem"} and set(mixed["pair_count"]) == {26}
    assert trend_of(corpus(5, 0.12, rounds=2).filter(pl.col("round_number") == 1)).is_empty()


def three_rounds() -> NoticeMaker:
    made = NoticeMaker()
    for year, done, types in (
        (2016, 10, ["finance", "ideology"]),
        (2019, 14, ["ideology", "sports"]),
        (2022, 18, ["finance", "ideology"]),
    ):
        made.notice(
            f"a-{year + 1}", "甲", "110000", year + 1,
            statuses=["completed"] * done + ["in_progress"] * (20 - done),
            types=[types[i % 2] for i in range(20)],
            inspection_start_date=date(year, 3, 1), feedback_date=date(year, 7, 1),
            publication_date=date(year + 1, 1, 10),
        )  # fmt: skip
    return made


def test_a_bodys_rounds_stand_in_order_with_the_year_of_the_feedback():
    rows = compare.rounds(select_frames(three_rounds().frames())).filter(
        pl.col("definition_code") == "lenient"
    )
    assert rows.select(
        "notice_id", "round_number", "year", "previous_notice_id", "x_count", "n_count"
    ).rows() == [
        ("a-2017", 1, 2016, None, 10, 20),
        ("a-2020", 2, 2019, "a-2017", 14, 20),
        ("a-2023", 3, 2022, "a-2020", 18, 20),
    ]
    assert set(rows["days_feedback_to_publication"]) == {193} and set(rows["year_basis"]) == {"feedback"}


def test_changes_between_rounds_name_what_returned_came_and_went():
    rows = compare.round_changes(select_frames(three_rounds().frames()))
    first, second = rows.filter(pl.col("definition_code") == "lenient").iter_rows(named=True)
    assert (first["from_notice_id"], first["to_notice_id"]) == ("a-2017", "a-2020")
    assert first["difference"] == pytest.approx(0.2) and first["newcombe_low"] < 0.2 < first["newcombe_high"]
    assert first["verdict_code"] == "not_told_apart" and first["detectable_difference"] > 0.3
    assert first["p_adjusted"] >= first["p_screened"] >= first["p_value"]
    lists = ("returned_type_codes", "returned_after_absence_type_codes", "new_type_codes", "gone_type_codes")
    assert [first[c] for c in lists] == [["ideology"], [], ["sports"], ["finance"]]
    assert [second[c] for c in lists] == [["ideology"], ["finance"], [], ["sports"]]


def test_rounds_that_count_different_things_are_never_subtracted():
    """82 % of problems, then 95 % of measures is no series."""
    made = NoticeMaker()
    made.notice("a-2018", "甲", "110000", 2018, statuses=["not_stated"] * 20, feedback_date=date(2017, 5, 1),
                claims=[("problems", "problem", 20), ("completed", "problem", 16)])  # fmt: skip
    made.notice("a-2021", "甲", "110000", 2021, statuses=["not_stated"] * 20, feedback_date=date(2020, 5, 1),
                claims=[("measures", "measure", 60), ("measures_completed", "measure", 57)])  # fmt: skip
    made.notice("a-2024", "甲", "110000", 2024, statuses=["completed"] * 20, feedback_date=date(2023, 5, 1))
    ledger = select_frames(made.frames())
    changes = compare.round_changes(ledger)
    assert (
        set(changes["verdict_code"]) == {"not_comparable"}
        and changes["difference"].null_count() == changes.height
    )
    stated = changes.filter((pl.col("definition_code") == "stated") & (pl.col("to_notice_id") == "a-2021"))
    assert stated["reason_code"].to_list() == ["unit_differs"]
    assert compare.trend(ledger).is_empty()
    assert (
        compare.rounds(ledger).filter(pl.col("share").is_null()).height > 0
    )  # a round without a ratio is shown


def test_two_notices_of_one_inspection_are_one_round():
    made = three_rounds()
    made.notice("a-2021", "甲", "110000", 2021, statuses=["completed"] * 20, inspection_start_date=date(2019, 3, 1),
                feedback_date=date(2019, 7, 1), publication_date=date(2021, 1, 10))  # fmt: skip
    ledger = select_frames(made.frames())
    rows = compare.rounds(ledger).filter(pl.col("definition_code") == "lenient")
    assert rows["round_number"].to_list() == [1, 2, 2, 3]
    pairs = compare.round_changes(ledger).filter(pl.col("definition_code") == "lenient")
    assert pairs.select("from_notice_id", "to_notice_id").rows() == [
        ("a-2017", "a-2021"),
        ("a-2021", "a-2023"),
    ]


def test_bodies_of_one_city_are_told_apart_in_rounds_and_labels():
    made = NoticeMaker()
    for sector in ("文化和旅游", "教育", "粮食和物资储备"):
        for year in (2016, 2019):
            made.notice(f"hy-{year}-{sector}", "衡阳", "430400", year, statuses=["completed"] * 12,
                        sector_text=sector, issuer_name=f"中共衡阳市{sector}局党组",
                        inspection_start_date=date(year, 3, 1))  # fmt: skip
    ledger = select_frames(made.frames())
    assert "衡阳粮食和物资储备局 2019" in ledger.notices["label_zh"].to_list()
    changes = compare.round_changes(ledger).filter(pl.col("definition_code") == "lenient")
    assert changes.height == 3
    assert all(
        a.split("-")[2] == b.split("-")[2]
        for a, b in changes.select("from_notice_id", "to_notice_id").iter_rows()
    )


def many_notices(number: int) -> NoticeMaker:
    made = NoticeMaker()
    for i in range(number):
        done = 6 + i % 4
        made.notice(
            f"c{i}-2020",
            f"市{i}",
            f"{100000 + i}",
            2020,
            statuses=["completed"] * done + ["in_progress"] * (10 - done),
        )
    return made


def test_from_ten_notices_on_each_is_drawn_towards_the_mean_and_below_nothing_is_claimed():
    few = compare.pooled(select_frames(many_notices(9).frames()))
    assert set(few["verdict_code"]) == {"too_few"} and few["pooled_share"].null_count() == few.height
    rows = compare.pooled(select_frames(many_notices(12).frames())).filter(
        pl.col("definition_code") == "strict"
    )
    assert set(rows["verdict_code"]) == {"pooled"} and set(rows["notice_count"]) == {12}
    mean = rows["mean_share"][0]
    assert mean == pytest.approx(0.75, abs=0.02)
    for row in rows.iter_rows(named=True):
        assert abs(row["pooled_share"] - mean) <= abs(row["share"] - mean) + 1e-9
        assert row["pooled_low"] < row["pooled_share"] < row["pooled_high"]


def test_a_claim_that_flips_under_another_choice_says_so():
    made = NoticeMaker()
    for i in range(3):
        made.notice(f"c{i}-2020", f"市{i}", f"{100000 + i}", 2020, statuses=["completed"] * 10,
                    types=["finance"] * 10 if i else ["sports"] * 10, is_excerpt=i == 0)  # fmt: skip
    for row in made.rows["core_problems"]:
        if row["notice_id"] == "c0-2020":
            row["secondary_type_codes"] = "finance"
    rows = compare.robustness(select_frames(made.frames()))
    found = {(r["claim_code"], r["choice_code"]): r for r in rows.iter_rows(named=True)}
    assert found["types_in_all", "base"]["value"] == 0
    assert found["types_in_all", "any_type"]["value"] == 1 and not found["types_in_all", "any_type"]["holds"]
    assert found["types_in_all", "no_excerpts"]["holds"] is False
    assert found["told_apart", "base"]["answer_code"] == "cannot_be_told_apart"
    assert ("trend", "base") not in found  # no body has two rounds: nothing was claimed
