"""The visible lines of an HTML tree in reading order, with cells, headings and list numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.sources.numbering import format_number

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
    ]
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
# A line break in the page's source between two Chinese characters is no blank in the text.
_WRAPPED = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])[ \t]*[\r\n][ \t\r\n\f]*(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])"
)
_LIST_TYPES = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CSS_LISTS = {
    "cjk-ideographic": "chineseCounting",
    "simp-chinese-informal": "chineseCounting",
    "trad-chinese-informal": "chineseCounting",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "decimal": "decimal",
}
_CSS_LIST = re.compile(r"list-style(?:-type)?\s*:[^;]*?([a-z-]+)", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """``table`` is 0 outside tables, else an identifier; ``level`` 1–6 for a heading."""

    text: str
    in_article: bool
    is_link: bool = False
    is_chrome: bool = False
    level: int = 0
    table: int = 0
    row: int = 0
    col: int = 0


# In the article, chrome, heading level, cell: what holds outside of everything.
_OUTSIDE = (False, False, 0, False)


def is_data_table(table: LexborNode) -> bool:
    """A table of data, as opposed to one that lays out the page: two rows and columns, none inside."""
    if len(table.css("table")) > 1:
        return False
    widths = [len(row.css("td,th")) for row in table.css("tr")]
    return len(widths) >= 2 and sum(width >= 2 for width in widths) >= 2


class _Cells:
    """The grid of one table: which places earlier row and column spans have taken."""

    LIMIT = 100_000  # places; beyond it spans are not believed

    def __init__(self, key: int):
        self.key = key
        self.row = -1
        self.col = 0
        self._taken: set[tuple[int, int]] = set()

    def next_row(self) -> None:
        self.row += 1
        self.col = 0

    def place(self, node: LexborNode) -> tuple[int, int]:
        self.row = max(self.row, 0)
        while (self.row, self.col) in self._taken:
            self.col += 1
        place = (self.row, self.col)
        down, across = _span(node, "rowspan", 500), _span(node, "colspan", 50)
        if down * across > 1 and len(self._taken) + down * across <= self.LIMIT:
            for row in range(self.row, self.row + down):
                self._taken.update((row, col) for col in range(self.col, self.col + across))
        self.col += across
        return place


def flow_lines(
    body: LexborNode, article: LexborNode, is_chrome_node: Callable[[LexborNode], bool]
) -> list[Line]:
    """All visible lines below ``body``; those below ``article`` are marked. No recursion."""
    lines: list[Line] = []
    buffer: list[str] = []
    cell_lines: list[str] | None = None
    cell_place: tuple[int, int, int] = (0, 0, 0)
    tables: list[_Cells] = []
    lists: list[list] = []
    in_link = plain = 0
    in_article = is_chrome = False
    level = pre = 0
    label = ""

    def flush() -> None:
        nonlocal label, plain
        text = "".join(buffer)
        is_link, plain = not plain, 0
        buffer.clear()
        text = text.strip(" \t\r\n\f") if not pre else text
        if not text.strip("\u00a0\u3000 \n"):
            return
        text, label = label + text, ""
        if cell_lines is not None:
            cell_lines.append(text.strip("\u00a0\u3000 "))
        else:
            lines.append(Line(text, in_article, is_link, is_chrome, level))

    # An element that was entered comes again when it is left, with what held before it and whether it is a cell.
    stack: list[tuple[LexborNode, bool, tuple[bool, bool, int, bool]]] = [(body, False, _OUTSIDE)]
    while stack:
        node, is_exit, saved = stack.pop()
        if not is_exit:
            if node.is_text_node:
                text = node.text()
                if not in_link:
                    plain += len(text.strip())
                if pre:
                    for index, part in enumerate(text.replace("\r\n", "\n").split("\n")):
                        if index:
                            flush()
                        buffer.append(part)
                elif text:
                    piece = _SPACES.sub(" ", _WRAPPED.sub("", text))
                    if piece[0] == " " and (not buffer or buffer[-1][-1:] == " "):
                        piece = piece[1:]
                    if piece:
                        buffer.append(piece)
                continue
            if not node.is_element_node:
                continue
            tag = node.tag or ""
            if tag == "br":
                flush()
                continue
            if tag in _BLOCK:
                flush()
            saved = (in_article, is_chrome, level, False)
            if node.mem_id == article.mem_id:
                in_article, is_chrome = True, False
            elif not is_chrome and is_chrome_node(node):
                is_chrome = True
            if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
                level = int(tag[1])
            elif tag == "pre":
                pre += 1
            elif tag == "a":
                in_link += 1
            elif tag == "table" and cell_lines is None and is_data_table(node):
                tables.append(_Cells(node.mem_id))
            elif tables and cell_lines is None and tag == "tr":
                tables[-1].next_row()
            elif tables and cell_lines is None and tag in ("td", "th"):
                cell_lines = []
                cell_place = (tables[-1].key, *tables[-1].place(node))
                saved = (*saved[:3], True)
            elif tag == "ol":
                lists.append([_whole(node.attributes.get("start"), 1), _list_kind(node)])
            elif tag == "ul":
                lists.append([0, None])
            elif tag == "li" and lists and lists[-1][1]:
                current = lists[-1]
                current[0] = _whole(node.attributes.get("value"), current[0])
                label = _list_label(current[0], current[1])
                current[0] += 1
            stack.append((node, True, saved))
            children: list[tuple[LexborNode, bool, tuple[bool, bool, int, bool]]] = []
            child = node.child
            while child is not None:
                children.append((child, False, _OUTSIDE))
                child = child.next
            stack.extend(reversed(children))
            continue
        tag = node.tag or ""
        if tag in _BLOCK:
            flush()
        if saved[3]:
            text = "\n".join(cell_lines or ())
            if text:
                lines.append(Line(text, saved[0], False, saved[1], 0, *cell_place))
            cell_lines = None
        if tag == "table" and tables and tables[-1].key == node.mem_id:
            tables.pop()
        elif tag == "pre":
            pre -= 1
        elif tag == "a":
            in_link -= 1
        elif tag in ("ol", "ul") and lists:
            lists.pop()
        elif tag == "li":
            label = ""
        in_article, is_chrome, level, _ = saved
    flush()
    return lines


def _list_kind(node: LexborNode) -> str | None:
    style = _CSS_LIST.search(node.attributes.get("style") or "")
    if style:
        return _CSS_LISTS.get(style.group(1).lower())
    return _LIST_TYPES.get(node.attributes.get("type") or "1", "decimal")


def _list_label(number: int, kind: str) -> str:
    text = format_number(number, kind)
    return text + "、" if kind == "chineseCounting" else text + ". "


def _span(node: LexborNode, name: str, limit: int) -> int:
    return min(max(1, _whole(node.attributes.get(name), 1)), limit)


def _whole(value: str | None, default: int) -> int:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default
