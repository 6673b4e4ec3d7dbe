"""What a user loses when these fail: a notice in a layout that no rule knows is lost whole, or in silence."""

from __future__ import annotations

from analysis.parsing.layout.second_reader import agreement
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document
from analysis.parsing.statements.pieces import cut

HEAD = (
    "中共某县粮食局党组关于巡察整改情况的通报\n2022年3月1日至4月30日，县委第一巡察组对县粮食局党组开展了常规巡察，"
    "6月2日反馈了6个问题。\n\n"
)
FINDINGS = (
    "理论学习不够深入，全年仅组织学习3次，学用脱节。",
    "项目管理不规范，有4个项目先施工后招标。",
    "仓储管理混乱，两座仓房账实不符，保管员长期缺位。",
    "惠农政策落实打折扣，3个收购点压级压价，群众意见大。",
    "财务报销审核不严，17张票据没有经办人签字。",
    "支部换届不及时，2个支部超期两年没有换届。",
)
DONE = ("已补学两次，印发学习计划。", "对负责人诫勉谈话，招标程序重新公示。", "盘点仓房，补配保管员两名。")


def problems(body: str) -> list[dict]:
    return parse_notice(Document(HEAD + body)).tables["core_problems"]


def test_a_layout_without_any_known_number_or_label_is_read():
    heads = "甲乙丙丁戊己"
    body = "".join(
        f"{head}题（按期交卷）：{finding}\n答：{DONE[index % 3]}\n\n"
        for index, (head, finding) in enumerate(zip(heads, FINDINGS))
    )
    found = [row["statement_text"].rstrip("。") for row in problems(body)]
    assert found == [finding.rstrip("。") for finding in FINDINGS]


def test_an_ordinary_notice_is_left_to_the_rules_and_both_readers_agree():
    body = "".join(f"{n}.{finding}\n整改情况：{DONE[n % 3]}\n" for n, finding in enumerate(FINDINGS, 1))
    tables = parse_notice(Document(HEAD + body)).tables
    notice = tables["core_notices"][0]
    assert notice["reading_code"] == "A" and "readers_differ" not in notice["reading_doubt_codes"]
    assert len(tables["core_problems"]) == 6


def test_pieces_hold_every_sentence_and_what_stands_in_an_opening_frame():
    text = "1.针对“甲乙不分，丙丁不明”问题。已办。\n整改:戊一事已了。"
    pieces = cut(text)
    words = [text[start:end] for start, end in zip(pieces.start, pieces.end)]
    assert words == ["1.针对“", "甲乙不分，丙丁不明”", "问题。", "已办。", "整改:", "戊一事已了。"]


def test_agreement_counts_statements_found_by_both():
    assert agreement([(0, 10), (20, 30)], [(1, 9), (21, 31)]) == 1.0
    assert agreement([(0, 10), (20, 30)], [(0, 10)]) == 0.667
    assert agreement([], [(0, 10)]) == 0.0
