"""Two lists joined by number: the problems first, what was done about each of them in a second list.

针对第3个问题。… (on the third problem: …), 对应问题3：…, 3号：… further down: lines that begin with one
sign around numbers in their turn, as many as there are problems.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.parsing.layout.drafts import Draft, trim
from analysis.parsing.text.numerals import read_whole

LEAST = 3  # problems that two lists are worth joining for
_REFERENCE = re.compile(
    r"(?m)^ ?(?P<before>[^\d一二三四五六七八九十。\n]{0,8}?)(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})"
    r"(?P<after>[^\d\n。:,、]{0,8}?[。:,、)\]】〕号])[:。,、 ]?"
)


def join_answers(text: str, answers: Sequence[tuple[int, int]], drafts: list[Draft]) -> None:
    """Give each problem of a bare list the stretch of a second list that tells what was done about it."""
    for draft, (start, stop) in zip(drafts, answers):
        low, high = trim(text, start, stop)
        draft.end = min(draft.end, answers[0][0])
        draft.blocks = [("measures", low, high)] if high > low else []


def join_lists(text: str, numbers: Sequence[int | None], drafts: list[Draft]) -> bool:
    """Give the problems of a bare list what a second list below tells of them, in place; whether there is one.

    ``numbers`` are the printed ones; where one is missing or comes twice, the order counts.
    """
    if len(drafts) < LEAST or sum(bool(draft.blocks) for draft in drafts[:-1]) * 3 > len(drafts):
        return False
    last = drafts[-1].statement
    if last is None:
        return False
    printed = None not in numbers and len(set(numbers)) == len(numbers)
    order = {number if printed else place: place - 1 for place, number in enumerate(numbers, 1)}
    lists: dict[tuple[str, str], list[tuple[int, re.Match[str]]]] = {}
    for match in _REFERENCE.finditer(text, last[1]):
        number = read_whole(match.group("number"))
        if number in order:
            lists.setdefault((match["before"], match["after"]), []).append((order[number], match))
    first = len(text)
    for entries in lists.values():
        places = [place for place, _ in entries]
        if len(places) * 3 < len(drafts) * 2 or any(a >= b for a, b in zip(places, places[1:])):
            continue
        first = min(first, entries[0][1].start())
        starts = [match.start() for _, match in entries]
        for (place, match), after in zip(entries, [*starts[1:], len(text)]):
            line = text.find("\n", match.end(), after)
            stop = after if after < len(text) else line if line >= 0 else after
            low, high = trim(text, match.end(), stop)
            if high > low:
                # What stood below the problem in its own list heads the next ones.
                drafts[place].blocks = [b for b in drafts[place].blocks if b[1] > low]
                drafts[place].blocks.append(("measures", low, high))
    if first < drafts[-1].end:
        drafts[-1].end = trim(text, drafts[-1].start, max(last[1], _heading_before(text, first)))[1]
        drafts[-1].blocks = [b for b in drafts[-1].blocks if b[2] <= drafts[-1].end or b[1] >= first]
    return first < len(text)


def _heading_before(text: str, at: int) -> int:
    """Where the short line above an offset begins, or the offset itself."""
    start = text.rfind("\n", 0, max(0, at - 1)) + 1
    return start if at - start < 30 and text[at - 2 : at - 1] not in "。;" else at
