"""Results in every position and wording; a user would otherwise see work called done that is not."""

from __future__ import annotations

import pytest

from analysis.ledger.schemas import STATUS_CODES
from analysis.lookups import load_csv
from analysis.parsing.assemble import build_structure
from analysis.parsing.records import Document
from analysis.parsing.words.statuses import bracket_status, share_code, stated_share, status_code

WORDS = {
    "已完成": "completed",
    "已整改": "completed",
    "已完成整改": "completed",
    "整改到位": "completed",
    "立行立改": "completed",
    "已完成，并长期坚持": "completed_long_term",
    "立行立改，长期坚持": "completed_long_term",
    "基本完成": "basically_completed",
    "取得阶段性成果": "phased",
    "取得阶段性成效": "phased",
    "取得阶段性进展": "phased",
    "正在整改": "in_progress",
    "正在推进": "in_progress",
    "持续整改": "in_progress",
    "长期坚持": "long_term",
    "未完成": "not_completed",
    "申请延期整改": "not_completed",
    "整改销号": "completed",
}


@pytest.mark.parametrize("words, code", WORDS.items())
def test_the_vocabulary_of_results_is_mapped(words, code):
    assert status_code(words.replace("，", ",")) == code


@pytest.mark.parametrize("words", ["已召开会议", "整改方案已报批", "目前已完成2期工程", "效果良好", ""])
def test_words_that_are_no_result_are_not_mapped(words):
    assert status_code(words) is None


def test_every_word_of_the_lookup_has_a_known_code_and_a_reason():
    rows = load_csv("parsing/status_words")
    assert len({row["word"] for row in rows}) == len(rows)
    assert {row["status_code"] for row in rows} <= set(STATUS_CODES) and all(row["reason"] for row in rows)
    assert [row["code"] for row in load_csv("codes/codes_statuses")] == list(STATUS_CODES)


def test_a_percentage_is_a_status_with_its_share():
    assert stated_share("整改进度:80%") == 0.8
    assert stated_share("整改进度:100%") == 1.0 and share_code(1.0) == "completed"
    assert bracket_status("进度75%,完成时限:2022年6月") == (None, 0.75) and share_code(0.75) == "in_progress"


HEAD = "中共某市水务局党组关于巡察整改情况的通报\n根据市委统一部署，2023年3月1日至5月30日，市委第三巡察组对局党组进行了巡察。6月20日反馈了巡察意见。现将整改情况公布如下。\n"
FINDINGS = (
    "理论学习不深入，存在以会代学现象。",
    "工程招标不规范，有3个项目未公开招标。",
    "内部控制薄弱，账实不符。",
    "干部队伍老化，年轻干部不足。",
)


def statuses(bodies, tail="", head=HEAD):
    text = (
        head
        + "一、党的建设方面\n"
        + "\n".join(
            f"{number}.{finding}\n{body}" for number, (finding, body) in enumerate(zip(FINDINGS, bodies), 1)
        )
        + "\n"
        + tail
    )
    structure = build_structure(Document(text=text))
    assert len(structure.problems) == len(bodies)
    return structure


def codes(structure):
    return [problem.status_code for problem in structure.problems]


def test_result_on_its_own_line():
    bodies = [
        f"整改措施：一是修订制度；二是开展培训。\n整改结果：{word}。"
        for word in ("已完成", "正在整改", "基本完成", "长期坚持")
    ]
    assert codes(statuses(bodies)) == ["completed", "in_progress", "basically_completed", "long_term"]


def test_the_same_label_tells_measures_or_a_result_by_what_follows():
    bodies = [
        "针对此问题进行了如下整改：一是修订制度；二是开展培训。\n整改情况：已完成",
        "整改情况：一是修订制度；二是开展培训。",
        "整改情况：已完成。一是修订制度；二是开展培训。",
        "整改情况：一是修订制度；二是开展培训；三是考核。\n整改情况：正在整改",
    ]
    structure = statuses(bodies)
    assert codes(structure) == ["completed", "not_stated", "completed", "in_progress"]
    assert [len(problem.measures) for problem in structure.problems] == [2, 2, 2, 3]


def test_result_as_the_last_sentence_names_its_subject():
    bodies = [
        "整改情况：一是修订制度；二是开展培训。该问题已整改到位。",
        "整改情况：一是修订制度，目前已完成初稿。该项工作正在推进。",
        "整改情况：修订制度。此项已完成并将长期坚持。",
        "整改情况：一是清查账目；二是补记资产，现已完成3处。",
    ]
    structure = statuses(bodies)
    assert codes(structure) == ["completed", "in_progress", "completed_long_term", "not_stated"]
    assert [len(problem.measures) for problem in structure.problems] == [2, 1, 1, 2]


def test_done_inside_an_open_item_does_not_close_it():
    bodies = ["整改措施：一是制度已完成修订；二是培训已完成。\n整改结果：正在推进。"] * 4
    assert set(codes(statuses(bodies))) == {"in_progress"}


def test_result_in_a_bracket_with_its_due_date():
    bodies = [
        "整改情况：一是修订制度；二是开展培训。（已完成）",
        "整改情况：修订制度。（进度60%，完成时限：2024年6月）",
        "整改情况：开展培训。（正在推进，2024年12月底前完成）",
        "整改情况：清查账目。【整改到位】",
    ]
    structure = statuses(bodies)
    assert codes(structure) == ["completed", "in_progress", "in_progress", "completed"]
    assert structure.problems[1].progress_share == 0.6 and "2024年6月" in structure.problems[1].due_text


def test_result_by_number_at_the_end_and_for_the_rest():
    bodies = ["整改情况：一是修订制度；二是开展培训。"] * 4
    structure = statuses(bodies, "截至2023年12月31日，第2、4项正在推进，其余问题均已完成整改。\n")
    assert codes(structure) == ["completed", "in_progress", "completed", "in_progress"]
    assert [problem.status_basis for problem in structure.problems] == [
        "total",
        "reference",
        "total",
        "reference",
    ]


@pytest.mark.parametrize(
    "sentence", ["4个问题已全部整改到位。", "反馈的4个问题中，已完成整改4个。", "反馈的问题已全部完成整改。"]
)
def test_a_total_over_all_problems_is_a_total_not_the_items_word(sentence):
    structure = statuses(["整改情况：一是修订制度；二是开展培训。"] * 4, head=HEAD + sentence + "\n")
    assert {(problem.status_code, problem.status_basis) for problem in structure.problems} == {
        ("completed", "total")
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "反馈的4个问题中，已完成整改3个，正在推进1个。",
        "制定的4项措施已全部完成。",
        "立行立改的问题已全部整改完成。",
    ],
)
def test_a_partial_total_or_one_of_measures_decides_nothing(sentence):
    structure = statuses(["整改情况：一是修订制度；二是开展培训。"] * 4, head=HEAD + sentence + "\n")
    assert {problem.status_basis for problem in structure.problems} == {"none"}


def test_an_unknown_result_word_is_reported_and_never_called_done():
    structure = statuses(
        ["整改措施：修订制度。\n整改结果：阶段验收待定。"] + ["整改措施：开展培训。\n整改结果：已完成。"] * 3
    )
    assert codes(structure)[0] == "not_stated"
    assert [code for code, _ in structure.warnings] == [
        "unknown_status_word"
    ] and "阶段验收待定" in structure.warnings[0][1]
