"""Problem types: which object a problem statement is about, and which words say so.

A statement is scored against a reviewed list of cues (``analysis/lookups/type_cues.csv``). The
sentence that names the problem counts in full, the particulars after it less; only where the
statement decides nothing are its heading, then its cause and measures, looked at. Nothing is
guessed: a text without a deciding word is ``unclassified``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from analysis.lookups import load_csv
from analysis.parsing.types_matching import Hit, find_cues

UNCLASSIFIED = "unclassified"
INSPECTION = "inspection_followup"
AUDIT = "audit_followup"
FOLLOW_UPS = frozenset({INSPECTION, AUDIT})
DECIDES = 4.0  # weight from which the naming sentence decides alone
LEAST = 2.5  # below this the text decides nothing
ADDS = 3.0  # a further word of the same code adds only from this weight, in the deciding sentence
LATER = 0.85  # share of a cue's weight in later clauses of the deciding sentence
DETAIL = 0.35  # share of a cue's weight in the sentences after the deciding one
CLOSE = 0.95  # two objects whose weights differ by less are told apart by order of naming
CERTAIN = 8.0  # weight from which only the margin keeps the score below 1
ALSO_SHARE = 0.5  # a further object is secondary from this share of the first,
ALSO_LEAST = 4.0  # and from this weight
HEADING = 0.6
CONTEXT = 0.4
CONTEXT_LENGTH = 240  # characters of cause and measures that are read
SHORT = 14  # a statement of at most so many characters may be too short to decide
# Every remedy speaks of meetings, study, plans and visits: in measures these words name no object.
REMEDIES = frozenset(
    {
        "decision_process",
        "theory_study",
        "policy_execution",
        "inner_party_life",
        "inspection_followup",
        "formalism",
        "mass_work",
    }
)
_SENTENCE_END = re.compile("[。；;！？!?\n]")
_CLAUSE_END = re.compile("[，,：:]")
_CONSEQUENCE = re.compile("[，,](?:造成|导致|致使|影响了?|引发|存在被)")  # "leading to …": not the object


class TypeCoding(NamedTuple):
    """One coding: ``primary`` code, 0–2 ``secondary`` codes in order of naming, ``score`` 0–1
    (how clearly the words decided), ``evidence`` = the deciding words as they stand in the text."""

    primary: str
    secondary: tuple[str, ...]
    score: float
    evidence: tuple[str, ...]


NOTHING = TypeCoding(UNCLASSIFIED, (), 0.0, ())


def code_statement(statement: str, heading: str | None = None, context: str | None = None) -> TypeCoding:
    """Code one problem statement.

    ``heading``: the heading the problem stands under; for a sub-item its parent's statement.
    ``context``: cause and measures; read only where a short statement and its heading decide
    nothing, and without the words of remedy that stand in all measures. Never raises; evidence words are substrings of
    ``statement``, or of heading or context when those decided.
    """
    hits = find_cues(statement)
    scores, words, first = _score(statement, hits)
    top = max(scores.values(), default=0.0)
    if top < DECIDES and heading:
        _add(scores, words, first, _heading_scores(heading), HEADING, 10_000)
        top = max(scores.values(), default=0.0)
    if top < LEAST and context and len(statement) <= SHORT:
        text = context[:CONTEXT_LENGTH]
        _add(
            scores,
            words,
            first,
            _score(text, [hit for hit in find_cues(text) if hit[2] not in REMEDIES]),
            CONTEXT,
            20_000,
        )
        top = max(scores.values(), default=0.0)
    if top < LEAST:
        return NOTHING
    return _decide(scores, words, first, heading)


def code_parent(statement: str, items: list[TypeCoding] | tuple[TypeCoding, ...]) -> TypeCoding:
    """Code a problem that has sub-items: its own heading; where that is political wording only,
    the type most of its sub-items have (the first named on a tie)."""
    own = code_statement(statement)
    if own.primary != UNCLASSIFIED:
        return own
    counts: dict[str, int] = {}
    for item in items:
        if item.primary != UNCLASSIFIED:
            counts[item.primary] = counts.get(item.primary, 0) + 1
    if not counts:
        return NOTHING
    order = list(counts)
    primary = max(order, key=lambda code: counts[code])  # max keeps the first on a tie
    others = tuple(code for code in order if code != primary)[:2]
    evidence = next(item.evidence for item in items if item.primary == primary)
    return TypeCoding(primary, others, round(0.5 * counts[primary] / len(items), 3), evidence)


_Scores = tuple[dict[str, float], dict[str, list[str]], dict[str, int]]


def _score(text: str, hits: list[Hit]) -> _Scores:
    """Weight, deciding words and first position per code; the deciding sentence outranks the rest.

    The strongest word of a code counts in full and further ones a quarter: many small words are
    no object.
    """
    scores: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    if not hits:
        return scores, words, first
    start, clause, end = _deciding_place(text, hits)
    best: dict[str, float] = {}
    for position, word, code, weight in hits:
        adds = weight >= ADDS
        if not start <= position < end:
            weight *= DETAIL
            adds = False
        elif position > clause:
            weight *= LATER
        known = best.get(code)
        if known is None:
            best[code] = scores[code] = weight
            words[code] = [word]
            first[code] = position
        elif weight > known:
            scores[code] += weight - known + (0.25 * known if adds and known >= ADDS else 0.0)
            best[code] = weight
            words[code].insert(0, word)
        else:
            scores[code] += 0.25 * weight if adds else 0.0
            words[code].append(word)
    return scores, words, first


def _deciding_place(text: str, hits: list[Hit]) -> tuple[int, int, int]:
    """Start of the first sentence with a deciding cue, end of the clause that holds it, end of
    that sentence; the whole text where no cue decides."""
    for position, _, _, weight in hits:
        if weight >= DECIDES:
            break
    else:
        return 0, len(text), len(text)
    start, end = 0, len(text)
    for boundary in _SENTENCE_END.finditer(text):
        if boundary.start() >= position:
            end = boundary.start()
            break
        start = boundary.end()
    comma = _CLAUSE_END.search(text, position, end)
    if comma is None:
        return start, end, end
    consequence = _CONSEQUENCE.search(text, comma.start(), end)
    return start, comma.start(), consequence.start() if consequence else end


@lru_cache(maxsize=4096)
def _heading_scores(heading: str) -> _Scores:
    return _score(heading, find_cues(heading))


def _add(scores: dict, words: dict, first: dict, more: _Scores, share: float, offset: int) -> None:
    for code, weight in more[0].items():
        scores[code] = scores.get(code, 0.0) + weight * share
        words[code] = words.get(code, []) + more[1][code]
        first.setdefault(code, offset + more[2][code])


def _decide(
    scores: dict[str, float], words: dict[str, list[str]], first: dict[str, int], heading: str | None
) -> TypeCoding:
    ranked = sorted(scores, key=lambda code: (-scores[code], first[code], code))
    primary = ranked[0]
    top = scores[primary]
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    if second >= CLOSE * top:
        # "A was not made part of B": among objects of about the same weight the first named decides.
        rivals = [code for code in ranked if scores[code] >= CLOSE * top]
        primary = min(rivals, key=lambda code: (first[code], code))
        second = top  # a near tie is no margin
    others = [
        code
        for code in ranked
        if code != primary and scores[code] >= ALSO_SHARE * top and scores[code] >= ALSO_LEAST
    ]
    others.sort(key=first.__getitem__)
    if heading and primary not in FOLLOW_UPS:
        found_again = _found_again(heading)
        if found_again and found_again not in others:
            others = [*others[:1], found_again]
    score = min(1.0, top / CERTAIN) * (0.5 + 0.5 * (top - second) / top)
    return TypeCoding(primary, tuple(others[:2]), round(score, 3), tuple(dict.fromkeys(words[primary]))[:4])


@lru_cache(maxsize=4096)
def _found_again(heading: str) -> str | None:
    """The follow-up code of a heading that is about nothing but earlier findings.

    A problem under it keeps its own object and takes the follow-up as a secondary type.
    """
    scores = _heading_scores(heading)[0]
    deciding = [code for code, weight in scores.items() if weight >= DECIDES]
    if not deciding or not FOLLOW_UPS.issuperset(deciding):
        return None
    return max(sorted(deciding), key=scores.__getitem__)


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """Every code of ``codes_problem_types.csv``, ``unclassified`` among them."""
    return frozenset(row["code"] for row in load_csv("codes_problem_types"))
