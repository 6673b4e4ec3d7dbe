"""Intervals and tests: a user would print a wrong interval, or call two cities different that are not."""

from __future__ import annotations

import math

import pytest

from analysis.compare.exact_tests import boschloo, fisher_2x2, fisher_rx2
from analysis.compare.intervals import goodman, holm, jeffreys, missing_bounds, newcombe, wilson

SHARES = [
    (53, 60),
    (50, 60),
    (38, 60),
    (14, 14),
    (42, 44),
    (15, 17),
    (0, 7),
    (1, 1),
    (3, 5),
    (5, 5),
    (7, 31),
    (412, 697),
]
PAIRS = [
    ((50, 60), (14, 14)),
    ((50, 60), (42, 44)),
    ((14, 14), (15, 17)),
    ((38, 60), (42, 44)),
    ((0, 5), (5, 5)),
    ((3, 9), (3, 9)),
    ((1, 40), (9, 35)),
]


@pytest.mark.parametrize(
    "x, n, low, high",
    [
        (53, 60, 77.8, 94.2),
        (50, 60, 72.0, 90.7),
        (38, 60, 50.7, 74.4),
        (14, 14, 78.5, 100),
        (42, 44, 84.9, 98.7),
        (15, 17, 65.7, 96.7),
        (3, 5, 23, 88),
        (5, 5, 57, 100),
    ],
)
def test_wilson_gives_the_published_reference_values(x, n, low, high):
    digits = 0 if n == 5 else 1
    assert [round(100 * v, digits) for v in wilson(x, n)] == [low, high]


@pytest.mark.parametrize("x, n", SHARES)
def test_wilson_and_jeffreys_agree_with_scipy_and_statsmodels(x, n):
    from scipy.stats import beta, binomtest

    reference = binomtest(x, n).proportion_ci(method="wilson")
    assert wilson(x, n) == pytest.approx((reference.low, reference.high), abs=1e-12)
    low, high = jeffreys(x, n)
    assert low == pytest.approx(0 if x == 0 else beta.ppf(0.025, x + 0.5, n - x + 0.5))
    assert high == pytest.approx(1 if x == n else beta.ppf(0.975, x + 0.5, n - x + 0.5))


@pytest.mark.parametrize("a, b", PAIRS)
def test_pair_tests_agree_with_scipy_and_statsmodels(a, b):
    from scipy.stats import boschloo_exact, fisher_exact
    from statsmodels.stats.proportion import confint_proportions_2indep

    table = [[a[0], b[0]], [a[1] - a[0], b[1] - b[0]]]
    assert boschloo(*a, *b) == pytest.approx(boschloo_exact(table, n=64).pvalue, rel=2e-3, abs=1e-9)
    assert fisher_2x2(*a, *b) == pytest.approx(fisher_exact(table).pvalue, rel=1e-9)
    reference = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert newcombe(*a, *b)[1:] == pytest.approx(reference, abs=1e-9)


def test_more_than_two_notices_cannot_be_told_apart_on_the_reference_figures():
    """Fisher R×C p = 0.13 and smallest Holm-adjusted pair p = 0.42 of the five reports."""
    done = [(50, 60), (14, 14), (42, 44), (15, 17)]
    p, how = fisher_rx2([(x, n - x) for x, n in done])
    assert (round(p, 2), how) == (0.13, "fisher_exact")
    pairs = [boschloo(*done[i], *done[j]) for i in range(4) for j in range(i)]
    assert round(min(holm(pairs)), 2) == 0.42


def test_fisher_on_many_rows_agrees_with_scipy_and_is_the_same_every_time():
    from scipy.stats import PermutationMethod, fisher_exact

    table = [(50, 10), (14, 0), (42, 2), (15, 2), (30, 9), (12, 3)]
    import numpy as np

    reference = fisher_exact(np.array(table), method=PermutationMethod(n_resamples=9999, rng=1)).pvalue
    assert fisher_rx2(table)[0] == pytest.approx(reference, abs=0.02)
    many = [(40 + i, 9 + i % 5) for i in range(14)]
    first, how = fisher_rx2(many)
    assert how == "fisher_monte_carlo" and fisher_rx2(many)[0] == first
    assert fisher_rx2([(10, 0), (12, 0)])[0] == 1.0


def test_holm_and_goodman_agree_with_statsmodels():
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.proportion import multinomial_proportions_confint

    p_values = [0.01, 0.04, 0.03, 0.5, 0.02]
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))
    assert holm([0.01, None, 0.02]) == [0.02, None, 0.02]
    for counts in ([38, 12, 10], [15, 2, 0], [1, 1, 58]):
        reference = multinomial_proportions_confint(counts, method="goodman")
        for found, expected in zip(goodman(counts), reference, strict=True):
            assert found == pytest.approx(tuple(expected), abs=1e-9)


def test_unknown_is_neither_zero_nor_one():
    assert wilson(None, 10) == wilson(0, 0) == jeffreys(None, None) == (None, None)
    assert missing_bounds(1, 43, 44) == (1 / 44, 1.0)
    with pytest.raises(ValueError):
        wilson(5, 4)
    assert not math.isnan(boschloo(0, 3, 0, 4))
