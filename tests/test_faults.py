"""Faults injected for real into scheduled runs: after each, ``latest`` is whole and the next run works.

Each run is a process of its own on two or three of the real reports and one notebook, HTML only, so
that a kill, a full disk or a changed input meets the real code and not a stand-in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from analysis.paths import PACKAGE
from analysis.runs import editions
from analysis.runs.fingerprints import file_digest
from analysis.runs.history import read_history
from tests.project_copy import (
    BRIEF,
    copy_project,
    environment_of,
    message_server,
    run_briefing,
    spoil_notebook,
)

pytestmark = pytest.mark.slow

KILLER = """
import os, signal, sys
from pathlib import Path
sys.argv = ["zhenggai", *{arguments!r}]
count, limit, main = 0, {limit}, os.getpid()
def counted(function):
    def call(*args, **kwargs):
        global count
        if os.getpid() == main:
            count += 1
            if count == limit:
                os.kill(main, signal.SIGKILL)
        return function(*args, **kwargs)
    return call
for name in ("replace", "mkdir", "unlink", "fsync", "symlink", "rename", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
from analysis.cli import main as command
try:
    command()
finally:
    Path(os.environ["COUNT_FILE"]).write_text(str(count))
"""
CLOCK = """
import datetime as dt, sys, types
from analysis.runs import briefing, record
shift = dt.timedelta(days={days})
class date(dt.date):
    @classmethod
    def today(cls): return dt.date.today() + shift
class datetime(dt.datetime):
    @classmethod
    def now(cls, tz=None): return dt.datetime.now(tz) + shift
shifted = types.SimpleNamespace(**{{**vars(dt), "date": date, "datetime": datetime}})
briefing.dt = record.dt = shifted
sys.argv = ["zhenggai", "briefing", *{arguments!r}]
from analysis.cli import main
main()
"""
RUNNING = (
    "import psutil; [p.kill() for p in psutil.Process().parents() if 'analysis.cli' in ' '.join(p.cmdline())]"
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with two editions, the last without the third report; tests copy it.

    The work on all three reports is kept, so that most runs of the tests are quick.
    """
    # made once for all processes of a parallel test run
    shared = (
        tmp_path_factory.getbasetemp().parent
        if "PYTEST_XDIST_WORKER" in os.environ
        else tmp_path_factory.getbasetemp()
    )
    with FileLock(shared / "faults.lock"):
        home = shared / "faults" / "整改 分析"
        if not (shared / "faults.made").exists():
            shutil.rmtree(home.parent, ignore_errors=True)
            copy_project(home, ["anshan.txt", "yushu.txt"])
            change_input(home)
            done = run_briefing(home)
            assert done.returncode == 0, done.stderr
            (home / "data" / "raw" / "kaifeng.txt").unlink()
            done = run_briefing(home)
            assert done.returncode == 0, done.stderr
            (shared / "faults.made").touch()
    return home


@pytest.fixture()
def home(published: Path, tmp_path: Path) -> Path:
    target = tmp_path / "整改 分析"
    shutil.copytree(published, target, symlinks=True)
    return target


def assert_latest_is_whole(home: Path, reports: str = "reports") -> str:
    edition = editions.latest_edition(home / reports)
    assert edition is not None, "the last good edition is gone"
    assert edition.record["outcome"] == "published"
    assert "briefing.html" in edition.record["files"]
    for name, digest in edition.record["files"].items():
        assert file_digest(edition.folder / name) == digest, f"{name} is not the file that was published"
    return edition.run_id


def assert_next_run_works(home: Path, **environment: str) -> None:
    done = run_briefing(home, **environment)
    assert done.returncode == 0, done.stderr
    assert_latest_is_whole(home)
    left = [
        p.name
        for p in (home / "reports").iterdir()
        if p.name.startswith((editions.WORK_PREFIX, ".latest", ".index", ".run"))
    ]
    assert not left, "leftovers of killed runs would fill the disk"


def failed_records(home: Path) -> list[dict]:
    return [editions.read_record(p) for p in sorted((home / "reports" / "failed").iterdir()) if p.is_dir()]


def change_input(home: Path) -> None:
    """One more notice, so that a run has something to publish."""
    shutil.copyfile(home / "kaifeng.txt", home / "data" / "raw" / "kaifeng.txt")


def raw_files(home: Path) -> dict[str, str]:
    return {name: file_digest(home / "data" / "raw" / name) for name in os.listdir(home / "data" / "raw")}


def killed_run(home: Path, limit: int, *arguments: str) -> tuple[int, int | None]:
    """Run a briefing that is killed at its ``limit``-th file operation: (return code, operations counted)."""
    counter = home / "count"
    counter.unlink(missing_ok=True)
    script = KILLER.format(arguments=["briefing", *BRIEF, *arguments], limit=limit)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=home,
        capture_output=True,
        check=False,
        timeout=180,
        env=environment_of(home, COUNT_FILE=str(counter)),
    )
    return done.returncode, int(counter.read_text()) if counter.exists() else None


@pytest.mark.parametrize("half", [0, 1])
def test_a_run_killed_at_any_step_leaves_the_last_edition_whole(home: Path, half: int) -> None:
    """kill -9 at file operations spread over the whole run, first to last: 12 points in two halves."""
    change_input(home)
    added = home / "data" / "raw" / "kaifeng.txt"
    text = added.read_bytes()
    probe = home.parent / "probe"
    shutil.copytree(home, probe, symlinks=True)
    code, operations = killed_run(probe, 10**9)
    assert code == 0 and operations and operations > 30
    points = sorted({1 + round(step * (operations - 1) / 11) for step in range(12)})
    assert len(points) == 12
    known = [run["run_id"] for run in read_history(home / "reports")[0]]
    killed = 0
    for number, point in enumerate(points[half::2], 1):
        added.write_bytes(text + b"\n" * number)  # something to publish, whatever the run before reached
        before = raw_files(home)
        code, _ = killed_run(home, point)
        assert code in (-9, 0)
        killed += code == -9
        assert_latest_is_whole(home)
        runs, broken = read_history(home / "reports")
        assert [run["run_id"] for run in runs][: len(known)] == known, "the history lost a run"
        assert broken == 0
        assert before == raw_files(home)
    assert killed >= 4, "a run that reuses more does less, and may end before its point"
    added.unlink()
    assert_next_run_works(home)
    assert all((folder / "failure.html").is_file() for folder in (home / "reports" / "failed").iterdir()), (
        "each killed run has its note"
    )


def test_kill_while_a_notebook_runs_leaves_no_process_behind(home: Path) -> None:
    first = assert_latest_is_whole(home)
    clean = (home / "notebooks" / "03_completion.ipynb").read_bytes()
    spoil_notebook(home, "03", RUNNING + "\nimport time; time.sleep(600)")
    assert run_briefing(home).returncode == -9
    deadline = time.monotonic() + 20
    while (left := processes_in(home)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not left, "an orphaned notebook would run for ever"
    assert assert_latest_is_whole(home) == first
    (home / "notebooks" / "03_completion.ipynb").write_bytes(clean)
    change_input(home)
    with message_server() as (address, received):
        assert_next_run_works(home, ZHENGGAI_NOTIFY=address)
    assert [record["outcome"] for record in failed_records(home)] == ["killed"]
    assert [message["type"] for message in received][:2] == ["failure", "success"], (
        "the killed run could not say so itself"
    )


def processes_in(home: Path) -> list[str]:
    """Command lines of processes that work for that project."""
    found = []
    for process in psutil.process_iter():
        try:
            if (
                process.environ().get("ZHENGGAI_HOME") == str(home)
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None,
    reason="a full disk needs root, to mount a small one",
)
def test_a_full_disk_is_said_and_costs_no_edition(home: Path, tmp_path: Path) -> None:
    """The disk fills at several places of the run: at its record, its notebooks, its exports."""
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not allow a small disk to be mounted")
    try:
        shutil.move(home / "reports", small / "reports")
        (home / "reports").symlink_to(small / "reports")
        first = assert_latest_is_whole(home)
        change_input(home)
        for room in (0, 24_000, 400_000):
            (small / "filler").write_bytes(b"")
            (small / "filler").write_bytes(b"\0" * max(0, shutil.disk_usage(small).free - room))
            done = run_briefing(home)
            assert done.returncode == 1, done.stdout
            assert "disk is full" in done.stderr and "Traceback" not in done.stderr, done.stderr
            assert assert_latest_is_whole(home) == first
        (small / "filler").unlink()
        assert_next_run_works(home)
        assert assert_latest_is_whole(home) != first
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_a_folder_that_cannot_be_written_is_said_at_once(home: Path) -> None:
    first = assert_latest_is_whole(home)
    (home / "blocked").write_text("")
    for option in ("--out", "--data"):
        done = run_briefing(home, option, str(home / "blocked"))
        assert (
            done.returncode == 1
            and "cannot be written" in done.stderr
            and option in done.stderr
            and "Traceback" not in done.stderr
        )
    assert assert_latest_is_whole(home) == first


def test_chapters_that_raise_die_hang_or_grow_are_left_out_and_the_core_is_published(home: Path) -> None:
    """Five chapters with a fault each, and the core: the edition appears, names them, and keeps what they showed."""
    faults = {
        "02": ("import os; print(dict(os.environ)); raise ValueError('injected')", "failed", "injected"),
        "04": ("import os; os._exit(3)", "died", "exit code 3"),
        "05": ("while True: pass", "timed_out", "still running after 8 s"),
        "07": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "died", "ended on its own"),
        "06": ("held = []\nwhile True: held.append(bytearray(1 << 20))", "out_of_memory", "limit of 900 MB"),
    }
    names = {p.name[:2]: p.name for p in (home / "notebooks").glob("*.ipynb")}
    for number, (code, _, _) in faults.items():
        spoil_notebook(home, number, code)
    chosen = [part for number in faults for part in ("--notebook", names[number])]
    limits = ("--notebook-timeout", "8", "--notebook-memory", "900")
    with message_server() as (address, received):
        done = run_briefing(home, *chosen, *limits, ZHENGGAI_NOTIFY=address)
    assert done.returncode == 0, done.stderr
    edition = editions.latest_edition(home / "reports")
    page = (edition.folder / "briefing.html").read_text(encoding="utf-8")
    results = {n["notebook"]: n for n in edition.record["notebooks"]}
    assert results["03_completion.ipynb"]["outcome"] in ("done", "reused"), "the other notebooks go on"
    for number, (_, outcome, sign) in faults.items():
        assert results[names[number]]["outcome"] == outcome and sign in results[names[number]]["error"]
        assert names[number] in page, "the first page names what is missing"
        partial = edition.folder / "notebooks" / f"{names[number].removesuffix('.ipynb')}.failed.ipynb"
        assert partial.is_file(), "the marked partial output is kept"
    assert [message["type"] for message in received] == ["success"]
    assert_no_token(home, done)


def test_a_core_chapter_that_fails_stops_the_edition(home: Path) -> None:
    first = assert_latest_is_whole(home)
    clean = (home / "notebooks" / "03_completion.ipynb").read_bytes()
    spoil_notebook(home, "03", "raise ValueError('injected')")
    with message_server() as (address, received):
        done = run_briefing(home, ZHENGGAI_NOTIFY=address)
    assert done.returncode == 1 and "injected" in done.stderr
    assert assert_latest_is_whole(home) == first, "a failed run must leave the last good edition in place"
    [record] = failed_records(home)
    note = (home / "reports" / "failed" / record["run_id"] / "failure.html").read_text(encoding="utf-8")
    assert "injected" in note and "injected" in received[0]["message"]
    (home / "notebooks" / "03_completion.ipynb").write_bytes(clean)
    assert_next_run_works(home)


def assert_no_token(home: Path, done: subprocess.CompletedProcess[str]) -> None:
    assert "secret-token" not in done.stdout + done.stderr
    for path in (home / "reports").rglob("*"):
        if path.is_file():
            assert b"secret-token" not in path.read_bytes(), f"{path.name} holds the address of a message"


@pytest.mark.parametrize("tampered", ["input", "tables"])
def test_what_changes_during_the_run_is_not_published(home: Path, tampered: str) -> None:
    """A mixture of two states of the data would be worse than no edition."""
    first = assert_latest_is_whole(home)
    clean = (home / "notebooks" / "03_completion.ipynb").read_bytes()
    target = {"input": "data/raw/anshan.txt.meta.yml", "tables": "data/processed/core_claims.parquet"}[
        tampered
    ]
    spoil_notebook(
        home,
        "03",
        f"import os, pathlib; p = pathlib.Path(os.environ['ZHENGGAI_HOME'], {target!r}); p.write_bytes(p.read_bytes() + b'\\n')",
    )
    done = run_briefing(home)
    assert done.returncode == 1 and "while the run was at work" in done.stderr, done.stderr
    assert assert_latest_is_whole(home) == first
    (home / "notebooks" / "03_completion.ipynb").write_bytes(clean)
    assert_next_run_works(home)


def test_a_second_run_leaves_or_waits(home: Path) -> None:
    with FileLock(home / "reports" / editions.LOCK_NAME):
        leaving = run_briefing(home)
        assert leaving.returncode == 5 and "another run is at work" in leaving.stderr
        waiting = subprocess.Popen(
            [sys.executable, "-m", "analysis.cli", "briefing", *BRIEF, "--wait", "120"],
            cwd=home,
            env=environment_of(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(4)
        assert waiting.poll() is None
    _, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, err
    with FileLock(home / "data" / "processed" / editions.LOCK_NAME):
        other = run_briefing(home, "--out", str(home / "other reports"))
        assert other.returncode == 5, "two reports folders must not mix their tables"


def test_a_stopped_run_says_so(home: Path) -> None:
    """A scheduler's stop (SIGTERM) is recorded as a failure with its note, not left behind."""
    first = assert_latest_is_whole(home)
    spoil_notebook(
        home,
        "03",
        "import os, signal, psutil\nfor p in psutil.Process().parents():\n    if 'analysis.cli' in ' '.join(p.cmdline()): p.terminate()\nimport time; time.sleep(3)",
    )
    done = run_briefing(home)
    assert done.returncode == 143 and "Traceback" not in done.stderr
    [record] = failed_records(home)
    assert record["outcome"] == "failed" and "stopped from outside" in record["error"]
    assert assert_latest_is_whole(home) == first and not processes_in(home)


def test_broken_history_file_costs_nothing(home: Path) -> None:
    known = [run["run_id"] for run in read_history(home / "reports")[0]]
    (home / "reports" / "history.jsonl").write_bytes(b'\xff\xfe garbage \n{"run_id"')
    change_input(home)
    assert_next_run_works(home)
    runs, broken = read_history(home / "reports")
    assert [run["run_id"] for run in runs][:-1] == known and broken == 2


def test_a_clock_that_jumps_loses_no_edition(home: Path) -> None:
    """Twelve years ahead, then back: the edition made last is the latest, is compared with, and is kept."""
    made = []
    for days in (4400, -4400, 0):
        change_input(home) if days == 4400 else (home / "data" / "raw" / "kaifeng.txt").unlink(
            missing_ok=True
        )
        if days == 0:
            change_input(home)
        script = CLOCK.format(days=days, arguments=[*BRIEF, "--keep", "2"])
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
            env=environment_of(home),
        )
        assert done.returncode == 0, done.stderr
        made.append(assert_latest_is_whole(home))
        moved = editions.latest_edition(home / "reports").record["changes"]
        assert (
            moved["notices_removed" if days < 0 else "notices_added"] == ["kaifeng-2023"]
            or len(moved["notices_added"]) + len(moved["notices_removed"]) == 1
        )
    years = [run_id[:4] for run_id in made]
    assert int(years[0]) > int(years[2]) > int(years[1])
    assert [e.run_id for e in editions.list_editions(home / "reports")] == made[1:], (
        "the last two made are kept, whatever their dates say"
    )
    records = [run for run in read_history(home / "reports")[0] if run["run_id"] in made]
    assert all(0 <= run["seconds"] < 200 for run in records), "durations do not hang on the clock"


def test_only_what_changed_is_done_again_and_gives_the_same_bytes(home: Path) -> None:
    """Nothing for the same content; a change of theme binds again without executing, to the bytes of a full run."""
    first = assert_latest_is_whole(home)
    again = run_briefing(home)
    assert again.returncode == 0 and "nothing has changed" in again.stdout, again.stdout
    assert assert_latest_is_whole(home) == first
    text = (home / "kaifeng.txt").read_text(encoding="utf-8")
    (home / "data" / "raw" / "kaifeng.txt").write_text(text + "\n", encoding="utf-8", newline="")
    assert run_briefing(home).returncode == 0
    changed = editions.latest_edition(home / "reports").record
    package = home.parent / "package" / "analysis"
    shutil.copytree(PACKAGE, package)
    with open(package / "publishing" / "templates" / "briefing.css", "a", encoding="utf-8") as style:
        style.write("\n.another-theme { color: inherit; }\n")
    themed = run_briefing(home, PYTHONPATH=str(package.parent))
    assert themed.returncode == 0, themed.stderr
    edition = editions.latest_edition(home / "reports")
    page = (edition.folder / "briefing.html").read_text(encoding="utf-8")
    assert edition.run_id != changed["run_id"] and "another-theme" in page
    assert {n["outcome"] for n in edition.record["notebooks"]} == {"reused"}, (
        "a change of theme executes nothing"
    )
    full_home = home.parent / "full" / home.name
    shutil.copytree(home, full_home, symlinks=True, ignore=shutil.ignore_patterns(".cache", "processed"))
    shutil.rmtree(full_home / "reports" / edition.run_id)  # so that both are compared with the same edition
    done = run_briefing(full_home, PYTHONPATH=str(package.parent))
    assert done.returncode == 0, done.stderr
    full = editions.latest_edition(full_home / "reports").record
    assert {n["outcome"] for n in full["notebooks"]} == {"done"}
    every = sorted({*full["files"], *edition.record["files"]})
    differing = [name for name in every if full["files"].get(name) != edition.record["files"].get(name)]
    assert not differing, textwrap.shorten(str(differing), 300)


@pytest.mark.parametrize("damage", ["cache", "snapshot", "record", "lock", "work"])
def test_state_that_is_broken_is_treated_as_absent(home: Path, damage: str) -> None:
    """Otherwise every run fails until somebody finds the file and removes it by hand."""
    reports = home / "reports"
    if damage == "cache":
        for path in (reports / ".cache").rglob("*.ipynb"):
            path.write_bytes(b"\x00 no notebook")
    elif damage == "snapshot":
        (reports / "latest" / "snapshot.json").write_text('{"notices": []}')
    elif damage == "record":
        (reports / "latest" / "run.json").write_text('{"run_id": 3, "steps": "none"}')
    elif damage == "lock":
        (reports / ".lock").unlink(missing_ok=True)
        (reports / ".lock").mkdir()
    else:
        (reports / ".work-2026-01-01").mkdir()
    change_input(home)
    assert_next_run_works(home)


def test_a_reader_of_the_progress_who_goes_costs_nothing(home: Path) -> None:
    """``zhenggai briefing | head -1``"""
    change_input(home)
    command = [sys.executable, "-m", "analysis.cli", "briefing", *BRIEF]
    running = subprocess.Popen(command, cwd=home, env=environment_of(home), stdout=subprocess.PIPE)
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(timeout=180) == 0
    assert_latest_is_whole(home)
    assert not (home / "reports" / "failed").exists() or not failed_records(home)


def test_what_moved_and_what_is_missing_is_said_with_both_values(home: Path) -> None:
    path = home / "data" / "raw" / "anshan.txt"
    text = path.read_bytes().decode("utf-8").replace("整改情况：正在整改", "整改情况：已完成", 1)
    path.write_bytes(text.encode("utf-8"))
    (home / "data" / "raw" / "anshan.txt.meta.yml").unlink()
    (home / "data" / "raw" / "yushu.txt").unlink()
    with message_server() as (address, received):
        done = run_briefing(home, ZHENGGAI_NOTIFY=address)
    assert done.returncode == 0, done.stderr
    assert "yushu" in done.stderr, "the missing file must be named"
    record = editions.latest_edition(home / "reports").record
    assert [(c["before"], c["after"]) for c in record["changes"]["statuses_changed"]] == [
        ("in_progress", "completed")
    ]
    assert record["changes"]["notices_removed"] == ["yushu-2024"]
    assert any("yushu" in row for row in record["changes"]["set_aside"])
    assert [message["type"] for message in received] == ["success", "warning"], (
        "a total that no longer agrees is a message of its own"
    )
    assert "anshan-2021!" in received[1]["message"]
    assert_no_token(home, done)
    assert (
        record["versions"]["polars"]
        and record["ended_at"]
        and all(step["peak_memory_mb"] > 0 for step in record["steps"] if step["seconds"] > 0.5)
    )
