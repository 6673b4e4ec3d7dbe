"""Results that a problem does not state itself: told by its section's heading, by number, or in total."""

from __future__ import annotations

import re

from analysis.parsing.layout.drafts import Draft
from analysis.parsing.layout.flow import Flow, Whole
from analysis.parsing.layout.outline import Node, ancestors
from analysis.parsing.results.references import Told, status_by_total, statuses_by_reference
from analysis.parsing.structure import Problem, Structure
from analysis.parsing.text.numbering import han_number
from analysis.parsing.words.statuses import status_code

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
            if match is not None and code is not None:
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


# (3个具体问题,均已完成整改) behind a heading: a result of every problem below it
_ALL_BELOW = re.compile(r"[(【\[][^()\n]{0,24}?(?:均|全部|都|全都)(已?[^(),。;\n]{2,16})[)】\]]")
# 本部分六个问题…同意销号 at the end of a section
_CLOSES_SECTION = re.compile(
    r"(?:本(?:部分|方面|节|章|类)|以上|上述)(?:的)?(?P<count>\d+|[一二三四五六七八九十]+)(?:个|项|条)(?:方面)?(?:的)?(?:反馈|具体)*(?:问题|事项|任务)(?!中)(?P<told>[^。\n\d(]{2,60})(?=。|\n|$)"
)
# 已完成整改13个 · 18个问题已改完13个: how many are done
_DONE_COUNT = re.compile(
    r"(?:完成|整改|改完|改好|销号|办结|到位|解决|办妥|落实)[^。;,\d]{0,8}(\d{1,3}) ?[个项条件]|(\d{1,3}) ?[个项条件][^。;,\d]{0,12}(?:完成|到位|改完|改好|销号|办结|解决|办妥)"
)


def _told_by_section(
    flow: Flow | Whole, units: list[Node], drafts: list[Draft], leaves: list[Problem]
) -> None:
    """Results that a section states of all its problems: in a bracket at its heading, or at its end."""
    text = flow.text
    below: dict[int, list[int]] = {}
    for index, unit in enumerate(units):
        for node in ancestors(unit)[-2:]:
            below.setdefault(id(node), []).append(index)
    nodes = {id(node): node for unit in units for node in ancestors(unit)[-2:]}
    for key, members in below.items():
        node = nodes[key]
        line = text.find("\n", node.body, node.own_end)
        match = _ALL_BELOW.search(text, node.body, line if line >= 0 else node.own_end)
        code = status_code(match.group(1)) if match is not None else None
        if code is None:
            match = None
            last = members[-1]
            position = text.find("\n", drafts[last].body, units[last].end)
            while position >= 0 and match is None:
                match = _CLOSES_SECTION.match(text, position + 1, units[last].end)
                position = text.find("\n", position + 1, units[last].end)
            if match is not None and han_number(match.group("count")) != len(members):
                match = None
            if match is not None:
                words = match.group("told")
                code = next(
                    (
                        found
                        for tail in (words, *words.split(",")[::-1])
                        if (found := status_code(tail.lstrip("均已都全部")) or status_code(tail))
                    ),
                    None,
                )
        if code is None or match is None:
            continue
        for index in members:
            problem = leaves[index]
            if problem.status_code == "not_stated":
                problem.status_code, problem.status_basis = code, "reference"
                problem.status_start, problem.status_end = flow.span(match.start(), match.end())


_DONE = ("completed", "completed_long_term")


def tell_elsewhere(structure: Structure, flow: Flow | Whole, units: list[Node], drafts: list[Draft]) -> None:
    """Statuses by number or by a full total, for problems that state none themselves."""
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    open_leaves = [problem for problem in leaves if problem.status_code == "not_stated"]
    if open_leaves:
        open_leaves = _told_by_heading(structure, flow, units, open_leaves, leaves)
        _told_by_section(flow, units, drafts, leaves)
        open_leaves = [problem for problem in open_leaves if problem.status_code == "not_stated"]
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
    if by_number and rest is None:
        rest = _complement(flow, spans, open_leaves, by_number)
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


def _complement(
    flow: Flow | Whole, spans: list[tuple[int, int]], open_leaves: list[Problem], by_number: dict[int, Told]
) -> Told | None:
    """Done, for all that no number is told of, where the notice states just so many as done."""
    left = [
        problem for problem in open_leaves if (problem.parent_key or problem.key) not in map(str, by_number)
    ]
    if any(entry.code in _DONE for entry in by_number.values()):
        return None
    for start, end in spans:
        for match in _DONE_COUNT.finditer(flow.text, start, end):
            if int(match.group(1) or match.group(2)) == len(left) > 0:
                return Told(None, "completed", match.start(), match.end(), "total")
    return None


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
