"""``zhenggai parse`` (bytes → validated Parquet) beside ``jieba.cut`` (tokens only) on the same text.

Both run as a process of their own, start-up included, one after the other and in turns; the best
of each counts. Besides: two processes, the peak of memory at 12 and 60 MB (and 300 MB with
``--long``), and a second parse of 2,000 files where none, or one, has changed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.corpus import layouts, write_corpus
from tests.bench.measure import Goal, Run, run, save, show

_JIEBA = """
import sys, pathlib, logging
import jieba
jieba.setLogLevel(logging.WARNING)
n = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.txt")):
    for token in jieba.cut(path.read_text(encoding="utf-8")):
        n += 1
print(n)
"""


def _zhenggai() -> str:
    beside = Path(sys.executable).with_name("zhenggai")
    return str(beside) if beside.exists() else shutil.which("zhenggai") or "zhenggai"


def _parse(corpus: Path, out: Path, jobs: int = 1) -> Run:
    shutil.rmtree(out, ignore_errors=True)
    return run([_zhenggai(), "parse", str(corpus), "--out", str(out), "--jobs", str(jobs), "--json"])


def _read_all(result: Run, files: int) -> dict:
    """The summary; a benchmark of refusals would mean nothing, so fewer than nine in ten notices is an error."""
    line = next((line for line in reversed(result.output.splitlines()) if line.startswith("{")), None)
    if result.exit_code not in (0, 3) or line is None:
        raise RuntimeError(f"zhenggai parse failed ({result.exit_code}):\n{result.output[-1500:]}")
    summary = json.loads(line)
    if summary["notices"] < 0.9 * files:
        raise RuntimeError(
            f"only {summary['notices']} of {files} copies were read; the first reasons:\n{line[:1500]}"
        )
    return summary


def _best(runs: list[Run]) -> dict:
    return {
        "seconds": round(min(run.seconds for run in runs), 2),
        "cpu_seconds": round(min(run.cpu_seconds for run in runs), 2),
        "peak_mb": round(max(run.peak_mb for run in runs)),
    }


def bench_speed(folder: Path, megabytes: float, rounds: int) -> dict:
    """``parse`` with one and two processes, and ``jieba.cut``, in turns on one corpus."""
    files, size, characters = write_corpus(folder / "whole", megabytes)
    runs: dict[str, list[Run]] = {"parse": [], "parse_2_jobs": [], "jieba_cut": []}
    for _ in range(rounds):
        runs["parse"].append(_parse(folder / "whole", folder / "out"))
        summary = _read_all(runs["parse"][-1], files)
        runs["parse_2_jobs"].append(_parse(folder / "whole", folder / "out", jobs=2))
        runs["jieba_cut"].append(run([sys.executable, "-c", _JIEBA, str(folder / "whole")]))
        if runs["jieba_cut"][-1].exit_code:
            raise RuntimeError(f"jieba failed:\n{runs['jieba_cut'][-1].output[-800:]}")
    found = {name: _best(done) for name, done in runs.items()}
    ours, theirs, double = found["parse"], found["jieba_cut"], found["parse_2_jobs"]
    return {
        "corpus": {
            "layouts": len(layouts()),
            "files": files,
            "bytes": size,
            "characters": characters,
            "notices_read": summary["notices"],
        },
        **found,
        "times_as_fast": round(theirs["seconds"] / ours["seconds"], 2),
        "times_as_fast_cpu": round(theirs["cpu_seconds"] / ours["cpu_seconds"], 2),
        "two_processes": round(ours["seconds"] / double["seconds"], 2),
        "characters_per_second": round(characters / ours["seconds"]),
    }


def bench_memory(folder: Path, sizes: tuple[float, ...]) -> dict:
    """Peak of memory of one parse at each size of the corpus (10^6 bytes)."""
    found = {}
    for megabytes in sizes:
        corpus = folder / f"{megabytes:g}"
        files, _, _ = write_corpus(corpus, megabytes)
        done = _parse(corpus, folder / "out")
        _read_all(done, files)
        found[f"{megabytes:g}"] = {"files": files, **_best([done])}
        shutil.rmtree(corpus)
    return found


def bench_again(folder: Path, count: int = 2_000) -> dict:
    """A full parse of ``count`` files, then one where nothing and one where one file has changed."""
    write_corpus(folder / "many", 100, files=count)
    command = [_zhenggai(), "parse", str(folder / "many"), "--out", str(folder / "kept"), "--json"]
    full = run(command)
    _read_all(full, count)
    unchanged = run(command)
    path = sorted((folder / "many").iterdir())[count // 2]
    path.write_text(path.read_text(encoding="utf-8") + "\n特此通报。\n", encoding="utf-8")
    changed = run(command)
    told = [_read_all(done, count)["unchanged"] for done in (unchanged, changed)]
    if told[0] != count or not 0.95 * count < told[1] < count:  # near copies name it and are read again too
        raise RuntimeError(f"unchanged files: {told}")
    return {
        "files": count,
        "full": _best([full]),
        "unchanged": _best([unchanged]),
        "one_changed": _best([changed]),
        "read_again": count - told[1],
        "unchanged_share": round(unchanged.seconds / full.seconds, 4),
        "one_changed_share": round(changed.seconds / full.seconds, 4),
    }


def bench_corpus(count: int = 100_000) -> dict:
    """One parse of a corpus of ``count`` made notices by two processes: its time, its memory and what it wrote.

    Needs some 25 kB of disk a notice while it runs.
    """
    with tempfile.TemporaryDirectory(prefix="zhenggai-bench-") as scratch:
        folder = Path(scratch)
        files, size, _ = write_corpus(folder / "raw", float("inf"), files=count)
        done = _parse(folder / "raw", folder / "out", jobs=2)
        summary = _read_all(done, files)
        written = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
        rows = sum(summary["table_rows"].values())
    return {
        "files": files,
        "bytes": size,
        "notices_read": summary["notices"],
        "rows": rows,
        "bytes_written": written,
        "notices_per_second": round(summary["notices"] / done.seconds, 1),
        "peak_mb_of_halves": [round(peak) for peak in done.halves_mb],
        **_best([done]),
    }


def bench(megabytes: float = 20.0, rounds: int = 2, long: bool = False) -> dict:
    """Measure and return every number; also printed by ``main``."""
    with tempfile.TemporaryDirectory(prefix="zhenggai-bench-") as scratch:
        folder = Path(scratch)
        return {
            **bench_speed(folder, megabytes, rounds),
            "memory_by_megabytes": bench_memory(folder, (12, 60, 300) if long else (12, 60)),
            "again": bench_again(folder),
        }


def goals(numbers: dict, corpus: dict | None = None) -> list[Goal]:
    again, memory = numbers["again"], numbers["memory_by_megabytes"]
    peaks = {size: entry["peak_mb"] for size, entry in memory.items()}
    small, large = list(peaks)[-2:]
    return [
        Goal("parse, times as fast as jieba.cut", numbers["times_as_fast"], 2.6, is_floor=True),
        Goal("two processes, times as fast as one", numbers["two_processes"], 1.8, is_floor=True),
        *(Goal(f"peak at {size} MB of text, MB", peak, 300) for size, peak in peaks.items()),
        Goal(f"peak at {large} MB by that at {small} MB", round(peaks[large] / peaks[small], 2), 1.1),
        Goal("one changed file of 2,000, share of a full parse", again["one_changed_share"], 0.03),
        Goal("nothing changed, share of a full parse", again["unchanged_share"], 0.01),
        *(_flat(corpus["peak_mb_of_halves"]) if corpus else []),
    ]


def _flat(halves: list[int]) -> list[Goal]:
    return [
        Goal("100,000 notices, peak of the later half by the earlier", round(halves[1] / halves[0], 2), 1.1)
    ]


def main(arguments: list[str] | None = None) -> list[Goal]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--long", action="store_true", help="also 300 MB and a corpus of 100,000 notices")
    options = parser.parse_args(arguments)
    numbers = bench(options.megabytes, options.rounds, options.long)
    corpus, again = numbers["corpus"], numbers["again"]

    def row(name: str, entry: dict, *speeds: str) -> list:
        return [name, entry["seconds"], entry["cpu_seconds"], entry["peak_mb"], *(speeds or ("",))]

    rows = [
        row("zhenggai parse", numbers["parse"], f"{numbers['times_as_fast']}×"),
        row(
            "zhenggai parse --jobs 2", numbers["parse_2_jobs"], f"{numbers['two_processes']}× of one process"
        ),
        row("jieba.cut", numbers["jieba_cut"], "1×"),
        *(row(f"zhenggai parse, {size} MB", entry) for size, entry in numbers["memory_by_megabytes"].items()),
        row(f"zhenggai parse, {again['files']} files", again["full"]),
        row("  again, nothing changed", again["unchanged"], f"{again['unchanged_share']:.1%}"),
        row("  again, one file changed", again["one_changed"], f"{again['one_changed_share']:.1%}"),
    ]
    whole = bench_corpus() if options.long else None
    if whole:
        speed = f"{whole['notices_per_second']}/s"
        rows.append(row(f"zhenggai parse --jobs 2, {whole['files']:,} files", whole, speed))
        save("corpus", whole)
    show(
        f"parsing: {corpus['notices_read']} notices in {corpus['layouts']} layouts, {corpus['bytes'] / 1e6:.1f} MB, "
        f"best of {options.rounds}, start-up included",
        ["", "seconds", "CPU seconds", "peak MB", ""],
        rows,
    )
    save("parse", numbers)
    return goals(numbers, whole)


if __name__ == "__main__":
    main(sys.argv[1:])
