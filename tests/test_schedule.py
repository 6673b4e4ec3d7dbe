"""Schedules: a unit that is wrong means that nobody notices a missing Monday."""

from __future__ import annotations

import configparser
import datetime as dt
import shlex
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from analysis.reporting import schedule_loop, schedule_units


@pytest.fixture()
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "整改 100% 分析"
    (home / "notebooks").mkdir(parents=True)
    (home / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("ZHENGGAI_HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return home


def test_times_are_read_and_bad_ones_refused() -> None:
    assert schedule_units.parse_at("Mon 07:00").cron == "0 7 * * 1"
    assert schedule_units.parse_at("Sunday 23:59").cron == "59 23 * * 0"
    assert schedule_units.parse_at("daily 6:05").cron == "5 6 * * *"
    for bad in ("Mon", "Mon 24:00", "07:00", "Someday 07:00", "Mon 07:60"):
        with pytest.raises(schedule_units.BadTime, match="Mon 07:00"):
            schedule_units.parse_at(bad)


def test_systemd_units_survive_spaces_and_percent_signs(clone: Path, tmp_path: Path) -> None:
    schedule_units.install_units("Mon 07:00", "systemd", only_print=False)
    folder = tmp_path / "config" / "systemd" / "user"
    service = configparser.RawConfigParser(strict=False)
    service.optionxform = str
    service.read(folder / "zhenggai-briefing.service", encoding="utf-8")
    assert service["Service"]["WorkingDirectory"] == str(clone).replace("%", "%%")
    assert "--if-changed" in service["Service"]["ExecStart"]
    timer = (folder / "zhenggai-briefing.timer").read_text(encoding="utf-8")
    assert "OnCalendar=Mon *-*-* 07:00:00" in timer and "Persistent=true" in timer


def test_cron_line_quotes_the_folder_and_escapes_percent(clone: Path) -> None:
    line = schedule_units.install_units("Mon 07:00", "cron", only_print=True)[1].splitlines()[1]
    assert line.startswith("0 7 * * 1 cd ")
    assert r"100\%" in line
    assert shlex.split(line.replace(r"\%", "%"))[6] == str(clone)


def test_windows_and_github_files_are_well_formed(clone: Path) -> None:
    task = schedule_units.install_units("Tue 18:30", "windows", only_print=True)[1]
    root = ElementTree.fromstring(task.replace(' encoding="UTF-16"', ""))
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert root.find(".//t:DaysOfWeek/t:Tuesday", space) is not None
    assert root.find(".//t:WorkingDirectory", space).text == str(clone)
    workflow = yaml.safe_load(schedule_units.install_units("Mon 07:00", "github", only_print=True)[1])
    assert workflow[True]["schedule"][0]["cron"] == "0 7 * * 1"
    assert workflow["jobs"]["briefing"]["steps"][-2]["run"] == "make briefing"


def test_printing_writes_nothing(clone: Path, tmp_path: Path) -> None:
    for target in ("systemd", "cron", "windows", "github"):
        assert schedule_units.install_units("Mon 07:00", target, only_print=True)
    assert not (tmp_path / "config").exists() and not (clone / ".github").exists()


@pytest.mark.parametrize(("cron", "weekday"), [("0 7 * * 1", 0), ("0 7 * * 0", 6), ("0 7 * * 7", 6), ("0 7 * * 5", 4)])
def test_weekday_numbers_mean_what_cron_means(cron: str, weekday: int) -> None:
    due = schedule_loop._trigger(cron).get_next_fire_time(None, dt.datetime.now().astimezone())
    assert due.weekday() == weekday and due.hour == 7


def test_bad_cron_fields_are_refused_with_an_example() -> None:
    for bad in ("0 7 * *", "61 7 * * 1", "x"):
        with pytest.raises(schedule_loop.BadCron, match="0 7"):
            schedule_loop._trigger(bad)


def test_a_missed_run_is_caught_up_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine was off at the due time (several times): after the restart there is one run."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    reports = clone / "reports"
    reports.mkdir()
    store = SQLAlchemyJobStore(url=f"sqlite:///{reports / 'schedule.sqlite'}")
    scheduler = BackgroundScheduler(jobstores={"default": store}, job_defaults={"coalesce": True, "misfire_grace_time": schedule_loop.CATCH_UP_SECONDS})
    scheduler.start(paused=True)
    job = scheduler.add_job(schedule_loop.run_briefing, schedule_loop._trigger("0 * * * *"), args=[[], str(clone)], id=schedule_loop.JOB_ID)
    scheduler.shutdown()
    job.next_run_time = dt.datetime.now().astimezone() - dt.timedelta(hours=5, minutes=30)
    store.update_job(job)
    made: list[str] = []

    class Done:
        returncode = 0

    monkeypatch.setattr(schedule_loop.subprocess, "run", lambda command, **_: made.append(command[3]) or Done())
    said: list[str] = []
    schedule_loop.run_forever("0 * * * *", [], said.append, once=True)
    assert made == ["briefing"], "five missed hours are one run, not five and not none"
    assert "run ended with exit code 0" in said


def test_status_names_the_next_and_the_last_runs(clone: Path) -> None:
    (clone / "reports").mkdir()
    schedule_loop._write_state(clone / "reports", "0 7 * * 1")
    lines = schedule_loop.describe_status()
    assert lines[0].startswith("next: ") and "latest edition: none yet" in lines
