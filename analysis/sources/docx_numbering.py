"""Automatic numbering of Word documents as the printed labels: 一、 （一） 1. ①.

Word stores that a paragraph is numbered, not its number. The label comes from the level's text
(``（%1）``), its number format and a counter for each list, which a paragraph of a higher level
sets back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.sources.numbering import format_number
from analysis.sources.ooxml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLACE = re.compile(r"%([1-9])")
_STYLE_DEPTH = 12


class _Level:
    __slots__ = ("start", "kind", "text", "restart", "is_legal", "style")

    def __init__(self, element: _Element) -> None:
        self.start = whole(element.find(W + "start"), 1)
        self.kind = _format(element)
        text = element.find(W + "lvlText")
        self.text = (text.get(W + "val") or "") if text is not None else ""
        restart = element.find(W + "lvlRestart")
        self.restart = whole(restart, -1) if restart is not None else None
        self.is_legal = is_on(element.find(W + "isLgl"))
        style = element.find(W + "pStyle")
        self.style = style.get(W + "val") if style is not None else None


class Numbering:
    """Counters of one document; ``label`` is called once for each paragraph, in order."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._links: dict[str, str] = {}
        self._lists: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._styles: dict[str, tuple[str | None, tuple[str | None, int | None]]] = {}
        self.headings: dict[str, int] = {}
        self.style_names: dict[str, str] = {}
        self.default_style: str | None = None
        self._read_styles(styles)
        self._read_lists(numbering)

    def label(self, properties: _Element | None, style: str | None) -> str:
        """The printed label of a paragraph with these ``w:pPr``, "" without one."""
        list_id, depth = self._place(properties, style)
        found = self._lists.get(list_id or "")
        if list_id is None or found is None or list_id == "0":
            return ""
        abstract, overrides, starts = found
        levels = self._levels.get(abstract, {})
        level = overrides.get(depth) or levels.get(depth)
        if level is None:
            return ""
        counters = self._counters.setdefault(abstract, {})
        if depth in starts and (list_id, depth) not in self._started:
            # A list that starts anew at this level does so once, at its first paragraph.
            self._started.add((list_id, depth))
            counters[depth] = starts[depth]
        else:
            counters[depth] = counters[depth] + 1 if depth in counters else level.start
        for deeper in [number for number in counters if number > depth]:
            below = overrides.get(deeper) or levels.get(deeper)
            # lvlRestart 0: never; n: only when level n or a higher one is counted.
            if below is None or below.restart is None or below.restart > depth:
                del counters[deeper]
        if level.kind == "bullet":
            return ""

        def number_at(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            shown = overrides.get(place) or levels.get(place)
            if shown is None:
                return ""
            kind = "decimal" if level.is_legal and place != depth else shown.kind
            return format_number(counters.get(place, shown.start), kind)

        return _PLACE.sub(number_at, level.text)

    def _place(self, properties: _Element | None, style: str | None) -> tuple[str | None, int]:
        list_id, depth = _list_reference(properties)
        if list_id is not None:
            return list_id, depth or 0
        steps = 0
        while style and steps < _STYLE_DEPTH:
            parent, (style_list, style_depth) = self._styles.get(style, (None, (None, None)))
            if style_list is not None:
                if depth is None:
                    depth = (
                        style_depth if style_depth is not None else self._level_of_style(style_list, style)
                    )
                return style_list, depth or 0
            style, steps = parent, steps + 1
        return None, 0

    def _level_of_style(self, list_id: str, style: str) -> int:
        found = self._lists.get(list_id)
        for depth, level in self._levels.get(found[0], {}).items() if found else ():
            if level.style == style:
                return depth
        return 0

    def _read_styles(self, styles: _Element | None) -> None:
        if styles is None:
            return
        outlines: dict[str, int] = {}
        for element in styles.iterfind(W + "style"):
            if element.get(W + "type") not in (None, "paragraph"):
                continue
            key = element.get(W + "styleId") or ""
            name = element.find(W + "name")
            self.style_names[key] = (name.get(W + "val") or "").lower() if name is not None else ""
            parent = element.find(W + "basedOn")
            properties = element.find(W + "pPr")
            self._styles[key] = (
                parent.get(W + "val") if parent is not None else None,
                _list_reference(properties),
            )
            if properties is not None and properties.find(W + "outlineLvl") is not None:
                outlines[key] = whole(properties.find(W + "outlineLvl"), 9)
            if is_true(element.get(W + "default")):
                self.default_style = key
        for key in self._styles:
            at: str | None = key
            for _ in range(_STYLE_DEPTH):
                if at in outlines:
                    if outlines[at] < 6:
                        self.headings[key] = outlines[at] + 1
                    break
                at = self._styles[at][0] if at in self._styles else None

    def _read_lists(self, numbering: _Element | None) -> None:
        if numbering is None:
            return
        by_style: dict[str, str] = {}
        for element in numbering.iterfind(W + "abstractNum"):
            key = element.get(W + "abstractNumId") or ""
            self._levels[key] = {_depth(level): _Level(level) for level in element.iterfind(W + "lvl")}
            link, target = element.find(W + "numStyleLink"), element.find(W + "styleLink")
            if link is not None:
                self._links[key] = link.get(W + "val") or ""
            if target is not None:
                by_style[target.get(W + "val") or ""] = key
        for element in numbering.iterfind(W + "num"):
            abstract = element.find(W + "abstractNumId")
            key = (abstract.get(W + "val") or "") if abstract is not None else ""
            key = by_style.get(self._links.get(key, ""), key)
            overrides: dict[int, _Level] = {}
            starts: dict[int, int] = {}
            for override in element.iterfind(W + "lvlOverride"):
                depth = _depth(override)
                level, start = override.find(W + "lvl"), override.find(W + "startOverride")
                if level is not None:
                    overrides[depth] = _Level(level)
                if start is not None:
                    starts[depth] = whole(start, 1)
            self._lists[element.get(W + "numId") or ""] = (key, overrides, starts)


def _list_reference(properties: _Element | None) -> tuple[str | None, int | None]:
    reference = properties.find(W + "numPr") if properties is not None else None
    if reference is None:
        return None, None
    list_id, depth = reference.find(W + "numId"), reference.find(W + "ilvl")
    return (list_id.get(W + "val") if list_id is not None else None), (
        whole(depth, 0) if depth is not None else None
    )


def _format(element: _Element) -> str:
    found = element.find(W + "numFmt")
    if found is None:
        # Newer formats hide in an alternative with a plain fall-back.
        found = next(element.iter(W + "numFmt"), None)
    return (found.get(W + "val") or "decimal") if found is not None else "decimal"


def _depth(element: _Element) -> int:
    value = element.get(W + "ilvl") or "0"
    return int(value) if value.isdigit() else 0


def whole(element: _Element | None, default: int) -> int:
    """The integer in ``w:val`` of an element, or the default."""
    value = (element.get(W + "val") if element is not None else None) or ""
    return int(value) if value.lstrip("-").isdigit() and len(value) < 9 else default


def is_true(value: str | None) -> bool:
    """An OOXML on/off attribute."""
    return value in ("1", "true", "on")


def is_on(element: _Element | None) -> bool:
    """An OOXML on/off element: present without a value means on."""
    return element is not None and element.get(W + "val") not in ("0", "false", "off")
