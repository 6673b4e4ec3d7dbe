"""HTML pages of government sites: the article with its tables, without the site around it.

The article is found by weight, not by template: from the body downwards, the one element that
holds nearly all of the text that is no link. An element beside it that holds sentences stops the
descent, so that prose is never lost; menus, related links and footers hold none. Of the lines
above the article only the title and the line with date and source are kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from analysis.parsing.records import Document
from analysis.sources.building import TextBuilder
from analysis.sources.decode import decode_text
from analysis.sources.errors import UnreadableSource
from analysis.sources.furniture import is_chrome_line, is_prose_line, sounds_like_title
from analysis.sources.html_flow import Line, flow_lines
from analysis.sources.html_page import find_publication_date, find_title, same_title

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_DEPTH = 512
MAX_TAGS = 1_500_000
# Open formatting is repeated in every following block by the HTML rules; together they may explode.
MAX_REPEATS = 3_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
# The parser compares every attribute of a tag with all the others: a tag of this length with more
# attributes than any page gives is read without them.
_LONG_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)[^<>]{4000,}>")
MAX_ATTRIBUTES = 200
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "tbody",
        "thead",
        "dd",
        "dt",
        "option",
        "rt",
        "rp",
        "html",
        "head",
        "body",
    ]
)
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u", "nobr"]
)
_DROPPED = "script,style,noscript,template,svg,canvas,iframe,object,embed,input,select,button,textarea,option,rt,rp,audio,video,head,[hidden]"
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.IGNORECASE
)
_PASSABLE = frozenset(
    [
        "body",
        "div",
        "section",
        "article",
        "main",
        "form",
        "center",
        "font",
        "span",
        "table",
        "tbody",
        "tr",
        "td",
    ]
)
_CHROME_TAGS = frozenset(("nav", "footer", "aside"))
_CHROME_NAME = re.compile(
    r"(?:^|[^a-z])(?:nav|menu|foot|footer|bottom|share|copyright|crumbs?|breadcrumb|related|recommend|sidebar|login|search|toolbar|qrcode|ewm|wza)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_ZONE_LINES = 40
_CLOSING_LINES = 8


def read_html(data: bytes, name: str) -> Document:
    """Article text, cells, headings; ``page_metadata`` holds title and publication_date if found."""
    source, encoding, warnings = decode_text(data, name, markup=True)
    _refuse_bombs(source, name)
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_LONG_TAG.sub(_without_many_attributes, source))
    title = find_title(tree)
    stated_date = find_publication_date(tree)
    has_script = tree.css_first("script") is not None
    for node in tree.css(_DROPPED):
        node.decompose()
    for node in tree.css("[style]"):
        if _HIDDEN_STYLE.search(node.attributes.get("style") or ""):
            node.decompose()
    body = tree.body
    if body is None:
        raise UnreadableSource("read", "no_text", f"{name}: the page has no body. Save the page again.")
    weights = _weigh(body)
    article = _find_article(body, weights)

    def is_furniture(node: LexborNode) -> bool:
        # Whatever its name, an element that holds sentences is no furniture.
        return _is_chrome_node(node) and weights.get(node.mem_id, (0, 0))[1] == 0

    lines = flow_lines(body, article, is_furniture)
    inside = [line for line in lines if line.in_article]
    if sum(len(line.text) for line in inside) < 60 and has_script:
        raise UnreadableSource(
            "read",
            "page_filled_by_script",
            (
                f"{name}: the page holds hardly any text; a script fills it in the browser. Open it there and print it to PDF, or copy the text into a .txt file."
            ),
        )
    builder = TextBuilder()
    header, title = _header_lines(lines, inside, title)
    for line in header:
        if line.level:
            builder.add(line.text, "heading", line.level)
        else:
            builder.add(line.text, "paragraph" if is_prose_line(line.text) else "chrome")
    _add_article(builder, inside + _closing_lines(lines))
    metadata: dict[str, Any] = {}
    if title:
        metadata["title"] = title
    date = stated_date or find_publication_date(
        None, [line.text for line in header] + [line.text for line in inside[:8]]
    )
    if date:
        metadata["publication_date"] = date
    return Document(
        text=builder.text,
        encoding=encoding,
        blocks=builder.blocks,
        page_metadata=metadata,
        reader_warnings=warnings,
    )


def _without_many_attributes(tag: re.Match[str]) -> str:
    return f"<{tag.group(1)}>" if len(tag.group().split()) > MAX_ATTRIBUTES else tag.group()


def _add_article(builder: TextBuilder, lines: list[Line]) -> None:
    numbers: dict[int, int] = {}
    for index, line in enumerate(lines):
        if line.table:
            if line.table not in numbers:
                numbers[line.table] = builder.new_table()
            builder.add_cell(line.text, numbers[line.table], line.row, line.col)
        elif (
            line.is_chrome
            or line.is_link
            and not is_prose_line(line.text)
            or is_chrome_line(line.text, near_title=index < 5)
        ):
            builder.add(line.text, "chrome")
        elif line.level:
            builder.add(line.text, "heading", line.level)
        else:
            builder.add(line.text)


def _header_lines(lines: list[Line], inside: list[Line], title: str | None) -> tuple[list[Line], str | None]:
    """What is kept of the lines above the article, and the title as the page prints it.

    From the title on: the title (joined where it was broken), date and source, prose.
    """
    before: list[Line] = []
    for line in lines:
        if line.in_article:
            break
        if not line.is_link and not line.is_chrome:
            before.append(line)
    before = before[-_ZONE_LINES:]
    start, end, printed = _find_printed_title(before, title)
    head = [Line(printed, False, level=1)] if printed else []
    if printed and any(same_title(line.text, printed) for line in inside[:6]):
        head = []
    rest = [
        line
        for line in before[end:]
        if not same_title(line.text, printed)
        and (is_chrome_line(line.text, near_title=True) or is_prose_line(line.text))
    ]
    above = [
        line for line in before[:start] if printed is None and is_chrome_line(line.text, near_title=True)
    ]
    for line in rest:
        line.level = 0
    return above + head + rest, printed or next(
        (line.text for line in inside[:6] if title and title in line.text and sounds_like_title(line.text)),
        title,
    )


def _find_printed_title(before: list[Line], title: str | None) -> tuple[int, int, str | None]:
    """(start, end, text) of the title among the lines above the article; it may be broken in three."""
    for size in (1, 2, 3):
        for start in range(len(before) - size, -1, -1):
            joined = "".join(line.text.strip() for line in before[start : start + size])
            if same_title(joined, title):
                return start, start + size, joined
    # The page's own title is often shortened, or is the site's.
    for start in range(len(before) - 1, -1, -1):
        if sounds_like_title(before[start].text) and not is_chrome_line(before[start].text, near_title=False):
            return start, start + 1, before[start].text.strip()
    return len(before), len(before), None


def _closing_lines(lines: list[Line]) -> list[Line]:
    """Signature, date or prose set right below the article; the first other line ends it."""
    last = max((index for index, line in enumerate(lines) if line.in_article), default=len(lines))
    closing = []
    for line in lines[last + 1 : last + 1 + _CLOSING_LINES]:
        if (
            line.is_link
            or line.is_chrome
            or line.table
            or not is_prose_line(line.text)
            or is_chrome_line(line.text, near_title=False)
        ):
            break
        closing.append(line)
    return closing


def _refuse_bombs(source: str, name: str) -> None:
    """Parsing time grows with the square of the nesting: count it before parsing."""
    if source.count("<") < MAX_DEPTH:
        return
    depth = deepest = tags = blocks = 0
    formatting: dict[str, int] = {}
    open_formatting = 0
    for closing, tag, rest in _TAG.findall(source):
        tags += 1
        tag = tag.lower()
        if tag in _FORMATTING:
            change = -1 if closing else 1
            formatting[tag] = max(0, formatting.get(tag, 0) + change)
            open_formatting = max(open_formatting, sum(formatting.values()))
        elif tag == "p" or tag == "div":
            blocks += not closing
        if tag in _VOID or rest.endswith("/"):
            continue
        depth = max(0, depth + (-1 if closing else 1))
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH or tags > MAX_TAGS or open_formatting * blocks > MAX_REPEATS:
        raise UnreadableSource(
            "read",
            "markup_too_deep",
            (
                f"{name}: the page's markup is nested {deepest:,} levels deep in {tags:,} tags, more than any article needs. "
                "Copy the notice's text from the browser into a .txt file, or print the page to PDF."
            ),
        )


def _find_article(body: LexborNode, weights: dict[int, tuple[int, int]]) -> LexborNode:
    """The smallest element that holds nearly all text outside links and all prose."""
    node = body
    while True:
        best: LexborNode | None = None
        best_weight = -1
        others: list[LexborNode] = []
        child = node.child
        while child is not None:
            if child.is_element_node:
                weight = weights.get(child.mem_id, (0, 0))[0]
                if weight > best_weight:
                    if best is not None:
                        others.append(best)
                    best, best_weight = child, weight
                else:
                    others.append(child)
            elif child.is_text_node and len(child.text().strip()) > 30:
                return node
            child = child.next
        if best is None or best.tag not in _PASSABLE or best_weight < 0.6 * weights[node.mem_id][0]:
            return node
        if best.tag == "table" and _is_data_table(best):
            return node
        if any(_holds_prose(other, weights) for other in others):
            return node
        node = best


def _weigh(body: LexborNode) -> dict[int, tuple[int, int]]:
    """mem_id → (characters outside links, sentences outside links), summed bottom-up without recursion."""
    weights: dict[int, tuple[int, int]] = {}
    stack: list[tuple[LexborNode, bool, bool]] = [(body, False, False)]
    while stack:
        node, in_link, is_done = stack.pop()
        if is_done:
            chars = sentences = 0
            child = node.child
            while child is not None:
                part = weights.get(child.mem_id)
                if part:
                    chars += part[0]
                    sentences += part[1]
                child = child.next
            weights[node.mem_id] = (chars, sentences)
        elif node.is_text_node:
            if not in_link:
                text = node.text()
                weights[node.mem_id] = (
                    len(text) - sum(map(text.count, " \t\n\r\u00a0\u3000")),
                    text.count("。") + text.count("；"),
                )
        elif node.is_element_node:
            stack.append((node, in_link, True))
            inner = in_link or node.tag == "a"
            child = node.child
            while child is not None:
                stack.append((child, inner, False))
                child = child.next
    return weights


def _holds_prose(node: LexborNode, weights: dict[int, tuple[int, int]]) -> bool:
    chars, sentences = weights.get(node.mem_id, (0, 0))
    return sentences > 0 and chars > 40 and not _is_chrome_node(node)


def _is_chrome_node(node: LexborNode) -> bool:
    if node.tag in _CHROME_TAGS:
        return True
    attributes = node.attributes
    return bool(_CHROME_NAME.search(f"{attributes.get('id') or ''} {attributes.get('class') or ''}"))


def _is_data_table(table: LexborNode) -> bool:
    from analysis.sources.html_flow import is_data_table

    return is_data_table(table)
