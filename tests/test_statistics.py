"""Intervals and tests: a user would print a wrong interval, or call two cities different that are not."""

from __future__ import annotations

import polars as pl
import pytest

from analysis.compare.frames import newcombe, wilson
from analysis.compare.pooling import fit_beta_binomial
from analysis.compare.stats import adjusted, boschloo, detectable, fisher_rx2, goodman, jeffreys
from analysis.compare.units import done_statuses

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
    ((38, 60), (42, 44)),
    ((0, 5), (5, 5)),
    ((1, 40), (9, 35)),
]


def interval(x: int | None, n: int | None) -> tuple[float, float]:
    frame = pl.DataFrame({"x_count": [x], "n_count": [n]}, schema={"x_count": pl.Int64, "n_count": pl.Int64})
    return frame.select(wilson()).row(0)[1:]


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
    assert [round(100 * v, digits) for v in interval(x, n)] == [low, high]


def test_wilson_and_jeffreys_agree_with_scipy():
    from scipy.stats import beta, binomtest

    x, n = pl.Series([x for x, _ in SHARES]), pl.Series([n for _, n in SHARES])
    lows, highs = jeffreys(x, n)
    for (done, size), low, high in zip(SHARES, lows, highs, strict=True):
        reference = binomtest(done, size).proportion_ci(method="wilson")
        assert interval(done, size) == pytest.approx((reference.low, reference.high), abs=1e-12)
        assert low == pytest.approx(0 if done == 0 else beta.ppf(0.025, done + 0.5, size - done + 0.5))
        assert high == pytest.approx(1 if done == size else beta.ppf(0.975, done + 0.5, size - done + 0.5))


@pytest.mark.parametrize("a, b", PAIRS)
def test_differences_agree_with_statsmodels(a, b):
    from statsmodels.stats.proportion import confint_proportions_2indep

    sides = {
        f"{c}_{s}": [v] for s, pair in (("a", a), ("b", b)) for c, v in zip(("x", "n"), pair, strict=True)
    }
    frame = pl.DataFrame(sides).with_columns(
        *(e.name.suffix(f"_{s}") for s in "ab" for e in wilson(f"x_{s}", f"n_{s}"))
    )
    found = frame.select(newcombe()).row(0)
    reference = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert found == pytest.approx((a[0] / a[1] - b[0] / b[1], *reference), abs=1e-9)


def test_more_than_two_notices_cannot_be_told_apart_on_the_reference_figures():
    """Fisher R×C p = 0.13 and smallest Holm-adjusted pair p = 0.42 of the five reports."""
    done = [(50, 60), (14, 14), (42, 44), (15, 17)]
    p, how = fisher_rx2([(x, n - x) for x, n in done])
    assert (round(p, 2), how) == (0.13, "fisher_exact")
    pairs = pl.Series([boschloo(*done[i], *done[j]) for i in range(4) for j in range(i)])
    assert round(adjusted(pairs, "holm").min(), 2) == 0.42


def test_boschloo_is_the_same_from_both_sides_and_known_where_nothing_can_differ():
    assert boschloo(50, 60, 42, 44) == boschloo(42, 44, 50, 60)
    assert boschloo(0, 3, 0, 4) == boschloo(5, 5, 7, 7) == 1.0


def test_fisher_on_many_rows_agrees_with_scipy_and_is_the_same_every_time():
    import numpy as np
    from scipy.stats import PermutationMethod, fisher_exact

    table = [(50, 10), (14, 0), (42, 2), (15, 2), (30, 9), (12, 3)]
    reference = fisher_exact(np.array(table), method=PermutationMethod(n_resamples=4999, rng=1)).pvalue
    assert fisher_rx2(table)[0] == pytest.approx(reference, abs=0.03)
    many = [(40 + i, 9 + i % 5) for i in range(14)]
    first, how = fisher_rx2(many)
    assert how == "fisher_monte_carlo" and fisher_rx2(many)[0] == first
    assert fisher_rx2([(10, 0), (12, 0)])[0] == fisher_rx2([(3, 4)])[0] == 1.0
    p, how = fisher_rx2(many * 10)
    assert how == "chi_square" and 0 < p <= 1


def test_adjusted_p_values_and_goodman_agree_with_statsmodels():
    from statsmodels.stats.proportion import multinomial_proportions_confint

    assert adjusted(pl.Series([0.01, None, 0.02]), "holm").to_list() == [0.02, None, 0.02]
    assert adjusted(pl.Series([0.01, 0.02, 0.04]), "fdr_bh").to_list() == pytest.approx([0.03, 0.03, 0.04])
    assert adjusted(pl.Series([None, None], dtype=pl.Float64), "holm").to_list() == [None, None]
    for counts in ([38, 12, 10], [15, 2, 0], [1, 1, 58]):
        frame = pl.DataFrame({"x": counts}).with_columns(n=pl.col("x").sum())
        found = frame.select(goodman("x", "n", 3)).rows()
        for own, expected in zip(
            found, multinomial_proportions_confint(counts, method="goodman"), strict=True
        ):
            assert own == pytest.approx(tuple(expected), abs=1e-9)


@pytest.mark.parametrize(
    "n_a, n_b, one, of_six", [(60, 44, 24, 30), (60, 17, 34, 43), (14, 60, 38, 48), (14, 17, 47, 59)]
)
def test_what_would_not_be_found_is_the_published_reference(n_a, n_b, one, of_six):
    """80 % power at a baseline of 85 to 90 %, alone and with Holm over six pairs."""
    for tests, points in ((1, one), (6, of_six)):
        found = [
            100
            * min(
                detectable(pl.Series([a]), pl.Series([b]), pl.Series([share]), tests)[0]
                for a, b in ((n_a, n_b), (n_b, n_a))
            )
            for share in (0.85, 0.9)
        ]
        assert found[1] - 3 <= points <= found[0] + 4
    assert detectable(pl.Series([3]), pl.Series([2]), pl.Series([0.5]))[0] is None


def test_detectable_difference_agrees_with_the_power_of_statsmodels():
    from statsmodels.stats.proportion import power_proportions_2indep

    found = detectable(pl.Series([60]), pl.Series([44]), pl.Series([0.88]))[0]
    power = power_proportions_2indep(-found, 0.88, nobs1=44, ratio=60 / 44).power
    assert power == pytest.approx(0.8, abs=0.02)


def test_pooling_finds_the_mean_and_spread_that_made_the_data():
    import numpy as np

    rng = np.random.default_rng(11)
    n = rng.integers(10, 60, 300).astype(float)
    x = rng.binomial(n.astype(int), rng.beta(16, 4, 300)).astype(float)
    fit = fit_beta_binomial(x, n)
    assert fit["low"] < 0.8 < fit["high"] and fit["mean"] == pytest.approx(0.8, abs=0.02)
    assert fit["precision"] == pytest.approx(20, rel=0.35)
    same = fit_beta_binomial(np.array([39.0, 41.0] * 20), np.full(40, 50.0))
    assert same["precision"] > 200  # no spread beyond chance


def test_pooling_agrees_with_a_binomial_model_where_there_is_no_spread():
    import numpy as np
    import statsmodels.api as sm

    x, n = np.array([8.0, 17.0, 23.0, 40.0, 12.0]), np.array([10.0, 20.0, 30.0, 50.0, 15.0])
    model = sm.GLM(np.column_stack([x, n - x]), np.ones((5, 1)), family=sm.families.Binomial()).fit()
    low, high = 1 / (1 + np.exp(-model.conf_int()[0]))
    fit = fit_beta_binomial(x, n)
    assert (fit["mean"], fit["low"], fit["high"]) == pytest.approx((0.8, low, high), abs=2e-3)


def test_unknown_is_neither_zero_nor_one():
    assert interval(None, 10) == interval(0, 0) == (None, None)
    lows, highs = jeffreys(pl.Series([None, 3], dtype=pl.Int64), pl.Series([5, 0]))
    assert lows.to_list() == highs.to_list() == [None, None]


def test_every_definition_says_what_counts_as_done():
    assert done_statuses()["strict"] == ["completed"]
    assert set(done_statuses()["strict"]) < set(done_statuses()["itemised"]) < set(done_statuses()["lenient"])
