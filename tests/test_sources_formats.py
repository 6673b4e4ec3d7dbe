"""The same notice in every format people drop in: the ledger must not depend on the format.

The files under ``fixtures/formats`` came out of LibreOffice and Chromium (``make_fixtures.py``).
"""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document
from analysis.sources.archive import SourceFile, iter_sources
from analysis.sources.readers import read_source
from tests.test_sources_hostile import body, docx, paragraph

FORMATS = Path(__file__).parent / "fixtures" / "formats"
NOTICES = [
    "notice_bom_crlf.txt",
    "notice_gb18030.txt",
    "notice_utf16.txt",
    "notice.md",
    "notice_page.html",
    "notice_page_gbk.html",
    "notice_numbered.docx",
    "notice_numbered_libreoffice.pdf",
    "notice_chromium.pdf",
]
LEDGERS = ["ledger.docx", "ledger.xlsx", "ledger_page.html", "ledger_libreoffice.pdf", "ledger_chromium.pdf"]


def document(name: str) -> Document:
    return read_source(next(iter_sources([FORMATS / name])))


def read(data: bytes, name: str) -> Document:
    return read_source(SourceFile(Path(name), name, len(data), {}, data))


def ledger(parsed: Document) -> list[tuple]:
    """What the notice says of each problem, without offsets."""
    tables = parse_notice(parsed).tables
    measures = [row["measure_text"].strip() for row in tables["core_measures"]]
    return [
        (
            row["ordinal"],
            row["unit"],
            "".join(row["statement_text"].split()),
            row["status_code"],
            row["measure_count"],
        )
        for row in tables["core_problems"]
    ] + [len(measures)]


def cells(parsed: Document) -> list[tuple]:
    """(row, col, text) of the first table, line breaks and blanks aside."""
    return [
        (block.row, block.col, "".join(parsed.text[block.start : block.end].replace("<br>", "").split()))
        for block in parsed.blocks
        if block.kind == "cell" and block.table == 0
    ]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", NOTICES)
def test_ledger_is_the_same_in_every_format(name):
    """A city that publishes PDF or DOCX would get other counts than one that publishes text."""
    expected = ledger(document("notice.txt"))
    assert len(expected) == 8 and expected[-1] == 16
    assert ledger(document(name)) == expected


@pytest.mark.parametrize("name", NOTICES)
def test_no_character_of_the_notice_is_lost_or_added(name):
    """A dropped line is a dropped problem; only the page's own furniture may come on top."""
    parsed = document(name)
    kept = "".join(
        squeezed(line)
        for line in parsed.text.replace("#", "").splitlines()
        if not line.startswith("发布时间")
    )
    assert kept == squeezed(document("notice.txt").text)


def test_traditional_big5_text_is_read():
    """Notices from sites in traditional characters would be garbage."""
    parsed = document("notice_big5.txt")
    assert parsed.encoding == "big5hkscs" and "黨組關於" in parsed.text
    assert [row[3:] for row in ledger(parsed)[:-1]] == [
        row[3:] for row in ledger(document("notice.txt"))[:-1]
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_read(encoding):
    """Files saved as Unicode by old editors would be refused as binary."""
    text = document("notice.txt").text
    assert read(text.encode(encoding), "n.txt").text == text


@pytest.mark.parametrize("name", LEDGERS)
def test_cells_of_a_ledger_are_the_same_in_every_format(name):
    """Problems kept in a table would be cut at page ends or mixed across columns."""
    expected = cells(document("ledger.md"))
    assert len(expected) == 32
    assert cells(document(name)) == expected


@pytest.mark.parametrize("name", ["ledger.md", *LEDGERS])
def test_table_rows_become_problems(name):
    """A 台账 would yield no problem at all, or one for each cell."""
    problems = ledger(document(name))[:-1]
    assert [row[3] for row in problems] == [row[3] for row in ledger(document("notice.txt"))[:-1]]
    assert [row[4] for row in problems] == [2, 3, 2, 2, 3, 2, 2]


def test_blocks_are_slices_of_the_text():
    """Every highlighted sentence would be off by some characters."""
    for name in (*NOTICES, *LEDGERS, "ledger.md"):
        parsed = document(name)
        ends = [0]
        for block in parsed.blocks:
            assert ends[-1] <= block.start < block.end <= len(parsed.text)
            text = parsed.text[block.start : block.end]
            assert text == text.strip() and block.kind in ("paragraph", "heading", "cell", "chrome")
            ends.append(block.end)


def test_page_gives_title_and_date_and_leaves_the_site_out():
    """Related links would count as problems, and the publication date would be the signature's."""
    parsed = document("notice_page.html")
    assert parsed.page_metadata == {
        "title": document("notice.txt").text.split("\n")[0],
        "publication_date": datetime.date(2023, 1, 5),
    }
    for furniture in ("首页", "相关阅读", "专题民主生活会", "版权所有", "隐藏文字", "分享到", "var page"):
        assert furniture not in parsed.text
    assert [
        parsed.text[block.start : block.end][:4] for block in parsed.blocks if block.kind == "chrome"
    ] == ["发布时间"]


def test_running_heads_page_numbers_and_print_marks_are_left_out():
    """They would stand in the middle of a sentence at every page seam."""
    for name in ("notice_numbered_libreoffice.pdf", "notice_chromium.pdf"):
        text = document(name).text
        assert "教育局文件" not in text and "file://" not in text and "—" not in text


ARTICLE = "<p>一、关于“学习不深入”的问题。整改情况：一是加强学习。二是建立制度。</p>" * 4


def test_old_pages_laid_out_with_tables_are_read():
    """Sites of the 2010s nest tables: the notice would be taken for cells of a ledger."""
    page = (
        "<html><head><title>巡察整改-某市水务局</title></head><body><table><tr><td colspan=2><a href=/>首页</a></td></tr><tr><td><a>栏目</a></td><td><table>"
        "<tr><td><b>中共某市水务局党组关于巡察整改情况的通报</b></td></tr><tr><td>发布日期：2021年3月5日　浏览次数：33</td></tr><tr><td>"
        + ARTICLE
        + "<table><tr><th>序号</th><th>问题</th></tr><tr><td rowspan=2>1</td><td>甲</td></tr><tr><td>乙</td></tr></table></td></tr></table></td></tr></table></body></html>"
    )
    parsed = read(page.encode("gb18030"), "old.htm")
    assert parsed.page_metadata == {
        "title": "中共某市水务局党组关于巡察整改情况的通报",
        "publication_date": datetime.date(2021, 3, 5),
    }
    assert (
        parsed.text.startswith("中共某市水务局党组")
        and "首页" not in parsed.text
        and parsed.text.count("学习不深入") == 4
    )
    assert cells(parsed) == [(0, 0, "序号"), (0, 1, "问题"), (1, 0, "1"), (1, 1, "甲"), (2, 1, "乙")]


def test_title_broken_in_two_and_signature_below_the_article_are_kept():
    """The issuer and the date would be lost with the signature."""
    page = (
        "<body><div class=t>中共某市水务局党组关于<br>巡察整改情况的通报</div><div class=con>"
        + ARTICLE * 3
        + "</div>"
        "<div>中共某市水务局党组</div><div>2021年3月1日</div><div>上一篇：没有了</div></body>"
    )
    page = "<head><meta name=ArticleTitle content=中共某市水务局党组关于巡察整改情况的通报></head>" + page
    lines = read(page.encode(), "p.html").text.splitlines()
    assert lines[0] == "中共某市水务局党组关于巡察整改情况的通报"
    assert lines[-2:] == ["中共某市水务局党组", "2021年3月1日"]


def test_dates_of_the_notice_itself_are_not_taken_for_page_furniture():
    """公示时间 (comment window) and the signature's date would disappear."""
    page = (
        "<div>"
        + ARTICLE * 3
        + "<p>公示时间：2025年7月21日至8月8日</p><p>联系电话：0000-1</p><p>2025年7月20日</p></div>"
    )
    parsed = read(page.encode(), "p.html")
    assert not [block for block in parsed.blocks if block.kind == "chrome"]


def test_automatic_lists_and_pinyin_of_pages():
    """1. and 2. stand nowhere in the page's text, pinyin stands in the middle of words."""
    page = (
        "<div><p>整改。</p><p><ruby>統<rp>(</rp><rt>tǒng</rt><rp>)</rp></ruby>一部署<span style='display:none'>垃圾</span></p><ol><li>学习不深入</li><li>监督不力</li></ol>"
        "<ol style='list-style-type:cjk-ideographic' start=3><li>丁</li></ol></div>"
    )
    assert read(page.encode(), "p.html").text.splitlines() == [
        "整改。",
        "統一部署",
        "1. 学习不深入",
        "2. 监督不力",
        "三、丁",
    ]


def numbered(text: str, level: int, number: int = 1) -> str:
    return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


NUMBERING = (
    '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0">'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (kind, text) in enumerate(
            [
                ("chineseCounting", "%1、"),
                ("chineseCountingThousand", "（%2）"),
                ("decimal", "%3."),
                ("decimal", "%3.%4"),
                ("decimalEnclosedCircle", "%5"),
                ("bullet", "•"),
            ]
        )
    )
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    + '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>'
)


def test_word_numbers_are_printed_as_word_prints_them():
    """Without its numbers a notice has neither sections nor problems."""
    content = (
        "".join(numbered("甲", level) for level in (0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 1, 2, 0, 1))
        + numbered("甲", 0, 2) * 2
    )
    lines = read(docx(body(content), numbering=NUMBERING), "n.docx").text.splitlines()
    assert lines == [
        "一、甲",
        "（一）甲",
        "（二）甲",
        "1. 甲",
        "2. 甲",
        "2.1 甲",
        "2.2 甲",
        "①甲",
        "②甲",
        "甲",
        "（三）甲",
        "1. 甲",
        "二、甲",
        "（一）甲",
        "五、甲",
        "六、甲",
    ]


def test_tracked_changes_hidden_text_and_fields_read_as_printed():
    """Deleted wording would be quoted as if it had been published."""
    content = (
        "<w:p><w:r><w:t>整改</w:t></w:r><w:ins><w:r><w:t>已</w:t></w:r></w:ins><w:del><w:r><w:delText>未</w:delText></w:r></w:del><w:r><w:t>完成</w:t></w:r>"
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    assert read(docx(body(content)), "t.docx").text == "整改已完成12\n"


def test_merged_and_nested_word_cells():
    """A problem merged over three measures would be repeated, or shift the columns after it."""

    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = [
        cell("序号") + cell("问题") + cell("措施"),
        cell("1", '<w:vMerge w:val="restart"/>')
        + cell("学习不深入", '<w:vMerge w:val="restart"/>')
        + cell("一是"),
        cell("", "<w:vMerge/>") + cell("", "<w:vMerge/>") + cell("二是"),
        cell("合计", '<w:gridSpan w:val="2"/>') + cell("2"),
    ]
    parsed = read(
        docx(body("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>")), "t.docx"
    )
    assert cells(parsed) == [
        (0, 0, "序号"),
        (0, 1, "问题"),
        (0, 2, "措施"),
        (1, 0, "1"),
        (1, 1, "学习不深入"),
        (1, 2, "一是"),
        (2, 2, "二是"),
        (3, 0, "合计"),
        (3, 2, "2"),
    ]


def test_word_document_of_pictures_is_a_scan():
    """Scans pasted into Word would pass as an empty notice."""
    buffer = io.BytesIO(docx(body("<w:p/>")))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("word/media/image1.png", b"x")
    with pytest.raises(Exception, match="OCR"):
        read(buffer.getvalue(), "scan.docx")


def test_tables_in_markdown_keep_the_text_unchanged():
    """Offsets into a Markdown file would point elsewhere in the user's editor."""
    text = "# 通报\n\n| 序号 | 问题 |\n|:---|---|\n| 1 | 甲\\|乙 |\n| 2 | |\n\n正文 | 不是表\n"
    for name in ("t.md", "t.txt"):
        parsed = read(text.encode(), name)
        assert parsed.text == text
        assert cells(parsed) == [(0, 0, "序号"), (0, 1, "问题"), (1, 0, "1"), (1, 1, "甲\\|乙"), (2, 0, "2")]


def test_newlines_and_blanks_of_text_files_are_untouched():
    """Spans are offsets into the file as it is: one translated line end would shift all that follow."""
    text = "　整改\r\n情况\r\n\n已完成\x0b \n"
    assert read(text.encode(), "a.txt").text == text
    assert read(text.encode("utf-8-sig"), "a.txt").text == text


def test_page_saved_as_one_file_by_a_browser():
    """Chrome's own way to save a page would be refused."""
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    message = MIMEMultipart("related")
    message.attach(MIMEText((FORMATS / "notice_page.html").read_text(encoding="utf-8"), "html", "utf-8"))
    assert read(message.as_bytes(), "page.mhtml").text == document("notice_page.html").text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_ledger_exported_as_csv(encoding):
    """Excel saves Chinese CSV in GBK, with line breaks inside cells."""
    import csv

    buffer = io.StringIO(newline="")
    rows: dict[int, list[str]] = {}
    source = document("ledger.docx")
    for block in source.blocks:
        if block.kind == "cell":
            rows.setdefault(block.row, []).append(source.text[block.start : block.end])
    csv.writer(buffer).writerows(rows.values())
    assert cells(read(buffer.getvalue().encode(encoding), "ledger.csv")) == cells(source)


def test_table_pasted_with_tabs_is_a_table_and_indents_are_not():
    """Rows copied from Word would run together; indented lines must stay prose."""
    text = "表\n序号\t问题\t结果\n1\t甲\t已完成\n2\t乙\t未完成\n\n\t\t一、缩进\n\t\t二、缩进\n\t\t三、缩进\n"
    parsed = read(text.encode(), "t.txt")
    assert parsed.text == text
    assert [cell[2] for cell in cells(parsed)] == [
        "序号",
        "问题",
        "结果",
        "1",
        "甲",
        "已完成",
        "2",
        "乙",
        "未完成",
    ]


def test_documents_written_by_python_docx():
    """List styles carry the numbering in the style, not in the paragraph."""
    from docx import Document as WordDocument

    word = WordDocument()
    word.add_heading("关于巡察整改情况的通报", 0)
    word.add_heading("一、基本情况", 1)
    for text in ("甲", "乙"):
        word.add_paragraph(text, style="List Number")
    word.add_paragraph("丙", style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for index, text in enumerate(("序号", "问题", "1", "丁")):
        table.cell(index // 2, index % 2).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    buffer = io.BytesIO()
    word.save(buffer)
    parsed = read(buffer.getvalue(), "w.docx")
    assert parsed.text.splitlines()[:5] == ["关于巡察整改情况的通报", "一、基本情况", "1. 甲", "2. 乙", "丙"]
    assert cells(parsed) == [(0, 0, "序号1"), (0, 1, "问题"), (1, 1, "丁")]
    assert [block.level for block in parsed.blocks if block.kind == "heading"] == [1]


@pytest.mark.parametrize(
    ("number", "kind", "printed"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (11, "chineseCountingThousand", "十一"),
        (20, "taiwaneseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "japaneseCounting", "一百一十"),
        (3, "decimalEnclosedCircle", "③"),
        (21, "decimalEnclosedCircleChinese", "㉑"),
        (12, "ideographDigital", "一二"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (3, "decimalFullWidth", "３"),
        (15, "chineseLegalSimplified", "壹拾伍"),
        (5, "none", ""),
        (8, "someFutureFormat", "8"),
    ],
)
def test_number_formats_of_word(number, kind, printed):
    """十一 printed as 一十一 or 11 would break the numbering the parser follows."""
    from analysis.sources.numbering import format_number

    assert format_number(number, kind) == printed


def test_row_broken_by_a_page_end_stays_one_row():
    """A problem whose row runs over the page would be counted twice, half of it without measures."""
    from analysis.sources.pdf_rows import Table, _complete_row, _is_broken_row

    whole = {0: ["1"], 1: ["甲。"], 2: ["一是。"]}
    number_above = Table([], [dict(whole), {0: ["2"], 1: ["学习"], 2: ["一是修订"]}])
    assert _is_broken_row(number_above, {1: ["不深入。"], 2: ["制度。", "二是检查。"]})
    _complete_row(number_above.rows[-1], {1: ["不深入。"], 2: ["制度。", "二是检查。"]})
    assert number_above.rows[-1] == {0: ["2"], 1: ["学习不深入。"], 2: ["一是修订制度。", "二是检查。"]}
    number_below = Table([], [dict(whole), {1: ["学习"], 2: ["一是"]}])
    assert _is_broken_row(number_below, {0: ["2"], 1: ["不深入。"]})
    assert not _is_broken_row(Table([], [dict(whole)]), {0: ["2"], 1: ["乙。"]})
    merged = Table([], [dict(whole), {2: ["二是。"]}])
    assert not _is_broken_row(merged, {2: ["三是。"]})


def test_links_beside_prose_are_not_content():
    """A side column with a sentence in it would bring the whole menu into the notice."""
    page = (
        "<body><div>"
        + ARTICLE * 2
        + "</div><div><a href=/a>整改工作推进会召开</a><br><a href=/b>1张图看懂</a><p>本局以人民为中心，持续推进各项工作，欢迎社会各界监督并提出宝贵意见建议，谢谢大家。</p></div></body>"
    )
    parsed = read(page.encode(), "p.html")
    assert "整改工作推进会召开" in [
        parsed.text[block.start : block.end] for block in parsed.blocks if block.kind == "chrome"
    ]


def test_look_alike_radicals_of_pdf_fonts_become_characters():
    """⼀是 is not 一是: measures copied out of a PDF would not be counted."""
    from analysis.sources.glyphs import RADICALS

    assert "⼀是⻓期抓好⽴⾏⽴改，⻔户⻛险".translate(RADICALS) == "一是长期抓好立行立改，门户风险"
    assert all(len(usual) == 1 for usual in RADICALS.values())
