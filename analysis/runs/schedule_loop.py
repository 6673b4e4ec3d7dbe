"""Scheduled generation in the foreground, for containers: APScheduler with a store on disk.

The job and its next time lie in ``reports/schedule.sqlite``, so that a restart goes on where it
stopped and a run missed meanwhile is caught up once. A run that was cut off together with the
scheduler is made again after the restart, once.
"""

from __future__ import annotations

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

JOB_ID = "briefing"
STATE_NAME = "schedule.json"
STORE_NAME = "schedule.sqlite"
BEAT_SECONDS = 2.0
LATE = dt.timedelta(minutes=2)
STOP_SECONDS = 60.0  # for a run under way to end after a stop


class BadCron(ValueError):
    """Five cron fields that cannot be read."""


_running: subprocess.Popen[bytes] | None = None
_stopping = threading.Event()
_state_lock = threading.Lock()


def run_briefing(options: list[str], home: str) -> int:
    """One scheduled run in a process of its own, so that its memory is given back; the exit code."""
    global _running
    state = Path(home) / "reports" / STATE_NAME
    update_state(
        state,
        begun=utc_now(),
        ended=None,
        exit_code=None,
        is_repeat=bool(read_state(state).get("repeat_due")),
        repeat_due=False,
    )
    command = [sys.executable, "-m", "analysis.cli", "briefing", "--if-changed", "--wait", "3600", *options]
    _running = subprocess.Popen(command, env={**os.environ, "ZHENGGAI_HOME": home}, cwd=home)
    try:
        code = _running.wait()
    finally:
        _running = None
    if not _stopping.is_set():  # a run that was stopped with its scheduler is made again
        update_state(state, ended=utc_now(), exit_code=code)
    return code


def make_trigger(cron: str) -> Any:
    """The library's trigger for five cron fields; raises BadCron."""
    from apscheduler.triggers.cron import CronTrigger

    try:
        return CronTrigger.from_crontab(_unix_weekdays(cron))
    except ValueError as error:
        raise BadCron(
            f'--cron {cron!r}: {error}. Give five fields, e.g. "0 7 * * 1" for Mondays at 07:00.'
        ) from error


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
    from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
    from apscheduler.schedulers.background import BackgroundScheduler

    trigger = make_trigger(cron)
    reports = paths.reports_dir()
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(
            f"{reports}: cannot be written ({error.strerror}). Make it writable, then start again."
        ) from error
    ended = threading.Event()
    _stopping.clear()
    scheduler = BackgroundScheduler(
        jobstores={"default": _open_store(reports, report)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def tell(event: Any) -> None:
        report(
            f"{_now():%Y-%m-%d %H:%M:%S} "
            + (
                f"run failed: {event.exception}"
                if event.exception
                else f"run ended with exit code {event.retval}"
            )
        )
        if once:
            ended.set()

    scheduler.add_listener(tell, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    scheduler.start(paused=True)
    arguments = [options, str(paths.project_home())]
    kept = scheduler.get_job(JOB_ID)
    # the stored job keeps its due time; only another schedule or other options replace it
    if kept is None or str(kept.trigger) != str(trigger) or list(kept.args) != arguments:
        scheduler.add_job(run_briefing, trigger, args=arguments, id=JOB_ID, replace_existing=True)
    due = scheduler.get_job(JOB_ID).next_run_time
    if _was_cut_off(reports / STATE_NAME):
        report("the last run was cut off together with its scheduler; it is made again now")
        scheduler.modify_job(JOB_ID, next_run_time=_now())
    elif due is not None and due <= _now():
        report(f"a run was due at {due:%Y-%m-%d %H:%M}; it is made now")
        scheduler.modify_job(JOB_ID, next_run_time=_now())  # once, however many were missed
    update_state(reports / STATE_NAME, cron=cron, home=str(paths.project_home()), pid=os.getpid())
    report(
        f"waiting for {cron!r}, next at {scheduler.get_job(JOB_ID).next_run_time:%Y-%m-%d %H:%M}; stop with Ctrl+C"
    )
    before = (
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        if threading.current_thread() is threading.main_thread()
        else None
    )
    scheduler.resume()
    try:
        while not ended.wait(BEAT_SECONDS):
            _heed_clock(scheduler, trigger)
    except KeyboardInterrupt:
        pass
    finally:
        _stop_run(report)
        scheduler.shutdown(wait=once)
        update_state(reports / STATE_NAME, pid=None)
        report("stopped")
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


def _open_store(reports: Path, report: Callable[[str], None]) -> Any:
    """The store of the job; one that is broken is put aside and begun anew."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DatabaseError

    path = reports / STORE_NAME
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            connection.execute(text("PRAGMA schema_version"))
            intact = connection.execute(text("PRAGMA quick_check")).scalar() == "ok"
    except DatabaseError:
        intact = False
    engine.dispose()
    if not intact:
        aside = path.with_suffix(".broken")
        os.replace(path, aside)
        report(f"the schedule's store was broken and is now {aside.name}; the schedule begins anew")
    return SQLAlchemyJobStore(url=f"sqlite:///{path}")


def _heed_clock(scheduler: Any, trigger: Any) -> None:
    """Mend the due time after a jump of the clock.

    Ahead: a time long gone becomes now. Back: a time behind the next one by today's clock comes forward.
    """
    job, now = scheduler.get_job(JOB_ID), _now()
    if job is None or job.next_run_time is None:
        return
    due = now if job.next_run_time < now - LATE else trigger.get_next_fire_time(None, now)
    if due is not None and (due == now or job.next_run_time > due):
        scheduler.modify_job(JOB_ID, next_run_time=due)


def _stop_run(report: Callable[[str], None]) -> None:
    """Let a run under way end: it records itself as failed and leaves the last edition in place."""
    _stopping.set()
    process = _running
    if process is None or process.poll() is not None:
        return
    report("stopping the run that is under way …")
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


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
        with _state_lock:
            write_json(path, {**read_state(path), **values})
    except OSError as error:
        print(f"zhenggai: {path}: {error.strerror}", file=sys.stderr)
