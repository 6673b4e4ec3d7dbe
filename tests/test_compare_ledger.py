"""The selection and the tables: a user would compare something else than was asked for, or count one notice twice."""

from __future__ import annotations

import polars as pl
import pytest

from analysis.compare.ledger import EmptySelection, ledger_from_frames, load_ledger
from analysis.compare.outputs import build_outputs, write_outputs
from analysis.compare.schemas import OUT_TABLES
from analysis.ledger.store import MissingTables
from tests.compare_notices import NoticeMaker, reference_five

FIVE = reference_five().frames()


def save(frames, folder, parts: int = 1):
    for name, frame in frames.items():
        if parts == 1:
            frame.write_parquet(folder / f"{name}.parquet")
        else:
            (folder / f"{name}.parquet").mkdir(parents=True)
            size = -(-frame.height // parts) or 1
            for number in range(parts):
                frame.slice(number * size, size).write_parquet(
                    folder / f"{name}.parquet" / f"part-{number:05d}.parquet"
                )


@pytest.mark.parametrize("parts", [1, 3])
def test_files_and_partitions_read_alike(tmp_path, parts):
    save(FIVE, tmp_path, parts)
    ledger = load_ledger(tmp_path, ("210300", "益阳"))
    assert ledger.notice_ids == ["anshan-2021", "yiyang-2023"]
    assert set(ledger.frames["core_problems"]["notice_id"]) == {"anshan-2021", "yiyang-2023"}
    assert ledger.frames["core_problems"]["problem_id"].to_list()[:3] == [
        "anshan-2021/1",
        "anshan-2021/2",
        "anshan-2021/3",
    ]


def test_a_folder_without_tables_says_what_to_do(tmp_path):
    with pytest.raises(MissingTables, match="zhenggai parse"):
        load_ledger(tmp_path)


@pytest.mark.parametrize(
    "selection, words",
    [
        ({"city_codes": ("210301",)}, "210301.*Did you mean 210300.*210300 鞍山"),
        ({"first_year": 2030}, "holds no notice.*2020, 2021, 2023, 2024, 2025"),
        ({"first_year": 2024, "last_year": 2020}, "after last_year"),
        ({"city_codes": ("鞍山",), "last_year": 2020}, "holds no notice"),
    ],
)
def test_a_selection_that_holds_nothing_names_what_there_is(selection, words):
    with pytest.raises(EmptySelection, match=words) as refusal:
        ledger_from_frames(FIVE, **selection)
    assert refusal.value.allowed["years"] == [2020, 2021, 2023, 2024, 2025]


def test_an_unknown_year_basis_is_refused():
    with pytest.raises(ValueError, match="publication, feedback, inspection"):
        ledger_from_frames(FIVE, year_basis="signature")


def test_the_year_means_what_was_asked_for():
    years = {
        basis: ledger_from_frames(FIVE, year_basis=basis).notices.filter(pl.col("notice_id") == "yushu-2024")[
            "year"
        ][0]
        for basis in ("publication", "feedback", "inspection")
    }
    assert years == {"publication": 2024, "feedback": 2023, "inspection": 2023}
    assert (
        ledger_from_frames(FIVE, year_basis="inspection").notices.filter(
            pl.col("notice_id") == "anshan-2021"
        )["label_zh"][0]
        == "鞍山 2020"
    )


def test_a_notice_without_a_year_is_kept_unless_years_are_asked_for():
    by_feedback = ledger_from_frames(FIVE, year_basis="feedback")
    assert (
        "yiyang-2023" in by_feedback.notice_ids
        and "益阳 年份不详" in by_feedback.notices["label_zh"].to_list()
    )
    cells = build_outputs(by_feedback, only=("out_notices",))["out_notices"]
    assert cells.filter(pl.col("notice_id") == "yiyang-2023")["year"].to_list() == [None]
    selected = ledger_from_frames(FIVE, year_basis="feedback", first_year=2020, last_year=2025)
    assert "yiyang-2023" not in selected.notice_ids and [e["notice_id"] for e in selected.excluded] == [
        "yiyang-2023"
    ]


def test_near_copies_are_left_out_and_said():
    made = reference_five()
    made.notice(
        "anshan-2021-9f", "鞍山", "210300", 2021, statuses=["completed"] * 60, near_copy_of="anshan-2021"
    )
    frames = made.frames()
    ledger = ledger_from_frames(frames)
    assert (
        len(ledger.notice_ids) == 5
        and ledger.excluded[0]["notice_id"] == "anshan-2021-9f"
        and "副本" in ledger.excluded[0]["reason_zh"]
    )
    both = ledger_from_frames(frames, include_near_copies=True)
    assert len(both.notice_ids) == 6


def test_a_copy_stands_in_where_its_original_is_not_selected():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["completed"])
    made.notice("a-2021", "甲", "110000", 2021, statuses=["completed"], near_copy_of="a-2020")
    assert ledger_from_frames(made.frames(), first_year=2021).notice_ids == ["a-2021"]


def test_display_names_are_unique():
    made = NoticeMaker()
    for suffix, sector in (("", "文旅"), ("-aa", "教育"), ("-bb", "教育")):
        made.notice(f"a-2020{suffix}", "甲", "110000", 2020, statuses=["completed"], sector_text=sector)
    made.notice("unknown-12345678", None, None, None, statuses=["completed"])
    labels = ledger_from_frames(made.frames()).notices
    assert labels["label_zh"].to_list() == [
        "甲 2020（文旅）",
        "甲 2020（教育）（1）",
        "甲 2020（教育）（2）",
        "地点不详 年份不详",
    ]
    assert labels["label_en"].n_unique() == 4


def test_every_table_is_declared_valid_and_carries_what_travels_with_a_number(tmp_path):
    out = build_outputs(ledger_from_frames(FIVE))
    assert list(out) == list(OUT_TABLES)
    for name, frame in out.items():
        OUT_TABLES[name].validate(frame)
        assert {"unit", "definition_code"} <= set(frame.columns) or name == "out_notices"
        if name not in ("out_flags", "out_notices"):
            assert {"flags", "source_ids"} <= set(frame.columns)
        for column, spec in OUT_TABLES[name].columns().items():
            assert spec.description and spec.metadata["zh"], f"{name}.{column}"
    assert len(write_outputs(out, tmp_path)) == len(OUT_TABLES)


def test_the_same_ledger_gives_the_same_tables():
    one, other = (
        build_outputs(ledger_from_frames(FIVE)),
        build_outputs(ledger_from_frames({n: f.reverse() for n, f in FIVE.items()})),
    )
    for name, frame in one.items():
        assert frame.equals(other[name]), name


def test_no_words_of_a_notice_stand_in_the_tables():
    """Names and telephone numbers may stand in statements, measures, causes and headings; out_ tables hold none of them."""
    made = reference_five()
    secret = "赵小明联系电话13900001111"
    for row in made.rows["core_problems"]:
        row["statement_text"] = row["cause_text"] = row["status_text"] = secret
    for row in made.rows["core_measures"]:
        row["measure_text"] = f"由{secret}负责"
    for row in made.rows["core_sections"]:
        row["title_text"] = secret
    for row in made.rows["core_claims"]:
        row["quote_text"] = secret
    for row in made.rows["core_notices"]:
        row["title"] = row["inspection_team_name"] = secret
    for name, frame in build_outputs(ledger_from_frames(made.frames())).items():
        for column in frame.select(pl.col(pl.String)).columns:
            assert not frame[column].str.contains("赵小明|1390000").any(), f"{name}.{column}"


def test_tables_can_be_asked_for_alone_and_unknown_ones_are_refused():
    assert list(build_outputs(ledger_from_frames(FIVE), only=("out_flags",))) == ["out_flags"]
    with pytest.raises(ValueError, match="out_rank.*out_notices"):
        build_outputs(ledger_from_frames(FIVE), only=("out_rank",))
    with pytest.raises(ValueError, match="loose.*|lenient"):
        build_outputs(ledger_from_frames(FIVE), completion="loose")


def test_a_city_name_and_a_notice_without_problems_break_nothing():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=[])
    made.notice("b-2020", "乙", "120000", 2020, statuses=["completed"] * 2)
    out = build_outputs(ledger_from_frames(made.frames()))
    row = out["out_type_counts"].filter(pl.col("notice_id") == "a-2020")
    assert set(row["n_count"]) == {0} and row["share"].null_count() == row.height
    assert out["out_completion"].filter(pl.col("notice_id") == "a-2020")["share"].null_count() == 4


def test_hundreds_of_notices_are_compared_in_bounded_work():
    """Pairs grow with the square: beyond two dozen notices only those of one city are paired."""
    made = NoticeMaker()
    for city in range(60):
        for year in (2020, 2022):
            made.notice(
                f"c{city}-{year}",
                f"市{city}",
                f"{100000 + city}",
                year,
                statuses=["completed"] * 15 + ["in_progress"] * 3,
            )
    out = build_outputs(ledger_from_frames(made.frames()))
    pairs = out["out_differences"].filter(
        (pl.col("comparison_code") == "pair") & (pl.col("definition_code") == "strict")
    )
    assert pairs.height == 60 and out["out_mix_distances"].height == 60
    assert out["out_differences"].filter(
        (pl.col("comparison_code") == "overall") & (pl.col("definition_code") == "strict")
    )["notice_count"].to_list() == [120]
