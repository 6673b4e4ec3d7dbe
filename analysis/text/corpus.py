"""How well the corpus was read, how to read the numbers, and how to use the suite."""

from __future__ import annotations

import polars as pl
from IPython.display import Markdown

from analysis.text.house import render

MOST_LISTED = 8
MOST_SIGNS = 2  # told of one notice; ``zhenggai review`` lists all


def misreadings(notices: pl.DataFrame) -> pl.DataFrame:
    """Notices that were probably read wrongly, least sure first: notice_id, label_*, codes (a list).

    ``notices``: ``ledger.notices``. The codes are those of codes_reading_doubts, strongest sign first.
    """
    return (
        notices.filter(pl.col("reading_doubt_codes") != "")
        .sort(pl.min_horizontal("reading_score", "status_score"), "notice_id")
        .select(
            "notice_id", "label_zh", "label_en", pl.col("reading_doubt_codes").str.split(",").alias("codes")
        )
    )


def quality(
    notices: pl.DataFrame,
    quarantine: pl.DataFrame,
    excluded: pl.DataFrame,
    agreement: pl.DataFrame,
    lang: str = "zh",
) -> Markdown:
    """How much was read, what was set aside, which notices were probably misread, why, and what to do about each.

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
        most_signs=MOST_SIGNS,
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
