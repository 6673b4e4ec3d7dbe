"""Tables are taken up whole or not at all: else a reader could mix two runs' numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import polars as pl
import pytest

from analysis.ledger import store


def build_tables(folder: Path, value: int, parts: int = 1) -> Path:
    build = store.new_build(folder)
    for part in range(parts):
        store.write_part(
            build, "core_notices", part, pl.DataFrame({"notice_id": [f"n{part}"], "value": [value]})
        )
    store.write_part(build, "codes_statuses", 0, pl.DataFrame({"code": ["a"]}))
    return build


@pytest.mark.parametrize("parts", [1, 3])
def test_a_users_script_reads_a_table_by_one_path_however_large_it_is(tmp_path: Path, parts: int) -> None:
    import duckdb
    import pandas as pd

    for count in (1, 3, parts):  # a file becomes a folder and a file again, under one name
        store.commit_tables(tmp_path, build_tables(tmp_path, count, parts=count))
    path = tmp_path / "core_notices.parquet"
    assert path.is_file() if parts == 1 else path.is_dir()
    expected = [f"n{part}" for part in range(parts)]
    assert pl.read_parquet(path)["notice_id"].to_list() == expected
    assert pl.scan_parquet(path).collect()["notice_id"].to_list() == expected
    assert pd.read_parquet(path)["notice_id"].to_list() == expected
    assert [row for (row,) in duckdb.sql(f"select notice_id from '{path}'").fetchall()] == expected
    assert store.read_table(tmp_path, "core_notices")["notice_id"].to_list() == expected


def test_the_layout_of_an_earlier_version_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "core_notices").mkdir()
    pl.DataFrame({"value": [7]}).write_parquet(tmp_path / "core_notices" / "part-00000.parquet")
    with pytest.raises(store.MissingTables, match="zhenggai parse"):
        store.read_table(tmp_path, "core_notices")
    store.commit_tables(tmp_path, build_tables(tmp_path, 1))
    assert not (tmp_path / "core_notices").exists()


@pytest.mark.parametrize(
    "journal", ["", "{", "[]", '{"build": 1}', '{"build": "..", "moves": [], "prefixes": ["core_"]}']
)
def test_a_journal_that_makes_no_sense_is_none(tmp_path: Path, journal: str) -> None:
    store.commit_tables(tmp_path, build_tables(tmp_path, 1))
    (tmp_path / store.JOURNAL).write_text(journal)
    assert store.read_table(tmp_path, "core_notices")["value"].to_list() == [1]
    (tmp_path / store.JOURNAL).mkdir()
    assert store.read_table(tmp_path, "core_notices")["value"].to_list() == [1]
    assert not (tmp_path / store.JOURNAL).exists()


def test_a_second_writer_is_told_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from analysis.ledger import store
with store.writing(Path({str(tmp_path)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(store.FolderInUse, match="another"), store.writing(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with store.writing(tmp_path):
        pass


def test_new_core_tables_remove_stale_comparisons_and_tables(tmp_path: Path) -> None:
    build = build_tables(tmp_path, 1)
    store.write_part(build, "core_gone", 0, pl.DataFrame({"x": [1]}))
    store.commit_tables(tmp_path, build)
    out = store.new_build(tmp_path)
    store.write_part(out, "out_completion", 0, pl.DataFrame({"x": [1]}))
    store.commit_tables(tmp_path, out)
    assert store.table_names(tmp_path) == ["codes_statuses", "core_gone", "core_notices", "out_completion"]
    store.commit_tables(tmp_path, build_tables(tmp_path, 2))
    assert store.table_names(tmp_path) == ["codes_statuses", "core_notices"]


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "my notes.txt").write_text("mine")
    store.commit_tables(tmp_path, build_tables(tmp_path, 1))
    assert (tmp_path / "my notes.txt").read_text() == "mine"


@pytest.mark.parametrize("moves_before_the_kill", [0, 1])
def test_a_commit_killed_between_two_moves_is_finished_by_the_next_reader(
    tmp_path: Path, moves_before_the_kill: int
) -> None:
    store.commit_tables(tmp_path, build_tables(tmp_path, 1))
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        import polars as pl
        from analysis.ledger import store
        folder = Path({str(tmp_path)!r})
        build = store.new_build(folder)
        store.write_part(build, "core_notices", 0, pl.DataFrame({{"notice_id": ["n0"], "value": [2]}}))
        store.write_part(build, "codes_statuses", 0, pl.DataFrame({{"code": ["b"]}}))
        real, moved = os.replace, []
        def replace(source, target):
            if str(target).endswith(".parquet"):
                if len(moved) == {moves_before_the_kill}:
                    os.kill(os.getpid(), signal.SIGKILL)
                moved.append(target)
            real(source, target)
        os.replace = replace
        store.commit_tables(folder, build)
    """)
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert killed.returncode == -9, killed.stderr
    assert store.read_table(tmp_path, "core_notices")["value"].to_list() == [2]
    assert store.read_table(tmp_path, "codes_statuses")["code"].to_list() == ["b"]
    assert not list(tmp_path.glob(".*")), "nothing is left behind"


def test_a_build_killed_before_its_commit_leaves_the_old_tables(tmp_path: Path) -> None:
    store.commit_tables(tmp_path, build_tables(tmp_path, 1))
    left = build_tables(tmp_path, 2)
    (left / ".pid").write_text("999999999")
    assert store.read_table(tmp_path, "core_notices")["value"].to_list() == [1]
    store.new_build(tmp_path)
    assert not left.exists(), "the leftovers of a killed run would fill the disk"


def test_a_missing_table_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(store.MissingTables, match="zhenggai parse"):
        store.read_table(tmp_path, "core_notices")


def test_a_journal_that_is_there_names_only_what_it_moves(tmp_path: Path) -> None:
    build = build_tables(tmp_path, 5)
    (tmp_path / store.JOURNAL).write_text(
        json.dumps(
            {
                "build": build.name,
                "moves": [["core_notices.parquet", "core_notices.parquet"]],
                "prefixes": ["core_"],
            }
        )
    )
    store.recover(tmp_path)
    assert store.read_table(tmp_path, "core_notices")["value"].to_list() == [5]
    assert not (tmp_path / store.JOURNAL).exists()
    assert os.listdir(tmp_path) == ["core_notices.parquet"]
