"""From the blocks of executed notebooks to one document that every exporter reads.

The document is plain data (dicts and lists): headings numbered, anchors unique, sources
numbered once and linked, every string free of what no shipped font draws. HTML, PDF and DOCX
differ in how it looks, never in what it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from analysis.paths import TEMPLATES
from analysis.reporting import fonts
from analysis.reporting import render_drawings as drawings

NUMERALS = "〇一二三四五六七八九"
TONES = ("can", "cannot", "disagree", "note", "warning")
_NOTICE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\Z")
_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}\Z")
_NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七八九十]+[、．.]|[（(][一二三四五六七八九十\d]+[）)]|\d+(?:\.\d+)*[.、．\s])"
)


class BlockError(ValueError):
    """A block that cannot be published; the message names notebook, block and what is missing."""


@cache
def words(lang: str) -> dict[str, str]:
    """The exporters' own words in ``zh`` or ``en``."""
    table = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    if lang not in table:
        raise ValueError(f"language {lang!r}: choose one of {', '.join(sorted(table))}")
    return table[lang]


def chinese_number(value: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十; up to 99."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens] + "十")) + (
        NUMERALS[ones] if ones else ""
    )


def clean(value: Any) -> Any:
    """``value`` with every string in it made printable (see ``fonts.printable``)."""
    if isinstance(value, str):
        return fonts.printable(value)
    if isinstance(value, Mapping):
        return {key: item if key == "svg" else clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return value


def timestamp(as_of: str | None) -> datetime:
    """The fixed time written into every export: midnight of the day the data stand at."""
    match = re.search(r"(\d{4})-(\d{2})-(\d{2})", as_of or "")
    try:
        return datetime(*map(int, match.groups()), tzinfo=UTC) if match else datetime(2000, 1, 1, tzinfo=UTC)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


@cache
def field_label(name: str, lang: str) -> str:
    """A metadata field in words, from the declaration of core_notices."""
    from analysis.ledger.schemas import CORE_TABLES

    column = CORE_TABLES["core_notices"].columns().get(name)
    return (
        (column.metadata or {}).get("zh", name)
        if column is not None and lang == "zh"
        else name.replace("_", " ")
    )


def target_label(target: str | None, lang: str) -> str:
    """``p12-m2`` → 第12题措施2; the whole notice for None."""
    say = words(lang)
    if not target:
        return say["whole"]
    kinds = {"m": "measure", "e": "event", "q": "figure_q", "d": "document", "r": "recurrence"}
    if target.startswith("d-"):
        return say["metadata"].format(field_label(target[2:], lang))
    match = re.fullmatch(r"p([^-]+?)(?:-([a-z])(\w+))?", target)
    if match:
        label = say["problem"].format(match.group(1))
        if match.group(2) in kinds:
            label += ("" if lang == "zh" else say["sep"]) + say[kinds[match.group(2)]].format(match.group(3))
        elif match.group(2) == "s":
            label += ("" if lang == "zh" else say["sep"]) + say["status"]
        return label
    match = re.fullmatch(r"([tqer])(\d+)", target)
    if match:
        return say[{"t": "claim", "q": "figure_q", "e": "event", "r": "recurrence"}[match.group(1)]].format(
            match.group(2)
        )
    return target


class Sources:
    """Numbers every place in a notice that the document points to, once, in order of appearance."""

    def __init__(self, lang: str, names: Mapping[str, Mapping[str, str]]):
        self.lang, self.names = lang, names
        self.rows: list[dict[str, Any]] = []
        self._known: dict[tuple[str, str | None], int] = {}

    def number(self, source: Mapping[str, Any] | None) -> int:
        """The source's number, 0 for none or for one that is not a place in a notice."""
        if not source:
            return 0
        notice, target = str(source.get("notice_id") or ""), source.get("target")
        if not _NOTICE_ID.match(notice):
            return 0
        if target is not None and not _TARGET.match(str(target)):
            target = None
        key = (notice, target)
        if key not in self._known:
            self._known[key] = len(self.rows) + 1
            name = self.names.get(notice, {})
            self.rows.append(
                {
                    "n": len(self.rows) + 1,
                    "notice_id": notice,
                    "notice": name.get("label") or notice,
                    "title": name.get("title") or "",
                    "place": target_label(target, self.lang),
                    "href": f"sources/{notice}.html" + (f"#{target}" if target else "#top"),
                }
            )
        return self._known[key]


def _need(block: Mapping[str, Any], where: str, *keys: str) -> None:
    absent = [key for key in keys if key not in block]
    if absent:
        raise BlockError(
            f"{where}: a {block.get('kind')} block lacks {', '.join(absent)}; display it through analysis.reporting.display"
        )


class _Builder:
    def __init__(self, lang: str, names: Mapping[str, Mapping[str, str]]):
        self.lang = lang
        self.sources = Sources(lang, names)
        self.taken: set[str] = {"top", "contents", "sources"}
        self.counts = {"table": 0, "figure": 0}
        self.levels = [0, 0, 0, 0]
        self.depth = 0

    def anchor(self, wanted: str | None, fall_back: str) -> str:
        slug = re.sub(r"[^a-z0-9-]+", "-", str(wanted or "").lower()).strip("-") or fall_back
        if not slug[0].isalpha():
            slug = f"{fall_back}-{slug}"
        name, count = slug, 2
        while name in self.taken:
            name, count = f"{slug}-{count}", count + 1
        self.taken.add(name)
        return name

    def runs(self, runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        made = []
        for run in runs:
            number = self.sources.number(run.get("source"))
            made.append(
                {
                    "text": str(run.get("text", "")),
                    "strong": bool(run.get("strong")),
                    "n": number,
                    "href": self.sources.rows[number - 1]["href"] if number else "",
                }
            )
        return made

    def heading_number(self, level: int, text: str) -> str:
        self.levels[level - 1] += 1
        self.levels[level:] = [0] * (4 - level)
        if _NUMBERED.match(text):
            return ""
        count = self.levels[level - 1]
        if self.lang == "zh":
            return (
                f"{chinese_number(count)}、",
                f"（{chinese_number(count)}）",
                f"{count}. ",
                f"（{count}）",
            )[level - 1]
        return ".".join(str(max(1, c)) for c in self.levels[:level]) + "  "

    def heading(self, block: Mapping[str, Any], level: int) -> dict[str, Any]:
        text = str(block["text"])
        # A level may not be skipped: screen readers and PDF/UA follow the levels.
        self.depth = level = min(level, self.depth + 1)
        return {
            "kind": "heading",
            "level": level,
            "text": text,
            "number": self.heading_number(level, text),
            "anchor": self.anchor(block.get("anchor"), "s"),
        }

    def cell(self, cell: Any, kind: str) -> dict[str, Any]:
        if not isinstance(cell, Mapping):
            cell = {"text": "" if cell is None else str(cell), "value": cell}
        value = cell.get("value", cell.get("text"))
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            value = None if value is None else str(value)
        if isinstance(value, float) and value != value:
            value = None
        number = self.sources.number(cell.get("source"))
        return {
            "text": str(cell.get("text", "")),
            "sort": value,
            "n": number,
            "href": self.sources.rows[number - 1]["href"] if number else "",
            "flags": [] if kind == "flags" else [str(f) for f in cell.get("flags") or ()],
        }

    def table(self, block: Mapping[str, Any], where: str) -> dict[str, Any]:
        _need(block, where, "columns", "rows", "caption")
        if not block["columns"]:
            raise BlockError(f"{where}: table {block.get('id')!r} has no columns")
        columns = [
            {
                "key": str(c.get("key", i)),
                "label": str(c.get("label", "")),
                "align": c.get("align") if c.get("align") in ("left", "right", "center") else "left",
                "kind": c.get("kind") or "text",
            }
            for i, c in enumerate(block["columns"])
        ]
        rows = [
            [
                self.cell(cell, columns[i]["kind"] if i < len(columns) else "text")
                for i, cell in enumerate(row)
            ]
            for row in block["rows"]
        ]
        uneven = [i for i, row in enumerate(rows) if len(row) != len(columns)]
        if uneven:
            raise BlockError(
                f"{where}: table {block.get('id')!r} has {len(columns)} columns but row {uneven[0] + 1} has {len(rows[uneven[0]])} cells"
            )
        self.counts["table"] += 1
        return {
            "kind": "table",
            "anchor": self.anchor(block.get("id"), "table"),
            "no": self.counts["table"],
            "caption": str(block["caption"]),
            "columns": columns,
            "rows": rows,
            "note": str(block.get("note") or ""),
            "notes": [],
            "source_line": str(block.get("source_line") or ""),
        }

    def figure(self, block: Mapping[str, Any], where: str, png: bytes | None) -> dict[str, Any]:
        _need(block, where, "svg", "alt", "caption")
        if not str(block["alt"]).strip():
            raise BlockError(
                f"{where}: figure {block.get('id')!r} has no alt text; say in words what it shows"
            )
        anchor = self.anchor(block.get("id"), "figure")
        self.counts["figure"] += 1
        data = block.get("data") or {}
        drawing = drawings.sanitise(str(block["svg"]), anchor)
        absent = fonts.missing("".join(drawings.texts(drawing)))
        if absent:
            drawing = drawing.translate({ord(c): f"〔U+{ord(c):04X}〕" for c in absent})
        return {
            "kind": "figure",
            "anchor": anchor,
            "no": self.counts["figure"],
            "caption": str(block["caption"]),
            "alt": str(block["alt"]),
            "svg": drawing,
            "width_mm": min(float(block.get("width_mm") or 160), 250.0),
            "columns": [str(c) for c in data.get("columns") or ()],
            "rows": [list(row) for row in data.get("rows") or ()],
            "note": "",
            "source_line": str(block.get("source_line") or ""),
            "notes": [str(n) for n in block.get("notes") or ()],
            "png": png,
        }

    def block(self, block: Mapping[str, Any], where: str, shift: int) -> dict[str, Any]:
        kind = block.get("kind")
        if kind == "heading":
            _need(block, where, "text", "level")
            return self.heading(block, min(4, max(1, int(block["level"]) + shift)))
        if kind == "paragraph":
            _need(block, where, "runs")
            return {"kind": "paragraph", "runs": self.runs(block["runs"])}
        if kind == "callout":
            _need(block, where, "tone", "items")
            tone = block["tone"] if block["tone"] in TONES else "note"
            return {
                "kind": "callout",
                "tone": tone,
                "title": str(block.get("title") or words(self.lang)[tone]),
                "items": [self.runs(item) for item in block["items"]],
            }
        if kind == "list":
            _need(block, where, "items")
            return {
                "kind": "list",
                "ordered": bool(block.get("ordered")),
                "items": [self.runs(item) for item in block["items"]],
            }
        if kind == "table":
            return self.table(block, where)
        if kind == "figure":
            return self.figure(block, where, block.get("png"))
        raise BlockError(
            f"{where}: unknown kind {kind!r}; known: heading, paragraph, callout, list, table, figure, meta"
        )


def assemble(
    notebooks: Sequence[Sequence[Mapping[str, Any]]],
    lang: str = "zh",
    *,
    names: Mapping[str, Mapping[str, str]] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """One document from the blocks of one or more notebooks, in the order given.

    ``names``: notice_id → {"label": 鞍山 2021, "title": …} for the index of sources. Each notebook
    begins with its ``meta`` block and becomes one first-level section. Raises BlockError.
    """
    builder = _Builder(lang, clean(names or {}))
    first_meta: Mapping[str, Any] = {}
    body: list[dict[str, Any]] = []
    heading = clean(title or words(lang)["untitled"])
    for index, blocks in enumerate(notebooks):
        meta = next((b for b in blocks if b.get("kind") == "meta"), {})
        first_meta = first_meta or meta
        heading = clean(title or str(first_meta.get("title") or words(lang)["untitled"]))
        name = str(meta.get("notebook") or f"notebook {index + 1}")
        content = [b for b in blocks if b.get("kind") != "meta"]
        levels = [int(b.get("level", 1)) for b in content if b.get("kind") == "heading"]
        opens = bool(content) and content[0].get("kind") == "heading" and levels[0] == 1
        shift = 0 if opens or not levels else 2 - min(levels)
        if not opens:
            opening = clean(str(meta.get("title") or name))
            if len(notebooks) > 1 and opening == heading:
                opening = words(lang)["overview"]  # the cover already says it
            body.append(builder.heading({"text": opening, "anchor": name}, 1))
        for place, block in enumerate(content, 1):
            body.append(builder.block(clean(block), f"{name}, block {place}", shift))
    stated = clean(str(first_meta.get("data_as_of") or ""))
    day = re.search(r"\d{4}-\d{2}-\d{2}", stated)
    as_of = day.group() if day else stated
    return {
        "lang": lang,
        "words": words(lang),
        "title": heading,
        "subtitle": clean(subtitle if subtitle is not None else str(first_meta.get("subtitle") or "")),
        "as_of": as_of,
        "timestamp": timestamp(as_of),
        "parameters": dict(first_meta.get("parameters") or {}),
        "body": body,
        "sources": builder.sources.rows,
    }


def strings(
    value: Any,
    skip: frozenset[str] = frozenset({"svg", "png", "href", "anchor", "kind", "key", "align", "timestamp"}),
) -> list[str]:
    """Every string of a document that may be shown, figures' words included."""
    found: list[str] = []
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key == "svg":
                found.extend(drawings.texts(item))
            elif key not in skip:
                found.extend(strings(item, skip))
    elif isinstance(value, (list, tuple)):
        for item in value:
            found.extend(strings(item, skip))
    return found
