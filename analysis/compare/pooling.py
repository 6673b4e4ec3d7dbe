"""Partial pooling: what a notice's ratio is worth beside the others', from about ten notices on.

Beta-binomial: the notices' shares come from one beta distribution; its mean and spread are fitted by
maximum marginal likelihood (empirical Bayes), and each notice's posterior is drawn towards the mean, the
more the fewer units it has. Not a ranking: bodies report on themselves, at different times.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from analysis.compare.flagging import flagged
from analysis.compare.frames import empty, table, wilson, with_keys
from analysis.compare.shares import shares
from analysis.compare.stats import ALPHA
from analysis.selection import Ledger

LEAST_NOTICES = 10
GROUP = ["definition_code", "unit", "basis_code"]


@table("out_pooled")
def pooled(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_pooled``: per definition, unit and basis each notice's raw ``share`` and its ``pooled_share``.

    ``mean_share`` with interval and ``between_sd`` describe all notices. Below ten notices nothing is pooled:
    ``verdict_code`` too_few and the pooled columns are null.
    """
    own = shares(ledger, unit).filter(
        (pl.col("definition_code") != "best_available")
        & pl.col("share").is_not_null()
        & pl.col("x_count").is_not_null()
        & (pl.col("n_count") > 0)
    )
    parts = [_pooled(part) for _, part in own.group_by(GROUP, maintain_order=True)]
    if not parts:
        return empty("out_pooled")
    nulls = empty("out_pooled").select(pl.col("^(pooled|mean)_.*$"), "between_sd")
    rows = pl.concat([*parts, nulls], how="diagonal_relaxed").with_columns(wilson())
    return flagged(ledger, with_keys(ledger, rows), "completion", unit, "n_count")


def _pooled(part: pl.DataFrame) -> pl.DataFrame:
    size = pl.lit(part.height).alias("notice_count")
    if part.height < LEAST_NOTICES:
        return part.with_columns(size, pl.lit("too_few").alias("verdict_code"))
    import numpy as np
    from scipy.stats import beta

    x, n = (part[c].to_numpy().astype(float) for c in ("x_count", "n_count"))
    found = fit_beta_binomial(x, n)
    a, b = found["mean"] * found["precision"], (1 - found["mean"]) * found["precision"]
    posterior = beta(a + x, b + n - x)
    return part.with_columns(
        size,
        pl.lit("pooled").alias("verdict_code"),
        pl.Series("pooled_share", posterior.mean()),
        pl.Series("pooled_low", posterior.ppf(ALPHA / 2)),
        pl.Series("pooled_high", posterior.ppf(1 - ALPHA / 2)),
        pl.lit(found["mean"]).alias("mean_share"),
        pl.lit(found["low"]).alias("mean_low"),
        pl.lit(found["high"]).alias("mean_high"),
        pl.lit(float(np.sqrt(found["mean"] * (1 - found["mean"]) / (found["precision"] + 1)))).alias(
            "between_sd"
        ),
    )


def fit_beta_binomial(x: Any, n: Any) -> dict[str, float]:
    """``mean``, its 95 % ``low`` and ``high`` (on the logit, by the curvature), and ``precision`` a + b.

    ``x`` of ``n`` per notice. A precision of a million means no spread beyond chance.
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit, logit
    from scipy.stats import betabinom

    def cost(theta: Any) -> float:
        mean, precision = expit(theta[0]), np.exp(theta[1])
        return -float(betabinom.logpmf(x, n, mean * precision, (1 - mean) * precision).sum())

    raw = np.clip((x.sum() + 0.5) / (n.sum() + 1), 1e-6, 1 - 1e-6)
    bounds = [(-14.0, 14.0), (np.log(1e-2), np.log(1e6))]
    starts = [np.array([logit(raw), np.log(p)]) for p in (2.0, 20.0, 2000.0)]
    best = min(
        (minimize(cost, start, method="L-BFGS-B", bounds=bounds) for start in starts), key=lambda fit: fit.fun
    )
    centre, step = best.x, 1e-3
    shifted = [cost(centre + np.array([d, 0.0])) for d in (-step, 0.0, step)]
    curvature = (shifted[0] - 2 * shifted[1] + shifted[2]) / step**2
    half = 1.959963984540054 / np.sqrt(curvature) if curvature > 0 else np.inf
    low, mean, high = expit(np.array([centre[0] - half, centre[0], centre[0] + half]))
    return {
        "mean": float(mean),
        "low": float(low),
        "high": float(high),
        "precision": float(np.exp(centre[1])),
    }
