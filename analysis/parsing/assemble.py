"""Document → Structure: the chosen reading with keys, sections, statuses and regions."""

from __future__ import annotations

import re

from analysis.parsing.layout.drafts import Draft, draft_in_text
from analysis.parsing.layout.findings import opens_with_detail, opens_with_fact
from analysis.parsing.layout.flow import Flow, Whole, make_flow
from analysis.parsing.layout.joined import join_answers, join_lists
from analysis.parsing.layout.measures import Piece
from analysis.parsing.layout.outline import Node, ancestors, build_outline, release
from analysis.parsing.layout.problems import finish_unit, read_unit, take_result
from analysis.parsing.layout.regions import fill_regions
from analysis.parsing.layout.roles import Reader, Reading, choose_reading
from analysis.parsing.layout.second_reader import (
    agreement,
    breaks_lists,
    find_statements,
    is_doubtful,
    prefers_second,
    tells_statements,
    units_of,
)
from analysis.parsing.layout.segments import find_marks
from analysis.parsing.layout.tables import TableUnit, count_measures, read_tables
from analysis.parsing.records import Document
from analysis.parsing.results.decide import settle_results
from analysis.parsing.results.readings import read_results
from analysis.parsing.statements.model import chances
from analysis.parsing.steps import Steps, at_once
from analysis.parsing.structure import Measure, Problem, Section, Span, Structure
from analysis.parsing.text.shadow import make_shadow
from analysis.parsing.words.cues import BODY

# What a unit stands under: the keys of its aspect and its category.
Place = tuple[str | None, str | None]


def build_structure(document: Document, shadow: str | None = None) -> Structure:
    """Read the structure of one document; ``problems`` is empty where nothing reads as one."""
    return at_once(
        structure_steps(document, make_shadow(document.text) if shadow is None else shadow), chances
    )


def structure_steps(document: Document, shadow: str) -> Steps[Structure]:
    """The same as ``build_structure``, step by step; asks for the ``chances`` of pieces."""
    text = document.text
    chrome = [(block.start, block.end) for block in document.blocks if block.kind == "chrome"]
    headings = {block.start: block.level for block in document.blocks if block.kind == "heading"}
    cells = frozenset([block.start for block in document.blocks if block.kind == "cell"])
    flow = make_flow(shadow, chrome, headings, cells)
    structure = Structure(text, shadow, flow)
    if not flow.paras:
        fill_regions(structure, [])
        return structure
    table = (
        read_tables(shadow, document.blocks)
        if document.blocks or "|" in shadow or "序号" in shadow or "编号" in shadow
        else []
    )
    yield
    marks = find_marks(flow)
    yield
    root = build_outline(flow)
    reader = Reader(flow, root, marks)
    yield
    reading = choose_reading(reader)
    yield
    if table:
        table = sorted(table + _beside_table(flow, table, reading, reader), key=lambda unit: unit.draft.start)
        _fill_from_table(structure, shadow, table, reading)
    elif reading is not None:
        _fill(structure, flow, reader, reading)
    yield
    if is_doubtful(structure, reader.totals):
        structure = yield from _ask_second(structure, flow, reader, reading)
    if not structure.regions:
        fill_regions(structure, [])
    release(root)
    return structure


def _ask_second(
    structure: Structure, flow: Flow, reader: Reader, reading: Reading | None
) -> Steps[Structure]:
    """What the second reader makes of the notice where that is preferred, else the same structure."""
    found = yield from find_statements(flow, reader.totals)
    structure.agreement = agreement(_statements(structure), [flow.span(*span) for span in found.spans])
    if prefers_second(structure, reader.totals, found) and not breaks_lists(reading, found):
        chosen = Reading("second", units_of(flow, reader.root, found), findings=found.spans)
    elif (
        reading is not None
        and structure.reading_code == reading.code
        and all(problem.statement_basis == "finding" for problem in structure.problems)
        and tells_statements(reading, found)
    ):
        # The same problems, but nothing printed tells where their statements end.
        chosen = reading
        chosen.findings = found.spans
    else:
        return structure
    other = Structure(structure.text, structure.shadow, flow)
    other.agreement = structure.agreement
    _fill(other, flow, reader, chosen)
    return other


def _statements(structure: Structure) -> list[Span]:
    return [
        (problem.statement_start, problem.statement_end)
        for problem in structure.problems
        if problem.is_leaf and problem.statement_start is not None and problem.statement_end is not None
    ]


def _beside_table(
    flow: Flow, table: list[TableUnit], reading: Reading | None, reader: Reader
) -> list[TableUnit]:
    """The problems told in prose before and behind a table, where with them the notice's total is reached."""
    if reading is None or len(table) in reader.totals:
        return []
    low, high = table[0].draft.start, table[-1].draft.end
    units = [
        unit
        for unit in reading.units
        if reader.evidence(unit).doing
        and (flow.to_text(unit.end - 1) < low or flow.to_text(unit.start) >= high)
    ]
    if not units or len(units) + len(table) not in reader.totals:
        return []
    found = []
    for unit, draft in zip(units, _read_units(flow, reader, units)):
        above = unit.parent
        section = flow.span(*_heading_span(flow, above)) if above is not None and above.style else None
        found.append(TableUnit(draft_in_text(flow, draft), unit.number, unit.label, section))
    return found


def _fill_from_table(
    structure: Structure, shadow: str, table: list[TableUnit], prose: Reading | None
) -> None:
    flow = Whole(shadow)
    root = Node("", None, None, 0, 0, None)
    sections: dict[str, Node] = {}
    units = []
    for entry in table:
        draft = entry.draft
        draft.measures = draft.measures or count_measures(shadow, draft)
        node = Node("T", entry.number, entry.label, draft.start, draft.body, None)
        node.end = node.own_end = draft.end
        node.parent = root
        if entry.section is not None:
            words = shadow[entry.section[0] : entry.section[1]]
            if words not in sections:
                section = Node("PC", None, None, entry.section[0], entry.section[0], None)
                section.end = section.own_end = entry.section[1]
                section.parent = root
                sections[words] = section
            node.parent = sections[words]
        units.append(node)
    drafts = [entry.draft for entry in table]
    structure.reading_code = "table"
    structure.rule_score = 0.9 if any(draft.blocks for draft in drafts) else 0.5
    if prose is not None and len(prose.units) != len(units) and prose.score > 0.6:
        structure.alternative_problem_count = len(prose.units)
    _finish(structure, flow, units, drafts, set())


# Where the last problem stops: thanks to the public, contact data, signature, what comes next.
_AFTER = re.compile(
    r"""
      欢迎|如有意见|如对|公示期|公开期|公示时间|特此                    # 欢迎广大干部群众监督
    | 联系电话|联系方式|联系人|(?:监督|举报|投诉){1,2}电话|电子邮箱|电子邮件|邮政|通讯地址|通信地址
    | 扫一扫|附件|上一篇|下一篇|责任编辑|编辑:|打印|关闭|分享|版权      # the page's own words
    | (?:截至)?目前,?(?:以上|上述)                                      # 目前，以上问题均已完成
    | (?:以上|上述) (?:问题|\d|[一二三四五六七八九十]{1,3}[个项条])
    | 截至(?:目前|\d{4}年[^,。]{2,9}),? (?:巡|反馈|\d|上述|以上|所有|全部|第|除|问题)  # 截至5月底，除第3项外
    | (?:其余|第)[^。]{0,40}(?:项|个|条)                                # 第2、7项尚在办理
    | 综上|总之|接下来,|今后,|在今后的工作中
    | 下一步,?[^。]{0,14}(?:将|要|继续)                                 # 下一步，我局将继续
    | 中共[^,。;:]{4,40}(?:党组|党委|委员会|支部|工委)$                 # the signature and its date
    | [^。,;:]{2,30}(?:党组|党委|委员会)$
    | (?:\d{4}|[二〇○零一二三四五六七八九]{4})年.{1,4}月.{1,4}日$
    """,
    re.VERBOSE,
)


def _fill(structure: Structure, flow: Flow, reader: Reader, reading: Reading) -> None:
    units = reading.units
    drafts = _read_units(flow, reader, units, reading.findings)
    structure.reading_code = reading.code
    structure.rule_score = reading.score
    structure.alternative_problem_count = reading.alternative_count
    _finish(structure, flow, units, drafts, reader.parent_problems(units))


def _finish(
    structure: Structure, flow: Flow | Whole, units: list[Node], drafts: list[Draft], parents: set[int]
) -> None:
    for draft, result in read_results(flow.text, drafts, units[0].start):
        take_result(flow.text, draft, result)
    sections, headings, places = _sections(flow, units, parents)
    structure.sections = sections
    structure.problems = _problems(flow, units, drafts, parents, places)
    _excerpt(structure, units, parents)
    fill_regions(structure, [flow.span(a, b) for a, b in headings])
    settle_results(structure, flow, units, drafts)


def _read_units(
    flow: Flow, reader: Reader, units: list[Node], findings: list[tuple[int, int]] | None = None
) -> list[Draft]:
    text = flow.text
    drafts = []
    votes = [vote for unit in units if (vote := opens_with_detail(text, unit.body, unit.end)) is not None]
    has_detail = sum(votes) * 2 > len(votes) if len(votes) > 2 else None
    facts = [vote for unit in units if (vote := opens_with_fact(text, unit.body, unit.end)) is not None]
    has_fact = len(facts) > 2 and sum(facts) * 10 >= len(facts) * 5
    for position, unit in enumerate(units):
        end = unit.end
        if position == len(units) - 1 or units[position + 1].start > end:
            end = _cut(flow, unit, end, position == len(units) - 1)
        drafts.append(
            read_unit(
                text,
                unit.start,
                unit.body,
                end,
                [m for m in reader.marks_in(unit.start, end) if m.end <= end],
                has_detail,
                has_fact,
                findings[position] if findings else None,
            )
        )
    answers = reader.answers(units)
    if answers:
        join_answers(text, [(unit.body, unit.end) for unit in answers], drafts)
    if answers or join_lists(text, [unit.number for unit in units], drafts):
        for draft in drafts:
            finish_unit(text, draft)
    remedies = sum(draft.is_remedy for draft in drafts)
    if remedies * 10 < len(drafts) * 6:
        for draft in drafts:
            draft.is_remedy = False
    return drafts


def _cut(flow: Flow, unit: Node, end: int, is_last: bool) -> int:
    if not is_last:
        return end
    first = flow.para_index(unit.start) + 1
    for para in flow.paras[first:]:
        if para.start >= end:
            break
        if para.label is None and _AFTER.match(para.text):
            return para.start
    return end


def _sections(
    flow: Flow | Whole, units: list[Node], parents: set[int]
) -> tuple[list[Section], list[tuple[int, int]], list[Place]]:
    """Sections with their headings, and for every unit its (aspect key, category key)."""
    chains = [[node for node in ancestors(unit) if id(node) not in parents] for unit in units]
    tops = {id(chain[0]) for chain in chains if chain}
    if len(tops) == 1 and all(chains):
        top = chains[0][0]
        title = flow.text[top.body : top.body + 80].split("\n")[0]
        if any(len(chain) > 1 for chain in chains) or BODY.search(title):
            chains = [chain[1:] for chain in chains]
    sections: list[Section] = []
    # The heading over all sections stays with the front matter: what it introduces begins below it.
    headings: list[tuple[int, int]] = []
    keys: dict[int, str] = {}
    counts = {"aspect": 0, "category": 0}
    places: list[Place] = []
    for chain in chains:
        aspect = category = None
        for depth, node in enumerate(chain[:2]):
            level = "aspect" if depth == 0 else "category"
            key = keys.get(id(node))
            if key is None:
                counts[level] += 1
                key = f"{level[0]}{counts[level]}"
                keys[id(node)] = key
                start, end = _heading_span(flow, node)
                headings.append((start, end))
                a, b = flow.span(*_strip(flow.text, node.body, max(end, node.body + 1)))
                block = flow.span(node.start, max(node.start + 1, _strip(flow.text, node.start, node.end)[1]))
                sections.append(
                    Section(
                        key,
                        level,
                        counts[level],
                        aspect if level == "category" else None,
                        node.label,
                        a,
                        b,
                        *block,
                    )
                )
            if level == "aspect":
                aspect = key
            else:
                category = key
        places.append((aspect, category))
    return sections, headings, places


def _heading_span(flow: Flow | Whole, node: Node) -> tuple[int, int]:
    """Label and title of a section: its first line, or its first sentence in a long one."""
    line = flow.text.find("\n", node.start, node.own_end)
    end = line if line >= 0 else node.own_end
    if end - node.body > 160:
        stop = flow.text.find("。", node.body, end)
        end = stop + 1 if stop >= 0 else end
    return _strip(flow.text, node.start, end)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start + 1 and text[end - 1] in " \n":
        end -= 1
    while start < end - 1 and text[start] in " \n":
        start += 1
    return start, end


def _problems(
    flow: Flow | Whole, units: list[Node], drafts: list[Draft], parents: set[int], places: list[Place]
) -> list[Problem]:
    tops: list[Node] = []
    seen: set[int] = set()
    for unit in units:
        top = unit.parent if unit.parent is not None and id(unit.parent) in parents else unit
        if id(top) not in seen:
            seen.add(id(top))
            tops.append(top)
    numbers = [top.number for top in tops]
    printed = None not in numbers and len(set(numbers)) == len(numbers)
    keys = {id(top): str(top.number if printed else position + 1) for position, top in enumerate(tops)}
    problems: list[Problem] = []
    made: dict[int, Problem] = {}
    ordinals = {"problem": 0, "item": 0}
    for unit, draft, (aspect, category) in zip(units, drafts, places):
        parent = unit.parent if id(unit.parent) in parents else None
        if parent is not None and id(parent) not in made:
            problem = _parent(flow, parent, keys[id(parent)])
            problem.aspect_key, problem.category_key = aspect, category
            ordinals["problem"] += 1
            problem.ordinal = ordinals["problem"]
            made[id(parent)] = problem
            problems.append(problem)
        if parent is not None:
            siblings = [node for node in units if node.parent is parent]
            own = [node.number for node in siblings]
            number = (
                unit.number if None not in own and len(set(own)) == len(own) else siblings.index(unit) + 1
            )
            problem = _leaf(flow, unit, draft, f"{keys[id(parent)]}.{number}", "item")
            problem.parent_key = keys[id(parent)]
        else:
            problem = _leaf(flow, unit, draft, keys[id(unit)], "problem")
        ordinals[problem.unit] += 1
        problem.ordinal = ordinals[problem.unit]
        problem.aspect_key, problem.category_key = aspect, category
        problems.append(problem)
    for problem in problems:
        if not problem.is_leaf:
            problem.block_end = max(p.block_end for p in problems if p.parent_key == problem.key)
    return problems


def _parent(flow: Flow | Whole, node: Node, key: str) -> Problem:
    start, end = _strip(flow.text, node.body, node.own_end)
    problem = Problem(key, "problem", False, label=node.label)
    problem.block_start = flow.to_text(node.start)
    problem.statement_start, problem.statement_end = flow.span(start, end)
    return problem


def _leaf(flow: Flow | Whole, unit: Node, draft: Draft, key: str, kind: str) -> Problem:
    problem = Problem(key, kind, True, label=unit.label)
    problem.block_start, problem.block_end = flow.span(draft.start, max(draft.end, draft.start + 1))
    if draft.statement is not None and draft.statement[1] > draft.statement[0]:
        problem.statement_start, problem.statement_end = flow.span(*draft.statement)
    if draft.is_remedy:
        problem.statement_basis = "remedy_heading"
    if draft.cause is not None:
        problem.cause_start, problem.cause_end = flow.span(*draft.cause)
    problem.measure_spans = [flow.span(first, last) for part, first, last in draft.blocks if last > first]
    problem.measures = [
        _measure(flow, piece, position)
        for position, piece in enumerate(draft.measures, 1)
        if piece.end > piece.start
    ]
    problem.due_text = draft.due
    return problem


def _measure(flow: Flow | Whole, piece: Piece, ordinal: int) -> Measure:
    return Measure(ordinal, piece.marker, *flow.span(piece.start, piece.end))


def _excerpt(structure: Structure, units: list[Node], parents: set[int]) -> None:
    """Gaps in the printed numbers, level by level."""
    notes = []
    levels: dict[str, list[Node]] = {}
    for unit in units:
        top = unit.parent if unit.parent is not None and id(unit.parent) in parents else unit
        for node in (*ancestors(top), top):
            members = levels.setdefault(node.style, [])
            if node not in members[-3:]:
                members.append(node)
    for style, nodes in levels.items():
        numbers = [node.number for node in nodes if node.number is not None]
        if len(numbers) < len(nodes) or style == "C" or len(numbers) < 2:
            continue
        missing = sorted(set(range(1, numbers[-1])) - set(numbers))
        if all(a < b for a, b in zip(numbers, numbers[1:])) and 0 < len(missing) <= 3 * len(numbers):
            notes.append("、".join(map(str, missing[:30])))
    if notes:
        structure.is_excerpt = True
        structure.excerpt_note = "编号缺 " + "; ".join(dict.fromkeys(notes))
