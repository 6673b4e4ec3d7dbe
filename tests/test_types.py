"""If these fail, problems are counted under the wrong type, or a type is guessed where the text decides nothing."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.ledger.human_types import load_human_labels
from analysis.lookups import load_csv
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document
from analysis.parsing.types import coding as types
from analysis.parsing.types.coding import (
    NOTHING,
    TypeCoding,
    code_statement,
    code_statements,
    known_codes,
)
from analysis.parsing.types.validation import agreement, load_validation, match_labels

LABELS = Path(__file__).parent / "gold" / "type_labels_dev.csv"
RAW = Path(__file__).parents[1] / "data" / "raw"


def labelled(*notices: str) -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["notice"] in notices and row["is_leaf"] == "1"]


def coded(row: dict[str, str]) -> TypeCoding:
    return code_statement(row["statement"], row["heading"] or None)


@pytest.mark.parametrize(
    ("notices", "floor"),
    [
        (("anshan", "dandong"), 0.95),  # reference coding
        (("yushu", "yiyang", "kaifeng"), 0.90),  # one coder's labels
        (("written",), 0.90),  # other bodies: schools, hospitals, water, townships, companies …
        (("written-kept",), 0.85),  # the same, never learnt from
        (("written-hard", "written-frames"), 0.80),  # unusual wording; usual frames
        (("made",), 0.80),  # statements of the made notices, written by someone else
    ],
)
def test_agreement_with_people(notices, floor):
    result = agreement([(row["primary"], coded(row).primary) for row in labelled(*notices)])
    assert result["kappa"] >= floor


def test_agreement_holds_behind_the_parser():
    """The types that reach the ledger are those that people gave, notice by notice."""
    labels = load_validation()
    problems = []
    for source in sorted(RAW.glob("*.txt")):
        with source.open(encoding="utf-8", newline="") as handle:
            tables = parse_notice(Document(text=handle.read(), source_path=source.name)).tables
        notice = tables["core_notices"][0]
        problems += [
            {**row, "city_name": notice["city_name"], "notice_year": notice["notice_year"]}
            for row in tables["core_problems"]
            if row["is_leaf"]
        ]
    found = match_labels(problems, labels)
    assert len(found) >= 0.97 * len(labels)
    for place in {label["place_name"] for label in labels}:
        assert (
            agreement([(row["primary"], row["code"]) for row in found if row["place_name"] == place])["kappa"]
            >= 0.85
        ), place


@pytest.mark.parametrize(
    ("statement", "heading", "primary", "secondary"),
    [
        # 1: the object decides, not the political wording around it
        ("政治站位不高，对固定资产疏于管理", None, "assets", None),
        ("落实“两个维护”有差距，图书馆建设滞后", None, "public_culture", None),
        # 2: a sector lacking → the sector; its plan or reform lacking → policy_execution with the sector second
        ("乡村旅游发展滞后", None, "tourism_industry", None),
        ("乡村旅游发展规划迟迟未出台", None, "policy_execution", "tourism_industry"),
        ("文物保护规划编制滞后", None, "policy_execution", "heritage"),
        # 3: found again: the parent → follow-up; the sub-item → its object, the follow-up second
        ("上轮巡察反馈问题整而未改", None, "inspection_followup", None),
        ("审计提出问题整改不彻底", None, "audit_followup", None),
        ("财务报销仍不规范", "上轮巡察反馈问题整而未改", "finance", "inspection_followup"),
        ("固定资产仍未入账", "审计提出问题整改不彻底", "assets", "audit_followup"),
        # 5: meetings of self-criticism → inner_party_life; elections, members, 三会一课 → grassroots_party
        ("组织生活会相互批评不深刻", None, "inner_party_life", None),
        ("主题教育检视问题不深入", None, "inner_party_life", None),
        ("“三会一课”记录不全", None, "grassroots_party", None),
        ("支部未按期换届", None, "grassroots_party", None),
        # 6: bought and not booked → assets; paid, budgeted, collected, diverted → finance
        ("购买打印机直接列支，未计入固定资产", None, "assets", None),
        ("挤占专项资金发放补助", None, "finance", None),
        ("国有房产租金收缴不到位", None, "finance", None),
        # 7: the record of a decision → decision_process even on posts; the procedure → cadre_management
        ("研究干部任免的党委会会议记录不完整", None, "decision_process", None),
        ("干部选拔任用未经民主推荐", None, "cadre_management", None),
        # 8: numbers of papers → formalism; money for the agency's own comfort → eight_rules
        ("发文数量不降反升", None, "formalism", None),
        ("超标准列支公务接待费", None, "eight_rules", None),
        # other bodies' core business, and what outranks it
        ("高标准农田建后管护缺位", None, "sector_business", None),
        ("审判质效不高，长期未结案件多", None, "sector_business", None),
        ("医院药品采购未经集中平台", None, "procurement", None),
        # the words before the deciding one only qualify it
        ("旅游产业资金引导性不强", None, "finance", "tourism_industry"),
        # what is only said as a consequence is not the object
        ("合同签订把关不严，造成国有资产流失", None, "procurement", None),
        # the words of a heading's frame are no finding
        ("关于“理论学习不够深入”问题的整改情况", None, "theory_study", None),
        ("关于“政治站位不够高”问题整改情况", None, "unclassified", None),
        # a body's name is the actor
        ("市文化旅游广电体育局财务管理混乱", None, "finance", None),
        ("市水利局和市体育局考勤制度不落实", None, "formalism", None),
    ],
)
def test_decision_rules(statement, heading, primary, secondary):
    coding = code_statement(statement, heading)
    assert coding.primary == primary
    if secondary:
        assert secondary in coding.secondary


@pytest.mark.parametrize(
    "statement",
    [
        "",
        " ",
        "。",
        "政治站位不够高",
        "思想认识还有偏差，担当精神不足",
        "重视不足",
        "工作推进不够有力",
        "政治意识、责任感、创新意识有待提高",
        "abc 123",
    ],
)
def test_empty_political_wording_is_never_guessed(statement):
    assert code_statement(statement) == NOTHING
    assert code_statement(statement, "进一步提高政治站位") == NOTHING


def test_heading_then_measures_are_asked_only_when_the_statement_is_silent():
    assert code_statement("重视不足", "履行全面从严治党主体责任不到位").primary == "governance_duty"

    def with_measures(statement: str, measures: str) -> str:
        return code_statements([statement], [None], [measures])[0].primary

    assert with_measures("重视不足", "一是清点固定资产，逐件登记固定资产台账") == "assets"
    remedies = "一是召开党组会议专题研究，开展理论学习；二是制定实施方案，深入基层调研，整改作风问题。"
    assert with_measures("重视不足", remedies) == "unclassified"
    assert with_measures("会计处理不规范", "一是组织民主生活会") == "finance"


def test_a_problem_under_earlier_findings_keeps_its_object_and_names_them():
    assert "inspection_followup" in code_statement("发展党员不规范", "上轮巡察问题整改不到位").secondary
    assert code_statement("发展党员不规范", "基层党建虚化弱化").secondary == ()


def test_statements_of_a_notice_are_coded_as_each_by_itself():
    rows = labelled("anshan", "written")
    together = code_statements([row["statement"] for row in rows], [row["heading"] or None for row in rows])
    assert [coding.primary for coding in together] == [coded(row).primary for row in rows]


def test_evidence_stands_in_the_text_even_across_a_page_break():
    for row in labelled("anshan", "dandong", "yushu", "yiyang", "kaifeng", "written"):
        coding = coded(row)
        text = row["statement"] + "\n" + row["heading"]
        assert all(word in text for word in coding.evidence), row["unit_id"]
        assert bool(coding.evidence) == (coding.primary != "unclassified")
    seam = "未严格执行政府\n\n采购规定"
    coding = code_statement(seam)
    assert coding.primary == "procurement"
    assert any("采购" in word for word in coding.evidence)
    assert all(word in seam for word in coding.evidence)


def test_a_clear_statement_scores_above_a_mixed_one():
    clear = code_statement("发展党员程序不规范")
    mixed = code_statement("财务报销和政府采购均不规范")
    assert 0 < mixed.score < clear.score <= 1


TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("党组学习财务旅游资金不规范。，；“”《》\n 1①巡察整改未…"), st.characters()
    ),
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(TEXT, st.one_of(st.none(), TEXT), TEXT)
def test_any_text_gets_a_known_code_and_the_same_one_twice(statement, heading, context):
    coding = code_statements([statement], [heading], [context])[0]
    assert coding == code_statements([statement], [heading], [context])[0]
    assert coding.primary in known_codes()
    assert set(coding.secondary) <= known_codes() - {"unclassified", coding.primary}
    assert len(coding.secondary) == len(set(coding.secondary)) <= 2
    assert 0 <= coding.score <= 1
    assert all(word in statement for word in coding.evidence)


def test_the_coding_does_not_hang_on_the_order_of_sets():
    """A second run with another hash seed must publish the same types."""
    program = (
        "import csv, sys; from analysis.parsing.types.coding import code_statement\n"
        "for row in csv.DictReader(open(sys.argv[1], encoding='utf-8')): print(code_statement(row['statement'], row['heading'] or None))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program, str(LABELS)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(LABELS.parents[2]), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_code_lists_fit_together():
    codes = load_csv("codes/codes_problem_types")
    dimensions = {row["code"] for row in load_csv("codes/codes_dimensions")}
    for column in ("code", "ordinal", "label_zh", "label_en"):
        assert len({row[column] for row in codes}) == len(codes)
    for row in codes:
        assert row["label_zh"] and row["label_en"]
        assert row["dimension_code"] in dimensions or row["code"] == "unclassified"
    assert {types.INSPECTION, types.AUDIT, types.UNCLASSIFIED, "sector_business"} <= known_codes()


@pytest.fixture
def human_labels(tmp_path):
    def read(*rows: dict[str, str]):
        with open(tmp_path / "type_labels.csv", "w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(LABEL))
            writer.writeheader()
            writer.writerows(rows)
        return load_human_labels(tmp_path / "type_labels.csv")

    return read


LABEL = {
    "problem_id": "a-2022/3",
    "primary": "finance",
    "secondary": "assets;procurement",
    "coder": "甲",
    "date": "2024-01-02",
    "reason": "标题过简",
}


def test_human_labels_are_read_with_their_secondary_types(human_labels):
    labels = human_labels(LABEL, {**LABEL, "problem_id": "a-2022/4.1", "secondary": ""})
    assert labels["a-2022/3"] == TypeCoding("finance", ("assets", "procurement"), 1.0, ())
    assert labels["a-2022/4.1"].secondary == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"primary": "money"}, "money"),
        ({"secondary": "assets;money"}, "money"),
        ({"primary": ""}, "empty"),
        ({"coder": ""}, "who coded"),
        ({"reason": " "}, "why"),
        ({"problem_id": ""}, "empty"),
    ],
)
def test_a_bad_human_label_is_refused_with_its_line(human_labels, change, said):
    with pytest.raises(ValueError, match=r"type_labels\.csv line 2") as error:
        human_labels({**LABEL, **change})
    assert said in str(error.value)


def test_two_human_labels_of_one_problem_are_refused(human_labels):
    with pytest.raises(ValueError, match="line 3.*twice"):
        human_labels(LABEL, LABEL)


@pytest.mark.parametrize(
    "data",
    [
        b"problem_id\na-2022/3\n",
        b"\xff\xfe\x00",
        b"problem_id,primary,secondary,coder,date,reason\na\n",
    ],
)
def test_a_label_file_that_is_no_table_is_one_clear_error(tmp_path, data):
    (tmp_path / "type_labels.csv").write_bytes(data)
    with pytest.raises(ValueError, match=r"^type_labels\.csv"):
        load_human_labels(tmp_path / "type_labels.csv")


def test_shipped_human_labels_are_valid():
    assert isinstance(load_human_labels(), dict)
