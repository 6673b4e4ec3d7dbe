"""Document → ParsedNotice: structure, metadata, claims, facts and types put together as rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from analysis.parsing import doubts
from analysis.parsing.assemble import structure_steps
from analysis.parsing.facts import claims, recurrences, scan
from analysis.parsing.metadata import notices, refusal
from analysis.parsing.metadata.places import gazetteer
from analysis.parsing.records import Document, NotANotice, ParsedNotice
from analysis.parsing.statements.model import chances
from analysis.parsing.steps import Steps, in_step
from analysis.parsing.structure import Problem, Structure
from analysis.parsing.text.shadow import make_shadow
from analysis.parsing.types.coding import code_statements

Row = dict[str, Any]
_ID_LETTERS = {"core_events": "e", "core_figures": "q", "core_citations": "d", "core_recurrences": "r"}
_ID_COLUMNS = {
    "core_events": "event_id",
    "core_figures": "figure_id",
    "core_citations": "citation_id",
    "core_recurrences": "recurrence_id",
}


def parse_notice(document: Document) -> ParsedNotice:
    """The ledger of one notice. Raises NotANotice with a reason for a text that is none."""
    [found] = parse_notices([document])
    if isinstance(found, Exception):
        raise found
    return found


def parse_notices(
    documents: Sequence[Document], begin: Callable[[int], None] = lambda number: None
) -> list[ParsedNotice | Exception]:
    """The ledger of each document, or the error in its place: NotANotice, or a defect of the parser.

    ``begin``: see ``in_step``.
    """
    found = in_step([_parse(document) for document in documents], chances, begin)
    read = [entry for entry in found if isinstance(entry, _Read)]
    try:
        _code_types(read)
    except MemoryError:
        raise
    except Exception:  # a defect: who meets it is told, one after the other
        found = in_step([_code_alone(entry) for entry in found], chances, begin)
    return [entry.notice if isinstance(entry, _Read) else entry for entry in found]


class _Read(NamedTuple):
    """A notice whose problems have no types yet, and what they are coded by: a statement, what stands above
    it and what follows, for each row of ``core_problems``."""

    notice: ParsedNotice
    statements: list[tuple[str, str | None, str]]


def _code_types(read: Sequence[_Read]) -> None:
    """The types of the problems of all notices into their rows; the models are asked once."""
    rows = [row for entry in read for row in entry.notice.tables["core_problems"]]
    statements = [statement for entry in read for statement in entry.statements]
    words, above, contexts = zip(*statements, strict=True) if statements else ((), (), ())
    for row, coding in zip(rows, code_statements(words, above, contexts), strict=True):
        row["primary_type_code"] = coding.primary
        row["secondary_type_codes"] = ",".join(coding.secondary)
        row["type_score"] = coding.score
        row["type_evidence_text"] = "、".join(coding.evidence) or None


def _code_alone(entry: _Read | Exception) -> Steps[_Read]:
    if isinstance(entry, Exception):
        raise entry
    _code_types([entry])
    yield
    return entry


def _parse(document: Document) -> Steps[_Read]:
    shadow = make_shadow(document.text)
    yield
    try:
        refusal.check(document, shadow)
        structure = yield from structure_steps(document, shadow)
    except NotANotice as refused:
        if refused.reason_code not in refusal.BY_WORDS:
            raise
        structure = yield from structure_steps(document, shadow)
        if not _reports_by_problem(structure):
            raise
    if not structure.problems:
        raise NotANotice(
            "no_problems",
            "no problem with measures or a result was found; if this is a notice, send its layout to the maintainers",
        )
    yield
    notice, metadata = notices.read_metadata(document, structure)
    notice_id = notice["notice_id"] = make_notice_id(notice, document)
    yield
    stated = claims.read_claims(structure, notice)
    yield
    signs = doubts.reading_signs(structure, stated)
    reading_score, status_score = doubts.scores(signs)
    codes = doubts.doubt_codes(signs)
    if not codes and min(reading_score, status_score) < doubts.LOW:
        codes = ["low_score"]
    yield
    dated = scan.read_facts(structure, notice)
    dated["core_recurrences"] = recurrences.read_recurrences(structure, notice)
    yield
    problems, statements = _problems(structure, notice_id, dated["core_events"])
    tables: dict[str, list[Row]] = {
        "core_sections": _sections(structure, notice_id),
        "core_problems": problems,
        "core_measures": _measures(structure, notice_id),
        "core_metadata": [{"notice_id": notice_id, **row} for row in metadata],
        "core_claims": _claims(stated, notice_id),
        "core_regions": [
            {"notice_id": notice_id, "region_code": code, "char_start": start, "char_end": end}
            for code, start, end in structure.regions
        ],
    }
    for table, rows in dated.items():
        tables[table] = _numbered(rows, notice_id, _ID_LETTERS[table], _ID_COLUMNS[table])
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    notice.update(
        is_excerpt=structure.is_excerpt,
        excerpt_note=structure.excerpt_note,
        problem_count=sum(problem.parent_key is None for problem in structure.problems),
        leaf_count=len(leaves),
        measure_count=sum(len(problem.measures) for problem in leaves),
        char_count=len(document.text),
        coverage_share=structure.coverage_share,
        reading_code=structure.reading_code,
        reading_score=reading_score,
        status_score=status_score,
        reading_doubt_codes=",".join(codes)
        if min(reading_score, status_score) < doubts.LOW or doubts.ALWAYS & {*codes}
        else "",
        alternative_problem_count=structure.alternative_problem_count,
    )
    tables["core_notices"] = [notice]
    tables["core_texts"] = [
        {
            "notice_id": notice_id,
            "source_path": document.source_path,
            "sha256": document.sha256,
            "media_type": document.media_type,
            "encoding": document.encoding,
            "char_count": len(document.text),
            "text": document.text,
        }
    ]
    warnings = [
        {
            "source_path": document.source_path,
            "sha256": document.sha256,
            "notice_id": notice_id,
            "stage": "parse",
            "reason_code": code,
            "reason_text": text,
        }
        for code, text in structure.warnings
    ]
    return _Read(ParsedNotice(notice_id, tables, warnings), statements)


def _reports_by_problem(structure: Structure) -> bool:
    """Whether problem after problem has measures and a result, in whatever words."""
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    told = sum(bool(problem.measures) and problem.status_basis == "item" for problem in leaves)
    return len(leaves) > 2 and told * 3 >= len(leaves) * 2


def make_notice_id(notice: Row, document: Document) -> str:
    """``anshan-2021``; ``unknown-<hash>`` without a place, ``anshan-undated`` without a year. ASCII, no names of persons."""
    known = gazetteer()
    place = known.by_code.get(notice.get("city_code") or "") or next(
        iter(known.by_short.get(notice.get("city_name") or "", ())), None
    )
    if place is None:
        digest = document.sha256 or hashlib.sha256(document.text.encode("utf-8", "replace")).hexdigest()
        return f"unknown-{digest[:8]}"
    return f"{place.pinyin}-{notice.get('notice_year') or 'undated'}"


def _sections(structure: Structure, notice_id: str) -> list[Row]:
    return [
        {
            "section_id": f"{notice_id}/{section.key}",
            "notice_id": notice_id,
            "section_level": section.level,
            "ordinal": section.ordinal,
            "parent_section_id": f"{notice_id}/{section.parent_key}" if section.parent_key else None,
            "label_text": section.label,
            "title_text": structure.text[section.title_start : section.title_end],
            "char_start": section.title_start,
            "char_end": section.title_end,
        }
        for section in structure.sections
    ]


_BREAKS = re.compile(r"\s*\n\s*")


def _words(text: str) -> str:
    """The statement as one line, for reading its type only."""
    return _BREAKS.sub("", text) if "\n" in text else text


def _problems(
    structure: Structure, notice_id: str, events: list[Row]
) -> tuple[list[Row], list[tuple[str, str | None, str]]]:
    """The rows of ``core_problems``, all but their types, and what these are coded by; see ``_Read``."""
    text = structure.text
    titles = {
        section.key: structure.shadow[section.title_start : section.title_end]
        for section in structure.sections
    }
    items: dict[str, list[Problem]] = {}
    for problem in structure.problems:
        if problem.parent_key:
            items.setdefault(problem.parent_key, []).append(problem)
    dated: dict[str | None, int] = {}
    for event in events:
        dated[event.get("problem_key")] = dated.get(event.get("problem_key"), 0) + 1
    shadow = structure.shadow  # types are matched on it: traditional and full-width forms read alike
    headings = {
        problem.key: _words(shadow[problem.statement_start : problem.statement_end])
        for problem in structure.problems
        if not problem.is_leaf and problem.statement_start is not None
    }
    above = [
        headings.get(problem.parent_key or "")
        or titles.get(problem.category_key or "")
        or titles.get(problem.aspect_key or "")
        for problem in structure.problems
    ]
    words, contexts = [], []
    for problem in structure.problems:
        after = problem.block_start if problem.statement_end is None else problem.statement_end
        contexts.append(shadow[after : min(problem.block_end, after + 240)])
        parts = [problem, *(() if problem.is_leaf else items.get(problem.key, ()))]
        words.append(
            "".join(
                _words(shadow[part.statement_start : part.statement_end])
                for part in parts
                if part.statement_start is not None
            )
        )
    rows = []
    for problem in structure.problems:
        statement = (
            None if problem.statement_start is None else text[problem.statement_start : problem.statement_end]
        )
        rows.append(
            {
                "problem_id": f"{notice_id}/{problem.key}",
                "notice_id": notice_id,
                "aspect_id": f"{notice_id}/{problem.aspect_key}" if problem.aspect_key else None,
                "category_id": f"{notice_id}/{problem.category_key}" if problem.category_key else None,
                "parent_problem_id": f"{notice_id}/{problem.parent_key}" if problem.parent_key else None,
                "unit": problem.unit,
                "is_leaf": problem.is_leaf,
                "ordinal": problem.ordinal,
                "label_text": _printed_label(structure, problem),
                "statement_text": statement,
                "statement_start": problem.statement_start,
                "statement_end": problem.statement_end,
                "statement_basis": problem.statement_basis,
                "cause_text": None
                if problem.cause_start is None
                else text[problem.cause_start : problem.cause_end],
                "cause_start": problem.cause_start,
                "cause_end": problem.cause_end,
                "block_start": problem.block_start,
                "block_end": problem.block_end,
                "status_code": problem.status_code,
                "status_text": None
                if problem.status_start is None
                else text[problem.status_start : problem.status_end],
                "status_start": problem.status_start,
                "status_end": problem.status_end,
                "status_basis": problem.status_basis,
                "progress_share": problem.progress_share,
                "due_text": problem.due_text,
                "type_basis": "automatic",
                "measure_count": len(problem.measures),
                "dated_evidence_count": dated.get(problem.key, 0),
            }
        )
    return rows, list(zip(words, above, contexts, strict=True))


def _printed_label(structure: Structure, problem: Problem) -> str | None:
    """The number with the signs around it as printed: the matching text may hold others in their place."""
    if not problem.label:
        return None
    start = problem.block_start
    end = start + len(problem.label)
    if structure.shadow[start:end] != problem.label:
        return problem.label
    while start and structure.shadow[start - 1] == " " and not structure.text[start - 1].isspace():
        start -= 1
    return structure.text[start:end]


def _measures(structure: Structure, notice_id: str) -> list[Row]:
    text = structure.text
    return [
        {
            "measure_id": f"{notice_id}/{problem.key}#m{measure.ordinal}",
            "problem_id": f"{notice_id}/{problem.key}",
            "notice_id": notice_id,
            "ordinal": measure.ordinal,
            "marker_text": measure.marker,
            "measure_text": text[measure.start : measure.end],
            "char_start": measure.start,
            "char_end": measure.end,
        }
        for problem in structure.problems
        for measure in problem.measures
    ]


def _placed(row: Row, notice_id: str) -> Row:
    """The same row, the structure's key turned into the problem's ID."""
    key = row.pop("problem_key", None)
    row["notice_id"] = notice_id
    row["problem_id"] = f"{notice_id}/{key}" if key else None
    return row


def _claims(rows: list[Row], notice_id: str) -> list[Row]:
    result = []
    for number, row in enumerate(rows, 1):
        section = row.pop("section_key", None)
        result.append(
            {
                "claim_id": f"{notice_id}#t{number}",
                "section_id": f"{notice_id}/{section}" if section else None,
                **_placed(row, notice_id),
            }
        )
    return result


def _numbered(rows: list[Row], notice_id: str, letter: str, column: str) -> list[Row]:
    counts: dict[str | None, int] = {}
    for row in rows:
        owner = _placed(row, notice_id)["problem_id"] or notice_id
        counts[owner] = number = counts.get(owner, 0) + 1
        row[column] = f"{owner}#{letter}{number}"
    return rows
