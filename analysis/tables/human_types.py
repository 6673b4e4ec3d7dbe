"""Human type labels override the automatic coding, by problem ID; the basis is kept."""

from __future__ import annotations

import polars as pl

from analysis.lookups import load_csv

LABELS = "type_labels"


def apply_human_types(frames: dict[str, pl.DataFrame], labels: list[dict[str, str]] | None = None) -> dict[str, pl.DataFrame]:
    """Frames with ``primary_type_code``, ``secondary_type_codes`` and ``type_basis`` of labelled problems replaced."""
    rows = list(load_csv(LABELS)) if labels is None else labels
    if not rows:
        return frames
    labelled = pl.DataFrame({"problem_id": [r["problem_id"] for r in rows], "_primary": [r["primary"] for r in rows],
                             "_secondary": [r.get("secondary") or None for r in rows]},
                            schema={"problem_id": pl.String, "_primary": pl.String, "_secondary": pl.String})
    problems = frames["core_problems"].join(labelled, on="problem_id", how="left", maintain_order="left")
    known = pl.col("_primary").is_not_null()
    problems = problems.with_columns(
        pl.when(known).then(pl.col("_primary")).otherwise(pl.col("primary_type_code")).alias("primary_type_code"),
        pl.when(known).then(pl.col("_secondary")).otherwise(pl.col("secondary_type_codes")).alias("secondary_type_codes"),
        pl.when(known).then(pl.lit("human")).otherwise(pl.col("type_basis")).alias("type_basis"),
    ).drop("_primary", "_secondary")
    return {**frames, "core_problems": problems}
