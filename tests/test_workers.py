"""A file that hangs, grows or kills its reader costs only itself; the command never hangs with it."""

from __future__ import annotations

import time

import pytest

from analysis.ledger import workers
from analysis.ledger.tasks import Task, WorkerLost
from analysis.ledger.workers import Workers, run_contained

READ, IN_STEP, FAIL, DIE = (f"tests.worker_tasks:{name}" for name in ("read", "read_in_step", "fail", "die"))


@pytest.mark.slow
def test_each_bad_file_is_named_and_its_neighbours_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FILE_SECONDS", 1)
    monkeypatch.setattr(workers, "FILE_MEMORY", 200_000_000)
    monkeypatch.setattr(workers, "CLOCK_SECONDS", 4)
    deeds = ["", "spin", "", "grow", "die", "", "exit", "sleep", ""]
    tasks = [Task(READ, (list(enumerate(deeds)),), part=1), Task(READ, ([(0, ""), (1, "")],), part=2)]
    begun: list[int] = []
    with Workers(2) as pool:
        found = {task.part: answer for task, answer in pool.run(tasks, begun.append)}
    assert found[2] == ["read", "read"]
    assert found[1] == [
        "read",
        "too_much_time",
        "read",
        "too_much_memory",
        "too_much_memory",  # what C libraries do when they get no memory
        "read",
        "reader_died",
        "too_much_time",
        "read",
    ]
    assert len(begun) > len(deeds)


def test_a_file_that_kills_its_reader_in_a_later_step_is_the_one_that_is_named() -> None:
    begun: list[int] = []
    deeds = list(enumerate(["", "die", "", "exit"]))
    with Workers(1) as pool:
        [(_, answer)] = pool.run([Task(IN_STEP, (deeds,))], begun.append)
    assert answer == ["read", "too_much_memory", "read", "reader_died"]
    assert begun[:4] == [0, 1, 2, 3], "each file is counted when it is begun, and once"


def test_an_error_of_a_task_is_raised_and_the_workers_serve_on() -> None:
    with Workers(1) as pool:
        with pytest.raises(ValueError, match="this place"):
            list(pool.run([Task(FAIL, ("this place",))]))
        [(_, answer)] = pool.run([Task(READ, ([(0, "")],))])
        assert answer == ["read"]


def test_a_run_that_is_left_leaves_no_answers_to_the_next_one() -> None:
    with Workers(2) as pool:
        for _ in pool.run([Task(READ, ([(0, "")],), part=part) for part in range(6)]):
            break
        assert [task.part for task, _ in pool.run([Task(READ, ([(0, "")],), part=77)])] == [77]


def test_a_death_with_no_file_to_blame_ends_the_run_with_words() -> None:
    with Workers(1) as pool, pytest.raises(WorkerLost, match="no file to blame"):
        list(pool.run([Task(DIE, ())]))


def test_one_worker_is_kept_for_one_task_after_another() -> None:
    run_contained(Task(READ, ([(0, "")],)))
    started = time.monotonic()
    for _ in range(20):
        assert run_contained(Task(READ, ([(0, "")],))) == ["read"]
    assert time.monotonic() - started < 2, "a new process for each file would take longer"
