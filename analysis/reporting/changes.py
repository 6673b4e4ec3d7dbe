"""What moved since the last edition: notices added or gone, statuses changed, numbers moved.

Each edition keeps a small snapshot of its figures; two snapshots are compared by ID, and both
values are shown.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from analysis.reporting.run_record import write_json

SNAPSHOT_NAME = "snapshot.json"


def take_snapshot(frames: dict[str, pl.DataFrame], completion: pl.DataFrame | None) -> dict[str, Any]:
    """The figures of an edition, by ID: notices, statuses, stated totals, ratios."""
    problems = frames["core_problems"].filter(pl.col("is_leaf")).select("problem_id", "status_code")
    notices = frames["core_notices"].select(
        "notice_id", "title", "problem_count", "leaf_count", "measure_count"
    )
    claims = frames["core_claims"].select("claim_id", "claim_code", "value")
    ratios = {}
    if completion is not None:
        rows = (
            completion.filter(pl.col("notice_id").is_not_null())
            .sort("notice_id", "definition_code", "unit")
            .to_dicts()
        )
        ratios = {
            f"{r['notice_id']} {r['definition_code']} {r['unit']}": [r["x_count"], r["n_count"]] for r in rows
        }
    return {
        "notices": {
            r["notice_id"]: {k: v for k, v in r.items() if k != "notice_id"}
            for r in notices.sort("notice_id").to_dicts()
        },
        "statuses": dict(problems.sort("problem_id").iter_rows()),
        "claims": {r["claim_id"]: [r["claim_code"], r["value"]] for r in claims.sort("claim_id").to_dicts()},
        "ratios": ratios,
        "quarantine": sorted(
            f"{r['source_path']} ({r['reason_code']})"
            for r in frames["core_quarantine"].to_dicts()
            if r["notice_id"] is None
        ),
    }


def save_snapshot(folder: Path, snapshot: dict[str, Any]) -> None:
    write_json(folder / SNAPSHOT_NAME, snapshot)


def load_snapshot(folder: Path | None) -> dict[str, Any] | None:
    """The snapshot of an edition's folder; None where there is none that can be read."""
    if folder is None:
        return None
    try:
        return json.loads((folder / SNAPSHOT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def compare_snapshots(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, Any]:
    """What moved, with both values; ``is_first`` where there is nothing to compare with."""
    if before is None:
        return {
            "is_first": True,
            "notices_added": sorted(after["notices"]),
            "notices_removed": [],
            "statuses_changed": [],
            "numbers_moved": [],
            "newly_set_aside": after["quarantine"],
            "set_aside": after["quarantine"],
        }
    shared = set(before["notices"]) & set(after["notices"])
    return {
        "is_first": False,
        "notices_added": sorted(set(after["notices"]) - set(before["notices"])),
        "notices_removed": sorted(set(before["notices"]) - set(after["notices"])),
        "statuses_changed": _moved(before["statuses"], after["statuses"], shared),
        "numbers_moved": [
            *_moved_counts(before["notices"], after["notices"], shared),
            *_moved(before["claims"], after["claims"], shared),
            *_moved(before["ratios"], after["ratios"], shared),
        ],
        "newly_set_aside": sorted(set(after["quarantine"]) - set(before["quarantine"])),
        "set_aside": after["quarantine"],
    }


def _notice_of(key: str) -> str:
    return key.split(" ")[0].split("/")[0].split("#")[0]


def _moved(before: dict[str, Any], after: dict[str, Any], shared: set[str]) -> list[dict[str, Any]]:
    return [
        {"id": key, "before": before.get(key), "after": after.get(key)}
        for key in sorted(set(before) | set(after))
        if _notice_of(key) in shared and before.get(key) != after.get(key)
    ]


def _moved_counts(before: dict[str, Any], after: dict[str, Any], shared: set[str]) -> list[dict[str, Any]]:
    fields = ("problem_count", "leaf_count", "measure_count")
    return [
        {"id": f"{notice} {name}", "before": before[notice][name], "after": after[notice][name]}
        for notice in sorted(shared)
        for name in fields
        if before[notice][name] != after[notice][name]
    ]


def has_moved(changes: dict[str, Any]) -> bool:
    return any(
        changes[key]
        for key in (
            "notices_added",
            "notices_removed",
            "statuses_changed",
            "numbers_moved",
            "newly_set_aside",
        )
    )
