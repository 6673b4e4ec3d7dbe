"""How well the automatic problem types agree with a human coding, per type and overall.

Two samples, never mixed: ``ledger`` (problems of the selection that a person coded; the rules
were written with such texts in view, so this flatters) and ``kept_aside`` (statements that
nobody looked at while the rules were written). Labels stand in the lookups type_validation,
type_labels (the reader's own) and type_kept_aside.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from analysis.compare.context import Comparison, problem_types
from analysis.compare.grid import join_flags, join_ids, out_frame
from analysis.compare.intervals import wilson
from analysis.lookups import load_csv
from analysis.parsing.type_validation import agreement, match_labels
from analysis.parsing.types import code_statement

LOW_KAPPA = 0.85
Coded = tuple[str, str, str]  # ID, human code, automatic code


def kappa_of(units: list[Coded]) -> float | None:
    """Cohen's κ over coded units; null for none, or where both use one and the same code."""
    return agreement((human, automatic) for _, human, automatic in units)["kappa"]


def coded_units(comparison: Comparison) -> dict[str, list[Coded]]:
    """sample → (ID, human code, automatic code) of every unit that has both."""
    columns = ["problem_id", "notice_id", "statement_text", "primary_type_code", "type_basis"]
    rows = comparison.problems.select(columns).to_dicts()
    for row in rows:
        notice = comparison.by_id[row["notice_id"]]
        row["city_name"], row["notice_year"] = notice["city_name"], notice["notice_year"]
    # a label of the reader's own overrides the code, so the program's answer is asked for again
    ledger = [
        (row["problem_id"], row["primary_type_code"], code_statement(row["statement_text"] or "").primary)
        for row in rows
        if row["type_basis"] == "human"
    ]
    ledger += [
        (found["problem_id"], found["primary"], found["code"])
        for found in match_labels(row for row in rows if row["type_basis"] != "human")
    ]
    kept = [
        (
            row["reference_id"],
            row["primary"],
            code_statement(row["statement"], row["heading"] or None).primary,
        )
        for row in load_csv("type_kept_aside")
    ]
    return {"ledger": ledger, "kept_aside": kept}


def notice_kappas(coded: list[Coded]) -> dict[str, float]:
    """Notice → κ over its coded problems."""
    by_notice: dict[str, list[tuple[str, str]]] = {}
    for problem_id, human, automatic in coded:
        by_notice.setdefault(problem_id.partition("/")[0], []).append((human, automatic))
    return {
        notice: kappa
        for notice, pairs in by_notice.items()
        if (kappa := agreement(pairs)["kappa"]) is not None
    }


def agreement_table(comparison: Comparison, coded: dict[str, list[Coded]]) -> pl.DataFrame:
    """``out_coding_agreement``: overall, per dimension, per notice and per type, for each sample."""
    types = {t["code"]: t for t in problem_types()}
    dimensions = {row["code"]: row for row in load_csv("codes_dimensions")}
    rows: list[dict[str, Any]] = []
    for sample, units in coded.items():
        rows.append(_row(sample, "overall", "all", "全部", "All", units))
        for code, row in dimensions.items():
            mapped = [
                (i, types.get(h, {}).get("dimension_code", ""), types.get(a, {}).get("dimension_code", ""))
                for i, h, a in units
            ]
            rows.append(_of_code(sample, "dimension", code, row["label_zh"], row["label_en"], mapped))
        for notice_id in dict.fromkeys(i.partition("/")[0] for i, _, _ in units if sample == "ledger"):
            notice = comparison.by_id[notice_id]
            rows.append(
                _row(
                    sample,
                    "notice",
                    notice_id,
                    notice["label_zh"],
                    notice["label_en"],
                    [u for u in units if u[0].partition("/")[0] == notice_id],
                )
            )
        for code, kind in types.items():
            rows.append(_of_code(sample, "type", code, kind["label_zh"], kind["label_en"], units))
    return out_frame("out_coding_agreement", rows)


def _row(sample: str, scope: str, group: str, zh: str, en: str, units: list[Coded]) -> dict[str, Any]:
    agreed = sum(h == a for _, h, a in units)
    kappa = kappa_of(units)
    low, high = wilson(agreed, len(units))
    return {
        "sample_code": sample,
        "scope_code": scope,
        "group_id": group,
        "group_label_zh": zh,
        "group_label_en": en,
        "unit": "labelled_unit",
        "definition_code": "same_primary_type",
        "n_count": len(units),
        "agreed_count": agreed,
        "human_count": len(units),
        "automatic_count": len(units),
        "observed_share": agreed / len(units) if units else None,
        "kappa": kappa,
        "precision": None,
        "recall": None,
        "f1": None,
        "wilson_low": low,
        "wilson_high": high,
        "is_in_sample": sample == "ledger",
        "flags": join_flags(["Q"] if kappa is not None and kappa < LOW_KAPPA else []),
        "source_ids": join_ids(i for i, h, a in units if h != a),
    }


def _of_code(sample: str, scope: str, code: str, zh: str, en: str, units: list[Coded]) -> dict[str, Any]:
    """Precision and recall of one type (or dimension), and κ of having it against not having it."""
    human, automatic = [u for u in units if u[1] == code], [u for u in units if u[2] == code]
    agreed = sum(u[2] == code for u in human)
    either = len(human) + len(automatic) - agreed
    precision = agreed / len(automatic) if automatic else None
    recall = agreed / len(human) if human else None
    kappa = kappa_of([(i, str(h == code), str(a == code)) for i, h, a in units]) if either else None
    low, high = wilson(agreed, either) if either else (None, None)
    return {
        **_row(sample, scope, code, zh, en, []),
        "n_count": either,
        "agreed_count": agreed,
        "human_count": len(human),
        "automatic_count": len(automatic),
        "observed_share": agreed / either if either else None,
        "kappa": kappa,
        "precision": precision,
        "recall": recall,
        "f1": 2 * agreed / (len(human) + len(automatic)) if human or automatic else None,
        "wilson_low": low,
        "wilson_high": high,
        "flags": join_flags(["Q"] if kappa is not None and kappa < LOW_KAPPA else []),
        "source_ids": join_ids(i for i, h, a in units if (h == code) != (a == code)),
    }
