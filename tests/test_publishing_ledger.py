"""Source pages, the ledger as spreadsheet and files, and masking."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser

import pytest

from analysis.publishing import files, gates, redact, source_pages, workbook
from analysis.publishing.source_pages import Mark, anchor_of, render_marks
from tests import sample_ledger


@pytest.fixture(scope="module")
def frames() -> dict:
    return sample_ledger.frames()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.depth, self.spans = "", 0, {}

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "span"
        self.open = getattr(self, "open", [])
        if tag == "span":
            self.open.append((dict(attrs).get("id"), len(self.text)))

    def handle_endtag(self, tag):
        if tag == "span":
            name, start = self.open.pop()
            if name:
                self.spans[name] = (start, len(self.text))

    def handle_data(self, data):
        self.text += data


def test_source_pages_of_a_large_edition_embed_no_fonts(frames, tmp_path, monkeypatch):
    """A thousand notices with three hundred kilobytes of glyphs each, which nobody can send."""
    (small,) = source_pages.write_source_pages(frames, tmp_path / "few")
    monkeypatch.setattr(source_pages, "MOST_EMBEDDED", 0)
    (page,) = source_pages.write_source_pages(frames, tmp_path / "many")
    assert "@font-face" not in page.read_text(encoding="utf-8") and page.stat().st_size < 60_000
    gates.check_html(page, has_fonts=source_pages.embeds_fonts(frames))
    with pytest.raises(gates.GateFailure, match="system fonts"):
        gates.check_html(small, has_fonts=False)
    with pytest.raises(gates.GateFailure, match="without an embedded glyph"):
        gates.check_html(page)


def test_source_page_keeps_the_text_and_marks_every_span(frames, tmp_path):
    """A link that lands on the wrong sentence, or a source text that is not the source's."""
    (page,) = source_pages.write_source_pages(frames, tmp_path)
    gates.check_html(page)
    body = re.search(r'<div class="text">(.*)</div></main>', page.read_text(encoding="utf-8"), re.S).group(1)
    read = _Text()
    read.feed(body)
    raw = page.read_text(encoding="utf-8")
    assert read.text == sample_ledger.TEXT.replace("\u202e", "").replace("\u202c", "")
    assert "\u202e" not in raw and 'data-n="U+202E"' in raw, (
        "what turns the reading direction is named, not obeyed"
    )
    words = {name: read.text[a:b] for name, (a, b) in read.spans.items()}
    assert (
        words["p1-m2"] == "2021年3月5日召开专题会议，退回资金12.5万元。"
        and words["p1-e1"] == "2021年3月5日"
        and words["t2"] == "已完成整改2个"
    )
    assert (
        words["d-feedback_date"] == "2021年2月23日反馈意见"
        and words["p2-s"] == "正在推进"
        and words["p1-d1"] == "学习制度"
        and words["a2"] == "聚焦作风"
    )
    assert words["p3"].startswith("3．关于") and words["p3"].endswith("长期坚持。\n")
    assert 'id="d-city_code"' in page.read_text(encoding="utf-8"), "an inferred field is addressable too"


def test_crossing_marks_stay_well_formed():
    """A page whose colours run on to its end."""
    made = render_marks(
        "0123456789",
        [
            Mark(0, 6, "problem", "a"),
            Mark(4, 9, "measure", "b"),
            Mark(4, 6, "date", "c"),
            Mark(8, 99, "total", "d"),
        ],
    )
    assert made.count("<span") == made.count("</span>") and re.sub(r"<[^>]+>", "", made) == "0123456789"
    assert made.count('id="b"') == 1 and made.count('class="measure"') == 2


@pytest.mark.parametrize(
    ("identifier", "anchor"),
    [
        ("a-2021/12", "p12"),
        ("a-2021/4.2#m2", "p4.2-m2"),
        ("a-2021#t3", "t3"),
        ('a-2021/1"><x', ""),
        ("b-2021/1", ""),
    ],
)
def test_anchors_from_ids(identifier, anchor):
    """#p4.2-m2 that does not exist on the page."""
    assert anchor_of(identifier, "a-2021") == anchor


def test_a_notice_id_never_becomes_a_path(frames, tmp_path):
    """A file written outside the folder."""
    import polars as pl

    bad = {**frames, "core_notices": frames["core_notices"].with_columns(notice_id=pl.lit("../x"))}
    with pytest.raises(ValueError, match="cannot be a file name"):
        source_pages.write_source_pages(bad, tmp_path / "s")
    assert list(tmp_path.rglob("*.html")) == []


def test_workbook_has_a_sheet_per_table_and_no_formula(frames, tmp_path):
    """A 台账 that runs a notice's words, loses a table, or cannot be filtered."""
    from openpyxl import load_workbook

    file = workbook.write_ledger(frames, tmp_path / "l.xlsx", as_of="2021-06-30")
    gates.check_xlsx(file)
    book = load_workbook(file)
    assert book.sheetnames[:3] == ["说明", "台账", "数据字典"] and set(book.sheetnames[3:]) == set(frames)
    sheet = book["台账"]
    assert (
        [c.value for c in sheet[1]][:3] == ["编号", "城市", "年份"]
        and sheet.freeze_panes == "B2"
        and sheet.auto_filter.ref.startswith("A1:")
    )
    row = [c.value for c in sheet[3]]
    assert (
        row[0] == "ceshi-2021/2"
        and row[7].startswith('=HYPERLINK("http')
        and sheet["H3"].data_type == "s"
        and row[13] == 2
        and "（1）赵萍同志" in row[14]
    )
    assert book["core_events"]["D3"].value.isoformat().startswith("2021-03-05") or any(
        c.is_date for c in book["core_events"][3]
    )
    heads = {(r[0], r[1]): r[7] for r in book["数据字典"].iter_rows(min_row=2, values_only=True)}
    assert heads[("core_problems", "status_code")] and ("codes_statuses", "label_zh") in heads
    said = {c.value: c.comment.text for c in sheet[1]}
    assert said["整改状态（自报）"] == "被巡察单位自报" and all(said.values())
    notes = {c.column_letter: c.comment.text for c in book["core_problems"][1]}
    assert notes["A"].startswith("问题：每行一个问题或子项。") and len(notes) == frames["core_problems"].width
    assert (
        workbook.write_ledger(frames, tmp_path / "m.xlsx", as_of="2021-06-30").read_bytes()
        == file.read_bytes()
    )


def test_texts_longer_than_a_cell_are_cut_and_say_so(tmp_path):
    """A spreadsheet that Excel repairs by throwing the sheet away."""
    import polars as pl
    from openpyxl import load_workbook

    file = workbook.write_ledger(
        {"core_x": pl.DataFrame({"text": ["整" * 40000, "𬭎" * 20000]})}, tmp_path / "l.xlsx"
    )
    cells = [load_workbook(file)["core_x"].cell(r, 1).value for r in (3, 4)]
    assert all(
        len(c.encode("utf-16-le")) // 2 <= 32767 and c.endswith("（过长，已截断；全文见数据文件）")
        for c in cells
    )


def test_sheet_names_fit_and_differ():
    """Two tables in one sheet."""
    made = workbook.sheet_names(["out_" + "x" * 40, "out_" + "x" * 41, "A/B", "a:b"])
    assert len({n.lower() for n in made.values()}) == 4 and all(len(n) <= 31 for n in made.values())


def test_csv_cannot_be_run_and_reads_back(frames, tmp_path):
    """A formula that a spreadsheet runs, or a text that CSV changed for good."""
    folder = files.write_csv_folder(frames, tmp_path / "csv")
    for path in folder.glob("*.csv"):
        gates.check_csv(path)
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with open(folder / "core_problems.csv", encoding="utf-8-sig", newline="") as handle:
        read = [row["statement_text"] for row in csv.DictReader(handle)]
    assert read[1].startswith("'=HYPERLINK")
    values = ["=1", "-x", "＝1", "'a", "a", "\t=1", "@x"]
    assert all(
        files.csv_value(v).removeprefix("'") == v
        if files.csv_value(v).startswith("'")
        else files.csv_value(v) == v
        for v in values
    )
    assert files.csv_value(-3) == -3 and files.csv_value(53779000000.0) == "53779000000"


def test_duckdb_and_json_hold_every_row_and_the_dictionary(frames, tmp_path):
    """A table that got lost between tools."""
    import duckdb

    file = files.write_duckdb(frames, tmp_path / "l.duckdb")
    with duckdb.connect(str(file), read_only=True) as connection:
        for name, frame in frames.items():
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] == frame.height
        assert (
            connection.execute(
                "SELECT comment FROM duckdb_columns() WHERE table_name='core_problems' AND column_name='status_code'"
            )
            .fetchone()[0]
            .startswith("整改状态：被巡察单位自报")
        )
        tables = dict(connection.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        assert all(tables[name] for name in frames) and "One problem" in tables["core_problems"]
    content = json.loads(files.write_json(frames, tmp_path / "l.json").read_text(encoding="utf-8"))
    assert {k: len(v) for k, v in content["tables"].items()} == {
        k: f.height for k, f in frames.items()
    } and content["data_dictionary"][0]["table"]


def test_export_of_a_folder_without_a_ledger_says_what_to_do(tmp_path):
    """An empty file where a ledger was expected."""
    from analysis.ledger.store import MissingTables

    with pytest.raises(MissingTables, match="zhenggai parse"):
        workbook.export_ledger(tmp_path, tmp_path / "x.xlsx", "xlsx")
    with pytest.raises(ValueError, match="csv, xlsx, duckdb, json"):
        workbook.export_ledger(tmp_path, tmp_path / "x", "ods")


def test_names_are_found_by_what_stands_around_them():
    """A person's name in print, or ordinary words blotted out."""
    text = "局长赵萍表示满意，联系人：欧阳小明；组长：张三 副组长：李四、王建国；瞿海书记批示，对王凯局长汇报，胡星等同志任免。书记高度重视，局长办公会，党组成员负责，以习近平同志为核心，王某受到处分。"
    assert redact.find_names(text) == ["张三", "李四", "欧阳小明", "王凯", "王建国", "瞿海", "胡星", "赵萍"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话0412-5550101，", "电话××××-×××××××，"),
        ("手机：138 1234 5678。", "手机：××× ×××× ××××。"),
        ("电话：12345", "电话：×××××"),
        ("邮箱 a.b-c@ex.com.cn。", "邮箱 ×××-×××××××××××。"),
        ("身份证210300198001011234", "身份证××××××××××××××××××"),
        ("（０４１２）５５５０１０１", "（××××）×××××××"),
        ("资金13800000000元，〔2021〕11号，2021-06-01，537.79亿元", None),
    ],
)
def test_numbers_of_people_are_masked_and_other_numbers_stay(text, masked):
    """A telephone number in print, or an amount of money blotted out."""
    made = redact.Masker()(text)
    assert made == (masked or text) and len(made) == len(text)
