"""How well the automatic problem types agree with people's labels: pure functions on pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from analysis.lookups import load_csv

_NO_WORD = re.compile(r"\W+")


def agreement(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Agreement of ``(label, code)`` pairs: a person's label first, the automatic code second.

    Returns ``n``, ``agreed_count``, ``observed_share`` (0–1), ``expected_share`` (by chance, 0–1),
    ``kappa`` (Cohen 1960; None without pairs or when chance alone agrees everywhere) and ``types``:
    one dict per code in order of name with ``code``, ``label_count``, ``coded_count``,
    ``agreed_count``, ``precision``, ``recall``, ``f1`` (None where the denominator is 0).
    """
    pairs = list(pairs)
    labels = Counter(label for label, _ in pairs)
    coded = Counter(code for _, code in pairs)
    agreed = Counter(label for label, code in pairs if label == code)
    n = len(pairs)
    result: dict[str, Any] = {
        "n": n,
        "agreed_count": sum(agreed.values()),
        "observed_share": None,
        "expected_share": None,
        "kappa": None,
    }
    if n:
        observed = result["agreed_count"] / n
        expected = sum(count * coded[code] for code, count in labels.items()) / n**2
        result.update(
            observed_share=observed,
            expected_share=expected,
            kappa=(observed - expected) / (1 - expected) if expected < 1 else None,
        )
    result["types"] = [
        _of_type(code, labels[code], coded[code], agreed[code])
        for code in sorted(labels.keys() | coded.keys())
    ]
    return result


def _of_type(code: str, label_count: int, coded_count: int, agreed_count: int) -> dict[str, Any]:
    precision = agreed_count / coded_count if coded_count else None
    recall = agreed_count / label_count if label_count else None
    f1 = 2 * agreed_count / (label_count + coded_count) if label_count and coded_count else None
    return {
        "code": code,
        "label_count": label_count,
        "coded_count": coded_count,
        "agreed_count": agreed_count,
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def load_validation() -> list[dict[str, Any]]:
    """Labelled problems of ``type_validation.csv``: ``place_name``, ``notice_year`` (int),
    ``statement_start`` (its first characters), ``primary``, ``acceptable`` (tuple of further codes a
    second coder may give), ``coder``, ``is_used_for_tuning`` (the cue list was made with it in view)."""
    return [
        {
            "place_name": row["place_name"],
            "notice_year": int(row["notice_year"]),
            "statement_start": row["statement_start"],
            "primary": row["primary"],
            "acceptable": tuple(code for code in row["acceptable"].split(";") if code),
            "coder": row["coder"],
            "is_used_for_tuning": row["used_for_tuning"] == "yes",
        }
        for row in load_csv("compare/type_validation")
    ]


def match_labels(
    problems: Iterable[Mapping[str, Any]], labels: Iterable[Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Labelled problems found among ``problems``.

    ``problems``: rows with ``city_name`` (or None), ``notice_year``, ``problem_id``,
    ``statement_text``, ``primary_type_code``. A label belongs to the first problem of its place and
    year whose statement begins with the label's words, spaces and punctuation aside. Returns the
    label's dict with ``problem_id`` and ``code`` added; labels whose notice is not there are left out.
    """
    by_notice: dict[tuple[str, int], list[tuple[str, Mapping[str, Any]]]] = {}
    for problem in problems:
        place = (problem["city_name"] or "").removesuffix("市")
        by_notice.setdefault((place, problem["notice_year"]), []).append(
            (_NO_WORD.sub("", problem["statement_text"] or ""), problem)
        )
    matched = []
    taken: set[str] = set()
    for label in load_validation() if labels is None else labels:
        key = _NO_WORD.sub("", label["statement_start"])
        for statement, problem in by_notice.get(
            (label["place_name"].removesuffix("市"), label["notice_year"]), ()
        ):
            if problem["problem_id"] not in taken and key and key in statement[: len(key) + 4]:
                taken.add(problem["problem_id"])
                matched.append(
                    {**label, "problem_id": problem["problem_id"], "code": problem["primary_type_code"]}
                )
                break
    return matched
