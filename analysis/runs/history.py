"""The history of runs: one line a run in ``reports/history.jsonl``, rebuilt from the records when broken."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from analysis.runs.editions import FAILED, age, read_record

HISTORY_NAME = "history.jsonl"
FIELDS = (
    "run_id",
    "sequence",
    "started_at",
    "ended_at",
    "seconds",
    "outcome",
    "error",
    "fingerprint",
    "parameters",
    "table_rows",
)


def history_line(record: dict[str, Any]) -> dict[str, Any]:
    """The columns of the history table, taken from a run record."""
    line = {name: record.get(name) for name in FIELDS}
    line["notices"] = (record.get("table_rows") or {}).get("core_notices")
    line["set_aside"] = sum(1 for row in record.get("quarantine") or [] if row.get("notice_id") is None)
    line["disagreements"] = (record.get("checks") or {}).get("disagreeing")
    line["peak_memory_mb"] = max(
        (step.get("peak_memory_mb", 0) for step in record.get("steps") or []), default=0
    )
    return line


def append_run(reports: Path, record: dict[str, Any]) -> None:
    """Add one run; the line is on disk when this returns."""
    path = reports / HISTORY_NAME
    with open(path, "a+", encoding="utf-8") as handle:
        # a line cut off by a crash must not swallow the next one
        handle.seek(0, os.SEEK_END)
        if handle.tell():
            with open(path, "rb") as reader:
                reader.seek(-1, os.SEEK_END)
                if reader.read(1) != b"\n":
                    handle.write("\n")
        handle.write(json.dumps(history_line(record), ensure_ascii=False, sort_keys=True, default=str) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def read_history(reports: Path) -> tuple[list[dict[str, Any]], int]:
    """(runs, oldest first; broken lines). Runs that only their record knows are added."""
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    broken = 0
    try:
        lines = (reports / HISTORY_NAME).read_bytes().splitlines()
    except OSError:
        lines = []
    for line in lines:
        try:
            run = json.loads(line.decode("utf-8"))
            runs[(run["run_id"], run["started_at"])] = run
        except (ValueError, KeyError, TypeError):
            broken += bool(line.strip())
    folders = [
        p
        for parent in (reports, reports / FAILED)
        if parent.is_dir()
        for p in parent.iterdir()
        if p.is_dir() and not p.is_symlink()
    ]
    for folder in folders:
        record = read_record(folder)
        if record and record.get("outcome") != "running":
            runs.setdefault((record["run_id"], record["started_at"]), history_line(record))
    return sorted(runs.values(), key=age), broken


def with_details(reports: Path, run: dict[str, Any]) -> dict[str, Any]:
    """A history line with what only the run's own record holds: input files, versions, checks, steps."""
    for folder in (reports / run["run_id"], reports / FAILED / run["run_id"]):
        record = read_record(folder)
        if record and record["started_at"] == run["started_at"]:
            return {
                **run,
                "inputs": {name: digest[:12] for name, digest in record.get("inputs", {}).items()},
                "versions": record.get("versions", {}),
                "checks": record.get("checks", {}),
                "seconds of": {step["name"]: step["seconds"] for step in record.get("steps", ())},
            }
    return run


def compare_runs(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Fields in which two history lines differ: (field, before, after)."""
    ignored = {"run_id", "sequence", "started_at", "ended_at", "fingerprint"}
    rows = []
    for name in sorted((set(one) | set(other)) - ignored):
        before, after = one.get(name), other.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            rows += [
                (f"{name}.{key}", before.get(key), after.get(key))
                for key in sorted(set(before) | set(after))
                if before.get(key) != after.get(key)
            ]
        elif before != after:
            rows.append((name, before, after))
    return rows
