"""Results that a problem does not state itself: told by its section's heading, by number, or in total."""

from __future__ import annotations

import re

from analysis.parsing.drafts import Draft
from analysis.parsing.outline import Node, ancestors
from analysis.parsing.references import Told, status_by_total, statuses_by_reference
from analysis.parsing.statuses import status_code
from analysis.parsing.structure import Problem, Structure
from analysis.parsing.text import Flow, Whole

# 已完成的整改事项, 需要持续推进的整改事项: headings that sort the problems by their result.
_SORTED = re.compile(
    r"(?:(?:集中)?整改期(?:限)?内)?(?:需要?|正在|仍需|目前)?((?:已经?|全面|基本)?(?:完成整改|完成|整改到位|整改)|(?:持续|长期|继续)?(?:推进|整改|坚持)|未完成(?:整改)?|取得阶段性成效|阶段性完成)的(?:整改)?(?:反馈)?(?:事项|问题|任务)"
)


def _told_by_heading(
    structure: Structure,
    flow: Flow | Whole,
    units: list[Node],
    open_leaves: list[Problem],
    leaves: list[Problem],
) -> list[Problem]:
    """Give problems the result their section's heading names, where at least two sections are sorted so."""
    named: dict[int, tuple[str, int, int]] = {}
    seen: set[int] = set()
    for unit in units:
        for node in ancestors(unit)[:2]:
            if id(node) in seen:
                continue
            seen.add(id(node))
            match = _SORTED.search(flow.text, node.body, min(node.own_end, node.body + 60))
            code = (
                status_code(match.group(1)) or status_code("需" + match.group(1))
                if match is not None
                else None
            )
            if code is not None:
                named[id(node)] = (code, match.start(), match.end())
    if len(named) < 2:
        return open_leaves
    rest = []
    for unit, problem in zip(units, leaves):
        if problem.status_code != "not_stated":
            continue
        told = next((named[id(node)] for node in ancestors(unit)[:2] if id(node) in named), None)
        if told is None:
            rest.append(problem)
            continue
        problem.status_code, problem.status_basis = told[0], "reference"
        problem.status_start, problem.status_end = flow.span(told[1], told[2])
    return rest


_DONE = ("completed", "completed_long_term")


def tell_elsewhere(structure: Structure, flow: Flow | Whole, units: list[Node], drafts: list[Draft]) -> None:
    """Statuses by number or by a full total, for problems that state none themselves."""
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    open_leaves = [problem for problem in leaves if problem.status_code == "not_stated"]
    if open_leaves:
        open_leaves = _told_by_heading(structure, flow, units, open_leaves, leaves)
    if not open_leaves:
        return
    spans = _outside(flow, drafts)
    told = statuses_by_reference(flow, spans)
    by_number: dict[int, Told] = {
        number: entry for entry in told if entry.numbers for number in entry.numbers
    }
    rest = next((entry for entry in told if entry.numbers is None), None)
    tops = sum(problem.parent_key is None for problem in structure.problems)
    total = None
    if not by_number and all(
        problem.status_code in _DONE for problem in leaves if problem.status_basis == "item"
    ):
        total = status_by_total(flow, spans, {tops, len(leaves)})
    for problem in open_leaves:
        number = problem.parent_key or problem.key
        entry = by_number.get(int(number)) if number.isdecimal() else None
        entry = entry or rest or total
        if entry is None:
            continue
        problem.status_code = entry.code
        problem.status_basis = entry.basis
        problem.progress_share = entry.share
        problem.status_start, problem.status_end = flow.span(entry.start, entry.end)


def _outside(flow: Flow | Whole, drafts: list[Draft]) -> list[tuple[int, int]]:
    spans = []
    position = 0
    for draft in drafts:
        if draft.start - position > 4:
            spans.append((position, draft.start))
        position = max(position, draft.end)
    if len(flow.text) - position > 4:
        spans.append((position, len(flow.text)))
    return spans
