"""Time and evidence: a user would call a body late by a rule not in force, or take wording for proof."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from analysis import compare
from analysis.compare.copying import Copies, covered, plain
from analysis.compare.proof import intent_words, sanction_count
from analysis.compare.timing import rule_in_force
from analysis.selection import select_frames
from tests.compare_notices import NoticeMaker, reference_five


def outputs(made: NoticeMaker, *names: str, **choices):
    ledger = select_frames(made.frames())
    return {name: getattr(compare, name.removeprefix("out_"))(ledger, **choices) for name in names}


def test_days_between_the_stages_of_the_five():
    rows = {
        r["notice_id"]: r
        for r in outputs(reference_five(), "out_timeline")["out_timeline"].iter_rows(named=True)
    }
    assert {n: r["inspection_days"] for n, r in rows.items()} == {
        "anshan-2021": 71,
        "dandong-2025": 92,
        "yushu-2024": 61,
        "kaifeng-2020": 45,
        "yiyang-2023": 92,
    }
    assert (
        rows["anshan-2021"]["inspection_to_feedback_days"],
        rows["anshan-2021"]["feedback_to_publication_days"],
    ) == (131, 98)
    assert (
        rows["dandong-2025"]["publication_basis"] == "comment_window"
        and rows["yiyang-2023"]["feedback_to_publication_days"] is None
    )


def test_only_the_rule_in_force_at_the_feedback_counts():
    days = pl.DataFrame({"day": [date(2024, 2, 7), date(2024, 2, 8), date(2014, 1, 1), None]})
    assert days.select(rule=rule_in_force(pl.col("day")))["rule"].to_list() == [
        "rule_2015",
        "rule_2024",
        None,
        None,
    ]
    rows = {
        r["notice_id"]: r
        for r in outputs(reference_five(), "out_timeline")["out_timeline"].iter_rows(named=True)
    }
    assert (
        rows["anshan-2021"]["period_end_date"] == date(2021, 4, 23)
        and rows["anshan-2021"]["days_over_period"] == 39
    )
    later = rows["dandong-2025"]
    assert (
        later["rule_code"],
        later["period_days"],
        later["days_over_period"],
        later["is_rule_confirmed"],
    ) == (
        "rule_2024",
        None,
        None,
        False,
    )


def test_the_rule_is_known_where_it_did_not_change_between_inspection_and_publication():
    rows = {
        r["notice_id"]: r
        for r in outputs(reference_five(), "out_timeline")["out_timeline"].iter_rows(named=True)
    }
    assert rows["yiyang-2023"]["rule_code"] == "rule_2015" and rows["yiyang-2023"]["period_end_date"] is None


def test_month_ends_stay_inside_the_month():
    made = NoticeMaker()
    made.notice("a-2022", "甲", "110000", 2022, statuses=["completed"], feedback_date=date(2021, 12, 31))
    row = outputs(made, "out_timeline")["out_timeline"].row(0, named=True)
    assert row["period_end_date"] == date(2022, 2, 28)


def with_events() -> NoticeMaker:
    made = NoticeMaker()
    made.notice(
        "a-2021",
        "甲",
        "110000",
        2021,
        statuses=["completed"] * 2,
        feedback_date=date(2021, 3, 3),
        publication_date=date(2021, 4, 1),
    )
    base = {
        "notice_id": "a-2021",
        "problem_id": "a-2021/1",
        "date_precision": "day",
        "date_basis": "stated",
        "is_ambiguous": False,
        "is_planned": False,
        "part_code": "measure",
        "quote_text": "x",
        "char_start": 0,
        "char_end": 1,
    }
    days = [
        ("e1", date(2021, 3, 4), {}),
        ("e2", date(2021, 3, 5), {}),
        ("e3", date(2021, 3, 22), {}),
        ("e4", date(2021, 3, 10), {"is_planned": True}),
        ("e5", date(2020, 1, 1), {}),
        ("e6", date(2021, 3, 11), {"part_code": "statement"}),
        ("e7", date(2021, 3, 1), {"date_precision": "month"}),
    ]
    for name, day, more in days:
        made.add("core_events", event_id=f"a-2021/1#{name}", start_date=day, end_date=day, **{**base, **more})
    return made


def test_weeks_without_events_are_zeros_and_plans_are_no_events():
    rows = outputs(with_events(), "out_weekly_events")["out_weekly_events"].to_dicts()
    assert [(r["week_start_date"], r["event_count"]) for r in rows] == [
        (date(2021, 3, 1), 2),
        (date(2021, 3, 8), 0),
        (date(2021, 3, 15), 0),
        (date(2021, 3, 22), 1),
        (date(2021, 3, 29), 0),
    ]
    assert rows[0]["source_ids"] == ["a-2021/1#e1", "a-2021/1#e2"] and {r["n_count"] for r in rows} == {3}


def test_a_feedback_known_only_to_the_month_gives_no_days():
    made = with_events()
    made.rows["core_notices"][0]["feedback_precision"] = "month"
    row = outputs(made, "out_timeline")["out_timeline"].row(0, named=True)
    assert (
        row["feedback_to_publication_days"] is None
        and row["period_end_date"] is None
        and row["rule_code"] == "rule_2015"
    )


@pytest.mark.parametrize(
    "text, words",
    [
        ("下一步，要常抓不懈。", ["下一步"]),
        ("拟于5月份邀请授课", ["拟"]),
        ("目前正在准备材料", ["正在"]),
        ("计划在6月底召开", ["计划"]),
        ("在今后的工作中将根据意见推动", ["将"]),
        ("积极争取资金扶持", ["争取"]),
        ("待日后根据岗位需要制定", ["待"]),
        ("力争年底完成，预计收入增长", ["力争", "预计"]),
        ("拟定了工作方案", []),
        ("采用模拟复原展示", []),
        ("印发了《2021年学习计划》", []),
        ("纳入2021年学习计划中", []),
        ("将会议内容报送纪检组", []),
        ("将7项学习内容纳入计划", []),
        ("对下一步工作提出意见", []),
        ("组织接待游客后及时总结", []),
        ("学习了《关于下一步将拟定的意见》", []),
        ("正 在", []),
    ],
)
def test_words_of_intent_are_told_from_plans_and_titles(text, words):
    assert intent_words(text) == words


@pytest.mark.parametrize(
    "text, count",
    [
        ("给予2名同志党内警告处分", 2),
        ("对相关责任人进行了提醒谈话", 1),
        ("学习《中国共产党纪律处分条例》", 0),
        ("建立健全约谈、诫勉谈话机制", 0),
        ("制定《行政处罚流程图》", 0),
        ("会同公安机关行政拘留6人", 1),
        ("批评教育30多人", 1),
        ("通过行政处罚收集主体信息", 0),
    ],
)
def test_sanctions_that_were_given_are_told_from_rules_about_sanctions(text, count):
    assert bool(pl.select(sanction_count(pl.lit(text))).item()) == bool(count)


def evidence_notice() -> NoticeMaker:
    made = NoticeMaker()
    made.notice(
        "a-2021",
        "甲",
        "110000",
        2021,
        statuses=["completed", "completed", "in_progress", "completed"],
        texts=["召开会议研究部署", "拟于年底印发办法", "正在推进", "对责任人进行了约谈"],
    )
    made.add(
        "core_figures",
        figure_id="a-2021/1#q1",
        notice_id="a-2021",
        problem_id="a-2021/1",
        value=3.0,
        unit_code="occasion",
        figure_kind="count",
        is_approximate=False,
        part_code="measure",
        quote_text="3次",
        char_start=1,
        char_end=3,
    )
    made.add(
        "core_citations",
        citation_id="a-2021/2#d1",
        notice_id="a-2021",
        problem_id="a-2021/2",
        title_text="办法",
        document_number=None,
        is_document=True,
        action_code="issued",
        char_start=1,
        char_end=3,
    )
    return made


def test_evidence_is_counted_per_item_with_its_ids():
    rows = {
        r["problem_id"]: r
        for r in outputs(evidence_notice(), "out_evidence")["out_evidence"].iter_rows(named=True)
    }
    assert [rows[f"a-2021/{i}"]["has_hard_evidence"] for i in (1, 2, 3, 4)] == [True, False, False, True]
    assert rows["a-2021/2"]["document_count"] == 1 and rows["a-2021/2"]["source_ids"] == ["a-2021/2#d1"]
    assert rows["a-2021/2"]["has_intent_in_completed"] and rows["a-2021/2"]["intent_words"] == "拟"
    assert not rows["a-2021/3"]["has_intent_in_completed"] and rows["a-2021/3"]["intent_count"] == 1


def test_shares_of_completed_items_carry_interval_and_ids():
    rows = outputs(evidence_notice(), "out_evidence_by_notice")["out_evidence_by_notice"].filter(
        pl.col("scope_code") == "completed"
    )
    found = {
        r["measure_code"]: (r["x_count"], r["n_count"], r["source_ids"]) for r in rows.iter_rows(named=True)
    }
    assert (
        found["no_hard_evidence"] == (1, 3, ["a-2021/2"])
        and found["intent"] == (1, 3, ["a-2021/2"])
        and found["sanction"] == (1, 3, ["a-2021/4"])
    )
    assert rows["wilson_high"].null_count() == 0


def test_a_notice_that_says_of_no_item_that_it_is_done_has_no_such_share():
    made = NoticeMaker()
    made.notice("a-2021", "甲", "110000", 2021, statuses=["not_stated"] * 3)
    rows = outputs(made, "out_evidence_by_notice")["out_evidence_by_notice"]
    assert set(rows["scope_code"]) == {"all"} and set(rows["n_count"]) == {3}


RUN = "分别于三月四日和三月二十五日召开党组会议研究部署落实巡察反馈意见"


def test_text_reused_word_for_word_is_found_with_its_place():
    made = NoticeMaker()
    made.notice(
        "a-2021",
        "甲",
        "110000",
        2021,
        statuses=["completed"] * 3,
        texts=[f"局党组{RUN}，效果明显", f"{RUN}。另行安排", "图书馆延长开放时间并增加座位"],
    )
    made.notice("b-2022", "乙", "120000", 2022, statuses=["completed"], texts=[f"我局{RUN}"])
    out = outputs(made, "out_reuse", "out_evidence")
    rows = {(r["problem_id_a"], r["problem_id_b"]): r for r in out["out_reuse"].iter_rows(named=True)}
    assert (
        rows["a-2021/1", "a-2021/2"]["scope_code"] == "within"
        and rows["a-2021/1", "b-2022/1"]["scope_code"] == "across"
    )
    within = rows["a-2021/1", "a-2021/2"]
    assert within["longest_run_count"] == len(RUN) and (within["run_start_a"], within["run_end_a"]) == (
        3,
        3 + len(RUN),
    )
    shares = {
        r["problem_id"]: (r["reused_share"], r["reused_across_share"])
        for r in out["out_evidence"].iter_rows(named=True)
    }
    assert shares["a-2021/3"] == (0.0, 0.0) and shares["a-2021/1"][0] == pytest.approx(
        len(RUN) / (len(RUN) + 7)
    )


def test_punctuation_and_line_breaks_do_not_hide_reuse():
    one, two = plain(f"甲{RUN[:15]}，\n{RUN[15:]}"), plain(f"乙丙{RUN[:20]} {RUN[20:]}")
    assert Copies([one, two], [0, 0]).runs() == {(0, 1): [(1, 2, len(RUN))]}
    assert covered(10, [(0, 4), (2, 6), (8, 10)]) == pytest.approx(0.8)


def test_text_that_repeats_itself_is_counted_once():
    text = "认真落实整改责任推进工作见效" * 15
    assert Copies([text, text], [0, 0]).runs()[0, 1] == [(0, 0, len(text))]
    # a phrase in more places than MOST_HOLDERS is idiom, and would cost its square
    assert Copies([text * 4, text * 4], [0, 0]).runs() == {}


def test_reuse_is_what_a_search_by_hand_finds():
    """Every stretch of 13 characters looked up in every other text, on texts cut from a few sentences."""
    import random

    rng = random.Random(7)
    letters = [chr(0x4E00 + i) for i in range(60)]
    stock = ["".join(rng.choices(letters, k=30)) for _ in range(6)]
    texts = [
        "".join(rng.choice(stock)[rng.randrange(8) :][: rng.randrange(10, 26)] for _ in range(6))
        for _ in range(12)
    ]
    groups = [i // 3 for i in range(12)]

    def share(i: int, others: list[int]) -> float:
        elsewhere = {texts[j][k : k + 13] for j in others for k in range(len(texts[j]) - 12)}
        hit = {
            m
            for k in range(len(texts[i]) - 12)
            if texts[i][k : k + 13] in elsewhere
            for m in range(k, k + 13)
        }
        return len(hit) / len(texts[i])

    within, across = Copies(texts, groups).shares()
    for i in range(12):
        assert within[i] == pytest.approx(
            share(i, [j for j in range(12) if groups[j] == groups[i] and j != i])
        )
        assert across[i] == pytest.approx(share(i, [j for j in range(12) if groups[j] != groups[i]]))
    runs = Copies(texts, groups).runs()
    for (i, j), own in runs.items():
        for a, b, length in own:
            assert texts[i][a : a + length] == texts[j][b : b + length]
    assert Copies(texts, groups).runs(most=len(runs)) == runs
