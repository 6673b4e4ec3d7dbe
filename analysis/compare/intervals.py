"""Intervals of shares and adjusted p-values, in closed form where there is one.

The closed forms avoid importing scipy.stats and statsmodels (seconds per process); the tests
hold them against both libraries. Sources: Wilson 1927; Brown, Cai & DasGupta 2001 (Jeffreys);
Newcombe 1998, method 10 (difference); Goodman 1965 (simultaneous multinomial); Holm 1979.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import sqrt
from statistics import NormalDist

Interval = tuple[float | None, float | None]
LEVEL = 0.95
NO_INTERVAL: Interval = (None, None)


@cache
def normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def _check(x: int, n: int) -> None:
    if not 0 <= x <= n:
        raise ValueError(f"a share needs 0 <= x <= n, got {x} of {n}")


def wilson(x: int | None, n: int | None, level: float = LEVEL) -> Interval:
    """Wilson score interval of x/n; (None, None) where x or n is unknown or n is 0."""
    if x is None or not n:
        return NO_INTERVAL
    _check(x, n)
    z = normal_quantile(0.5 + level / 2)
    share, spread = x / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return (0.0 if x == 0 else max(0.0, centre - half)), (1.0 if x == n else min(1.0, centre + half))


def jeffreys(x: int | None, n: int | None, level: float = LEVEL) -> Interval:
    """Equal-tailed Beta(x + 1/2, n − x + 1/2) interval, with the limit 0 at x = 0 and 1 at x = n."""
    if x is None or not n:
        return NO_INTERVAL
    _check(x, n)
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(betaincinv(x + 0.5, n - x + 0.5, tail))
    high = 1.0 if x == n else float(betaincinv(x + 0.5, n - x + 0.5, 1 - tail))
    return low, high


def newcombe(x_a: int, n_a: int, x_b: int, n_b: int, level: float = LEVEL) -> tuple[float, float, float]:
    """Difference x_a/n_a − x_b/n_b and its interval from the two Wilson intervals; both n must be above 0."""
    low_a, high_a = wilson(x_a, n_a, level)
    low_b, high_b = wilson(x_b, n_b, level)
    if low_a is None or low_b is None or high_a is None or high_b is None:
        raise ValueError(f"a difference needs two shares, got {x_a} of {n_a} and {x_b} of {n_b}")
    a, b = x_a / n_a, x_b / n_b
    return (
        a - b,
        a - b - sqrt((a - low_a) ** 2 + (high_b - b) ** 2),
        a - b + sqrt((high_a - a) ** 2 + (b - low_b) ** 2),
    )


def goodman(counts: Sequence[int], level: float = LEVEL) -> list[Interval]:
    """Simultaneous intervals of the shares of a multinomial; no interval where all counts are 0."""
    n, k = sum(counts), len(counts)
    if not n:
        return [NO_INTERVAL] * k
    chi = normal_quantile(1 - (1 - level) / (2 * k)) ** 2
    result = []
    for x in counts:
        half = sqrt(chi * (chi + 4 * x * (n - x) / n))
        result.append(
            (
                max(0.0, (chi + 2 * x - half) / (2 * (chi + n))),
                min(1.0, (chi + 2 * x + half) / (2 * (chi + n))),
            )
        )
    return result


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm-adjusted p-values in the order given; None stays None and does not count as a test."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, i) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[i] = highest
    return adjusted


def missing_bounds(x: int, missing: int, total: int) -> Interval:
    """Manski bounds of a share when ``missing`` of ``total`` results are not stated."""
    if not total:
        return NO_INTERVAL
    return x / total, (x + missing) / total
