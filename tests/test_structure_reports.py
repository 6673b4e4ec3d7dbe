"""The five reports: hand-checked counts. A user would lose the right number of problems, measures and results."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from analysis.parsing.assemble import build_structure
from analysis.parsing.records import Document
from analysis.parsing.structure import Structure

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"

# file: problems per aspect, categories, problems, leaves, measures, statuses the items state themselves
EXPECTED = {
    "anshan": (
        (10, 8, 19, 23),
        11,
        60,
        60,
        180,
        {"completed": 38, "completed_long_term": 12, "in_progress": 10},
    ),
    "yushu": ((6, 3, 5), 7, 14, 14, 25, {}),
    "yiyang": ((15, 12, 13, 2, 2), 0, 44, 59, 195, {"completed": 1}),
    "dandong": ((5, 5, 3, 4, 4, 5, 3, 4, 3), 0, 36, 36, 126, {}),
    "kaifeng": ((7, 3, 5, 2), 8, 17, 17, 56, {"completed": 15, "in_progress": 2}),
}


@cache
def structure_of(name: str) -> Structure:
    path = next(RAW.rglob(f"{name}*.txt"))
    with open(path, encoding="utf-8", newline="") as handle:
        return build_structure(Document(text=handle.read()))


@pytest.mark.parametrize("name", EXPECTED)
def test_counts_of_the_report_are_those_counted_by_hand(name):
    aspects, categories, problems, leaves, measures, _ = EXPECTED[name]
    structure = structure_of(name)
    per_aspect = Counter(problem.aspect_key for problem in structure.problems if problem.parent_key is None)
    keys = [section.key for section in structure.sections if section.level == "aspect"]
    assert tuple(per_aspect[key] for key in keys) == aspects
    assert sum(section.level == "category" for section in structure.sections) == categories
    assert sum(problem.parent_key is None for problem in structure.problems) == problems
    leaf = [problem for problem in structure.problems if problem.is_leaf]
    assert len(leaf) == leaves
    assert sum(len(problem.measures) for problem in leaf) == measures


@pytest.mark.parametrize("name", EXPECTED)
def test_results_are_those_the_items_state_and_no_others(name):
    stated = Counter(
        problem.status_code for problem in structure_of(name).problems if problem.status_basis == "item"
    )
    assert stated == EXPECTED[name][5]


def test_the_open_problems_of_an_excerpt_are_named_and_its_gaps_reported():
    structure = structure_of("kaifeng")
    assert [problem.key for problem in structure.problems if problem.status_code == "in_progress"] == [
        "8",
        "13",
    ]
    assert structure.is_excerpt and all(gap in structure.excerpt_note for gap in ("5", "7", "10"))
    assert not structure_of("anshan").is_excerpt


def test_a_total_that_covers_every_problem_is_told_as_a_total():
    assert {(p.status_code, p.status_basis) for p in structure_of("yushu").problems} == {
        ("completed", "total")
    }


def test_totals_that_leave_some_problems_open_decide_no_single_one():
    undecided = [p for p in structure_of("yiyang").problems if p.is_leaf and p.status_basis == "none"]
    assert len(undecided) == 58 and {p.status_code for p in undecided} == {"not_stated"}


def test_sub_items_hang_on_their_problem_and_keep_its_number():
    items = [p for p in structure_of("yiyang").problems if p.unit == "item"]
    assert len(items) == 23 and all(p.key.startswith(f"{p.parent_key}.") for p in items)
    parents = {p.key: p for p in structure_of("yiyang").problems if not p.is_leaf}
    assert set(parents) == {p.parent_key for p in items} and all(not p.measures for p in parents.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_every_character_belongs_to_exactly_one_region(name):
    structure = structure_of(name)
    position = 0
    for _, start, end in structure.regions:
        assert start == position and end > start
        position = end
    assert position == len(structure.text)
    assert structure.coverage_share > 0.9


@pytest.mark.parametrize("name", EXPECTED)
def test_parts_of_a_problem_lie_inside_its_block_in_order(name):
    for problem in structure_of(name).problems:
        assert problem.block_start <= problem.statement_start < problem.statement_end <= problem.block_end
        if problem.cause_start is not None:
            assert problem.statement_end <= problem.cause_start < problem.cause_end <= problem.block_end
        for first, second in zip(problem.measures, problem.measures[1:]):
            assert first.end <= second.start
        for measure in problem.measures:
            assert problem.statement_end <= measure.start < measure.end <= problem.block_end


def test_two_readings_that_differ_in_the_number_of_problems_are_reported():
    structure = structure_of("yiyang")
    assert structure.alternative_problem_count == 44 and 0 < structure.rule_score <= 1
