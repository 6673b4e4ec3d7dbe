"""Problem types: a user would call a type common or peculiar on too little, or read a missing notice as a zero."""

from __future__ import annotations

from datetime import date
from math import comb

import polars as pl
import pytest

from analysis import compare
from analysis.compare.kinds import presence_at
from analysis.compare.repeats import grams
from analysis.selection import select_frames
from tests.compare_notices import NoticeMaker


def ledger(made: NoticeMaker, **selection):
    return select_frames(made.frames(), **selection)


def plain_notice(
    made: NoticeMaker, notice_id: str, city: str, code: str, year: int, types: list[str], **more
) -> None:
    made.notice(notice_id, city, code, year, statuses=["completed"] * len(types), types=types, **more)


def three_notices() -> NoticeMaker:
    made = NoticeMaker()
    plain_notice(made, "a-2020", "甲", "110000", 2020, ["finance"] * 6 + ["ideology"] * 4)
    plain_notice(made, "b-2021", "乙", "120000", 2021, ["finance"] * 20 + ["sports"] * 20)
    plain_notice(made, "c-2022", "丙", "130000", 2022, ["ideology"] * 5 + ["finance"] * 4 + ["unclassified"])
    return made


def chance(count: int, total: int, drawn: int) -> float | None:
    return presence_at(pl.Series([count]), pl.Series([total]), drawn)[0]


def test_rarefaction_gives_the_reference_values():
    """A type with a 5 % share appears with p 0.51 at n = 14 and 0.95 at n = 60."""
    for drawn, expected in ((14, 0.51), (60, 0.95)):
        assert round(chance(500, 10_000, drawn), 2) == expected
    assert chance(1, 14, 14) == 1.0 and chance(0, 14, 3) == 0.0
    assert chance(2, 10, 3) == pytest.approx(1 - comb(8, 3) / comb(10, 3))
    assert chance(2, 9, 10) is None


def test_rarefaction_agrees_with_the_hypergeometric_distribution():
    from scipy.stats import hypergeom

    assert chance(7, 60, 14) == pytest.approx(1 - hypergeom.pmf(0, 60, 7, 14))


def test_the_grid_is_complete_with_true_zeros():
    table = compare.type_counts(ledger(three_notices()))
    types = table["type_code"].n_unique()
    assert table.height == 3 * types
    own = table.filter((pl.col("notice_id") == "a-2020") & (pl.col("type_code") == "sports"))
    assert own["primary_count"].to_list() == [0] and own["n_count"].to_list() == [10]
    assert table["primary_count"].sum() == 60


def test_every_count_can_be_traced_to_its_problems():
    table = compare.type_counts(ledger(three_notices()))
    for row in table.filter(pl.col("primary_count") > 0).iter_rows(named=True):
        ids = row["source_ids"]
        assert len(ids) == row["primary_count"] and all(i.startswith(row["notice_id"] + "/") for i in ids)


def test_secondary_types_are_counted_apart_and_once():
    made = three_notices()
    made.rows["core_problems"][0]["secondary_type_codes"] = "ideology,finance"
    row = compare.type_counts(ledger(made)).row(
        by_predicate=(pl.col("notice_id") == "a-2020") & (pl.col("type_code") == "ideology"), named=True
    )
    assert (row["primary_count"], row["any_count"]) == (4, 5)


def test_prevalence_has_its_interval_and_equal_size():
    table = compare.prevalence(ledger(three_notices())).filter(pl.col("definition_code") == "notice")
    finance = table.row(by_predicate=pl.col("type_code") == "finance", named=True)
    assert (finance["present_count"], finance["n_count"], finance["common_n"]) == (3, 3, 10)
    sports = table.row(by_predicate=pl.col("type_code") == "sports", named=True)
    assert sports["present_count"] == 1 and sports["rarefied_share"] == pytest.approx(
        (0 + chance(20, 40, 10) + 0) / 3
    )
    assert "unclassified" not in table["type_code"].to_list()


def test_the_programs_own_error_widens_what_may_be_said_of_a_type():
    """A type found once may be miscoded; a type found everywhere many times may not all be."""
    table = compare.prevalence(ledger(three_notices())).filter(pl.col("definition_code") == "notice")
    found = {r["type_code"]: r for r in table.iter_rows(named=True)}
    sports, finance = found["sports"], found["finance"]
    assert sports["coding_low"] < sports["share"] < sports["coding_high"]
    # four to twenty of each notice: some are right in each
    assert finance["coding_low"] > 0.3 and finance["coding_high"] > 0.95
    assert table.equals(
        compare.prevalence(ledger(three_notices())).filter(pl.col("definition_code") == "notice")
    )


def test_several_notices_of_a_city_count_once_as_a_city():
    made = three_notices()
    plain_notice(made, "a-2022", "甲", "110000", 2022, ["sports"] * 3)
    table = compare.prevalence(ledger(made)).filter(pl.col("type_code") == "sports")
    assert {
        r["definition_code"]: (r["present_count"], r["n_count"]) for r in table.iter_rows(named=True)
    } == {
        "notice": (2, 4),
        "city": (2, 3),
    }


def test_overrepresentation_is_found_where_it_is_and_adjusted():
    table = compare.overrepresentation(ledger(three_notices()))
    found = {(r["notice_id"], r["type_code"]): r for r in table.iter_rows(named=True)}
    assert (
        found["b-2021", "sports"]["verdict_code"] == "over"
        and found["b-2021", "ideology"]["verdict_code"] == "under"
    )
    assert found["a-2020", "finance"]["verdict_code"] == "cannot_be_told_apart"
    assert all(r["p_adjusted"] >= r["p_screened"] >= r["p_value"] for r in found.values())
    assert found["b-2021", "sports"]["is_worth_a_look"] and found["b-2021", "sports"]["detectable_difference"]
    assert (
        found["b-2021", "sports"]["log_odds_low"]
        < found["b-2021", "sports"]["log_odds"]
        < found["b-2021", "sports"]["log_odds_high"]
    )


def test_the_prior_keeps_a_single_problem_from_looking_peculiar():
    made = NoticeMaker()
    plain_notice(made, "a-2020", "甲", "110000", 2020, ["finance"] * 13 + ["heritage"])
    plain_notice(made, "b-2020", "乙", "120000", 2020, ["finance"] * 60)
    table = compare.overrepresentation(ledger(made))
    assert set(table["verdict_code"]) == {"cannot_be_told_apart"}


def test_one_notice_alone_is_not_compared():
    made = NoticeMaker()
    plain_notice(made, "a-2020", "甲", "110000", 2020, ["finance"] * 3)
    alone = ledger(made)
    for build in (compare.overrepresentation, compare.mix_distances, compare.type_returns):
        assert build(alone).is_empty()


def test_jensen_shannon_agrees_with_scipy():
    from scipy.spatial.distance import jensenshannon

    made = NoticeMaker()
    plain_notice(made, "a-2020", "甲", "110000", 2020, ["finance"] * 3 + ["sports"] * 7 + ["heritage"])
    plain_notice(made, "b-2020", "乙", "120000", 2020, ["finance"] + ["ideology"] * 5 + ["sports"] * 2)
    row = compare.mix_distances(ledger(made)).row(0, named=True)
    assert row["distance"] == pytest.approx(jensenshannon([3, 0, 7, 1], [1, 5, 2, 0], base=2))


def test_a_distance_stands_beside_what_chance_would_give():
    row = compare.mix_distances(ledger(three_notices())).row(0, named=True)
    assert row["distance"] > row["expected_distance"] > 0


def consecutive() -> NoticeMaker:
    made = NoticeMaker()
    plain_notice(
        made,
        "a-2018",
        "甲",
        "110000",
        2018,
        ["finance"] * 4 + ["ideology"] * 6,
        sector_text="文化广电新闻出版",
        inspection_start_date=date(2017, 5, 1),
    )
    plain_notice(
        made,
        "a-2021",
        "甲",
        "110000",
        2021,
        ["finance"] * 5 + ["sports"] * 5,
        sector_text="文化旅游和广播电视",
        inspection_start_date=date(2020, 5, 1),
    )
    plain_notice(
        made,
        "a-2021-9f",
        "甲",
        "110000",
        2021,
        ["finance"] * 5,
        sector_text="教育",
        inspection_start_date=date(2020, 9, 1),
    )
    return made


def test_types_return_only_within_one_body_whatever_its_name_became():
    table = compare.type_returns(ledger(consecutive()))
    assert {(r["from_notice_id"], r["to_notice_id"]) for r in table.iter_rows(named=True)} == {
        ("a-2018", "a-2021")
    }
    found = {r["type_code"]: r["change_code"] for r in table.iter_rows(named=True)}
    assert found == {"finance": "returned", "ideology": "gone", "sports": "new"}
    assert table["days_between"].to_list()[0] == 1096


def test_self_reported_recurrence_takes_numbers_or_lists_and_says_which():
    made = NoticeMaker()
    made.notice("k-2020", "甲", "110000", 2020, statuses=["completed"] * 17)
    made.notice("y-2023", "乙", "120000", 2023, statuses=["not_stated"] * 44, items={41: 5, 42: 2})
    made.add(
        "core_recurrences",
        recurrence_id="k-2020/17#r1",
        notice_id="k-2020",
        problem_id="k-2020/17",
        earlier_source="inspection",
        earlier_count=31,
        still_open_count=7,
        quote_text="31项…7项",
        char_start=0,
        char_end=3,
    )
    made.add(
        "core_recurrences",
        recurrence_id="y-2023/41#r1",
        notice_id="y-2023",
        problem_id="y-2023/41",
        earlier_source="inspection",
        earlier_count=19,
        still_open_count=None,
        quote_text="19个",
        char_start=0,
        char_end=3,
    )
    made.add(
        "core_recurrences",
        recurrence_id="y-2023/42#r1",
        notice_id="y-2023",
        problem_id="y-2023/42",
        earlier_source="audit",
        earlier_count=20,
        still_open_count=3,
        quote_text="20个",
        char_start=9,
        char_end=12,
    )
    made.add(
        "core_recurrences",
        recurrence_id="y-2023/44#r1",
        notice_id="y-2023",
        problem_id="y-2023/44",
        earlier_source="audit",
        earlier_count=None,
        still_open_count=None,
        quote_text="仍",
        char_start=19,
        char_end=20,
    )
    rows = {r["recurrence_id"]: r for r in compare.recurrences(ledger(made)).iter_rows(named=True)}
    assert [(r["x_count"], r["n_count"], r["is_lower_bound"]) for r in rows.values()] == [
        (7, 31, False),
        (5, 19, True),
        (3, 20, False),
        (None, None, False),
    ]
    assert round(rows["k-2020/17#r1"]["wilson_low"], 3) == 0.114 and "S" in rows["k-2020/17#r1"]["flags"]


def similar(*statements: str):
    made = NoticeMaker()
    for number, statement in enumerate(statements):
        made.notice(
            f"n{number}-2020",
            f"市{number}",
            f"11000{number}",
            2020,
            statuses=["completed"] * 3,
            statements=[statement, "图书馆开放时间与群众需求脱节。", "体育场馆年久失修。"][:3]
            if number == 0
            else [statement, "干部档案材料缺页少件。", "合同签订日期倒置。"],
        )
    return compare.similar(ledger(made))


def test_similar_statements_are_suggested_across_notices_only():
    rows = similar("固定资产账实不符，部分资产未入账。", "部分固定资产未入账，账实不符。")
    assert rows.height == 1 and rows["is_suggestion"].all() and rows["similarity"][0] > 0.5
    assert rows["n_count"][0] == 9


def test_words_of_judgement_alone_make_nothing_similar():
    assert not set(grams("落实不到位、不规范，差距明显")) & set(grams("执行不到位、不规范，存在差距"))
    assert similar("意识形态工作落实不到位，存在差距。", "厕所革命推进不到位，存在差距。").height == 0


def test_agreement_with_people_is_published_per_type():
    made = NoticeMaker()
    made.notice(
        "a-2020",
        "甲",
        "110000",
        2020,
        statuses=["completed"] * 2,
        types=["finance", "finance"],
        statements=["财务报销不规范，白条入账。", "理论学习中心组学习不深入。"],
    )
    for row, label in zip(made.rows["core_problems"], ("finance", "theory_study"), strict=True):
        row["type_basis"], row["primary_type_code"] = "human", label
    table = compare.coding_agreement(ledger(made))
    overall = {
        r["sample_code"]: r for r in table.filter(pl.col("scope_code") == "overall").iter_rows(named=True)
    }
    assert (
        overall["ledger"]["n_count"] == 2
        and overall["ledger"]["is_in_sample"]
        and not overall["kept_aside"]["is_in_sample"]
    )
    assert overall["kept_aside"]["n_count"] >= 50 and overall["kept_aside"]["kappa"] >= 0.85


def test_repeats_of_one_body_come_first_and_say_what_was_called_completed_before():
    made = NoticeMaker()
    words = ["固定资产账实不符，部分资产未入账。", "厕所革命推进缓慢，旅游厕所少。", "干部档案缺页少件。"]
    for number, year in ((1, 2018), (2, 2021)):
        made.notice(f"a-{year}", "甲", "110000", year, statuses=["completed", "in_progress", "completed"],
                    statements=[words[0], f"第{number}次" + "图书采购程序倒置。", f"体育{number}场馆年久失修。"],
                    inspection_start_date=date(year, 3, 1))  # fmt: skip
    for number in range(8):
        made.notice(f"b{number}-2020", f"市{number}", f"12000{number}", 2020, statuses=["completed"] * 3,
                    statements=[words[1], f"独有的第{number}条问题。", words[2]])  # fmt: skip
    rows = compare.similar(ledger(made))
    first = rows.row(0, named=True)
    assert first["same_body"] and {first["problem_id_a"], first["problem_id_b"]} == {"a-2018/1", "a-2021/1"}
    assert first["found_again"] and first["status_code_a"] == "completed"
    assert not rows.filter(~pl.col("same_body"))["found_again"].any()
    assert rows["same_body"].to_list() == sorted(rows["same_body"].to_list(), reverse=True)


def test_kinds_of_measures_are_counted_under_the_type_of_their_problem():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["completed"] * 3, types=["finance", "finance", "sports"],
                texts=["清退违规发放补贴3万元", "组织财务人员培训", "修缮体育馆"])  # fmt: skip
    rows = compare.measures_by_type(ledger(made))
    found = {
        (r["type_code"], r["kind_code"]): (r["x_count"], r["n_count"], r["source_ids"])
        for r in rows.iter_rows(named=True)
    }
    assert found["finance", "money"] == (1, 2, ["a-2020/1#m1"])
    assert found["finance", "training"][:2] == (1, 2) and found["sports", "works"][:2] == (1, 1)
