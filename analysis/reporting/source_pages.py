"""One page per notice: its whole text, with what was read from it marked and addressable.

``sources/anshan-2021.html#p12`` is problem 12, ``#p12-m2`` its second measure, ``#t3`` the third
stated total, ``#p12-e1`` a date, ``#d-feedback_date`` the words behind a metadata field. The
text stays as it is: marks are elements around it, labels are drawn by the style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.reporting import fonts
from analysis.reporting.html import environment, policy, template_text
from analysis.reporting.render_document import field_label, words

SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\Z")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,60}\Z")
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


def _rows(frames: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    frame = frames.get(table)
    return [] if frame is None or frame.is_empty() else frame.to_dicts()


def _by_notice(frames: Mapping[str, Any], table: str) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(frames, table):
        grouped.setdefault(row.get("notice_id") or "", []).append(row)
    return grouped


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
            if anchor in taken:
                anchor = ""
            taken.add(anchor)
            label = anchor[1:] if kind == "block" and anchor else ""
            marks.append(Mark(row[start], row[end], kind, anchor, label))
    return marks


def render_marks(text: str, marks: Sequence[Mark]) -> str:
    """``text`` as escaped HTML with every mark as a ``<span>``.

    Marks may nest and cross: a mark that crosses another is closed and opened again, its anchor
    stays on the first piece. Spans outside the text are cut to it.
    """
    size = len(text)
    ordered = sorted(
        (m for m in marks if m.start < size and m.end > 0),
        key=lambda m: (m.start, -m.end, _RANK[m.kind], m.anchor),
    )
    pieces: list[str] = []
    stack: list[Mark] = []
    position = 0

    def write(upto: int) -> None:
        nonlocal position
        if upto > position:
            pieces.append(_escape(text[position:upto]))
            position = upto

    def opening(mark: Mark, first: bool) -> str:
        extra = f' id="{mark.anchor}"' if mark.anchor and first else ""
        if mark.label and first:
            return f'<span class="{mark.kind} at"{extra} data-n="{_escape(mark.label)}">'
        return f'<span class="{mark.kind}"{extra}>'

    def close_until(point: int) -> None:
        """Close every mark that ends at or before ``point``, reopening those it has to be closed through."""
        while True:
            ending = [m for m in stack if m.end <= point]
            if not ending:
                return
            at = min(m.end for m in ending)
            write(at)
            lowest = min(i for i, m in enumerate(stack) if m.end <= at)
            reopened = [m for m in stack[lowest:] if m.end > at]
            pieces.append("</span>" * (len(stack) - lowest))
            del stack[lowest:]
            for mark in reopened:
                pieces.append(opening(mark, False))
                stack.append(mark)

    for mark in ordered:
        close_until(max(mark.start, 0))
        write(max(mark.start, 0))
        pieces.append(opening(mark, True))
        stack.append(mark)
    close_until(size)
    write(size)
    pieces.append("</span>" * len(stack))
    return "".join(pieces)


def _escape(text: str) -> str:
    return (
        fonts.without_controls(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


@lru_cache(maxsize=2)
def status_labels(lang: str) -> dict[str, str]:
    """Status code → its label; the code itself where no list is shipped."""
    from analysis.lookups import load_csv

    try:
        return {row["code"]: row[f"label_{lang}"] for row in load_csv("codes_statuses")}
    except (OSError, KeyError):
        return {}


@lru_cache(maxsize=2)
def _in_words(lang: str) -> dict[str, str]:
    """Bases of metadata and coded values in words."""
    from analysis.lookups import load_csv

    return {row["code"]: row[f"label_{lang}"] for row in load_csv("metadata_words")}


def _page(
    notice: Mapping[str, Any],
    text: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    lang: str,
    back: str,
) -> str:
    from markupsafe import Markup

    say, notice_id = words(lang), notice["notice_id"]
    marks = marks_of(notice_id, tables)
    placed = {m.anchor for m in marks}
    body = render_marks(text, marks)
    spoken = _in_words(lang)
    fields = []
    for row in tables.get("core_metadata", ()):
        anchor = f"d-{row['field_name']}" if _KEY.match(row["field_name"]) else ""
        in_text = anchor in placed
        fields.append(
            {
                "label": field_label(row["field_name"], lang),
                "basis": spoken.get(row["value_basis"], row["value_basis"]),
                "value": spoken.get(row["value_text"], row["value_text"])
                if row["field_name"] in ("admin_level", "inspection_kind")
                else row["value_text"],
                "quote": row.get("quote_text") or "",
                "href": f"#{anchor}" if in_text else "",
                "anchor": "" if in_text or any(f["anchor"] == anchor for f in fields) else anchor,
            }
        )
    listed = []
    for row in tables.get("core_problems", ()):
        anchor = anchor_of(row["problem_id"], notice_id)
        heading = re.sub(r"\s+", " ", row.get("statement_text") or "")[:60]
        listed.append(
            {
                "anchor": anchor,
                "key": anchor[1:],
                "heading": heading,
                "sub": bool(row.get("parent_problem_id")),
                "status": status_labels(lang).get(row.get("status_code") or "", row.get("status_code") or ""),
            }
        )
    title = fonts.without_controls(notice.get("title") or notice_id)
    shown = (
        text
        + title
        + "".join(str(v) for f in fields for v in f.values())
        + "".join(say.values())
        + "".join(p["heading"] + p["status"] for p in listed)
    )
    style = (
        fonts.css_faces(shown, title + "".join(text[m.start : m.end] for m in marks if m.kind == "section"))
        + "\n"
        + template_text("source.css")
    )
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
            body=Markup(body),
            fields=fields,
            problems=listed,
            legend=[(kind, say[f"mark_{kind}"]) for kind in LEGEND],
        )
    )


def write_source_pages(
    frames: Mapping[str, Any], folder: Path, *, lang: str = "zh", back: str = "../briefing.html"
) -> list[Path]:
    """Write ``<notice_id>.html`` for every notice of ``frames`` (core tables by name) into ``folder``.

    Returns the paths, sorted by notice. A notice whose ID could not be a file name is refused
    with ValueError.
    """
    texts = {row["notice_id"]: row["text"] for row in _rows(frames, "core_texts")}
    grouped = {table: _by_notice(frames, table) for table in {entry[0] for entry in _MARKS}}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for notice in sorted(_rows(frames, "core_notices"), key=lambda r: r["notice_id"]):
        notice_id = notice["notice_id"]
        if not SAFE_ID.match(notice_id):
            raise ValueError(f"notice {notice_id!r}: its ID cannot be a file name; parse it again")
        if notice_id not in texts:
            continue
        tables = {table: rows.get(notice_id, []) for table, rows in grouped.items()}
        path = folder / f"{notice_id}.html"
        path.write_text(_page(notice, texts[notice_id], tables, lang, back), encoding="utf-8", newline="\n")
        written.append(path)
    return written
