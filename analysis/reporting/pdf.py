"""The briefing as PDF: tagged (PDF/UA-1), archival (PDF/A-2a), the same bytes every time.

Typst lays out; this module decides what needs measuring first: column widths, which tables turn
to landscape, which are too wide even for that and continue in parts. Data go in as JSON, so no
text of a notice is ever read as markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.paths import TEMPLATES
from analysis.reporting import fonts
from analysis.reporting import render_drawings as drawings

PORTRAIT_MM, LANDSCAPE_MM = 166.0, 261.0
PORTRAIT_HEIGHT_MM, LANDSCAPE_HEIGHT_MM = 253.0, 168.0
# Sizes a table may shrink to (points) with the padding beside a cell's text (mm).
_SIZES = ((8.5, 1.4), (7.5, 1.1), (6.8, 0.8))
_MM_PER_POINT = 0.3528
# A word longer than this may be broken where punctuation offers itself.
_LONG_WORD = 14
_BREAKS = re.compile(r"([/#.\-_?&=:;,@])(?=\S)")
_SHORT_LABEL = 7.6
# Items of a callout stand in two columns when most are no wider than this (em).
_HALF_LINE = 20.5
# A row whose cell is longer than this may continue on the next page.
_LONG_CELL = 450


class PdfError(RuntimeError):
    """The PDF could not be made; the message names the document and what Typst said."""


def _em(text: str) -> float:
    """Width in em: full-width characters 1, others as wide as their glyph class in Noto Sans SC."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩":
            total += 1.0
        elif char in " .,:;'|!()[]-iIjlft":
            total += 0.36
        elif char in "mwMW%@—":
            total += 0.92
        elif char.isupper():
            total += 0.66
        else:
            total += 0.57
    return total


def breakable(text: str) -> str:
    """``text`` with invisible break hints inside words too long for a column."""
    if len(text) <= _LONG_WORD or " " not in text and not re.search(r"[!-~]{15}", text):
        return text
    return re.sub(
        r"[!-~]{15,}",
        lambda m: re.sub(
            r"([^\u200b]{14})(?=[^\u200b]{2})", "\\1\u200b", _BREAKS.sub("\\1\u200b", m.group())
        ),
        text,
    )


def split_tail(text: str) -> tuple[str, str]:
    """(rest, last word) of a text that a note follows: the note must not stand alone on a line."""
    # Closing punctuation stays with what it closes.
    match = re.search(r"(?:[A-Za-z0-9.,%/+−-]{1,12}|.)[，。；：、！？）》”’」』】〕…]*\Z", text, re.S)
    return (text[: match.start()], match.group()) if match else ("", "")


def _cell_text(cell: Mapping[str, Any]) -> str:
    """What stands in the cell, its flags and its note number included."""
    note = f"[{cell['n']}]" if cell["n"] else ""
    return (
        cell["text"]
        + (" " + " ".join(cell["flags"]) if cell["flags"] else "")
        + note[: max(0, len(note) - 1)]
    )


def _longest_word(text: str) -> float:
    """Width of the longest stretch that cannot be broken."""
    words = re.findall(r"[!-~\u00a0-\u024f]+", text.replace("\u200b", " "))
    return max((_em(word) for word in words), default=1.0)


def _column_needs(
    columns: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[Mapping[str, Any]]]
) -> list[tuple[float, float, float]]:
    """Per column (least, comfortable, total) width in em."""
    needs = []
    for index, column in enumerate(columns):
        texts = [_cell_text(row[index]) for row in rows]
        widths = [_em(t) for t in texts]
        widest = max(widths, default=1.0)
        head = _em(column["label"])
        if column["kind"] in ("int", "share", "date", "interval"):
            # Numbers stay whole; two dates may stand on two lines.
            least = min(max((_em(piece) for t in texts for piece in t.split(" ")), default=1.0), 14.0)
        else:
            # Short labels (鞍山 2021) stay on one line; longer texts need room for a few characters and their longest word.
            short = max((w for w in widths if w <= _SHORT_LABEL), default=1.0)
            least = (
                max(min(widest, 5.0), short, *(min(_longest_word(t), 9.0) for t in texts)) if texts else 1.0
            )
        least = (
            max(
                least,
                min(head, max(2.2, head / 2 + 0.2), 4.2),
                min(_longest_word(column["label"]), 9.0) if column["label"] else 1.0,
            )
            + 0.15
        )
        needs.append((least, max(least, min(max(widest, min(head, 6.0)) + 0.15, 34.0)), sum(widths) + head))
    return needs


def _share_out(
    needs: Sequence[tuple[float, float, float]], em_mm: float, pad: float, room: float
) -> list[float] | None:
    """Column widths in mm that fill ``room``; None when the least widths do not fit."""
    least = [n[0] * em_mm + 2 * pad for n in needs]
    comfortable = [n[1] * em_mm + 2 * pad for n in needs]
    spare = room - sum(least)
    if spare < 0:
        return None
    wish = sum(comfortable) - sum(least)
    if wish <= spare:
        # Everything fits; widen up to the full measure only where there is running text.
        widths = comfortable
        rest = room - sum(widths)
        texty = [i for i, n in enumerate(needs) if n[1] >= 12.0]
        if texty:
            for i in texty:
                widths[i] += rest / len(texty)
        else:
            widths = [w + min(rest / len(widths), 6.0) for w in widths]
        return widths
    # Give most to the columns that would otherwise grow tallest.
    weight = [(c - line) * max(n[2], 1.0) ** 0.8 for line, c, n in zip(least, comfortable, needs)]
    widths = list(least)
    open_columns = set(range(len(needs)))
    while spare > 0.01 and open_columns:
        total = sum(weight[i] for i in open_columns)
        if total <= 0:
            break
        given = 0.0
        for i in sorted(open_columns):
            step = min(spare * weight[i] / total, comfortable[i] - widths[i])
            widths[i] += step
            given += step
            if comfortable[i] - widths[i] < 0.01:
                open_columns.discard(i)
        spare -= given
        if given < 0.01:
            break
    return widths


def _part(
    block: Mapping[str, Any],
    picked: Sequence[int],
    widths: Sequence[float],
    size: float,
    pad: float,
    suffix: str,
) -> dict[str, Any]:
    columns = [block["columns"][i] for i in picked]
    rows = [
        [
            {
                "text": breakable(row[i]["text"]),
                "tail": "",
                "flags": row[i]["flags"],
                "n": row[i]["n"],
                "href": "",
                "long": len(row[i]["text"]) > _LONG_CELL,
            }
            for i in picked
        ]
        for row in block["rows"]
    ]
    for row in rows:
        wide = any(cell["long"] for cell in row)
        noted: set[int] = set()
        for cell in row:
            cell["long"] = wide
            # The same source is noted once in a row.
            if cell["n"] in noted:
                cell["n"] = 0
            noted.add(cell["n"])
            if cell["n"]:
                cell["text"], cell["tail"] = split_tail(cell["text"])
    return {
        "labels": [breakable(c["label"]) for c in columns],
        "aligns": [c["align"] for c in columns],
        "widths": [round(w, 3) for w in widths],
        "size": size,
        "pad": pad,
        "rows": rows,
        "suffix": suffix,
    }


def lay_out_table(block: Mapping[str, Any], more: str) -> tuple[bool, list[dict[str, Any]]]:
    """(landscape?, parts) for one table: the largest size that fits, portrait before landscape.

    A table too wide for a landscape page continues in parts that repeat its first column.
    """
    needs = _column_needs(block["columns"], block["rows"])
    every = range(len(needs))
    for room, landscape, sizes in ((PORTRAIT_MM, False, _SIZES[:2]), (LANDSCAPE_MM, True, _SIZES)):
        for size, pad in sizes:
            widths = _share_out(needs, size * _MM_PER_POINT, pad, room)
            if widths is not None:
                return landscape, [_part(block, list(every), widths, size, pad, "")]
    size, pad = _SIZES[1]
    parts, picked = [], [0]
    groups: list[list[int]] = []
    for index in list(every)[1:]:
        if (
            _share_out([needs[i] for i in (*picked, index)], size * _MM_PER_POINT, pad, LANDSCAPE_MM) is None
            and len(picked) > 1
        ):
            groups.append(picked)
            picked = [0]
        picked.append(index)
    groups.append(picked)
    for number, group in enumerate(groups, 1):
        chosen = [needs[i] for i in group]
        widths = _share_out(chosen, size * _MM_PER_POINT, pad, LANDSCAPE_MM)
        if widths is None:
            scale = LANDSCAPE_MM / sum(n[0] * size * _MM_PER_POINT + 2 * pad for n in chosen)
            widths = [(n[0] * size * _MM_PER_POINT + 2 * pad) * scale for n in chosen]
        parts.append(_part(block, group, widths, size, pad, more.format(number) if number > 1 else ""))
    return True, parts


def _fitted(block: Mapping[str, Any], landscape: bool) -> float:
    """The width at which a figure, its caption and its notes stand on one page."""
    room = (LANDSCAPE_HEIGHT_MM if landscape else PORTRAIT_HEIGHT_MM) - 14.0 - 4.5 * (len(block["notes"]) + 2)
    width = min(block["width_mm"], LANDSCAPE_MM if landscape else PORTRAIT_MM)
    return round(min(width, room / drawings.aspect(block["svg"])), 3)


def orient(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The body in stretches of one page orientation: {"landscape", "blocks"}; tables get their ``parts``."""
    groups: list[dict[str, Any]] = []
    for block in document["body"]:
        landscape = False
        if block["kind"] == "table":
            landscape, parts = lay_out_table(block, document["words"]["more_columns"])
            block = {**block, "parts": parts}
        elif block["kind"] == "figure":
            landscape = block["width_mm"] > 190
            block = {**block, "width_mm": _fitted(block, landscape)}
        if not groups or groups[-1]["landscape"] != landscape:
            groups.append({"landscape": landscape, "blocks": []})
            if landscape and len(groups) > 1:
                # A heading must not be left alone on the page before.
                before = groups[-2]["blocks"]
                while before and before[-1]["kind"] == "heading":
                    groups[-1]["blocks"].insert(0, before.pop())
        groups[-1]["blocks"].append(block)
    return [g for g in groups if g["blocks"]]


def _plain(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block as the template reads it: without what it does not print."""
    if block["kind"] == "table":
        return {k: v for k, v in block.items() if k not in ("rows", "columns")}
    if block["kind"] == "figure":
        kept = {k: v for k, v in block.items() if k not in ("rows", "columns", "png")}
        return {**kept, "svg": drawings.sized(block["svg"], block["width_mm"])}
    if "runs" in block:
        return {**block, "runs": _with_tails(block["runs"])}
    if "items" in block:
        widths = [
            sum(_em(run["text"]) + (1.6 if run["n"] else 0.0) for run in item) for item in block["items"]
        ]
        return {
            **block,
            "items": [_with_tails(item) for item in block["items"]],
            "short": len(widths) >= 4
            and max(widths) <= 1.5 * _HALF_LINE
            and sum(w > _HALF_LINE for w in widths) <= len(widths) / 2,
        }
    return dict(block)


def _with_tails(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for run in runs:
        text, tail = split_tail(run["text"]) if run["n"] else (run["text"], "")
        made.append({**run, "text": text, "tail": tail})
    return made


@lru_cache(maxsize=4)
def _compiler(folders: tuple[str, ...]):
    import typst

    return typst.Compiler(
        root=str(TEMPLATES),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
        ),
    )


def _payload(document: Mapping[str, Any], contents: bool) -> dict[str, Any]:
    say, when = document["words"], document["timestamp"]
    cover = [f"{say['data_as_of']}{say['colon']}{document['as_of']}"] if document["as_of"] else []
    cover.append(say["self_reported"])
    return {
        "lang": document["lang"],
        "words": say,
        "title": document["title"],
        "subtitle": document["subtitle"],
        "short-title": document["title"],
        "author": "zhenggai",
        "date": [when.year, when.month, when.day],
        "cover": cover,
        "contents": contents,
        "foot": f"{say['data_as_of']}{say['colon']}{document['as_of']}" if document["as_of"] else "",
        "fonts": list(fonts.CHAIN),
        "groups": [{**g, "blocks": [_plain(b) for b in g["blocks"]]} for g in orient(document)],
        "sources": document["sources"],
    }


def write_briefing(document: Mapping[str, Any], path: Path, *, contents: bool = True) -> Path:
    """Write the assembled ``document`` as PDF/UA-1 and PDF/A-2a to ``path``.

    Raises fonts.MissingGlyph for text no font draws, PdfError for anything Typst refuses.
    """
    import typst

    payload = json.dumps(_payload(document, contents), ensure_ascii=False, sort_keys=True)
    folders = tuple(fonts.typst_folders(payload.replace("\\n", "\n")))
    try:
        made = _compiler(folders).compile(
            str(TEMPLATES / "briefing.typ"),
            format="pdf",
            sys_inputs={"data": payload},
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(document["timestamp"].timestamp()),
        )
    except typst.TypstError as error:
        raise PdfError(
            f"{path.name}: {error}" + "".join(f"; {hint}" for hint in getattr(error, "hints", ()) or ())
        ) from None
    path.write_bytes(made)
    return path
