"""What came back: earlier findings that a text says stayed open (复发), and statements that resemble each other.

The first is the body's own word. The second are suggestions for a reader and never a finding: character
2- and 3-grams of the statement, tf-idf weighted, compared by cosine between notices; the words of
judgement that every notice uses (lookup verdict_words) are masked, or every 不到位 would resemble every other.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import polars as pl

from analysis.compare.flagging import flagged
from analysis.compare.frames import empty, flag_list, table, wilson
from analysis.compare.kinds import of_pairs
from analysis.compare.series import ordered
from analysis.compare.units import done_statuses, units
from analysis.lookups import load_csv
from analysis.selection import Ledger

LEAST = 0.3
MOST_SAME_BODY, MOST_ACROSS = 400, 200
NEAREST = 1  # across bodies: pairs a statement may stand in, above PAIR_STATEMENTS statements
PAIR_STATEMENTS = 2000
SIZES = (2, 3)
MOST_HOLDERS = 60  # an n-gram in more statements than this tells nothing apart
LONGEST = 400  # characters of a statement that are compared
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")
_DROPPED = {"R", "N", "T", "D", "U"}  # these concern this notice's own results, not what an earlier one found


@table("out_recurrences")
def recurrences(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_recurrences``: one row per self-reported statement; ``x_count`` of ``n_count`` earlier findings still open.

    x is what the text states, else what it lists under the problem (then ``is_lower_bound``).
    """
    listed = (
        ledger.problems.filter(pl.col("parent_problem_id").is_not_null())
        .group_by(pl.col("parent_problem_id").alias("problem_id"))
        .agg(pl.len().cast(pl.Int64).alias("listed_count"))
    )
    earlier, stated = pl.col("earlier_count"), pl.col("still_open_count")
    x, n = pl.col("x_count"), pl.col("n_count")
    rows = (
        ledger.recurrences.join(listed, on="problem_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(stated, pl.when(earlier.is_not_null()).then("listed_count")).alias("x_count"),
            pl.lit("earlier_finding").alias("unit"),
            pl.lit("self_reported").alias("definition_code"),
            pl.concat_list("recurrence_id", "problem_id").alias("source_ids"),
        )
        .with_columns(
            pl.when(x.is_null() | earlier.is_null() | (x <= earlier)).then(earlier).alias("n_count"),
            (stated.is_null() & x.is_not_null()).alias("is_lower_bound"),
        )
        .with_columns(wilson())
        .with_columns(
            pl.when(n.is_not_null() & x.is_not_null()).then(pl.col("share", "wilson_low", "wilson_high"))
        )
    )
    held = flagged(ledger, rows, "completion", unit)
    return held.with_columns(
        flag_list(
            lambda flag: (
                pl.lit(False)
                if flag in _DROPPED
                else pl.lit(True)
                if flag == "S"
                else pl.col("flags").list.contains(flag)
            )
        ).alias("flags")
    )


@cache
def _verdicts() -> re.Pattern[str]:
    words = sorted((row["word"] for row in load_csv("compare/verdict_words")), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def grams(statement: str) -> Counter[str]:
    """n-gram → how often, with verdict words and punctuation as breaks."""
    parts = _NOT_WORDS.split(_verdicts().sub(" ", statement[:LONGEST]))
    return Counter(
        part[i : i + size] for part in parts for size in SIZES for i in range(len(part) - size + 1)
    )


def _similarities(statements: list[str], notices: list[str]) -> tuple[Any, Any, Any]:
    """Rows, columns (i < j, different notices) and cosine of statements at or above LEAST, by sparse product."""
    import numpy as np
    from scipy.sparse import csr_matrix, triu

    vocabulary: dict[str, int] = {}
    data, columns, ends = [], [], [0]
    for statement in statements:
        for gram, count in grams(statement).items():
            columns.append(vocabulary.setdefault(gram, len(vocabulary)))
            data.append(count)
        ends.append(len(columns))
    shape = (len(statements), max(1, len(vocabulary)))
    counts = csr_matrix((np.array(data, dtype=float), np.array(columns, dtype=int), ends), shape=shape)
    holders = np.bincount(columns, minlength=shape[1])
    weighted = counts.multiply(np.log((1 + shape[0]) / (1 + holders)) + 1).tocsr()
    length = np.sqrt(weighted.multiply(weighted).sum(axis=1)).A1
    telling = weighted[:, (holders > 1) & (holders <= MOST_HOLDERS)]
    product = triu(telling @ telling.T, k=1).tocoo()
    name = np.unique(np.array(notices), return_inverse=True)[1]
    score = product.data / (length[product.row] * length[product.col])
    kept = (score >= LEAST) & (name[product.row] != name[product.col])
    return product.row[kept], product.col[kept], np.minimum(score[kept], 1.0)


@table("out_similar_statements")
def similar(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_similar_statements``: pairs of statements of different notices at or above 0.3, same body first.

    At most 400 pairs of one body and 200 across bodies, each most similar first; above 2,000 statements
    across bodies only each one's nearest. ``found_again``: an earlier round of the same body called it
    completed by the item's own words. ``n_count``: cross-notice pairs looked at.
    """
    rank = ordered(ledger).select("notice_id", "round_number")
    own = (
        units(ledger, unit)
        .join(
            ledger.problems.select("problem_id", "statement_text"),
            on="problem_id",
            how="left",
            maintain_order="left",
        )
        .join(
            ledger.notices.select("notice_id", "body_id"), on="notice_id", how="left", maintain_order="left"
        )
        .join(rank, on="notice_id", how="left", maintain_order="left")
        .with_row_index("_i")
    )
    notices = own["notice_id"].to_list()
    rows, columns, scores = _similarities(own["statement_text"].fill_null("").to_list(), notices)
    if not len(scores):
        return empty("out_similar_statements")
    looked_at = (len(notices) ** 2 - sum(size * size for size in Counter(notices).values())) // 2
    numbers = ["problem_id", "notice_id", "body_id", "primary_type_code", "reported_code", "round_number"]
    side = own.select("_i", *numbers)
    frame = pl.DataFrame({"_a": rows, "_b": columns, "similarity": scores}).with_columns(
        pl.col("_a", "_b").cast(pl.UInt32)
    )
    for name in "ab":
        frame = frame.join(
            side.rename({"_i": f"_{name}", **{c: f"{c}_{name}" for c in numbers}}), on=f"_{name}", how="left"
        )
    frame = frame.with_columns((pl.col("body_id_a") == pl.col("body_id_b")).alias("same_body")).sort(
        "same_body", "similarity", "_a", "_b", descending=[True, True, False, False]
    )
    if len(notices) > PAIR_STATEMENTS:
        place = [pl.int_range(pl.len()).over("same_body", side) for side in ("_a", "_b")]
        frame = frame.filter(pl.col("same_body") | (pl.min_horizontal(place) < NEAREST))
    most = pl.when("same_body").then(MOST_SAME_BODY).otherwise(MOST_ACROSS)
    frame = frame.filter(pl.int_range(pl.len()).over("same_body") < most)
    done = done_statuses()["lenient"]
    a_first = pl.col("round_number_a") < pl.col("round_number_b")
    b_first = pl.col("round_number_b") < pl.col("round_number_a")
    again = (a_first & pl.col("reported_code_a").is_in(done)) | (
        b_first & pl.col("reported_code_b").is_in(done)
    )
    frame = frame.with_columns(
        (pl.col("primary_type_code_a") == pl.col("primary_type_code_b")).alias("shares_type"),
        pl.col("reported_code_a").alias("status_code_a"),
        pl.col("reported_code_b").alias("status_code_b"),
        (pl.col("same_body") & again).fill_null(False).alias("found_again"),
        pl.lit(unit).alias("unit"),
        pl.lit("cosine_of_character_2_3_grams_tfidf_verdict_words_masked").alias("definition_code"),
        pl.lit(looked_at).alias("n_count"),
        pl.lit(True).alias("is_suggestion"),
        pl.concat_list("problem_id_a", "problem_id_b").alias("source_ids"),
    )
    return of_pairs(ledger, frame, "types", unit, n=False)
