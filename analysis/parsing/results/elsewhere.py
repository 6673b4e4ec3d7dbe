"""Results that a problem does not state itself: told by its section's heading, by number, or in total."""

from __future__ import annotations

import re

from analysis.parsing.layout.drafts import Candidate, Draft
from analysis.parsing.layout.flow import Flow, Whole
from analysis.parsing.layout.outline import Node, ancestors
from analysis.parsing.results.readings import LEAST, read_legend, said_at
from analysis.parsing.results.references import Told, status_by_total, statuses_by_reference
from analysis.parsing.results.rows import results_by_row
from analysis.parsing.results.slots import BRACKET, SENTENCE, TITLE
from analysis.parsing.structure import Problem
from analysis.parsing.text.numerals import read_whole
from analysis.parsing.words.status_model import LONGEST
from analysis.parsing.words.statuses import listed_status, status_code

# 一、已完成的整改事项(5个): what stands around the words in a title that sorts the problems by their result
_AROUND_TITLE = re.compile(r"^第?[一二三四五六七八九十]*[类批]?[、:. ]*|\ *\([^()]{1,12}\)$")
_SORTED_THINGS = re.compile(r"的?(?:整改|反馈|具体)*(?:问题|事项|任务)$")
# (3个具体问题,均已完成整改) · 【本类问题已全部整改到位】 behind a heading
_HEADING_BRACKET = re.compile(r"[(【\[〔]([^()【】\[\]〔〕\n]{3,60})[)】\]〕]")
# 本部分六个问题…同意销号 · 上述七个问题…一条不剩 at the end of a section
_CLOSES_SECTION = re.compile(
    r"""
    (?<=\n)(?:本(?:部分|方面|节|章|类)|以上|上述)(?:的)?(?:(?P<count>\d+|[一二三四五六七八九十]+)(?:个|项|条))?(?:方面)?
    (?:的)?(?:反馈|具体)*(?:问题|事项|任务)(?!中)(?P<told>[^。\n(]{2,60})(?=。|\n|$)
    """,
    re.VERBOSE,
)
# 已完成整改13个 · 18个问题已改完13个: how many are done
_DONE_COUNT = re.compile(
    r"""
      (?:完成|整改|改完|改好|销号|办结|到位|解决|办妥|落实)[^。;,\d]{0,8}(\d{1,3})\ ?[个项条件]
    | (\d{1,3})\ ?[个项条件][^。;,\d]{0,12}(?:完成|到位|改完|改好|销号|办结|解决|办妥)
    """,
    re.VERBOSE,
)
_DONE = ("completed", "completed_long_term")


def results_elsewhere(
    flow: Flow | Whole,
    units: list[Node],
    drafts: list[Draft],
    leaves: list[Problem],
    own: list[str | None],
) -> list[list[Candidate]]:
    """What is said of each leaf outside it; ``own`` is what each says itself."""
    found: list[list[Candidate]] = [[] for _ in leaves]
    _by_heading(flow, units, found)
    _by_section(flow, units, drafts, found)
    statement = drafts[-1].statement
    if statement is not None and own.count(None) * 2 > len(own):
        printed = [int(p.key) if p.key.isdecimal() else None for p in leaves]
        if len(set(printed)) == len(printed) and [unit.number for unit in units] != printed:
            printed = [unit.number for unit in units]  # numbered anew in each section
        legend = read_legend(flow.text[: units[0].start])
        for index, result in results_by_row(flow.text, statement[1], printed, legend).items():
            found[index].append(result)
    spans = _outside(flow, drafts)
    told = statuses_by_reference(flow, spans)
    by_number = {number: entry for entry in told if entry.numbers for number in entry.numbers}
    numbers = [problem.parent_key or problem.key for problem in leaves]
    for number, candidates in zip(numbers, found):
        if number.isdecimal() and int(number) in by_number:
            candidates.append(by_number[int(number)].candidate("number"))
    left = [candidates for candidates, said in zip(found, own) if said is None and not candidates]
    rest = next((entry for entry in told if entry.numbers is None), None)
    last: Candidate | None = None
    if rest is not None:
        last = rest.candidate("rest")
    elif by_number:
        last = _complement(flow, spans, len(left), by_number)
    elif all(said in _DONE for said in own if said is not None):
        total = status_by_total(flow, spans, {len(set(numbers)), len(leaves)})
        last = total.candidate("total") if total is not None else None
    if last is not None:
        for candidates in left:
            candidates.append(last)
    return found


def _by_heading(flow: Flow | Whole, units: list[Node], found: list[list[Candidate]]) -> None:
    """The result that a section's title names, where nearly all sections of one level are sorted so."""
    named: dict[int, Candidate | None] = {}
    for unit in units:
        for node in ancestors(unit)[:2]:
            if id(node) not in named:
                named[id(node)] = _titled(flow.text, node)
    of_unit = [
        next((told for node in ancestors(unit)[:2] if (told := named[id(node)]) is not None), None)
        for unit in units
    ]
    if sum(told is not None for told in named.values()) < 2 or of_unit.count(None) * 5 > len(units):
        return
    for told, candidates in zip(of_unit, found):
        candidates += [told] if told is not None else []


def _titled(text: str, node: Node) -> Candidate | None:
    """The result in the title of a section (需要持续推进的整改事项)."""
    line = text.find("\n", node.body, node.own_end)
    end = line if line >= 0 else node.own_end
    words = _AROUND_TITLE.sub("", text[node.body : end].strip())
    if not 4 <= len(words) <= LONGEST:
        return None
    code, chance = said_at(TITLE, words)
    core = _SORTED_THINGS.sub("", words)
    code = listed_status(core) or listed_status(core.lstrip("需要")) or code
    return Candidate("section", code, node.body, end) if chance >= LEAST else None


def _by_section(
    flow: Flow | Whole, units: list[Node], drafts: list[Draft], found: list[list[Candidate]]
) -> None:
    """What a section says of all its problems, or of some by number, in a bracket at its title or at its end."""
    text = flow.text
    below: dict[int, list[int]] = {}
    nodes = {id(node): node for unit in units for node in ancestors(unit)[-2:]}
    for index, unit in enumerate(units):
        for node in ancestors(unit)[-2:]:
            below.setdefault(id(node), []).append(index)
    for key, members in below.items():
        node, last = nodes[key], members[-1]
        line = text.find("\n", node.body, node.own_end)
        for bracket in _HEADING_BRACKET.finditer(text, node.body, line if line >= 0 else node.own_end):
            told = statuses_by_reference(flow, [bracket.span(1)])
            for index in members:
                of_it = [each for each in told if each.numbers and units[index].number in each.numbers]
                rest = [each for each in told if each.numbers is None]
                found[index] += [each.candidate("section") for each in (of_it or rest)[:1]]
            if not told and (code := _code_of_all(bracket.group(1), BRACKET)) is not None:
                for index in members:
                    found[index].append(Candidate("section", code, *bracket.span(1)))
        for close in _CLOSES_SECTION.finditer(text, drafts[last].body, units[last].end):
            code = _code_of_all(close.group("told"), SENTENCE)
            count = close.group("count")
            if (count is None or read_whole(count) == len(members)) and code:
                for index in members:
                    found[index].append(Candidate("section", code, *close.span()))


def _code_of_all(words: str, place: str) -> str | None:
    """The status that the words state of all (共3项,均已销号): of the whole, or of the last clause that says one."""
    clauses = [
        re.sub(r"^[共计有]*\d+[个项条件](?:具体|反馈)*(?:问题|事项|任务)?", "", words),
        *words.split(",")[::-1],
    ]
    for clause in clauses:
        clause = re.sub(
            r"^(?:本[类项部分方面节章]+)?(?:的)?(?:全部|所有|各项|具体|反馈)*(?:问题|事项|任务)?(?:均|都|全部|全都)?",
            "",
            clause.strip(",: "),
        )
        code = status_code(clause)
        if code is not None:
            return code
    code, chance = said_at(place, words[:LONGEST])
    return code if chance >= LEAST else None


def _complement(
    flow: Flow | Whole, spans: list[tuple[int, int]], left: int, by_number: dict[int, Told]
) -> Candidate | None:
    """Done, for the ``left`` of which nothing is told, where the notice states just so many as done."""
    if any(entry.code in _DONE for entry in by_number.values()):
        return None
    for start, end in spans:
        for match in _DONE_COUNT.finditer(flow.text, start, end):
            if int(match.group(1) or match.group(2)) == left > 0:
                return Candidate("complement", "completed", *match.span())
    return None


def _outside(flow: Flow | Whole, drafts: list[Draft]) -> list[tuple[int, int]]:
    spans = []
    position = 0
    for draft in drafts:
        if draft.start - position > 4:
            spans.append((position, draft.start))
        position = max(position, draft.end)
    if len(flow.text) - position > 4:
        spans.append((position, len(flow.text)))
    return spans
