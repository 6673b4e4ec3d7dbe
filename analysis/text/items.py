"""What is still open, what came back, what stands behind "completed", and how long it all took."""

from __future__ import annotations

import re

import polars as pl
from IPython.display import Markdown

from analysis.compare.proof import intent_words
from analysis.text.house import render

MOST_QUOTES = 6
SENTENCE_END = "[。；;\n]"
CLAUSE = re.compile(r"[^，,]+[，,]?")
AROUND = 56  # characters shown around wording of the future


def open_items(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How much is not finished, and how long ago the oldest was fed back.

    ``frame``: rows of ``compare.open_items``.
    """
    return render(
        "open_items",
        lang,
        total=frame.height,
        notices=frame["notice_id"].n_unique(),
        oldest=frame["age_days"].max(),
    )


def recurrences(frame: pl.DataFrame, quotes: pl.DataFrame, lang: str = "zh") -> Markdown:
    """What earlier inspections or audits had found and the notices say is still there, in their words.

    ``frame``: rows of ``compare.recurrences``; ``quotes``: ``ledger.recurrences``. A statement under a
    sub-item of a problem that says the same is not told again.
    """
    rows = frame.join(
        quotes.select("recurrence_id", "quote_text"), on="recurrence_id", how="left", maintain_order="left"
    )
    told = rows.filter(~pl.col("problem_id").str.replace(r"\.\d+$", "").is_in(rows["problem_id"].implode())
                       | ~pl.col("problem_id").str.contains(r"\.\d+$"))  # fmt: skip
    counted = told.filter(pl.col("x_count").is_not_null()).sort(
        "x_count", descending=True, maintain_order=True
    )
    others = told.filter(pl.col("x_count").is_null())
    shown = pl.concat([counted, others]).head(MOST_QUOTES)
    return render(
        "recurrences",
        lang,
        total=told.height,
        notices=told["notice_id"].n_unique(),
        counted=counted.to_dicts(),
        rows=shown.to_dicts(),
    )


def evidence(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How many problems reported completed cite nothing hard, and how many still speak of the future.

    ``frame``: rows of ``compare.evidence_by_notice``.
    """
    rows = frame.filter((pl.col("scope_code") == "completed") & (pl.col("n_count") > 0))
    sums = rows.group_by("measure_code").agg(pl.col("x_count", "n_count").sum())
    by_code = {row["measure_code"]: (row["x_count"], row["n_count"]) for row in sums.to_dicts()}
    return render(
        "evidence",
        lang,
        found=by_code,
        n=max((n for _, n in by_code.values()), default=0),
        notices=rows["notice_id"].n_unique(),
    )


def intent_sentences(evidence: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """The first sentence with wording of the future in each problem reported completed, one row a problem.

    ``evidence``: rows of ``compare.evidence``; ``measures``: ``ledger.measures``. Columns of ``evidence`` and
    ``measure_id``, ``sentence``.
    """
    flagged = evidence.filter(pl.col("has_intent_in_completed"))
    sentences = (
        measures.filter(pl.col("problem_id").is_in(flagged["problem_id"].implode()))
        .select("problem_id", "measure_id", pl.col("measure_text").str.replace_all(SENTENCE_END, "\x1f"))
        .with_columns(pl.col("measure_text").str.split("\x1f").alias("sentence"))
        .explode("sentence")
        .with_columns(pl.col("sentence").map_elements(around_intent, return_dtype=pl.String))
        .filter(pl.col("sentence") != "")
        .unique("problem_id", keep="first", maintain_order=True)
    )
    return flagged.join(
        sentences.select("problem_id", "measure_id", "sentence"),
        on="problem_id",
        how="inner",
        maintain_order="left",
    )


def around_intent(sentence: str) -> str:
    """The clauses around the first wording of the future, cut to a line; empty where there is none."""
    clauses = CLAUSE.findall(sentence.strip())
    place = next((i for i, clause in enumerate(clauses) if intent_words(clause)), None)
    if place is None:
        return ""
    first = last = place
    while True:
        if first > 0 and sum(map(len, clauses[first - 1 : last + 1])) <= AROUND:
            first -= 1
        elif last + 1 < len(clauses) and sum(map(len, clauses[first : last + 2])) <= AROUND:
            last += 1
        else:
            break
    shown = "".join(clauses[first : last + 1]).rstrip("，,")
    return ("…" if first else "") + shown + ("…" if last + 1 < len(clauses) else "")


def intent(evidence: pl.DataFrame, measures: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Examples of problems said to be completed whose measures still speak of the future, with the sentence."""
    rows = intent_sentences(evidence, measures)
    turn = pl.int_range(pl.len()).over("notice_id")  # each notice has its turn before one speaks twice
    shown = rows.with_columns(turn.alias("turn")).sort("turn", maintain_order=True).head(MOST_QUOTES)
    return render("intent", lang, rows=shown.to_dicts(), total=rows.height)


def timeline(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How long it took from feedback to publication, and for which notices that is not known or cannot be.

    ``frame``: rows of ``compare.timeline``.
    """
    days = frame.select(
        "notice_id",
        f"label_{lang}",
        pl.coalesce("feedback_to_publication_days", "feedback_to_cutoff_days").alias("days"),
    )
    known = days.filter(pl.col("days") >= 0)
    return render(
        "timeline",
        lang,
        total=frame.height,
        known=known.height,
        low=known["days"].min(),
        high=known["days"].max(),
        middle=known["days"].median(),
        unknown=days.filter(pl.col("days").is_null())[f"label_{lang}"].to_list(),
        backward=days.filter(pl.col("days") < 0)[
            f"label_{lang}"
        ].to_list(),  # the dates contradict each other
    )
