"""What is wrong with one file, one correction or the machine is said in one line and costs nobody else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from analysis import cli
from analysis.ledger import corrections as corrections_module
from analysis.ledger.batches import stage_files
from analysis.ledger.build import ParseSummary, build_ledger
from analysis.ledger.corrections import CorrectionError, apply_corrections, load_corrections
from analysis.ledger.finish import finish_part
from analysis.ledger.human_types import labels_without_problem
from analysis.ledger.plan import Entry
from analysis.ledger.store import part_path, read_table
from analysis.ledger.verify import verify_ledger
from analysis.parsing.types.coding import TypeCoding
from analysis.sources.archive import iter_sources
from tests.project_copy import PROJECT, copy_project
from tests.test_build import correction, frames_of

RAW = PROJECT / "data" / "raw"


def pdf(objects: list[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            count,
            table,
            count,
            len(out),
        )
    )


def stream(entries: bytes, body: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(body), body)


FONT = b"/Font << /T << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
HEAD = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]


def page(resources: bytes) -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %b >> >>"
        % resources
    )


def forms_within_forms(depth: int = 9, fan: int = 12) -> bytes:
    """Twelve to the ninth pieces of text in three kilobytes."""
    objects = [*HEAD, page(FONT + b" /XObject << /F 5 0 R >>"), stream(b"", b"/F Do " * fan)]
    for level in range(depth):
        is_last = level == depth - 1
        inner = FONT if is_last else b"/XObject << /F %d 0 R >>" % (6 + level)
        body = b"BT /T 9 Tf 50 700 Td (x) Tj ET" if is_last else b"/F Do " * fan
        objects.append(
            stream(b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << %b >>" % inner, body)
        )
    return pdf(objects)


def lines_set_askew(count: int = 60) -> bytes:
    """A scan's text layer: no two lines begin at one place."""
    lines = b"".join(
        b"BT /T 9 Tf %d %d Td (line %d of words that go on for a while) Tj ET\n"
        % (20 + 5 * n, 800 - 12 * n, n)
        for n in range(count)
    )
    return pdf([*HEAD, page(FONT), stream(b"", lines)])


@pytest.mark.slow
def test_hostile_files_and_odd_names_are_named_and_the_others_read(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a-forms.pdf").write_bytes(forms_within_forms())
    (raw / "b-askew.pdf").write_bytes(lines_set_askew())
    gbk = os.path.join(os.fsencode(raw), "榆树市整改通报.txt".encode("gb18030"))
    shutil.copyfile(RAW / "yushu.txt", gbk)
    shutil.copyfile(RAW / "dandong.txt", raw / "z.txt")
    (raw / "z.txt.meta.yml").write_text("publication_date: 0201-06-01\n")
    summary = build_ledger([raw], tmp_path / "data")
    assert (summary.notices, summary.set_aside) == (1, 3)
    said = {row["source_path"]: row["reason_code"] for row in summary.quarantine}
    assert said["a-forms.pdf"] in ("too_much_memory", "too_much_time") and said["z.txt"] == "bad_sidecar"
    assert "internal_error" not in said.values()
    [path] = read_table(tmp_path / "data", "core_texts")["source_path"]
    assert path == "榆树市整改通报.txt"
    assert verify_ledger(tmp_path / "data").is_sound
    assert build_ledger([raw], tmp_path / "data").unchanged == 4, (
        "a file set aside is not tried anew each time"
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT)}


COMMAND = [sys.executable, "-m", "analysis.cli", "parse"]


def test_with_too_little_memory_the_command_ends_with_words(tmp_path: Path) -> None:
    limited = ["bash", "-c", 'ulimit -v 400000; exec "$@"', "_", *COMMAND, str(RAW), "--out", str(tmp_path)]
    done = subprocess.run(limited, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "could not start" in done.stderr and "ulimit" in done.stderr
    assert "Traceback" not in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize("sign, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_parse_that_is_stopped_leaves_nothing_and_a_second_one_is_told(
    tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "data"
    raw.mkdir()
    (raw / "a.pdf").write_bytes(forms_within_forms())
    command = [*COMMAND, str(raw), "--out", str(out)]
    first = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
    while not list(out.glob(".build-*")):
        time.sleep(0.05)
    second = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert second.returncode == 1 and "another `zhenggai parse`" in second.stderr
    assert "Traceback" not in second.stderr
    first.send_signal(sign)
    assert "Traceback" not in first.communicate(timeout=10)[1]
    assert first.returncode == code and not list(out.iterdir())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    build_ledger([RAW], folder)
    return folder


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "complete"}, "breaks a rule of core_problems.*one of completed, "),
        ({"value": None}, "breaks a rule"),
        ({"value": 7}, "is no String"),
        ({"value": {"a": 1}}, "must be one text, number"),
        ({"value": ["completed"]}, "must be one text, number"),
        ({"value": float("nan")}, "no table can hold"),
        ({"value": "\ud800"}, "no table can hold"),
        ({"field": ["status_code"]}, "field is"),
        ({"id": 7}, "id is 7"),
        ({"reason": ""}, "reason is"),
        ({"id": "anshan-2021", "field": "feedback_date", "value": "soon"}, "is no Date"),
    ],
)
def test_a_correction_that_no_table_can_hold_changes_nothing(
    data: Path, change: dict[str, object], words: str
) -> None:
    frames = frames_of(data)
    if change.get("field") == "feedback_date":
        change["parsed"] = frames["core_notices"].filter(pl.col("notice_id") == "anshan-2021")[
            "feedback_date"
        ][0]
    with pytest.raises(CorrectionError, match=f"corrections.yml, entry 1.*{words}"):
        apply_corrections(frames, load_corrections([correction(**change)]))


@pytest.mark.parametrize(
    "text",
    ["- id: [", "a: b", "- just words", "- {}", "7", "- !!timestamp x", "\x00", '- "\\ud800"', "- &a [*a]"],
)
def test_a_file_of_corrections_that_is_none_is_one_clear_error(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corrections.yml").write_text(text)
    monkeypatch.setattr(corrections_module, "LOOKUPS", tmp_path)
    with pytest.raises(CorrectionError, match=r"corrections\.yml") as error:
        load_corrections()
    assert "\n" not in str(error.value)


def finish(
    tmp_path: Path, table: str, change: pl.Expr, where: pl.Expr
) -> tuple[object, dict[str, pl.DataFrame]]:
    """yushu and dandong read and finished, one column of yushu's rows altered between."""
    sources = list(enumerate(iter_sources([RAW / "dandong.txt", RAW / "yushu.txt"])))
    read = stage_files(sources, tmp_path / "staged")
    path = tmp_path / "staged" / f"{table}.arrow"
    frame = pl.read_ipc(path.read_bytes())
    frame.with_columns(
        pl.when(where)
        .then(change)
        .otherwise(pl.col(change.meta.output_name()))
        .alias(change.meta.output_name())
    ).write_ipc(path)
    files = [
        Entry(source.source_path, sha256=found.sha256, notice=found.notice, notice_id=found.notice.local_id)
        for (_, source), found in zip(sources, read, strict=True)
    ]
    (tmp_path / "build").mkdir()
    result = finish_part(tmp_path / "build", 0, files, {0, 1}, [tmp_path / "staged"], {}, [], {})
    names = ("core_notices", "core_problems", "core_measures", "core_texts", "core_quarantine")
    return result, {name: pl.read_parquet(part_path(tmp_path / "build", name, 0)) for name in names}


def test_a_notice_that_breaks_the_schema_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    result, frames = finish(
        tmp_path, "core_notices", pl.lit(201).alias("notice_year"), pl.col("file_number") == 1
    )
    assert result.rejected == [1] and not result.invalid
    assert frames["core_notices"]["city_name"].to_list() == ["丹东"]
    for name in ("core_problems", "core_measures", "core_texts"):
        assert frames[name]["notice_id"].n_unique() == 1, "rows of a notice that is none would be counted"
    [row] = frames["core_quarantine"].to_dicts()
    assert (row["source_path"], row["reason_code"]) == ("yushu.txt", "invalid_notice")


def test_rows_that_break_the_schema_are_counted_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pl.col("measure_id").is_in(["yushu-2024/1#m1", "yushu-2024/1#m2"])
    result, frames = finish(tmp_path, "core_measures", pl.lit(-5).alias("char_start"), first)
    assert sum(result.invalid.values()) == 2 and not result.rejected
    [row] = frames["core_quarantine"].to_dicts()
    assert row["reason_code"] == "invalid_rows" and "2 rows of core_measures" in row["reason_text"]

    rows = dict.fromkeys(("core_problems", "core_measures", "core_claims"), 1)
    told = ParseSummary(files=1, notices=1, invalid_rows=2, table_rows=rows, quarantine=[row])
    monkeypatch.setattr("analysis.ledger.build.build_ledger", lambda *_, **__: told)
    done = CliRunner().invoke(cli.main, ["parse", str(RAW)])
    assert done.exit_code == 3 and "2 rows break a rule" in done.output
    done = CliRunner().invoke(cli.main, ["parse", str(RAW), "--json"])
    assert done.exit_code == 3 and json.loads(done.stdout)["invalid_rows"] == 2


def test_a_persons_label_whose_problem_is_gone_is_said(data: Path) -> None:
    labels = {
        name: TypeCoding("finance", (), 1.0, ()) for name in ("anshan-2021/12", "anshan-2021/99", "x-2020/1")
    }
    [row] = labels_without_problem(frames_of(data), labels)
    assert "anshan-2021/99" in row["reason_text"] and row["source_path"] == "anshan.txt"


def test_a_review_sheet_that_is_none_is_one_clear_error(data: Path, tmp_path: Path) -> None:
    from openpyxl import Workbook

    from analysis.ledger.review import COLUMNS, ReviewError, read_review

    filled = dict.fromkeys(COLUMNS, "x")
    sheets: dict[str, bytes | None] = {
        "none.xlsx": b"",
        "text.xlsx": b"problem",
        "zip.xlsx": b"PK\x03\x04" + b"0" * 40,
    }
    for name, data_of in sheets.items():
        (tmp_path / name).write_bytes(data_of or b"")
    os.mkfifo(tmp_path / "pipe.xlsx")
    for number, change in enumerate(
        [
            {"table": "core_nothing"},
            {"table": "core_claims", "field": "colour"},
            {"table": "core_claims", "field": "value"},
            {"table": "core_problems", "field": "ordinal", "new_value": "1e400"},
        ]
    ):
        book = Workbook()
        book.active.append(COLUMNS)
        book.active.append([{**filled, **change}[column] for column in COLUMNS])
        book.save(tmp_path / f"row{number}.xlsx")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(ReviewError, match=path.name):
            read_review(path, data, tmp_path)


def test_the_command_says_a_wrong_correction_in_one_line_and_keeps_the_tables(tmp_path: Path) -> None:
    home = copy_project(tmp_path / "home", ["yushu.txt"])
    lookups = tmp_path / "analysis"
    shutil.copytree(PROJECT / "analysis", lookups, ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    run = lambda: subprocess.run(  # noqa: E731
        COMMAND,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run().returncode == 0
    before = (home / "data" / "processed" / "core_problems.parquet").read_bytes()
    entry = json.dumps(
        [correction(id="yushu-2024/1", parsed="completed", value="complete", date="2026-01-01")]
    )
    (lookups / "lookups" / "corrections.yml").write_text(entry, encoding="utf-8")
    done = run()
    assert done.returncode == 1 and "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1
    assert "corrections.yml, entry 1 (yushu-2024/1)" in done.stderr
    assert (home / "data" / "processed" / "core_problems.parquet").read_bytes() == before
