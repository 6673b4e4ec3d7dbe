"""The five reports end to end: a user would read other figures in the comparison than stand in the notices."""

from __future__ import annotations

import polars as pl
import pytest

from analysis import compare
from analysis.ledger.build import build_ledger
from analysis.paths import project_home
from analysis.selection import select

RAW = project_home() / "data" / "raw"

SIXTH = """中共鞍山市文化旅游和广播电视局党组关于市委巡察整改情况的通报

根据市委统一部署，2023年9月4日至11月10日，市委第三巡察组对市文化旅游和广播电视局党组进行了巡察。2024年1月8日，市委第三巡察组向局党组反馈了巡察意见。现将巡察整改情况予以公布。

反馈的8个问题中，已完成整改6个，正在整改2个。具体情况如下：

一、落实党中央决策部署方面

1.理论学习中心组学习不深入。
整改措施：一是制定年度学习计划；二是2024年2月20日召开中心组学习会议。
整改情况：已完成

2.意识形态工作责任制落实不到位。
整改措施：一是修订意识形态工作责任制实施办法；二是开展专题研判。
整改情况：已完成

3.冰雪旅游产品开发不足。
整改措施：一是编制冰雪旅游规划；二是推动雪场升级。
整改情况：正在整改

4.文物安全巡查不到位。
整改措施：一是开展文物安全检查12次；二是签订责任书。
整改情况：已完成

二、全面从严治党方面

5.财务报销审核不严，存在白条入账。
整改措施：一是清退资金3.2万元；二是完善报销制度。
整改情况：已完成

6.固定资产账实不符。
整改措施：一是开展资产清查；二是补登固定资产台账。
整改情况：已完成

7.干部选拔任用程序不规范。
整改措施：一是学习选拔任用条例；二是对3名责任人进行了提醒谈话。
整改情况：正在整改

8.党支部换届不及时。
整改措施：一是完成换届；二是建立提醒机制。
整改情况：已完成

中共鞍山市文化旅游和广播电视局党组
2024年6月3日
"""

SEVENTH = """中共铜陵市教育局党组关于巡察整改进展情况的通报

根据市委巡察工作部署，2022年3月1日至5月31日，市委第二巡察组对市教育局党组进行了巡察。2022年7月1日，市委第二巡察组反馈了巡察意见。现将整改情况通报如下。

截至2022年9月30日，反馈的5个问题，已全部完成整改。

1.理论学习不够深入。
整改情况：一是开展集中学习6次；二是组织交流研讨。

2.大班额问题尚未消除。
整改情况：一是新建学校2所；二是调整学区。

3.食堂财务管理不规范。
整改情况：一是开展专项检查；二是完善制度。

4.教师编外用工管理不严。
整改情况：一是清理编外人员；二是规范聘用合同。

5.党支部三会一课记录不规范。
整改情况：一是举办培训；二是开展检查。

中共铜陵市教育局党组
2022年10月12日
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("five")
    build_ledger([RAW], folder)
    return folder


@pytest.fixture(scope="module")
def out(folder):
    return compare.compare_all(select(data_dir=folder))


def city(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.filter((pl.col("city_name") == name) & pl.col("notice_id").is_not_null())


def test_stated_against_counted(out):
    checks = {
        (r["city_name"], r["check_code"]): (r["stated_value"], r["counted_value"], r["is_agreeing"])
        for r in out["out_reconciliation"].iter_rows(named=True)
    }
    expected = {
        ("鞍山", "completed"): (53, 50, False),
        ("鞍山", "completed_long_term"): (15, 12, False),
        ("鞍山", "open"): (7, 10, False),
        ("鞍山", "problems"): (60, 60, True),
        ("榆树", "measures"): (28, 25, False),
        ("榆树", "problems"): (14, 14, True),
        ("益阳", "tasks"): (60, 59, False),
        ("益阳", "problems"): (44, 44, True),
        ("丹东", "tasks"): (36, 36, True),
    }
    assert {key: checks[key] for key in expected} == expected
    assert sum(r["is_agreeing"] is False for r in out["out_reconciliation"].iter_rows(named=True)) == 5


@pytest.mark.parametrize(
    "name, definition, x, n",
    [
        ("鞍山", "stated", 53, 60),
        ("鞍山", "itemised", 50, 60),
        ("鞍山", "strict", 38, 60),
        ("榆树", "stated", 14, 14),
        ("益阳", "stated", 42, 44),
        ("开封", "itemised", 15, 17),
        ("丹东", "stated", None, None),
        ("丹东", "itemised", None, None),
    ],
)
def test_completion(out, name, definition, x, n):
    row = city(out["out_completion"], name).row(
        by_predicate=pl.col("definition_code") == definition, named=True
    )
    assert (row["x_count"], row["n_count"]) == (x, n)


def test_the_five_cannot_be_told_apart(out):
    rows = out["out_differences"].filter(pl.col("definition_code") == "best_available")
    assert round(rows.filter(pl.col("comparison_code") == "overall")["p_value"][0], 2) == 0.13
    assert round(rows["p_adjusted"].filter(rows["comparison_code"] == "pair").min(), 2) == 0.42


def test_flags(out):
    raised = {
        n: "".join(sorted(g["flag_code"]))
        for (n,), g in out["out_flags"].group_by("city_name", maintain_order=True)
    }
    assert raised == {"鞍山": "DRS", "丹东": "NTU", "榆树": "ADLRS", "开封": "LSTX", "益阳": "DRSTU"}


def test_what_came_back_in_the_notices_own_words(out):
    rows = out["out_recurrences"].filter(pl.col("n_count").is_not_null() & pl.col("x_count").is_not_null())
    assert {
        (r["city_name"], r["x_count"], r["n_count"], r["is_lower_bound"]) for r in rows.iter_rows(named=True)
    } == {
        ("开封", 7, 31, False),
        ("益阳", 5, 19, True),
        ("益阳", 3, 20, False),
    }


def test_evidence_behind_completed_items_is_near_the_hand_count(out):
    """By hand: about 8 of 50 and 5 of 15 with wording of intent; about 11 of 50 and 9 of 15 without hard evidence."""
    rows = {
        (r["city_name"], r["measure_code"]): (r["x_count"], r["n_count"])
        for r in out["out_evidence_by_notice"]
        .filter(pl.col("scope_code") == "completed")
        .iter_rows(named=True)
    }
    for key, low, high, n in (
        (("鞍山", "intent"), 6, 10, 50),
        (("开封", "intent"), 4, 6, 15),
        (("鞍山", "no_hard_evidence"), 6, 13, 50),
        (("开封", "no_hard_evidence"), 7, 11, 15),
    ):
        assert low <= rows[key][0] <= high and rows[key][1] == n, key


def test_similar_statements_are_few_and_of_different_cities(out):
    rows = out["out_similar_statements"]
    assert 3 <= rows.height <= 15 and (rows["notice_id_a"] != rows["notice_id_b"]).all()


@pytest.mark.slow
def test_what_a_sixth_and_a_seventh_notice_change(folder, out, tmp_path):
    """A later notice of one body opens the comparison over time; a notice of another bureau adds a row and moves no other count."""
    added = tmp_path / "raw"
    added.mkdir()
    (added / "sixth.txt").write_text(SIXTH, encoding="utf-8")
    (added / "seventh.txt").write_text(SEVENTH, encoding="utf-8")
    build_ledger([RAW, added], tmp_path / "seven")
    seven = compare.compare_all(select(data_dir=tmp_path / "seven"))
    # counts and ratios of the five stay what they were
    for table, keys in (
        ("out_completion", ["notice_id", "definition_code", "x_count", "n_count", "share"]),
        ("out_recurrences", ["recurrence_id", "x_count", "n_count"]),
        ("out_reconciliation", ["check_id", "stated_value", "counted_value", "is_agreeing"]),
    ):
        before = out[table].filter(pl.col("notice_id").is_not_null()).select(keys)
        assert before.join(seven[table].select(keys), on=keys, how="anti", nulls_equal=True).is_empty(), table
    # the sixth: same body, three years later
    returns = seven["out_type_returns"]
    assert out["out_type_returns"].is_empty() and set(returns["to_notice_id"]) == {"anshan-2024"}
    assert {"ideology", "finance", "cadre_management"} <= set(
        returns.filter(pl.col("change_code") == "returned")["type_code"]
    )
    sixth = city(seven["out_completion"], "鞍山").filter(pl.col("year") == 2024)
    assert {r["definition_code"]: (r["x_count"], r["n_count"]) for r in sixth.iter_rows(named=True)} == {
        "stated": (6, 8),
        "itemised": (6, 8),
        "strict": (6, 8),
        "lenient": (6, 8),
    }
    # the seventh: another bureau, results as a total only
    seventh = city(seven["out_completion"], "铜陵").row(
        by_predicate=pl.col("definition_code") == "itemised", named=True
    )
    assert (seventh["x_count"], seventh["basis_code"], seventh["total_count"]) == (None, "none", 5)
    assert seven["out_type_prevalence"].filter(pl.col("definition_code") == "notice")[
        "n_count"
    ].unique().to_list() == [7]
    assert seven["out_type_prevalence"].filter(pl.col("definition_code") == "city")[
        "n_count"
    ].unique().to_list() == [6]
    # equal size follows the smallest notice that says anything about types: ten units or more
    assert (out["out_type_prevalence"]["common_n"][0], seven["out_type_prevalence"]["common_n"][0]) == (
        14,
        14,
    )
    # the two rounds of Anshan: 50 of 60, then 6 of 8
    change = seven["out_round_changes"].row(by_predicate=pl.col("definition_code") == "lenient", named=True)
    assert (change["from_notice_id"], change["to_notice_id"]) == ("anshan-2021", "anshan-2024")
    assert (
        change["difference"] == pytest.approx(6 / 8 - 50 / 60) and change["verdict_code"] == "not_told_apart"
    )
    assert {"ideology", "finance", "cadre_management"} <= set(change["returned_type_codes"])
    assert set(seven["out_trend"]["verdict_code"]) == {"too_few"}
