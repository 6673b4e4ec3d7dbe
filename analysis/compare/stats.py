"""Intervals, tests and power: scipy and statsmodels, imported when called; closed forms on columns.

Newcombe and Wilson on columns stand in ``frames``. statsmodels' ``confint_proportions_2indep(method="score")``
is not used for differences: its restricted estimate is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import comb, sqrt
from typing import Any

import polars as pl

TIE = 1e-7  # relative slack under which two probabilities count as equal (as R and scipy do)
ENUMERATION_LIMIT = 200_000
DRAWS = 10_000
MOST_DRAWN = 100  # rows up to which random tables are drawn
SEED = 20240208
ALPHA, POWER = 0.05, 0.80
EXACT_PAIRS = 40_000  # 2×2 tables of one pair (n_a × n_b) up to which Boschloo's test is computed


def jeffreys(x: pl.Series, n: pl.Series) -> tuple[pl.Series, pl.Series]:
    """``jeffreys_low``, ``jeffreys_high``: 95 % of Beta(x + ½, n − x + ½), 0 at x = 0 and 1 at x = n; null stays."""
    import numpy as np
    from scipy.special import betaincinv

    done, size = (s.cast(pl.Float64).to_numpy() for s in (x, n))
    valid = (size > 0) & (done >= 0) & (done <= size)
    a, b = np.where(valid, done + 0.5, 1.0), np.where(valid, size - done + 0.5, 1.0)
    low = np.where(done == 0, 0.0, betaincinv(a, b, 0.025))
    high = np.where(done == size, 1.0, betaincinv(a, b, 0.975))
    bounds = [np.where(valid, bound, np.nan) for bound in (low, high)]
    return (
        pl.Series("jeffreys_low", bounds[0]).fill_nan(None),
        pl.Series("jeffreys_high", bounds[1]).fill_nan(None),
    )


def goodman(x: str, n: str, cells: int) -> list[pl.Expr]:
    """``goodman_low``, ``goodman_high``: simultaneous 95 % intervals of the shares of ``cells`` cells (Goodman 1965)."""
    from statistics import NormalDist

    chi = NormalDist().inv_cdf(1 - 0.05 / (2 * cells)) ** 2
    count, size = pl.col(x), pl.when(pl.col(n) > 0).then(pl.col(n))
    half = (chi * (chi + 4 * count * (size - count) / size)).sqrt()
    return [
        ((chi + 2 * count - half) / (2 * (chi + size))).clip(0, 1).alias("goodman_low"),
        ((chi + 2 * count + half) / (2 * (chi + size))).clip(0, 1).alias("goodman_high"),
    ]


def boschloo(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Two-sided exact p of two shares (Boschloo); Fisher's where the table is too large to enumerate."""
    return _boschloo(*min((x_a, n_a, x_b, n_b), (x_b, n_b, x_a, n_a)))


@lru_cache(maxsize=65_536)
def _boschloo(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    from scipy.stats import boschloo_exact

    if n_a * n_b > EXACT_PAIRS:
        return fisher(x_a, n_a, x_b, n_b)
    p = boschloo_exact([[x_a, x_b], [n_a - x_a, n_b - x_b]], n=16).pvalue
    return 1.0 if p != p else min(1.0, float(p))  # NaN where all or none are done


@lru_cache(maxsize=65_536)
def fisher(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Two-sided Fisher exact p."""
    from scipy.stats import fisher_exact

    return float(fisher_exact([[x_a, x_b], [n_a - x_a, n_b - x_b]]).pvalue)


def fisher_rx2(table: Iterable[tuple[int, int]]) -> tuple[float, str]:
    """p of Fisher's test on rows (done, not done), and how: fisher_exact, fisher_monte_carlo or chi_square.

    scipy's test of more than two rows draws random tables; here it is exact while the number of tables
    allows, else drawn with a fixed seed, and Pearson's beyond a hundred rows.
    """
    rows = [row for row in table if sum(row)]
    sizes = [done + rest for done, rest in rows]
    column = min(zip(*rows, strict=True), key=sum, default=())
    total = sum(column)
    if len(rows) < 2 or not total:
        return 1.0, "fisher_exact"
    if comb(total + len(rows) - 1, len(rows) - 1) > ENUMERATION_LIMIT:
        if len(rows) <= MOST_DRAWN:
            return _drawn(sizes, column), "fisher_monte_carlo"
        from scipy.stats import chi2_contingency

        return float(chi2_contingency(rows, correction=False).pvalue), "chi_square"
    observed = 1
    ways: dict[int, list[int]] = {0: [1]}  # so far in the column → the weight of each way to get there
    for size, count in zip(sizes, column, strict=True):
        observed *= comb(size, count)
        grown: dict[int, list[int]] = {}
        for used, weights in ways.items():
            for k in range(min(size, total - used) + 1):
                grown.setdefault(used + k, []).extend(weight * comb(size, k) for weight in weights)
        ways = grown
    extreme = sum(weight for weight in ways[total] if weight <= observed * (1 + TIE))
    return min(1.0, extreme / comb(sum(sizes), total)), "fisher_exact"


def _drawn(sizes: Sequence[int], column: Sequence[int]) -> float:
    import numpy as np
    from scipy.special import gammaln

    size = np.array(sizes)

    def log_weight(counts: Any) -> Any:
        return -(gammaln(counts + 1) + gammaln(size - counts + 1)).sum(axis=-1)

    rng = np.random.default_rng(SEED)
    drawn = rng.multivariate_hypergeometric(sizes, sum(column), size=DRAWS, method="marginals")
    hits = int((log_weight(drawn) <= log_weight(np.array(column)) + TIE).sum())
    return (hits + 1) / (DRAWS + 1)


def adjusted(p_values: pl.Series, method: str) -> pl.Series:
    """p-values adjusted by ``holm`` or ``fdr_bh`` (Benjamini–Hochberg); null stays null and counts as no test."""
    known = p_values.drop_nulls()
    if known.is_empty():
        return p_values.cast(pl.Float64)
    from statsmodels.stats.multitest import multipletests

    found = iter(multipletests(known.to_numpy(), method=method)[1].tolist())
    return pl.Series(p_values.name, [None if p is None else next(found) for p in p_values], dtype=pl.Float64)


def detectable(n_a: pl.Series, n_b: pl.Series, share: pl.Series, tests: int = 1) -> pl.Series:
    """``detectable_difference``: the smallest difference from ``share`` that n_a against n_b would show.

    With 80 % power at 5 % two-sided, shared out over ``tests`` (Bonferroni); normal approximation, towards
    the middle of the scale. Null where even the greatest possible difference would not do, or n is 0.
    """
    from statistics import NormalDist

    import numpy as np

    normal = NormalDist()
    z, power = normal.inv_cdf(1 - ALPHA / (2 * max(1, tests))), normal.inv_cdf(POWER)
    first, second, p = (s.cast(pl.Float64).to_numpy() for s in (n_a, n_b, share))
    sign = np.where(p > 0.5, -1, 1)

    def shown(difference: Any) -> Any:
        other = p + sign * difference
        spread = p * (1 - p) / first + other * (1 - other) / second
        pooled = (p * first + other * second) / (first + second)
        null = pooled * (1 - pooled) * (1 / first + 1 / second)
        return difference >= z * np.sqrt(np.clip(null, 0, None)) + power * np.sqrt(np.clip(spread, 0, None))

    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.zeros_like(p), np.where(p > 0.5, p, 1 - p)
        possible = shown(high)
        for _ in range(40):
            middle = (low + high) / 2
            enough = shown(middle)
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return pl.Series("detectable_difference", np.where(possible, high, np.nan)).fill_nan(None)


def two_sided(z: pl.Series) -> pl.Series:
    """``p_value`` of standard normal scores."""
    from scipy.special import erfc

    return pl.Series("p_value", erfc(abs(z.to_numpy()) / sqrt(2)))
