"""Units for the scheduler that the user already has: systemd, cron, Windows Task Scheduler, GitHub Actions.

Each unit runs ``zhenggai briefing --if-changed`` in this clone, with its environment, and its log
beside the reports; the run itself takes the lock, so two schedules do no harm.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from analysis import paths

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = "January February March April May June July August September October November December".split()
NAME = "zhenggai-briefing"
MARK = "# zhenggai briefing of "


class BadTime(ValueError):
    """A time that is not one of the forms of ``day_words``."""


@dataclass(frozen=True, slots=True)
class At:
    """Weekdays (0 is Monday; none: every day) or a day of the month, in the machine's own time zone."""

    hour: int
    minute: int
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None

    @property
    def cron(self) -> str:
        days = ",".join(str((day + 1) % 7) for day in self.weekdays) or "*"
        return f"{self.minute} {self.hour} {self.month_day or '*'} * {days}"


def day_words() -> dict[str, tuple[int, ...]]:
    """Words for days → weekdays: Mon, Monday, 周一, 星期一 and so on, daily, weekdays, Mon-Fri."""
    words: dict[str, tuple[int, ...]] = {
        "daily": (),
        "每天": (),
        "weekdays": tuple(range(5)),
        "工作日": tuple(range(5)),
    }
    for number, (name, numeral) in enumerate(zip(WEEKDAYS, "一二三四五六日", strict=True)):
        for word in (name, name[:3], f"周{numeral}", f"星期{numeral}"):  # weekday
            words[word.lower()] = (number,)
    for first, head in enumerate(WEEKDAYS):
        for last, tail in enumerate(WEEKDAYS[first + 1 :], first + 1):
            words[f"{head[:3]}-{tail[:3]}".lower()] = tuple(range(first, last + 1))
    return words


def parse_at(text: str) -> At:
    """``Mon 07:00``, ``weekdays 07:00``, ``1 07:00`` (the first of each month); raises BadTime."""
    word, _, clock = " ".join(text.split()).rpartition(" ")
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", clock)
    known = day_words()
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        hour, minute = int(found[1]), int(found[2])
        if word.lower() in known:
            return At(hour, minute, known[word.lower()])
        if re.fullmatch(r"[0-9]{1,2}", word) and 1 <= int(word) <= 28:
            return At(hour, minute, month_day=int(word))
    raise BadTime(
        f'--at {text!r}: give days and a time, e.g. "Mon 07:00". Days: Mon or Monday … Sun or Sunday, 周一 … 周日, '
        "星期一 … 星期日, Mon-Fri, weekdays, daily, or a day of the month from 1 to 28."
    )


def command_line() -> list[str]:
    """The command a unit runs, with absolute paths."""
    return [sys.executable, "-m", "analysis.cli", "briefing", "--if-changed", "--wait", "3600"]


def log_path() -> Path:
    return paths.reports_dir() / "schedule.log"


def install_units(at: str, target: str, only_print: bool) -> list[str]:
    """Write (or only show) the units; returns the lines to print. Raises BadTime, OSError."""
    moment = parse_at(at)
    files, after = {"systemd": _systemd, "cron": _cron, "windows": _windows, "github": _github}[target](
        moment
    )
    if only_print:
        return [line for path, content in files.items() for line in (f"--- {path}", content)] + after
    lines = []
    log_path().parent.mkdir(parents=True, exist_ok=True)  # a redirection into a missing folder ends the run
    for path, content in files.items():
        if target == "cron":
            lines += _install_crontab(content)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-16" if path.suffix == ".xml" else "utf-8")
        lines.append(f"written: {path}")
    return lines + after


def systemd_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def github_file() -> Path:
    return paths.project_home() / ".github" / "workflows" / f"{NAME}.yml"


def _systemd(at: At) -> tuple[dict[Path, str], list[str]]:
    quoted = " ".join(_systemd_quote(part) for part in command_line())
    days = ",".join(WEEKDAYS[day][:3] for day in at.weekdays)
    date = f"*-*-{at.month_day:02d}" if at.month_day else "*-*-*"
    home = paths.project_home()
    environment = " ".join(
        _systemd_quote(f"{name}={value}", command=False) for name, value in unit_environment().items()
    )
    service = "\n".join(
        [
            f"# {home}",
            "[Unit]",
            "Description=Rectification briefing (zhenggai)",
            "",
            "[Service]",
            "Type=oneshot",
            f"WorkingDirectory={_systemd_path(home)}",
            f"Environment={environment}",
            "EnvironmentFile=-%h/.config/zhenggai.env",
            f"ExecStart={quoted}",
            f"StandardOutput=append:{_systemd_path(log_path())}",
            f"StandardError=append:{_systemd_path(log_path())}",
            "TimeoutStartSec=2h",
            "",
        ]
    )
    timer = "\n".join(
        [
            "[Unit]",
            "Description=When the rectification briefing runs",
            "",
            "[Timer]",
            f"OnCalendar={days}{' ' if days else ''}{date} {at.hour:02d}:{at.minute:02d}:00",
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )
    return (
        {systemd_folder() / f"{NAME}.service": service, systemd_folder() / f"{NAME}.timer": timer},
        [
            f"then: systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer",
            "to run while nobody is logged in: loginctl enable-linger",
            "addresses for messages: ZHENGGAI_NOTIFY=… in ~/.config/zhenggai.env (readable by you only)",
        ],
    )


def unit_environment() -> dict[str, str]:
    """What a scheduler must set, since it starts with hardly any environment."""
    return {"ZHENGGAI_HOME": str(paths.project_home()), "PYTHONUTF8": "1"}


def _systemd_path(path: Path) -> str:
    return str(path).replace("%", "%%")


def _systemd_quote(text: str, *, command: bool = True) -> str:
    """One word of a unit file; a dollar sign is special in commands only."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped.replace("$", "$$") if command else escaped}"'


def _cron(at: At) -> tuple[dict[Path, str], list[str]]:
    home = paths.project_home()
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in unit_environment().items())
    command = f"cd {shlex.quote(str(home))} && {environment} {shlex.join(command_line())} >> {shlex.quote(str(log_path()))} 2>&1"
    line = f"{at.cron} {command}".replace("%", r"\%")  # cron reads % as a line end
    return {Path("crontab"): f"{MARK}{home}\n{line}\n"}, [
        "addresses for messages: put ZHENGGAI_NOTIFY=… into the crontab above the line"
    ]


def _install_crontab(entry: str) -> list[str]:
    try:
        old = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout
        lines, kept, skip = old.splitlines(), [], False
        for line in lines:  # an entry of this clone is replaced, all others stay
            if line == entry.splitlines()[0]:
                skip = True
            elif skip:
                skip = False
            else:
                kept.append(line)
        text = "\n".join([*kept, entry.rstrip("\n"), ""])
        subprocess.run(["crontab", "-"], input=text, text=True, check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        return [f"crontab could not be changed ({error}); add these lines yourself with `crontab -e`:", entry]
    return ["written: your crontab"]


def _windows(at: At) -> tuple[dict[Path, str], list[str]]:
    """A task of Windows that runs the clone in its WSL distribution: there are no POSIX locks outside it."""
    distribution = os.environ.get("WSL_DISTRO_NAME")
    arguments = [
        *(("--distribution", distribution) if distribution else ()),
        "--cd",
        str(paths.project_home()),
    ]
    arguments += ["--exec", *command_line(), "--log", str(log_path())]
    if at.weekdays:
        days = "".join(f"<{WEEKDAYS[day]}/>" for day in at.weekdays)
        when = f"<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek>{days}</DaysOfWeek></ScheduleByWeek>"
    elif at.month_day:
        months = "".join(f"<{name}/>" for name in MONTHS)
        when = f"<ScheduleByMonth><DaysOfMonth><Day>{at.month_day}</Day></DaysOfMonth><Months>{months}</Months></ScheduleByMonth>"
    else:
        when = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
    text = f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Rectification briefing (zhenggai)</Description></RegistrationInfo>
  <Triggers><CalendarTrigger><StartBoundary>2026-01-01T{at.hour:02d}:{at.minute:02d}:00</StartBoundary>{when}</CalendarTrigger></Triggers>
  <Settings><StartWhenAvailable>true</StartWhenAvailable><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><ExecutionTimeLimit>PT2H</ExecutionTimeLimit></Settings>
  <Actions><Exec><Command>wsl.exe</Command><Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments></Exec></Actions>
</Task>
"""
    path = paths.project_home() / "reports" / f"{NAME}.xml"
    return {path: text}, [
        f'then, in WSL: schtasks.exe /Create /TN {NAME} /XML "$(wslpath -w {shlex.quote(str(path))})"',
        "addresses for messages, in Windows: setx ZHENGGAI_NOTIFY … and setx WSLENV ZHENGGAI_NOTIFY",
    ]


def _github(at: At) -> tuple[dict[Path, str], list[str]]:
    text = f"""# Times are UTC.
name: {NAME}
on:
  schedule:
    - cron: "{at.cron}"
  workflow_dispatch:
permissions:
  contents: read
concurrency: {NAME}
jobs:
  briefing:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      # earlier editions: what moved is told against them, and what is unchanged is not done again
      - uses: actions/cache@v4
        with:
          path: |
            reports
            data/processed
          key: {NAME}-${{{{ github.run_id }}}}
          restore-keys: {NAME}-
      - run: make setup
      - run: set -o pipefail; .venv/bin/zhenggai briefing --if-changed 2>&1 | tee -a reports/schedule.log
        shell: bash
        env:
          ZHENGGAI_NOTIFY: ${{{{ secrets.ZHENGGAI_NOTIFY }}}}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: briefing
          path: reports/
"""
    return {github_file(): text}, [
        "times are UTC: Mon 07:00 in Beijing is Sun 23:00 there",
        "commit the file to switch it on; set the secret ZHENGGAI_NOTIFY for messages",
    ]
