"""Scheduled generation in the foreground, for containers: APScheduler with a store on disk.

The job and its next time lie in ``reports/schedule.sqlite``, so that a restart goes on where it
stopped and a run missed meanwhile is caught up once.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.reporting.history import read_history

JOB_ID = "briefing"
STATE_NAME = "schedule.json"
CATCH_UP_SECONDS = 14 * 24 * 3600


class BadCron(ValueError):
    """Five cron fields that cannot be read."""


def run_briefing(options: list[str], home: str) -> int:
    """One scheduled run in a process of its own, so that its memory is given back; the exit code."""
    environment = {**os.environ, "ZHENGGAI_HOME": home}
    done = subprocess.run([sys.executable, "-m", "analysis.cli", "briefing", "--if-changed", "--wait", "3600", *options], env=environment, cwd=home, check=False)
    return done.returncode


def _trigger(cron: str) -> Any:
    from apscheduler.triggers.cron import CronTrigger

    try:
        return CronTrigger.from_crontab(_unix_weekdays(cron))
    except ValueError as error:
        raise BadCron(f'--cron {cron!r}: {error}. Give five fields, e.g. "0 7 * * 1" for Mondays at 07:00.') from error


def _unix_weekdays(cron: str) -> str:
    """Weekday numbers as names: in cron 0 and 7 are Sunday, the library counts from Monday."""
    fields = cron.split()
    if len(fields) == 5:
        names = {"0": "sun", "1": "mon", "2": "tue", "3": "wed", "4": "thu", "5": "fri", "6": "sat", "7": "sun"}
        head, slash, step = fields[4].partition("/")
        fields[4] = "".join(names.get(c, c) for c in head) + slash + step
    return " ".join(fields)


def run_forever(cron: str, options: list[str], report: Callable[[str], None], *, once: bool = False) -> None:
    """Run the briefing at these times until interrupted; raises BadCron.

    ``once`` ends after the first run. A run that was due while nothing was running is made once,
    however many were missed.
    """
    from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    trigger = _trigger(cron)
    reports = paths.reports_dir()
    reports.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{reports / 'schedule.sqlite'}")},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": CATCH_UP_SECONDS})

    def tell(event: Any) -> None:
        report(f"run failed: {event.exception}" if event.exception else f"run ended with exit code {event.retval}")
        if once:
            ended.set()

    scheduler.add_listener(tell, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    scheduler.start(paused=True)
    arguments = [options, str(paths.project_home())]
    kept = scheduler.get_job(JOB_ID)
    # the stored job keeps its due time; only another schedule or other options replace it
    if kept is None or str(kept.trigger) != str(trigger) or list(kept.args) != arguments:
        scheduler.add_job(run_briefing, trigger, args=arguments, id=JOB_ID, replace_existing=True)
    _write_state(reports, cron)
    report(f"waiting for {cron!r}; stop with Ctrl+C")
    scheduler.resume()
    try:
        while not ended.wait(1.0):
            pass
    except KeyboardInterrupt:
        report("stopped")
    finally:
        scheduler.shutdown(wait=False)


def _kept_cron(reports: Path) -> str | None:
    try:
        return json.loads((reports / STATE_NAME).read_text(encoding="utf-8"))["cron"]
    except (OSError, ValueError, KeyError):
        return None


def _write_state(reports: Path, cron: str) -> None:
    (reports / STATE_NAME).write_text(json.dumps({"cron": cron, "home": str(paths.project_home())}), encoding="utf-8")


def describe_status() -> list[str]:
    """Lines about the next and the last runs."""
    from analysis.reporting.editions import latest_edition

    reports = paths.reports_dir()
    cron = _kept_cron(reports)
    lines = []
    if cron:
        due = _trigger(cron).get_next_fire_time(None, dt.datetime.now().astimezone())
        lines.append(f"next: {due:%Y-%m-%d %H:%M} ({cron}, while `zhenggai schedule run` is running)")
    else:
        lines.append("next: no foreground schedule; for installed units ask systemctl --user list-timers, crontab -l or schtasks")
    runs, broken = read_history(reports)
    current = latest_edition(reports)
    lines.append(f"latest edition: {current.run_id if current else 'none yet'}")
    lines += [f"last: {run['run_id']} {run['started_at']} {run['outcome']} {run['error'] or ''}".rstrip() for run in runs[-5:][::-1]] or ["last: no run yet"]
    if broken:
        lines.append(f"{broken} broken lines in the history file were passed over")
    return lines
