"""One page per notice: its whole text, with what was read from it marked and addressable.

``sources/anshan-2021.html#p12`` is problem 12, ``#p12-m2`` its second measure, ``#t3`` the third
stated total, ``#p12-e1`` a date, ``#d-feedback_date`` the words behind a metadata field. The
text stays as it is: marks are elements around it, labels are drawn by the style sheet.

Each page embeds the glyphs it shows, some hundred kilobytes; in an edition of more than sixty notices the pages
use the reader's own Chinese font instead, so that a thousand notices stay small enough to send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from analysis.ledger.schemas import CORE_TABLES
from analysis.lookups import load_csv
from analysis.publishing import fonts
from analysis.publishing.document import words
from analysis.publishing.html import environment, policy, template_text

SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\Z")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,60}\Z")
_OVERRIDE = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MOST_EMBEDDED = 60
LEGEND = ("problem", "cause", "measure", "status", "total", "meta", "date", "document", "quantity")
# (table, column with the ID, class, start, end); outer before inner where spans are equal.
_MARKS = (
    ("core_sections", "section_id", "section", "char_start", "char_end"),
    ("core_problems", "problem_id", "block", "block_start", "block_end"),
    ("core_problems", None, "problem", "statement_start", "statement_end"),
    ("core_problems", None, "cause", "cause_start", "cause_end"),
    ("core_problems", None, "status", "status_start", "status_end"),
    ("core_measures", "measure_id", "measure", "char_start", "char_end"),
    ("core_claims", "claim_id", "total", "char_start", "char_end"),
    ("core_metadata", "field_name", "meta", "char_start", "char_end"),
    ("core_recurrences", "recurrence_id", "recurrence", "char_start", "char_end"),
    ("core_citations", "citation_id", "document", "char_start", "char_end"),
    ("core_figures", "figure_id", "quantity", "char_start", "char_end"),
    ("core_events", "event_id", "date", "char_start", "char_end"),
)
READ = (*dict.fromkeys(entry[0] for entry in _MARKS), "core_notices", "core_texts")
_RANK = {name: rank for rank, (_, _, name, _, _) in enumerate(_MARKS)}


@dataclass(slots=True)
class Mark:
    """A stretch of the text to mark: code-point span, class, anchor (may be empty), drawn label."""

    start: int
    end: int
    kind: str
    anchor: str = ""
    label: str = ""


def anchor_of(identifier: str, notice_id: str, section: bool = False) -> str:
    """``anshan-2021/12#m2`` → ``p12-m2``, ``anshan-2021#t3`` → ``t3``; empty when it is no ID of the notice."""
    if not identifier.startswith(notice_id):
        return ""
    rest = identifier[len(notice_id) :]
    if rest.startswith("/"):
        key, _, tail = rest[1:].partition("#")
        name = ("" if section else "p") + key + (f"-{tail}" if tail else "")
    else:
        name = rest.lstrip("#!")
    return name if _KEY.match(name) else ""


def marks_of(notice_id: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Mark]:
    """All spans of one notice as marks; each anchor is given once."""
    marks, taken = [], {"top"}
    for table, column, kind, start, end in _MARKS:
        for row in tables.get(table, ()):
            if row.get(start) is None or row.get(end) is None or row[end] <= row[start]:
                continue
            if column == "field_name":
                anchor = f"d-{row[column]}" if _KEY.match(row[column]) else ""
            elif column:
                anchor = anchor_of(row[column], notice_id, kind == "section")
            else:
                # Statement, cause and status are places inside a problem: p12-s is its status.
                base = anchor_of(row["problem_id"], notice_id)
                anchor = f"{base}-{kind[0]}" if base and kind != "problem" else ""
            anchor = "" if anchor in taken else anchor
            taken.add(anchor)
            marks.append(Mark(row[start], row[end], kind, anchor, anchor[1:] if kind == "block" else ""))
    return marks


def render_marks(text: str, marks: Sequence[Mark]) -> str:
    """``text`` as escaped HTML with every mark as a ``<span>``.

    Marks may nest and cross: a mark that crosses another is closed and opened again, its anchor
    stays on the first piece. Spans outside the text are cut to it.
    """
    size = len(text)
    inside = [m for m in marks if m.start < size and m.end > 0]
    ordered = sorted(inside, key=lambda m: (m.start, -m.end, _RANK[m.kind], m.anchor))
    pieces: list[str] = []
    stack: list[Mark] = []
    position = 0

    def write(upto: int) -> None:
        nonlocal position
        if upto > position:
            pieces.append(shown(text[position:upto]))
            position = upto

    def opening(mark: Mark, is_first: bool) -> str:
        extra = f' id="{mark.anchor}"' if mark.anchor and is_first else ""
        if mark.label and is_first:
            return f'<span class="{mark.kind} at"{extra} data-n="{_escape(mark.label)}">'
        return f'<span class="{mark.kind}"{extra}>'

    def close_until(point: int) -> None:
        """Close every mark that ends at or before ``point``, reopening those it has to be closed through."""
        while ending := [m.end for m in stack if m.end <= point]:
            at = min(ending)
            write(at)
            lowest = min(i for i, m in enumerate(stack) if m.end <= at)
            reopened = [m for m in stack[lowest:] if m.end > at]
            pieces.append("</span>" * (len(stack) - lowest) + "".join(opening(m, False) for m in reopened))
            stack[lowest:] = reopened

    for mark in ordered:
        close_until(max(mark.start, 0))
        write(max(mark.start, 0))
        pieces.append(opening(mark, True))
        stack.append(mark)
    close_until(size)
    write(size)
    return "".join(pieces) + "</span>" * len(stack)


def _escape(text: str) -> str:
    return str(Markup.escape(fonts.without_controls(text)))


def shown(text: str) -> str:
    """``text`` escaped; what would turn the direction of reading is named, not obeyed."""
    if not _OVERRIDE.search(text):
        return _escape(text)
    made, place = [], 0
    for match in _OVERRIDE.finditer(text):
        made.append(_escape(text[place : match.start()]))
        made.append(f'<span class="turn" data-n="U+{ord(match.group()):04X}"></span>')
        place = match.end()
    return "".join(made) + _escape(text[place:])


@cache
def field_label(name: str, lang: str) -> str:
    """A metadata field in words, from the declaration of core_notices."""
    column = CORE_TABLES["core_notices"].columns().get(name)
    if column is None or lang != "zh":
        return name.replace("_", " ")
    return str((column.metadata or {}).get("zh", name))


@cache
def _labels(table: str, lang: str) -> dict[str, str]:
    return {row["code"]: row[f"label_{lang}"] for row in load_csv(table)}


def _rows(frames: Mapping[str, pl.DataFrame], table: str) -> Iterator[dict[str, Any]]:
    if table in frames:
        yield from frames[table].iter_rows(named=True)


def _fields(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], placed: set[str], lang: str
) -> list[dict[str, str]]:
    spoken, fields = _labels("publishing/metadata_words", lang), []
    given = set(placed)
    for row in tables.get("core_metadata", ()):
        name, value = row["field_name"], row["value_text"] or ""
        anchor = f"d-{name}" if _KEY.match(name) else ""
        fields.append(
            {
                "label": field_label(name, lang),
                "basis": spoken.get(row["value_basis"], row["value_basis"]),
                "value": spoken.get(value, value) if name in ("admin_level", "inspection_kind") else value,
                "quote": row.get("quote_text") or "",
                "href": f"#{anchor}" if anchor in placed else "",
                "anchor": "" if anchor in given else anchor,
            }
        )
        given.add(anchor)
    return [{key: fonts.without_controls(value) for key, value in field.items()} for field in fields]


def _page(
    notice: Mapping[str, Any],
    text: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    lang: str,
    back: str,
    has_fonts: bool,
) -> str:
    say, notice_id = words(lang), notice["notice_id"]
    marks = marks_of(notice_id, tables)
    fields = _fields(tables, {mark.anchor for mark in marks}, lang)
    statuses = _labels("codes/codes_statuses", lang)
    problems = []
    for row in tables.get("core_problems", ()):
        anchor = anchor_of(row["problem_id"], notice_id)
        heading = fonts.without_controls(re.sub(r"\s+", " ", row.get("statement_text") or "")[:60])
        status = statuses.get(row.get("status_code") or "", row.get("status_code") or "")
        problems.append((anchor, heading, bool(row.get("parent_problem_id")), status))
    title = fonts.without_controls(notice.get("title") or notice_id)
    listed = [part for problem in problems for part in (problem[1], problem[3])]
    seen = "".join([text, title, notice_id, *say.values(), *listed, *(v for f in fields for v in f.values())])
    sections = [text[m.start : m.end] for m in marks if m.kind == "section"]
    bold = "".join([title, *sections, *say.values(), *(field["label"] for field in fields)])
    style = (fonts.css_faces(seen, bold) + "\n" if has_fonts else "") + template_text("source.css")
    return (
        environment("zh")
        .get_template("source.html.j2")
        .render(
            notice_id=notice_id,
            title=title,
            w=say,
            html_lang="zh-CN" if lang == "zh" else "en",
            back=back,
            policy=policy(style),
            style=Markup(style),
            body=Markup(render_marks(text, marks)),
            fields=fields,
            problems=problems,
            legend=[(kind, say[f"mark_{kind}"]) for kind in LEGEND],
        )
    )


def anchors_on(page: Path) -> frozenset[str]:
    """The anchors of a written page."""
    return frozenset(re.findall(r' id="([\w.-]+)"', page.read_text(encoding="utf-8"), re.ASCII))


def embeds_fonts(frames: Mapping[str, pl.DataFrame]) -> bool:
    """Do the source pages of this edition embed their fonts? Not those of more than sixty notices."""
    return "core_texts" in frames and frames["core_texts"].height <= MOST_EMBEDDED


def write_source_pages(
    frames: Mapping[str, pl.DataFrame],
    folder: Path,
    *,
    lang: str = "zh",
    back: str = "../briefing.html",
    has_fonts: bool | None = None,
) -> list[Path]:
    """Write ``<notice_id>.html`` for every notice of ``frames`` (core tables by name) into ``folder``.

    ``has_fonts``: None decides by the number of notices. Returns the paths, sorted by notice. A notice
    whose ID could not be a file name is refused with ValueError.
    """
    texts = {row["notice_id"]: row["text"] for row in _rows(frames, "core_texts")}
    grouped: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table in READ[:-2]:
        for row in _rows(frames, table):
            grouped.setdefault(row["notice_id"], {}).setdefault(table, []).append(row)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    has_fonts = embeds_fonts(frames) if has_fonts is None else has_fonts
    for notice in sorted(_rows(frames, "core_notices"), key=lambda row: row["notice_id"]):
        notice_id = notice["notice_id"]
        if not SAFE_ID.match(notice_id):
            raise ValueError(f"notice {notice_id!r}: its ID cannot be a file name; parse it again")
        if notice_id in texts:
            path = folder / f"{notice_id}.html"
            page = _page(notice, texts[notice_id], grouped.get(notice_id, {}), lang, back, has_fonts)
            path.write_text(page, encoding="utf-8", newline="\n")
            written.append(path)
    return written
