"""Which level of the outline is the problem: every candidate reading is scored, the best is kept.

A reading names the style whose nodes are the units (1. or (1) or 针对“…” …). Its score says how
alike the units are in what makes a problem — a finding, then what was done, then a result —
how much of the labelled text they hold, and whether their number is a total the notice states.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from analysis.parsing.layout.cycles import find_cycles
from analysis.parsing.layout.flow import Flow
from analysis.parsing.layout.joined import LEAST
from analysis.parsing.layout.outline import Node
from analysis.parsing.layout.segments import Mark
from analysis.parsing.text.numerals import read_whole
from analysis.parsing.words.cues import (
    BODY,
    CLOSING,
    OPEN_FRAME,
    PREFACE,
    frame_at,
    head_of,
    is_action,
    is_finding,
)

DOING = frozenset(("measures", "progress", "effect"))
TELLING = DOING | {"result", "cause"}


@dataclass(slots=True)
class Evidence:
    """What one node shows of a problem; marks are counted over its whole stretch."""

    finding: bool
    frame: bool
    action: bool
    doing: int
    results: int
    causes: int
    own_doing: int
    length: int
    findings: int  # labels of a finding (反馈问题：)

    @property
    def strong(self) -> bool:
        return self.frame or self.doing > 0 or self.results > 0 or self.causes > 0 or self.findings > 0


@dataclass(slots=True)
class Reading:
    """``units`` in order of the text; ``code`` names the style; ``items`` are units whose parent
    is a problem of its own."""

    code: str
    units: list[Node]
    score: float = 0.0
    alternative_count: int | None = None
    findings: list[tuple[int, int]] | None = None  # the units' statements where the second reader found them


class Reader:
    """Evidence and candidate readings of one outline."""

    def __init__(self, flow: Flow, root: Node, marks: list[Mark]):
        self.flow = flow
        self.root = root
        self.nodes = list(root.walk())
        self.marks = marks
        self.mark_starts = [mark.start for mark in marks]
        self._seen: dict[Node, Evidence] = {}
        self._alike: dict[Node, bool] = {}
        self._qualities: dict[Node, float] = {}
        self.totals = stated_totals(flow.text)
        self._answers: dict[Node, list[Node]] = {}  # by the first of the problems they answer
        # Marks before each position, by kind, so that a stretch is counted by two look-ups.
        self._doing, self._results, self._causes, self._findings, self._telling = ([0] for _ in range(5))
        for mark in marks:
            part = mark.part
            self._doing.append(self._doing[-1] + (part in DOING))
            self._results.append(self._results[-1] + (part == "result"))
            self._causes.append(self._causes[-1] + (part == "cause"))
            self._findings.append(self._findings[-1] + (part == "statement"))
            self._telling.append(self._telling[-1] + (part in ("measures", "progress", "result")))

    def marks_in(self, start: int, end: int) -> list[Mark]:
        return self.marks[bisect_left(self.mark_starts, start) : bisect_left(self.mark_starts, end)]

    def evidence(self, node: Node) -> Evidence:
        known = self._seen.get(node)
        if known is not None:
            return known
        text = self.flow.text
        head = head_of(text, node.body, node.end)
        frame = (
            node.style in ("Q", "W", "S")
            or (
                head[:1] in "针关对在"
                and (frame_at(text, node.body, node.end) or OPEN_FRAME.match(head)) is not None
            )
            or head.endswith(("的问题", "方面"))
        )
        low, high = bisect_left(self.mark_starts, node.start), bisect_left(self.mark_starts, node.end)
        doing, results, causes, statements = (
            counts[high] - counts[low]
            for counts in (self._doing, self._results, self._causes, self._findings)
        )
        own = self._doing[bisect_left(self.mark_starts, node.own_end)] - self._doing[low] if doing else 0
        finding = is_finding(head) or statements > 0
        found = Evidence(
            finding,
            frame,
            not finding and not frame and is_action(head),
            doing,
            results,
            causes,
            own,
            node.end - node.body,
            statements,
        )
        self._seen[node] = found
        return found

    def unit_like(self, node: Node) -> bool:
        known = self._alike.get(node)
        if known is not None:
            return known
        e = self.evidence(node)
        alike = self._alike[node] = (
            not e.action
            and (e.finding or e.frame)
            and (
                e.doing > 0
                or e.results > 0
                or e.causes > 0
                or (e.length > 40 and (e.frame or node.number is not None or node.style == "H"))
            )
        )
        return alike

    def is_list(self, node: Node) -> bool:
        """Whether the children of a node are the enumerated measures of its own block."""
        if node.parent is None or not node.children:
            return False
        if node.children[0].opens_list:
            telling = sum(
                self.evidence(child).doing + self.evidence(child).results > 0 for child in node.children[:-1]
            )
            return telling * 2 <= len(node.children)
        own = [mark for mark in self.marks_in(node.start, node.own_end) if mark.part in TELLING]
        if not own or own[-1].part not in DOING or node.own_end - own[-1].end > 60:
            return False
        # 具体整改情况如下： before a whole section introduces problems, not measures.
        telling = sum(
            self.evidence(child).doing + self.evidence(child).results > 0 for child in node.children
        )
        return telling * 2 < len(node.children) or telling == 1 == len(node.children) - 1

    def collect(self, style: str) -> list[Node]:
        """Units of one style; where a branch has none, those of the style it stands under."""
        above = self._style_above(style)
        units: list[Node] = []
        alone = (
            [
                node
                for node in self.nodes
                if node.style == above and not any(child.style == style for child in node.children)
            ]
            if above
            else []
        )
        as_unit = {id(node) for node in alone if self.unit_like(node) or self.evidence(node).strong}
        takes_all = len(as_unit) * 2 >= len(alone)

        waiting = self.root.children[::-1]
        while waiting:
            child = waiting.pop()
            if child.style == style:
                units.append(child)
            elif self._holds(child, style):
                waiting.extend(reversed(child.children))
            elif child.style == above:
                if takes_all or id(child) in as_unit:
                    units.append(child)
            elif self._holds(child, above):
                waiting.extend(reversed(child.children))
            elif (
                child.style not in ("O", "PA", "D", "E")
                and self.unit_like(child)
                and self.evidence(child).strong
            ):
                units.append(child)
        return self._body_only(self._without_answers(units))

    def _without_answers(self, units: list[Node]) -> list[Node]:
        """The first half of units numbered alike twice: bare findings, then what was done about each."""
        half = len(units) // 2
        first, second = units[:half], units[half:]
        if half < LEAST or [unit.number for unit in first] != [unit.number for unit in second]:
            return units
        if first[0].number is None or _top(first[-1]) is _top(second[0]):
            return units
        text = self.flow.text
        findings = sum(self.evidence(unit).finding for unit in second)
        if (
            any("\n" in text[unit.start : unit.own_end].strip() for unit in first[:-1])
            or sum(self.evidence(unit).strong for unit in first) * 4 > half
            or sum(self.evidence(unit).finding for unit in first) <= findings
            or findings * 2 > half
            or "整改" not in text[_top(second[0]).body :][:40].split("\n")[0]
        ):
            return units
        self._answers[first[0]] = second
        return first

    def answers(self, units: list[Node]) -> list[Node]:
        """The second list, in the order of the units, that tells what was done about each; empty without one."""
        found = self._answers.get(units[0], [])
        return found if len(found) == len(units) else []

    def _holds(self, node: Node, style: str) -> bool:
        """Whether a node of a style stands below, outside lists."""
        if self.is_list(node):
            return False
        return any(child.style == style or self._holds(child, style) for child in node.children)

    def _style_above(self, style: str) -> str:
        counts: dict[str, int] = {}
        for node in self.nodes:
            if node.style == style and node.parent is not None:
                counts[node.parent.style] = counts.get(node.parent.style, 0) + 1
        above = max(counts, key=lambda name: counts[name]) if counts else ""
        return above if above in ("A", "W", "PC", "D", "N") else ""

    def _body_only(self, units: list[Node]) -> list[Node]:
        """Without the preface and the closing sections, whose lines look alike but report no finding."""
        if not units:
            return units
        groups: dict[int, list[Node]] = {}
        tops: dict[int, Node] = {}
        for unit in units:
            top = _top(unit)
            groups.setdefault(id(top), []).append(unit)
            tops[id(top)] = top
        if len(groups) == 1 or all(
            tops[key] is members[0] and len(members) == 1 for key, members in groups.items()
        ):
            return self._without_outliers(units)
        values: dict[int, float] = {}
        for key, members in groups.items():
            total = 0.0
            for unit in members:
                e = self.evidence(unit)
                total += (
                    1.0
                    if e.doing or e.results
                    else 0.7
                    if e.frame
                    else 0.6
                    if e.finding
                    else -0.6
                    if e.action
                    else 0.0
                )
            values[key] = total / len(members)
        best = max(values.values())
        kept: list[Node] = []
        order = list(groups)
        for position, key in enumerate(order):
            title = self.flow.text[tops[key].body : tops[key].body + 60].split("\n")[0]
            value = values[key]
            early = position == 0
            late = position == len(order) - 1
            if early and PREFACE.search(title) and not is_finding(title):
                value -= 0.5
            # What is framed throughout as a problem is no outlook, whatever its heading says.
            if late and value < 0.65 and CLOSING.search(title) and not is_finding(title):
                value -= 0.5
            if BODY.search(title):
                value += 0.2
            if best >= 0.5:
                keep = value >= 0.25
            else:
                keep = value > -0.95
            if not keep and kept and value > -0.3:
                # Numbers that run on from the problems before (6. | 7. 8.) belong to them.
                first, last = groups[key][0], kept[-1]
                keep = first.style == last.style and first.number == (last.number or 0) + 1 > 2
            if keep:
                kept += groups[key]
        return self._without_outliers(kept or units)

    def _without_outliers(self, units: list[Node]) -> list[Node]:
        """Without lines at the edge that lack what nearly all the others have."""
        strong = [self.evidence(unit).strong for unit in units]
        if len(units) < 3 or sum(strong) < 0.6 * len(units):
            return units

        def is_weak(position: int) -> bool:
            e = self.evidence(units[position])
            return not strong[position] and (not e.finding or e.action)

        first, last = 0, len(units)
        while first < last and is_weak(first):
            first += 1
        while last > first and is_weak(last - 1):
            last -= 1
        return units[first:last]

    def quality(self, unit: Node) -> float:
        """How much a node looks like a problem; readings share many of their units."""
        value = self._qualities.get(unit)
        if value is None:
            value = self._qualities[unit] = self._quality(unit)
        return value

    def _quality(self, unit: Node) -> float:
        e = self.evidence(unit)
        value = 1.2 if e.frame else 1.0 if e.finding else -1.0 if e.action else 0.0
        if e.doing:
            value += 1.0
        elif e.results or e.length > 60 or "一是" in self.flow.text[unit.body : unit.end]:
            value += 0.6
        else:
            value -= 0.5
        if e.results:
            value += 0.5 if e.results == 1 else -0.4 * min(e.results - 1, 3)
        if e.causes:
            value += 0.3 if e.causes == 1 else -0.3
        for style in {child.style for child in unit.children} if unit.children else ():
            members = [child for child in unit.children if child.style == style]
            if style == "Q" and len(members) > 1 and not e.doing and not e.results:
                value -= 1.0  # a heading over several problems that are framed each for itself
            like = sum(self.unit_like(child) for child in members)
            if like and not self.is_list(unit):
                with_doing = sum(
                    self.evidence(child).doing + self.evidence(child).results > 0 for child in members
                )
                if with_doing > 1 or with_doing == e.doing == 0:
                    value -= (4.0 if with_doing > 1 else 1.5) * like / len(members)
        return value

    def score(self, units: list[Node]) -> float:
        if not units:
            return -9.0
        value = sum([self.quality(unit) for unit in units]) / len(units)
        if self._telling[-1]:
            starts, counts = self.mark_starts, self._telling
            inside = sum(
                [
                    counts[bisect_left(starts, unit.end)] - counts[bisect_left(starts, unit.start)]
                    for unit in units
                ]
            )
            value += 1.2 * inside / counts[-1]
        tops = self.tops(units)
        if len(units) in self.totals or len(tops) in self.totals:
            value += 0.6
        if _runs_on(tops):
            value += 0.3
        if len(units) == 1:
            value -= 0.6
        if self.answers(units):
            value += 1.0
        return value

    def parent_problems(self, units: list[Node]) -> set[int]:
        """Parents (by id) that are problems with the units as their items.

        A level is one of problems when some of its lines carry measures themselves, or when the
        notice's own total counts it; numbers that run on below it make it a class.
        """
        by_style: dict[str, list[Node]] = {}
        for unit in units:
            by_style.setdefault(unit.style, []).append(unit)
        parents: set[int] = set()
        for style, members in by_style.items():
            groups = {
                id(unit.parent): unit.parent
                for unit in members
                if unit.parent is not None and unit.parent.style
            }
            if not groups or style in ("Q", "S"):
                continue
            rises = len(groups) > 1 and _rises([unit.number for unit in members])
            for above in {parent.style for parent in groups.values()} - {"C", "H"}:
                same = [parent for parent in groups.values() if parent.style == above]
                mixed = above in by_style
                count = len(same) + len(by_style.get(above, ()))
                if mixed or (
                    not rises and above != "PC" and count in self.totals and len(units) not in self.totals
                ):
                    parents |= {id(parent) for parent in same}
        return parents

    def tops(self, units: list[Node]) -> list[Node]:
        """The problems that the units are or belong to, in order."""
        parents = self.parent_problems(units)
        tops: dict[int, Node] = {}
        for unit in units:
            top = unit.parent if unit.parent is not None and id(unit.parent) in parents else unit
            tops.setdefault(id(top), top)
        return list(tops.values())

    def _circled_units(self) -> bool:
        """① mostly counts measures; it counts problems where nearly each of them states its own result."""
        circled = [node for node in self.nodes if node.style == "O"]
        return len(circled) >= 3 and sum(self.evidence(node).results > 0 for node in circled) >= 0.8 * len(
            circled
        )

    def readings(self) -> list[Reading]:
        styles: list[str] = []
        for node in self.nodes:
            if node.style and node.style not in styles and (node.style != "O" or self._circled_units()):
                styles.append(node.style)
        found = []
        for style in styles:
            units = self.collect(style)
            if any(unit.style == style for unit in units):
                found.append(Reading(style, units, self.score(units)))
        rounds = find_cycles(self.flow, self.marks, self.root)
        if rounds:
            # Numbers tell more than rounds of labels: these win only where numbers explain little.
            found.append(Reading("cycle", rounds, self.score(rounds) - 0.5))
        found.sort(key=lambda reading: -reading.score)
        return found


def choose_reading(reader: Reader) -> Reading | None:
    """The best reading, its score brought to 0–1, and the problem count of the next best."""
    found = reader.readings()
    if not found:
        return None
    best = found[0]
    spans = {(unit.start, unit.end) for unit in best.units}
    rest = [reading for reading in found[1:] if {(unit.start, unit.end) for unit in reading.units} != spans]
    margin = best.score - rest[0].score if rest else 2.0
    if rest and len(rest[0].units) != len(best.units) and margin < 1.5:
        best.alternative_count = len(rest[0].units)
    best.score = round(max(0.0, min(1.0, 0.25 * max(0.0, best.score) / 1.2 + 0.25 * min(margin, 2.0))), 3)
    return best


def _top(node: Node) -> Node:
    """The section of the first level that a node stands in."""
    while node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return node


def _runs_on(units: list[Node]) -> bool:
    """Whether the printed numbers rise across parents."""
    parents = {id(unit.parent) for unit in units}
    return len(parents) > 1 and len(units) > 2 and _rises([unit.number for unit in units])


def _rises(numbers: list[int | None]) -> bool:
    printed = [number for number in numbers if number is not None]
    return len(printed) == len(numbers) and all(a < b for a, b in zip(printed, printed[1:]))


_TOTAL = re.compile(
    r"[个项条](?:方面)?(?:的)?(?:具体|突出|主要|反馈|方面|共性|个性)*(?:问题|整改事项|整改任务|事项|任务)"
)
_NUMBER_BEFORE = re.compile(r"(?<![第\d一二三四五六七八九十百])([\d一二三四五六七八九十百]{1,5}) ?\Z")
_TOTAL_BEHIND = re.compile(
    r"问题(?:共计?|总计|合计)? ?([\d一二三四五六七八九十百]{1,5}) ?[个项条](?![\u4e00-\u9fff])"
)  # 问题11个


def stated_totals(text: str) -> set[int]:
    """Numbers the notice gives of its problems or tasks anywhere in its first and last part."""
    numbers = set()
    stretch = text if len(text) < 6000 else text[:4000] + text[-2000:]
    for match in _TOTAL.finditer(stretch):
        at = match.start()
        before = _NUMBER_BEFORE.search(stretch, max(0, at - 7), at)
        number = read_whole(before.group(1)) if before is not None else None
        if number and number > 2:
            numbers.add(number)
    for match in _TOTAL_BEHIND.finditer(stretch):
        number = read_whole(match.group(1))
        if number and number > 2:
            numbers.add(number)
    return numbers
