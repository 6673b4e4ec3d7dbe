"""Results known by their place and beside what is none: misread, work in progress would count as done."""

from __future__ import annotations

import pytest

from analysis.parsing.assemble import build_structure
from analysis.parsing.layout.drafts import Candidate
from analysis.parsing.records import Document
from analysis.parsing.results.decide import decide
from analysis.parsing.structure import Structure

HEAD = (
    "中共某县交通运输局党组关于巡察整改情况的通报\n"
    "根据县委统一部署，2022年3月1日至5月30日，县委第二巡察组对局党组进行了巡察，6月20日反馈了巡察意见。现将整改情况公布如下。\n"
    "一、履行职责方面\n"
)
FINDINGS = (
    "农村公路养护不及时，破损路段长期无人修补。",
    "工程招标不规范，有3个项目未公开招标。",
    "内部控制薄弱，账实不符。",
    "干部队伍老化，年轻干部不足。",
)
DONE = (
    "整改措施：一是修补破损路段；二是明确养护人员。",
    "整改措施：重新招标。",
    "整改措施：清查账目。",
    "整改措施：招录2人。",
)


def read(bodies: list[str], tail: str = "") -> Structure:
    lines = [f"{number}.{words}" for number, words in enumerate(map("\n".join, zip(FINDINGS, bodies)), 1)]
    structure = build_structure(Document(text=HEAD + "\n".join(lines) + f"\n{tail}"))
    assert len(structure.problems) == len(bodies)
    return structure


def codes(structure: Structure) -> list[str]:
    return [problem.status_code for problem in structure.problems]


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ("该问题已于国庆节前整改到位。", "completed"),
        ("除1辆车待报废外，整改已基本完成。", "basically_completed"),
        ("支出进度达到76%，该问题已整改完成。", "completed"),
        ("该问题不再存在。", "completed"),
        ("该问题整改完成，并已通过验收。", "completed"),
        ("目前正在整改，预计2022年12月底前完成。", "in_progress"),
    ],
)
def test_a_result_behind_a_time_a_condition_or_a_rate_is_read(result: str, code: str) -> None:
    others = ["该问题已整改到位。", "该问题已完成整改。", "该问题整改完成。"]
    structure = read([f"{done}{said}" for done, said in zip(DONE, [result, *others])])
    assert codes(structure) == [code, "completed", "completed", "completed"]


def test_a_result_in_words_beats_the_rate_beside_it() -> None:
    results = ["已完成，签约率达到99.2%", "进度60%", "100%", "尚未完成，完成率30%"]
    structure = read([f"{done}\n整改结果：{said}。" for done, said in zip(DONE, results)])
    assert codes(structure) == ["completed", "in_progress", "completed", "not_completed"]
    assert [problem.progress_share for problem in structure.problems] == [0.992, 0.6, 1.0, 0.3]


def test_words_that_no_lookup_lists_are_results_where_every_problem_has_one() -> None:
    results = ["此事已办得妥妥帖帖", "此事还在加紧办理之中", "此事已改得彻彻底底", "此事尚未办成"]
    structure = read([f"{done}{said}。" for done, said in zip(DONE, results)])
    assert codes(structure) == ["completed", "in_progress", "completed", "not_completed"]
    assert [len(problem.measures) for problem in structure.problems] == [2, 1, 1, 1]


def test_the_last_step_of_a_measure_is_no_result() -> None:
    steps = ["其中3处已完成修补。", "现已完成2个标段的评审。", "已收回资金12万元。", "其中1人已到岗。"]
    structure = read([f"{done[:-1]}，{said}" for done, said in zip(DONE, steps)])
    assert set(codes(structure)) == {"not_stated"}


def test_the_ticked_box_is_the_result_and_the_others_are_not() -> None:
    rows = [
        "[x] 已完成　[ ] 正在整改　[ ] 未完成",
        "[ ] 已完成　[x] 正在整改　[ ] 未完成",
        "[ ] 已完成　[ ] 正在整改　[x] 未完成",
        "[ ] 已完成　[ ] 正在整改　[ ] 未完成",
    ]
    structure = read([f"{done}\n{row}" for done, row in zip(DONE, rows)])
    assert codes(structure) == ["completed", "in_progress", "not_completed", "not_stated"]


def test_results_in_a_list_of_their_own_are_joined_by_number() -> None:
    tail = "二、整改结果\n1号：已经改好\n2、3号：还在办理\n4号：长期坚持\n"
    structure = read(list(DONE), tail)
    assert codes(structure) == ["completed", "in_progress", "in_progress", "long_term"]
    assert {problem.status_basis for problem in structure.problems} == {"reference"}


@pytest.mark.parametrize(
    ("said", "code", "basis"),
    [
        ([("closing", "completed", None), ("result", "in_progress", None)], "in_progress", "item"),
        ([("result", None, 0.9), ("closing", "completed", None)], "completed", "item"),
        ([("section", "completed", None), ("result", None, 0.9)], "in_progress", "item"),
        ([("number", "in_progress", None), ("section", "completed", None)], "completed", "reference"),
        ([("total", "completed", None), ("number", "phased", None)], "phased", "reference"),
        ([("rest", "completed", None)], "completed", "total"),
    ],
)
def test_words_before_rates_item_before_section_before_number_before_total(
    said: list[tuple[str, str | None, float | None]], code: str, basis: str
) -> None:
    found = decide([Candidate(place, told, 0, 1, share) for place, told, share in said])
    assert found is not None and (found[0].code, found[1]) == (code, basis)


def test_a_result_that_nobody_can_read_is_not_replaced_by_a_guess() -> None:
    assert decide([Candidate("result", None, 0, 1), Candidate("closing", "completed", 2, 3)]) is None
