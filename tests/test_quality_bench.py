"""The benchmark measures what it says: whole notices, read one by one.

A user would lose: an honest figure, if the copies in the corpus were refused or all the same, or
if a command that failed at once counted as a fast one.
"""

from __future__ import annotations

import random
import sys

import pytest

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import NotANotice
from tests.bench.bench_parse import _read_all
from tests.bench.corpus import RAW, layouts, lengthened, varied, write_corpus
from tests.bench.measure import Run, run, table
from tests.quality.corpus import load_document, plain_document


@pytest.mark.parametrize("name", sorted(path.name for path in RAW.glob("*.txt")))
def test_a_varied_copy_has_the_problems_of_its_report(name):
    document = load_document(RAW / name)
    whole = parse_notice(document).tables
    copy = varied(document.text, random.Random(1))
    changed = parse_notice(plain_document(copy)).tables
    assert copy != document.text
    assert len(changed["core_problems"]) == len(whole["core_problems"])
    assert [row["measure_count"] for row in changed["core_problems"]] == [
        row["measure_count"] for row in whole["core_problems"]
    ]


def test_longer_copies_of_many_layouts_are_notices_of_the_same_problems():
    sentences = ["同时组织业务骨干对台账逐页核对，并把结果张贴在办公区。", "会后发放学习资料36份。"]
    same = 0
    for name, text in layouts():
        try:
            whole = parse_notice(plain_document(text)).tables
        except NotANotice:
            continue
        copy = lengthened(text, 12_000, sentences, random.Random(name))
        changed = parse_notice(plain_document(copy)).tables
        same += len(changed["core_problems"]) == len(whole["core_problems"])
    assert same >= 60, "the benchmark would measure refusals and broken texts"


def test_the_corpus_reaches_its_size_without_repeating_a_file(tmp_path):
    files, size, characters = write_corpus(tmp_path / "corpus", 1.2)
    contents = [path.read_bytes() for path in sorted((tmp_path / "corpus").glob("*.txt"))]
    assert 1.2e6 <= size == sum(map(len, contents)) < 1.4e6
    assert len(set(contents)) == files == len(contents)
    assert characters == sum(len(data.decode("utf-8")) for data in contents)


def test_a_failed_or_empty_parse_is_no_benchmark():
    with pytest.raises(RuntimeError, match="failed"):
        _read_all(Run(0.1, 1.0, 2, "usage"), 5)
    with pytest.raises(RuntimeError, match="only 1 of 5"):
        _read_all(Run(0.1, 1.0, 3, '{"notices": 1}'), 5)
    assert _read_all(Run(0.1, 1.0, 0, 'x\n{"notices": 5}'), 5)["notices"] == 5


def test_the_memory_of_a_process_is_its_own_and_its_exit_code_is_kept():
    result = run(
        [sys.executable, "-c", "x = bytearray(80_000_000); import time; time.sleep(0.4); raise SystemExit(7)"]
    )
    assert result.exit_code == 7
    assert 80 < result.peak_mb < 160
    assert result.seconds > 0.4


def test_tables_align():
    assert table(["", "s"], [["a", "10"], ["bcd", "2"]]).split("\n") == [
        "      s",
        "---  --",
        "a    10",
        "bcd   2",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_speed_table_says_what_the_bench_measured(lang: str) -> None:
    """A README whose numbers nobody measured, or that leaves out what was missed."""
    from tests.bench import readme

    entry = {"seconds": 41.26, "best_seconds": 9.5, "cpu_seconds": 60.4, "peak_mb": 880}
    quiet = {"processor": "P", "cores": 2, "memory_gb": 8, "python": "3.11", "load": 1.5, "day": "2026-05-04"}
    busy = {**quiet, "load": 16.4}
    corpus = {**entry, "files": 100_000, "bytes": 14e8, "rows": 21_000_000, "notices_read": 94_025}
    found = {
        "editions": {"machine": quiet, "100": {**entry, "notices": 100, "profiles": 60}},
        "corpus": {**corpus, "seconds": 987.6, "machine": busy},
    }
    table = readme.speed_table(found, lang)
    for said in ("41.3", "60.4", "880", "100,000", "21,000,000", "94,025", "2026-05-04, 1.5", "16.4"):
        assert said in table, said
    assert "987.6" not in table, "the clock of a busy machine says nothing"
    notebooks = {
        "machine": quiet,
        "zhenggai_briefing": entry,
        "papermill_nbconvert": {**entry, "best_seconds": 77.7},
    }
    later = readme.speed_table({"notebooks": notebooks}, lang, table)
    assert "77.7" in later and "94,025" in later, "a line that was not measured anew stays"
    path = readme.ROOT / readme.FILES[lang]
    assert all(path.read_text(encoding="utf-8").count(mark) == 1 for mark in readme.MARKS)


def test_processes_that_outlive_their_command_are_counted() -> None:
    """A benchmark that leaves out what a server of forks did."""
    busy = "import time\nwhile time.process_time() < 0.6: pass"
    orphan = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}])"
    assert run([sys.executable, "-c", orphan]).cpu_seconds > 0.6
