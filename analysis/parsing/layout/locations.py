"""Where an offset of the document lies: which problem, and which part of it."""

from __future__ import annotations

from bisect import bisect_right

from analysis.parsing.structure import Structure


class Locator:
    """``at(offset)`` → (problem key or None, part): statement, cause, measure or other."""

    __slots__ = ("_starts", "_values")

    def __init__(self, structure: Structure):
        spans: list[tuple[int, int, tuple[str, str]]] = []
        for problem in structure.problems:
            key = problem.key
            spans.append((problem.block_start, problem.block_end, (key, "other")))
            if problem.statement_start is not None and problem.statement_end is not None:
                spans.append((problem.statement_start, problem.statement_end, (key, "statement")))
            if problem.cause_start is not None and problem.cause_end is not None:
                spans.append((problem.cause_start, problem.cause_end, (key, "cause")))
            for start, end in problem.measure_spans:
                spans.append((start, end, (key, "measure")))
        spans.sort(key=lambda span: (span[0], -span[1]))
        starts = [0]
        values: list[tuple[str | None, str]] = [(None, "other")]
        open_spans: list[tuple[int, tuple[str, str]]] = []

        def close(limit: int) -> None:
            while open_spans and open_spans[-1][0] <= limit:
                end, _ = open_spans.pop()
                starts.append(end)
                values.append(open_spans[-1][1] if open_spans else (None, "other"))

        for start, end, value in spans:
            if end <= start:
                continue
            close(start)
            starts.append(start)
            values.append(value)
            open_spans.append((min(end, open_spans[-1][0]) if open_spans else end, value))
        close(1 << 60)
        self._starts = starts
        self._values = values

    def at(self, offset: int) -> tuple[str | None, str]:
        return self._values[bisect_right(self._starts, offset) - 1]
