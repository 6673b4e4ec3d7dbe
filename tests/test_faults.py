"""Faults injected for real into scheduled runs: after each, ``latest`` is whole and the next run works.

Each run is a process of its own on two of the real reports and one notebook, HTML only, so that
a kill, a full disk or a changed input meets the real code and not a stand-in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from analysis.reporting import editions
from analysis.reporting.fingerprints import file_digest
from analysis.reporting.history import read_history
from tests.project_copy import BRIEF, copy_project, run_briefing

DRIVER = """
import os, signal, sys
from pathlib import Path
sys.argv = ["zhenggai", *{arguments!r}]
count, limit = 0, {limit}
def counted(name, function):
    def call(*args, **kwargs):
        global count
        if os.getpid() == main:
            count += 1
            if count == limit:
                os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call
main = os.getpid()
for name in ("replace", "mkdir", "unlink", "fsync", "symlink", "rename"):
    setattr(os, name, counted(name, getattr(os, name)))
from analysis.cli import main as command
try:
    command()
finally:
    Path(os.environ["COUNT_FILE"]).write_text(str(count))
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with one good edition; tests copy it."""
    home = copy_project(tmp_path_factory.mktemp("published") / "整改 分析", ["anshan.txt", "yushu.txt"])
    done = run_briefing(home)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture()
def home(published: Path, tmp_path: Path) -> Path:
    target = tmp_path / "整改 分析"
    shutil.copytree(published, target, symlinks=True)
    return target


def assert_latest_is_whole(home: Path) -> str:
    edition = editions.latest_edition(home / "reports")
    assert edition is not None, "the last good edition is gone"
    assert edition.record["outcome"] == "published"
    for name, digest in edition.record["files"].items():
        assert file_digest(edition.folder / name) == digest, f"{name} is not the file that was published"
    return edition.run_id


def change_input(home: Path) -> None:
    """One more notice, so that a run has something to publish."""
    shutil.copyfile(home / "kaifeng.txt", home / "data" / "raw" / "kaifeng.txt")


def killed_run(home: Path, limit: int) -> tuple[int, int | None]:
    """Run a briefing that is killed at its ``limit``-th file operation: (return code, operations counted)."""
    counter = home / "count"
    counter.unlink(missing_ok=True)
    script = DRIVER.format(arguments=["briefing", *BRIEF], limit=limit)
    done = subprocess.run([sys.executable, "-c", script], cwd=home, capture_output=True, check=False, timeout=180,
                          env={**os.environ, "ZHENGGAI_HOME": str(home), "COUNT_FILE": str(counter)})
    return done.returncode, int(counter.read_text()) if counter.exists() else None


def test_kill_at_every_step_of_a_run(home: Path) -> None:
    """kill -9 at file operations spread over the whole run, first to last."""
    change_input(home)
    before = {name: file_digest(home / "data" / "raw" / name) for name in os.listdir(home / "data" / "raw")}
    probe = home.parent / "probe"
    shutil.copytree(home, probe, symlinks=True)
    code, operations = killed_run(probe, 10**9)
    assert code == 0 and operations and operations > 25
    points = sorted({1 + round(step * (operations - 1) / 21) for step in range(22)})
    assert len(points) >= 20
    first = assert_latest_is_whole(home)
    for point in points:
        code, _ = killed_run(home, point)
        assert_latest_is_whole(home)
        assert code in (-9, 0)
        runs, broken = read_history(home / "reports")
        assert runs and runs[0]["run_id"] == first, "the history lost a run"
        assert broken <= 1
    assert before == {name: file_digest(home / "data" / "raw" / name) for name in os.listdir(home / "data" / "raw")}
    done = run_briefing(home)
    assert done.returncode == 0, done.stderr
    assert not list((home / "reports").glob(f"{editions.WORK_PREFIX}*")), "leftovers of killed runs"
    assert_latest_is_whole(home)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None,
                    reason="a full disk needs root, to mount a small one")
def test_full_disk(home: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(small)], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow a small disk to be mounted")
    try:
        shutil.copytree(home / "reports", small / "reports", symlinks=True)
        shutil.rmtree(small / "reports" / ".cache", ignore_errors=True)
        change_input(home)
        free = shutil.disk_usage(small).free
        (small / "filler").write_bytes(b"\0" * max(0, free - 60_000))
        done = run_briefing(home, "--out", str(small / "reports"))
        assert done.returncode == 1 and "nothing was published" in done.stderr
        edition = editions.latest_edition(small / "reports")
        assert edition and (edition.folder / "briefing.html").is_file()
        (small / "filler").unlink()
        again = run_briefing(home, "--out", str(small / "reports"))
        assert again.returncode == 0, again.stderr
        assert editions.latest_edition(small / "reports").run_id != edition.run_id
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_unwritable_folder_is_said_at_once(home: Path) -> None:
    (home / "blocked").write_text("")
    done = run_briefing(home, "--out", str(home / "blocked"))
    assert done.returncode == 1 and "cannot be written" in done.stderr and "Traceback" not in done.stderr


def spoil_notebook(home: Path, code: str) -> None:
    path = next((home / "notebooks").glob("03_*.ipynb"))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    last = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][-1]
    last["source"] = [code]
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize(("code", "sign"), [
    ("raise ValueError('injected')", "injected"),
    ("import os; os._exit(3)", "03_"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "03_"),
])
def test_a_notebook_that_raises_or_dies_fails_alone(home: Path, code: str, sign: str) -> None:
    first = assert_latest_is_whole(home)
    spoil_notebook(home, code)
    done = run_briefing(home, "--notebook", "02_problem_counts", "--notebook", "03_completion", brief=False)
    assert done.returncode == 1 and sign in done.stderr
    assert assert_latest_is_whole(home) == first, "a failed run must leave the last good edition in place"
    [failed] = [p for p in (home / "reports" / "failed").iterdir() if p.is_dir()]
    record = editions.read_record(failed)
    outcomes = {n["notebook"]: n["outcome"] for n in record["notebooks"]}
    assert outcomes["02_problem_counts.ipynb"] == "done", "the other notebooks go on"
    assert outcomes["03_completion.ipynb"] != "done"
    assert (failed / "failure.html").is_file()


def test_an_input_that_changes_during_the_run_is_not_published(home: Path) -> None:
    first = assert_latest_is_whole(home)
    change_input(home)
    spoil_notebook(home, "import os, pathlib; p = pathlib.Path(os.environ['ZHENGGAI_HOME'], 'data', 'raw', 'kaifeng.txt'); p.write_text(p.read_text(encoding='utf-8') + ' ', encoding='utf-8')")
    done = run_briefing(home)
    assert done.returncode == 1 and "changed while the run was at work" in done.stderr
    assert assert_latest_is_whole(home) == first


def test_a_second_run_leaves_or_waits(home: Path) -> None:
    from filelock import FileLock

    with FileLock(home / "reports" / editions.LOCK_NAME):
        started = time.monotonic()
        leaving = run_briefing(home)
        assert leaving.returncode == 5 and "another run is at work" in leaving.stderr
        assert time.monotonic() - started < 60
        waiting = subprocess.Popen([sys.executable, "-m", "analysis.cli", "briefing", *BRIEF, "--wait", "120"], cwd=home,
                                   env={**os.environ, "ZHENGGAI_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(3)
        assert waiting.poll() is None
    out, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, err


def test_broken_history_file_costs_nothing(home: Path) -> None:
    (home / "reports" / "history.jsonl").write_bytes(b"\xff\xfe garbage \n{\"run_id\"")
    change_input(home)
    done = run_briefing(home)
    assert done.returncode == 0, done.stderr
    runs, broken = read_history(home / "reports")
    assert len(runs) == 2 and broken == 2


def test_unchanged_content_is_not_done_again_and_gives_the_same_bytes(home: Path) -> None:
    first = assert_latest_is_whole(home)
    again = run_briefing(home, "--if-changed")
    assert again.returncode == 0 and "nothing has changed" in again.stdout
    assert assert_latest_is_whole(home) == first
    change_input(home)
    incremental = run_briefing(home, "--if-changed")
    assert incremental.returncode == 0, incremental.stderr
    kept = editions.latest_edition(home / "reports")
    (home / "data" / "raw" / "kaifeng.txt").unlink()
    assert run_briefing(home, "--if-changed").returncode == 0
    change_input(home)
    reused = run_briefing(home, "--if-changed")
    assert "reused" in reused.stdout, "nothing of an earlier run was taken up again"
    full_home = home.parent / "full"
    shutil.copytree(home, full_home, symlinks=True)
    shutil.rmtree(full_home / "reports" / editions.WORK_PREFIX, ignore_errors=True)
    shutil.rmtree(full_home / "reports")
    shutil.rmtree(full_home / "data" / "processed")
    assert run_briefing(full_home).returncode == 0
    full = editions.latest_edition(full_home / "reports")
    pages = {name: digest for name, digest in full.record["files"].items() if not name.startswith(("snapshot", "notebooks"))}
    same = {name: digest for name, digest in kept.record["files"].items() if name in pages}
    assert same == pages, textwrap.shorten(str(sorted(n for n in pages if same.get(n) != pages[n])), 300)


def test_removed_file_is_missing_from_the_briefing_and_said(home: Path) -> None:
    (home / "data" / "raw" / "yushu.txt").unlink()
    done = run_briefing(home)
    assert done.returncode == 0, done.stderr
    assert "yushu" in done.stderr, "the missing file must be named"
    edition = editions.latest_edition(home / "reports")
    assert edition.record["changes"]["notices_removed"] == ["yushu-2024"]
    assert any("yushu" in row for row in edition.record["changes"]["set_aside"])


def test_what_moved_shows_both_values(home: Path) -> None:
    path = home / "data" / "raw" / "anshan.txt"
    text = path.read_bytes().decode("utf-8").replace("整改情况：正在整改", "整改情况：已完成", 1)
    path.write_bytes(text.encode("utf-8"))
    (home / "data" / "raw" / "anshan.txt.meta.yml").unlink()
    done = run_briefing(home)
    assert done.returncode == 0, done.stderr
    changes = editions.latest_edition(home / "reports").record["changes"]
    assert [(c["before"], c["after"]) for c in changes["statuses_changed"]] == [("in_progress", "completed")]
