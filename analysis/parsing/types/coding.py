"""Problem types: which object a problem statement is about, and which words say so.

A small trained model gives the chance of every type; the likeliest is the primary one. A second one
says which further objects the statement names; they are secondary where they go with the primary
one. Nothing is guessed: where no type is likely enough, also together with the heading, the
statement is ``unclassified``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from analysis.lookups import load_csv
from analysis.parsing.types.model import (
    deciding_spans,
    model_text,
    pair_scores,
    printed_places,
    score_texts,
    type_codes,
)

UNCLASSIFIED = "unclassified"
INSPECTION = "inspection_followup"
AUDIT = "audit_followup"
FOLLOW_UPS = {type_codes().index(code): code for code in (INSPECTION, AUDIT)}
LEAST = 0.25  # chance from which a type is given
NEVER = -1e3  # score of an object that is not looked for
HEADING = 0.5  # chance from which a heading is about nothing but earlier findings
LEAST_WORDS = 3  # Chinese characters below which a text says nothing
_CHINESE = re.compile("[\u4e00-\u9fff]")
SHORT = 14  # a statement of at most so many characters may be too short to decide
CONTEXT = 0.5  # chance from which cause and measures decide in its place
CONTEXT_LENGTH = 240  # characters of them that are read
# Every remedy speaks of meetings, study, plans and visits: in measures these words name no object.
REMEDIES = (
    "decision_process",
    "theory_study",
    "policy_execution",
    "inner_party_life",
    "inspection_followup",
    "formalism",
    "mass_work",
    UNCLASSIFIED,
)
# 关于…问题的整改情况 (rectification of the problem that …) frames a finding and names no object.
_FRAME = re.compile(
    "^(?:针对|关于|对于)?(.+?)(?:的|等|方面的?)*问题的?(?:整改)?(?:落实|完成|进展)*(?:情况)?[。:：]?$"
)


class TypeCoding(NamedTuple):
    """One coding: ``primary`` code, 0–2 ``secondary`` codes, ``score`` = the calibrated chance that a
    person gives this primary type (0 where nothing was decided), ``evidence`` = the words that spoke
    most for it, as they stand in the text."""

    primary: str
    secondary: tuple[str, ...]
    score: float
    evidence: tuple[str, ...]


NOTHING = TypeCoding(UNCLASSIFIED, (), 0.0, ())


def decide_codes(
    known: np.ndarray, named: np.ndarray, pairs: np.ndarray | None = None
) -> list[tuple[str, tuple[str, ...]]]:
    """Primary and 0–2 secondary types, likeliest first, of each text (a row) from the chances of the types
    and the scores of named objects. ``pairs``: see ``pair_scores``, which is the default."""
    codes = type_codes()
    first = known.argmax(axis=1)
    further = named + (pair_scores() if pairs is None else pairs)[first]
    likeliest = np.argsort(-further, axis=1, kind="stable")[:, :2]
    given = np.take_along_axis(further, likeliest, axis=1) > 0
    return [
        (UNCLASSIFIED, ())
        if silent
        else (codes[primary], tuple(codes[index] for index, kept in zip(also, is_given, strict=True) if kept))
        for primary, also, is_given, silent in zip(
            first.tolist(), likeliest.tolist(), given.tolist(), _is_undecided(known), strict=True
        )
    ]


def code_statements(
    statements: Sequence[str],
    headings: Sequence[str | None],
    contexts: Sequence[str] | None = None,
) -> list[TypeCoding]:
    """Code the statements of one notice or of several, all at once; what one is given depends on no other.

    ``headings``: the heading each stands under, for a sub-item its parent's statement; read where the
    statement alone decides nothing, and for rule 3: under a heading about nothing but earlier findings
    a problem keeps its own object and takes the follow-up as a secondary type. ``contexts``: cause and
    measures, read only where a short statement and its heading decide nothing. Evidence words are
    substrings of the statement. Never raises.
    """
    if not statements:
        return []
    distinct = sorted({heading for heading in headings if heading})
    place = {heading: len(statements) + index for index, heading in enumerate(distinct)}
    inner = [_unframed(text) for text in (*statements, *distinct)]
    texts = [model_text(text) for text in inner]
    scored = score_texts(texts)
    known, named = scored.known, scored.named
    _silence(known, texts)
    silent = _is_undecided(known)
    undecided = [index for index, heading in enumerate(headings) if heading and silent[index]]
    if undecided:
        joined = [texts[index] + "。" + texts[place[headings[index] or ""]] for index in undecided]
        again = score_texts(joined)
        known[undecided], named[undecided] = again.known, again.named
        _silence(known, texts)
        silent = _is_undecided(known)
    short = [
        (index, model_text(context[:CONTEXT_LENGTH]))
        for index, context in enumerate(contexts or ())
        if silent[index] and context and len(texts[index]) <= SHORT
    ]
    if short:
        told = score_texts([context for _, context in short]).known
        told[:, [type_codes().index(code) for code in REMEDIES]] = 0.0
        for (index, _), row in zip(short, told, strict=True):
            if row.max() >= CONTEXT:
                known[index], named[index] = row, NEVER
    follow_ups = {
        heading: FOLLOW_UPS.get(int(known[index].argmax()))
        for heading, index in place.items()
        if known[index].max() >= HEADING
    }
    spans = deciding_spans(scored, known.argmax(axis=1), [len(text) for text in texts[: len(statements)]])
    codings: list[TypeCoding] = []
    decided = decide_codes(known[: len(statements)], named[: len(statements)])
    certain = known.max(axis=1).tolist()
    for index, (heading, (primary, further)) in enumerate(zip(headings, decided, strict=True)):
        if primary == UNCLASSIFIED:
            codings.append(NOTHING)
            continue
        follow_up = follow_ups.get(heading or "")
        if follow_up and primary not in (INSPECTION, AUDIT) and follow_up not in further:
            further = (*further[:1], follow_up)
        words = _words(inner[index], len(texts[index]), spans[index])
        codings.append(TypeCoding(primary, further, round(certain[index], 3), words))
    return codings


def code_statement(statement: str, heading: str | None = None) -> TypeCoding:
    """Code one problem statement; see ``code_statements``."""
    return code_statements([statement], [heading])[0]


def _is_undecided(known: np.ndarray) -> list[bool]:
    """Whether each text's chances decide for no type."""
    silent = known.argmax(axis=1) == type_codes().index(UNCLASSIFIED)
    return (silent | (known.max(axis=1) < LEAST)).tolist()


def _unframed(text: str) -> str:
    match = _FRAME.match(text) if "问题" in text else None
    return match.group(1) if match else text


def _silence(known: np.ndarray, texts: Sequence[str]) -> None:
    """A text with hardly a Chinese character has no chances at all."""
    for index, text in enumerate(texts):
        if len(text) < 12 and len(_CHINESE.findall(text)) < LEAST_WORDS:
            known[index] = 0.0


def _words(text: str, size: int, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The deciding stretches as they are printed; ``size``: of the model's text, signs before it included."""
    places = printed_places(text)
    before = size - len(places)
    return tuple(
        dict.fromkeys(
            text[places[max(low - before, 0)] : places[high - before - 1] + 1]
            for low, high in spans
            if high > before
        )
    )


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """Every code of ``codes_problem_types.csv``, ``unclassified`` among them."""
    return frozenset(row["code"] for row in load_csv("codes/codes_problem_types"))
