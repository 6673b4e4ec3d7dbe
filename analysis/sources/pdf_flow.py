"""PDF lines to paragraphs: furniture off, wrapped lines and page seams joined, tables whole."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from analysis.sources.building import TextBuilder
from analysis.sources.furniture import sounds_like_title
from analysis.sources.pdf_rows import (
    ENDS,
    Table,
    add_table,
    cell_lines,
    continues,
    join_lines,
    same_baseline,
    take_rows,
)
from analysis.sources.pdf_tables import Grid, find_grids
from analysis.sources.pdf_text import Page

_DIGITS = re.compile(r"\d+")
# — 3 —, 第 3 页 共 10 页, 3/10
_PAGE_NUMBER = re.compile(
    r"^[\s\-—–_·•.~]*(?:第\s*)?(?:\d{1,4}|[一二三四五六七八九十百]{1,4}(?=\s*页))\s*页?"
    r"\s*(?:[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–_·•.~]*$"
)
# What browsers print in the margins: date and title above, address and page below.
_PRINT_MARK = re.compile(
    r"^(?:https?|file)://\S*(?:\s+\d+\s*/\s*\d+)?$|^\d{1,4}[/-]\d{1,2}[/-]\d{1,4},?\s+(?:[上下]午)?\d{1,2}:\d{2}(?:\s*[AP]M)?(?:\s|$)"
)
# What begins a paragraph of a notice: numbers, 问题一： (problem 1), 此问题 (this problem), 针对 (against),
# 整改情况： (state of rectification) and the like.
_ENUMERATED = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]{1,3}[）)、．.]|\d{1,3}[．.、](?!\d)|[（(]\d{1,3}[）)]|[#■●◆]"
    r"|(?:反馈)?问题[一二三四五六七八九十\d]+[：:]|此问题|此問題|针对|針對"
    r"|整改(?:情况|情況|措施|落实情况|落實情況|结果|結果|状态|進展|进展)[：:])"
)
_HEADING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])")
_NUMBERED = re.compile(r"^[*\s]*(\d{1,3})[．.、](?!\d)")
_HAN = re.compile("[\u4e00-\u9fff]")
# No line break stands after the one, before the other, or on either side of a quotation mark.
_OPENING, _CLOSING, _QUOTES = (
    frozenset("（《〈【「『([{"),
    frozenset("，。、；：！？）》〉】」』…—%％)]},.;:!?-"),
    frozenset("“”‘’\"'"),
)
# The signing body, or a date alone; 中共 Communist Party of China, 党组 party group, 委员会 committee.
_SIGNATURE = re.compile(
    r"^(?:中共[^，。；：]{2,40}(?:党组|黨組|党委|黨委|委员会|委員會|支部)|[〇○零一二三四五六七八九十\d]{4}年[^，。]{1,4}月[^，。]{1,3}日)\s*$"
)


@dataclass(slots=True)
class Line:
    """A printed line: its runs in order, or (``grid``) a table in its place."""

    text: str
    x0: float
    x1: float
    y: float
    em: float
    page: int
    grid: Grid | None = None


@dataclass(slots=True)
class _Frame:
    """Margins of the body text, letter size, distance of lines and of paragraphs, all in points.

    ``is_indented``, ``is_spaced``: how the layout itself marks paragraphs, if it does.
    """

    left: float
    right: float
    em: float
    pitch: float
    paragraph_pitch: float
    is_indented: bool
    is_spaced: bool


def add_pages(builder: TextBuilder, pages: list[Page]) -> int:
    """Append the text of all pages to the builder; returns how many furniture lines were left out."""
    by_page = [_page_lines(page, number) for number, page in enumerate(pages)]
    dropped = _drop_furniture(by_page, pages)
    lines = [line for page_lines in by_page for line in page_lines]
    frame = _measure(lines)
    paragraph: list[Line] = []
    table: Table | None = None
    number = 0
    for line in lines:
        if line.grid is not None:
            _add_paragraph(builder, paragraph)
            paragraph = []
            if len(line.grid.rows) == 2 and (table is None or not continues(table, line.grid)):
                for runs in line.grid.cells.values():  # a frame around some words is no table
                    builder.add(" ".join(cell_lines(line.grid, runs)))
                continue
            if table is not None and not continues(table, line.grid):
                add_table(builder, table)
                table = None
            table = table or Table(line.grid.columns)
            take_rows(table, line.grid)
            continue
        if table is not None:
            add_table(builder, table)
            table = None
        if paragraph and not _joins(paragraph, line, frame, number):
            _add_paragraph(builder, paragraph)
            paragraph = []
        if not paragraph and (match := _NUMBERED.match(line.text)):
            number = int(match.group(1))
        paragraph.append(line)
    _add_paragraph(builder, paragraph)
    if table is not None:
        add_table(builder, table)
    return dropped


def column_share(pages: list[Page]) -> float:
    """Share of lines outside ruled tables that stand in columns: text side by side, far apart."""
    split = total = 0
    for page in pages:
        grids = find_grids(page)
        for runs in same_baseline([run for run in page.runs if not any(grid.holds(run) for grid in grids)]):
            if not 0.12 < runs[0].y / page.height < 0.88:
                continue  # running heads and print marks stand left and right
            total += 1
            split += sum(len(run.text) for run in runs[1:]) >= 4 and len(runs) > 1
    return split / total if total >= 8 else 0.0


def _page_lines(page: Page, number: int) -> list[Line]:
    grids = find_grids(page)
    loose = [run for run in page.runs if not any(grid.take(run) for grid in grids)]
    lines = [Line("", grid.x0, grid.x1, grid.y1, 0.0, number, grid) for grid in grids if grid.cells]
    for runs in same_baseline(loose):
        text = "".join(
            (" " if index and run.x0 - runs[index - 1].x1 > 0.5 * run.em else "") + run.text
            for index, run in enumerate(runs)
        )
        lines.append(Line(text, runs[0].x0, runs[-1].x1, runs[0].y, max(run.em for run in runs), number))
    return sorted(lines, key=lambda line: -line.y)


def _drop_furniture(by_page: list[list[Line]], pages: list[Page]) -> int:
    """Running heads and page numbers: at a page's edge, and alike on most pages but for digits."""
    edges: Counter[tuple[bool, str]] = Counter()
    for lines, page in zip(by_page, pages):
        edges.update({_edge_key(line, page) for line in _edge_lines(lines, page)})
    dropped = 0
    for lines, page in zip(by_page, pages):
        for line in _edge_lines(lines, page):
            repeats = (
                len(by_page) > 1
                and edges[_edge_key(line, page)] >= max(2, 0.6 * (len(by_page) - 1))
                and len(line.text) < 80
            )
            if (
                repeats
                or _PRINT_MARK.match(line.text)
                or line.y < page.height / 2
                and _PAGE_NUMBER.match(line.text)
            ):
                lines.remove(line)
                dropped += 1
    return dropped


def _edge_key(line: Line, page: Page) -> tuple[bool, str]:
    return line.y > page.height / 2, _DIGITS.sub("#", "".join(line.text.split()))


def _edge_lines(lines: list[Line], page: Page) -> list[Line]:
    """The two outermost lines above and below, where they stand in the margins."""
    texts = [line for line in lines if line.grid is None]
    upper = [line for line in texts[:2] if line.y > 0.88 * page.height]
    return upper + [line for line in texts[-2:] if line.y < 0.12 * page.height]


def _measure(lines: list[Line]) -> _Frame:
    texts = [line for line in lines if line.grid is None and len(line.text) > 3]
    if not texts:
        return _Frame(0.0, 1e9, 10.0, 20.0, 30.0, False, False)
    em = (
        Counter(round(line.em * 2) / 2 for line in texts for _ in range(len(line.text))).most_common(1)[0][0]
        or 10.0
    )
    body = [line for line in texts if abs(line.em - em) < 0.2 * em]
    right = sorted(line.x1 for line in body)[int(0.95 * (len(body) - 1))]
    # The left margin is where wrapped lines begin; they may be few among indented first lines.
    places = Counter(round(line.x0) for line in body)
    left = min(
        (place for place, count in places.items() if count >= (2 if len(body) > 30 else 1)),
        default=min(places),  # a scan layer set askew: no two lines begin at one place
    )
    pitches = Counter(
        round(above.y - below.y)
        for above, below in zip(lines, lines[1:])
        if above.page == below.page
        and above.grid is None
        and below.grid is None
        and 0 < above.y - below.y < 4 * em
    )
    # Short paragraphs may leave few pairs of lines within one: the smallest distance met often is the lines'.
    total = sum(pitches.values())
    pitch = min(
        (place for place, count in pitches.items() if count >= max(2, 0.08 * total)), default=1.6 * em
    )
    # A wider distance that comes back again and again is the space between paragraphs.
    wider = [
        place
        for place, count in pitches.items()
        if 1.15 * pitch < place <= 3 * pitch and count >= max(3, 0.05 * total)
    ]
    indented = sum(left + 1.2 * em < line.x0 < left + 3.2 * em for line in body)
    return _Frame(
        left,
        right,
        em,
        pitch,
        min(wider, default=1.5 * max(pitch, 1.2 * em)),
        indented >= max(3, 0.08 * len(body)),
        bool(wider),
    )


def _joins(paragraph: list[Line], line: Line, frame: _Frame, number: int) -> bool:
    """Whether a printed line goes on with the paragraph above it; ``number``: the last one counted."""
    above = paragraph[-1]
    em = max(above.em, 1.0)
    if abs(above.em - line.em) > 0.15 * em and _HAN.search(above.text) and _HAN.search(line.text):
        return False  # the size of Latin letters alone is too rough a measure
    is_same_page = above.page == line.page
    if is_same_page and above.y - line.y > (frame.paragraph_pitch - 0.1 * em) * max(1.0, em / frame.em):
        return False
    if len(paragraph) == 1 and above.x0 > 0.6 * frame.left + 0.4 * frame.right:
        return False  # a signature or date set to the right
    if (
        above.em > 1.05 * frame.em
        and _is_centred(line, frame)
        and (_is_centred(above, frame) or above.x1 > frame.right - 1.5 * em)
    ):
        return True  # a title on two lines
    # What would have fitted at the end of the line above was not put there: the paragraph ended.
    if frame.right - above.x1 > (_unbreakable_width(line.text) + 1.2) * em:
        return False
    if len(paragraph) == 1 and above.page == 0 and sounds_like_title(above.text) and not frame.is_indented:
        return line.text.startswith(("的", "通报", "公告", "公示", "报告"))  # the end of a title on two lines
    # Spacing does not show at a page's end; an indent does.
    is_told_by_layout = frame.is_indented or frame.is_spaced and is_same_page
    if not is_told_by_layout and _begins_by_its_words(paragraph, line, number):
        return False
    if line.x0 > frame.left + 0.9 * em:
        # Indented like the line before: one hanging block, unless a sentence ended there.
        return len(paragraph) > 1 and abs(line.x0 - above.x0) < 0.5 * em and above.text[-1] not in ENDS
    return True


def _begins_by_its_words(paragraph: list[Line], line: Line, number: int) -> bool:
    """Whether a line begins a paragraph by what it says; asked where the layout does not tell."""
    above = paragraph[-1]
    if above.text[-1] in ENDS and (_ENUMERATED.match(line.text) or _SIGNATURE.match(line.text)):
        return True
    if above.text[-1] in ENDS and "\u2460" <= line.text[0] <= "\u2473":
        # ① begins a paragraph unless the paragraph counts within itself.
        return not any("\u2460" <= char <= "\u2473" for char in paragraph[0].text)
    if len(paragraph) == 1 and _HEADING.match(above.text) and _ENUMERATED.match(line.text):
        return True
    match = _NUMBERED.match(line.text)
    return match is not None and int(match.group(1)) in (1, number + 1)


def _unbreakable_width(text: str) -> float:
    """Width in em of what must stay together at the beginning of a line."""
    width = 0.0
    for index, char in enumerate(text[:40]):
        before = text[index - 1] if index else ""
        if before and not (
            char in _QUOTES
            or before in _QUOTES
            or before in _OPENING
            or char in _CLOSING
            or before < "\x7f"
            and char < "\x7f"
            and char != " "
        ):
            break
        width += 0.6 if char < "\x7f" else 1.0
    return width


def _is_centred(line: Line, frame: _Frame) -> bool:
    left, right = line.x0 - frame.left, frame.right - line.x1
    return left > 1.5 * line.em and abs(left - right) < 1.5 * line.em


def _add_paragraph(builder: TextBuilder, lines: list[Line]) -> None:
    if lines:
        builder.add(join_lines([line.text for line in lines]))
