"""Whole editions, as ``zhenggai briefing`` makes them by default, of corpora in many layouts: time, memory, size."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.corpus import write_corpus
from tests.bench.measure import Goal, run, save, show

COUNTS = (100, 1000)
MOST_SECONDS = {100: 45.0, 1000: 180.0}  # what was agreed
MOST_MB, MOST_HTML = 1500.0, 5_000_000


def bench_edition(count: int) -> dict[str, Any]:
    """One edition of ``count`` notices, from raw files to the published folder."""
    with tempfile.TemporaryDirectory(prefix="zhenggai-bench-") as scratch:
        folder = Path(scratch)
        files, size, _ = write_corpus(folder / "raw", float("inf"), files=count)
        places = [f"--{name}={folder / name}" for name in ("raw", "data", "out")]
        done = run([str(Path(sys.executable).with_name("zhenggai")), "briefing", *places])
        record_file = folder / "out" / "latest" / "run.json"
        if done.exit_code not in (0, 3) or not record_file.is_file():
            raise RuntimeError(f"zhenggai briefing failed ({done.exit_code}):\n{done.output[-1500:]}")
        record = json.loads(record_file.read_text(encoding="utf-8"))
        latest = record_file.parent
        return {
            "files": files,
            "bytes": size,
            "notices": record["table_rows"]["core_notices"],
            "seconds": round(done.seconds, 1),
            "cpu_seconds": round(done.cpu_seconds, 1),
            "peak_mb": round(done.peak_mb),
            "briefing_html_bytes": (latest / "briefing.html").stat().st_size,
            "profiles": len(list(latest.glob("profile-*.html"))),
            "left_out": [line for line in record["warnings"] if "left out" in line],
            "steps": {step["name"]: step["seconds"] for step in record["steps"]},
        }


def goals(numbers: dict[str, Any]) -> list[Goal]:
    found = []
    for count, entry in numbers.items():
        if (most := MOST_SECONDS.get(int(count))) is not None:
            found += [
                Goal(f"edition of {count} notices, seconds", entry["seconds"], most),
                Goal(f"edition of {count} notices, MB", entry["peak_mb"], MOST_MB),
                Goal(f"edition of {count}, bytes of briefing.html", entry["briefing_html_bytes"], MOST_HTML),
            ]
    return found


def main(arguments: list[str] | None = None) -> list[Goal]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, nargs="*", default=COUNTS)
    numbers = {str(count): bench_edition(count) for count in parser.parse_args(arguments).notices}
    heads = ["edition of", "seconds", "CPU seconds", "peak MB", "profiles", "briefing.html"]
    rows = [
        [
            f"{count} notices",
            entry["seconds"],
            entry["cpu_seconds"],
            entry["peak_mb"],
            entry["profiles"],
            f"{entry['briefing_html_bytes'] / 1e6:.1f} MB",
        ]
        for count, entry in numbers.items()
    ]
    show("editions, with profiles of at most 60 cities", heads, rows)
    save("editions", numbers)
    return goals(numbers)


if __name__ == "__main__":
    main(sys.argv[1:])
