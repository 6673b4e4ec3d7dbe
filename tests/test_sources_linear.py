"""A file made to be slow costs no more time than its length: nobody waits an hour for one page."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document
from analysis.sources.archive import SourceFile
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers import read_source

# CPU seconds for some hundred kilobytes; what grew with the square of the length took 8 to 60.
LIMIT = 4.0

NOTICE = """{head}中共鞍山市交通局党组关于巡察整改进展情况的通报
根据市委统一部署，2021年3月1日至4月30日，市委第一巡察组对市交通局党组进行了巡察。2021年6月1日，巡察组反馈了意见。现将整改进展情况予以公布。
一、关于党的领导方面
1.关于学习贯彻不够深入的问题
整改情况：一是召开党组会议3次。二是制定《学习制度》。{inside}已完成整改。
2.关于落实责任不到位的问题
整改情况：一是约谈干部5人次。二是修订制度2项。已完成整改。
3.关于资金管理不规范的问题
整改情况：清退资金3.5万元。已完成整改。
{tail}中共鞍山市交通局党组
2021年12月1日
"""


def notice(head: str = "", inside: str = "", tail: str = "") -> str:
    return NOTICE.format(head=head, inside=inside, tail=tail)


TEXTS = {
    "digits in a measure": notice(inside="1" * 300_000),
    "digits on a line": notice(tail="1" * 300_000 + "\n"),
    "thousands without end": notice(inside="1" + ",111" * 60_000),
    "feedback as a first line": notice(head="反馈" * 15_000 + "\n"),
    "dates as a first line": notice(head="2021年3月" * 14_000 + "\n"),
    "sanctions in a row": notice(inside="诫勉谈话3人次、" * 15_000),
    "totals in a row": notice(head="反馈的9个问题,已完成1个,完成率9%，" * 6_000 + "\n"),
    "broken digits": notice(inside="1 0 " * 60_000 + "月。"),
    "months in a row": notice(inside="3月" * 64_000),
    "opening marks of titles": notice(inside="《" * 1_000_000),
    "numerals as a first line": notice(head="百" * 100_000 + "\n"),
    "item marks in a row": notice(inside="1、" * 50_000),
    "bookmarks that never close": notice(inside="[bookmark:" * 20_000),
    "bookmarks above the text": notice(head="[bookmark:" * 20_000 + "\n"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_long_text_is_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    parsed = parse_notice(Document(text=text))
    assert time.process_time() - started < LIMIT
    assert len(parsed.tables["core_problems"]) >= 3


@pytest.mark.parametrize("number", ["²", "9" * 310, "9" * 5_000, "1" + "0" * 400 + "万", "③²①"])
@pytest.mark.parametrize("unit", ["项制度", "年", "日", "月", "万元", "%", "人次"])
def test_a_number_that_is_none_costs_only_itself(number: str, unit: str) -> None:
    parsed = parse_notice(Document(text=notice(inside=f"完成{number}{unit}，其中{number}{unit}。")))
    assert len(parsed.tables["core_problems"]) == 3
    assert all(abs(row["value"]) < 1e15 for row in parsed.tables["core_figures"])


@pytest.mark.parametrize("label", ["²", "9" * 310 + ".", "²、", "9" * 5_000 + "、", "第" + "9" * 400 + "项"])
def test_a_label_that_is_no_number_costs_only_itself(label: str) -> None:
    text = notice(tail=f"{label}关于作风不实的问题\n整改情况：已完成整改。\n")
    assert len(parse_notice(Document(text=text)).tables["core_problems"]) >= 3


def _sheet(far: str) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row, line in enumerate(notice().split("\n"), start=1):
        book.active.cell(row, 1, line)
    book.active[far] = "x"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


BODY = "".join(f"<p>{line}</p>" for line in notice().split("\n"))
MANY = " ".join(f"a{number}=1" for number in range(80_000))
FILES = {
    "attributes.html": f"<div {MANY}>{BODY}</div>".encode(),
    "tags.html": b"<p" * 150_000,
    "open-tables.md": notice(tail="<table>" * 40_000).encode(),
    "open-table-tags.md": notice(tail="<table " * 40_000).encode(),
    "open-rows.md": notice(tail="<table>" + "<tr " * 70_000 + "</table>").encode(),
    "open-cells.md": notice(tail="<table><tr>" + "<td " * 70_000 + "</table>").encode(),
    "far.xlsx": _sheet("XFD1048576"),
    "deep.xlsx": _sheet("A1048576"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_made_to_be_slow_is_read_in_linear_time(name: str) -> None:
    data = FILES[name]
    started = time.process_time()
    try:
        document = read_source(SourceFile(Path(name), name, len(data), {}, data))
    except UnreadableSource:
        assert name == "tags.html"
    else:
        assert name == "tags.html" or "3.关于资金管理不规范的问题" in document.text
    assert time.process_time() - started < LIMIT
