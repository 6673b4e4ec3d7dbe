"""What of a ledger must survive when the same notice is printed differently.

``signature`` leaves out offsets and white space; everything an analyst would count stays.
``broken_spans`` and ``broken_regions`` check one ledger against its own text.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.ledger.schemas import SPANS

_SPACE = re.compile(r"[\s　﻿]+")
_NOTICE_FIELDS = (
    "inspection_start_date",
    "inspection_end_date",
    "inspection_kind",
    "feedback_date",
    "cutoff_date",
    "publication_date",
    "signed_date",
    "admin_level",
    "city_name",
    "problem_count",
    "leaf_count",
    "measure_count",
)
# A page number between two pages: part of the verbatim words, not of what they say.
_PAGE_NUMBER = re.compile(r"\s*\n\s*[-－—]\s*\d{1,3}\s*[-－—]\s*\n\s*")
# One printed form for what differs only in width.
_WIDTH = str.maketrans("，；：（）！？％０１２３４５６７８９．", ",;:()!?%0123456789.")


def plain(text: str | None) -> str | None:
    """The words without white space and page numbers, in one width."""
    return None if text is None else _SPACE.sub("", _PAGE_NUMBER.sub("", text)).translate(_WIDTH)


def signature(tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Problems with statement, result and measures; metadata; totals; without any offset."""
    notice = tables["core_notices"][0]
    notice_id = notice["notice_id"]
    return {
        "notice": {name: notice[name] for name in _NOTICE_FIELDS},
        "team": plain(notice["inspection_team_name"]),
        "sections": [(row["section_level"], plain(row["title_text"])) for row in tables["core_sections"]],
        "problems": [
            (
                row["problem_id"].removeprefix(notice_id),
                row["unit"],
                row["is_leaf"],
                plain(row["statement_text"]),
                row["status_code"],
                row["status_basis"],
                row["measure_count"],
            )
            for row in tables["core_problems"]
        ],
        "measures": [
            (row["measure_id"].removeprefix(notice_id), plain(row["measure_text"]))
            for row in tables["core_measures"]
        ],
        "claims": sorted((row["claim_code"], row["value"]) for row in tables["core_claims"]),
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """One line per part that differs, with the first differing entry of each."""
    lines = []
    for part, old in before.items():
        new = after[part]
        if old == new:
            continue
        if isinstance(old, list):
            if len(old) != len(new):
                lines.append(f"{part}: {len(old)} became {len(new)}")
            lines += [f"{part}: {a} became {b}" for a, b in zip(old, new) if a != b][:2]
        elif isinstance(old, dict):
            lines += [
                f"{part}.{name}: {value} became {new[name]}"
                for name, value in old.items()
                if value != new[name]
            ]
        else:
            lines.append(f"{part}: {old} became {new}")
    return lines


def broken_spans(text: str, tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Rows whose stored words are not what stands at their offsets."""
    faults = []
    for table, columns in SPANS.items():
        for row in tables.get(table, []):
            for words, start, end in columns:
                if row.get(start) is None:
                    if row.get(words) is not None and table != "core_metadata":
                        faults.append(f"{table}.{words}: {row[words]!r} has no span")
                    continue
                if not 0 <= row[start] < row[end] <= len(text):
                    faults.append(f"{table}.{words}: span {row[start]}–{row[end]} outside 0–{len(text)}")
                elif text[row[start] : row[end]] != row[words] and plain(
                    text[row[start] : row[end]]
                ) != plain(row[words]):
                    faults.append(
                        f"{table}.{words}: {row[words]!r} but the text holds {text[row[start] : row[end]]!r}"
                    )
    return faults


def broken_regions(text: str, tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Gaps and overlaps of core_regions, which must cover the text exactly once."""
    faults, position = [], 0
    for row in sorted(tables["core_regions"], key=lambda r: r["char_start"]):
        if row["char_start"] != position:
            faults.append(
                f"{'gap' if row['char_start'] > position else 'overlap'} at {position}: next region starts at {row['char_start']}"
            )
        position = row["char_end"]
    if position != len(text):
        faults.append(f"regions end at {position}, the text at {len(text)}")
    return faults
