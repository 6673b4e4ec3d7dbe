"""What ``zhenggai schedule status`` says: every schedule of this clone with its next run, and the last runs."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from analysis import paths
from analysis.runs.editions import latest_edition
from analysis.runs.history import read_history
from analysis.runs.schedule_loop import STATE_NAME, BadCron, make_trigger, read_state
from analysis.runs.schedule_units import MARK, NAME, github_file, systemd_folder

SHOWN_RUNS = 5


def describe_status() -> list[str]:
    """Lines about the schedules found, the latest edition and the last runs."""
    reports = paths.reports_dir()
    lines = [*_foreground(reports), *_crontab(), *_systemd(), *_windows(), *_github()]
    if not lines:
        lines = [
            "next: nothing is scheduled for this clone; see `zhenggai schedule install` and `zhenggai schedule run`"
        ]
    runs, broken = read_history(reports)
    current = latest_edition(reports)
    lines.append(f"latest edition: {current.run_id if current else 'none yet'}")
    lines += [
        f"last: {run['run_id']} {run['started_at']} {run['outcome']} {run.get('error') or ''}".rstrip()
        for run in runs[-SHOWN_RUNS:][::-1]
    ] or ["last: no run yet"]
    if broken:
        lines.append(f"{broken} broken lines in the history file were passed over")
    return lines


def _next_of(cron: str) -> str:
    """When five cron fields are due next, in local time."""
    try:
        due = make_trigger(cron).get_next_fire_time(None, dt.datetime.now().astimezone())
    except BadCron:
        return "unknown"
    return f"{due:%Y-%m-%d %H:%M}" if due else "never"


def _foreground(reports: Path) -> Iterator[str]:
    state = read_state(reports / STATE_NAME)
    cron = state.get("cron")
    if not cron:
        return
    running = _is_alive(state.get("pid"))
    how = "in the foreground" if running else "by `zhenggai schedule run`, which is not running now"
    yield f"next: {_next_of(cron)} ({cron}, {how})"
    if state.get("begun") and not state.get("ended"):
        yield f"the run begun at {state['begun']} " + (
            "is under way" if running else "was cut off; it is made again after the next start"
        )


def _is_alive(pid: object) -> bool:
    import psutil

    try:
        return isinstance(pid, int) and "schedule" in " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def _ask(*command: str) -> str:
    """What another program says; nothing where it is missing, fails or does not answer."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _crontab() -> Iterator[str]:
    lines = _ask("crontab", "-l").splitlines()
    for mark, line in zip(lines, lines[1:]):
        if mark == f"{MARK}{paths.project_home()}":
            cron = " ".join(line.split()[:5])
            yield f"next: {_next_of(cron)} ({cron}, your crontab)"


def _systemd() -> Iterator[str]:
    timer = systemd_folder() / f"{NAME}.timer"
    service = systemd_folder() / f"{NAME}.service"
    try:
        here = f"# {paths.project_home()}" in service.read_text(encoding="utf-8").splitlines()
        when = next(
            line.partition("=")[2]
            for line in timer.read_text(encoding="utf-8").splitlines()
            if line.startswith("OnCalendar=")
        )
    except (OSError, StopIteration):
        return
    if not here:
        return
    shown = dict(
        line.partition("=")[::2]
        for line in _ask(
            "systemctl",
            "--user",
            "show",
            timer.name,
            "--property=NextElapseUSecRealtime,LastTriggerUSec,ActiveState",
        ).splitlines()
    )
    if shown.get("ActiveState") == "active":
        yield f"next: {shown.get('NextElapseUSecRealtime') or 'unknown'} ({when}, systemd; last started {shown.get('LastTriggerUSec') or 'never'})"
    else:
        yield f"next: not switched on ({when}, systemd: run `systemctl --user enable --now {NAME}.timer`)"


def _windows() -> Iterator[str]:
    if "WSL_DISTRO_NAME" not in os.environ:
        return
    for line in _ask("schtasks.exe", "/Query", "/TN", NAME, "/FO", "CSV", "/NH").splitlines():
        parts = [part.strip('"') for part in line.split('","')]
        if len(parts) >= 2:
            yield f"next: {parts[1]} (Windows Task Scheduler)"


def _github() -> Iterator[str]:
    try:
        text = github_file().read_text(encoding="utf-8")
    except OSError:
        return
    for line in text.splitlines():
        if line.strip().startswith("- cron:"):
            yield f"next: as GitHub Actions starts it ({line.split(':', 1)[1].strip()} in UTC)"
