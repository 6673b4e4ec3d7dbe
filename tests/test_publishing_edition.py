"""An edition from executed notebooks: what a reader would lose if it broke."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import zipfile
from html import escape
from pathlib import Path
from typing import Any

import docx as reader
import polars as pl
import pypdfium2
import pytest
from docx.oxml.ns import qn

from analysis.ledger.workers import WorkerLost
from analysis.publishing import docx, edition, gates, gates_pdf, html, pdf
from analysis.publishing.document import Document, Figure, Table, assemble, plain, walk
from analysis.publishing.edition import (
    BindOrder,
    Bound,
    ChapterFile,
    PublishError,
    bind,
    publish_notebook,
    scope_of,
)
from analysis.publishing.harvest import read_chapter
from analysis.publishing.widths import LANDSCAPE_MM, PORTRAIT_MM, lay_out
from tests import published as made
from tests import sample_ledger
from tests.published import words_of

PROSE = "巡察反馈的问题逐项对照整改，完成情况以通报原文为准，读数时须看清口径。"


def chapter_file(folder: Path, name: str, *cells: dict[str, Any], **more: Any) -> ChapterFile:
    return ChapterFile(made.save(folder / f"{name}.ipynb", *cells), name, **more)


def document_of(folder: Path, *cells: dict[str, Any], lang: str = "zh", **more: Any) -> Document:
    return assemble(
        [read_chapter(made.save(folder / "one.ipynb", *cells), lang)], title="简报", lang=lang, **more
    )


def frame(rows: int, columns: int) -> dict[str, Any]:
    held = pl.DataFrame(
        {f"第{c}列": [f"{1_000_000 + 97 * r + c}" for r in range(rows)] for c in range(columns)}
    )
    with pl.Config(tbl_rows=-1, tbl_cols=-1):
        return made.code(made.shown("text/html", held._repr_html_()))


def written(
    folder: Path, *chapters: ChapterFile, frames: dict[str, pl.DataFrame] | None = None, **more: Any
) -> Bound:
    order = BindOrder(
        chapters, frames or {}, folder / "out", **{"as_of": "2024-03-31", "title": "简报", **more}
    )
    return bind(order)


SUITE = (
    made.markdown("# 完成情况"),
    made.code(made.shown("text/markdown", "## 四城完成83%–100%\n\n见[50/60](../reports/latest/sources/ceshi-2021.html#p1-m2)。" + PROSE)),
    made.code(made.figure()),
    frame(5, 4),
    made.code(made.shown("text/markdown", "附表"), tags=["hide-output"]),
)  # fmt: skip


def test_every_format_holds_the_same_words(tmp_path):
    """A table, quote or figure that one of the formats leaves out; an annex that fills the printed pages."""
    own = chapter_file(
        tmp_path, "my_own", made.markdown("# 我的一章\n\n> 原话在此\n\n1. 甲\n2. 乙"),
        made.code(made.shown("image/png", made.png())), made.code(made.stream("打印值 42")), is_added=True,
    )  # fmt: skip
    bound = written(
        tmp_path,
        chapter_file(tmp_path, "03_completion", *SUITE, is_core=True),
        own,
        frames=sample_ledger.frames(),
    )
    assert bound.dropped == [] and {"briefing.html", "briefing.pdf", "briefing.docx", "ledger.xlsx", "sources/ceshi-2021.html", "figures/figure-1.svg", "figures/figure-1.csv"} <= set(bound.written)  # fmt: skip
    for kind in ("html", "pdf", "docx"):
        said = words_of(bound.written[f"briefing.{kind}"])
        for text in (
            "完成情况",
            "四城完成83%",
            "50/60",
            "1000097",
            "我的一章",
            "原话在此",
            "打印值",
            "注：各单位自报。",
            "简报",
            "2024",
        ):
            text = gates_pdf.squeeze(text) if kind == "pdf" else text
            assert text in said, (kind, text)
        assert ("附表" in said) == (kind == "html")
    assert 'href="sources/ceshi-2021.html#p1-m2"' in words_of(bound.written["briefing.html"])
    assert "sources/ceshi-2021.html#p1-m2" in words_of(bound.written["briefing.docx"])
    assert b"sources/ceshi-2021.html#p1-m2" in bound.written["briefing.pdf"].read_bytes()
    assert all(re.fullmatch(r"[A-Za-z0-9._/-]{1,100}", name) for name in bound.written)
    csv = bound.written["figures/figure-1.csv"].read_text(encoding="utf-8-sig")
    assert csv.splitlines() == ["城市,占比", "鞍山,0.883", "'=1+1,"]


def test_the_same_order_gives_the_same_bytes(tmp_path):
    """An unchanged Monday that looks changed."""
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        bound = written(
            tmp_path / name,
            chapter_file(tmp_path / name, "03_completion", *SUITE),
            frames=sample_ledger.frames(),
        )
        files.append({key: path.read_bytes() for key, path in bound.written.items()})
    assert files[0].keys() == files[1].keys()
    assert [key for key in files[0] if files[0][key] != files[1][key]] == []


def test_hostile_words_stay_words(tmp_path):
    """A notice that runs a script, opens a file or becomes a formula."""
    text = "# t\n\n" + "\n\n".join(
        h.replace("\x00", "").replace("\x07", "") for h in made.HOSTILE if not h.startswith("#")
    )
    rows = "".join(f"<tr><td>{escape(h)}</td></tr>" for h in made.HOSTILE)
    table = made.code(made.shown("text/html", f"<table><thead><tr><th>x</th></tr></thead>{rows}</table>"))
    drawn = made.code(
        made.figure(
            label=escape(made.HOSTILE[0]), title=made.HOSTILE[7], alt=made.HOSTILE[0], caption=made.HOSTILE[2]
        )
    )
    bound = written(
        tmp_path,
        chapter_file(tmp_path, "n", made.markdown(text), table, drawn),
        front_messages=made.HOSTILE[:3],
    )
    assert bound.dropped == []
    page = words_of(bound.written["briefing.html"])
    assert (
        page.count("<script>") == 1
        and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        and "\u202e" not in page
    )
    drawing = words_of(bound.written["figures/figure-1.svg"])
    assert "〔U+1F9FF〕" in page and "〔U+1F9FF〕" in drawing and "<script>" not in drawing


def test_what_fails_costs_that_and_is_told_on_the_first_page(tmp_path):
    """A briefing that is not published because of one chart; a chapter that vanishes without a word."""
    off_page = made.figure(caption="坏图", extra='<text x="2000" y="20" font-size="10px">画外之字</text>')
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    bound = written(
        tmp_path,
        chapter_file(tmp_path, "03_completion", *SUITE, is_core=True),
        chapter_file(tmp_path, "05_types", made.markdown("# 类型"), made.code(off_page), made.code(made.figure(caption="好图"))),
        chapter_file(tmp_path, "my_broken", made.markdown("# 坏章"), made.code(error), is_added=True),
        chapter_file(tmp_path, "06_alt", made.markdown("# 缺字"), made.code(made.figure(alt="", caption="无声图"))),
        chapter_file(tmp_path, "08", made.code(error), profile_slug="anshan", profile_title="鞍山：概况"),
        front_messages=["一份通报可能误读。"],
    )  # fmt: skip
    reasons = {d.what: d.reason for d in bound.dropped}
    assert set(reasons) == {"类型，图 坏图", "my_broken", "缺字，图 无声图", "鞍山：概况"}
    assert "outside the page" in reasons["类型，图 坏图"] or "not on any page" in reasons["类型，图 坏图"]
    assert "KeyError" in reasons["my_broken"] and "alt" in reasons["缺字，图 无声图"]
    for kind in ("html", "pdf", "docx"):
        said = words_of(bound.written[f"briefing.{kind}"])
        for text in (
            "一份通报可能误读",
            "坏图未收入本期",
            "my_broken未收入本期",
            "无声图未收入本期",
            "概况未收入本期",
            "好图",
        ):
            assert (gates_pdf.squeeze(text) if kind == "pdf" else text) in said, (kind, text)


def test_only_a_core_chapter_stops_an_edition(tmp_path):
    """An edition without its completion figures that passes for whole."""
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    with pytest.raises(PublishError, match="03_completion, cell 1.*KeyError"):
        written(tmp_path, chapter_file(tmp_path, "03_completion", made.code(error), is_core=True))


def test_one_format_failing_costs_no_other(tmp_path, monkeypatch):
    """No PDF because Word's file could not be written."""

    def broken(*args: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(docx, "write_docx", broken)
    bound = written(
        tmp_path, chapter_file(tmp_path, "n", *SUITE, is_core=True), formats=("html", "pdf", "docx")
    )
    assert {"briefing.html", "briefing.pdf"} <= set(bound.written) and "briefing.docx" not in bound.written
    assert [(d.what, d.reason) for d in bound.dropped] == [("DOCX", "docx: disk full")]
    assert "DOCX未收入本期" in words_of(bound.written["briefing.html"])


def test_profiles_stand_beside_the_briefing(tmp_path):
    """A city's page that nobody finds, or one that is bound into the middle of the briefing."""
    bound = written(
        tmp_path, chapter_file(tmp_path, "03", *SUITE), chapter_file(tmp_path, "08", *SUITE, profile_slug="anshan", profile_title="鞍山：概况"),
    )  # fmt: skip
    assert {"profile-anshan.html", "profile-anshan.pdf", "figures/profile-anshan-figure-1.svg"} <= set(
        bound.written
    )
    assert 'href="profile-anshan.html">鞍山：概况<' in words_of(bound.written["briefing.html"])
    assert 'href="briefing.html"' in words_of(bound.written["profile-anshan.html"])
    assert words_of(bound.written["briefing.pdf"]).count("50/60") == 1


@pytest.mark.slow
def test_the_work_of_several_processes_is_the_same_edition(tmp_path, monkeypatch):
    """A page, message or link that depends on who wrote it; or an edition lost with one of its processes."""
    profiles = [
        chapter_file(tmp_path, name, made.markdown("# 概况"), cell, profile_slug=name, profile_title=name.upper())
        for name, cell in (("ceshi", made.code(made.figure())), ("broken", made.code(made.figure(alt=""))))
    ]  # fmt: skip
    chapters = (chapter_file(tmp_path, "03_completion", *SUITE, is_core=True), *profiles)
    monkeypatch.setattr(edition, "_WORTH_WORKERS", 0)
    one = written(tmp_path / "one", *chapters, frames=sample_ledger.frames(), jobs=1)
    two = written(tmp_path / "two", *chapters, frames=sample_ledger.frames(), jobs=2)
    content = {name: path.read_bytes() for name, path in one.written.items()}
    assert {name: path.read_bytes() for name, path in two.written.items()} == content
    assert "profile-ceshi.pdf" in content and one.dropped == two.dropped != []
    assert two.warnings == one.warnings

    def lost(*_: Any) -> None:
        raise WorkerLost("no memory")

    monkeypatch.setattr(edition.Workers, "run", lost)
    three = written(tmp_path / "three", *chapters, frames=sample_ledger.frames(), jobs=2)
    assert {name: path.read_bytes() for name, path in three.written.items()} == content
    assert any("no memory" in warning for warning in three.warnings)


def test_redaction_reaches_every_file(tmp_path):
    """A name that is masked in the briefing and stands in the spreadsheet, a drawing or a figure's data."""
    secrets = ("赵萍", "李建国", "欧阳小明", "5550101", "wlj@example.cn")
    said = made.shown(
        "text/markdown",
        "由局长赵萍任组长、李建国为副组长；联系人：欧阳小明，电话0412-5550101，wlj@example.cn。",
    )
    drawn = made.figure(label="局长赵萍", alt="局长赵萍的图", caption="李建国")
    drawn["metadata"]["zhenggai"]["data"]["rows"] = [["赵萍", 1]]
    table = made.shown("text/html", "<table><tr><th>甲</th></tr><tr><td>欧阳小明</td></tr></table>")
    picture = made.shown("image/png", made.png(), extra={"alt": "截图", "caption": "截图"})
    cells = [made.markdown("# t"), *map(made.code, (said, drawn, table, picture, made.stream("局长赵萍")))]
    bound = written(
        tmp_path,
        chapter_file(tmp_path, "n", *cells),
        frames=sample_ledger.frames(),
        redact=True,
        front_messages=["局长赵萍"],
    )
    assert bound.dropped == [] and "图片无法遮盖姓名" in words_of(bound.written["briefing.html"])
    for name, path in bound.written.items():
        for secret in secrets:
            assert secret not in words_of(path), (name, secret)
    assert "由局长某某任组长" in words_of(bound.written["sources/ceshi-2021.html"])


def test_a_wide_table_turns_or_continues_and_loses_no_cell(tmp_path):
    """Columns lost at the right edge of the page."""
    document = document_of(tmp_path, made.markdown("# t"), frame(4, 40), frame(60, 18))
    short, long = (b for b in document.blocks if isinstance(b, Table))
    is_landscape, parts = lay_out(short)
    assert not is_landscape and len(parts) > 1 and all(p.columns[0] == 0 for p in parts)
    assert all(sum(p.widths) <= PORTRAIT_MM + 0.01 for p in parts)
    assert sorted({c for p in parts for c in p.columns}) == list(range(40))
    is_landscape, parts = lay_out(long)
    assert is_landscape and len(parts) == 1 and sum(parts[0].widths) <= LANDSCAPE_MM + 0.01
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, pdf.write_pdf(document, tmp_path / "t.pdf"))
    gates.check_docx(docx.write_docx(document, tmp_path / "t.docx"))
    opened = pypdfium2.PdfDocument(str(tmp_path / "t.pdf"))
    assert any(w > h for w, h in (page.get_size() for page in opened))


def test_a_cell_longer_than_a_page_and_a_tall_figure_fit(tmp_path):
    """The end of a long cause, or the lower cities of a long chart, cut off at the foot of a page."""
    long = "".join(f"第{i}句，认真整改落实到位。" for i in range(400))
    table = made.code(
        made.shown(
            "text/html", f"<table><tr><th>甲</th><th>乙</th></tr><tr><td>{long}</td><td>短</td></tr></table>"
        )
    )
    document = document_of(tmp_path, made.markdown("# t"), table, made.code(made.figure(height=1400)))
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, pdf.write_pdf(document, tmp_path / "t.pdf"))


def test_no_page_is_half_empty_and_no_table_breaks_off(tmp_path):
    """Nine of thirty-one pages more than half empty; a table whose last row stands alone overleaf."""
    cells = [made.markdown("# t")]
    for number in range(9):
        cells += [
            made.markdown(f"## 发现{number}\n\n" + PROSE * (2 + number % 4)),
            made.code(made.figure(height=330 + 25 * number, label=f"城{number}")),
        ]
        cells += [frame(5 + 7 * number, 4)]
    document = document_of(tmp_path, *cells)
    layout = pdf.write_pdf(document, tmp_path / "t.pdf")
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, layout)
    assert gates_pdf.half_empty(tmp_path / "t.pdf") == []
    assert all(share > 0.5 for share, _ in gates_pdf.fills(tmp_path / "t.pdf")[:-1])
    broken = [pages for pages in layout.rows.values() if pages[0] != pages[-1]]
    assert broken and all(pages[0] == pages[1] and pages[2] == pages[3] for pages in broken)


@pytest.mark.parametrize("rows", [5, 8])
def test_the_last_page_of_a_table_holds_three_rows_and_its_note(tmp_path, rows):
    """A page that opens with a table's head and its note, without a row between them."""
    body = "".join(f"<tr><td>第{i}项</td><td>{'整改落实' * 40}</td></tr>" for i in range(rows))
    table = f"<table><caption>还没有改完的</caption><thead><tr><th>甲</th><th>乙</th></tr></thead><tbody>{body}</tbody></table>"
    noted = made.shown("text/html", table, extra={"notes": ["只列前几行。", "按天数排列。"]})
    seen = set()
    for lines in range(10, 40):
        cells = [made.markdown("# t\n\n" + "\n\n".join(["一行。"] * lines)), made.code(noted)]
        document = document_of(tmp_path, *cells)
        layout = pdf.write_pdf(document, tmp_path / "t.pdf")
        index = next(i for i, block in enumerate(document.blocks) if isinstance(block, Table))
        pages = layout.rows.get(index)
        if pages:
            assert pages[0] == pages[1] and pages[2] == pages[3] == layout.ends[index][0], (lines, pages)
            seen.add(pages[0] != pages[3])
        else:
            assert layout.begins[index][0] == layout.ends[index][0] or rows > 6
    assert rows < 6 or seen == {True, False}


def test_the_half_empty_gate_sees_a_gap(tmp_path):
    """A gate that cannot fail."""
    import typst

    (tmp_path / "x.pdf").write_bytes(
        typst.compile(b'#set page(paper: "a4")\nx\n#pagebreak()\n' + b"y\n\n" * 60 + b"#pagebreak()\nz")
    )
    assert gates_pdf.half_empty(tmp_path / "x.pdf") == [1]


def test_pdf_is_tagged_archival_with_bookmarks_and_cut_heads(tmp_path):
    """A file that no screen reader can read; a running head that runs over the page's edge."""
    long = "很长的章名" * 30
    chapters = [
        read_chapter(
            made.save(tmp_path / f"c{i}.ipynb", made.markdown(f"# {long}{i}\n\n## 发现{i}\n\n" + PROSE * 60))
        )
        for i in range(3)
    ]
    document = assemble(chapters, title="很长的题名" * 25, lang="zh", as_of="2024-03-31")
    layout = pdf.write_pdf(document, tmp_path / "t.pdf")
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, layout)
    content = (tmp_path / "t.pdf").read_bytes()
    assert b"pdfuaid:part" in content and b"pdfaid:part" in content
    titles = [item.get_title() for item in pypdfium2.PdfDocument(str(tmp_path / "t.pdf")).get_toc()]
    assert [t for t in titles if t.startswith("发现")] == ["发现0", "发现1", "发现2"]


def test_docx_opens_with_styles_heads_links_and_alt_texts(tmp_path):
    """A DOCX without a navigation pane, with Chinese in a Latin font, a figure torn from its caption."""
    cells = (*SUITE, made.markdown("> 原话\n\n> [!NOTE]\n> - 一\n> - 二"))
    chapters = [read_chapter(made.save(tmp_path / f"c{i}.ipynb", *cells)) for i in range(3)]
    pages = {"sources/ceshi-2021.html": frozenset({"p1-m2"})}
    document = assemble(chapters, title="简报", pages=pages, front=["须知"])
    file = docx.write_docx(document, tmp_path / "b.docx")
    gates.check_docx(file)
    opened = reader.Document(str(file))
    assert [p.text for p in opened.paragraphs if p.style.name == "Heading 1"] == ["完成情况"] * 3
    assert opened.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    data = [t for t in opened.tables if "PAGEREF" not in t._tbl.xml]
    assert data and all(t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in data)
    assert data[0].cell(1, 0).text == "1000000"
    xml = zipfile.ZipFile(file).read("word/document.xml").decode()
    assert xml.count("<wp:docPr ") == 3 and "点与区间图" in xml
    captions = [i for i, p in enumerate(opened.paragraphs) if p.text.startswith("图 ")]
    for place in captions:
        caption, picture, note = opened.paragraphs[place : place + 3]
        assert caption.style.paragraph_format.keep_with_next and picture.paragraph_format.keep_with_next
        assert "<pic:pic" in picture._p.xml and note.text == "注：各单位自报。"
    # Word refuses a file whose properties stand in another order than the standard's.
    order = "tblStyle tblW tblBorders tblLayout tblCellMar tblLook pStyle keepNext pageBreakBefore pBdr shd spacing ind jc".split()
    for parent in [*opened.element.body.iter(qn("w:tblPr")), *opened.element.body.iter(qn("w:pPr"))]:
        places = [order.index(tag) for child in parent if (tag := child.tag.split("}")[1]) in order]
        assert places == sorted(places), [child.tag for child in parent]


def test_docx_contents_show_the_pages_of_the_pdf_and_ask_for_new_ones(tmp_path):
    """Contents without page numbers until somebody presses F9, or with numbers that lead nowhere."""
    chapters = [
        read_chapter(
            made.save(tmp_path / f"c{i}.ipynb", made.markdown(f"# 第{i}章\n\n" + "字。\n\n" * 30 * i))
        )
        for i in range(4)
    ]
    document = assemble(chapters, title="简报")
    pages = pdf.chapter_pages(document, pdf.write_pdf(document, tmp_path / "b.pdf"))
    assert len(pages) == 4 and len(set(pages.values())) > 1
    opened = reader.Document(str(docx.write_docx(document, tmp_path / "b.docx", pages)))
    [contents] = opened.tables
    entries = [re.sub(r"\s+", " ", "".join(t.text for t in cell._tc.iter(qn("w:t"), qn("w:tab")) if t.text)) for column in zip(*[row.cells for row in contents.rows], strict=True) for cell in column]  # fmt: skip
    assert entries == [f"第{i}章{page}" for i, page in enumerate(pages.values())]
    named = {mark.get(qn("w:name")) for mark in opened.element.body.iter(qn("w:bookmarkStart"))}
    asked = re.findall(r"PAGEREF (b\d+)", contents._tbl.xml)
    assert len(asked) == 4 and set(asked) <= named and contents._tbl.xml.count('w:dirty="true"') == 4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_html_says_its_language_and_folds_its_annex(tmp_path, lang):
    """A page that a screen reader reads in the wrong language; Chinese words unmarked in an English page."""
    document = document_of(tmp_path, *SUITE, lang=lang, front=["x"])
    page = words_of(html.write_html(document, tmp_path / "b.html"))
    gates.check_html(tmp_path / "b.html")
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in page and '<details class="fold">' in page
    assert ('<span lang="zh-CN">' in page) == (lang == "en")
    assert "default-src &#39;none&#39;" in page and "unsafe-inline" not in page


@pytest.mark.browser
def test_a_browser_sorts_tables_and_nothing_leaves_a_phone(tmp_path):
    """Tables that cannot be sorted because the page's policy forbids its own script; a page wider than a phone, or one that the keyboard cannot scroll."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium on this machine; the page was checked by its gates only")
    html.write_html(document_of(tmp_path, *SUITE, frame(6, 18)), tmp_path / "b.html")
    frame_page = tmp_path / "phone.html"
    frame_page.write_text(
        '<iframe id="f" src="b.html" width="390" height="800"></iframe><p id="out"></p><script>document.getElementById("f").onload = e => { const d = e.target.contentDocument;'
        'document.getElementById("out").textContent = "wide=" + d.documentElement.scrollWidth + " buttons=" + d.querySelectorAll("th button").length'
        '+ " stuck=" + [...d.querySelectorAll(".scroll")].filter(x => x.scrollWidth > x.clientWidth && x.tabIndex < 0).length; }</script>',
        encoding="utf-8",
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=4000", "--dump-dom"]  # fmt: skip
    done = subprocess.run(
        [browser, *options, frame_page.as_uri()], capture_output=True, text=True, timeout=120, check=False
    )
    found = re.search(r"wide=(\d+) buttons=(\d+) stuck=(\d+)", done.stdout)
    assert found, done.stderr[-500:]
    assert int(found.group(1)) <= 390 and int(found.group(2)) == 4 + 18
    assert int(found.group(3)) == 0, "a wide figure that the keyboard cannot scroll"


def test_a_quiet_week_is_published(tmp_path):
    """A week without a single disagreement that stops the briefing."""
    empty = made.shown("text/html", "<table><thead><tr><th>甲</th></tr></thead><tbody></tbody></table>")
    bound = written(
        tmp_path,
        chapter_file(
            tmp_path,
            "n",
            made.markdown("# t"),
            made.code(empty),
            made.code(made.shown("text/html", "<table></table>")),
        ),
    )
    assert bound.dropped == [] and "空表" in words_of(bound.written["briefing.html"])


def test_one_notebook_on_its_own(tmp_path):
    """`zhenggai run` of one notebook that cannot be handed on."""
    bound = publish_notebook(made.save(tmp_path / "03_completion.ipynb", *SUITE), tmp_path / "o")
    assert set(bound.written) == {"03_completion.html", "03_completion.pdf"}


def test_figures_of_one_document_have_addresses_of_their_own(tmp_path):
    """Two charts behind one link, or a file name too long for the disk."""
    named = made.figure()
    named["metadata"]["zhenggai"]["name"] = "profile/" + "x" * 300
    document = document_of(tmp_path, made.markdown("# t"), made.code(named), made.code(made.figure(label="乙")), made.code(named | {"data": {"image/svg+xml": made.drawing("丙")}}))  # fmt: skip
    anchors = [b.anchor for b in walk(document.blocks) if isinstance(b, Figure)]
    assert (
        len(set(anchors)) == 3
        and all(len(a.encode()) <= 60 for a in anchors)
        and plain(document.blocks[0].spans) == "t"
    )


def test_words_longer_than_a_line_stay_on_the_page(tmp_path):
    """A web address that runs off the paper, and with it a whole chapter."""
    address = "https://example.org/" + "a" * 300
    rows = "".join(f"<tr><td>{n}</td></tr>" for n in range(3))
    table = f"<table><tr><th>n</th></tr>{rows}<tfoot><tr><td>{PROSE * 12}</td></tr></tfoot></table>"
    text = f"# t\n\n## {address}\n\n{address}\n\n- {address}\n\n> {address}\n\n{'ж' * 300}"
    cells = (
        made.markdown(text),
        made.code(made.stream("x" * 400 + "\t|")),
        made.code(made.shown("text/html", table)),
    )
    document = document_of(tmp_path, *cells, front=[address], scope=address)
    layout = pdf.write_pdf(document, tmp_path / "t.pdf")
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, layout)
    assert len(pypdfium2.PdfDocument(str(tmp_path / "t.pdf"))) < 3, (
        "notes under a narrow table take the page's width"
    )


def test_marks_without_a_picture_of_their_own_stop_no_pdf(tmp_path):
    """A briefing that Typst refuses because of a zero-width space or a heading of invisible signs."""
    text = "# t\n\n## \u202e\n\na\u200bb\u2060c\u00ad\ufe0f\n\n\u200b\n\nשלום 𬭎 عربي"
    document = document_of(tmp_path, made.markdown(text), made.code(made.stream("\t\u200b")))
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, pdf.write_pdf(document, tmp_path / "t.pdf"))


def test_the_title_names_each_notice_once():
    """Eight notices of two bodies of a city, of which the title says the city and the year twice over."""
    rows = [
        ("a-2", "衡阳文旅局 2019", "Hengyang 文旅局 2019"),
        ("a-1", "衡阳教育局 2019", "Hengyang 教育局 2019"),
    ]
    notices = pl.DataFrame(rows, schema=["notice_id", "label_zh", "label_en"], orient="row")
    assert scope_of({"out_notices": notices}, "zh") == "2 份通报：衡阳文旅局 2019、衡阳教育局 2019"
    many = pl.concat([notices] * 5)
    assert scope_of({"out_notices": many}, "en") == "10 notices" and scope_of({}, "zh") == ""


def test_the_first_page_says_how_many_messages_it_leaves_out(tmp_path):
    """A first page that is nothing but messages, or a list that was cut without saying so."""
    bound = written(
        tmp_path, chapter_file(tmp_path, "n", *SUITE), front_messages=[f"消息{n}。" for n in range(40)]
    )
    said = words_of(bound.written["briefing.html"])
    assert "消息8。" in said and "消息9。" not in said and "另有 31 条" in said


MARKDOWN = (
    "# ¦## ¦- ¦1. ¦> ¦> [!NOTE]\n> ¦| a | b |\n|--|--|\n| ¦```\n¦`¦**¦[x](¦](#a)¦](http://x.y/z)¦\n¦\n\n¦    ¦~~¦![p](¦<b>¦<!-- ¦-->¦<br>¦"
    "鞍山¦问题¦，¦。¦12%¦https://example.org/"
    + "a" * 200
    + "¦\t¦\\¦$x$¦\u200b¦\u202e¦\U0001f9ff¦𬭎¦اللغة¦---\n¦0.9¦*****¦- [ ] "
).split("¦")
MARKUP = (
    "<table>¦</table>¦<tr>¦<td>¦<td colspan=3>¦<td rowspan=2>¦</td>¦<th>¦<thead>¦</thead>¦<tfoot>¦<ul>¦<li>¦</ul>¦<p>¦<h1>¦</h1>¦<div>¦"
    "<a href='#x'>¦</a>¦<script>x</script>¦<img src=x alt=y>¦<svg><text>q</text></svg>¦<b>¦</b>¦<pre>¦</pre>¦<caption>¦<br>¦<blockquote>¦"
    "<td colspan=99999>¦<tr><td>1<td>2<td>3¦<details><summary>s</summary>d</details>¦鞍山¦很长的话很长的话很长的话¦0.9¦<input>¦\u202e"
).split("¦")


@pytest.mark.parametrize("seed", range(12))
def test_no_notebook_stops_the_press(tmp_path, seed):
    """A stray mark in somebody's notebook that ends in a traceback instead of a page."""
    chance = random.Random(seed)

    def scrap(pieces: list[str]) -> str:
        return "".join(chance.choice(pieces) for _ in range(chance.randint(1, 40)))

    texts = [scrap(MARKDOWN) for _ in range(3)]
    cells = [made.markdown(text) for text in texts]
    cells += [made.code(made.shown("text/html", scrap(MARKUP))) for _ in range(2)]
    cells += [
        made.code(made.shown("text/plain", scrap(MARKDOWN)), made.figure(caption=texts[0], alt=texts[1]))
    ]
    bound = written(
        tmp_path, chapter_file(tmp_path, "n", *cells, is_core=True), formats=("html", "pdf", "docx"), title=texts[2], front_messages=texts, lang=chance.choice(["zh", "en"]),
    )  # fmt: skip
    assert bound.dropped == [] and {"briefing.html", "briefing.pdf", "briefing.docx"} <= set(bound.written)


def test_the_numbers_of_a_first_page_stand_as_tiles(tmp_path):
    """Six numbers set as a small table numbered 1, the first thing a reader overlooks."""
    table = "| 自报完成 | 对不上 | 还没改完 |\n|--|--|--|\n| 83%–100% | 5（共27） | 12项 |"
    document = document_of(tmp_path, made.markdown(f"# t\n\n{table}"), frame(3, 3))
    tiles, plain_table = (b for b in document.blocks if isinstance(b, Table))
    assert tiles.number == "" and plain_table.number == "1"
    assert '<figure class="tiles"' in words_of(html.write_html(document, tmp_path / "b.html"))
    gates.check_html(tmp_path / "b.html")
    gates_pdf.check_pdf(tmp_path / "t.pdf", document, pdf.write_pdf(document, tmp_path / "t.pdf"))
    assert "表1" in words_of(tmp_path / "t.pdf") and "表0" not in words_of(tmp_path / "t.pdf")
    assert "表 0" not in words_of(docx.write_docx(document, tmp_path / "t.docx"))
