"""The gates themselves: each must stop what it is there to stop."""

from __future__ import annotations

import base64
import copy
import re
import zipfile

import pytest

from analysis.publishing import drawings, fonts, gates, gates_pdf, html, pdf
from analysis.publishing.document import Document, Span, Table, assemble
from analysis.publishing.harvest import read_chapter
from tests import published as made

NOTHING = Document("", [])


@pytest.fixture(scope="module")
def document(tmp_path_factory) -> Document:
    table = "| 城市 | 比例 |\n|--|--:|\n| 鞍山 | 88.3% |"
    cells = (
        made.markdown("# 完成情况\n\n**" + "甲乙丙" + "**"),
        made.markdown(table),
        made.code(made.figure()),
    )
    chapter = read_chapter(made.save(tmp_path_factory.mktemp("n") / "completion.ipynb", *cells))
    return assemble([chapter], title="比较简报")


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("</main>", '<img src="https://example.org/x.png" alt="x"></main>', "request for"),
        ("</main>", "<script>alert(1)</script></main>", "policy does not name"),
        ("</main>", '<a href="javascript:alert(1)">x</a></main>', "javascript"),
        ("</main>", '<a href="ftp://example.org/">x</a></main>', "link to"),
        ("</main>", '<a href="../../etc/passwd">x</a></main>', "link to"),
        ("</main>", '<p onclick="x()">x</p></main>', "onclick"),
        ("</main>", '<p style="color:red">x</p></main>', "style"),
        ("</main>", '<link rel="stylesheet" href="x.css"></main>', "link"),
        ("</main>", "<iframe></iframe></main>", "iframe"),
        ("</main>", '<p id="completion">x</p></main>', "given twice"),
        ("</main>", '<a href="#nowhere">x</a></main>', "not on the page"),
        ("</main>", "<p>龘</p></main>", "U+9F98"),
        ('role="img" aria-label="点与区间图', 'aria-label="点与区间图', "without alt text"),
        ("*{box-sizing", '@import "https://example.org/x.css";*{box-sizing', "outside the page"),
        ("default-src &#39;none&#39;", "default-src *", "no content policy"),
        ("</main>", '<meta http-equiv="refresh" content="0;url=https://example.org"></main>', "refresh"),
    ],
)
def test_html_gate_stops(document, tmp_path, old, new, finding):
    """A request, a script, a dead link, a figure nobody can hear, a box for a character."""
    page = html.write_html(document, tmp_path / "b.html")
    gates.check_html(page)
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(gates.GateFailure, match=finding.replace("+", r"\+")):
        gates.check_html(page)


def test_pdf_gate_stops_a_cell_that_is_not_on_any_page(document, tmp_path):
    """Numbers that never reached the paper; the finding says which table."""
    file = tmp_path / "b.pdf"
    layout = pdf.write_pdf(document, file)
    gates_pdf.check_pdf(file, document, layout)
    changed = copy.deepcopy(document)
    table = next(b for b in changed.blocks if isinstance(b, Table))
    table.rows[0][1].spans = [Span("88.4%")]
    with pytest.raises(gates.GateFailure, match="88.4%") as failure:
        gates_pdf.check_pdf(file, changed, layout)
    assert [finding.anchor for finding in failure.value.findings] == [table.anchor]


def test_pdf_gate_stops_overlap_and_text_off_the_page(tmp_path):
    """Labels printed over each other, and a label outside the paper."""
    for body, finding in (
        (
            "#place(top + left, [互相重叠的文字])#place(top + left, dx: 3pt, [覆盖在上面的话])",
            "over each other",
        ),
        ("#place(top + right, dx: 60pt, [跑出页面的文字])", "outside the page"),
    ):
        import typst

        source = (
            b'#set page(width: 200pt, height: 100pt, margin: 10pt)\n#set text(font: "Noto Sans SC", size: 12pt)\n'
            + body.encode()
        )
        file = tmp_path / "x.pdf"
        file.write_bytes(
            typst.compile(
                source,
                font_paths=typst.Fonts(include_system_fonts=False, font_paths=fonts.typst_folders("x")),
            )
        )
        with pytest.raises(gates.GateFailure, match=finding):
            gates_pdf.check_pdf(file, NOTHING, pdf.Layout())


def test_pdf_gate_stops_a_link_out_of_the_file(tmp_path):
    """A notice's words turned into a link that a reader clicks."""
    import typst

    file = tmp_path / "x.pdf"
    file.write_bytes(typst.compile(b'#link("file:///etc/passwd")[x]'))
    with pytest.raises(gates.GateFailure, match="a link to 'file"):
        gates_pdf.check_pdf(file, NOTHING, pdf.Layout())


def test_docx_and_xlsx_gates_stop_formulas_and_relations(tmp_path):
    """A spreadsheet that runs something when it is opened."""
    for name, part, content, check, finding in (
        ("a.xlsx", "xl/worksheets/sheet1.xml", "<c><f>1+1</f></c>", gates.check_xlsx, "formula"),
        (
            "b.xlsx",
            "xl/worksheets/_rels/sheet1.xml.rels",
            '<Relationship TargetMode="External"/>',
            gates.check_xlsx,
            "outside link",
        ),
        (
            "a.docx",
            "word/document.xml",
            "<w:instrText>INCLUDETEXT x</w:instrText>",
            gates.check_docx,
            "INCLUDETEXT",
        ),
        ("b.docx", "word/document.xml", '<wp:docPr id="1" name="x"/>', gates.check_docx, "alt text"),
        (
            "c.docx",
            "word/_rels/document.xml.rels",
            '<Relationship TargetMode="External"/>',
            gates.check_docx,
            "outside the file",
        ),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(part, content)
        with pytest.raises(gates.GateFailure, match=finding):
            check(tmp_path / name)


def test_csv_gate_stops_a_formula_and_lets_numbers_pass(tmp_path):
    """A negative number refused, or a formula let through."""
    file = tmp_path / "x.csv"
    file.write_text("a,b\n-3.5,1\n", encoding="utf-8-sig")
    gates.check_csv(file)
    file.write_text("a,b\n-cmd|x,1\n", encoding="utf-8-sig")
    with pytest.raises(gates.GateFailure, match="row 2"):
        gates.check_csv(file)


def test_missing_glyph_is_an_error_with_its_name():
    """An empty box where a person's name stood: Typst leaves it out without a word."""
    with pytest.raises(fonts.MissingGlyph, match=r"U\+1F9FF"):
        fonts.typst_folders("x\U0001f9ff")
    assert fonts.printable("𬭎將✔\U0001f9ff") == "𬭎將✔〔U+1F9FF〕"
    assert fonts.printable("a\u202eb\x00c\ud800d") == "abcd"


def test_embedded_subset_draws_what_it_was_made_for():
    """Chinese that falls back to whatever the reader's system has."""
    face = fonts.css_faces("鞍山𬭎✔", "鞍")
    import base64
    import re

    points = [fonts.points_of(base64.b64decode(f)) for f in re.findall(r"base64,([^)]+)\)", face)]
    assert (
        len(points) == 4
        and {ord("鞍"), ord("山")} <= points[0]
        and ord("鞍") in points[1]
        and ord("𬭎") in points[2]
        and ord("✔") in points[3]
    )
    assert ord("山") not in points[1]


def test_a_drawing_that_is_none_is_refused():
    """An entity bomb, or half a file, taken for a figure."""
    with pytest.raises(drawings.UnsafeFigure, match="entities"):
        drawings.sanitise('<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>', "f")
    with pytest.raises(drawings.UnsafeFigure, match="not readable"):
        drawings.sanitise("<svg", "f")
    assert drawings.texts(drawings.sanitise(made.drawing(), "f")) == ["鞍山", "益阳 [S]", "声明完成比例"]


def test_html_gate_sees_the_bold_weight_and_the_navigation(document, tmp_path):
    """况 in bold was an empty box: the navigation was built after the subset."""
    page = html.write_html(document, tmp_path / "b.html", related=[("profile-a.html", "概况")])
    gates.check_html(page)
    faces = re.findall(r"font-weight:(\d+)[^}]*?base64,([^)]+)\)", page.read_text(encoding="utf-8"))
    for weight in ("400", "700"):
        points = fonts.points_of(base64.b64decode(next(data for w, data in faces if w == weight)))
        assert {ord(c) for c in "概况甲乙丙完成情况鞍山"} <= points


def test_pdf_gate_lets_slanted_labels_pass(tmp_path):
    """A heat map's slanted heads that stop a whole briefing although nothing is printed over anything."""
    import typst

    labels = "".join(
        f"#place(top + left, dx: {20 + 9 * i}pt, dy: 30pt, rotate(-55deg, [鞍山二〇二一]))" for i in range(6)
    )
    file = tmp_path / "x.pdf"
    file.write_bytes(
        typst.compile(
            b'#set page(width: 200pt, height: 100pt, margin: 10pt)\n#set text(font: "Noto Sans SC", size: 7pt)\n'
            + labels.encode(),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=fonts.typst_folders("x")),
        )
    )
    gates_pdf.check_pdf(file, NOTHING, pdf.Layout())
