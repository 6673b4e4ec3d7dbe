"""Tables on a PDF page from their ruling lines: which cell a run of text stands in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from analysis.sources.pdf_text import Page, Run

_NEAR = 3.0
_MAX_LINES = 400


@dataclass(slots=True)
class Grid:
    """One ruled table on one page; ``cells`` (row, col) → runs, rows counted from the top."""

    x0: float
    y0: float
    x1: float
    y1: float
    columns: list[float]
    rows: list[float]  # from the top downwards
    owner: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    cells: dict[tuple[int, int], list[Run]] = field(default_factory=lambda: defaultdict(list))

    def holds(self, run: Run) -> bool:
        """Whether the run begins inside the table."""
        x, y = _middle(run)
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def take(self, run: Run) -> bool:
        """Put a run into its cell; False when it stands outside the table."""
        if not self.holds(run):
            return False
        x, y = _middle(run)
        col = max((index for index, left in enumerate(self.columns[:-1]) if left <= x), default=0)
        row = max((index for index, top in enumerate(self.rows[:-1]) if top >= y), default=0)
        self.cells[self.owner.get((row, col), (row, col))].append(run)
        return True


def _middle(run: Run) -> tuple[float, float]:
    # The baseline lies low in the line: a third of an em up is safely inside the cell.
    return (run.x0 + min(run.x1, run.x0 + run.em)) / 2, run.y + 0.35 * run.em


def find_grids(page: Page) -> list[Grid]:
    """Ruled tables with at least two rows or columns, from the top of the page downwards."""
    horizontal, vertical = _merged(page.horizontal), _merged(page.vertical)
    if len(horizontal) < 2 or len(vertical) < 2 or len(horizontal) > _MAX_LINES or len(vertical) > _MAX_LINES:
        return []
    grids = []
    for group_h, group_v in _connected(horizontal, vertical):
        rows = sorted(_positions(group_h), reverse=True)
        columns = sorted(_positions(group_v))
        if len(rows) < 2 or len(columns) < 3:
            continue
        grid = Grid(columns[0], rows[-1], columns[-1], rows[0], columns, rows)
        _join_cells(grid, group_h, group_v)
        grids.append(grid)
    return sorted(grids, key=lambda grid: -grid.y1)


def _merged(lines: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Pieces of one line (borders are drawn cell by cell) joined to whole lines."""
    result: list[tuple[float, float, float]] = []
    by_place: list[tuple[float, list[tuple[float, float]]]] = []
    for place, start, end in sorted(lines):
        if by_place and place - by_place[-1][0] <= _NEAR:
            by_place[-1][1].append((start, end))
        else:
            by_place.append((place, [(start, end)]))
    for place, pieces in by_place:
        pieces.sort()
        start, end = pieces[0]
        for next_start, next_end in pieces[1:]:
            if next_start <= end + _NEAR:
                end = max(end, next_end)
            else:
                result.append((place, start, end))
                start, end = next_start, next_end
        result.append((place, start, end))
    return result


def _connected(horizontal, vertical):
    """Groups of lines that touch each other: each is one table."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, (y, x0, x1) in enumerate(horizontal):
        for j, (x, y0, y1) in enumerate(vertical):
            if x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR:
                parent[root(i)] = root(len(horizontal) + j)
    groups: dict[int, tuple[list, list]] = {}
    for i, line in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(line)
    for j, line in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + j), ([], []))[1].append(line)
    return [group for group in groups.values() if len(group[0]) >= 2 and len(group[1]) >= 2]


def _positions(lines: list[tuple[float, float, float]]) -> list[float]:
    places: list[float] = []
    for place, _, _ in sorted(lines):
        if not places or place - places[-1] > _NEAR:
            places.append(place)
    return places


def _join_cells(
    grid: Grid, horizontal: list[tuple[float, float, float]], vertical: list[tuple[float, float, float]]
) -> None:
    """Neighbouring grid places without a line between them are one merged cell."""
    rows, columns = len(grid.rows) - 1, len(grid.columns) - 1
    for row in range(rows):
        middle_y = (grid.rows[row] + grid.rows[row + 1]) / 2
        for col in range(columns):
            owner = grid.owner.setdefault((row, col), (row, col))
            right, below = grid.columns[col + 1], grid.rows[row + 1]
            middle_x = (grid.columns[col] + right) / 2
            if (
                col + 1 < columns
                and not _covers(vertical, right, middle_y)
                and (row, col + 1) not in grid.owner
            ):
                grid.owner[(row, col + 1)] = owner
            if row + 1 < rows and not _covers(horizontal, below, middle_x):
                grid.owner[(row + 1, col)] = owner


def _covers(lines: list[tuple[float, float, float]], place: float, at: float) -> bool:
    return any(
        abs(line - place) <= _NEAR and start - _NEAR <= at <= end + _NEAR for line, start, end in lines
    )
