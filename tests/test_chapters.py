"""Any notebook a chapter: what an analyst adds with one line is bound whole; what strays in is passed over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from docx import Document
from pypdfium2 import PdfDocument

from analysis.runs import chapters, editions
from analysis.selection import SelectionError
from tests.project_copy import CHAPTERS, copy_project, run_command

pytestmark = pytest.mark.slow
HERS = [
    (
        "markdown",
        "# 每个问题的措施数\n\n益阳的措施**最多**，见[下图](#fig)。\n\n| 城市 | 说明 |\n| --- | --- |\n| 益阳 | 分项多 |",
    ),
    ("code", "import seaborn as sns\nfrom analysis import select\nproblems = select().problems.to_pandas()"),
    ("code", "problems.groupby('city_name')['measure_count'].mean().round(2).to_frame('平均措施数')"),
    (
        "code",
        "ax = sns.barplot(problems, x='measure_count', y='city_name')\nax.set_title('她自己的中文标题');",
    ),
    ("code", "from analysis import select\nselect().problems.group_by('city_name').len().sort('city_name')"),
]


def write_notebook(path: Path, cells: list[tuple[str, str]]) -> Path:
    made = [
        {"cell_type": kind, "id": f"c{n}", "metadata": {}, "source": text}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for n, (kind, text) in enumerate(cells)
    ]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> tuple[editions.Edition, str]:
    """Three reports, the completion chapter, hers by one line, and strays as JupyterLab makes them."""
    home = copy_project(
        tmp_path_factory.mktemp("her project") / "项目", ["anshan.txt", "yiyang.txt", "kaifeng.txt"]
    )
    folder = home / "notebooks"
    write_notebook(folder / "hers.ipynb", HERS)
    (folder / "briefing.yml").write_text(CHAPTERS + "  - file: hers.ipynb\n", encoding="utf-8")
    write_notebook(folder / "Untitled.ipynb", [("code", "1/0")])
    shutil.copyfile(folder / "03_completion.ipynb", folder / "03_completion-Copy1.ipynb")
    done = run_command(home, "briefing", "--format", "html,pdf,docx")
    assert done.returncode == 0, done.stderr
    latest = editions.latest_edition(home / "reports")
    assert latest is not None
    return latest, done.stdout


def test_everything_she_shows_is_in_every_format(edition: tuple[editions.Edition, str]) -> None:
    folder = edition[0].folder
    page = (folder / "briefing.html").read_text(encoding="utf-8")
    pages = PdfDocument(folder / "briefing.pdf")
    pdf = "".join(pages[n].get_textpage().get_text_range() for n in range(len(pages)))
    word = Document(str(folder / "briefing.docx"))
    docx = "".join(p.text for p in word.paragraphs) + "".join(
        cell.text for table in word.tables for row in table.rows for cell in row.cells
    )
    for said in ("每个问题的措施数", "平均措施数", "分项多", "益阳的措施"):
        assert all(said in "".join(text.split()) for text in (page, pdf, docx)), said
    assert "她自己的中文标题" in page and "她自己的中文标题" in "".join(pdf.split()), (
        "text of a figure stays text"
    )
    assert len(word.inline_shapes) >= 2


def test_strays_are_passed_over_with_a_line(edition: tuple[editions.Edition, str]) -> None:
    record, said = edition[0].record, edition[1]
    assert "Untitled.ipynb" in said and "03_completion-Copy1.ipynb" in said
    assert [n["notebook"] for n in record["notebooks"]] == ["03_completion.ipynb", "hers.ipynb"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("chapters: 3", "cannot be read|expected"),
        ("chapters:\n  - file: nowhere.ipynb", "nowhere"),
        ("chapters:\n  - file: 03_completion.ipynb\n    for_each: street", "street"),
        ("chapters:\n  - 5", "chapter 1"),
        ("chapters: [", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_list_of_chapters_that_is_wrong_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, said: str
) -> None:
    home = copy_project(tmp_path / "home", [])
    (home / "notebooks" / "briefing.yml").write_text(content, encoding="utf-8")
    monkeypatch.setenv("ZHENGGAI_HOME", str(home))
    with pytest.raises(SelectionError, match=said):
        chapters.listed_chapters()
