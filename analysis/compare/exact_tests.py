"""Exact tests on tables of done and not done.

Boschloo's test and the R×2 Fisher test are computed here by enumeration: deterministic, a few
milliseconds each, and without importing scipy.stats, whose R×C test draws random tables by
default. The tests hold both against scipy.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, lgamma
from typing import Any

TIE = 1e-7  # relative slack under which two probabilities count as equal (as R and scipy do)
NUISANCE_GRID = 101
REFINEMENTS = 4
ENUMERATION_LIMIT = 200_000
DRAWS = 10_000
SEED = 20240208


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


@lru_cache(maxsize=4096)
def fisher_2x2(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Two-sided Fisher exact p: tables as likely as the observed one, or less."""
    done, total = x_a + x_b, n_a + n_b
    low, high = max(0, done - n_b), min(done, n_a)
    weights = {k: comb(n_a, k) * comb(n_b, done - k) for k in range(low, high + 1)}
    observed = weights[x_a]
    return min(1.0, sum(w for w in weights.values() if w <= observed * (1 + TIE)) / comb(total, done))


@lru_cache(maxsize=4096)
def boschloo(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Two-sided Boschloo p (twice the smaller one-sided one): Fisher's p as statistic, maximised over the common share."""
    return min(1.0, 2 * min(_one_sided(x_a, n_a, x_b, n_b), _one_sided(x_b, n_b, x_a, n_a)))


def _one_sided(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """p for the first share being the greater."""
    import numpy as np

    tail = _fisher_tails(n_a, n_b)
    extreme = (tail <= tail[x_a, x_b] * (1 + 1e-13)).astype(float)

    def size(shares: Any) -> Any:
        return np.einsum(
            "ga,ab,gb->g", _binomials(n_a, shares), extreme, _binomials(n_b, shares), optimize=True
        )

    low, high = 0.0, 1.0
    best = 0.0
    for _ in range(REFINEMENTS):
        shares = np.linspace(low, high, NUISANCE_GRID)
        sizes = size(shares)
        top = int(sizes.argmax())
        best = max(best, float(sizes[top]))
        low, high = float(shares[max(0, top - 1)]), float(shares[min(len(shares) - 1, top + 1)])
    return min(1.0, best)


def _binomials(n: int, shares: Any) -> Any:
    """Binomial probabilities, shape (shares, n + 1)."""
    import numpy as np

    k = np.arange(n + 1)
    logs = np.array([_log_choose(n, i) for i in range(n + 1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(k == 0, 0.0, k * np.log(shares)[:, None])
        down = np.where(k == n, 0.0, (n - k) * np.log1p(-shares)[:, None])
    return np.exp(logs + up + down)


@lru_cache(maxsize=64)
def _fisher_tails(n_a: int, n_b: int) -> Any:
    """One-sided Fisher p of every table with these row totals: chance of a first count as great or greater."""
    import numpy as np

    tails = np.ones((n_a + 1, n_b + 1))
    log_a = [_log_choose(n_a, i) for i in range(n_a + 1)]
    log_b = [_log_choose(n_b, i) for i in range(n_b + 1)]
    for done in range(n_a + n_b + 1):
        whole = _log_choose(n_a + n_b, done)
        rows = np.arange(max(0, done - n_b), min(done, n_a) + 1)
        chances = np.exp(np.array([log_a[k] + log_b[done - k] - whole for k in rows]))
        tails[rows, done - rows] = np.cumsum(chances[::-1])[::-1]
    return tails


def fisher_rx2(table: list[tuple[int, int]]) -> tuple[float, str]:
    """p of Fisher's exact test on rows (done, not done), and how: ``fisher_exact`` or ``fisher_monte_carlo``.

    Exact by enumeration while the number of tables allows; else 10,000 seeded random tables.
    Remembered, since several definitions often give the same table.
    """
    return _fisher_rx2(tuple(table))


@lru_cache(maxsize=256)
def _fisher_rx2(table: tuple[tuple[int, int], ...]) -> tuple[float, str]:
    sizes = [done + rest for done, rest in table]
    left = [rest for _, rest in table]
    open_total = sum(left)
    if min(len(table), open_total, sum(sizes) - open_total) < 1:
        return 1.0, "fisher_exact"
    if sum(sizes) - open_total < open_total:
        left, open_total = [done for done, _ in table], sum(sizes) - open_total
    if comb(open_total + len(table) - 1, len(table) - 1) > ENUMERATION_LIMIT:
        return _monte_carlo(sizes, left), "fisher_monte_carlo"
    whole = comb(sum(sizes), open_total)
    observed = 1
    for size, count in zip(sizes, left, strict=True):
        observed *= comb(size, count)
    # partial sums: (open so far) → list of weights of each way to reach it
    ways: dict[int, list[int]] = {0: [1]}
    for size in sizes:
        grown: dict[int, list[int]] = {}
        for used, weights in ways.items():
            for count in range(min(size, open_total - used) + 1):
                factor = comb(size, count)
                grown.setdefault(used + count, []).extend(w * factor for w in weights)
        ways = grown
    limit = observed * (1 + TIE)
    return min(1.0, sum(w for w in ways[open_total] if w <= limit) / whole), "fisher_exact"


def _monte_carlo(sizes: list[int], left: list[int]) -> float:
    import numpy as np

    def log_weight(counts: Any) -> Any:
        tables = [np.array([_log_choose(size, k) for k in range(size + 1)]) for size in sizes]
        return sum(table[counts[..., i]] for i, table in enumerate(tables))

    rng = np.random.default_rng(SEED)
    drawn = rng.multivariate_hypergeometric(sizes, sum(left), size=DRAWS, method="marginals")
    hits = int((log_weight(drawn) <= log_weight(np.array(left)) + TIE).sum())
    return (hits + 1) / (DRAWS + 1)
