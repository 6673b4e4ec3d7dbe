"""What moved since the last edition: notices added or gone, statuses changed, numbers moved.

Each edition keeps a small snapshot of its figures; two snapshots are compared by ID, and both
values are shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis.display.labels import code_label, label
from analysis.runs.record import write_json
from analysis.selection import Ledger

SNAPSHOT_NAME = "snapshot.json"


SHOWN = 6
COUNTS = {"problem_count": "col_problems", "leaf_count": "col_items", "measure_count": "col_measures"}
PARTS = ("notices", "statuses", "claims", "ratios", "quarantine")
WORDS = {
    "zh": {
        "first": "这是所选范围的第一期，没有可比较的上一期。",
        "same": "与上一期 {previous} 相比，通报、状态和数字都没有变化。",
        "against": "与上一期 {previous} 相比：{moved}。",
        "added": "新增通报 {ids}",
        "removed": "不再包含通报 {ids}",
        "status": "{id}由“{before}”变为“{after}”",
        "item": "{name} 第{item}项",
        "claim": "{name} 声明的“{what}”",
        "ratio": "{name} {what}口径完成数",
        "number": "{id}由 {before} 变为 {after}",
        "more": "另有 {count} 处变化，见运行记录 run.json",
        "of": "{listed}等{count}份",
        "join": "、",
        "part": "；",
    },
    "en": {
        "first": "This is the first edition of this selection; there is nothing to compare it with.",
        "same": "No notice, result or number has changed since edition {previous}.",
        "against": "Since edition {previous}: {moved}.",
        "added": "notices added: {ids}",
        "removed": "notices no longer held: {ids}",
        "status": "{id} changed from “{before}” to “{after}”",
        "item": "{name} item {item}",
        "claim": "{name} stated “{what}”",
        "ratio": "{name} completed ({what})",
        "number": "{id} changed from {before} to {after}",
        "more": "{count} further changes are in run.json",
        "of": "{listed} and others, {count} in all",
        "join": ", ",
        "part": "; ",
    },
}


def take_snapshot(ledger: Ledger, completion: pl.DataFrame) -> dict[str, Any]:
    """The figures of an edition, by ID: notices, statuses, stated totals, ratios, files set aside."""
    problems = (
        ledger.problems.filter(pl.col("is_leaf")).select("problem_id", "status_code").sort("problem_id")
    )
    notices = ledger.notices.select("notice_id", "title", *COUNTS).sort("notice_id")
    # by what is claimed: the place of a claim in the text moves with every claim before it
    claims = ledger.claims.group_by("notice_id", "claim_code").agg(pl.col("value").unique().sort())
    claims = claims.sort("notice_id", "claim_code")
    ratios = completion.sort("notice_id", "definition_code", "unit").to_dicts()
    aside = ledger.quarantine.filter(pl.col("notice_id").is_null()).select("source_path", "reason_code")
    return {
        "notices": {row.pop("notice_id"): row for row in notices.to_dicts()},
        "statuses": dict(problems.iter_rows()),
        "claims": {f"{notice} claim {code}": values for notice, code, values in claims.iter_rows()},
        "ratios": {
            f"{r['notice_id']} {r['definition_code']} {r['unit']}": [r["x_count"], r["n_count"]]
            for r in ratios
        },
        "quarantine": sorted(f"{path} ({code})" for path, code in aside.iter_rows()),
    }


def save_snapshot(folder: Path, snapshot: dict[str, Any]) -> None:
    write_json(folder / SNAPSHOT_NAME, snapshot)


def load_snapshot(folder: Path | None) -> dict[str, Any] | None:
    """The snapshot of an edition's folder; None where there is none that can be read."""
    if folder is None:
        return None
    try:
        snapshot = json.loads((folder / SNAPSHOT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    kinds = {"quarantine": list}
    whole = isinstance(snapshot, dict) and all(
        isinstance(snapshot.get(part), kinds.get(part, dict)) for part in PARTS
    )
    is_known = whole and all(" claim " in key for key in snapshot["claims"])
    is_known = is_known and all(
        isinstance(row, dict) and set(COUNTS) <= set(row) for row in snapshot["notices"].values()
    )
    return snapshot if is_known else None


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
    return [
        {"id": f"{notice} {name}", "before": before[notice][name], "after": after[notice][name]}
        for notice in sorted(shared)
        for name in COUNTS
        if before[notice][name] != after[notice][name]
    ]


def has_moved(changes: dict[str, Any]) -> bool:
    """Is there an edition to compare with, and did anything move since?"""
    moved = ("notices_added", "notices_removed", "statuses_changed", "numbers_moved")
    return not changes["is_first"] and any(changes[name] for name in moved)


def told_changes(
    changes: dict[str, Any], previous: str | None, lang: str, names: Mapping[str, str] | None = None
) -> str:
    """What moved since edition ``previous``, as one line; at most six changes, and six notices of a list, are told.

    ``names``: what a notice is called, by its ID; one that is not there goes by its ID.
    """
    words, names = WORDS[lang], names or {}
    if changes["is_first"] or previous is None:
        return words["first"]
    told = [
        words[key].format(ids=_listed([names.get(one, one) for one in changes[name]], words))
        for key, name in (("added", "notices_added"), ("removed", "notices_removed"))
        if changes[name]
    ]
    for row in changes["statuses_changed"]:
        before, after = (code_label("statuses", row[side], lang) or "–" for side in ("before", "after"))
        told.append(words["status"].format(id=_called(row["id"], names, lang), before=before, after=after))
    for row in changes["numbers_moved"]:
        before, after = _shown(row["before"]), _shown(row["after"])
        told.append(words["number"].format(id=_called(row["id"], names, lang), before=before, after=after))
    if not told:
        return words["same"].format(previous=previous)
    if len(told) > SHOWN:
        told = [*told[:SHOWN], words["more"].format(count=len(told) - SHOWN)]
    return words["against"].format(previous=previous, moved=words["part"].join(told))


def _listed(names: list[str], words: dict[str, str]) -> str:
    listed = words["join"].join(names[:SHOWN])
    return listed if len(names) <= SHOWN else words["of"].format(listed=listed, count=len(names))


def _called(key: str, names: Mapping[str, str], lang: str) -> str:
    """``key`` of a snapshot in words: 鞍山 2021 第12项, Anshan 2021 strict."""
    notice, words = _notice_of(key), WORDS[lang]
    name, rest = names.get(notice, notice), key[len(notice) :]
    if rest.startswith("/"):
        return words["item"].format(name=name, item=rest[1:])
    kind, _, code = rest.strip().partition(" ")
    if kind == "claim":
        return words["claim"].format(name=name, what=code_label("claims", code, lang))
    if kind in COUNTS:
        return f"{name} {label(COUNTS[kind], lang)}"
    return words["ratio"].format(name=name, what=code_label("completion_definitions", kind, lang).lower())


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(_shown(part) for part in value)
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
