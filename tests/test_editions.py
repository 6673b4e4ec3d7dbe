"""Publishing, retention, history and messages: the last good edition must never be lost."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analysis.runs import editions, history
from analysis.runs.changes import compare_snapshots
from analysis.runs.index_page import write_failure_note, write_index
from analysis.runs.record import RunRecord


def make_edition(
    reports: Path, run_id: str, started: str, outcome: str = "published", sequence: int = 0
) -> Path:
    editions.prepare(reports)
    work = editions.start_work(reports, run_id)
    record = RunRecord(
        run_id,
        started,
        {"lang": "zh", "city_codes": ["210300"]},
        table_rows={"core_notices": 5},
        sequence=sequence,
    )
    record.close(outcome)
    record.save(work)
    (work / "briefing.html").write_text(run_id, encoding="utf-8")
    history.append_run(reports, record.as_dict())
    if outcome == "published":
        return editions.publish(reports, work, run_id)
    write_failure_note(work, record.as_dict())
    return editions.bury(reports, work, run_id, outcome)


def test_latest_is_the_edition_published_last(tmp_path: Path) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    make_edition(tmp_path, "2026-11-23", "2026-11-23T07:00:00+00:00")
    assert (tmp_path / "latest" / "briefing.html").read_text() == "2026-11-23"
    assert [e.run_id for e in editions.list_editions(tmp_path)] == ["2026-11-16", "2026-11-23"]


def test_a_second_run_on_a_day_gets_a_name_of_its_own(tmp_path: Path) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    assert editions.new_run_id(tmp_path, "2026-11-16") == "2026-11-16-2"


def test_retention_keeps_the_last_editions_and_never_the_only_good_one_goes(tmp_path: Path) -> None:
    for day in range(1, 6):
        make_edition(tmp_path, f"2026-11-0{day}", f"2026-11-0{day}T07:00:00+00:00")
    editions.switch_latest(tmp_path, "2026-11-01")  # an older edition was put back by hand
    removed = editions.retain(tmp_path, 2)
    assert removed == ["2026-11-02", "2026-11-03"]
    assert (tmp_path / "latest" / "briefing.html").read_text() == "2026-11-01"


def test_a_clock_that_jumps_back_does_not_lose_the_latest(tmp_path: Path) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    make_edition(tmp_path, "2019-01-01", "2019-01-01T00:00:00+00:00")
    editions.retain(tmp_path, 1)
    assert (tmp_path / "latest" / "briefing.html").read_text() == "2019-01-01"


def test_the_order_of_editions_does_not_hang_on_the_clock(tmp_path: Path) -> None:
    """After a clock that was years ahead is put right, the last editions are still the last made."""
    for number, year in enumerate(("2026", "2038", "2026-2", "2027"), 1):
        make_edition(tmp_path, f"{year}-x", f"{year[:4]}-01-01T00:00:00+00:00", sequence=number)
    assert [e.run_id for e in editions.list_editions(tmp_path)] == ["2026-x", "2038-x", "2026-2-x", "2027-x"]
    assert [run["run_id"] for run in history.read_history(tmp_path)[0]] == [
        "2026-x",
        "2038-x",
        "2026-2-x",
        "2027-x",
    ]
    assert editions.retain(tmp_path, 2) == ["2026-x", "2038-x"]


@pytest.mark.parametrize("damage", ["removed", "dangling"])
def test_a_latest_that_is_gone_is_put_back(tmp_path: Path, damage: str) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    (tmp_path / "latest").unlink()
    if damage == "dangling":
        (tmp_path / "latest").symlink_to("2026-01-01")
    editions.clear_leftovers(tmp_path)
    assert (tmp_path / "latest" / "briefing.html").read_text() == "2026-11-16"


def test_where_there_are_no_links_latest_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("links need a right")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for day in ("16", "17"):
        make_edition(tmp_path, f"2026-11-{day}", f"2026-11-{day}T07:00:00+00:00")
    assert not (tmp_path / "latest").is_symlink()
    assert (tmp_path / "latest" / "briefing.html").read_text() == "2026-11-17"
    assert not list(tmp_path.glob(".latest*")), "the old copy would fill the disk"


def test_a_switch_that_fails_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full at the last moment must not leave an edition that nobody was told of."""
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(OSError, match="No space"):
        make_edition(tmp_path, "2026-11-17", "2026-11-17T07:00:00+00:00")
    assert [e.run_id for e in editions.list_editions(tmp_path)] == ["2026-11-16"]
    assert editions.latest_edition(tmp_path).run_id == "2026-11-16"


def test_names_of_runs_are_not_used_twice(tmp_path: Path) -> None:
    """Two runs of one name in the history could not be compared."""
    editions.prepare(tmp_path)
    assert editions.new_run_id(tmp_path, "2026-11-16", ["2026-11-16", "2026-11-16-2"]) == "2026-11-16-3"


def test_leftovers_of_a_killed_run_become_a_failed_run(tmp_path: Path) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    work = editions.start_work(tmp_path, "2026-11-17")
    RunRecord("2026-11-17", "2026-11-17T07:00:00+00:00", {}).save(work)
    [buried] = editions.clear_leftovers(tmp_path)
    assert buried == tmp_path / "failed" / "2026-11-17"
    assert editions.read_record(tmp_path / "failed" / "2026-11-17")["outcome"] == "killed"
    assert editions.latest_edition(tmp_path).run_id == "2026-11-16"


def test_history_survives_broken_lines_and_is_rebuilt_from_the_records(tmp_path: Path) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    path = tmp_path / history.HISTORY_NAME
    path.write_bytes(b'{"run_id": "2026-1\x00\xff')
    make_edition(tmp_path, "2026-11-17", "2026-11-17T07:00:00+00:00")
    runs, broken = history.read_history(tmp_path)
    assert [run["run_id"] for run in runs] == ["2026-11-16", "2026-11-17"] and broken == 1
    path.unlink()
    assert [run["run_id"] for run in history.read_history(tmp_path)[0]] == ["2026-11-16", "2026-11-17"]


def test_two_runs_are_compared_with_both_values() -> None:
    one = {"run_id": "a", "started_at": "1", "notices": 5, "table_rows": {"core_problems": 10}}
    other = {"run_id": "b", "started_at": "2", "notices": 6, "table_rows": {"core_problems": 12}}
    assert history.compare_runs(one, other) == [("notices", 5, 6), ("table_rows.core_problems", 10, 12)]


def test_the_files_that_differ_between_two_runs_are_named(tmp_path: Path) -> None:
    for day, inputs in (("16", {"a.txt": "1" * 64}), ("17", {"a.txt": "2" * 64, "b.txt": "3" * 64})):
        folder = make_edition(tmp_path, f"2026-11-{day}", f"2026-11-{day}T07:00:00+00:00")
        record = editions.read_record(folder) | {"inputs": inputs}
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    one, other = (history.with_details(tmp_path, run) for run in history.read_history(tmp_path)[0])
    rows = {name: (before, after) for name, before, after in history.compare_runs(one, other)}
    assert rows["inputs.a.txt"] == ("1" * 12, "2" * 12) and rows["inputs.b.txt"] == (None, "3" * 12)


@pytest.mark.browser
def test_the_index_filters_without_a_server(tmp_path: Path, browser: Browser) -> None:
    """Opened from the disk in a real browser: the filter leaves what was asked for."""
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    make_edition(tmp_path, "2026-11-17", "2026-11-17T07:00:00+00:00", outcome="failed")
    page = browser.new_page()
    page.goto(write_index(tmp_path).as_uri())
    page.select_option("#outcome", "failed")
    assert "1 / 2" in page.inner_text("#count")
    assert page.locator("#editions li:visible .name").all_inner_texts() == ["2026-11-17"]


def test_the_index_lists_editions_and_failures_and_escapes_what_it_shows(tmp_path: Path) -> None:
    make_edition(tmp_path, "2026-11-16", "2026-11-16T07:00:00+00:00")
    editions.prepare(tmp_path)
    work = editions.start_work(tmp_path, "2026-11-17")
    record = RunRecord("2026-11-17", "2026-11-17T07:00:00+00:00", {"lang": "zh"})
    record.close("failed", "<script>alert(1)</script>")
    record.save(work)
    write_failure_note(work, record.as_dict())
    editions.bury(tmp_path, work, "2026-11-17", "failed")
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert "2026-11-16/briefing.html" in page and "failed/2026-11-17/failure.html" in page
    assert "<script>alert" not in page
    assert "<script>alert" not in (tmp_path / "failed" / "2026-11-17" / "failure.html").read_text(
        encoding="utf-8"
    )
    assert "http" not in page.replace("http-equiv", ""), "the index must open without a network"


def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(editions.NotWritable, match="--out"):
        editions.prepare(blocker / "reports")


def test_changes_show_both_values() -> None:
    before = {
        "notices": {"a-2021": {"problem_count": 60, "leaf_count": 60, "measure_count": 180}},
        "statuses": {"a-2021/1": "in_progress"},
        "claims": {"a-2021#t1": ["completed", 53]},
        "ratios": {"a-2021 strict problem": [38, 60]},
        "quarantine": [],
    }
    after = json.loads(json.dumps(before))
    after["notices"]["b-2022"] = {"problem_count": 3, "leaf_count": 3, "measure_count": 9}
    after["statuses"].update({"a-2021/1": "completed", "b-2022/1": "completed"})
    after["ratios"]["a-2021 strict problem"] = [39, 60]
    after["quarantine"] = ["x.pdf (no_text_layer)"]
    moved = compare_snapshots(before, after)
    assert moved["notices_added"] == ["b-2022"]
    assert moved["statuses_changed"] == [{"id": "a-2021/1", "before": "in_progress", "after": "completed"}]
    assert moved["numbers_moved"] == [{"id": "a-2021 strict problem", "before": [38, 60], "after": [39, 60]}]
    assert moved["newly_set_aside"] == ["x.pdf (no_text_layer)"]
    assert not compare_snapshots(after, after)["numbers_moved"]
    assert compare_snapshots(None, after)["is_first"]
