"""Problem types: counts on the complete grid, 共性 (how common), and what is over-represented where.

共性 asks in how many notices a type occurs at all. Notices differ in length, and a longer one
holds more types by chance, so presence is also given at equal size (Hurlbert rarefaction).
"""

from __future__ import annotations

from itertools import combinations
from math import comb, erfc, log, sqrt
from typing import Any

import polars as pl

from analysis.compare.context import UNCLASSIFIED, Comparison, problem_types
from analysis.compare.grid import KEYS, join_flags, join_ids, out_frame, wilson_columns
from analysis.compare.intervals import holm, normal_quantile, wilson

ALPHA = 0.05
MOST_PAIRED = 24  # notices beyond which mix distances are formed only inside one city
DEALS = 200
SEED = 20240208


def presence_at(count: int, total: int, drawn: int) -> float:
    """Chance that ``drawn`` units taken at random from ``total`` hold at least one of ``count`` (Hurlbert 1971)."""
    if drawn > total:
        raise ValueError(f"cannot draw {drawn} of {total}")
    return 1 - comb(total - count, drawn) / comb(total, drawn)


def common_size(comparison: Comparison) -> int | None:
    """Units of the smallest notice that has any: the size notices are brought to."""
    sizes = [n for n in comparison.unit_counts[comparison.unit].values() if n]
    return min(sizes) if sizes else None


def type_counts(comparison: Comparison) -> pl.DataFrame:
    """``out_type_counts``: every city-year × every type; a type that a notice lacks is 0, a missing notice is null."""
    types = pl.DataFrame(
        [
            {
                "type_code": t["code"],
                "type_label_zh": t["label_zh"],
                "type_label_en": t["label_en"],
                "dimension_code": t["dimension_code"],
            }
            for t in problem_types()
        ]
    )
    units = comparison.units
    primary = units.group_by(
        "notice_id", pl.col("primary_type_code").alias("type_code"), maintain_order=True
    ).agg(
        pl.len().alias("primary_count"),
        (pl.col("type_basis") == "human").sum().alias("human_count"),
        pl.col("problem_id").str.join(",").alias("source_ids"),
    )
    secondary = (
        units.select(
            "notice_id", "primary_type_code", pl.col("secondary_type_codes").str.split(",").alias("type_code")
        )
        .explode("type_code")
        .filter((pl.col("type_code") != "") & (pl.col("type_code") != pl.col("primary_type_code")))
        .group_by("notice_id", "type_code", maintain_order=True)
        .len("secondary_count")
    )
    n = pl.DataFrame(
        {
            "notice_id": list(comparison.by_id),
            "n_count": [comparison.unit_counts[comparison.unit].get(i, 0) for i in comparison.by_id],
        },
        schema={"notice_id": pl.String, "n_count": pl.Int64},
    )
    grid = (
        comparison.cells.select(KEYS)
        .join(types, how="cross", maintain_order="left")
        .join(n, on="notice_id", how="left", maintain_order="left")
    )
    grid = grid.join(primary, on=["notice_id", "type_code"], how="left", maintain_order="left").join(
        secondary, on=["notice_id", "type_code"], how="left", maintain_order="left"
    )
    known = pl.col("notice_id").is_not_null()
    zero = [
        pl.when(known).then(pl.col(c).fill_null(0)).otherwise(None).cast(pl.Int64).alias(c)
        for c in ("primary_count", "secondary_count", "human_count")
    ]
    drawn = common_size(comparison)
    grid = grid.with_columns(*zero).with_columns(
        (pl.col("primary_count") + pl.col("secondary_count")).alias("any_count"),
        *wilson_columns("primary_count", "n_count"),
        pl.lit(drawn, pl.Int64).alias("common_n"),
        pl.col("source_ids").fill_null(""),
        pl.lit(comparison.unit).alias("unit"),
        pl.lit("primary_type").alias("definition_code"),
    )
    chances: dict[tuple[int, int], float | None] = {}
    for count, total in grid.select("primary_count", "n_count").unique().iter_rows():
        chances[count, total] = (
            presence_at(count, total, drawn) if drawn and count is not None and total else None
        )
    flags = {
        i: join_flags(comparison.flags_for(i, "types", comparison.unit_counts[comparison.unit].get(i, 0)))
        for i in comparison.by_id
    }
    return out_frame(
        "out_type_counts",
        grid.with_columns(
            pl.Series(
                "presence_at_common_n",
                [chances.get(pair) for pair in grid.select("primary_count", "n_count").iter_rows()],
                dtype=pl.Float64,
            ),
            pl.Series("flags", [flags.get(i, "") for i in grid["notice_id"]], dtype=pl.String),
        ),
    )


def _own_counts(type_table: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``out_type_counts`` of real notices with units, without the undecided."""
    return type_table.filter(
        pl.col("notice_id").is_not_null() & (pl.col("n_count") > 0) & (pl.col("type_code") != UNCLASSIFIED)
    )


def type_prevalence(comparison: Comparison, type_table: pl.DataFrame) -> pl.DataFrame:
    """``out_type_prevalence``: 共性, over notices and over cities; every type, also those that occur nowhere."""
    own = _own_counts(type_table)
    rows: list[dict[str, Any]] = []
    for definition in ("notice", "city"):
        place = (
            pl.coalesce("city_code", "city_name", "notice_id")
            if definition == "city"
            else pl.col("notice_id")
        )
        per = own.group_by("type_code", place.alias("_key"), maintain_order=True).agg(
            (pl.col("primary_count") > 0).any().alias("present"),
            pl.col("presence_at_common_n").mean(),
            pl.col("primary_count").sum(),
        )
        grouped = per.group_by("type_code", maintain_order=True).agg(
            pl.col("present").sum(),
            pl.len().alias("n"),
            pl.col("presence_at_common_n").mean().alias("rarefied"),
            pl.col("primary_count").sum(),
            pl.col("_key").filter("present").alias("ids"),
        )
        found = {row["type_code"]: row for row in grouped.iter_rows(named=True)}
        shared = {
            flag
            for i in own["notice_id"].unique(maintain_order=True)
            for flag in comparison.flags_for(i, "types", comparison.unit_counts[comparison.unit].get(i, 0))
        }
        for kind in problem_types():
            if kind["code"] == UNCLASSIFIED:
                continue
            row = found.get(
                kind["code"], {"present": 0, "n": 0, "rarefied": None, "primary_count": 0, "ids": []}
            )
            low, high = wilson(row["present"], row["n"])
            rows.append(
                {
                    "type_code": kind["code"],
                    "type_label_zh": kind["label_zh"],
                    "type_label_en": kind["label_en"],
                    "dimension_code": kind["dimension_code"],
                    "unit": comparison.unit,
                    "definition_code": definition,
                    "present_count": row["present"],
                    "n_count": row["n"],
                    "share": row["present"] / row["n"] if row["n"] else None,
                    "wilson_low": low,
                    "wilson_high": high,
                    "common_n": common_size(comparison),
                    "rarefied_share": row["rarefied"],
                    "unit_count": row["primary_count"],
                    "flags": join_flags(shared),
                    "source_ids": join_ids(row["ids"]),
                }
            )
    return out_frame("out_type_prevalence", rows)


def overrepresentation(comparison: Comparison, type_table: pl.DataFrame) -> pl.DataFrame:
    """``out_overrepresentation``: each notice against all others, log-odds with an informative Dirichlet prior.

    Monroe, Colaresi & Quinn 2008: the prior is the pooled type mix, with the weight of
    one unit per type. Types that occur nowhere are left out; Holm runs over the whole table.
    """
    own = _own_counts(type_table)
    totals = {
        code: count
        for code, count in own.group_by("type_code", maintain_order=True)
        .agg(pl.col("primary_count").sum())
        .iter_rows()
        if count
    }
    sizes = dict(
        own.group_by("notice_id", maintain_order=True).agg(pl.col("primary_count").sum()).iter_rows()
    )
    whole = sum(totals.values())
    if len(sizes) < 2:
        return out_frame("out_overrepresentation", [])
    weight = len(totals)
    z = normal_quantile(0.975)
    rows: list[dict[str, Any]] = []
    for row in own.filter(pl.col("type_code").is_in(list(totals))).iter_rows(named=True):
        y, n = row["primary_count"], sizes[row["notice_id"]]
        other, other_n = totals[row["type_code"]] - y, whole - n
        if not n or not other_n:
            continue
        prior = weight * totals[row["type_code"]] / whole
        rest, other_rest = n + weight - y - prior, other_n + weight - other - prior
        if not rest or not other_rest:  # every unit of every notice is of this type
            continue
        delta = log((y + prior) / rest) - log((other + prior) / other_rest)
        # the paper leaves the last two terms out, which only holds for rare words
        error = sqrt(1 / (y + prior) + 1 / (other + prior) + 1 / rest + 1 / other_rest)
        rows.append(
            {
                **{k: row[k] for k in KEYS},
                **{
                    k: row[k]
                    for k in ("type_code", "type_label_zh", "type_label_en", "unit", "source_ids", "flags")
                },
                "definition_code": "primary_type_against_all_other_notices",
                "primary_count": y,
                "n_count": n,
                "other_count": other,
                "other_n_count": other_n,
                "share": y / n,
                "other_share": other / other_n,
                "log_odds": delta,
                "log_odds_low": delta - z * error,
                "log_odds_high": delta + z * error,
                "z_score": delta / error,
                "p_value": erfc(abs(delta / error) / sqrt(2)),
            }
        )
    for row, p in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        row["p_adjusted"] = p
        row["verdict_code"] = (
            "cannot_be_told_apart" if p is None or p >= ALPHA else "over" if row["log_odds"] > 0 else "under"
        )
    return out_frame("out_overrepresentation", rows)


def jensen_shannon(a: list[int], b: list[int]) -> float:
    """Jensen–Shannon divergence of two count vectors, in bits: 0 (same mix) to 1 (nothing in common)."""
    total_a, total_b = sum(a), sum(b)
    result = 0.0
    for x, y in zip(a, b, strict=True):
        p, q = x / total_a, y / total_b
        middle = (p + q) / 2
        result += (p * log(p / middle, 2) if p else 0) / 2 + (q * log(q / middle, 2) if q else 0) / 2
    return min(1.0, max(0.0, result))


def mix_distances(comparison: Comparison, type_table: pl.DataFrame) -> pl.DataFrame:
    """``out_mix_distances``: pairs of notices in display order, with the distance that chance alone would give at these sizes."""
    own = _own_counts(type_table)
    mixes: dict[str, list[int]] = {
        i: counts
        for i, counts in own.group_by("notice_id", maintain_order=True).agg("primary_count").iter_rows()
        if sum(counts)
    }
    notices = [comparison.by_id[i] for i in mixes]
    rows: list[dict[str, Any]] = []
    for a, b in combinations(notices, 2):
        if len(notices) > MOST_PAIRED and a["city_code"] != b["city_code"]:
            continue
        one, two = mixes[a["notice_id"]], mixes[b["notice_id"]]
        divergence = jensen_shannon(one, two)
        flags = {
            f
            for n, mix in ((a, one), (b, two))
            for f in comparison.flags_for(n["notice_id"], "types", sum(mix))
        }
        rows.append(
            {
                "notice_id_a": a["notice_id"],
                "notice_id_b": b["notice_id"],
                "label_a_zh": a["label_zh"],
                "label_b_zh": b["label_zh"],
                "label_a_en": a["label_en"],
                "label_b_en": b["label_en"],
                "unit": comparison.unit,
                "definition_code": "primary_type",
                "n_a_count": sum(one),
                "n_b_count": sum(two),
                "divergence_bits": divergence,
                "distance": sqrt(divergence),
                "expected_distance": _by_chance(one, two),
                "flags": join_flags(flags),
                "source_ids": join_ids([a["notice_id"], b["notice_id"]]),
            }
        )
    return out_frame("out_mix_distances", rows)


def _by_chance(one: list[int], two: list[int]) -> float:
    """Mean distance when the pooled units are dealt into the two sizes at random (seeded)."""
    import numpy as np

    pooled = np.array(one) + np.array(two)
    first = np.random.default_rng(SEED).multivariate_hypergeometric(
        pooled, sum(one), size=DEALS, method="marginals"
    )
    p, q = first / sum(one), (pooled - first) / sum(two)
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(p > 0, p * np.log2(p / middle), 0) + np.where(q > 0, q * np.log2(q / middle), 0)
    return float(np.sqrt(np.clip(parts.sum(axis=1) / 2, 0, 1)).mean())
