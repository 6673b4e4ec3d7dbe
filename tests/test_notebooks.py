"""Notebooks: what a reader loses when one does not run, hides its basis, or shows a number its tables do not hold."""

from __future__ import annotations

import ast
import json
import re

import pytest

from analysis import paths
from analysis.reporting import engine, labels, runs
from analysis.reporting.parameters import ALLOWED, declared_parameters
from tests.notebook_maker import BLOCK_MIME, blocks_of

SUITE = runs.suite_notebooks()
HAN = re.compile("[\u4e00-\u9fff]")
COMMON = ["city_codes", "first_year", "last_year", "year_basis", "completion", "unit", "lang", "data_dir"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The five reports, parsed once."""
    from analysis.ledger.build import build_ledger

    folder = tmp_path_factory.mktemp("data")
    assert build_ledger([paths.raw_dir()], folder).notices == 5
    return folder


def execute(data, folder, lang, sources=SUITE, **options):
    records = runs.run_jobs(
        [runs.Job(source, folder / source.name, {"data_dir": str(data), "lang": lang}) for source in sources],
        **options,
    )
    assert not [f"{r['notebook']}: {r['error']}" for r in records if r["outcome"] != "done"]
    return {source.stem: folder / source.name for source in sources}


@pytest.fixture(scope="module")
def zh(data, tmp_path_factory):
    return execute(data, tmp_path_factory.mktemp("zh"), "zh")


@pytest.fixture(scope="module")
def en(data, tmp_path_factory):
    return execute(data, tmp_path_factory.mktemp("en"), "en")


def cells(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [dict(c, source="".join(c["source"])) for c in notebook["cells"]]


def test_the_suite_is_complete():
    assert [p.stem for p in SUITE] == [
        "00_start",
        "01_corpus_quality",
        "02_problem_counts",
        "03_completion",
        "04_recurring_types",
        "05_timeline",
        "06_measures_evidence",
        "07_reconciliation",
        "08_city_profile",
        "09_pair_comparison",
        "10_briefing",
    ]


@pytest.mark.parametrize("path", SUITE, ids=lambda p: p.stem)
def test_a_notebook_is_thin_stripped_and_imports_only_the_package(path):
    code = [c for c in cells(path) if c["cell_type"] == "code"]
    assert 3 <= len(code) <= 12
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in code)
    for cell in code:
        for node in ast.walk(ast.parse(cell["source"])):
            assert not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While))
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] == "analysis" for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] == "analysis"


@pytest.mark.parametrize("path", SUITE, ids=lambda p: p.stem)
def test_each_parameter_is_simple_ascii_and_explained_in_both_languages(path):
    declared = declared_parameters(path)
    assert [n for n in declared if n in COMMON] == COMMON
    for item in declared.values():
        assert json.dumps(item.default).isascii() and item.name.isascii()
        assert HAN.search(item.note) and re.search("[a-z]{3}", item.note)
        assert item.name not in ALLOWED or item.default in ALLOWED[item.name]


def test_papermill_sees_the_parameters_that_the_check_sees():
    from papermill import inspect_notebook

    for path in SUITE:
        assert list(inspect_notebook(str(path))) == list(declared_parameters(path))


@pytest.mark.parametrize("name", [p.stem for p in SUITE])
def test_the_basis_comes_before_the_first_number(zh, name):
    blocks = blocks_of(zh[name])
    assert blocks[0]["kind"] == "meta" and blocks[0]["notebook"] == name and blocks[0]["lang"] == "zh"
    assert re.search(r"\d{4}-\d\d-\d\d", blocks[0]["data_as_of"])
    opening = json.dumps(blocks[1:3], ensure_ascii=False)
    assert "数据截至" in opening and "被读入" in opening and "可比性标记" in opening  # as-of, coverage, flags


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_has_alt_text_its_data_a_source_line_and_live_text(zh, en, lang):
    seen = []
    for name, path in (zh if lang == "zh" else en).items():
        for block in blocks_of(path):
            if block["kind"] != "figure":
                continue
            seen.append(block["id"])
            assert len(block["alt"]) > 40 and block["source_line"] and block["notes"] and block["caption"]
            columns, rows = block["data"]["columns"], block["data"]["rows"]
            assert rows and all(len(row) == len(columns) for row in rows) and "flags" in columns
            assert "<text" in block["svg"] and "Noto Sans SC" in block["svg"] and "<image" not in block["svg"]
            if lang == "en":
                assert not HAN.search(
                    block["svg"] + block["alt"] + block["caption"] + "".join(block["notes"])
                )
    wanted = {
        "completion",
        "counts",
        "status-mix",
        "dimensions",
        "differences",
        "type-heatmap",
        "timeline",
        "weekly-events",
        "evidence-kinds",
        "evidence-shares",
        "reconciliation",
    }
    assert wanted <= set(seen)


def test_no_identifier_is_used_twice_in_a_bound_briefing(zh):
    ids = [b["id"] for name, path in zh.items() for b in blocks_of(path) if b["kind"] in ("figure", "table")]
    assert len(ids) == len(set(ids))


def test_english_pages_are_english_but_for_quotations(en):
    for name, path in en.items():
        for block in blocks_of(path):
            if block["kind"] in ("heading", "meta"):
                assert not HAN.search(
                    block.get("text", "") + block.get("title", "") + block.get("subtitle", "")
                )
            if block["kind"] == "table" and not block["id"].startswith(("dictionary", "parameters")):
                assert not HAN.search(
                    block["caption"] + block["note"] + "".join(c["label"] for c in block["columns"])
                )
            if block["kind"] == "callout":
                assert not HAN.search(block["title"] + json.dumps(block["items"], ensure_ascii=False))


def test_sentences_are_those_that_the_comparison_makes_from_its_tables(zh, data):
    from analysis.compare import sentences
    from analysis.compare.ledger import load_ledger
    from analysis.compare.outputs import build_outputs

    out = build_outputs(load_ledger(data), completion="lenient", unit="problem")
    shown = {
        "".join(run["text"] for run in b["runs"])
        for b in blocks_of(zh["03_completion"])
        if b["kind"] == "paragraph"
    }
    for paragraph in sentences.completion(out, lang="zh"):
        assert "".join(run["text"] for run in paragraph) in shown
    summary = next(
        b for b in blocks_of(zh["10_briefing"]) if b["kind"] == "callout" and b["tone"] == "disagree"
    )
    told = ["".join(run["text"] for run in item) for item in summary["items"]]
    assert told == ["".join(run["text"] for run in p) for p in sentences.summary(out, "zh")["disagree"]]


def test_numbers_in_the_chart_are_the_numbers_in_the_table(zh):
    """One number walked from chart to table: Anshan, itemised: 50 of 60."""
    blocks = blocks_of(zh["03_completion"])
    figure = next(b for b in blocks if b.get("id") == "completion")
    rows = [dict(zip(figure["data"]["columns"], row)) for row in figure["data"]["rows"]]
    drawn = {(r["notice_id"], r["definition_code"]): (r["x_count"], r["n_count"]) for r in rows}
    assert drawn["anshan-2021", "itemised"] == (50, 60) and drawn["anshan-2021", "stated"] == (53, 60)
    table = next(b for b in blocks if b.get("id") == "table-completion")
    keys = [c["key"] for c in table["columns"]]
    printed = {
        (row[0]["source"]["notice_id"], row[keys.index("definition")]["value"]): row[keys.index("x_count")][
            "text"
        ]
        for row in table["rows"]
    }
    assert printed == {key: "—" if None in xn else "{}/{}".format(*xn) for key, xn in drawn.items()}


def test_nothing_is_ranked(zh):
    """Charts and tables keep the notices in one order, whatever their numbers are."""
    orders = set()
    for name in ("02_problem_counts", "03_completion"):
        for block in blocks_of(zh[name]):
            if block["kind"] == "figure" and "notice_id" in block["data"]["columns"]:
                at = block["data"]["columns"].index("notice_id")
                orders.add(tuple(dict.fromkeys(row[at] for row in block["data"]["rows"] if row[at])))
    assert len(orders) == 1 and len(orders.pop()) == 5


def test_links_point_into_the_notices(zh, data):
    import polars as pl

    known = set(pl.read_parquet(data / "core_problems.parquet")["problem_id"]) | set(
        pl.read_parquet(data / "core_claims.parquet")["claim_id"]
    )
    known |= set(pl.read_parquet(data / "core_notices.parquet")["notice_id"])
    linked = 0
    for path in zh.values():
        for block in blocks_of(path):
            for row in block.get("rows", ()) if block["kind"] == "table" else ():
                for cell in row:
                    if source := cell.get("source"):
                        target = source["target"]
                        whole = (
                            source["notice_id"]
                            if not target
                            else (
                                f"{source['notice_id']}/{target[1:]}"
                                if target.startswith("p")
                                else f"{source['notice_id']}#{target}"
                            )
                        )
                        assert whole in known
                        linked += 1
    assert linked > 200


def test_a_profile_and_a_pair_speak_only_of_theirs(zh):
    for name, ids in (
        ("08_city_profile", {"anshan-2021"}),
        ("09_pair_comparison", {"anshan-2021", "dandong-2025"}),
    ):
        for block in blocks_of(zh[name]):
            if block["kind"] == "table":
                assert {
                    cell["source"]["notice_id"] for row in block["rows"] for cell in row if cell.get("source")
                } <= ids
            if block["kind"] == "figure" and "notice_id" in block["data"]["columns"]:
                at = block["data"]["columns"].index("notice_id")
                assert {row[at] for row in block["data"]["rows"]} <= ids


@pytest.mark.skipif(not engine.can_fork(), reason="no fast engine here")
def test_an_ordinary_kernel_shows_the_same_in_the_notebooks_folder(zh, data, tmp_path):
    """What JupyterLab runs is what the briefing binds."""
    path = execute(data, tmp_path, "zh", [runs.find_notebook("03_completion")], engine="kernel")[
        "03_completion"
    ]
    assert path.read_bytes() == zh["03_completion"].read_bytes()


def test_in_lab_every_block_has_html_and_figures_have_a_picture(zh):
    notebook = json.loads(zh["03_completion"].read_text())
    shown = [
        o["data"] for c in notebook["cells"] for o in c.get("outputs", ()) if BLOCK_MIME in o.get("data", {})
    ]
    assert shown and all("text/html" in data and "text/plain" in data for data in shown)
    assert all("image/png" in data for data in shown if data[BLOCK_MIME]["kind"] == "figure")


def test_every_label_exists_in_both_languages():
    for key in labels.every_key():
        zh_text, en_text = (labels._labels()[key][lang] for lang in ("zh", "en"))
        assert zh_text and en_text and not HAN.search(en_text), key
        assert set(re.findall(r"{(\w+)}", zh_text)) == set(re.findall(r"{(\w+)}", en_text)), key
    with pytest.raises(labels.UnknownLabel):
        labels.label("no_such_key", "zh")
