"""Problems without any number or heading: told by the labels that come round again and again.

A paragraph, then 整改情况： …, then a paragraph, then 整改情况： … — what stands before the first
label of each round is the finding.
"""

from __future__ import annotations

from analysis.parsing.layout.flow import Flow
from analysis.parsing.layout.outline import Node
from analysis.parsing.layout.segments import Mark

_OPENS = frozenset(("cause", "measures", "progress", "statement"))


def find_cycles(flow: Flow, marks: list[Mark], root: Node) -> list[Node]:
    """Units of style "Y", one per round of labels; empty where fewer than three come round."""
    at_line: dict[int, str] = {}
    for mark in marks:
        index = flow.para_index(mark.start)
        if mark.start - flow.paras[index].start <= 4:
            at_line.setdefault(index, mark.part)
    starts: list[int] = []
    told = True  # a block of measures has been seen since the last unit began
    for index in sorted(at_line):
        part = at_line[index]
        if part in _OPENS and told and index > 0:
            first = index if part == "statement" else index - 1
            if part != "statement" and (first in at_line or (starts and first <= starts[-1])):
                told = told and part not in ("measures", "progress")
                continue
            above = first - 1
            if (
                above >= 0
                and above not in at_line
                and _heads(flow, above, first)
                and (not starts or above > starts[-1])
            ):
                first = above
            starts.append(first)
            told = part in ("measures", "progress")
        elif part in ("measures", "progress"):
            told = True
    if len(starts) < 3:
        return []
    nodes = []
    for position, first in enumerate(starts):
        para = flow.paras[first]
        label = para.label
        body = para.start + (label.end if label is not None else 0)
        node = Node(
            "Y",
            label.number or None if label is not None else None,
            label.text if label is not None else None,
            para.start,
            body,
            para,
        )
        after = starts[position + 1] if position + 1 < len(starts) else len(flow.paras)
        while after - 1 > first and after < len(flow.paras) and _is_title(flow, after - 1, at_line):
            after -= 1  # the headings of the next section
        node.end = node.own_end = flow.paras[after].start if after < len(flow.paras) else len(flow.text)
        node.parent = root
        nodes.append(node)
    return nodes


def _is_title(flow: Flow, index: int, at_line: dict[int, str]) -> bool:
    para = flow.paras[index]
    if index in at_line or index - 1 in at_line and flow.paras[index - 1].text[-1] in ":】]":
        return False
    return para.bare and len(para.text) < 44 and (para.label is not None or para.heading > 0)


def _heads(flow: Flow, above: int, below: int) -> bool:
    """Whether a short bare line is the title of the finding below it, not of a whole section."""
    text = flow.paras[above].text
    return (
        flow.paras[above].bare
        and 4 <= len(text) <= 40
        and not text.endswith(("方面", "情况", "】"))
        and len(flow.paras[below].text) > len(text)
    )
