"""``reports/index.html``: every edition and failed run, with a filter; opens without a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from analysis.paths import TEMPLATES
from analysis.reporting.editions import FAILED, LATEST, latest_edition, list_editions, read_record

INDEX_NAME = "index.html"
MAIN_FILES = ("briefing.html", "briefing.pdf", "briefing.docx", "ledger.xlsx")


def _entry(record: dict[str, Any], folder: Path, href: str) -> dict[str, Any]:
    changes = record.get("changes") or {}
    return {
        "run_id": record["run_id"], "started_at": record["started_at"], "outcome": record["outcome"],
        "lang": record["parameters"].get("lang", ""), "cities": ", ".join(record["parameters"].get("city_codes") or []),
        "notices": (record.get("table_rows") or {}).get("core_notices"),
        "disagreements": (record.get("checks") or {}).get("disagreeing"),
        "added": len(changes.get("notices_added", [])), "moved": len(changes.get("statuses_changed", [])) + len(changes.get("numbers_moved", [])),
        "files": [(name, f"{href}/{name}") for name in MAIN_FILES if (folder / name).is_file()],
        "note": f"{href}/failure.html" if (folder / "failure.html").is_file() else None, "error": record.get("error"),
    }


def write_index(reports: Path) -> Path:
    """Write the index page whole or not at all; returns its path."""
    entries = [_entry(e.record, e.folder, e.run_id) for e in list_editions(reports)]
    for folder in sorted((reports / FAILED).glob("*")):
        record = read_record(folder)
        if record:
            entries.append(_entry(record, folder, f"{FAILED}/{folder.name}"))
    entries.sort(key=lambda e: (e["started_at"], len(e["run_id"]), e["run_id"]), reverse=True)
    current = latest_edition(reports)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    page = environment.get_template("editions.html.j2").render(entries=entries, latest=current.run_id if current else None, latest_folder=LATEST)
    target, temporary = reports / INDEX_NAME, reports / f".{INDEX_NAME}.{os.getpid()}"
    temporary.write_text(page, encoding="utf-8")
    os.replace(temporary, target)
    return target


def write_failure_note(folder: Path, record: dict[str, Any]) -> Path:
    """The one page that says why a run did not publish."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    target = folder / "failure.html"
    target.write_text(environment.get_template("failure.html.j2").render(record=record), encoding="utf-8")
    return target
