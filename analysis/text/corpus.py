"""How well the corpus was read, how to read the numbers, and how to use the suite."""

from __future__ import annotations

import polars as pl
from IPython.display import Markdown

from analysis.text.house import render

LOW_READING, LOW_COVERAGE = 0.8, 0.95
MOST_LISTED = 8


def misreadings(notices: pl.DataFrame) -> pl.DataFrame:
    """Notices that may have been read wrongly: notice_id, label_*, reason_code, shown (a number of the reason).

    ``notices``: ``ledger.notices``. Reasons: another structure fits as well, the reading is unsure, text was
    left unread, an excerpt is suspected.
    """
    other = (pl.col("alternative_problem_count") != pl.col("problem_count")).fill_null(False)
    tests = [
        ("low_score", pl.col("reading_score") < LOW_READING, pl.col("reading_score")),
        ("unread", pl.col("coverage_share") < LOW_COVERAGE, 1 - pl.col("coverage_share")),
        ("alternative", other, pl.col("alternative_problem_count").cast(pl.Float64)),
        ("excerpt", pl.col("is_excerpt").fill_null(False), pl.lit(None, dtype=pl.Float64)),
    ]
    found = [
        notices.filter(test).select(
            "notice_id",
            "label_zh",
            "label_en",
            "problem_count",
            pl.lit(code).alias("reason_code"),
            shown.alias("shown"),
        )
        for code, test, shown in tests
    ]
    return pl.concat(found)


def quality(
    notices: pl.DataFrame,
    quarantine: pl.DataFrame,
    excluded: pl.DataFrame,
    agreement: pl.DataFrame,
    lang: str = "zh",
) -> Markdown:
    """How much was read, what was set aside, which notices may be misread and what to do about each.

    ``notices``, ``quarantine``, ``excluded``: of the ledger; ``agreement``: rows of ``compare.coding_agreement``.
    """
    overall = agreement.filter(pl.col("scope_code") == "overall")
    unseen = overall.filter(~pl.col("is_in_sample"))
    doubts = misreadings(notices)
    return render(
        "quality",
        lang,
        notices=notices.height,
        covered=notices["coverage_share"].min(),
        aside=quarantine.height,
        excluded=excluded.height,
        doubts=doubts.head(MOST_LISTED).to_dicts(),
        doubt_count=doubts.height,
        unseen=unseen.row(0, named=True) if unseen.height else None,
    )


def method(flags: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How the numbers are made and what they do not say, once; the flags that change how a number is read.

    ``flags``: rows of ``compare.flags``.
    """
    raised = (
        flags.group_by("flag_code", f"flag_label_{lang}", maintain_order=True)
        .agg(pl.col("notice_id").n_unique().alias("notices"))
        .sort("notices", descending=True, maintain_order=True)
    )
    return render("method", lang, flags=raised.to_dicts(), total=flags["n_count"].max() or 0)


def robustness(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Which headline claims change under another defensible choice.

    ``frame``: rows of ``compare.robustness``.
    """
    others = frame.filter((pl.col("choice_code") != "base") & pl.col("holds").is_not_null())
    claims = [part.to_dicts() for part in others.partition_by("claim_code", maintain_order=True)]
    return render("robustness", lang, claims=claims)


def start(lang: str = "zh") -> Markdown:
    """How to use the notebooks, in a screen."""
    return render("start", lang)
