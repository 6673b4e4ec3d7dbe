"""What the completion ratios say, and what they do not."""

from __future__ import annotations

import polars as pl
from IPython.display import Markdown

from analysis.text.house import render

MOST_NOTICES = 8  # told one by one; of more, the range and the extremes of the definition


def completion(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """A headline with the range of the ratios, a line for each notice, and what is not published.

    ``frame``: rows of ``compare.completion``. The headline takes the best ratio that each notice
    offers: counted item by item, else the total it states.
    """
    known = frame.filter(pl.col("share").is_not_null())
    best = (
        known.filter(pl.col("definition_code").is_in(["itemised", "stated"]))
        .sort("definition_code")  # itemised before stated
        .unique("notice_id", keep="first", maintain_order=True)
    )
    spread = (
        known.group_by("notice_id", "unit", f"label_{lang}", maintain_order=True)
        .agg(
            (pl.col("share").max() - pl.col("share").min()).alias("spread"),
            pl.col("share").min().alias("low"),
        )
        .sort("spread", descending=True, maintain_order=True)
        .filter(pl.col("spread") > 0)
    )
    silent = frame.join(known, on="notice_id", how="anti").unique("notice_id", maintain_order=True)
    return render(
        "completion",
        lang,
        notices=[part.to_dicts() for part in known.partition_by("notice_id", maintain_order=True)],
        most=MOST_NOTICES,
        count=best.height,
        low=best["share"].min(),
        high=best["share"].max(),
        widest=spread.to_dicts()[0] if spread.height else None,
        silent=silent.to_dicts(),
    )
