"""``zhenggai parse`` (bytes → validated Parquet) beside ``jieba.cut`` (tokens only) on the same text.

Both run as a process of their own, start-up included, one after the other and in turns; the best
of each counts. The memory of ``zhenggai parse`` is measured on a quarter of the corpus as well:
it must not grow with it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.measure import ROOT, Run, run, table

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
    # A cache of an earlier run would measure reading it, not parsing.
    return run([_zhenggai(), "parse", str(corpus), "--out", str(out), "--jobs", str(jobs), "--json"])


def _read_all(result: Run, files: int) -> int:
    """Notices read; a benchmark of refusals would mean nothing, so fewer than 99 % is an error."""
    line = next((line for line in reversed(result.output.splitlines()) if line.startswith("{")), None)
    if result.exit_code not in (0, 3) or line is None:
        raise RuntimeError(f"zhenggai parse failed ({result.exit_code}):\n{result.output[-1500:]}")
    notices = json.loads(line)["notices"]
    if notices < 0.99 * files:
        raise RuntimeError(f"only {notices} of {files} copies were read; the first reasons:\n{line[:1500]}")
    return notices


def bench(megabytes: float = 20.0, rounds: int = 2) -> dict:
    """Measure and return every number; also printed by ``main``."""
    with tempfile.TemporaryDirectory(prefix="zhenggai-bench-") as scratch:
        folder = Path(scratch)
        files, size, characters = write_corpus(folder / "whole", megabytes)
        small_files, small_size, _ = write_corpus(folder / "quarter", megabytes / 4)
        parse_runs, jieba_runs = [], []
        notices = 0
        for _ in range(rounds):
            parse_runs.append(_parse(folder / "whole", folder / "out"))
            notices = _read_all(parse_runs[-1], files)
            jieba_runs.append(run([sys.executable, "-c", _JIEBA, str(folder / "whole")]))
            if jieba_runs[-1].exit_code:
                raise RuntimeError(f"jieba failed:\n{jieba_runs[-1].output[-800:]}")
        small = _parse(folder / "quarter", folder / "out")
        _read_all(small, small_files)
        double = _parse(folder / "whole", folder / "out", jobs=2)
        _read_all(double, files)
    ours, theirs = min(parse_runs, key=lambda r: r.seconds), min(jieba_runs, key=lambda r: r.seconds)
    return {
        "corpus": {"files": files, "bytes": size, "characters": characters, "notices_read": notices},
        "zhenggai_parse": {
            "seconds": [round(r.seconds, 2) for r in parse_runs],
            "best_seconds": round(ours.seconds, 2),
            "cpu_seconds": round(min(r.cpu_seconds for r in parse_runs), 2),
            "peak_mb": round(max(r.peak_mb for r in parse_runs)),
        },
        "jieba_cut": {
            "seconds": [round(r.seconds, 2) for r in jieba_runs],
            "best_seconds": round(theirs.seconds, 2),
            "cpu_seconds": round(min(r.cpu_seconds for r in jieba_runs), 2),
            "peak_mb": round(theirs.peak_mb),
        },
        "zhenggai_parse_2_jobs": {
            "best_seconds": round(double.seconds, 2),
            "cpu_seconds": round(double.cpu_seconds, 2),
            "peak_mb": round(double.peak_mb),
        },
        "zhenggai_parse_quarter": {
            "bytes": small_size,
            "best_seconds": round(small.seconds, 2),
            "cpu_seconds": round(small.cpu_seconds, 2),
            "peak_mb": round(small.peak_mb),
        },
        "times_as_fast": round(theirs.seconds / ours.seconds, 2),
        "times_as_fast_cpu": round(
            min(r.cpu_seconds for r in jieba_runs) / min(r.cpu_seconds for r in parse_runs), 2
        ),
        "memory_growth_mb": round(max(r.peak_mb for r in parse_runs) - small.peak_mb),
        "characters_per_second": round(characters / ours.seconds),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args(arguments)
    numbers = bench(options.megabytes, options.rounds)
    size = numbers["corpus"]["bytes"] / 1e6

    def row(name: str, key: str, speed: str = "", cpu_speed: str = "") -> list[str]:
        entry = numbers[key]
        return [name, entry["best_seconds"], speed, entry["cpu_seconds"], cpu_speed, entry["peak_mb"]]

    rows = [
        row(
            f"zhenggai parse, {size:.1f} MB → Parquet",
            "zhenggai_parse",
            f"{numbers['times_as_fast']}×",
            f"{numbers['times_as_fast_cpu']}×",
        ),
        row("zhenggai parse --jobs 2", "zhenggai_parse_2_jobs"),
        row(f"jieba.cut, {size:.1f} MB → tokens", "jieba_cut", "1×", "1×"),
        row(
            f"zhenggai parse, {numbers['zhenggai_parse_quarter']['bytes'] / 1e6:.1f} MB",
            "zhenggai_parse_quarter",
        ),
    ]
    print(
        f"parsing: {numbers['corpus']['notices_read']} notices, {numbers['corpus']['characters']:,} characters, best of {options.rounds}, start-up included"
    )
    print(table(["", "seconds", "speed", "CPU seconds", "speed", "peak MB"], rows))
    target = ROOT / "reports" / "bench" / "parse.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
