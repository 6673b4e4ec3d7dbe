"""The units of the second reader: what its chances of every sentence make of a notice.

It knows neither numbers nor frames by rule, so that its errors are others than the rules'. Units are
nodes like those of the outline; what they hold is read by the same code.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from analysis.parsing.layout.flow import Flow
from analysis.parsing.layout.outline import Node
from analysis.parsing.layout.roles import Reading
from analysis.parsing.statements.pieces import cut
from analysis.parsing.steps import Steps
from analysis.parsing.structure import Span, Structure
from analysis.parsing.text.numbering import read_label

SURE = 0.5  # chance from which a piece begins a finding, or goes on with one
LEAST = 0.15  # chance below which no stated total makes a piece the beginning of one
TITLE = 44  # characters of the longest heading


class Found(NamedTuple):
    """The findings of the second reader in order: (start, end) in the flow; how sure it is of them (mean
    distance of the chances from doubt, 0 to 1); whether their number is about the one that the chances
    alone give, not one that a stated total forced."""

    spans: list[tuple[int, int]]
    sureness: float
    is_near: bool


def find_statements(flow: Flow, totals: set[int]) -> Steps[Found]:
    """The findings; where ``totals`` (numbers the notice states) name a count near the sure ones, so many.

    Its one step asks for the chances of the pieces (``statements.model.chances``).
    """
    pieces = cut(flow.text)
    known = yield pieces
    begins = _begins(known[:, 0], totals)
    inside = (known[:, 1] > SURE).tolist()
    line, starts, ends = pieces.line.tolist(), pieces.start.tolist(), pieces.end.tolist()
    spans = []
    for position, first in enumerate(begins):
        after = begins[position + 1] if position + 1 < len(begins) else len(inside)
        last = first
        while last + 1 < after and inside[last + 1] and line[last + 1] - line[last] <= 1:
            last += 1
        # the last piece of a text ends with a line break that the text does not have
        spans.append(_framed(flow.text, starts[first], min(ends[last], len(flow.text))))
    doubt = np.abs(known[:, 0] - 0.5) * 2
    weight = np.where(known[:, 0] > LEAST, 1.0, 0.0)
    sureness = float((doubt * weight).sum() / max(1.0, float(weight.sum())))
    alone = int((known[:, 0] > SURE).sum())
    return Found(spans, sureness, 3 * abs(alone - len(spans)) <= len(spans))


_FRAME_END = re.compile("”(?=(?:等|这一)?(?:方面)?的?(?:具体)?(?:问题|方面|情况)|[\\s。:;,(]|整改|$)")


def _framed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span to the mark that closes its frame, or with the mark that belongs to its first words."""
    if start and text[start - 1] == "“":
        closes = _FRAME_END.search(text, start, end + 1)
        if closes is not None and text.count("“", start, closes.start()) == text.count(
            "”", start, closes.start()
        ):
            return start, closes.start()
        return start - 1, end
    return start, end


def _begins(known: np.ndarray, totals: set[int]) -> list[int]:
    sure = np.flatnonzero(known > SURE)
    if len(sure) in totals:
        return sure.tolist()
    order = np.argsort(-known, kind="stable")
    best: tuple[float, int] = (0.0, len(sure))
    for total in sorted(totals):
        if 2 < total < len(order) and known[order[total - 1]] > LEAST:
            gap = float(known[order[total - 1]] - known[order[total]])
            if gap > best[0]:
                best = (gap, total)
    return sorted(order[: best[1]].tolist())


def units_of(flow: Flow, root: Node, found: Found) -> list[Node]:
    """A node per finding, with the outline's own node where one begins there."""
    nodes = {node.start: node for node in root.walk() if node.parent is not None}
    starts: list[int] = []
    for start, _ in found.spans:
        para = flow.paras[flow.para_index(start)]
        starts.append(start if starts and starts[-1] >= para.start else para.start)
    parents = [node.parent for start in starts if (node := nodes.get(start)) and node.parent is not None]
    above = sorted({id(node): node for node in parents}.values(), key=lambda node: node.start)
    units = []
    for position, ((start, _), at) in enumerate(zip(found.spans, starts)):
        after = starts[position + 1] if position + 1 < len(starts) else len(flow.text)
        label = read_label(flow.text[at : at + 24].split("\n")[0] or " ")
        printed = label if label is not None and at + label.end <= start + label.end else None
        body = max(start, at + printed.end if printed is not None else start)
        unit = Node(
            "L",
            (printed.number or None) if printed is not None else None,
            printed.text if printed is not None else None,
            at,
            body,
            flow.paras[flow.para_index(at)],
        )
        unit.end = unit.own_end = _without_titles(flow, at, after)
        same = nodes.get(at)
        unit.parent = same.parent if same is not None else _above(above, at, root)
        units.append(unit)
    return units


def _above(parents: list[Node], at: int, root: Node) -> Node:
    """The section of a unit that the outline does not know: the innermost that holds others and this one."""
    holding = [node for node in parents if node.start <= at < node.end]
    return holding[-1] if holding else root


def _without_titles(flow: Flow, start: int, after: int) -> int:
    """Where a unit stops: before the headings of the next section."""
    first = bisect_right(flow.para_starts, start)
    last = bisect_left(flow.para_starts, after)
    if after < len(flow.text) and (last >= len(flow.para_starts) or flow.para_starts[last] != after):
        return after
    while last > first and _is_title(flow, last - 1, after):
        last -= 1
    return flow.para_starts[last] if last < len(flow.para_starts) else len(flow.text)


def _is_title(flow: Flow, index: int, after: int) -> bool:
    if after >= len(flow.text):
        return False
    para = flow.paras[index]
    return (
        para.bare
        and len(para.text) < TITLE
        and ":" not in para.text
        and flow.paras[index - 1].text[-1] != ":"
    )


def agreement(one: list[Span], other: list[Span]) -> float:
    """F1 of the statements of two readers; two are the same where the shorter lies half in the longer."""
    if not one or not other:
        return 0.0
    starts = [start for start, _ in other]
    used: set[int] = set()
    for start, end in one:
        at = bisect_right(starts, start) - 1
        for index in (at, at + 1):
            if 0 <= index < len(other) and index not in used:
                low, high = other[index]
                shared = min(end, high) - max(start, low)
                if 2 * shared > min(end - start, high - low):
                    used.add(index)
                    break
    return round(2 * len(used) / (len(one) + len(other)), 3)


POOR = 4  # problems below which a reading of the rules is poor
UNCLEAR = 0.35  # rule score below which the rules' reading is hardly better than the next
CLEAR = 0.9  # rule score above which a stated total is rather one of something else
CERTAIN = 0.7  # sureness from which the second reader's count needs no stated total
SAME = 0.9  # agreement from which the readers tell the same


def is_doubtful(structure: Structure, totals: set[int]) -> bool:
    """Whether the second reader is asked: not where the rules' reading is clear and its count is a stated total."""
    return structure.rule_score <= CLEAR or not _counts(structure) & totals


def _counts(structure: Structure) -> set[int]:
    """How many problems were read, with their items and without."""
    return {
        sum(problem.is_leaf for problem in structure.problems),
        sum(problem.parent_key is None for problem in structure.problems),
    }


def prefers_second(structure: Structure, totals: set[int], found: Found) -> bool:
    """Whether the second reader's findings are taken in place of the rules'.

    They are where their number is a total that the notice states and the rules' is not, and where the
    rules made next to nothing of a notice in which the second reader sees a whole list.
    """
    if structure.agreement >= SAME or len(found.spans) < 3:
        return False
    count = sum(problem.is_leaf for problem in structure.problems)
    fits = len(found.spans) in totals
    is_poor = count < POOR and len(found.spans) >= 2 * count + 2
    if is_poor:
        return fits or found.sureness > SURE
    if structure.agreement < 0.5 and structure.rule_score < UNCLEAR:
        return fits or found.sureness > CERTAIN
    is_clear = structure.rule_score > CLEAR  # other things are counted in the notice as well
    return fits and not _counts(structure) & totals and found.is_near and not is_clear


def breaks_lists(reading: Reading | None, found: Found) -> bool:
    """Whether the findings take some members of a list numbered 1, 2, 3 … and leave out others of it.

    What is left out of an unbroken list is no measure and no heading: the second reader missed it.
    """
    lists: dict[int, list[Node]] = {}
    for unit in reading.units if reading is not None else []:
        lists.setdefault(id(unit.parent), []).append(unit)
    starts = [start for start, _ in found.spans]
    for units in lists.values():
        if len(units) > 1 and [unit.number for unit in units] == list(range(1, len(units) + 1)):
            taken = [bisect_left(starts, unit.end) > bisect_left(starts, unit.start) for unit in units]
            if any(taken) and not all(taken):
                return True
    return False


def tells_statements(reading: Reading, found: Found) -> bool:
    """Whether the second reader's statements are taken for the rules' units: one in each of an unclear reading."""
    units, spans = reading.units, found.spans
    return (
        reading.score < CERTAIN
        and len(units) == len(spans)
        and all(unit.start <= start < unit.end for unit, (start, _) in zip(units, spans))
    )
