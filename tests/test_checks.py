"""Stated against counted: a user would miss a total that the items contradict, or be shown a contradiction that is none."""

from __future__ import annotations

import polars as pl
import pytest

from tests.compare_notices import NoticeMaker, reference_five


def found(made: NoticeMaker) -> dict[tuple[str, str], tuple]:
    checks = made.frames()["core_checks"]
    return {
        (r["notice_id"], r["check_code"]): (r["stated_value"], r["counted_value"], r["is_agreeing"])
        for r in checks.iter_rows(named=True)
    }


def one(statuses, claims, **more):
    made = NoticeMaker()
    made.notice("n", "甲", "100000", 2020, statuses=statuses, claims=claims, **more)
    return {code: values for (_, code), values in found(made).items()}


def test_the_figures_of_the_five_reports():
    checks = found(reference_five())
    expected = {
        ("anshan-2021", "completed"): (53, 50, False),
        ("anshan-2021", "completed_long_term"): (15, 12, False),
        ("anshan-2021", "open"): (7, 10, False),
        ("anshan-2021", "problems"): (60, 60, True),
        ("anshan-2021", "stated_sum"): (60, 60, True),
        ("anshan-2021", "aspects"): (4, 4, True),
        ("yushu-2024", "measures"): (29, 28, False),
        ("yushu-2024", "problems"): (14, 14, True),
        ("yushu-2024", "completed"): (14, None, None),
        ("yiyang-2023", "tasks"): (60, 58, False),
        ("yiyang-2023", "problems"): (44, 44, True),
        ("yiyang-2023", "completed"): (42, 1, None),
        ("yiyang-2023", "stated_sum"): (44, 44, True),
        ("dandong-2025", "tasks"): (36, 36, True),
    }
    assert {key: checks[key] for key in expected} == expected
    assert not any(notice == "kaifeng-2020" for notice, _ in checks)


def test_a_result_deduced_from_the_total_proves_nothing_about_the_total():
    assert one(["completed"] * 5, [("problems", "problem", 5), ("completed", "problem", 5)], basis="total")[
        "completed"
    ] == (5, None, None)


@pytest.mark.parametrize("stated", [2, 3, 5, 6])
def test_where_results_are_missing_nothing_is_held_against_the_notice(stated):
    """Three of five items are done and two say nothing: they may not have been read."""
    statuses = ["completed"] * 3 + ["not_stated"] * 2
    assert one(statuses, [("completed", "problem", stated)])["completed"][2] is None


def test_an_excerpt_that_is_short_is_not_a_contradiction():
    assert one(["completed"] * 5, [("problems", "problem", 9)], is_excerpt=True)["problems"] == (9, 5, None)
    assert one(["completed"] * 5, [("problems", "problem", 4)], is_excerpt=True)["problems"] == (4, 5, False)


def test_classes_without_headings_cannot_be_counted():
    assert one(["completed"] * 5, [("categories", "category", 12)])["categories"][2] is None


def test_two_kinds_of_open_problems_are_added_and_shown_apart():
    checks = one(
        ["completed"] * 3 + ["phased"] + ["in_progress"] * 2,
        [
            ("problems", "problem", 6),
            ("completed", "problem", 3),
            ("phased", "problem", 2),
            ("in_progress", "problem", 1),
        ],
    )
    assert (
        checks["open"] == (3, 3, True)
        and checks["phased"] == (2, 1, False)
        and checks["in_progress"] == (1, 2, False)
    )


def test_one_kind_of_open_problems_is_compared_with_its_own_kind():
    """Two in progress are stated and two items are; a third item, phased, contradicts nothing."""
    assert one(["completed"] * 3 + ["phased"] + ["in_progress"] * 2, [("in_progress", "problem", 2)])[
        "open"
    ] == (2, 2, True)


def test_kinds_of_results_that_add_up_are_no_contradiction():
    checks = one(
        ["completed"] * 6 + ["in_progress"] * 2 + ["long_term"],
        [
            ("problems", "problem", 9),
            ("completed", "problem", 6),
            ("in_progress", "problem", 2),
            ("long_term", "problem", 1),
        ],
    )
    assert (
        checks["stated_sum"] == (9, 9, True)
        and checks["open"] == (3, 3, True)
        and checks["long_term"] == (1, 1, True)
    )


def test_long_term_named_among_the_completed_is_not_added_to_the_open():
    checks = one(
        ["completed"] * 4 + ["completed_long_term"] * 2 + ["in_progress"],
        [
            ("problems", "problem", 7),
            ("completed", "problem", 6),
            ("long_term", "problem", 2),
            ("in_progress", "problem", 1),
        ],
    )
    assert checks["stated_sum"] == (7, 7, True) and checks["open"] == (1, 1, True)


def test_tasks_done_are_not_compared_with_problems_done():
    assert (
        one(["completed"] * 3 + ["phased"], [("tasks", "task", 41), ("completed", "task", 36)])["completed"][
            2
        ]
        is None
    )


def test_a_smaller_total_of_a_part_contradicts_nothing_and_a_greater_one_does():
    """立行立改5个 beside 8 in all; 11 problems in the preface of a notice that lists 10."""
    made = NoticeMaker()
    made.notice(
        "n",
        "甲",
        "100000",
        2020,
        statuses=["completed"] * 8 + ["in_progress"] * 2,
        claims=[
            ("problems", "problem", 11),
            ("problems", "problem", 10),
            ("completed", "problem", 5),
            ("completed", "problem", 8),
            ("in_progress", "problem", 2),
        ],
    )
    rows = {
        r["check_id"]: (r["stated_value"], r["is_agreeing"])
        for r in made.frames()["core_checks"].iter_rows(named=True)
    }
    assert rows == {
        "n!problems": (11, False),
        "n!problems-2": (10, True),
        "n!completed": (5, None),
        "n!completed-2": (8, True),
        "n!open": (2, True),
        "n!stated_sum": (10, True),
    }


def test_long_term_beside_completed_adds_up_too():
    checks = one(
        ["completed"] * 3 + ["completed_long_term"] * 2 + ["in_progress"],
        [
            ("problems", "problem", 6),
            ("completed", "problem", 3),
            ("completed_long_term", "problem", 2),
            ("in_progress", "problem", 1),
        ],
    )
    assert checks["stated_sum"] == (6, 6, True)


def test_a_rate_is_checked_against_the_stated_figures_of_its_unit():
    claims = [("tasks", "task", 157), ("completed", "task", 150), ("completion_share", "task", 0.9554)]
    assert one(["completed"] * 5, claims)["completion_share"][2] is True
    assert (
        one(["completed"] * 5, [*claims[:2], ("completion_share", "task", 97.0)])["completion_share"][2]
        is False
    )


def test_tasks_far_from_any_printed_unit_are_not_called_wrong():
    assert one(["completed"] * 5, [("tasks", "task", 157)])["tasks"][2] is None


def test_a_total_of_one_aspect_is_checked_against_that_aspect():
    made = NoticeMaker()
    made.notice(
        "n",
        "甲",
        "100000",
        2020,
        statuses=["completed"] * 7,
        aspects=[4, 3],
        claims=[("problems", "problem", 7), ("problems", "problem", 4), ("problems", "problem", 2)],
    )
    for claim, section in zip(made.rows["core_claims"], (None, "n/a1", "n/a2"), strict=True):
        claim["section_id"] = section
    checks = made.frames()["core_checks"]
    by_id = {
        r["check_id"]: (r["stated_value"], r["counted_value"], r["is_agreeing"])
        for r in checks.iter_rows(named=True)
    }
    assert by_id == {
        "n!problems": (7, 7, True),
        "n!aspect_problems.a1": (4, 4, True),
        "n!aspect_problems.a2": (2, 3, False),
        "n!aspect_sum": (7, 6, False),
    }


def test_figures_about_earlier_findings_are_no_totals_of_this_notice():
    made = NoticeMaker()
    made.notice("n", "甲", "100000", 2020, statuses=["completed"] * 4, claims=[("problems", "problem", 19)])
    made.rows["core_claims"][0]["problem_id"] = "n/3"
    assert found(made) == {}


def test_a_partition_of_many_notices_gives_the_same_checks_as_each_alone():
    together = reference_five()
    checks = together.frames()["core_checks"]
    frames = together.frames()
    alone = []
    from analysis.ledger.checks import build_checks

    for notice_id in frames["core_notices"]["notice_id"]:
        alone.append(
            build_checks(
                {
                    name: f.filter(pl.col("notice_id") == notice_id)
                    for name, f in frames.items()
                    if "notice_id" in f.columns
                }
            )
        )
    assert pl.concat(alone).sort("check_id").equals(checks.sort("check_id"))


def test_a_total_of_villages_or_petitions_is_no_total_of_the_problems():
    """20 problems are stated and found; 51 of villages and 62 petitions stand in the same text."""
    made = NoticeMaker()
    made.notice(
        "n", "甲", "100000", 2020, statuses=["completed"] * 18 + ["in_progress"] * 2,
        claims=[("problems", "problem", 20), ("completed", "problem", 18), ("problems", "problem", 51),
                ("completed", "problem", 70), ("items", "item", 62), ("items", "item", 2)],
    )  # fmt: skip
    checks = made.frames()["core_checks"]
    assert checks.filter(~pl.col("is_agreeing")).is_empty()
    assert checks.filter("is_agreeing")["stated_value"].to_list().count(20) >= 1
    assert all(checks.filter(pl.col("is_agreeing").is_null())["note_text"].str.len_chars() > 5)


@pytest.mark.parametrize(
    "words, stated, agrees",
    [
        ("完成率82%", 82.0, True),
        ("完成率81.8%", 81.8, True),
        ("完成率81%", 81.0, True),
        ("完成率90%", 90.0, False),
    ],
)
def test_a_rate_is_held_to_the_digits_it_is_stated_in(words, stated, agrees):
    made = NoticeMaker()
    made.notice("n", "甲", "100000", 2020, statuses=["completed"] * 9 + ["in_progress"] * 2,
                claims=[("problems", "problem", 11), ("completed", "problem", 9), ("completion_share", "problem", stated)])  # fmt: skip
    made.rows["core_claims"][-1]["quote_text"] = words
    assert found(made)["n", "completion_share"][2] is agrees


def test_a_rate_of_measures_is_not_held_against_the_problems():
    made = NoticeMaker()
    made.notice("n", "甲", "100000", 2020, statuses=["completed"] * 8 + ["in_progress"] * 2,
                claims=[("problems", "problem", 10), ("completed", "problem", 8), ("measures", "measure", 46),
                        ("measures_completed", "measure", 43), ("completion_share", "problem", 93.48)])  # fmt: skip
    made.rows["core_claims"][-1]["quote_text"] = "完成率93.48%"
    assert found(made)["n", "completion_share"][2] is True


def test_a_rate_of_measures_without_their_number_is_not_decided():
    made = NoticeMaker()
    made.notice("n", "甲", "100000", 2020, statuses=["completed"] * 8 + ["in_progress"] * 2,
                claims=[("problems", "problem", 10), ("completed", "problem", 8), ("completion_share", "measure", 0.95)])  # fmt: skip
    made.rows["core_claims"][-1]["quote_text"] = "措施完成率95%"
    assert found(made)["n", "completion_share"][2] is None


def test_a_text_that_was_hardly_read_is_accused_of_nothing():
    """Three of eleven stated problems were found, or their numbers start again in each part."""
    few = one(["completed"] * 3, [("problems", "problem", 11), ("completed", "problem", 8)])
    assert few["problems"][2] is None and few["completed"][2] is None
    made = NoticeMaker()
    made.notice("n", "甲", "100000", 2020, statuses=["completed"] * 9, claims=[("problems", "problem", 11)])
    for row in made.rows["core_problems"]:
        row["label_text"] = f"（{(row['ordinal'] - 1) % 4 + 1}）"
    assert found(made)["n", "problems"][2] is None
    numbered = one(["completed"] * 9, [("problems", "problem", 11)])
    assert numbered["problems"] == (11, 9, False)


@pytest.mark.parametrize("printed, agrees", [(17, None), (26, False), (30, True)])
def test_measures_of_a_plan_need_not_all_be_printed(printed, agrees):
    measures = one(["completed"] * printed, [("measures", "measure", 30)])
    assert measures["measures"] == (30, printed, agrees)


def test_results_that_leave_something_unsaid_contradict_no_total():
    """9 problems, 5 done and 2 under way: the other two stand in words or nowhere."""
    checks = one(
        ["completed"] * 9,
        [("problems", "problem", 9), ("completed", "problem", 5), ("in_progress", "problem", 2)],
    )
    assert checks["stated_sum"] == (9, 7, None)
    more = one(
        ["completed"] * 9,
        [("problems", "problem", 9), ("completed", "problem", 8), ("in_progress", "problem", 3)],
    )
    assert more["stated_sum"] == (9, 11, False)
