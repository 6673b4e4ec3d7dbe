"""Files → tables, as a user runs it: exit codes, copies, corrections, review, several processes."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from analysis.ledger.build import build_ledger
from analysis.ledger.corrections import CorrectionError, apply_corrections, load_corrections
from analysis.ledger.explain import UnknownID, explain
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import read_table, table_names
from analysis.ledger.tasks import WorkerLost
from analysis.ledger.verify import verify_ledger
from tests.project_copy import PROJECT, copy_project, run_command

RAW = PROJECT / "data" / "raw"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    build_ledger([RAW], folder)
    return folder


def same_tables(one: Path, other: Path) -> None:
    for name in CORE_TABLES:
        assert read_table(one, name).equals(read_table(other, name)), f"{name}: other rows, or another order"


def test_every_table_has_its_declared_columns(data: Path) -> None:
    for name, schema in CORE_TABLES.items():
        frame = read_table(data, name)
        assert frame.columns == list(schema.columns()), name
        assert schema.is_valid(frame), name
    assert {"codes_problem_types", "codes_statuses", "codes_flags"} <= set(table_names(data))


def test_every_span_is_the_words_of_the_source(data: Path) -> None:
    result = verify_ledger(data)
    assert result.is_sound, (result.mismatches[:3], result.uncovered[:3])
    assert result.spans > 1800


def test_verify_finds_a_span_that_does_not_fit(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data")
    path = tmp_path / "data" / "core_measures.parquet"
    frame = pl.read_parquet(path)
    frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 7)
        .then(pl.col("char_start") + 1)
        .otherwise(pl.col("char_start"))
        .alias("char_start")
    ).write_parquet(path)
    [wrong] = verify_ledger(tmp_path / "data").mismatches
    assert wrong.table == "core_measures" and wrong.row_id == frame["measure_id"][7]


def test_no_record_is_orphaned(data: Path) -> None:
    problems = set(read_table(data, "core_problems")["problem_id"])
    for table in ("core_measures", "core_events", "core_figures", "core_citations", "core_recurrences"):
        assert set(read_table(data, table)["problem_id"].drop_nulls()) <= problems, table


def test_a_second_run_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    build_ledger([RAW], tmp_path / "data")
    for path in sorted(data.rglob("*.parquet")):
        assert path.read_bytes() == (tmp_path / "data" / path.relative_to(data)).read_bytes(), path.name


def test_several_processes_and_batches_give_the_same_ledger(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.ledger.plan.PART_FILES", 2)
    build_ledger([RAW], tmp_path / "jobs", jobs=2)
    assert len(list((tmp_path / "jobs" / "core_problems.parquet").iterdir())) == 3
    same_tables(data, tmp_path / "jobs")


@pytest.mark.slow
def test_a_cluster_without_a_common_disk_that_loses_a_worker_gives_the_same_ledger(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler and two workers as a user starts them; one is killed as soon as work has come back.

    Notices and tables are in the memory of this process alone: nothing of them lies on a disk that workers see.
    """
    import fsspec

    store = fsspec.filesystem("memory")
    store.put(str(RAW) + "/", "/cluster/notices", recursive=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    started = []
    for number, command in enumerate(
        [[*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], worker, worker]
    ):
        place = tmp_path / f"machine-{number}"
        (place / "tmp").mkdir(parents=True)
        own = {**environment, "TMPDIR": str(place / "tmp"), "ZHENGGAI_DATA": str(place / "data")}
        started.append(
            subprocess.Popen(
                command, cwd=place, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )
    seen: list[int] = []

    def kill_one(number: int) -> None:
        if not seen:
            started[1].kill()
        seen.append(number)

    monkeypatch.setattr("analysis.ledger.plan.PART_FILES", 1)
    try:
        build_ledger(
            ["memory://cluster/notices"],
            "memory://cluster/tables",
            engine="dask",
            scheduler=address,
            report=kill_one,
        )
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert len(seen) == 5
    store.get("/cluster/tables/", str(tmp_path / "dask"), recursive=True)
    same_tables(data, tmp_path / "dask")


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.ledger.engines.CONNECT_SECONDS", 1)
    with pytest.raises(WorkerLost, match="tcp://127.0.0.1:1.*dask scheduler"):
        build_ledger([RAW], tmp_path, engine="dask", scheduler="tcp://127.0.0.1:1")


def test_copies_and_namesakes(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copyfile(RAW / "yushu.txt", raw / "a.txt")
    shutil.copyfile(RAW / "yushu.txt", raw / "b.txt")
    text = (RAW / "yushu.txt").read_text(encoding="utf-8")
    (raw / "c.txt").write_text(f"首页 > 信息公开\n{text}", encoding="utf-8", newline="")
    summary = build_ledger([raw], tmp_path / "data")
    assert (summary.notices, summary.set_aside) == (2, 1)
    [copy] = [row for row in summary.quarantine if row["stage"] == "archive"]
    assert (
        copy["source_path"] == "b.txt"
        and copy["reason_code"] == "duplicate"
        and "a.txt" in copy["reason_text"]
    )
    notices = read_table(tmp_path / "data", "core_notices")
    assert notices["notice_id"].n_unique() == 2
    assert notices["near_copy_of"].drop_nulls().to_list()[0] in notices["notice_id"].to_list()
    measures = read_table(tmp_path / "data", "core_measures")
    assert measures.filter(~pl.col("problem_id").str.starts_with(pl.col("notice_id"))).is_empty()
    assert verify_ledger(tmp_path / "data").is_sound


@pytest.mark.slow
def test_exit_codes_tell_what_happened(tmp_path: Path) -> None:
    home = copy_project(tmp_path / "分析 项目", ["yushu.txt"])
    assert run_command(home, "parse").returncode == 0
    (home / "data" / "raw" / "news.txt").write_text("今天召开会议，研究部署工作。" * 20, encoding="utf-8")
    some = run_command(home, "parse", "--json")
    assert some.returncode == 3 and json.loads(some.stdout)["notices"] == 1
    assert "news.txt" in json.loads(some.stdout)["quarantine"][0]["reason_text"]
    only_bad = run_command(home, "parse", "data/raw/news.txt", "--out", "elsewhere")
    assert only_bad.returncode == 1 and "Traceback" not in only_bad.stderr
    assert run_command(home, "parse", "missing.txt").returncode == 2
    assert run_command(home, "parse", "--scheduler", "tcp://127.0.0.1:1").returncode == 2
    altered = home / "data" / "raw" / "yushu.txt"
    altered.write_text(
        altered.read_text(encoding="utf-8").replace("14个具体问题", "13个具体问题"),
        encoding="utf-8",
        newline="",
    )
    stopped = run_command(home, "parse")
    assert (
        stopped.returncode == 1
        and "yushu.txt" in stopped.stderr
        and "SHA-256" in stopped.stderr
        and "Traceback" not in stopped.stderr
    )


def test_check_strict_exits_4_and_prints_both_quotes(data: Path, tmp_path: Path) -> None:
    home = copy_project(tmp_path / "home", [])
    done = run_command(home, "check", "--data", str(data), "--strict")
    assert done.returncode == 4
    assert (
        "stated 53, counted 50" in done.stdout
        and "已完成整改的问题53个" in done.stdout
        and "anshan-2021/2" in done.stdout
    )
    assert run_command(home, "check", "--data", str(data)).returncode == 0


def test_explain_shows_the_sentence_and_unknown_ids_name_the_nearest(data: Path) -> None:
    found = explain(data, "anshan-2021/12")
    assert found.row["status_code"] == "in_progress"
    marked = {p.column: p.marked for p in found.passages}
    assert marked["statement_text"].startswith("“冰雪运动进校园”尚未普及")
    assert "正在整改" in marked["status_text"]
    with pytest.raises(UnknownID, match="anshan-2021/1"):
        explain(data, "anshan-2012/12")


def frames_of(data: Path) -> dict[str, pl.DataFrame]:
    return {name: read_table(data, name) for name in CORE_TABLES}


def correction(**changes: object) -> dict[str, object]:
    entry = {
        "id": "anshan-2021/12",
        "field": "status_code",
        "parsed": "in_progress",
        "value": "completed",
        "reason": "seen on the page",
        "author": "analyst",
        "date": dt.date(2026, 1, 1),
    }
    return {**entry, **changes}


def test_a_correction_is_applied_and_fails_loudly_when_it_no_longer_fits(data: Path) -> None:
    frames = apply_corrections(frames_of(data), load_corrections([correction()]))
    assert frames["core_problems"].filter(pl.col("problem_id") == "anshan-2021/12")[
        "status_code"
    ].to_list() == ["completed"]
    for changes, sign in [
        ({"parsed": "completed_long_term"}, "parsed as 'in_progress' today"),
        ({"id": "anshan-2021/99"}, "has no row"),
        ({"value": "in_progress"}, "is already"),
        ({"field": "colour"}, "has no column"),
        ({"field": "problem_id"}, "is a key"),
    ]:
        with pytest.raises(CorrectionError, match=sign):
            apply_corrections(frames_of(data), load_corrections([correction(**changes)]))
    with pytest.raises(CorrectionError, match="reason"):
        load_corrections([{k: v for k, v in correction().items() if k != "reason"}])
    absent = apply_corrections(frames_of(data), load_corrections([correction(id="hangzhou-2020/1")]))
    assert absent["core_problems"].equals(frames_of(data)["core_problems"])


def test_review_sheet_goes_out_and_comes_back(data: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    from analysis.ledger.review import ReviewError, read_review, write_review

    sheet = tmp_path / "review.xlsx"
    assert write_review(data, sheet) > 0
    book = load_workbook(sheet)
    rows = {(r[0].value, r[2].value): r for r in book.active.iter_rows(min_row=2)}
    claim = next(r for (_, field), r in rows.items() if field == "value")
    lookups = tmp_path / "lookups"
    lookups.mkdir()
    (lookups / "corrections.yml").write_text("# kept comment\n[]\n", encoding="utf-8")
    (lookups / "type_labels.csv").write_text(
        "problem_id,primary,secondary,coder,date,reason\n", encoding="utf-8"
    )
    claim[6].value = "50"
    book.save(sheet)
    with pytest.raises(ReviewError, match="reason"):
        read_review(sheet, data, lookups)
    claim[7].value, claim[8].value = "counted again", "analyst"
    book.save(sheet)
    assert read_review(sheet, data, lookups, today=dt.date(2026, 1, 1)) == (1, 0)
    text = (lookups / "corrections.yml").read_text(encoding="utf-8")
    assert text.startswith("# kept comment")
    import yaml

    [entry] = yaml.safe_load(text)
    assert entry["id"] == claim[0].value and entry["value"] == 50.0
    apply_corrections(frames_of(data), load_corrections([entry]))


def test_a_human_label_outranks_the_automatic_type_and_says_so(data: Path) -> None:
    from analysis.ledger.human_types import apply_human_types
    from analysis.parsing.types.coding import TypeCoding

    before = frames_of(data)
    after = apply_human_types(
        before,
        {
            "anshan-2021/12": TypeCoding("policy_execution", ("sports",), 1.0, ()),
            "hangzhou-2020/1": TypeCoding("finance", (), 1.0, ()),
        },
    )
    old, new = (
        frames["core_problems"].filter(pl.col("problem_id") == "anshan-2021/12").row(0, named=True)
        for frames in (before, after)
    )
    assert old["type_basis"] == "automatic" and old["primary_type_code"] != "policy_execution"
    assert (new["primary_type_code"], new["secondary_type_codes"], new["type_basis"], new["type_score"]) == (
        "policy_execution",
        "sports",
        "human",
        1.0,
    )
    others = pl.col("problem_id") != "anshan-2021/12"
    assert after["core_problems"].filter(others).equals(before["core_problems"].filter(others))
    assert CORE_TABLES["core_problems"].is_valid(after["core_problems"])
