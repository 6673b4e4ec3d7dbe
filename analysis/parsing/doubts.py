"""How surely a notice was read: signs of a misreading, and the chance that problems and results are right.

A sign is a number from 0 to 1. Their weights are trained on the gold as it is and as printed otherwise
(``make train``), so that a score of 0.9 is right nine times in ten; a sign that stands out is named
by its code (codes_reading_doubts.csv).
"""

from __future__ import annotations

from functools import cache
from statistics import median
from typing import Any

import numpy as np

from analysis.parsing.structure import Structure
from analysis.parsing.words.cues import is_finding
from analysis.parsing.words.status_model import CODES
from analysis.paths import LOOKUPS

LOW = 0.8  # a notice with a lower score of either kind is named for review
ALWAYS = frozenset(("results_not_read", "results_unknown"))  # signs that are named at any score
SHORT = 14  # characters below which a statement is hardly a finding
_RESULT_CLAIMS = frozenset(CODES) - {"none"}
_STARTS_INSIDE = frozenset("的了和与及并且或,。;:、)】”%")
# code → from which strength the sign is named
NAMED = {
    "results_not_read": 0.5,
    "results_partly_read": 0.12,
    "results_unknown": 0.01,
    "problems_differ": 0.5,
    "completed_differ": 0.5,
    "statements_short": 0.2,
    "statements_cut": 0.05,
    "statements_no_finding": 0.5,
    "measures_missing": 0.3,
    "block_long": 0.1,
    "other_reading": 0.5,
    "text_unread": 0.3,
    "few_problems": 0.5,
    "problems_uneven": 0.34,
    "readers_differ": 0.3,
}
SIGNS = (*NAMED, "results_none", "weak_structure", "labels_induced", "statements_broken", "second_taken")


def reading_signs(structure: Structure, claims: list[dict[str, Any]]) -> dict[str, float]:
    """The signs of a misreading of one notice, all of ``SIGNS``."""
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    count = max(1, len(leaves))
    tops = sum(problem.parent_key is None for problem in structure.problems)
    text = structure.shadow
    statements = [
        text[problem.statement_start : problem.statement_end] if problem.statement_start is not None else ""
        for problem in leaves
    ]
    stated = sum(problem.status_basis in ("item", "reference") for problem in leaves) / count
    told = sum(problem.status_basis == "total" for problem in leaves) / count
    unknown = (
        sum(problem.status_basis == "none" and problem.status_start is not None for problem in leaves) / count
    )
    totals = [row for row in claims if row["claim_code"] in _RESULT_CLAIMS and row.get("section_key") is None]
    problems = {
        row["value"]
        for row in claims
        if row["claim_code"] in ("problems", "items") and row.get("section_key") is None
    }
    completed = {row["value"] for row in totals if row["claim_code"] == "completed"}
    done = sum(problem.status_code in ("completed", "completed_long_term") for problem in leaves)
    alone = sum(problem.status_code == "completed" for problem in leaves)
    loose = sum(
        problem.status_code in ("completed", "completed_long_term", "basically_completed", "long_term")
        for problem in leaves
    )
    missing = 1 - stated - told
    sizes = [problem.block_end - problem.block_start for problem in leaves] or [1]
    middle = max(1.0, median(sizes))
    bare = sum(not problem.measures for problem in leaves) / count
    return {
        "results_not_read": missing if totals and not stated and len(completed) and not told else 0.0,
        "results_partly_read": missing if missing > 0 and stated > 0.25 else 0.0,
        "results_unknown": unknown,
        "problems_differ": float(bool(problems) and not problems & {tops, len(leaves)}),
        "completed_differ": float(stated > 0.95 and bool(completed) and not completed & {done, alone, loose}),
        "statements_short": sum(len(words.strip()) < SHORT for words in statements) / count,
        "statements_cut": sum(words[:1] in _STARTS_INSIDE for words in statements) / count,
        "statements_no_finding": sum(not is_finding(words) for words in statements) / count,
        "measures_missing": bare,
        "block_long": min(1.0, max(0.0, (max(sizes) / middle - 4) / 8)),
        "other_reading": float(
            structure.alternative_problem_count is not None
            and structure.alternative_problem_count not in (tops, len(leaves))
            and structure.rule_score < 0.75
        ),
        "text_unread": min(1.0, (1 - structure.coverage_share) * 10),
        "few_problems": float(len(leaves) < 4),
        "problems_uneven": sum(size > 3 * middle or size * 3 < middle for size in sizes) / count,
        "readers_differ": 1 - structure.agreement,
        "second_taken": float(structure.reading_code == "second"),
        "results_none": float(stated + told == 0),
        "weak_structure": 1 - structure.rule_score,
        "labels_induced": float(bool(structure.flow.labels)),
        "statements_broken": sum(words.count("\n") > 1 for words in statements) / count,
    }


@cache
def _weights() -> np.ndarray:
    return np.load(LOOKUPS / "models/confidence_weights.npy") / 1000.0


def scores(signs: dict[str, float]) -> tuple[float, float]:
    """The chance that nine problems in ten are found right, and that nine results in ten are."""
    values = np.array([1.0, *(signs[name] for name in SIGNS)])
    reading, status = (1 / (1 + np.exp(-_weights() @ values))).tolist()
    # The notice tells results in total and its items were read without any: too rare in the gold to be learnt.
    if signs["results_not_read"] >= NAMED["results_not_read"]:
        status = min(status, 0.5)
    return round(reading, 3), round(status, 3)


def doubt_codes(signs: dict[str, float]) -> list[str]:
    """Codes of the signs that stand out, strongest kind first."""
    return [code for code, least in NAMED.items() if signs[code] >= least]
