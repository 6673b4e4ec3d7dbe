"""The document as PDF: tagged (PDF/UA-1), archival (PDF/A-2a), the same bytes every time.

Typst lays out. Data go in as JSON, so no text of a notice is ever read as markup. Where the first
layout leaves a page half empty or breaks a table off after a row or two, the figure or table that
did not fit is scaled, floated or held together, and the layout is made again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.publishing import drawings, fonts
from analysis.publishing.document import (
    TEMPLATES,
    Block,
    BulletList,
    Code,
    Document,
    Figure,
    Heading,
    Paragraph,
    Quote,
    Span,
    Table,
    merged,
    plain,
    printed,
    walk,
)
from analysis.publishing.markdown import picture_size
from analysis.publishing.widths import PORTRAIT_MM, Part, breakable, lay_out

PAGE_MM, TOP_MM, BOTTOM_MM = 297.0, 24.0, 20.0
_TEXT_HEIGHT_MM = PAGE_MM - TOP_MM - BOTTOM_MM
# A gap of this share of the page is worth mending; half of it is what the gate complains about.
_GAP = 0.2
_LEAST_SCALE = 0.66
_ROUNDS = 12
_KEPT_ROWS = 3
# A table as short as this is not broken over pages where that leaves no gap; one of twice the kept rows never is.
_SHORT_ROWS = 14
# A row whose cell is longer than this may continue on the next page.
_LONG_CELL = 450


class PdfError(RuntimeError):
    """The PDF could not be made; the message names the document and what Typst said."""


@dataclass(slots=True)
class Layout:
    """What the rounds of layout found out: widths of figures, what floats, tables held together at their ends."""

    widths: dict[int, float] = field(default_factory=dict)
    floats: set[int] = field(default_factory=set)
    bonds: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    # Where each block begins and ends: (page, mm from the top).
    begins: dict[int, tuple[int, float]] = field(default_factory=dict)
    ends: dict[int, tuple[int, float]] = field(default_factory=dict)
    # The pages of a table's first, third, last but two, and last row.
    rows: dict[int, list[int]] = field(default_factory=dict)


def _spans(spans: Sequence[Span], anchors: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            # Long words get invisible places to break, so that none runs off the page.
            "text": breakable(span.text),
            "href": span.href if not span.href.startswith("#") or span.href[1:] in anchors else "",
            "strong": span.strong,
            "emphasis": span.emphasis,
            "code": span.code,
        }
        for span in spans
    ]


def _part(table: Table, part: Part, anchors: frozenset[str]) -> dict[str, Any]:
    def rows(grid: Any) -> list[list[dict[str, Any]]]:
        made = []
        for row in merged(grid, part.columns):
            is_long = any(len(plain(cell.spans)) > _LONG_CELL for cell, _, _ in row)
            made.append(
                [
                    {
                        "spans": _spans(cell.spans, anchors),
                        "across": across,
                        "down": down,
                        "strong": cell.is_head and across > 1,
                        "long": is_long,
                    }
                    for cell, across, down in row
                ]
            )
        return made

    return {
        "head": rows(table.head),
        "rows": rows(table.rows),
        "aligns": [table.aligns[i] for i in part.columns],
        "widths": [round(width, 3) for width in part.widths],
        "size": part.size,
        "pad": part.pad,
    }


def _drawing(figure: Figure, width: float) -> tuple[str, float]:
    """(SVG text, height in mm): a picture is wrapped, so that Typst reads both from text."""
    if figure.svg:
        return drawings.sized(figure.svg, width), width * drawings.aspect(figure.svg)

    across, down, kind = picture_size(figure.raster)
    held = base64.b64encode(figure.raster).decode("ascii")
    height = width * down / across
    return (
        f'<svg xmlns="{drawings.SVG}" width="{width:g}mm" height="{height:.3f}mm" viewBox="0 0 {across} {down}">'
        f'<image width="{across}" height="{down}" href="data:image/{kind};base64,{held}"/></svg>'
    ), height


def _fitted(figure: Figure, wanted: float) -> float:
    """The width at which a figure, its caption and its notes stand on one page."""
    room = _TEXT_HEIGHT_MM - 30.0 - 4.5 * (len(figure.notes) + 2)
    _, height = _drawing(figure, 100.0)
    return round(min(wanted, PORTRAIT_MM, room / height * 100.0), 3)


def _has_long_cell(table: Table) -> bool:
    return any(len(plain(cell.spans)) > _LONG_CELL for row in table.rows for cell in row)


def _block(block: Block, index: int, layout: Layout, anchors: frozenset[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": type(block).__name__, "index": index}
    if isinstance(block, Heading):
        made |= {"level": block.level, "anchor": block.anchor, "kicker": block.is_kicker}
        made["spans"] = _spans([Span(span.text, code=span.code) for span in block.spans], anchors)
    elif isinstance(block, Paragraph):
        made["spans"] = _spans(block.spans, anchors)
    elif isinstance(block, Code):
        made["text"] = breakable(block.text)
    elif isinstance(block, BulletList):
        made["start"] = block.start
        made["items"] = [[_block(b, -1, layout, anchors) for b in printed(item)] for item in block.items]
    elif isinstance(block, Quote):
        made |= {"tone": block.tone, "title": block.title}
        made["blocks"] = [_block(b, -1, layout, anchors) for b in printed(block.blocks)]
    elif isinstance(block, Table):
        made |= {"anchor": block.anchor, "number": block.number, "caption": _spans(block.caption, anchors)}
        made["parts"] = [_part(block, part, anchors) for part in lay_out(block)[1]]
        made["notes"] = [_spans(note, anchors) for note in block.notes]
        made["tiles"] = not block.number
        made["kept"] = _KEPT_ROWS
        made["bond"] = _KEPT_ROWS if index in layout.bonds and not _has_long_cell(block) else 0
        made["whole"] = len(block.rows) <= _SHORT_ROWS and index not in layout.broken
    elif isinstance(block, Figure):
        width = _fitted(block, layout.widths.get(index, block.width_mm))
        svg, _ = _drawing(block, width)
        made |= {
            "anchor": block.anchor,
            "number": block.number,
            "caption": breakable(block.caption),
            "alt": block.alt,
        }
        made |= {
            "notes": [breakable(note) for note in block.notes],
            "svg": svg,
            "width": width,
            "float": index in layout.floats,
        }
    return made


def payload(document: Document, layout: Layout) -> dict[str, Any]:
    """What the template reads. Tables that need a landscape page stand after everything else."""
    say, when = document.words, document.timestamp
    blocks = printed(document.blocks)
    anchors = frozenset(b.anchor for b in walk(blocks) if isinstance(b, (Heading, Table, Figure)))
    main, wide = [], []
    for index, block in enumerate(blocks):
        made = _block(block, index, layout, anchors)
        if isinstance(block, Table) and lay_out(block)[0]:
            wide.append(made)
            said = say["see_end"].format(f"{say['table']} {block.number}")
            made = {
                "kind": "Paragraph",
                "index": index,
                "spans": _spans([Span(said, f"#{block.anchor}")], anchors),
            }
        main.append(made)
    chapters = [b for b in blocks if isinstance(b, Heading) and b.level == 1]
    return {
        "lang": document.lang,
        "words": say,
        "title": breakable(document.title),
        "scope": breakable(document.scope),
        "front": [breakable(message) for message in document.front],
        "aside": [breakable(message) for message in document.aside],
        "author": "zhenggai",
        "date": [when.year, when.month, when.day],
        "as_of": f"{say['data_as_of']}{say['colon']}{document.as_of}" if document.as_of else "",
        "chapters": [plain(chapter.spans) for chapter in chapters],
        "contents": len(chapters) > 2,
        "fonts": list(fonts.CHAIN),
        "mono": [fonts.MONO_FAMILY, *fonts.CHAIN],
        "main": main,
        "wide": wide,
    }


def _compiler(data: str) -> Any:
    import typst

    return typst.Compiler(
        str(TEMPLATES / "briefing.typ"),
        root=str(TEMPLATES),
        font_paths=fonts.for_typst(data.replace("\\n", "\n")),
        sys_inputs={"data": data},
    )


def _measure(compiler: Any, layout: Layout) -> None:
    """Ask where every block begins and ends, and on which pages a table's rows stand."""
    layout.begins, layout.ends, layout.rows = {}, {}, {}
    for index, side, page, top in json.loads(compiler.query("<at>", field="value")):
        if side == "row":
            layout.rows.setdefault(index, []).append(page)
        else:
            (layout.begins if side == "begin" else layout.ends)[index] = (page, top)


def _may_break(table: Table) -> bool:
    """A short table that may be broken all the same: three rows stay at each end, or a cell is half a page of text."""
    return len(table.rows) <= _SHORT_ROWS and (len(table.rows) > 2 * _KEPT_ROWS or _has_long_cell(table))


def _mend(blocks: Sequence[Block], layout: Layout) -> bool:
    """Change the first thing in ``layout`` that leaves a gap or breaks off; False when all is well."""
    for index, pages in sorted(layout.rows.items()):
        foot = layout.ends[index][0]  # of the notes
        if index not in layout.bonds and not (pages[0] == pages[1] and pages[2] == pages[3] == foot):
            layout.bonds.add(index)
            return True
    for index, (_, bottom) in sorted(layout.ends.items()):
        # Held together, a table longer than a page runs off it.
        is_off = isinstance(blocks[index], Table) and bottom > PAGE_MM - BOTTOM_MM
        if is_off and index not in layout.broken:
            layout.broken.add(index)
            return True
    order = [i for i in sorted(layout.begins) if i not in layout.floats]
    for before, after in zip(order, order[1:], strict=False):
        page, bottom = layout.ends.get(before, layout.begins[before])
        if layout.begins[after][0] > page + 1:  # the page between holds figures that float, and nothing else
            floating = [layout.ends[i] for i in layout.floats if i in layout.ends]
            bottom = max((low for at, low in floating if at == page + 1), default=TOP_MM)
        gap = PAGE_MM - BOTTOM_MM - bottom
        if layout.begins[after][0] == page or gap < _GAP * _TEXT_HEIGHT_MM:
            continue
        # Headings stick to what follows them: the first other block is what did not fit.
        target = next((i for i in order[order.index(after) :] if not isinstance(blocks[i], Heading)), after)
        block = blocks[target]
        if isinstance(block, Table) and _may_break(block) and target not in layout.broken:
            layout.broken.add(target)
            return True
        if isinstance(block, Figure) and target not in layout.floats:
            above = layout.begins[target][1] - layout.begins[after][1]
            height = layout.ends[target][1] - layout.begins[target][1]
            width = _fitted(block, layout.widths.get(target, block.width_mm))
            scale = (gap - above - 8.0) / height if height > 0 else 0.0
            if target not in layout.widths and _LEAST_SCALE <= scale < 1.0:
                layout.widths[target] = round(width * scale, 1)
            else:
                # The figures after it in the chapter float as well, so that they keep their order.
                ends = (
                    i
                    for i in range(target, len(blocks))
                    if isinstance(b := blocks[i], Heading) and b.level == 1
                )
                later = range(target, next(ends, len(blocks)))
                layout.widths.pop(target, None)
                layout.floats |= {i for i in later if isinstance(blocks[i], Figure)}
            return True
    return False


def chapter_pages(document: Document, layout: Layout) -> dict[str, int]:
    """The page on which each chapter begins, by its anchor."""
    blocks = enumerate(printed(document.blocks))
    return {
        b.anchor: layout.begins[i][0]
        for i, b in blocks
        if isinstance(b, Heading) and b.level == 1 and i in layout.begins
    }


def write_pdf(document: Document, path: Path) -> Layout:
    """Write ``document`` as PDF/UA-1 and PDF/A-2a to ``path``; returns where its blocks stand.

    Raises fonts.MissingGlyph for text no font draws, PdfError for anything Typst refuses.
    """
    import typst

    layout, blocks = Layout(), printed(document.blocks)
    try:
        for _ in range(_ROUNDS):
            compiler = _compiler(json.dumps(payload(document, layout), ensure_ascii=False, sort_keys=True))
            _measure(compiler, layout)
            if not _mend(blocks, layout):
                break
        compiler = _compiler(json.dumps(payload(document, layout), ensure_ascii=False, sort_keys=True))
        _measure(compiler, layout)
        made = compiler.compile(
            format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=int(document.timestamp.timestamp())
        )
    except typst.TypstError as error:
        hints = "".join(f"; {hint}" for hint in getattr(error, "hints", ()) or ())
        raise PdfError(f"{path.name}: {error}{hints}") from None
    path.write_bytes(made)
    return layout
