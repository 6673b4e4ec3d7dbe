"""Problems told in a table (台账, a ledger sheet): header row, columns by role, rows that go on.

Cells come from the reader's blocks; a table typed with | in a page or a letter, and a table whose cells were
flattened to one line each, are found here. Offsets are those of the document itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from analysis.parsing.layout.drafts import Candidate, Draft
from analysis.parsing.layout.measures import Piece, split_measures
from analysis.parsing.records import Block
from analysis.parsing.text.numerals import read_whole
from analysis.parsing.words.labels import label_parts
from analysis.parsing.words.statuses import closing_status, due_words, leading_status

Span = tuple[int, int]


@dataclass(slots=True)
class TableUnit:
    """One problem of a table: its draft, printed number and the cell that names its class."""

    draft: Draft
    number: int | None
    label: str | None
    section: Span | None


@dataclass(slots=True)
class _Row:
    cells: dict[int, Span] = field(default_factory=dict)


def read_tables(shadow: str, blocks: list[Block]) -> list[TableUnit]:
    """The problems of all tables that have a column of findings and one of measures or results."""
    units: list[TableUnit] = []
    tables = _tables(shadow, blocks)
    for rows in tables:
        units += _read_rows(shadow, rows)
    return units or _join_tables(shadow, tables)


_TOLD = frozenset(("measures", "progress", "result", "effect"))


def _join_tables(shadow: str, tables: list[list[_Row]]) -> list[TableUnit]:
    """The problems of a table that only lists them, with the rows of other tables that bear their numbers."""
    units: dict[str, TableUnit] = {}
    for rows in tables:
        roles = _roles(shadow, rows[0])
        kinds = set(roles.values())
        if "number" not in kinds or not kinds & {"statement", *_TOLD}:
            continue
        for row in rows[1:]:
            by_role = _by_role(row, roles)
            number = by_role.get("number", [None])[0]
            if number is None:
                continue
            name = shadow[number[0] : number[1]].strip(" .、()")
            statement = by_role.get("statement")
            if statement is not None and name not in units:
                section = by_role.get("section", [None])[-1]
                units[name] = _unit(shadow, row, by_role, statement[-1], number, section)
            elif statement is None and name in units:
                _read_cells(shadow, units[name].draft, by_role)
    told = sum(bool(unit.draft.blocks or unit.draft.told or unit.draft.candidates) for unit in units.values())
    return list(units.values()) if len(units) > 1 and told * 2 > len(units) else []


def _tables(shadow: str, blocks: list[Block]) -> list[list[_Row]]:
    tables: dict[int, dict[int, _Row]] = {}
    for block in blocks:
        if block.kind == "cell" and block.end > block.start:
            start, end = _trim(shadow, block.start, block.end)
            if end > start:
                cells = tables.setdefault(block.table, {}).setdefault(block.row, _Row()).cells
                cells[block.col] = (cells[block.col][0], end) if block.col in cells else (start, end)
    found = [[rows[number] for number in sorted(rows)] for _, rows in sorted(tables.items())]
    if not found and shadow.count("|") > 12:
        found = _piped_tables(shadow)
    if not found:
        found = _flattened_tables(shadow)
    return found


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in " \n*|":
        start += 1
    while end > start and text[end - 1] in " \n*|":
        end -= 1
    return start, end


def _piped_tables(shadow: str) -> list[list[_Row]]:
    tables: list[list[_Row]] = []
    rows: list[_Row] = []
    position = 0
    for line in shadow.split("\n"):
        start, position = position, position + len(line) + 1
        if line.count("|") < 2:
            if rows and line.strip():
                tables.append(rows)
                rows = []
            continue
        if not line.strip(" |-:"):
            continue
        row = _Row()
        at = start + line.index("|") + 1 if line.lstrip().startswith("|") else start
        for col, cell in enumerate(shadow[at : start + len(line)].split("|")):
            span = _trim(shadow, at, at + len(cell))
            if span[1] > span[0]:
                row.cells[col] = span
            at += len(cell) + 1
        rows.append(row)
    if rows:
        tables.append(rows)
    return tables


def _flattened_tables(shadow: str) -> list[list[_Row]]:
    """A table copied as one line per cell: three or more header words on lines of their own."""
    lines: list[Span] = []
    position = 0
    for line in shadow.split("\n"):
        start, position = position, position + len(line) + 1
        span = _trim(shadow, start, start + len(line))
        if span[1] > span[0]:
            lines.append(span)
    for index, (start, end) in enumerate(lines):
        if end - start > 12 or _role(shadow[start:end]) != "number":
            continue
        stop = index
        while (
            stop < len(lines)
            and lines[stop][1] - lines[stop][0] <= 12
            and _role(shadow[slice(*lines[stop])]) is not None
        ):
            stop += 1
        width = stop - index
        if width < 3:
            continue
        rows = [_Row({col: lines[index + col] for col in range(width)})]
        at, wanted = stop, 1
        while at + width <= len(lines) and shadow[slice(*lines[at])].strip("、. ") == str(wanted):
            row = _Row({col: lines[at + col] for col in range(width)})
            follow = at + width
            # A cell of several paragraphs is several lines: the last column ends before the next number.
            while (
                follow < len(lines)
                and shadow[slice(*lines[follow])].strip("、. ") != str(wanted + 1)
                and follow < at + width + 12
                and any(
                    shadow[slice(*lines[later])].strip("、. ") == str(wanted + 1)
                    for later in range(follow, min(follow + 12, len(lines)))
                )
            ):
                follow += 1
            if follow > at + width:
                extra = follow - at - width
                widest = max(
                    range(1, width - 1), key=lambda col: lines[at + col][1] - lines[at + col][0], default=1
                )
                row = _Row({col: lines[at + col + (extra if col > widest else 0)] for col in range(width)})
                row.cells[widest] = (lines[at + widest][0], lines[at + widest + extra][1])
            rows.append(row)
            at = follow
            wanted += 1
        return [rows] if len(rows) > 2 else []
    return []


_ROLES = (
    ("number", re.compile(r"序号|编号|^号$|^No\.?$|项目号", re.I)),
    ("section", re.compile(r"类别|分类|类型|大类|方面|领域|板块|归类")),
    ("due", re.compile(r"时限|期限|时间|日期")),
    ("responsible", re.compile(r"责任|单位|部门|领导|科室|股室|处室|牵头|负责")),
    ("cause", re.compile(r"原因")),
    ("note", re.compile(r"备注|说明|附件|依据")),
    ("result", re.compile(r"整改结果|结果|状态|现状|完成情况|完成进度|进度|是否|销号|完成率|结论|评估|认定")),
    ("measures", re.compile(r"措施|举措|做法|办法|[怎如何][么何]?改|改了")),
    ("effect", re.compile(r"成效|效果|成果")),
    ("progress", re.compile(r"整改情况|落实情况|进展|整改落实|整改完成|推进情况|办理情况|^整改$")),
    ("statement", re.compile(r"问题|反馈意见|反馈内容|表现|整改事项|整改内容|事项")),
)


def _role(words: str) -> str | None:
    """The role of a column by its header, None for words that head no column."""
    words = words.replace(" ", "").replace("\n", "").strip("*:()")
    if not words or len(words) > 16:
        return None
    part = label_parts().get(words)
    if part in ("goal", "plan"):
        return "note"
    if part is not None:
        return part
    return next((role for role, pattern in _ROLES if pattern.search(words)), None)


def _roles(shadow: str, row: _Row) -> dict[int, str]:
    """What the columns of a header hold, column by column."""
    return {
        col: role for col, span in row.cells.items() if (role := _role(shadow[span[0] : span[1]])) is not None
    }


def _by_role(row: _Row, roles: dict[int, str]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for col in sorted(row.cells):
        found.setdefault(roles.get(col, "note"), []).append(row.cells[col])
    return found


def _header(shadow: str, row: _Row) -> dict[int, str] | None:
    roles = _roles(shadow, row)
    kinds = set(roles.values())
    if len(roles) * 4 < len(row.cells) * 3 or "statement" not in kinds or not kinds & _TOLD:
        return None
    return roles


def _read_rows(shadow: str, rows: list[_Row]) -> list[TableUnit]:
    units: list[TableUnit] = []
    roles: dict[int, str] | None = None
    section: Span | None = None
    for row in rows:
        header = _header(shadow, row)
        if header is not None:
            roles = header
            continue
        if roles is None:
            continue
        by_role = _by_role(row, roles)
        if "section" in by_role:
            section = by_role["section"][-1]
        statement = by_role.get("statement")
        if statement is None:
            if units:
                _go_on(shadow, units[-1], by_role, row)
            continue
        number = by_role.get("number", [None])[0]
        units.append(_unit(shadow, row, by_role, statement[-1], number, section))
    return units


def _unit(
    shadow: str,
    row: _Row,
    by_role: dict[str, list[Span]],
    statement: Span,
    number: Span | None,
    section: Span | None,
) -> TableUnit:
    start = min(span[0] for span in row.cells.values())
    end = max(span[1] for span in row.cells.values())
    draft = Draft(start, statement[0], end)
    draft.statement = _unlabelled(shadow, statement)
    if by_role.get("cause"):
        draft.cause = by_role["cause"][0]
    for span in by_role.get("due", ()):
        draft.due = shadow[span[0] : span[1]].strip()[:40]
    _read_cells(shadow, draft, by_role)
    digits = shadow[number[0] : number[1]].strip(" .、()") if number else ""
    return TableUnit(
        draft, read_whole(digits) if digits and len(digits) < 5 else None, digits or None, section
    )


_OWN_NUMBER = re.compile(r"\d{1,3}[.、] ?(?!\d)|\(\d{1,3}\) ?|[①-⑳] ?")


def _unlabelled(shadow: str, span: Span) -> Span:
    match = _OWN_NUMBER.match(shadow, *span)
    return (match.end(), span[1]) if match is not None and span[1] - match.end() > 3 else span


def _read_cells(shadow: str, draft: Draft, by_role: dict[str, list[Span]]) -> None:
    for role in ("measures", "progress", "effect", "result"):
        for first, last in by_role.get(role, ()):
            status = None
            if role == "result":
                draft.told = (first, last)
            if role in ("progress", "result"):
                status = leading_status(shadow, first, last, is_result=role == "result")
            if status is not None and (status.code is not None or status.share is not None):
                draft.candidates.append(Candidate(role, *status))
                rest = status.end
                while rest < last and shadow[rest] in "。.;,、:! \n)】":
                    rest += 1
                if last - rest > 12 and role == "progress":
                    draft.blocks.append((role, rest, last))
                draft.due = draft.due or due_words(shadow[status.end : min(last, status.end + 60)])
            elif status is not None:
                draft.candidates.append(Candidate(role, *status))
            elif role != "result":
                closing = closing_status(shadow, first, last)
                if (
                    closing is not None and shadow[closing.start - 1] in "(【[〔"
                ):  # 措施…。(已完成): the result ends the cell
                    draft.candidates.append(Candidate("closing", *closing))
                    last = closing.start - 1
                if last - first > 1:
                    draft.blocks.append((role, first, last))
            elif last - first > 12:
                draft.blocks.append(("progress", first, last))


def _go_on(shadow: str, unit: TableUnit, by_role: dict[str, list[Span]], row: _Row) -> None:
    """A row without a finding of its own belongs to the problem above it."""
    draft = unit.draft
    draft.end = max(draft.end, max(span[1] for span in row.cells.values()))
    _read_cells(shadow, draft, by_role)


def count_measures(shadow: str, draft: Draft) -> list[Piece]:
    """Measures of a table's blocks; a cell that only goes on with a broken sentence adds none."""
    for part in ("measures", "progress", "effect"):
        chosen = [block for block in draft.blocks if block[0] == part]
        if not chosen:
            continue
        pieces: list[Piece] = []
        for _, first, last in chosen:
            found = split_measures(shadow, first, last)
            if (
                pieces
                and len(found) == 1
                and found[0].marker is None
                and shadow[pieces[-1].end - 1] not in "。;!"
                and not _starts_item(shadow, first)
            ):
                continue
            pieces += found
        return pieces
    return []


_ITEM = re.compile(r"[一二三四五六七八九十]{1,2}(?:是|、)|[①-⑳]|\(?\d{1,2}[).、]")


def _starts_item(shadow: str, start: int) -> bool:
    return _ITEM.match(shadow, start) is not None
