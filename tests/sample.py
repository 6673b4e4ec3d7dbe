"""``python -m tests.sample``: make the edition of the five reports that is committed in ``reports/sample``.

It holds the briefing in PDF and HTML, the ledger page and two executed notebooks, and the source
pages that their links lead to.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from analysis.paths import PACKAGE
from analysis.runs.briefing import Order, produce

SAMPLE = PACKAGE.parent / "reports" / "sample"
FILES = ("briefing.html", "briefing.pdf", "ledger.html")
NOTEBOOKS = ("03_completion.ipynb", "10_briefing.ipynb")


def make(target: Path) -> None:
    """Publish the five reports and copy what the sample shows into ``target``, replacing it."""
    with tempfile.TemporaryDirectory() as scratch:
        data, out = Path(scratch) / "data" / "processed", Path(scratch) / "reports"
        _, edition = produce(Order(data=data, out=out, formats=("html", "pdf"), profiles=0))
        shutil.rmtree(target, ignore_errors=True)
        (target / "notebooks").mkdir(parents=True)
        for name in FILES:
            shutil.copyfile(edition / name, target / name)
        shutil.copytree(edition / "sources", target / "sources")
        for name in NOTEBOOKS:
            text = (edition / "notebooks" / name).read_text(encoding="utf-8")
            text = text.replace(str(data), "../data/processed")
            (target / "notebooks" / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(SAMPLE)
