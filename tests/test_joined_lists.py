"""What a user loses when these fail: measures and results told in another list than the problems."""

from __future__ import annotations

import pytest

from analysis.parsing.layout.measures import split_measures
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document
from analysis.sources.readers_markdown import read_markdown

HEAD = (
    "某县粮食局党组关于巡察整改情况的通报\n\n2022年3月1日至4月30日，县委第一巡察组对县粮食局党组开展了常规巡察，"
    "6月2日反馈了{count}个问题。\n\n"
)
FINDINGS = (
    "理论学习不够深入，全年仅组织学习3次",
    "项目管理不规范，有4个项目先施工后招标",
    "仓储管理混乱，两座仓房账实不符",
    "财务报销审核不严，17张票据没有经办人签字",
)
DONE = (
    "一是补学两次；二是印发学习计划。",
    "一是诫勉谈话1人；二是重新公示招标程序。",
    "盘点仓房，补配保管员两名。",
    "一是补签票据；二是修订报销办法；三是开展培训。",
)


@pytest.mark.parametrize("reference", ["针对第{n}个问题。", "对应问题{n}：", "{n}号："])
def test_a_second_list_tells_the_measures_of_the_first(reference: str):
    text = HEAD.format(count=4) + "一、反馈的问题\n"
    text += "".join(f"{n}.{finding}。\n" for n, finding in enumerate(FINDINGS, 1))
    text += "\n二、采取的措施\n"
    text += "".join(reference.format(n=n) + done + "\n" for n, done in enumerate(DONE, 1))
    problems = parse_notice(Document(text)).tables["core_problems"]
    assert [row["statement_text"].rstrip("。") for row in problems] == list(FINDINGS)
    assert [row["measure_count"] for row in problems] == [2, 2, 1, 3]


def test_rows_of_a_second_table_are_joined_by_their_number():
    text = HEAD.format(count=4) + "| 编号 | 问题 |\n| :-: | :-- |\n"
    text += "".join(f"| B-{n} | {finding} |\n" for n, finding in enumerate(FINDINGS, 1))
    text += "\n| 编号 | 整改措施 | 整改结果 |\n| :-: | :-- | :-: |\n"
    text += "".join(f"| B-{n} | {DONE[n - 1]} | 已完成 |\n" for n in (3, 1, 4, 2))
    problems = parse_notice(read_markdown(text.encode(), "notice.md")).tables["core_problems"]
    assert [row["statement_text"] for row in problems] == list(FINDINGS)
    assert [row["measure_count"] for row in problems] == [2, 2, 1, 3]
    assert {row["status_code"] for row in problems} == {"completed"}


def test_prose_beside_a_table_is_read_where_the_total_counts_it():
    text = HEAD.format(count=6) + "## 一、已办的问题\n\n"
    text += "".join(f"{n}.{finding}。整改情况：{DONE[n - 1]}\n\n" for n, finding in enumerate(FINDINGS, 1))
    text += "## 二、列表的问题\n\n| 存在问题 | 整改措施 | 整改结果 |\n| -- | -- | -- |\n"
    text += "| 支部换届不及时，超期两年 | 换届3个支部 | 已完成 |\n| 公车管理不严，油卡混用 | 一车一卡 | 正在推进 |\n"
    problems = parse_notice(read_markdown(text.encode(), "notice.md")).tables["core_problems"]
    assert len(problems) == 6 and [row["measure_count"] for row in problems] == [2, 2, 1, 3, 1, 1]


@pytest.mark.parametrize(
    ("block", "count"),
    [
        ("A.3万元已收回;B.修订办法1项。", 2),
        ("1.72.4万元由两家协会返还;<br>2.停止拨款。", 2),
        ("报社党委一是恢复值班;二是出台办法;三是引入系统。差错下降。", 3),
        ("A.收回资金3万元;B.修订办法1项;C.谈话2人。", 3),
        ("a)收回资金3万元;\nb)修订办法1项。", 2),
        ("1/联合街道排查,补种47剂次;2/开设接种点4个。", 2),
        ("甲、收回资金3万元;乙、修订办法1项。", 2),
        ("◎收回资金3万元\n◎修订办法1项", 2),
        ("收回资金3万元;\n修订办法1项;\n谈话2人。", 3),
        ("为此,我们一是收回资金3万元;二是修订办法1项。", 2),
        ("与A、B两家公司重新签订合同,A、B两座仓房均已封存。", 1),
        ("召开会议1次。制定方案1份。", 1),
    ],
)
def test_measures_are_counted_by_their_marks_whatever_the_sign(block: str, count: int):
    assert len(split_measures(block, 0, len(block))) == count


def test_a_second_list_under_the_same_numbers_tells_what_was_done():
    text = HEAD.format(count=4)
    for part, lines in (
        ("一、反馈的问题", [f"{finding}。" for finding in FINDINGS]),
        ("二、整改落实情况", DONE),
    ):
        text += f"{part}\n（一）业务\n1.{lines[0]}\n2.{lines[1]}\n（二）作风\n3.{lines[2]}\n4.{lines[3]}\n\n"
    problems = parse_notice(Document(text)).tables["core_problems"]
    assert [row["statement_text"].rstrip("。") for row in problems] == list(FINDINGS)
    assert [row["measure_count"] for row in problems] == [2, 2, 1, 3]


def test_the_body_s_own_check_is_no_part_of_the_finding():
    text = HEAD.format(count=4) + "一、业务管理方面\n"
    for n, finding in enumerate(FINDINGS, 1):
        text += f"（{'一二三四'[n - 1]}）{finding}\n经查，涉及{n + 1}个股室，存在台账缺失。整改中，补齐台账{n}本。\n"
    problems = parse_notice(Document(text)).tables["core_problems"]
    assert [row["statement_text"] for row in problems] == list(FINDINGS)
    assert [row["measure_count"] for row in problems] == [1, 1, 1, 1]


@pytest.mark.parametrize("sign", "●■◆")
def test_a_sign_again_in_one_line_begins_another_measure(sign: str):
    text = f"{sign}公布申报指南；{sign}举办宣讲会两场，三百余家企业参加。"
    assert len(split_measures(text.replace("；", ";"), 0, len(text))) == 2
