"""Results in a list or a table of their own, joined to the problems by number."""

from __future__ import annotations

import re

import numpy as np

from analysis.parsing.layout.drafts import Candidate, Draft
from analysis.parsing.results.readings import read_slots
from analysis.parsing.results.slots import LINE, Slot, ending_slots, slot_at

LEAST = 0.55  # probability from which a row is read: such lists are made to tell results
SHARE = 0.8  # of the problems must have a row of their own
# 针对第1个问题。… · 1、4、6号：… · | P-01 | … | · （二）3　… · 9 计财科 改定
_ROW = re.compile(
    r"""
    (?:^|\n)[|>\-*•\ ]*(?:针对|对应|关于)?(?:第|问题|序号|编号|\([一二三四五六七八九十]{1,3}\)|[A-Z]-?)?\ *
    (\d{1,3}(?:[、,和]\ ?\d{1,3})*)
    (?:\ ?[号项个条]?(?:问题)?\ *[:.、。|]|(?=\ )|[号项个条](?:问题)?)\ *
    ([^\n]+)
    """,
    re.VERBOSE,
)
_CELLS = re.compile(r"[^|\t\ ]+(?:\ [^|\t\ ]+)*?(?=\ *[|\t]|\ |$)")


def results_by_row(
    text: str, start: int, numbers: list[int | None], legend: dict[str, str]
) -> dict[int, Candidate]:
    """Index of a problem → what its row behind ``start`` says, in the run of rows that says most.

    ``numbers`` are the problems' printed ones; where they begin anew in each section the rows are
    taken in order.
    """
    found: dict[int, Candidate] = {}
    for run in _runs(text, start):
        owners = _owners([row[0] for row in run], numbers)
        if len({index for owned in owners for index in owned}) < SHARE * len(numbers):
            continue
        slots = [slot for position, (_, *span) in enumerate(run) for slot in _slots(text, position, *span)]
        drafts = [Draft(first, first, last) for _, first, last in run]
        told = {
            index: result._replace(place="number")
            for position, result in read_slots(slots, np.zeros(len(drafts)), legend, LEAST).items()
            for index in owners[position]
        }
        found = max(found, told, key=len)
    return found


def _runs(text: str, start: int) -> list[list[tuple[list[int], int, int]]]:
    """Rows (their numbers, and the span of the rest), a new run where the numbers begin anew."""
    runs: list[list[tuple[list[int], int, int]]] = []
    for match in _ROW.finditer(text, start):
        own = [int(number) for number in re.findall(r"\d+", match.group(1))]
        row = (own, *match.span(2))
        if runs and (own[0] > runs[-1][-1][0][0] or text[match.start() : match.start(1)].endswith(")")):
            runs[-1].append(row)
        else:
            runs.append([row])
    return [run for run in runs if len(run) > 2]


def _owners(rows: list[list[int]], numbers: list[int | None]) -> list[list[int]]:
    """For each row the problems that it is about."""
    if [own[0] for own in rows] == numbers:
        return [[index] for index in range(len(rows))]
    if len(set(numbers)) < len(numbers):
        return [[] for _ in rows]
    return [[numbers.index(number) for number in own if number in numbers] for own in rows]


def _slots(text: str, position: int, start: int, end: int) -> list[Slot]:
    """The cells of a row, or the end of its only one."""
    cells = list(_CELLS.finditer(text, start, end))
    if len(cells) > 1:
        spans = [(LINE, *cell.span()) for cell in cells]
    else:
        spans = list(ending_slots(text, start, end))
    return [slot for span in spans if (slot := slot_at(text, position, *span)) is not None]
