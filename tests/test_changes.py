"""The first page says what moved, with both values; what is damaged is treated as absent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.runs.changes import SNAPSHOT_NAME, has_moved, load_snapshot, told_changes

# Totals by their place in the text, as an earlier release kept them: every one would seem to have moved.
EARLIER = '{"notices": {}, "statuses": {}, "claims": {"a-2020#t1": ["problems", 3]}, "ratios": {}, "quarantine": []}'
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
        ("zh", ["正在整改", "已完成", "38/60", "39/60", "hangzhou-2025"]),
        ("en", ["in progress", "completed", "38/60", "39/60", "hangzhou-2025"]),
    ],
)
def test_both_values_stand_there(lang: str, words: list[str]) -> None:
    line = told_changes(MOVED, "2026-11-16", lang)
    assert all(word.lower() in line.lower() for word in [*words, "2026-11-16"])


def test_changes_are_told_by_name_and_not_by_id() -> None:
    """The first page of a briefing is no place for anshan-2021#t3."""
    moved = [{"id": "anshan-2021 claim completed", "before": [53.0], "after": [50.0]},
             {"id": "anshan-2021 measure_count", "before": 3, "after": 4}]  # fmt: skip
    line = told_changes(MOVED | {"numbers_moved": moved}, "2026-11-16", "zh", {"anshan-2021": "鞍山 2021"})
    assert "鞍山 2021 第12项由“正在整改”变为“已完成”" in line
    assert "鞍山 2021 声明的“已完成”由 53 变为 50" in line and "鞍山 2021 措施由 3 变为 4" in line
    assert "anshan" not in line.replace("hangzhou-2025", "")


def test_long_lists_are_cut_and_say_so() -> None:
    moved = [{"id": f"anshan-2021/{n}", "before": "in_progress", "after": "completed"} for n in range(40)]
    line = told_changes(MOVED | {"statuses_changed": moved}, "2026-11-16", "zh")
    assert line.count("anshan-2021 第") < 10 and "run.json" in line and "36" in line
    added = {"notices_added": [f"anshan-{n}" for n in range(40)]}
    assert "anshan-5等40份" in told_changes(MOVED | added, "2026-11-16", "zh")


def test_the_first_edition_says_that_nothing_can_be_compared() -> None:
    assert "first edition" in told_changes(MOVED | {"is_first": True}, None, "en")
    assert not has_moved(MOVED | {"is_first": True}) and has_moved(MOVED)


@pytest.mark.parametrize(
    "content", ["", "[]", "null", '{"notices": []}', '{"notices": {"a": 1}}', "\x00", EARLIER]
)
def test_a_snapshot_of_a_wrong_shape_is_no_snapshot(tmp_path: Path, content: str) -> None:
    """Otherwise every run after it fails until somebody removes the file by hand."""
    (tmp_path / SNAPSHOT_NAME).write_text(content, encoding="utf-8")
    assert load_snapshot(tmp_path) is None
    whole = {"notices": {}, "statuses": {}, "claims": {}, "ratios": {}, "quarantine": []}
    (tmp_path / SNAPSHOT_NAME).write_text(json.dumps(whole), encoding="utf-8")
    assert load_snapshot(tmp_path) == whole
