"""What a user loses when these fail: amounts off by a factor, plays counted as documents, documents without their number."""

from __future__ import annotations

import pytest

from analysis.parsing.facts.recurrences import read_recurrences
from analysis.parsing.facts.scan import read_facts
from analysis.parsing.layout.flow import make_flow
from analysis.parsing.structure import Measure, Problem, Section, Structure
from analysis.parsing.text.shadow import make_shadow


def structure(measures: str, statement: str = "学习不深入。") -> Structure:
    text = f"1.{statement}整改情况：{measures}"
    at = len(statement) + 2
    problem = Problem(
        "1",
        block_start=0,
        block_end=len(text),
        statement_start=2,
        statement_end=at,
        measure_spans=[(at, len(text))],
        measures=[Measure(1, "1.", at + 5, len(text))],
    )
    return Structure(text, make_shadow(text), make_flow(make_shadow(text)), problems=[problem])


def figures(measures: str) -> list[tuple[float, str, str | None]]:
    parsed = structure(measures)
    rows = read_facts(parsed, {})["core_figures"]
    for row in rows:
        assert parsed.text[row["char_start"] : row["char_end"]] == row["quote_text"]
        assert row["is_approximate"] == (row["bound_code"] is not None)
    return [(row["value"], row["unit_code"], row["bound_code"]) for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("总投资537.79亿元。", [(53_779_000_000, "cny", None)]),
        ("宣传费用300余万元。", [(3_000_000, "cny", "lower_bound")]),
        ("争取资金480万元，追回5460元。", [(4_800_000, "cny", None), (5460, "cny", None)]),
        (
            "参与群众20多万人次，接待读者1.1万余人次。",
            [(200_000, "person_time", "lower_bound"), (11_000, "person_time", "lower_bound")],
        ),
        ("接待游客7万人左右。", [(70_000, "person", "about")]),
        (
            "不足100人次，近300人，约40%。",
            [(100, "person_time", "upper_bound"), (300, "person", "upper_bound"), (0.4, "share", "about")],
        ),
        ("超过1,200人，20名以上。", [(1200, "person", "lower_bound"), (20, "person", "lower_bound")]),
        ("查缴设备21 台套，注册人数增至 16204 人。", [(21, "set", None), (16204, "person", None)]),
        ("交付率达到94.3%，下降3.1个百分点。", [(0.943, "share", None), (3.1, "percentage_point", None)]),
        (
            "面积68.5平方米，土地1286亩，管网46公里。",
            [(68.5, "square_metre", None), (1286, "mu", None), (46, "kilometre", None)],
        ),
        ("第17次党组会议，第3、9项，G228公路，12345热线，5A级景区。", []),
        ("学习《2021年度30项重点工作方案》。", []),
        ("３０万元，２名。", [(300_000, "cny", None), (2, "person", None)]),
    ],
)
def test_a_quantity_is_a_plain_number_in_its_unit(text: str, expected: list) -> None:
    assert figures(text) == expected


def test_a_label_before_a_number_is_no_decimal() -> None:
    text = "整改措施：\n2.3份合同已重新签订。"
    at = text.index("3份")
    parsed = Structure(
        text,
        make_shadow(text),
        make_flow(make_shadow(text)),
        problems=[
            Problem(
                "1",
                block_start=0,
                block_end=len(text),
                measure_spans=[(5, len(text))],
                measures=[Measure(1, "2.", at, len(text))],
            )
        ],
    )
    assert [(row["value"], row["quote_text"]) for row in read_facts(parsed, {})["core_figures"]] == [
        (3, "3份")
    ]


def test_numbers_in_chinese_numerals_are_quantities_too() -> None:
    assert figures("二〇二四年投入三百二十万元，配备助理十九名，比例提高至百分之七十。") == [
        (3_200_000, "cny", None),
        (19, "person", None),
        (0.7, "share", None),
    ]


def citations(measures: str) -> list[dict]:
    parsed = structure(measures)
    rows = read_facts(parsed, {})["core_citations"]
    for row in rows:
        assert parsed.text[row["char_start"] : row["char_end"]] == row["title_text"]
    return rows


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("印发《意识形态工作责任清单》（辽广党字〔2021〕12号）。", "辽广党字〔2021〕12号"),
        ("印发《评估定级工作的通知》(益文旅广体发[2022]27号)文件。", "益文旅广体发[2022]27号"),
        ("印发《考核办法》（试行）（市教〔2018〕3号）。", "市教〔2018〕3号"),
        ("按照汴发〔2019〕8号《高质量发展的若干意见》的要求。", "汴发〔2019〕8号"),
        ("印发《考核办法》。2018年3号楼完工。", None),
    ],
)
def test_a_document_is_found_by_its_number(text: str, number: str | None) -> None:
    found = citations(text)[0]["document_number"]
    assert (found and found.replace("(", "（").replace(")", "）")) == number


def test_short_name_is_kept_and_not_counted_twice() -> None:
    rows = citations(
        "制定了《关于反馈意见的整改方案》（鞍文旅〔2021〕14号）（以下简称《整改方案》）和《任务清单》。"
    )
    assert [(row["title_text"], row["short_name"], row["document_number"]) for row in rows] == [
        ("关于反馈意见的整改方案", "整改方案", "鞍文旅〔2021〕14号"),
        ("任务清单", None, None),
    ]


def test_nested_titles_are_one_citation() -> None:
    rows = citations(
        "联合下发《关于组织观看电影〈金家堤之恋〉的通知》，印发《关于贯彻<五年行动计划(2021年—2025年)>的实施方案》。"
    )
    assert [row["title_text"] for row in rows] == [
        "关于组织观看电影〈金家堤之恋〉的通知",
        "关于贯彻<五年行动计划(2021年—2025年)>的实施方案",
    ]


@pytest.mark.parametrize(
    ("text", "is_document"),
    [
        ("利用音乐剧《不朽》现有服装创作。", False),
        ("电影《金家堤之恋》摄制发行。", False),
        ("打造精品栏目《汴水秋声》《千年苏颂》。", False),
        ("停播《蒙药传奇》《神丹治骨》等违规广告。", False),
        ("完成《室内装修装饰工程》项目招标。", False),
        ("学习《中国共产党章程》。", True),
        ("修订《财务管理办法》。", True),
        ("学习了《党章》《关于新形势下党内政治生活的若干准则》。", True),
    ],
)
def test_a_play_or_a_film_is_no_document(text: str, is_document: bool) -> None:
    assert {row["is_document"] for row in citations(text)} == {is_document}


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("制定印发了《学习计划》。", "issued"),
        ("出台《管理办法》。", "issued"),
        ("修订完善《议事规则》。", "revised"),
        ("起草了《发展规划》。", "drafted"),
        ("认真学习《条例》《准则》。", "studied"),
        ("严格按照《工作条例》执行。", "followed"),
        ("与高校签订《合作协议》。", "signed"),
        ("对《职责规定的通知》（益文〔2021〕8号）文件予以废止。", "repealed"),
        ("向市编办提交《编制请示》。", "submitted"),
    ],
)
def test_a_document_issued_is_told_from_one_studied(text: str, action: str) -> None:
    assert {row["action_code"] for row in citations(text)} == {action}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "对2017年市委巡察问题整改多停留在书面上，效果不明显。涉及的整改事项共31项，目前仍有7项未整改到位。",
            ("inspection", 31, 7),
        ),
        ("上轮巡察反馈19个问题,其中多个问题整改后仍然出现反复。", ("inspection", 19, None)),
        ("2018年预算执行审计提出的20个问题,仍有3个未整改到位。", ("audit", 20, 3)),
        ("2018年县委巡察反馈的14个问题中，仍有2个问题整改不彻底，个别问题反弹回潮。", ("inspection", 14, 2)),
        ("审计整改督促不力，2017年审计查出问题有21个逾期未整改。", ("audit", None, 21)),
        ("个别巡察反馈问题未整改。", ("inspection", None, None)),
        ("对水库巡察巡查记录不完整，值守人员仍有脱岗。", None),
        ("内部审计制度不健全，审计人员不足。", None),
        ("学习不深入，2019年有3次会议没有记录。", None),
    ],
)
def test_a_finding_that_came_back_keeps_its_numbers(statement: str, expected: tuple | None) -> None:
    rows = read_recurrences(
        structure("一是对上轮巡察反馈的8个问题重新核查，仍有2个未整改的已整改。", statement), {}
    )
    assert [(row["earlier_source"], row["earlier_count"], row["still_open_count"]) for row in rows] == (
        [expected] if expected else []
    )


def test_sub_items_of_an_earlier_finding_are_rows_of_their_own() -> None:
    text = "41.上轮巡察反馈19个问题,其中多个问题整改后仍然出现反复。\n(1)党组会议依然过多。\n整改情况：一是精简会议。\n"
    first, second = text.index("上轮"), text.index("党组会议")
    parsed = Structure(
        text,
        make_shadow(text),
        make_flow(make_shadow(text)),
        sections=[Section("a1", "aspect", 1, None, None, 0, 0)],
        problems=[
            Problem(
                "41",
                is_leaf=False,
                block_start=0,
                block_end=len(text),
                statement_start=first,
                statement_end=text.index("\n"),
            ),
            Problem(
                "41.1",
                unit="item",
                parent_key="41",
                block_start=second - 3,
                block_end=len(text),
                statement_start=second,
                statement_end=text.index("\n", second),
            ),
        ],
    )
    assert [(row["problem_key"], row["earlier_count"]) for row in read_recurrences(parsed, {})] == [
        ("41", 19),
        ("41.1", None),
    ]
