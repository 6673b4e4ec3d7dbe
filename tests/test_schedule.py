"""Schedules: a unit that is wrong means that nobody notices a missing Monday."""

from __future__ import annotations

import configparser
import datetime as dt
import os
import shlex
import subprocess
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from analysis.paths import PACKAGE
from analysis.runs import schedule_loop, schedule_status, schedule_units


@pytest.fixture()
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "整改 100% $HOME 分析"
    (home / "notebooks").mkdir(parents=True)
    (home / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("ZHENGGAI_HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return home


def test_times_are_read_and_bad_ones_refused() -> None:
    assert schedule_units.parse_at("Mon 07:00").cron == "0 7 * * 1"
    assert schedule_units.parse_at("Sunday 23:59").cron == "59 23 * * 0"
    assert schedule_units.parse_at("daily 6:05").cron == "5 6 * * *"
    assert (
        schedule_units.parse_at("周一 07:00").cron
        == schedule_units.parse_at("Monday 07:00").cron
        == "0 7 * * 1"
    )
    assert (
        schedule_units.parse_at("weekdays 7:00").cron
        == schedule_units.parse_at("Mon-Fri 07:00").cron
        == "0 7 * * 1,2,3,4,5"
    )
    assert schedule_units.parse_at("1 07:00").cron == "0 7 1 * *"
    for bad in (
        "Mon",
        "Mon 24:00",
        "07:00",
        "Someday 07:00",
        "Mon 07:60",
        "Monster 07:00",
        "monthly 07:00",
        "31 07:00",
    ):
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
    assert f'"ZHENGGAI_HOME={str(clone).replace("%", "%%")}"' in service["Service"]["Environment"], (
        "a dollar sign stays as it is there"
    )
    timer = (folder / "zhenggai-briefing.timer").read_text(encoding="utf-8")
    assert "OnCalendar=Mon *-*-* 07:00:00" in timer and "Persistent=true" in timer


def test_cron_line_quotes_the_folder_and_escapes_percent(clone: Path) -> None:
    line = schedule_units.install_units("Mon 07:00", "cron", only_print=True)[1].splitlines()[1]
    assert line.startswith("0 7 * * 1 cd ")
    assert r"100\%" in line
    assert shlex.split(line.replace(r"\%", "%"))[6] == str(clone)


def test_the_cron_line_runs_in_a_bare_shell(clone: Path) -> None:
    """cron gives hardly any environment and /bin/sh: the line must find the clone and write its log."""
    line = schedule_units.install_units("Mon 07:00", "cron", only_print=True)[1].splitlines()[1]
    command = (
        line.split(" ", 5)[5].replace(r"\%", "%").replace(" briefing --if-changed --wait 3600", " history")
    )
    (clone / "reports").mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PACKAGE.parent)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stdout == "" and done.stderr == ""
    assert (clone / "reports" / "schedule.log").read_text().startswith("no run yet")


def test_the_crontab_keeps_the_lines_of_others(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "table"
    table.write_text("# mine\n0 0 * * * backup\n")
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{table}"; else cat > "{table}.new"; mv "{table}.new" "{table}"; fi\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    for at in ("Mon 07:00", "Tue 08:30"):
        assert "written: your crontab" in schedule_units.install_units(at, "cron", only_print=False)
    lines = table.read_text().splitlines()
    assert lines[:2] == ["# mine", "0 0 * * * backup"] and len(lines) == 4, (
        "an entry of the same clone is replaced"
    )
    assert lines[3].startswith("30 8 * * 2 ")
    assert any("30 8 * * 2, your crontab" in line for line in schedule_status.describe_status())


def test_windows_and_github_files_are_well_formed(clone: Path) -> None:
    task = schedule_units.install_units("Tue 18:30", "windows", only_print=True)[1]
    root = ElementTree.fromstring(task.replace(' encoding="UTF-16"', ""))
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert root.find(".//t:DaysOfWeek/t:Tuesday", space) is not None
    assert root.find(".//t:Command", space).text == "wsl.exe"
    arguments = root.find(".//t:Arguments", space).text
    assert f'--cd "{clone}" --exec ' in arguments and "briefing --if-changed" in arguments
    workflow = yaml.safe_load(schedule_units.install_units("Mon 07:00", "github", only_print=True)[1])
    assert workflow[True]["schedule"][0]["cron"] == "0 7 * * 1"
    runs = [step.get("run", "") for step in workflow["jobs"]["briefing"]["steps"]]
    assert "make setup" in runs and any("briefing --if-changed" in run and "pipefail" in run for run in runs)
    assert "--log" in arguments


def test_printing_writes_nothing(clone: Path, tmp_path: Path) -> None:
    for target in ("systemd", "cron", "windows", "github"):
        assert schedule_units.install_units("Mon 07:00", target, only_print=True)
    assert not (tmp_path / "config").exists() and not (clone / ".github").exists()


@pytest.mark.parametrize(
    ("cron", "weekday"), [("0 7 * * 1", 0), ("0 7 * * 0", 6), ("0 7 * * 7", 6), ("0 7 * * 5", 4)]
)
def test_weekday_numbers_mean_what_cron_means(cron: str, weekday: int) -> None:
    due = schedule_loop.make_trigger(cron).get_next_fire_time(None, dt.datetime.now().astimezone())
    assert due.weekday() == weekday and due.hour == 7


def test_bad_cron_fields_are_refused_with_an_example() -> None:
    for bad in ("0 7 * *", "61 7 * * 1", "x"):
        with pytest.raises(schedule_loop.BadCron, match="0 7"):
            schedule_loop.make_trigger(bad)


def loop_once(
    clone: Path, monkeypatch: pytest.MonkeyPatch, cron: str = "0 * * * *"
) -> tuple[list[str], list[str]]:
    """Run the loop until its first run ended, with a stand-in for the run: (commands made, lines said)."""
    made: list[str] = []
    said: list[str] = []

    class Process:
        returncode = 0

        def __init__(self, command: list[str], **_: object):
            made.append(command[3])

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(schedule_loop.subprocess, "Popen", Process)
    monkeypatch.setattr(schedule_loop, "BEAT_SECONDS", 0.05)
    schedule_loop.run_forever(cron, [], said.append, once=True)
    return made, said


def leave_schedule(clone: Path, due: dt.datetime) -> Path:
    """A schedule that an earlier process left behind, due at that time; its state file."""
    state = clone / "reports" / schedule_loop.STATE_NAME
    state.parent.mkdir(exist_ok=True)
    schedule_loop.update_state(state, cron="0 * * * *", options=[], due=due.isoformat())
    return state


@pytest.mark.parametrize("hours", [5.5, 24 * 40])
def test_a_missed_run_is_caught_up_once(clone: Path, monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """The machine was off at the due time (several times, for weeks): after the restart there is one run."""
    leave_schedule(clone, dt.datetime.now().astimezone() - dt.timedelta(hours=hours))
    made, said = loop_once(clone, monkeypatch)
    assert any("was due at" in line for line in said)
    assert made == ["briefing"], "missed hours are one run, not many and not none"
    assert any("run ended with exit code 0" in line for line in said)


def test_a_run_cut_off_with_its_scheduler_is_made_again_once(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container that is killed during Monday's run must not wait for the next Monday; nor try for ever."""
    state = leave_schedule(clone, dt.datetime.now().astimezone() + dt.timedelta(minutes=50))
    schedule_loop.update_state(state, begun="2026-11-16T07:00:00+00:00", ended=None)
    made, _ = loop_once(clone, monkeypatch)
    assert made == ["briefing"]
    assert schedule_loop.read_state(state)["is_repeat"] and schedule_loop.read_state(state)["ended"]
    schedule_loop.update_state(state, ended=None)  # the repetition was cut off, too
    assert not schedule_loop._was_cut_off(state)


def test_a_clock_that_was_ahead_does_not_silence_the_schedule(clone: Path) -> None:
    """The due time was set by a clock in 2038; when the clock is right again, the next hour counts."""
    state = leave_schedule(clone, dt.datetime(2038, 1, 1, tzinfo=dt.UTC))
    trigger = schedule_loop.make_trigger("0 * * * *")
    due = schedule_loop._first_due(state, "0 * * * *", [], trigger, print) - dt.datetime.now().astimezone()
    assert dt.timedelta(minutes=-1) < due < dt.timedelta(hours=2)


def test_another_schedule_forgets_the_due_time_of_the_last(clone: Path) -> None:
    """Who moves the briefing from hours to Mondays must not get one at once for an hour that was missed."""
    state = leave_schedule(clone, dt.datetime.now().astimezone() - dt.timedelta(hours=3))
    for cron, options in (("0 7 * * 1", []), ("0 * * * *", ["--lang", "en"])):
        trigger = schedule_loop.make_trigger(cron)
        assert schedule_loop._first_due(state, cron, options, trigger, print) > dt.datetime.now().astimezone()


def test_a_broken_state_begins_the_schedule_anew(clone: Path) -> None:
    state = leave_schedule(clone, dt.datetime.now().astimezone())
    trigger = schedule_loop.make_trigger("0 * * * *")
    for broken in (b"\xff{", b"[]", b'{"cron": "0 * * * *", "options": [], "due": "Monday"}'):
        state.write_bytes(broken)
        assert (
            schedule_loop._first_due(state, "0 * * * *", [], trigger, print) > dt.datetime.now().astimezone()
        )


def test_a_schedule_that_is_stopped_ends_its_run(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that is stopped must not leave a run behind, and makes it again after the restart."""
    state = leave_schedule(clone, dt.datetime.now().astimezone())
    monkeypatch.setattr(schedule_loop, "BEAT_SECONDS", 0.05)
    real = schedule_loop.subprocess.Popen
    started = []

    def sleeping(command: list[str], **_: object) -> subprocess.Popen[bytes]:
        started.append(real(["sleep", "60"]))
        return started[0]

    monkeypatch.setattr(schedule_loop.subprocess, "Popen", sleeping)
    ended = threading.Event()
    threading.Timer(0.3, ended.set).start()
    schedule_loop.run_briefing(state, [], str(clone), ended, print)
    assert started[0].poll() is not None
    assert schedule_loop._was_cut_off(state)


def test_weekday_ranges_mean_what_cron_means() -> None:
    def days(cron: str) -> set[int]:
        trigger, moment, found = (
            schedule_loop.make_trigger(cron),
            dt.datetime(2026, 11, 1).astimezone(),
            set(),
        )
        for _ in range(14):
            moment = trigger.get_next_fire_time(moment, moment + dt.timedelta(seconds=1))
            found.add(moment.isoweekday())
        return found

    assert days("0 7 * * 1-5") == {1, 2, 3, 4, 5}
    assert days("0 7 * * 0-2") == {7, 1, 2}
    assert days("0 7 * * 5-7") == {5, 6, 7}
    assert days("0 7 * * */2") == {7, 2, 4, 6}


def test_a_mistyped_option_is_refused_when_the_schedule_starts(clone: Path) -> None:
    from click.testing import CliRunner

    from analysis.cli import main

    result = CliRunner().invoke(main, ["schedule", "run", "--cron", "0 7 * * 1", "--", "--lang", "fr"])
    assert result.exit_code == 2 and "fr" in result.output


def test_status_names_the_next_and_the_last_runs(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "nothing is scheduled" in schedule_status.describe_status()[0]
    (clone / "reports").mkdir()
    schedule_loop.update_state(clone / "reports" / schedule_loop.STATE_NAME, cron="0 7 * * 1", pid=None)
    for target in ("systemd", "github"):
        schedule_units.install_units("Mon 07:00", target, only_print=False)
    lines = schedule_status.describe_status()
    assert lines[0].startswith("next: 20") and "not running now" in lines[0]
    assert any("systemd" in line and "not switched on" in line for line in lines)
    assert any("GitHub" in line for line in lines)
    assert "latest edition: none yet" in lines
