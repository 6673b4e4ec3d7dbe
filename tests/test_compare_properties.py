"""Any ledger at all: a user's odd notice must not break the comparison, nor give an interval that misses its share."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis import compare
from analysis.ledger.schemas import STATUS_CODES
from analysis.selection import select_frames
from tests.compare_notices import TYPES, NoticeMaker

DAYS = st.none() | st.integers(0, 3000).map(lambda n: date(2015, 1, 1) + timedelta(days=n))
CLAIMS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "problems",
                "completed",
                "completed_long_term",
                "long_term",
                "basically_completed",
                "phased",
                "in_progress",
                "not_completed",
                "tasks",
                "measures",
                "measures_completed",
                "completion_share",
                "aspects",
            ]
        ),
        st.sampled_from(["problem", "item", "task", "measure", "share"]),
        st.integers(0, 70),
    ),
    max_size=6,
)
NOTICES = st.lists(
    st.fixed_dictionaries(
        {
            "city": st.integers(0, 3),
            "year": st.none() | st.integers(2015, 2026),
            "level": st.sampled_from(["prefecture", "county", "zone"]),
            "basis": st.sampled_from(["item", "reference", "total"]),
            "problems": st.lists(
                st.tuples(st.sampled_from(STATUS_CODES), st.sampled_from([*TYPES, "unclassified"])),
                max_size=12,
            ),
            "items": st.dictionaries(st.integers(1, 12), st.integers(1, 3), max_size=2),
            "claims": CLAIMS,
            "is_excerpt": st.booleans(),
            "days": st.tuples(DAYS, DAYS, DAYS, DAYS, DAYS),
            "feedback_precision": st.sampled_from([None, "day", "month"]),
            "sector_text": st.sampled_from([None, "文旅", "教育"]),
        }
    ),
    min_size=1,
    max_size=5,
)


def made_of(notices) -> NoticeMaker:
    made = NoticeMaker()
    for number, n in enumerate(notices):
        start, end, feedback, cutoff, published = n["days"]
        made.notice(
            f"c{n['city']}-{number}", f"市{n['city']}" if n["city"] else None, f"11000{n['city']}" if n["city"] else None, n["year"], level=n["level"],
            statuses=[s for s, _ in n["problems"]], types=[t for _, t in n["problems"]], basis=n["basis"], items=n["items"], claims=n["claims"], is_excerpt=n["is_excerpt"],
            inspection_start_date=start, inspection_end_date=end, feedback_date=feedback, cutoff_date=cutoff, publication_date=published,
            feedback_precision=n["feedback_precision"], sector_text=n["sector_text"])  # fmt: skip
    return made


@pytest.mark.slow
@settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate]
)  # shrinking takes minutes
@given(
    NOTICES,
    st.sampled_from(["problem", "item"]),
    st.sampled_from(["strict", "lenient"]),
    st.sampled_from(["publication", "feedback", "inspection"]),
)
def test_every_ledger_can_be_compared(notices, unit, completion, year_basis):
    ledger = select_frames(made_of(notices).frames(), year_basis=year_basis)
    out = compare.compare_all(ledger, completion=completion, unit=unit)
    assert len(repr(ledger).splitlines()) < 20
    for name, frame in out.items():
        if {"share", "wilson_low", "wilson_high"} <= set(frame.columns):
            known = frame.filter(pl.col("share").is_not_null() & pl.col("wilson_low").is_not_null())
            assert known.filter(
                ~pl.col("share").is_between(pl.col("wilson_low") - 1e-12, pl.col("wilson_high") + 1e-12)
            ).is_empty(), name
        if "notice_id" in frame.columns and name != "out_notices":
            assert set(frame["notice_id"].drop_nulls()) <= set(ledger.notice_ids)
    types = out["out_type_counts"]
    assert types["primary_count"].sum() == sum(
        row["problem_count" if unit == "problem" else "leaf_item_count"] or 0
        for row in out["out_notices"].to_dicts()
    )
    completion_rows = out["out_completion"].filter(
        pl.col("bound_low").is_not_null() & pl.col("share").is_not_null()
    )
    assert completion_rows.filter(
        (pl.col("bound_low") > pl.col("share") + 1e-12) | (pl.col("bound_high") < pl.col("share") - 1e-12)
    ).is_empty()


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate]
)  # shrinking takes minutes
@given(NOTICES)
def test_a_check_that_agrees_has_equal_sides_and_one_that_fails_has_not(notices):
    for row in made_of(notices).frames()["core_checks"].iter_rows(named=True):
        if row["is_agreeing"] is not None and row["check_code"] != "completion_share":
            assert (row["stated_value"] == row["counted_value"]) is row["is_agreeing"]
        if row["counted_value"] is None:
            assert row["is_agreeing"] is None and row["note_text"]
