"""An analyst's own notebook, run by an ordinary kernel, as a chapter of a briefing."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.publishing.document import Chapter, Code, Figure, Quote, Table, plain
from analysis.publishing.edition import BindOrder, ChapterFile, bind
from analysis.publishing.gates_pdf import squeeze
from analysis.publishing.harvest import read_chapter
from tests.published import words_of

CELLS = (
    "import pandas as pd, seaborn as sns, matplotlib.pyplot as plt\nfrom analysis import publish",
    "frame = pd.DataFrame({'城市': ['鞍山', '益阳', '榆树', '开封'] * 20, '措施数': range(80)})\nframe",
    "ax = sns.barplot(frame.head(4), x='措施数', y='城市')\nax.set_title('每个问题的措施数')",
    "fig, ax = plt.subplots()\nax.plot([1, 2, 3])\nax.set_title('两次显示')\nfig",
    "points = [i * 7919 % 10007 for i in range(30_000)]\n"
    "ax = plt.figure().subplots()\nax.scatter(points, range(30_000))\nax.set_xlabel('三万个点')\n"
    "publish(ax, caption='散点', alt='三万个点散布全图', data=frame, notes='注：自造')",
    "publish(frame, caption='全部八十行', notes=['各单位自报'])",
    "print('合计', frame['措施数'].sum())",
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    notebook = nbformat.v4.new_notebook()
    opening = "# 措施有多少\n\n每个问题有**几条措施**？见[原文](../reports/latest/sources/a-2021.html#p1)。"
    notebook.cells = [nbformat.v4.new_markdown_cell(opening), *map(nbformat.v4.new_code_cell, CELLS)]
    NotebookClient(notebook, timeout=120).execute()
    path = tmp_path_factory.mktemp("own") / "my_measures.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def chapter(executed: Path) -> Chapter:
    return read_chapter(executed)


def test_everything_that_was_shown_is_there_once(chapter: Chapter) -> None:
    """Her frame, plots and printed sum, lost or doubled on the way into the briefing."""
    assert chapter.title == "措施有多少"
    figures = [b for b in chapter.blocks if isinstance(b, Figure)]
    tables = [b for b in chapter.blocks if isinstance(b, Table)]
    assert [len(figures), len(tables)] == [3, 2]
    assert all(figure.svg for figure in figures) and not any(isinstance(b, Quote) for b in chapter.blocks)
    assert [len(table.rows) for table in tables] == [11, 80] and plain(tables[1].caption) == "全部八十行"
    assert [b.text for b in chapter.blocks if isinstance(b, Code)] == ["合计 3160"]


def test_her_figures_have_live_chinese_text_and_what_publish_added(chapter: Chapter) -> None:
    """Boxes for her Chinese titles, a chart nobody can search, a picture of four megabytes."""
    first, second, third = (b for b in chapter.blocks if isinstance(b, Figure))
    assert ">每个问题的措施数<" in first.svg and ">两次显示<" in second.svg and ">三万个点<" in third.svg
    assert (third.caption, third.alt, third.notes) == ("散点", "三万个点散布全图", ["注：自造"])
    assert third.columns == ["城市", "措施数"] and len(third.rows) == 80
    assert "<image" in third.svg and len(third.svg) < 1_000_000
    assert not [w for w in chapter.warnings if re.search("[Gg]lyph|findfont", w)]
    assert sum("no alt text" in warning for warning in chapter.warnings) == 2


def test_it_comes_out_complete_in_every_format(executed: Path, tmp_path: Path) -> None:
    """Her chapter in the browser and not in print; an edition that refuses a notebook nobody here wrote."""
    own = ChapterFile(executed, "my_measures", is_added=True)
    bound = bind(BindOrder([own], {}, tmp_path, formats=("html", "pdf", "docx"), title="简报"))
    assert bound.dropped == []
    for kind in ("html", "pdf", "docx"):
        said = words_of(bound.written[f"briefing.{kind}"])
        wanted = [
            "措施有多少",
            "几条措施",
            "10 行，共 80 行",
            "散点",
            "注：自造",
            "全部八十行",
            "各单位自报",
            "合计 3160",
        ]
        wanted += [] if kind == "docx" else ["每个问题的措施数", "两次显示", "三万个点"]
        for text in wanted:
            assert (squeeze(text) if kind == "pdf" else text) in said, (kind, text)
    with zipfile.ZipFile(bound.written["briefing.docx"]) as archive:
        assert len([name for name in archive.namelist() if name.startswith("word/media/")]) == 3
    assert bound.written["figures/figure-3.csv"].read_text(encoding="utf-8-sig").count("\n") == 81
