"""From an executed notebook to a chapter: nothing that is displayed disappears without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import great_tables as gt
import pandas as pd
import polars as pl
import pytest

from analysis.publishing.document import (
    BulletList,
    Code,
    Figure,
    Folded,
    Heading,
    Paragraph,
    Quote,
    Table,
    assemble,
    plain,
    span_lists,
    texts,
    walk,
)
from analysis.publishing.harvest import ChapterError, read_chapter
from analysis.publishing.markup import looks_numeric
from analysis.tables.house import Column, house_table
from tests import published as made


def chapter(tmp_path: Path, *cells: dict[str, Any], lang: str = "zh"):
    return read_chapter(made.save(tmp_path / "my_notes.ipynb", *cells), lang)


def words(blocks: Any) -> list[str]:
    return [text for block in walk(blocks) for text in texts(block) if text]


def table_of(tmp_path: Path, html: str) -> Table:
    blocks = chapter(tmp_path, made.code(made.shown("text/html", html))).blocks
    assert [type(b) for b in blocks] == [Table]
    return blocks[0]


def grid(table: Table) -> list[list[str]]:
    return [[plain(cell.spans) for cell in row] for row in (*table.head, *table.rows)]


def test_what_has_nothing_to_show_is_left_to_its_sentence(tmp_path):
    """表2: 无, and a figure that says that there is no figure."""
    nothing = house_table(pl.DataFrame({"a": []}), [Column("甲", "a")], caption="空表").as_raw_html()
    read = chapter(
        tmp_path,
        made.markdown("# t\n\n没有总数可以核对。"),
        made.code(made.shown("text/html", nothing)),
        made.code(made.figure(), tags=["hide-output"]),
        made.code(made.shown("image/svg+xml", "<svg/>", extra={"is_empty": True})),
        made.code(made.shown("text/html", nothing), tags=["hide-output"]),
    )
    assert [type(block).__name__ for block in read.blocks] == ["Paragraph", "Folded"]


def test_markdown_of_cells_and_outputs_is_bound_with_html_escaped(tmp_path):
    """Headings, lists, quotes or tables of a notebook that are missing from the briefing, or a script that is in it."""
    text = "## 结论 **粗**\n\n见[50/60](../reports/latest/sources/a-2021.html#p1)。<script>x</script>。\n甲\n乙\n\n1. 一\n   - 二\n\n> 原话\n\n> [!WARNING]\n> 小心\n\n| 甲 | 乙 |\n|--|--:|\n| a<br>b | 1 |\n\n```\ncode\n```\n<!-- 不显示 -->"
    got = chapter(tmp_path, made.markdown("# 题目"), made.code(made.shown("text/markdown", text)))
    assert got.title == "题目" and got.warnings == []
    kinds = [type(b) for b in got.blocks]
    assert kinds == [Heading, Paragraph, BulletList, Quote, Quote, Table, Code]
    first = got.blocks[1]
    assert plain(first.spans) == "见50/60。<script>x</script>。甲乙"
    assert [s.href for s in first.spans if s.href] == ["../reports/latest/sources/a-2021.html#p1"]
    assert [b.tone for b in got.blocks if isinstance(b, Quote)] == ["", "warning"]
    assert grid(got.blocks[5]) == [["甲", "乙"], ["a\nb", "1"]] and got.blocks[5].aligns == ["left", "right"]
    assert "不显示" not in "".join(words(got.blocks))


def test_a_polars_frame_loses_its_row_of_types_and_says_what_is_cut(tmp_path):
    """ "str" and "i64" under every head, quotes around every name, ten rows that pass for all."""
    frame = pl.DataFrame({"城市": ["鞍山"] * 30, "n": range(30), **{f"c{i}": [0.5] * 30 for i in range(9)}})
    table = table_of(tmp_path, frame._repr_html_())
    assert grid(table)[0][:2] == ["城市", "n"] and grid(table)[1][:2] == ["鞍山", "0"]
    assert table.aligns[:2] == ["left", "right"]
    assert "10 行，共 30 行" in plain(table.notes[0])
    assert plain(table_of(tmp_path, frame.head(3).select("n")._repr_html_()).caption) == ""
    assert table_of(tmp_path, frame.head(3).select("n")._repr_html_()).notes == []


def test_a_pandas_frame_keeps_an_index_that_says_something(tmp_path):
    """Group names lost with the index, or a counter 0, 1, 2 printed before every row."""
    frame = pd.DataFrame({"城市": ["鞍山", "益阳"] * 50, "n": range(100)})
    table = table_of(tmp_path, frame._repr_html_())
    assert grid(table)[0] == ["城市", "n"] and "10 行，共 100 行" in plain(table.notes[0])
    grouped = table_of(tmp_path, frame.groupby("城市").sum()._repr_html_())
    assert ["鞍山", "2450"] in grid(grouped) and ["城市", ""] in grid(grouped)
    assert grid(table_of(tmp_path, frame.iloc[[3, 7]]._repr_html_()))[1][0] == "3"
    styled = table_of(tmp_path, frame.head(2).style.set_caption("样式").to_html())
    assert plain(styled.caption) == "样式" and grid(styled) == [["城市", "n"], ["鞍山", "0"], ["益阳", "1"]]


def test_a_great_table_keeps_title_groups_spanners_and_notes(tmp_path):
    """A table of the suite without its caption, its notes or the links to the source."""
    frame = pl.DataFrame({"城市": ["鞍山", "益阳"], "组": ["北", "南"], "n": [1, 2], "占比": [0.5, 0.25]})
    made_table = (
        gt.GT(frame, rowname_col="城市", groupname_col="组")
        .tab_header("题", "副")
        .tab_spanner("跨列", ["n", "占比"])
        .tab_source_note(gt.md("注[原文](../reports/latest/sources/a-2021.html#p1)"))
        .fmt_percent("占比", decimals=1)
    )
    table = table_of(tmp_path, made_table._repr_html_())
    assert plain(table.caption) == "题\n副" and plain(table.notes[0]) == "注原文"
    assert grid(table) == [["", "跨列", "跨列"], ["", "n", "占比"], ["北"] * 3, ["鞍山", "1", "50.0%"], ["南"] * 3, ["益阳", "2", "25.0%"]]  # fmt: skip
    assert table.rows[0][0] is table.rows[0][2] and table.aligns == ["left", "right", "right"]
    assert table.notes[0][1].href.endswith("a-2021.html#p1")


def test_figures_carry_what_publish_gave_them_and_are_bound_once(tmp_path):
    """One chart printed twice, because it was a cell's last expression and in pyplot's list."""
    bare = made.shown("image/svg+xml", made.drawing(), plain="<Figure size 640x480 with 1 Axes>")
    handle = made.shown("text/plain", "<Axes: title={'center': 'x'}>", output_type="execute_result")
    got = chapter(
        tmp_path, made.code(bare, made.figure(), handle), made.code(made.shown("image/png", made.png()))
    )
    figures = [b for b in got.blocks if isinstance(b, Figure)]
    assert [type(b) for b in got.blocks] == [Figure, Figure] and figures[1].raster.startswith(b"\x89PNG")
    assert (figures[0].caption, figures[0].columns) == ("声明完成比例", ["城市", "占比"])
    assert figures[0].notes == ["注：各单位自报。"] and figures[0].rows[1] == ["=1+1", None]
    assert len(got.warnings) == 1 and "no alt text" in got.warnings[0]
    assert assemble([got], title="t").blocks[2].alt.startswith("图：")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            made.shown("application/vnd.jupyter.widget-view+json", {}, plain="IntSlider(value=3)"),
            "jupyter.widget",
        ),
        (made.shown("application/javascript", "alert(1)"), "javascript"),
        (made.shown("text/html", "<script>draw()</script>", plain="<plot>"), "script"),
        (made.shown("application/vnd.plotly.v1+json", {}, html="<div id='p'></div>"), "plotly"),
        (made.shown("application/pdf", "JVBE"), "application/pdf"),
        (made.shown("image/svg+xml", "<svg"), "图"),
        (made.shown("image/png", "bm90IGEgcG5n"), "png"),
    ],
)
def test_what_cannot_be_printed_leaves_a_line_and_a_warning(tmp_path, output, said):
    """An interactive map that a reader never learns was there."""
    got = chapter(tmp_path, made.markdown("# t"), made.code(output))
    lines = [b for b in got.blocks if isinstance(b, Quote) and b.tone == "left_out"]
    assert len(lines) == 1 and said in "".join(words(lines)) and "cell 2" in "".join(got.warnings)


def test_printed_values_and_streams(tmp_path):
    """A printed number that vanishes, warnings in the middle of a briefing, ten thousand printed lines."""
    got = chapter(
        tmp_path,
        made.code(made.stream("\x1b[31m完成 50\x1b[0m\n"), made.stream("共 60\n")),
        made.code(made.stream("UserWarning: x\n" * 40, "stderr"), made.shown("text/plain", "3.14")),
        made.code(made.stream("\n".join(map(str, range(1000))))),
    )
    assert [b.text for b in got.blocks if isinstance(b, Code)][:2] == ["完成 50\n共 60", "3.14"]
    assert [w for w in got.warnings if "UserWarning" in w] == ["my_notes, cell 2: UserWarning: x"]
    assert "60 行，共 1000 行" in words(got.blocks)[-1]


def test_tags_of_jupyter_book_decide(tmp_path):
    """Working notes in print, or an annex in the ten pages."""
    got = chapter(
        tmp_path,
        made.markdown("# 完成情况 · Completion\n\n笔记本说明", "remove-cell"),
        made.code(made.stream("a"), tags=["remove-output"]),
        made.code(made.stream("b"), tags=["remove_cell"]),
        made.code(made.figure(), tags=["hide-output"]),
        made.code(made.stream("c"), tags=["remove-input"]),
        lang="en",
    )
    assert got.title == "Completion"
    assert [type(b) for b in got.blocks] == [Folded, Code] and words(got.blocks)[-1] == "c"
    assert got.blocks[0].title == "声明完成比例"


def test_a_notebook_that_failed_or_was_not_run_is_refused(tmp_path):
    """Half a chapter published as a whole one."""
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    with pytest.raises(ChapterError, match=r"my_notes, cell 2: failed with KeyError.*run the notebook again"):
        chapter(tmp_path, made.markdown("# t"), made.code(error))
    assert chapter(tmp_path, made.code(error, tags=["raises-exception"])).blocks[0].text == "KeyError: 'x'"
    with pytest.raises(ChapterError, match="was not executed"):
        chapter(tmp_path, {**made.code(), "execution_count": None})
    (tmp_path / "b.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ChapterError, match="b.ipynb: not readable as a notebook"):
        read_chapter(tmp_path / "b.ipynb")


def test_pictures_in_markdown_come_from_the_notebook_only(tmp_path):
    """A picture read from anywhere on the disk, or a pasted screenshot that is lost."""
    held = {"shot.png": {"image/png": made.png()}}
    text = "前![截图](attachment:shot.png)后\n\n![别处](../../etc/x.png)"
    got = chapter(tmp_path, made.markdown("# t\n\n" + text, attachments=held))
    assert [type(b) for b in got.blocks] == [Paragraph, Figure, Quote]
    assert got.blocks[1].alt == "截图" and "../../etc/x.png" in got.warnings[0]


def test_a_drawing_keeps_its_marks_and_loses_what_is_active(tmp_path):
    """A figure without its points, or one that phones home."""
    extra = (
        '<script>x</script><a href="javascript:x"><path d="M1 1"/></a><foreignObject><p>x</p></foreignObject>'
        '<rect width="1" height="1" fill="url(https://e.example)" onclick="x"/>'
        '<image href="https://e.example/a.png"/><style>*{fill:red}</style>'
    )
    (figure,) = chapter(tmp_path, made.code(made.figure(extra=extra))).blocks
    for forbidden in ("script", "javascript", "foreignObject", "e.example", "onclick", "<style", "style="):
        assert forbidden not in figure.svg
    assert 'href="#my-notes-1-m1"' in figure.svg and 'clip-path="url(#my-notes-1-p1)"' in figure.svg


def test_links_arrive_or_are_plain_text(tmp_path):
    """A number whose proof is a dead link, or an address that a notice's words made."""
    hrefs = ["../reports/latest/sources/a-2021.html#p1-m2", "sources/a-2021.html", "sources/a-2021.html#p99", "../reports/latest/ledger.html#city=210300&type=x", "sources/b-2020.html#p1", "data/x.csv", "javascript:alert(1)", "https://example.org/x?a=1", "#两-步", "#nowhere", "file:///etc/passwd"]  # fmt: skip
    text = "# t\n\n## 两 步\n\n" + " ".join(f"[x]({h})" for h in hrefs if not h.startswith("javascript"))
    html = "".join(f'<p><a href="{h}">y</a></p>' for h in hrefs)
    got = chapter(tmp_path, made.markdown(text), made.code(made.shown("text/html", html)))
    pages = {"sources/a-2021.html": frozenset({"p1-m2"}), "ledger.html": None}
    document = assemble([got], title="t", pages=pages)
    found = {s.href for b in walk(document.blocks) for spans in span_lists(b) for s in spans} - {""}
    assert found == {"sources/a-2021.html#p1-m2", "sources/a-2021.html", "ledger.html#city=210300&type=x", "https://example.org/x?a=1", "#my-notes-2"}  # fmt: skip


def test_headings_never_skip_a_level_and_anchors_differ(tmp_path):
    """A PDF that Typst refuses because a level is missing; two headings with one address."""
    one = chapter(tmp_path, made.markdown("# 甲\n\n### 乙\n\n# 丙\n\n#### 丁"), made.code(made.figure()))
    two = chapter(tmp_path, made.markdown("无题"), made.code(made.figure()))
    document = assemble([one, two], title="t")
    heads = [(b.level, plain(b.spans)) for b in document.blocks if isinstance(b, Heading)]
    assert heads == [(1, "甲"), (2, "乙"), (2, "丙"), (3, "丁"), (1, "my_notes")]
    anchors = [b.anchor for b in walk(document.blocks) if isinstance(b, (Heading, Figure, Table))]
    assert len(set(anchors)) == len(anchors) and all(len(a) <= 60 and a.isascii() for a in anchors)


@pytest.mark.parametrize(
    ("texts", "is_numeric"),
    [
        (["1,234", "5.6%", "—"], True),
        (["77.8–94.2%", "0.5"], True),
        (["2,4,5,7,8,9,10,13"], False),
        (["鞍山 2021"], False),
        (["—", ""], False),
        (["1 234 567", "-3", "−0.5", "¥12.5", "50/60"], True),
    ],
)
def test_only_numbers_are_set_as_numbers(texts, is_numeric):
    """A list of item numbers that may not be broken and runs out of the table."""
    assert looks_numeric(texts) == is_numeric
