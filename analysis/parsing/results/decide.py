"""The result of every problem: which holds of all that is said of it, and the putting of it in its row.

The layout and its neighbours here only gather candidates; nothing but ``decide`` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.parsing.layout.drafts import Candidate, Draft
from analysis.parsing.layout.flow import Flow, Whole
from analysis.parsing.layout.outline import Node
from analysis.parsing.results.elsewhere import results_elsewhere
from analysis.parsing.structure import Problem, Structure
from analysis.parsing.words.statuses import share_code

# Places inside the problem, the surest first; of two results at one place the later counts.
ITEM = (
    "result",  # behind a result's label, or in the column of results
    "ticked",  # the ticked of several boxes
    "progress",  # first behind 整改情况：
    "label",  # in a bracket inside a label: 整改情况(已完成):
    "heading",  # in a bracket or behind a dash at the heading
    "finding",  # in a bracket at the end of the finding
    "effect",  # first behind 整改成效：
    "frame",  # in a bracket behind 针对…的问题
    "closing",  # in the last sentence or bracket
    "read",  # wherever the notice has its results, in words that only the model reads
)
# Places outside it, with the basis that the row states.
ELSEWHERE = {
    "section": "reference",  # its section's title or bracket
    "number": "reference",  # a sentence or a list that names its number
    "rest": "total",  # 其余: whatever no number is told of
    "complement": "total",  # just as many as are said to be done
    "total": "total",  # a total that covers all
}


def decide(candidates: Sequence[Candidate]) -> tuple[Candidate, str] | None:
    """The candidate that holds, with its code, and its basis; None where nothing is said."""
    unread = any(told.place == "result" and told.code is None and told.share is None for told in candidates)
    words = {told.place: told for told in candidates if told.code is not None}
    shares = {told.place: told for told in candidates if told.code is None and told.share is not None}
    for place in ITEM:  # what the problem says of itself in words
        if place in words:
            return words[place], "item"
        if place == "effect" and unread:
            return None  # it has a result's label, and nobody can read what stands there
    for place in ITEM:  # … as a percentage
        if place in shares:
            told = shares[place]
            return told._replace(code=share_code(told.share or 0.0)), "item"
    for place, basis in ELSEWHERE.items():  # section before number before the rest before the total
        if place in words:
            return words[place], basis
    return None


def settle_results(structure: Structure, flow: Flow | Whole, units: list[Node], drafts: list[Draft]) -> None:
    """Put the result into every leaf; words at a result's place that stay unread become warnings."""
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    own = [decide(draft.candidates) for draft in drafts]
    elsewhere = (
        results_elsewhere(flow, units, drafts, leaves, [told and told[0].code for told in own])
        if None in own
        else [[]] * len(leaves)
    )
    for unit, draft, problem, told, others in zip(units, drafts, leaves, own, elsewhere, strict=True):
        unread = next((each for each in draft.candidates if each.code is None and each.share is None), None)
        if told is None and unread is not None:
            start, end = unread.start, unread.end
            words = flow.text[start:end].strip()
            structure.warnings.append(("unknown_status_word", f"{unit.label or ''} {words}".strip()))
            problem.status_start, problem.status_end = flow.span(start, end)
        told = told or decide(others)
        if told is not None:
            _put(flow, problem, *told)


def _put(flow: Flow | Whole, problem: Problem, told: Candidate, basis: str) -> None:
    problem.status_code, problem.status_basis = told.code or "not_stated", basis
    problem.status_start, problem.status_end = flow.span(told.start, told.end)
    problem.progress_share = told.share
