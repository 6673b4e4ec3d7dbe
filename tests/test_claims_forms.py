"""What a user loses when these fail: a stated total read with the wrong number or the wrong unit, or one made up."""

from __future__ import annotations

import pytest

from analysis.parsing.facts.claims import read_claims
from analysis.parsing.layout.flow import make_flow
from analysis.parsing.structure import Problem, Section, Structure
from analysis.parsing.text.shadow import make_shadow

BODY = "\n1.学习不深入。整改措施：一是召开会议3次，研究问题5个，完成整改2个；二是制定制度4项。\n"


def claims(
    front: str, closing: str = "", body: str = BODY, sections: list[Section] | None = None
) -> list[dict]:
    text = front + body + closing
    start, end = len(front), len(front) + len(body)
    structure = Structure(
        text,
        make_shadow(text),
        make_flow(make_shadow(text)),
        sections=sections or [],
        front_end=start,
        problems=[
            Problem(
                "1",
                block_start=start,
                block_end=end,
                statement_start=start + 3,
                statement_end=start + 9,
                measure_spans=[(start + body.index("整改措施"), end)],
            )
        ],
    )
    rows = read_claims(structure, {})
    for row in rows:
        assert text[row["char_start"] : row["char_end"]] == row["quote_text"]
    return rows


def totals(front: str, **more: str) -> set[tuple[str, str, float]]:
    return {
        (row["claim_code"], row["unit"], row["value"])
        for row in claims(front, **more)
        if row["problem_key"] is None
    }


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "市委第五巡察组反馈的4大方面、11分类、60个具体问题，主要包括以下方面。",
            {("aspects", "aspect", 4), ("categories", "category", 11), ("problems", "problem", 60)},
        ),
        (
            "反馈4个方面12类问题、39个具体问题，制定157项整改措施。",
            {
                ("aspects", "aspect", 4),
                ("categories", "category", 12),
                ("problems", "problem", 39),
                ("measures", "measure", 157),
            },
        ),
        (
            "截至目前，巡察反馈的60个问题中，已完成整改的问题53个（其中列入长期坚持的事项15个），已经取得阶段性成果，正在抓紧整改的问题7个。",
            {
                ("problems", "problem", 60),
                ("completed", "problem", 53),
                ("completed_long_term", "problem", 15),
                ("in_progress", "problem", 7),
            },
        ),
        (
            "截至2022年12月2日，巡察反馈的44个问题中，42问题个整改到位，2个问题取得阶段性成果。",
            {("problems", "problem", 44), ("completed", "problem", 42), ("phased", "problem", 2)},
        ),
        (
            "制定的28项整改措施，已完成落实28项；反馈的14个具体问题，已完成整改14个。",
            {
                ("measures", "measure", 28),
                ("measures_completed", "measure", 28),
                ("problems", "problem", 14),
                ("completed", "problem", 14),
            },
        ),
        (
            "巡察反馈25个问题，已完成整改19个、正在整改6个，整改完成率76%。",
            {
                ("problems", "problem", 25),
                ("completed", "problem", 19),
                ("in_progress", "problem", 6),
                ("completion_share", "problem", 0.76),
            },
        ),
        (
            "反馈的八个问题中，六个已完成整改，两个取得阶段性成果，二十七项整改措施已完成二十四项。",
            {
                ("problems", "problem", 8),
                ("completed", "problem", 6),
                ("phased", "problem", 2),
                ("measures", "measure", 27),
                ("measures_completed", "measure", 24),
            },
        ),
        (
            "对反馈的13个问题，细化为41项整改任务。13个问题中，整改完成10个，其余3个取得明显进展；41项任务完成36项。",
            {
                ("problems", "problem", 13),
                ("tasks", "task", 41),
                ("completed", "problem", 10),
                ("phased", "problem", 3),
                ("completed", "task", 36),
            },
        ),
        (
            "反馈问题9个，全部整改到位9个，未完成0个。",
            {("problems", "problem", 9), ("completed", "problem", 9), ("not_completed", "problem", 0)},
        ),
        (
            "反馈的9个问题已完成整改7个，第3、9项正在推进。",
            {("problems", "problem", 9), ("completed", "problem", 7), ("in_progress", "problem", 2)},
        ),
        ("巡察反馈的36个问题已全部整改完成。", {("problems", "problem", 36), ("completed", "problem", 36)}),
        (
            "明确了9个方面36项整改任务，已完成30项，基本完成4项，持续推进2项。",
            {
                ("aspects", "aspect", 9),
                ("tasks", "task", 36),
                ("completed", "task", 30),
                ("basically_completed", "task", 4),
                ("in_progress", "task", 2),
            },
        ),
        (
            "巡察反馈的问题共计52项，已整改到位50项，尚未完成2项。",
            {("problems", "problem", 52), ("completed", "problem", 50), ("not_completed", "problem", 2)},
        ),
        (
            "针对反馈的3个方面、17个问题，制定整改措施86条，目前已完成85条，正在推进1条。",
            {
                ("aspects", "aspect", 3),
                ("problems", "problem", 17),
                ("measures", "measure", 86),
                ("measures_completed", "measure", 85),
                ("in_progress", "measure", 1),
            },
        ),
        (
            "反馈的30个问题，已完成28个，完成率93.3%，长期坚持2个。",
            {
                ("problems", "problem", 30),
                ("completed", "problem", 28),
                ("completion_share", "problem", 0.933),
                ("long_term", "problem", 2),
            },
        ),
        (
            "巡察共反馈问题29条，制定整改措施76条，完成整改27条。",
            {("problems", "problem", 29), ("measures", "measure", 76), ("measures_completed", "measure", 27)},
        ),
        (
            "需立行立改的8个问题已全部完成，反馈的29个问题完成整改27个。",
            {("rectified_at_once", "problem", 8), ("problems", "problem", 29), ("completed", "problem", 27)},
        ),
        (
            "反馈的30个问题，已完成整改并销号27个，需长期坚持整改的2个，正在整改的有1个。",
            {
                ("problems", "problem", 30),
                ("completed", "problem", 27),
                ("long_term", "problem", 2),
                ("in_progress", "problem", 1),
            },
        ),
        (
            "反馈问题29个，整改27个，正在整改2个。",
            {("problems", "problem", 29), ("completed", "problem", 27), ("in_progress", "problem", 2)},
        ),
        (
            "24个问题中，23个已完成，1个基本完成；56项任务已完成55项，剩余1项正在推进。",
            {
                ("problems", "problem", 24),
                ("tasks", "task", 56),
                ("completed", "problem", 23),
                ("basically_completed", "problem", 1),
                ("completed", "task", 55),
                ("in_progress", "task", 1),
            },
        ),
        (
            "巡察组反馈了三个方面九个问题，已整改完成八个，一个正在整改。",
            {
                ("aspects", "aspect", 3),
                ("problems", "problem", 9),
                ("completed", "problem", 8),
                ("in_progress", "problem", 1),
            },
        ),
        (
            "反馈意见中指出的问题共涉及四大类十二个方面，均已整改到位。",
            {("categories", "category", 4), ("aspects", "aspect", 12)},
        ),
        (
            "巡察组反馈意见共29条，涉及整改事项36项，已完成34项。",
            {("problems", "problem", 29), ("items", "item", 36), ("completed", "item", 34)},
        ),
        (
            "巡察反馈问题 **8** 个，已完成整改 **5** 个。",
            {("problems", "problem", 8), ("completed", "problem", 5)},
        ),
    ],
)
def test_totals_with_their_unit(sentence: str, expected: set) -> None:
    assert totals(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "党委书记认领重点难点问题4个，其他班子成员分别认领。",
        "对上轮巡察反馈的22个问题开展“回头看”。",
        "局党组牢记三个务必，着力解决一个问题、完善一套制度，做到整改一个、销号一个。",
        "先后召开党组会6次、专题会3次，学习文件34篇。",
        "班子成员查摆问题35个，检视问题14条。",
        "市委巡察组提出4条整改意见建议。",
        "坚持四个意识、两个维护，做到六个到位。",
    ],
)
def test_no_total_where_none_is_stated(sentence: str) -> None:
    assert totals(sentence) == set()


def shown(sentence: str, **more: str) -> dict[str, float]:
    """Claim → value of the totals of problems."""
    return {code: value for code, unit, value in totals(sentence, **more) if unit == "problem"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "巡察共反馈23项问题，已拿下19项，正在啃的3项，搁置1项。",
            {"problems": 23, "completed": 19, "in_progress": 3, "not_completed": 1},
        ),
        (
            "巡察反馈问题清单共31条，其中已了结27条，余下4条仍在爬坡。",
            {"problems": 31, "completed": 27, "in_progress": 4},
        ),
        (
            "反馈的17个问题里，14个已经落地见效，2个尚需时日，1个转为常态。",
            {"problems": 17, "completed": 14, "in_progress": 2, "long_term": 1},
        ),
        ("巡察反馈的13处问题，销账12处，未销账1处。", {"problems": 13, "completed": 12, "not_completed": 1}),
        (
            "7月6日反馈意见，共指出8个问题。局党组逐题建档。截至年底，打住6个，仍在攻坚2个。",
            {"problems": 8, "completed": 6, "in_progress": 2},
        ),
        ("巡察反馈28个问题，搞掂26个，2个还差最后一步。", {"problems": 28, "completed": 26}),
    ],
)
def test_parts_of_a_total_are_results_in_any_words(sentence: str, expected: dict) -> None:
    """The parts add up to the total: so they are results, whatever the notice calls them."""
    found = shown(sentence)
    assert {code: found.get(code) for code in expected} == expected
    assert set(found) <= set(expected) | {"in_progress", "not_completed", "phased", "basically_completed"}


@pytest.mark.parametrize(
    "sentence",
    [
        "对巡察组反馈的16个问题，党委主要负责同志包抓5个，分管负责同志包抓11个。",
        "巡察反馈了21个问题，涉及党的领导8个、党的建设7个、全面从严治党6个。",
        "巡察反馈问题22个，其中限期整改12个，长期规划10个。",
        "巡察反馈的8个问题，局党组坚持三个结合，落实两个责任。",
        "巡察反馈的9个问题，预计年底前完成2个。",
    ],
)
def test_parts_that_are_no_results_are_not_taken_for_any(sentence: str) -> None:
    assert set(shown(sentence)) == {"problems"}


def test_results_in_the_notices_own_words_are_known_from_its_legend() -> None:
    found = shown("反馈10个问题，按整改完成（甲档）、正在整改（乙档）公布结果：甲档7个，乙档2个。")
    assert found == {"problems": 10, "completed": 7, "in_progress": 2}


def test_totals_in_a_table_count_where_its_parts_add_up() -> None:
    table = "巡察反馈问题整改情况\n| 反馈问题数 | 已完成 | 正在整改 |\n| --- | --- | --- |\n| 12 | {} | 3 |\n"
    assert shown(table.format(9)) == {"problems": 12, "completed": 9, "in_progress": 3}
    assert "completed" not in shown(table.format(8))


def test_all_of_a_total() -> None:
    found = shown("巡察组反馈了13个问题，截至2023年底全部整改完毕。")
    assert found == {"problems": 13, "completed": 13}


def test_results_by_number_have_as_many_problems() -> None:
    found = shown(
        "反馈的20个问题已完成整改14个。第9、14、19项问题尚有手续未办，正在加快推进；第3、16、17项问题情况复杂，需长期坚持。"
    )
    assert found == {"problems": 20, "completed": 14, "in_progress": 3, "long_term": 3}


def test_a_rate_has_the_unit_that_its_figures_have() -> None:
    assert totals("巡察反馈10个问题。整改完成率95%（38/40项措施）。") == {
        ("problems", "problem", 10),
        ("completion_share", "measure", 0.95),
        ("measures", "measure", 40),
        ("measures_completed", "measure", 38),
    }
    found = totals("反馈的26个问题，完成25个；制定71项措施，完成69项，完成率97.2%。")
    assert ("completion_share", "measure", 0.972) in found


def test_what_others_found_or_what_is_below_is_no_total() -> None:
    assert shown("上一轮巡察反馈的9个问题，延伸巡察3个村反馈问题51个，推动解决历史遗留问题12件。") == {}
    assert shown("巡察反馈8个问题，已完成6个。下一步，对正在攻坚的2个问题每月调度。")["problems"] == 8


def test_a_tally_behind_the_last_problem_is_read_where_it_is_of_what_was_found() -> None:
    body = "\n1.学习不深入。整改措施：召开会议3次。\n小结：{}个问题办结{}个。整改到此为止。\n"
    assert shown("现将巡察整改情况通报如下。", body=body.format(1, 1)) == {"problems": 1, "completed": 1}
    assert shown("现将巡察整改情况通报如下。", body=body.format(15, 13)) == {}


def test_numbers_inside_a_problem_are_no_totals() -> None:
    rows = claims("巡察反馈的5个问题，已完成整改5个。")
    assert {row["claim_code"] for row in rows if row["problem_key"] is None} == {"problems", "completed"}
    assert [(row["claim_code"], row["value"]) for row in rows if row["problem_key"] == "1"] == [
        ("rules_made", 4.0)
    ]


def test_totals_at_the_end_count_as_well() -> None:
    found = totals(
        "现将情况公布如下。",
        closing="截至2023年11月30日，反馈的10个问题中，已完成7个，正在推进2个，长期坚持1个；制定完善制度6项，追责问责9人，挽回经济损失41460元。",
    )
    assert found == {
        ("problems", "problem", 10),
        ("completed", "problem", 7),
        ("in_progress", "problem", 2),
        ("long_term", "problem", 1),
        ("rules_made", "document", 6),
        ("people_disciplined", "person", 9),
        ("money_recovered_cny", "cny", 41460),
    }


def test_partial_totals_belong_to_their_aspects() -> None:
    sections = [Section(f"a{number}", "aspect", number, None, None, 0, 0) for number in (1, 2)]
    rows = claims(
        "反馈的2个方面、18个问题，主要是：一是学习不及时方面（3分类10个问题）；二是落实不到位方面（2分类8个问题）。",
        sections=sections,
    )
    assert [(row["section_key"], row["claim_code"], row["value"]) for row in rows if row["section_key"]] == [
        ("a1", "categories", 3),
        ("a1", "problems", 10),
        ("a2", "categories", 2),
        ("a2", "problems", 8),
    ]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (
            "对3名校长给予党内警告处分，对6名责任人进行诫勉谈话。",
            [("people_disciplined", 3), ("people_disciplined", 6)],
        ),
        ("批评教育6人，提醒谈话2人次。", [("people_disciplined", 6), ("people_disciplined", 2)]),
        (
            "追缴违规领取的低保金19.6万元，清退款项31.2万元。",
            [("money_recovered_cny", 196000), ("money_recovered_cny", 312000)],
        ),
        ("修订完善制度4项，建立健全规章制度12项。", [("rules_made", 4), ("rules_made", 12)]),
        ("涉案五名领导干部和部门负责人给予了党纪、政纪处分。", [("people_disciplined", 5)]),
        ("组织培训2期，培训97人次。", []),
    ],
)
def test_consequences_under_a_problem(measure: str, expected: list) -> None:
    rows = claims("", body=f"\n1.管理不严。整改措施：{measure}\n")
    assert [(row["claim_code"], row["value"]) for row in rows] == expected


def test_problems_spoken_of_once_more_are_not_counted_twice() -> None:
    found = totals(
        "巡察反馈8个问题，已完成6个，取得阶段性成果2个。",
        closing="\n下一步，一是对正在整改的2个问题每月调度；二是将已完成的6个问题纳入回头看。",
    )
    assert found == {("problems", "problem", 8), ("completed", "problem", 6), ("phased", "problem", 2)}
