"""Scheduled generation in the foreground, for containers; APScheduler says when a run is due.

The schedule and its due time lie in ``reports/schedule.json``, so that a restart goes on where it
stopped and a run missed meanwhile is caught up once. A run that was cut off together with the
scheduler is made again after the restart, once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.runs.editions import NotWritable
from analysis.runs.record import utc_now, write_json

STATE_NAME = "schedule.json"
BEAT_SECONDS = 2.0
EXAMPLE = 'Give five fields, e.g. "0 7 * * 1" for Mondays at 07:00.'
STOP_SECONDS = 60.0  # for a run under way to end after a stop


class BadCron(ValueError):
    """Five cron fields that cannot be read."""


def make_trigger(cron: str) -> Any:
    """The library's trigger for five cron fields; raises BadCron."""
    from apscheduler.triggers.cron import CronTrigger

    try:
        return CronTrigger.from_crontab(_unix_weekdays(cron))
    except ValueError as error:
        raise BadCron(f"--cron {cron!r}: {error}. {EXAMPLE}") from error


def _unix_weekdays(cron: str) -> str:
    """Weekday numbers as names: in cron 0 and 7 are Sunday, the library counts from Monday."""
    fields = cron.split()
    if len(fields) == 5:
        names = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
        days: list[str] = []
        for part in fields[4].split(","):
            found = re.fullmatch(r"(?:\*|([0-7])(?:-([0-7]))?)(?:/([1-9]))?", part)
            if part == "*" or not found:
                days.append(part)
                continue
            # written out: the library's week ends on Sunday, so that 0-2 and */2 would mean other days
            first, step = int(found[1] or 0), int(found[3] or 1)
            last = int(found[2]) if found[2] else 6 if found[3] or not found[1] else first
            days += [names[day] for day in range(first, last + 1, step)] or [part]
        fields[4] = ",".join(days)
    return " ".join(fields)


def run_forever(cron: str, options: list[str], report: Callable[[str], None], *, once: bool = False) -> None:
    """Run the briefing at these times until interrupted; raises BadCron, NotWritable.

    ``once`` ends after the first run. A run that was due while nothing was running is made once,
    however many were missed and however long ago.
    """
    trigger = make_trigger(cron)
    reports = paths.reports_dir()
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(
            f"{reports}: cannot be written ({error.strerror}). Make it writable, then start again."
        ) from error
    state = reports / STATE_NAME
    due = _first_due(state, cron, options, trigger, report)
    ended = threading.Event()
    before = (
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        if threading.current_thread() is threading.main_thread()
        else None
    )
    home = str(paths.project_home())
    update_state(state, cron=cron, options=options, due=due.isoformat(), home=home, pid=os.getpid())
    report(f"waiting for {cron!r}, next at {due:%Y-%m-%d %H:%M}; stop with Ctrl+C")
    try:
        while not ended.is_set():
            if due <= _now():
                said = run_briefing(state, options, home, ended, report)
                report(f"{_now():%Y-%m-%d %H:%M:%S} {said}")
                due = _next_due(trigger)  # what came due during the run is not made up for
                update_state(state, due=due.isoformat())
                if once:
                    break
            elif (sooner := _next_due(trigger)) < due:  # the clock went back
                due = sooner
                update_state(state, due=due.isoformat())
            ended.wait(BEAT_SECONDS)
    except KeyboardInterrupt:
        pass
    finally:
        update_state(state, pid=None)
        report("stopped")
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


def _next_due(trigger: Any) -> dt.datetime:
    """The next time of a trigger; raises BadCron where its fields name a day that never comes."""
    due = trigger.get_next_fire_time(None, _now())
    if due is None:
        raise BadCron(f"--cron: {trigger} never comes. {EXAMPLE}")
    return due


def _first_due(
    state: Path, cron: str, options: list[str], trigger: Any, report: Callable[[str], None]
) -> dt.datetime:
    """When the first run is due: as the schedule was left, unless it is another one now."""
    kept, due = read_state(state), _next_due(trigger)
    if kept.get("cron") == cron and kept.get("options") == options:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            due = min(due, dt.datetime.fromisoformat(kept["due"]).astimezone())
    if _was_cut_off(state):
        report("the last run was cut off together with its scheduler; it is made again now")
        return _now()
    if due <= _now():  # once, however many were missed
        report(f"a run was due at {due:%Y-%m-%d %H:%M}; it is made now")
    return due


def run_briefing(
    state: Path, options: list[str], home: str, ended: threading.Event, report: Callable[[str], None]
) -> str:
    """One scheduled run in a process of its own, so that its memory is given back; how it ended, in words."""
    update_state(
        state,
        begun=utc_now(),
        ended=None,
        exit_code=None,
        is_repeat=bool(read_state(state).get("repeat_due")),
        repeat_due=False,
    )
    command = [sys.executable, "-m", "analysis.cli", "briefing", "--if-changed", "--wait", "3600", *options]
    try:
        process = subprocess.Popen(command, env={**os.environ, "ZHENGGAI_HOME": home}, cwd=home)
    except OSError as error:
        update_state(state, ended=utc_now())
        return f"run failed: {error}"
    try:
        while process.poll() is None and not ended.wait(BEAT_SECONDS):
            pass
    except KeyboardInterrupt:
        ended.set()
    if process.poll() is None:
        _stop_run(process, report)
    if not ended.is_set():  # a run that was stopped with its scheduler is made again
        update_state(state, ended=utc_now(), exit_code=process.returncode)
    return f"run ended with exit code {process.returncode}"


def _stop_run(process: subprocess.Popen[bytes], report: Callable[[str], None]) -> None:
    """Let a run under way end: it records itself as failed and leaves the last edition in place."""
    report("stopping the run that is under way …")
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _was_cut_off(path: Path) -> bool:
    """Whether the last run began and never ended; a repetition is not repeated again."""
    state = read_state(path)
    if not state.get("begun") or state.get("ended") or state.get("is_repeat"):
        return False
    update_state(path, repeat_due=True)
    return True


def read_state(path: Path) -> dict[str, Any]:
    """The state of the foreground schedule; empty where there is none that can be read."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def update_state(path: Path, **values: Any) -> None:
    """Set some values of the state, whole or not at all; a full disk must not end the schedule."""
    try:
        write_json(path, {**read_state(path), **values})
    except OSError as error:
        print(f"zhenggai: {path}: {error.strerror}", file=sys.stderr)
