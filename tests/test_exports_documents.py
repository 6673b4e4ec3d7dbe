"""Briefings as HTML, PDF and DOCX: what a reader would lose if they broke."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from analysis.reporting import docx, gates, html, pdf, render
from analysis.reporting.render_document import BlockError, assemble, chinese_number, target_label
from tests import sample_blocks as sample

NAMES = {"anshan-2021": {"label": "鞍山 2021", "title": "通报"}}


@pytest.fixture(scope="module")
def document() -> dict:
    return assemble(
        [sample.completion(), sample.problems()],
        "zh",
        names=NAMES,
        title="巡察整改比较简报",
        subtitle="五份通报",
    )


def test_headings_are_numbered_and_never_skip_a_level(document):
    """A contents list with wrong numbers, or a PDF that Typst refuses because a level is missing."""
    heads = [(b["level"], b["number"]) for b in document["body"] if b["kind"] == "heading"]
    assert heads == [(1, "一、"), (2, "（一）"), (2, "（二）"), (1, "二、"), (2, "（一）")]
    assert [chinese_number(n) for n in (1, 10, 12, 20, 21)] == ["一", "十", "十二", "二十", "二十一"]


def test_a_heading_that_brings_its_number_keeps_it():
    """「一、一、总体情况」 in the contents."""
    blocks = [
        {
            "kind": "meta",
            "title": "t",
            "notebook": "n",
            "data_as_of": "2024-01-01",
            "lang": "zh",
            "parameters": {},
        },
        {"kind": "heading", "level": 1, "text": "一、总体情况", "anchor": "a"},
    ]
    assert [b["number"] for b in assemble([blocks])["body"]] == [""]


def test_a_notebook_without_a_first_level_heading_opens_with_its_title():
    """Sections of ten notebooks running into each other without a title."""
    blocks = [
        {
            "kind": "meta",
            "title": "完成情况",
            "notebook": "n",
            "data_as_of": "2024-01-01",
            "lang": "zh",
            "parameters": {},
        },
        {"kind": "heading", "level": 2, "text": "比例", "anchor": "a"},
        {"kind": "heading", "level": 3, "text": "区间", "anchor": "a"},
    ]
    assert [(b["level"], b["text"], b["anchor"]) for b in assemble([blocks])["body"]] == [
        (1, "完成情况", "n"),
        (2, "比例", "a"),
        (3, "区间", "a-2"),
    ]


def test_sources_are_numbered_once_and_hostile_ones_become_no_link():
    """A number that leads to another notice's sentence, or a link that a notice's words made."""
    runs = [
        {"text": "a", "source": {"notice_id": "anshan-2021", "target": "p12"}},
        {"text": "b", "source": {"notice_id": "anshan-2021", "target": "p12"}},
        {"text": "c", "source": {"notice_id": "../../etc/passwd", "target": None}},
        {"text": "d", "source": {"notice_id": "javascript:alert(1)", "target": "x"}},
        {"text": "e", "source": {"notice_id": "anshan-2021", "target": '"><script>'}},
    ]
    made = assemble([[{"kind": "paragraph", "runs": runs}]], "zh", names=NAMES)
    body = [b for b in made["body"] if b["kind"] == "paragraph"][0]["runs"]
    assert [(r["n"], r["href"]) for r in body] == [(1, "sources/anshan-2021.html#p12")] * 2 + [
        (0, "")
    ] * 2 + [(2, "sources/anshan-2021.html#top")]
    assert (made["sources"][0]["notice"], made["sources"][0]["place"]) == ("鞍山 2021", "第12题")


@pytest.mark.parametrize(
    ("target", "zh", "en"),
    [
        ("p12", "第12题", "problem 12"),
        ("p4.2-m2", "第4.2题措施2", "problem 4.2, measure 2"),
        ("t3", "声明总数3", "stated total 3"),
        ("d-feedback_date", "元数据：反馈日期", "metadata: feedback date"),
        (None, "全文", "whole notice"),
    ],
)
def test_places_are_said_in_words(target, zh, en):
    """A note that says p4.2-m2 to a reader who has only paper."""
    assert (target_label(target, "zh"), target_label(target, "en")) == (zh, en)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "figure", "id": "x", "svg": sample.svg(), "alt": " ", "caption": "c"},
        {"kind": "poem"},
        {"kind": "heading", "level": 1},
        {
            "kind": "table",
            "id": "t",
            "caption": "c",
            "columns": [{"key": "a", "label": "a"}],
            "rows": [[{"text": "1"}, {"text": "2"}]],
        },
        {"kind": "table", "id": "t", "caption": "c", "columns": [], "rows": []},
    ],
)
def test_a_block_that_cannot_be_published_names_its_place(broken):
    """A briefing that silently lacks a figure's alt text or a column."""
    with pytest.raises(BlockError, match="03_x, block 1"):
        assemble([[{"kind": "meta", "notebook": "03_x", "title": "t"}, broken]])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_html_passes_its_gates_and_holds_every_word(document, tmp_path, lang):
    """A page that loads something from outside, runs a notice's script, or shows boxes for characters."""
    made = (
        document
        if lang == "zh"
        else assemble([sample.completion("en"), sample.problems()], "en", names=NAMES)
    )
    page = html.write_briefing(
        made, tmp_path / "briefing.html", data_links={"completion-dots": "figures/completion-dots.csv"}
    )
    gates.check_html(page)
    text = page.read_text(encoding="utf-8")
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.count("<script>") == 1 and "onload" not in re.sub(r'aria-label="[^"]*"', "", text)
    assert "foreignObject" not in text and "evil.example/x.png" not in text and "evil.example/z" not in text
    if lang == "en":
        assert '<span lang="zh-CN">鞍山市文旅广电局</span>' in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pdf_is_tagged_archival_and_shows_every_cell(document, tmp_path, lang):
    """A clipped column, a character left out, an untagged file."""
    made = (
        document
        if lang == "zh"
        else assemble([sample.completion("en"), sample.problems()], "en", names=NAMES)
    )
    file = pdf.write_briefing(made, tmp_path / "briefing.pdf")
    gates.check_pdf(file, made)
    content = file.read_bytes()
    assert b"pdfuaid:part" in content and b"pdfaid:part" in content
    import pypdfium2

    opened = pypdfium2.PdfDocument(str(file))
    sizes = [opened[i].get_size() for i in range(len(opened))]
    assert any(w > h for w, h in sizes) and sizes[0][0] < sizes[0][1], (
        "the 18-column table turns to landscape, the cover does not"
    )
    titles = [item.get_title() for item in opened.get_toc()]
    assert [t for t in titles if "完成" in t or "Completion" in t] and titles[-1] in (
        "来源索引",
        "Index of sources",
    )
    opened.close()


def test_a_table_wider_than_any_page_continues_in_parts(tmp_path):
    """Columns lost at the right edge of the page."""
    columns = [{"key": str(i), "label": f"第{i}列", "kind": "int", "align": "right"} for i in range(60)]
    rows = [[{"text": f"{1000000 + 100 * i + j}"} for j in range(60)] for i in range(3)]
    made = assemble([[{"kind": "table", "id": "t", "caption": "六十列", "columns": columns, "rows": rows}]])
    landscape, parts = pdf.lay_out_table([b for b in made["body"] if b["kind"] == "table"][0], "（续{0}）")
    assert (
        landscape
        and len(parts) > 1
        and all(sum(p["widths"]) <= pdf.LANDSCAPE_MM + 0.01 and p["labels"][0] == "第0列" for p in parts)
    )
    assert sorted({label for p in parts for label in p["labels"]}, key=lambda s: int(s[1:-1])) == [
        c["label"] for c in columns
    ]
    gates.check_pdf(pdf.write_briefing(made, tmp_path / "t.pdf"), made)


def test_a_cell_longer_than_a_page_is_not_clipped(tmp_path):
    """The end of a long cause, cut off at the foot of a page."""
    long = "".join(f"第{i}句，认真整改落实到位。" for i in range(400))
    made = assemble(
        [
            [
                {
                    "kind": "table",
                    "id": "t",
                    "caption": "长",
                    "columns": [{"key": "a", "label": "甲"}, {"key": "b", "label": "乙"}],
                    "rows": [[{"text": long}, {"text": "短"}]],
                }
            ]
        ]
    )
    gates.check_pdf(pdf.write_briefing(made, tmp_path / "t.pdf"), made)


def test_a_figure_taller_than_the_page_is_made_to_fit(tmp_path):
    """The lower cities of a long chart, printed under the page's foot."""
    tall = (
        sample.svg()
        .replace('viewBox="0 0 453.6 180"', 'viewBox="0 0 453.6 1400"')
        .replace('x="260" y="160"', 'x="260" y="1390"')
    )
    made = assemble(
        [
            [
                {
                    "kind": "figure",
                    "id": "f",
                    "caption": "长图",
                    "alt": "长图",
                    "svg": tall,
                    "width_mm": 170,
                    "notes": ["一", "二"],
                    "source_line": "来源",
                }
            ]
        ]
    )
    gates.check_pdf(pdf.write_briefing(made, tmp_path / "t.pdf"), made)
    assert [b for g in pdf.orient(made) for b in g["blocks"] if b["kind"] == "figure"][0]["width_mm"] < 80


def test_empty_tables_lists_and_paragraphs_are_published(tmp_path):
    """A quiet week without a single disagreement that stops the briefing."""
    made = assemble(
        [
            [
                {
                    "kind": "table",
                    "id": "t",
                    "caption": "空",
                    "columns": [{"key": "a", "label": "甲"}],
                    "rows": [],
                },
                {"kind": "paragraph", "runs": []},
                {"kind": "list", "items": []},
                {"kind": "callout", "tone": "note", "title": "", "items": []},
            ]
        ]
    )
    gates.check_html(html.write_briefing(made, tmp_path / "e.html"))
    gates.check_pdf(pdf.write_briefing(made, tmp_path / "e.pdf"), made)
    gates.check_docx(docx.write_briefing(made, tmp_path / "e.docx"))


@pytest.mark.browser
def test_a_browser_runs_the_page_under_its_own_policy(document, tmp_path):
    """Tables that cannot be sorted because the page's policy forbids its own script; a page wider than a phone."""
    import shutil
    import subprocess

    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium on this machine; the page was checked by its gates only")
    html.write_briefing(document, tmp_path / "b.html")
    frame = tmp_path / "phone.html"
    frame.write_text(
        '<iframe id="f" src="b.html" width="390" height="800"></iframe><p id="out"></p><script>document.getElementById("f").onload = e => { const d = e.target.contentDocument;'
        'document.getElementById("out").textContent = "wide=" + d.documentElement.scrollWidth + " buttons=" + d.querySelectorAll("th button").length; }</script>',
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--allow-file-access-from-files",
            "--virtual-time-budget=4000",
            "--dump-dom",
            frame.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = re.search(r"wide=(\d+) buttons=(\d+)", done.stdout)
    assert found, done.stderr[-500:]
    assert int(found.group(1)) <= 390 and int(found.group(2)) == 6 + 6 + 18


def test_docx_opens_with_styles_heads_and_alt_texts(document, tmp_path):
    """A DOCX without a navigation pane, with Chinese in a Latin font, or with a picture nobody can hear."""
    import base64
    import copy

    import docx as reader
    from docx.oxml.ns import qn

    png = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    made = copy.deepcopy(document)
    for block in made["body"]:
        if block["kind"] == "figure":
            block["png"] = png
    file = docx.write_briefing(made, tmp_path / "b.docx")
    gates.check_docx(file)
    opened = reader.Document(str(file))
    assert [p.text for p in opened.paragraphs if p.style.name == "Heading 1"] == [
        "一、整改完成情况",
        "二、问题清单",
        "来源索引",
    ]
    assert opened.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert len(opened.tables) == 3 and all(
        t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in opened.tables
    )
    assert opened.tables[1].cell(4, 2).text == "<script>alert(1)</script>"
    xml = zipfile.ZipFile(file).read("word/document.xml").decode()
    assert xml.count("<wp:docPr ") == 2 and "点与区间图" in xml and "TOC \\o" in xml
    assert {s.orientation for s in opened.sections} == {0, 1}
    # Word refuses a file whose properties stand in another order than the standard's.
    order = (
        "tblStyle",
        "tblW",
        "tblBorders",
        "tblLayout",
        "tblCellMar",
        "tblLook",
        "pStyle",
        "keepNext",
        "pageBreakBefore",
        "pBdr",
        "shd",
        "spacing",
        "ind",
        "jc",
    )
    for parent in [*opened.element.body.iter(qn("w:tblPr")), *opened.element.body.iter(qn("w:pPr"))]:
        places = [
            order.index(child.tag.split("}")[1]) for child in parent if child.tag.split("}")[1] in order
        ]
        assert places == sorted(places), [child.tag for child in parent]


def test_the_same_blocks_give_the_same_bytes(document, tmp_path):
    """An unchanged Monday that looks changed."""
    for write, name in (
        (html.write_briefing, "b.html"),
        (pdf.write_briefing, "b.pdf"),
        (docx.write_briefing, "b.docx"),
    ):
        one, two = (
            write(document, tmp_path / f"1{name}").read_bytes(),
            write(document, tmp_path / f"2{name}").read_bytes(),
        )
        assert one == two, name


def test_notebook_errors_and_unexecuted_notebooks_are_refused(tmp_path):
    """Half a briefing published as a whole one."""
    empty = sample.write_notebook([], tmp_path / "a.ipynb")
    with pytest.raises(BlockError, match="execute it first"):
        render.read_blocks(empty)
    (tmp_path / "b.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(BlockError, match="b.ipynb"):
        render.read_blocks(tmp_path / "b.ipynb")


def test_one_export_failing_costs_no_other(tmp_path, monkeypatch):
    """No PDF because Word's file could not be written."""
    notebook = sample.write_notebook(sample.completion(), tmp_path / "10_briefing.ipynb")

    def fail(suite, out):
        raise RuntimeError("broken")

    monkeypatch.setitem(render._WRITERS, "docx", fail)
    with pytest.raises(render.ExportError, match="docx: broken"):
        render.export([notebook], {}, tmp_path / "out", {"docx", "pdf", "html"}, "zh", False)
    assert {p.name for p in (tmp_path / "out").iterdir() if p.is_file()} == {"briefing.html", "briefing.pdf"}


def test_single_notebook_export(tmp_path):
    """`zhenggai run` of one notebook that cannot be handed on."""
    notebook = sample.write_notebook(sample.completion(), tmp_path / "03_completion.ipynb")
    assert set(render.export_notebook(notebook, Path(tmp_path / "o"))) == {
        "03_completion.html",
        "03_completion.pdf",
    }
