"""Problem types: counts on the complete grid, 共性 (how common), what is over-represented where, how mixes differ.

共性 asks in how many notices a type occurs at all. Notices differ in length, and a longer one holds more
types by chance, so presence is also given at equal size (Hurlbert rarefaction). The program errs in
coding: an interval of the prevalence that carries this is simulated from the statements kept aside.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import polars as pl

from analysis.compare.coding import coded_units
from analysis.compare.flagging import flagged
from analysis.compare.frames import IDS, Z, empty, shared, table, union_of_flags, wilson, with_keys
from analysis.compare.series import consecutive
from analysis.compare.stats import ALPHA, SEED, adjusted, detectable, two_sided
from analysis.compare.units import UNCLASSIFIED, problem_types, sizes, units
from analysis.selection import Ledger

PAIR_BOUND = (
    12  # notices up to which every pair is compared; above: consecutive rounds and nearest neighbours
)
LEAST_COMMON_SIZE = 10  # a notice with fewer units says little about which types there are
DEALS = 200
CODING_DRAWS = 1000
TYPE = ["type_code", "type_label_zh", "type_label_en"]


@shared
def common_size(ledger: Ledger, unit: str) -> int | None:
    """Units to which notices are brought: of the smallest with at least ten, else of the smallest that has any."""
    own = [n for n in sizes(ledger)[unit] if n]
    return min([n for n in own if n >= LEAST_COMMON_SIZE] or own, default=None)


def presence_at(count: pl.Series, total: pl.Series, drawn: int) -> pl.Series:
    """Chance that ``drawn`` units taken at random from ``total`` hold at least one of ``count`` (Hurlbert 1971).

    Null where ``total`` is smaller than ``drawn``.
    """
    import numpy as np
    from scipy.special import gammaln

    k, n = (s.cast(pl.Float64).to_numpy() for s in (count, total))
    left = n - k
    with np.errstate(invalid="ignore"):
        log_none = gammaln(left + 1) - gammaln(left - drawn + 1) - gammaln(n + 1) + gammaln(n - drawn + 1)
        found = np.where(left < drawn, 1.0, np.clip(-np.expm1(log_none), 0, 1))
    return pl.Series(np.where(n < drawn, np.nan, found)).fill_nan(None)


@table("out_type_counts")
def type_counts(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_type_counts``: every notice × every type; a type that a notice lacks is a true 0.

    ``primary_count`` of ``n_count`` = ``share``; ``any_count`` with further types;
    ``presence_at_common_n`` at ``common_n`` units drawn.
    """
    own = units(ledger, unit)
    primary = own.group_by(
        "notice_id", pl.col("primary_type_code").alias("type_code"), maintain_order=True
    ).agg(
        pl.len().cast(pl.Int64).alias("primary_count"),
        (pl.col("type_basis") == "human").sum().cast(pl.Int64).alias("human_count"),
        pl.col("problem_id").alias("source_ids"),
    )
    further = (
        own.with_columns(pl.col("secondary_type_codes").str.split(",").alias("type_code"))
        .explode("type_code")
        .filter((pl.col("type_code") != "") & (pl.col("type_code") != pl.col("primary_type_code")))
        .group_by("notice_id", "type_code")
        .agg(pl.len().cast(pl.Int64).alias("_further"))
    )
    drawn = common_size(ledger, unit)
    on = ["notice_id", "type_code"]
    grid = (
        sizes(ledger)
        .select("notice_id", n_count=unit)
        .join(problem_types(), how="cross", maintain_order="left_right")
        .join(primary, on=on, how="left", maintain_order="left")
        .join(further, on=on, how="left", maintain_order="left")
        .with_columns(pl.col("primary_count", "human_count", "_further").fill_null(0))
        .with_columns(
            (pl.col("primary_count") + pl.col("_further")).alias("any_count"),
            *wilson("primary_count", "n_count"),
            pl.lit(drawn, pl.Int64).alias("common_n"),
            pl.lit(unit).alias("unit"),
            pl.lit("primary_type").alias("definition_code"),
        )
    )
    presence = presence_at(grid["primary_count"], grid["n_count"], drawn or 1).alias("presence_at_common_n")
    grid = grid.with_columns(presence).with_columns(
        pl.when(pl.col("n_count") > 0).then("presence_at_common_n").alias("presence_at_common_n")
    )
    return flagged(ledger, with_keys(ledger, grid), "types", unit, "n_count")


@shared
def typed(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Rows of ``out_type_counts`` of notices with units, without the undecided."""
    return type_counts(ledger, unit).filter((pl.col("n_count") > 0) & (pl.col("type_code") != UNCLASSIFIED))


@table("out_type_prevalence")
def prevalence(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_type_prevalence``: 共性, over notices and over cities; every type, also those that occur nowhere.

    ``present_count`` of ``n_count`` notices (cities) = ``share`` with Wilson interval, ``rarefied_share`` at
    equal size, and ``coding_low``–``coding_high``: 95 % with the program's coding error and the sampling of
    notices both drawn (seeded), from its precision on the statements kept aside.
    """
    own = typed(ledger, unit)
    if own.is_empty():
        return empty("out_type_prevalence")
    place = pl.coalesce("city_code", "city_name", "notice_id")
    tables = []
    for definition, key in (("notice", pl.col("notice_id")), ("city", place)):
        per = own.group_by(*TYPE, "dimension_code", key.alias("_key"), maintain_order=True).agg(
            (pl.col("primary_count") > 0).any().alias("present"),
            pl.col("presence_at_common_n").mean(),
            pl.col("primary_count").sum(),
        )
        counted = per.group_by(*TYPE, "dimension_code", maintain_order=True).agg(
            pl.col("present").sum().cast(pl.Int64).alias("present_count"),
            pl.len().cast(pl.Int64).alias("n_count"),
            pl.col("presence_at_common_n").mean().alias("rarefied_share"),
            pl.col("primary_count").sum().alias("unit_count"),
            pl.col("_key").filter("present").alias("source_ids"),
        )
        keys = own.filter(pl.col("type_code") == own["type_code"][0]).select(key.alias("_key"))["_key"]
        tables.append(
            counted.with_columns(pl.lit(definition).alias("definition_code")).join(
                _with_coding_error(ledger, own, keys), on="type_code", how="left", maintain_order="left"
            )
        )
    flags = own.select(pl.col("flags").explode().unique())["flags"].drop_nulls().to_list()
    return (
        pl.concat(tables)
        .with_columns(
            *wilson("present_count", "n_count"),
            pl.lit(unit).alias("unit"),
            pl.lit(common_size(ledger, unit), pl.Int64).alias("common_n"),
            pl.lit(flags, dtype=IDS).alias("_all"),
        )
        .with_columns(union_of_flags("_all"))
    )


def _with_coding_error(ledger: Ledger, own: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    """``type_code, coding_low, coding_high``: the prevalence if codes are as often wrong as on statements kept aside.

    A unit's code holds with the drawn precision; else its type is another, as often as that type is coded
    elsewhere. Presence in a group of notices then has a closed chance; notices and precision are drawn.
    """
    import numpy as np

    kept = coded_units(ledger).filter(pl.col("sample_code") == "kept_aside")
    agreed = int((kept["human"] == kept["automatic"]).sum())
    count = own.pivot("type_code", index="notice_id", values="primary_count", maintain_order=True).drop(
        "notice_id"
    )
    y = count.to_numpy().astype(float)
    n = y.sum(axis=1, keepdims=True)
    mix = y.sum(axis=0) / max(1.0, y.sum())
    other = mix / max(1e-9, 1 - (mix**2).sum())  # what a unit is, given that it is not what it was coded
    _, group = np.unique(keys.to_numpy(), return_inverse=True)
    groups = int(np.max(group)) + 1
    rng = np.random.default_rng(SEED)
    draws = max(200, min(CODING_DRAWS, 2_000_000 // y.size))
    found = np.empty((draws, y.shape[1]))
    for draw in range(draws):
        wrong = 1 - rng.beta(agreed + 0.5, kept.height - agreed + 0.5)
        log_absent = y * np.log(wrong) + (n - y) * np.log1p(-np.clip(wrong * other, 0, 0.999999))
        absent = np.zeros((groups, y.shape[1]))
        np.add.at(absent, group, log_absent)
        present = (rng.random(absent.shape) > np.exp(absent)).sum(axis=0)
        found[draw] = rng.beta(present + 0.5, groups - present + 0.5)
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return pl.DataFrame({"type_code": count.columns, "coding_low": low, "coding_high": high})


@table("out_overrepresentation")
def overrepresentation(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_overrepresentation``: each notice against all others, log-odds with an informative Dirichlet prior.

    Monroe, Colaresi & Quinn 2008: the prior is the pooled type mix, with the weight of one unit per type.
    Types that occur nowhere are left out. ``p_adjusted`` (Holm over the table) decides ``verdict_code``;
    ``p_screened`` (Benjamini–Hochberg) only ``is_worth_a_look``; ``detectable_difference`` says what a
    difference of shares would have to be to be found.
    """
    y, total = pl.col("primary_count"), pl.col("_total")
    own = (
        typed(ledger, unit)
        .with_columns(y.sum().over("type_code").alias("_total"), y.sum().over("notice_id").alias("n_count"))
        .filter((total > 0) & (pl.col("n_count") > 0))
    )
    if own["notice_id"].n_unique() < 2:
        return empty("out_overrepresentation")
    whole, weight = own["primary_count"].sum(), own["type_code"].n_unique()
    prior = pl.lit(weight) * total / whole
    n, other, other_n = pl.col("n_count"), pl.col("other_count"), pl.col("other_n_count")
    rest, other_rest = n + weight - y - prior, other_n + weight - other - prior
    rows = (
        own.with_columns((total - y).alias("other_count"), (pl.lit(whole) - n).alias("other_n_count"))
        .filter(
            (other_n > 0) & (rest > 0) & (other_rest > 0)
        )  # else every unit of every notice is of this type
        .with_columns(
            (((y + prior) / rest).log() - ((other + prior) / other_rest).log()).alias("log_odds"),
            # the paper leaves the last two terms out, which only holds for rare words
            (1 / (y + prior) + 1 / (other + prior) + 1 / rest + 1 / other_rest).sqrt().alias("_error"),
            (y / n).alias("share"),
            (other / other_n).alias("other_share"),
            pl.lit("primary_type_against_all_other_notices").alias("definition_code"),
        )
        .with_columns(
            (pl.col("log_odds") - Z * pl.col("_error")).alias("log_odds_low"),
            (pl.col("log_odds") + Z * pl.col("_error")).alias("log_odds_high"),
            (pl.col("log_odds") / pl.col("_error")).alias("z_score"),
        )
    )
    p = two_sided(rows["z_score"])
    return rows.with_columns(
        p,
        adjusted(p, "holm").alias("p_adjusted"),
        adjusted(p, "fdr_bh").alias("p_screened"),
        detectable(rows["n_count"], rows["other_n_count"], rows["other_share"]),
    ).with_columns(
        (pl.col("p_screened") < ALPHA).alias("is_worth_a_look"),
        pl.when(pl.col("p_adjusted") >= ALPHA)
        .then(pl.lit("cannot_be_told_apart"))
        .when(pl.col("log_odds") > 0)
        .then(pl.lit("over"))
        .otherwise(pl.lit("under"))
        .alias("verdict_code"),
    )


@table("out_mix_distances")
def mix_distances(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_mix_distances``: how far apart type mixes are (Jensen–Shannon), with the distance by chance alone.

    ``pair_code`` all: every pair, up to PAIR_BOUND notices; above: consecutive (rounds of a body) and nearest.
    """
    import numpy as np

    own = typed(ledger, unit)
    if own.is_empty():
        return empty("out_mix_distances")
    mixes = own.pivot("type_code", index="notice_id", values="primary_count", maintain_order=True)
    mixes = mixes.filter(pl.sum_horizontal(pl.exclude("notice_id")) > 0)
    ids, counts = mixes["notice_id"].to_list(), mixes.drop("notice_id").to_numpy()
    place = {notice_id: i for i, notice_id in enumerate(ids)}
    pairs: dict[tuple[int, int], str] = {}
    if len(ids) <= PAIR_BOUND:
        pairs = dict.fromkeys(combinations(range(len(ids)), 2), "all")
    else:
        for a, b in consecutive(ledger).select("from_notice_id", "to_notice_id").iter_rows():
            if a in place and b in place:
                pairs[min(place[a], place[b]), max(place[a], place[b])] = "consecutive"
        for i in range(len(ids)):
            distance = _divergence(counts[i], counts)
            distance[i] = np.inf
            nearest = int(distance.argmin())
            pairs.setdefault((min(i, nearest), max(i, nearest)), "nearest")
    rows = [
        {
            "notice_id_a": ids[i],
            "notice_id_b": ids[j],
            "pair_code": pair,
            "n_a_count": int(counts[i].sum()),
            "n_b_count": int(counts[j].sum()),
            "divergence_bits": float(_divergence(counts[i], counts[j][None])[0]),
            "expected_distance": _by_chance(counts[i], counts[j]),
        }
        for (i, j), pair in sorted(pairs.items())
    ]
    if not rows:
        return empty("out_mix_distances")
    frame = pl.DataFrame(rows).with_columns(
        pl.col("divergence_bits").sqrt().alias("distance"),
        pl.lit(unit).alias("unit"),
        pl.lit("primary_type").alias("definition_code"),
        pl.concat_list("notice_id_a", "notice_id_b").alias("source_ids"),
    )
    return of_pairs(ledger, frame, "types", unit)


def of_pairs(ledger: Ledger, frame: pl.DataFrame, topic: str, unit: str, n: bool = True) -> pl.DataFrame:
    """``frame`` with the labels of ``notice_id_a`` and ``_b`` and the flags of both."""
    for side in "ab":
        own = frame.select(
            pl.col(f"notice_id_{side}").alias("notice_id"), *([f"n_{side}_count"] if n else [])
        ).unique(maintain_order=True)
        named = flagged(ledger, with_keys(ledger, own), topic, unit, f"n_{side}_count" if n else None)
        columns = {"notice_id": f"notice_id_{side}", "flags": f"_flags_{side}"}
        columns |= {f"label_{lang}": f"label_{side}_{lang}" for lang in ("zh", "en")}
        on = [f"notice_id_{side}", *([f"n_{side}_count"] if n else [])]
        named = named.rename(columns).select(*dict.fromkeys([*on, *columns.values()]))
        frame = frame.join(named, on=on, how="left", maintain_order="left", nulls_equal=True)
    return frame.with_columns(union_of_flags("_flags_a", "_flags_b"))


def _divergence(one: Any, others: Any) -> Any:
    """Jensen–Shannon divergence of a count vector from each row of others, in bits: 0 (same mix) to 1."""
    import numpy as np

    p, q = one / one.sum(), others / others.sum(axis=-1, keepdims=True)
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(p > 0, p * np.log2(p / middle), 0) + np.where(q > 0, q * np.log2(q / middle), 0)
    return np.clip(parts.sum(axis=-1) / 2, 0, 1)


def _by_chance(one: Any, two: Any) -> float:
    """Mean distance when the pooled units are dealt into the two sizes at random (seeded)."""
    import numpy as np

    pooled = one + two
    first = np.random.default_rng(SEED).multivariate_hypergeometric(
        pooled, int(one.sum()), size=DEALS, method="marginals"
    )
    p, q = first / one.sum(), (pooled - first) / two.sum()
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(p > 0, p * np.log2(p / middle), 0) + np.where(q > 0, q * np.log2(q / middle), 0)
    return float(np.sqrt(np.clip(parts.sum(axis=1) / 2, 0, 1)).mean())
