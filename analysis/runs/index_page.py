"""``reports/index.html``: every edition and failed run, with a filter; opens without a server."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from analysis.runs.changes import load_snapshot
from analysis.runs.editions import FAILED, LATEST, age, latest_edition, list_editions, read_record

TEMPLATES = Path(__file__).parent / "templates"
INDEX_NAME = "index.html"
MAIN_FILES = (
    ("briefing.html", "HTML"),
    ("briefing.pdf", "PDF"),
    ("briefing.docx", "Word"),
    ("ledger.html", "台账 ledger"),
    ("ledger.xlsx", "台账 XLSX"),
    ("failure.html", "原因 failure note"),
    ("run.json", "运行记录 record"),
)


def _files(folder: Path, href: str) -> list[tuple[str, str]]:
    return [(label, f"{href}/{name}") for name, label in MAIN_FILES if (folder / name).is_file()]


def _selection(parameters: dict[str, Any]) -> str:
    """What an edition was asked for, in a few words."""
    first, last = parameters.get("first_year") or "", parameters.get("last_year") or ""
    parts = [
        "、".join(parameters.get("city_codes") or []) or "全部城市 all cities",
        f"{first}–{last}" if first or last else "",
        f"年份 {parameters['year_basis']}" if parameters.get("year_basis") else "",
        f"完成口径 {parameters['completion']}" if parameters.get("completion") else "",
        str(parameters.get("lang") or ""),
        "脱敏 redacted" if parameters.get("redact") else "",
    ]
    return " · ".join(part for part in parts if part)


def _entry(record: dict[str, Any], folder: Path, href: str, latest: str | None) -> dict[str, Any]:
    changes, rows, parameters = (
        record.get("changes") or {},
        record.get("table_rows") or {},
        record.get("parameters") or {},
    )
    # problems as the briefing counts them: rows of the table hold their parts as well
    counted = (load_snapshot(folder) or {"notices": {}})["notices"].values()
    return {
        "run_id": record["run_id"],
        "when": record["started_at"][:16].replace("T", " ") + " UTC",
        "outcome": record.get("outcome"),
        "is_latest": record["run_id"] == latest and record.get("outcome") == "published",
        "seconds": record.get("seconds") or 0.0,
        "lang": parameters.get("lang", ""),
        "selection": _selection(parameters),
        "notices": rows.get("core_notices"),
        "problems": sum(notice["problem_count"] for notice in counted) if counted else None,
        "disagreements": (record.get("checks") or {}).get("disagreeing"),
        "set_aside": sum(1 for row in record.get("quarantine") or [] if row.get("notice_id") is None),
        "added": len(changes.get("notices_added", [])),
        "moved": len(changes.get("statuses_changed", [])) + len(changes.get("numbers_moved", [])),
        "files": _files(folder, href),
        "error": record.get("error"),
        "age": age(record),
    }


def write_index(reports: Path) -> Path:
    """Write the index page whole or not at all; returns its path."""
    current = latest_edition(reports)
    latest = current.run_id if current else None
    entries = [_entry(e.record, e.folder, e.run_id, latest) for e in list_editions(reports)]
    for folder in sorted((reports / FAILED).glob("*")):
        record = read_record(folder)
        if record:
            entries.append(_entry(record, folder, f"{FAILED}/{folder.name}", latest))
    entries.sort(key=lambda e: e["age"], reverse=True)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    shown = {"run_id": latest, "files": _files(reports / LATEST, LATEST)[:-1]} if current else None
    page = environment.get_template("editions.html.j2").render(entries=entries, latest=shown)
    page = page.replace("script-src 'unsafe-inline'", f"script-src '{_script_digest(page)}'", 1)
    target, temporary = reports / INDEX_NAME, reports / f".{INDEX_NAME}.{os.getpid()}"
    try:
        temporary.write_text(page, encoding="utf-8")
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _script_digest(page: str) -> str:
    """The source expression that allows the page's one script and no other."""
    script = page.partition("<script>")[2].partition("</script>")[0]
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def write_failure_note(folder: Path, record: dict[str, Any]) -> Path:
    """The one page that says why a run did not publish."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    target = folder / "failure.html"
    target.write_text(environment.get_template("failure.html.j2").render(record=record), encoding="utf-8")
    return target
