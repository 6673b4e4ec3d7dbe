"""Marks and totals in unusual dress: aspects ▲, problems ★, labels ●; results whose noun is left out."""

from __future__ import annotations

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document

MARKED = """中共巴州区水务局党组
关于巡察整改情况的通报

按照区委统一部署，2020年5月中旬至7月上旬，区委第四巡察组对区水务局党组开展了巡察，9月9日，区委巡察组反馈了巡察意见。现将整改情况通报如下。
反馈4个方面26条问题，制定整改措施74条，现已完成整改24条，基本完成1条，未完成1条。
▲政治建设方面
★学习贯彻生态文明思想不深入
●整改情况
党组会专题学习4次；开展宣讲12场；建立巡河台账。
●整改结果
已完成整改。
★河湖长制落实有短板
●整改情况
整治问题27个；划定管理范围142公里；对2名河长进行约谈。
●整改结果
正在整改，预计2021年3月底前完成。
▲作风建设方面
★执行财经纪律不严
●整改情况
退缴违规报销费用0.87万元；修订财务制度。
●整改结果
已完成整改。
中共巴州区水务局党组
2020年12月16日
"""


def test_signs_as_headings_and_labels() -> None:
    tables = parse_notice(Document(MARKED)).tables
    rows = [
        (row["statement_text"], row["status_code"], row["measure_count"]) for row in tables["core_problems"]
    ]
    assert rows == [
        ("学习贯彻生态文明思想不深入", "completed", 1),
        ("河湖长制落实有短板", "in_progress", 1),
        ("执行财经纪律不严", "completed", 1),
    ]


def test_results_without_a_noun_count_what_their_sum_equals() -> None:
    claims = {
        (row["claim_code"], row["unit"]): row["value"]
        for row in parse_notice(Document(MARKED)).tables["core_claims"]
    }
    assert claims["measures", "measure"] == 74
    assert (
        claims["completed", "problem"] == 24
        and claims["basically_completed", "problem"] == 1
        and claims["not_completed", "problem"] == 1
    )
    assert ("measures_completed", "measure") not in claims


def test_problems_counted_by_firstly_and_secondly() -> None:
    text = (
        MARKED.split("▲")[0]
        + "\n".join(
            f"{number}是关于{what}的问题。{done}。此项整改{result}。"
            for number, what, done, result in [
                ("一", "理论学习制度执行不严格", "集中学习16次", "已完成"),
                ("二", "行业监管存在薄弱环节", "整改隐患37处", "已完成"),
                ("三", "项目资金使用绩效不高", "盘活存量资金128万元", "正在推进"),
            ]
        )
        + "\n中共巴州区水务局党组\n2020年12月16日\n"
    )
    rows = parse_notice(Document(text)).tables["core_problems"]
    assert [(row["label_text"], row["status_code"], row["measure_count"]) for row in rows] == [
        ("一是", "completed", 1),
        ("二是", "completed", 1),
        ("三是", "in_progress", 1),
    ]
    assert all(text[row["statement_start"] : row["statement_end"]] == row["statement_text"] for row in rows)


def test_unquoted_frames_and_circled_numbers_are_units() -> None:
    done = [
        ("理论学习制度执行不严格", "制定年度学习计划", "完成"),
        ("行业监管存在薄弱环节", "开展专项检查4轮", "完成"),
        ("项目资金使用绩效不高", "盘活存量资金128万元", "中"),
        ("公务接待审批不规范", "清退接待费用2600元", "完成"),
    ]
    for line in ("针对{0}的问题，{1}。（整改{2}）", "{3}{0}。整改情况：{1}。整改状态：整改{2}。"):
        lines = [line.format(*entry, "①②③④"[number]) for number, entry in enumerate(done)]
        text = (
            MARKED.split("▲")[0]
            + "\n".join(["（一）政治建设方面", *lines[:2], "（二）作风建设方面", *lines[2:]])
            + "\n中共巴州区水务局党组\n2020年12月16日\n"
        )
        rows = parse_notice(Document(text)).tables["core_problems"]
        assert [(row["status_code"], row["measure_count"]) for row in rows] == [
            ("completed", 1),
            ("completed", 1),
            ("in_progress", 1),
            ("completed", 1),
        ], line
        assert all(
            entry[0] in row["statement_text"] and entry[1] not in row["statement_text"]
            for entry, row in zip(done, rows, strict=True)
        )
