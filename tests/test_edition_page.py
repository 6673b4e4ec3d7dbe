"""The first page says what moved, with both values, and shows the source's words as text only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.reporting.edition_page import change_blocks, insert_changes

MOVED = {
    "is_first": False,
    "notices_added": ["hangzhou-2025"],
    "notices_removed": [],
    "set_aside": ["scan.pdf (no_text_layer)"],
    "newly_set_aside": [],
    "statuses_changed": [{"id": "anshan-2021/12", "before": "in_progress", "after": "completed"}],
    "numbers_moved": [{"id": "anshan-2021 strict problem", "before": [38, 60], "after": [39, 60]}],
}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["正在整改", "已完成", "38/60", "39/60", "hangzhou-2025", "scan.pdf"]),
        ("en", ["in progress", "completed", "38/60", "39/60", "hangzhou-2025", "scan.pdf"]),
    ],
)
def test_both_values_stand_there(lang: str, words: list[str]) -> None:
    text = json.dumps(change_blocks(MOVED, "2026-11-16", lang), ensure_ascii=False)
    assert all(word in text for word in words) and "2026-11-16" in text


def test_a_moved_status_links_to_its_sentence() -> None:
    [_, _, listed] = change_blocks(MOVED, "2026-11-16", "zh")
    assert {"notice_id": "anshan-2021", "target": "p12"} in [
        run.get("source") for item in listed["items"] for run in item
    ]


def test_long_lists_are_cut_and_say_so() -> None:
    many = MOVED | {
        "statuses_changed": [
            {"id": f"anshan-2021/{n}", "before": "in_progress", "after": "completed"} for n in range(40)
        ]
    }
    [_, _, listed] = change_blocks(many, "2026-11-16", "zh")
    assert len(listed["items"]) < 20 and "run.json" in json.dumps(listed, ensure_ascii=False)


def test_the_first_edition_says_that_nothing_can_be_compared() -> None:
    first = change_blocks(MOVED | {"is_first": True}, None, "en")
    assert "first edition" in first[1]["runs"][0]["text"]


def test_blocks_come_behind_the_summary(tmp_path: Path) -> None:
    page = tmp_path / "10_briefing.ipynb"
    shown = {
        "cell_type": "code",
        "outputs": [
            {
                "output_type": "display_data",
                "data": {"application/vnd.zhenggai.block+json": {"kind": "callout", "tone": "can"}},
            }
        ],
    }
    page.write_text(
        json.dumps({"cells": [{"cell_type": "markdown"}, shown, {"cell_type": "markdown"}]}), encoding="utf-8"
    )
    insert_changes(page, MOVED, "2026-11-16", "zh")
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    assert [cell.get("id") for cell in cells].index("edition-changes") == 2
