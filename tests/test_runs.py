"""Runs: what a user loses when one notebook's failure, hang or death takes the others with it."""

from __future__ import annotations

import json
import os
import sys
import time

import pytest

from analysis.runs import notebooks as runs
from analysis.runs.parameters import find_notebook
from analysis.selection import SelectionError, check_choice
from tests.notebook_maker import make_notebook, outputs_of

pytestmark = pytest.mark.slow

GOOD = [
    "n: int = 1  # a number",
    "import sys\nprint('杭州', n)\nprint('careful', file=sys.stderr)\nn + 1",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "import polars as pl\npl.DataFrame({'a': [3, 1, 2]}).group_by('a', maintain_order=True).len()",
    "h = display('one', display_id='z')\nh.update('two')",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "import os\nos.path.basename(os.getcwd())",
]


def still_there(pids: list[int]) -> list[int]:
    """Processes that live on, after they had time to end."""
    import psutil

    for _ in range(100):
        left = [
            p for p in pids if psutil.pid_exists(p) and psutil.Process(p).status() != psutil.STATUS_ZOMBIE
        ]
        if not left:
            break
        time.sleep(0.1)
    return left


@pytest.fixture(scope="module")
def ill_run(tmp_path_factory):
    """One batch on the fast engine: a good notebook among four that end badly."""
    folder = tmp_path_factory.mktemp("空 格 {x}")
    cells = {
        "good": GOOD,
        "raises": ["n: int = 1", "print('before')", "1/0", "print('never')"],
        "hangs": ["n: int = 1", "print('before')", "import time\nwhile True:\n    time.sleep(0.1)"],
        "dies": ["n: int = 1", "print('before')", "import os\nos._exit(3)"],
        "eats": ["n: int = 1", "import time\nheld = b'x' * 900_000_000\ntime.sleep(300)"],
        "after": ["n: int = 1", "print('fine')"],
    }
    jobs = [
        runs.Job(
            make_notebook(folder / "in" / f"{name}.ipynb", text), folder / "out" / f"{name}.ipynb", {"n": 5}
        )
        for name, text in cells.items()
    ]
    said: list[str] = []
    limits = {"hangs": 6}  # its own limit; the others get time enough for a busy machine
    records = []
    for seconds in (6, 240):
        batch = [job for job in jobs if limits.get(job.source.stem, 240) == seconds]
        records += runs.run_jobs(batch, seconds=seconds, megabytes=700, report=said.append)
    return folder, {r.notebook.removesuffix(".ipynb"): r for r in records}, said


def test_each_bad_ending_is_named_and_costs_only_its_own_notebook(ill_run):
    _, records, said = ill_run
    assert {name: r.outcome for name, r in records.items()} == {
        "good": "done",
        "raises": "failed",
        "hangs": "timed_out",
        "dies": "died",
        "eats": "out_of_memory",
        "after": "done",
    }
    assert "ZeroDivisionError" in records["raises"].error and "6 s" in records["hangs"].error
    assert "exit code 3" in records["dies"].error and "700 MB" in records["eats"].error
    assert len(said) == 6 and all(r.seconds >= 0 and r.peak_memory_mb >= 0 for r in records.values())


def test_a_failed_run_leaves_its_marked_part_and_no_plausible_file(ill_run):
    folder, records, _ = ill_run
    for name in ("raises", "hangs", "dies"):
        assert not (folder / "out" / f"{name}.ipynb").exists()
        partial = folder / "out" / records[name].output
        assert partial.name == f"{name}.failed.ipynb"
        outputs = outputs_of(partial)
        assert {"name": "stdout", "output_type": "stream", "text": ["before\n"]} in [
            o for cell in outputs for o in cell
        ]
        assert [o["output_type"] for cell in outputs for o in cell].count("error") == 1
        assert json.loads(partial.read_text())["metadata"]["zhenggai"]["outcome"] != "done"


def test_nothing_of_a_run_stays_behind(ill_run):
    folder, _, _ = ill_run
    assert sorted(p.name for p in (folder / "out").iterdir()) == [
        "after.ipynb",
        "dies.failed.ipynb",
        "eats.failed.ipynb",
        "good.ipynb",
        "hangs.failed.ipynb",
        "raises.failed.ipynb",
    ]


def test_an_earlier_good_result_does_not_survive_a_later_failure(tmp_path):
    target = tmp_path / "out" / "n.ipynb"
    source = make_notebook(tmp_path / "n.ipynb", ["n: int = 1", "1 / n"])
    assert runs.run_jobs([runs.Job(source, target, {"n": 1})])[0].outcome == "done" and target.exists()
    assert runs.run_jobs([runs.Job(source, target, {"n": 0})])[0].outcome == "failed"
    assert not target.exists()


def test_the_fast_engine_gives_the_outputs_of_an_ordinary_kernel(ill_run):
    folder, _, _ = ill_run
    record = runs.run_jobs(
        [runs.Job(folder / "in" / "good.ipynb", folder / "kernel" / "good.ipynb", {"n": 5})], kernel=True
    )[0]
    assert record.outcome == "done"
    fast, ordinary = (json.loads((folder / place / "good.ipynb").read_text()) for place in ("out", "kernel"))
    assert fast == ordinary
    assert any(
        {"image/png", "image/svg+xml"} & set(o.get("data", {}))
        for cell in outputs_of(folder / "out" / "good.ipynb")
        for o in cell
    )


def test_a_kernel_that_hangs_or_dies_is_ended_and_marked(tmp_path):
    cells = {
        "hangs": (["n: int = 1", "import time\ntime.sleep(600)"], 5),
        "dies": (["n: int = 1", "import os\nos._exit(3)"], 240),
    }
    records = []
    for name, (text, seconds) in cells.items():
        job = runs.Job(make_notebook(tmp_path / f"{name}.ipynb", text), tmp_path / "out" / f"{name}.ipynb")
        records += runs.run_jobs([job], kernel=True, seconds=seconds)
    assert [r.outcome for r in records] == ["timed_out", "died"]
    assert all((tmp_path / "out" / r.output).name.endswith(".failed.ipynb") for r in records)


def test_executed_notebooks_are_the_same_bytes_twice_and_name_no_machine_path(ill_run, tmp_path):
    folder, _, _ = ill_run
    runs.run_jobs([runs.Job(folder / "in" / "good.ipynb", tmp_path / "good.ipynb", {"n": 5})])
    assert (tmp_path / "good.ipynb").read_bytes() == (folder / "out" / "good.ipynb").read_bytes()
    text = (tmp_path / "good.ipynb").read_text()
    assert str(tmp_path) not in text and str(folder) not in text and "start_time" not in text


def test_processes_that_a_cell_started_end_with_their_notebook(tmp_path):
    source = make_notebook(
        tmp_path / "n.ipynb",
        [
            "n: int = 1",
            "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\nprint(child.pid)",
            "1/0",
        ],
    )
    record = runs.run_jobs([runs.Job(source, tmp_path / "o" / "n.ipynb")])[0]
    pid = int("".join(outputs_of(tmp_path / "o" / record.output)[1][0]["text"]))
    assert not still_there([pid])


def test_a_preloaded_process_that_is_killed_costs_only_the_runs_it_carried(tmp_path):
    source = make_notebook(
        tmp_path / "n.ipynb",
        [
            "n: int = 1",
            "import os, signal\nos.kill(os.getppid(), signal.SIGKILL) if n else print('fine')\nimport time\ntime.sleep(n)",
        ],
    )
    jobs = [runs.Job(source, tmp_path / "out" / f"{i}.ipynb", {"n": n}) for i, n in enumerate((20, 0))]
    assert [r.outcome for r in runs.run_jobs(jobs, at_once=1)] == ["died", "done"]


def test_an_interrupted_run_ends_its_notebooks_at_once(tmp_path):
    """A scheduler's stop must not wait for a notebook's own limit."""
    import signal
    import subprocess

    source = make_notebook(
        tmp_path / "n.ipynb",
        ["n: int = 1", "import time\nopen('" + str(tmp_path / "on") + "', 'w').close()\ntime.sleep(500)"],
    )
    code = f"from pathlib import Path; from analysis.runs import notebooks as runs; runs.run_jobs([runs.Job(Path({str(source)!r}), Path({str(tmp_path / 'o.ipynb')!r}))])"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=os.path.dirname(os.path.dirname(__file__)),
        stderr=subprocess.DEVNULL,
    )
    while not (tmp_path / "on").exists() and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) != 0


def test_processes_go_when_their_owner_is_killed(tmp_path):
    """A briefing that is killed must not leave notebooks at work."""
    import subprocess

    note = tmp_path / "pid"
    source = make_notebook(
        tmp_path / "n.ipynb",
        [
            "n: int = 1",
            f"import os, time\nopen({str(note)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\ntime.sleep(300)",
        ],
    )
    code = f"from pathlib import Path; from analysis.runs import notebooks as runs; runs.run_jobs([runs.Job(Path({str(source)!r}), Path({str(tmp_path / 'o.ipynb')!r}))])"
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=os.path.dirname(os.path.dirname(__file__)))
    while not note.exists() or not note.read_text():
        assert owner.poll() is None
        time.sleep(0.1)
    owner.kill()
    owner.wait()
    assert not still_there([int(pid) for pid in note.read_text().split()])


def test_an_unknown_notebook_is_refused_with_the_nearest():
    with pytest.raises(SelectionError, match="03_completion"):
        find_notebook("completoin")
    assert find_notebook("03").stem == find_notebook("completion").stem == "03_completion"


def test_work_of_another_process_gives_its_result_its_error_or_says_that_it_died():
    """A run that waits for ever, or that ends without a word, because a comparison was killed."""
    assert runs.run_apart(divmod, 7, 2) == (3, 1)
    with pytest.raises(SelectionError, match="left"):
        runs.run_apart(check_choice, "left", "x", ("y",))
    with pytest.raises(RuntimeError, match="exit code 3"):
        runs.run_apart(os._exit, 3)
