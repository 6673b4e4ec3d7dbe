"""Human type labels override the automatic coding, by problem ID; the basis is kept."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analysis.parsing.types import TypeCoding, load_human_labels


def apply_human_types(
    frames: dict[str, pl.DataFrame], labels: Mapping[str, TypeCoding] | None = None
) -> dict[str, pl.DataFrame]:
    """Frames in which labelled problems carry the person's types, score 1 and no deciding words.

    ``labels``: problem ID → coding; without it ``type_labels.csv``, whose faults raise ValueError
    naming the line.
    """
    labels = load_human_labels() if labels is None else labels
    if not labels:
        return frames
    labelled = pl.DataFrame(
        [(problem_id, coding.primary, ",".join(coding.secondary)) for problem_id, coding in labels.items()],
        schema={"problem_id": pl.String, "_primary": pl.String, "_secondary": pl.String},
        orient="row",
    )
    problems = frames["core_problems"].join(labelled, on="problem_id", how="left", maintain_order="left")
    by_person = pl.col("_primary").is_not_null()
    problems = problems.with_columns(
        pl.when(by_person)
        .then(pl.col("_primary"))
        .otherwise(pl.col("primary_type_code"))
        .alias("primary_type_code"),
        pl.when(by_person)
        .then(pl.col("_secondary"))
        .otherwise(pl.col("secondary_type_codes"))
        .alias("secondary_type_codes"),
        pl.when(by_person).then(pl.lit(1.0)).otherwise(pl.col("type_score")).alias("type_score"),
        pl.when(by_person)
        .then(pl.lit(None, dtype=pl.String))
        .otherwise(pl.col("type_evidence_text"))
        .alias("type_evidence_text"),
        pl.when(by_person).then(pl.lit("human")).otherwise(pl.col("type_basis")).alias("type_basis"),
    ).drop("_primary", "_secondary")
    return {**frames, "core_problems": problems}
