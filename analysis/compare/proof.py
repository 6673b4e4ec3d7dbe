"""What stands behind each item: dates, documents, sanctions, money, and how its measures are worded.

Wording is not proof. An item without hard evidence may be done; one with evidence may not be. Said to be
completed is only what an item's own words say: a total decides no item.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import polars as pl

from analysis.compare.copying import Copies, Run, covered, places, plain
from analysis.compare.flagging import flagged
from analysis.compare.frames import empty, shared, table, wilson, with_keys
from analysis.compare.kinds import of_pairs
from analysis.compare.units import done_statuses, problem_types, units
from analysis.lookups import load_csv
from analysis.selection import Ledger

ISSUED = ["issued", "made", "revised", "adopted"]  # codes_actions: the text says the document came about
MOST_REUSE = 2000  # pairs of items that out_reuse holds
_TITLE = re.compile(r"《[^《》]{0,80}》")
SHARES = (  # code, zh, en, which items have it
    (
        "hard_evidence",
        "有硬依据（已发生的日期、有文号的文件、数量、处理处分、金额）",
        "Hard evidence (dated event, numbered document, quantity, sanction, money)",
        pl.col("has_hard_evidence"),
    ),
    ("no_hard_evidence", "无硬依据", "No hard evidence", ~pl.col("has_hard_evidence")),
    ("dated_event", "有日期的事件", "A dated event", pl.col("dated_event_count") > 0),
    ("document", "制发文件", "A document issued or revised", pl.col("document_count") > 0),
    (
        "numbered_document",
        "有文号的文件",
        "A document with its number",
        pl.col("numbered_document_count") > 0,
    ),
    ("quantity", "有数量", "A quantity", pl.col("quantity_count") > 0),
    ("money", "有金额", "A sum of money", pl.col("money_count") > 0),
    ("sanction", "有处理处分", "A sanction or formal talk", pl.col("sanction_count") > 0),
    (
        "intent",
        "含将来或意向表述",
        "Wording of the future or of intent",
        pl.col("intent_count") > 0,
    ),
    (
        "reused_half",
        "半数以上文字与本通报其他问题逐字相同",
        "Half or more of the text stands word for word under another problem of the notice",
        pl.col("reused_share") >= 0.5,
    ),
)


@cache
def _intent() -> list[tuple[str, re.Pattern[str]]]:
    return [(row["word"], re.compile(row["pattern"])) for row in load_csv("compare/intent_words")]


def intent_words(text: str) -> list[str]:
    """Words of the future or of intent (lookup intent_words), in order of place; words inside 《…》 are none."""
    bare = _TITLE.sub(lambda m: "《" + "　" * (len(m.group()) - 2) + "》", text)
    held = [(word, pattern) for word, pattern in _intent() if word in bare]
    return [word for _, word in sorted((m.start(), word) for word, p in held for m in p.finditer(bare))]


def sanction_count(text: pl.Expr) -> pl.Expr:
    """Sanctions and formal reminders named in a text (lookup sanction_words)."""
    pattern = "|".join(row["pattern"] for row in load_csv("compare/sanction_words"))
    return text.str.replace_all(_TITLE.pattern, "《》").str.count_matches(pattern).cast(pl.Int64)


@shared
def _texts(ledger: Ledger) -> pl.DataFrame:
    """Leaf items with the ``text`` of their measures and its ``plain`` form; one row each, in text order."""
    joined = ledger.measures.group_by("problem_id", maintain_order=True).agg(
        pl.col("measure_text").str.join("\n").alias("text")
    )
    items = units(ledger, "item").join(joined, on="problem_id", how="left", maintain_order="left")
    items = items.with_columns(pl.col("text").fill_null(""))
    return items.with_columns(pl.Series("plain", [plain(text) for text in items["text"]], dtype=pl.String))


@shared
def _copies(ledger: Ledger) -> Copies:
    items = _texts(ledger)
    return Copies(items["plain"].to_list(), items["notice_id"].rank("dense").to_list())


def _counted(frame: pl.DataFrame, id_column: str, name: str) -> pl.DataFrame:
    """Per problem: how many rows (``name_count``) and their IDs (``name_ids``)."""
    return (
        frame.filter(pl.col("problem_id").is_not_null())
        .group_by("problem_id", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias(f"{name}_count"), pl.col(id_column).alias(f"{name}_ids"))
    )


@table("out_evidence")
def evidence(ledger: Ledger, completion: str = "lenient") -> pl.DataFrame:
    """``out_evidence``: one row per leaf item: what its measures show, and whether it is said to be completed.

    Hard evidence: a dated event in the past, a document with its number, a quantity, a sanction, money.
    ``completion`` (strict, lenient) says which results count as done.
    """
    in_measures = pl.col("part_code").is_in(["measure", "other"])
    documents = ledger.citations.filter(pl.col("is_document"))
    quantities = ledger.quantities.filter(in_measures)
    found = {
        "dated_event": _counted(
            ledger.events.filter(
                in_measures & ~pl.col("is_planned") & pl.col("date_precision").is_in(["day", "month"])
            ),
            "event_id",
            "dated_event",
        ),
        "document": _counted(
            documents.filter(pl.col("action_code").is_in(ISSUED)), "citation_id", "document"
        ),
        "numbered_document": _counted(
            documents.filter(pl.col("document_number").is_not_null()), "citation_id", "numbered_document"
        ),
        "quantity": _counted(quantities, "figure_id", "quantity"),
        "money": _counted(quantities.filter(pl.col("figure_kind") == "money"), "figure_id", "money"),
    }
    within, across = _copies(ledger).shares()
    items = _texts(ledger).with_columns(
        pl.Series("reused_share", within), pl.Series("reused_across_share", across)
    )
    for frame in found.values():
        items = items.join(frame, on="problem_id", how="left", maintain_order="left")
    intents = [intent_words(text) for text in items["text"]]
    hard = ("dated_event", "numbered_document", "quantity", "sanction", "money")
    rows = (
        items.with_columns(pl.col(f"{name}_count").fill_null(0) for name in found)
        .with_columns(
            sanction_count(pl.col("text")).alias("sanction_count"),
            pl.Series("intent_count", [len(words) for words in intents], dtype=pl.Int64),
            pl.Series("intent_words", [",".join(dict.fromkeys(words)) for words in intents], dtype=pl.String),
            pl.col("reported_code").is_in(done_statuses()[completion]).alias("is_said_completed"),
            pl.lit("item").alias("unit"),
            pl.lit("wording_of_measures").alias("definition_code"),
            pl.col("plain").str.len_chars().cast(pl.Int64).alias("n_count"),
            pl.concat_list(pl.col(f"{n}_ids").fill_null([]) for n in found if n != "money")
            .list.unique(maintain_order=True)
            .alias("source_ids"),
        )
        .with_columns(
            pl.sum_horizontal((pl.col(f"{kind}_count") > 0).cast(pl.Int64) for kind in hard).alias(
                "evidence_kind_count"
            )
        )
        .with_columns(
            (pl.col("evidence_kind_count") > 0).alias("has_hard_evidence"),
            (pl.col("is_said_completed") & (pl.col("intent_count") > 0)).alias("has_intent_in_completed"),
        )
    )
    return flagged(ledger, with_keys(ledger, rows), "evidence", "problem")


@table("out_evidence_by_notice")
def evidence_by_notice(ledger: Ledger, completion: str = "lenient") -> pl.DataFrame:
    """``out_evidence_by_notice``: shares of leaf items with each kind of evidence, per notice.

    ``scope_code`` completed (said to be completed by their own words) or all; a notice that says so of no
    item has no row of scope completed.
    """
    rows = evidence(ledger, completion).drop("flags", "source_ids", "definition_code")
    scopes = {"completed": rows.filter("is_said_completed"), "all": rows}
    parts = [
        scoped.group_by("notice_id", maintain_order=True)
        .agg(
            has.sum().cast(pl.Int64).alias("x_count"),
            pl.len().cast(pl.Int64).alias("n_count"),
            pl.col("problem_id").filter(has).alias("source_ids"),
        )
        .with_columns(
            pl.lit(scope).alias("scope_code"),
            pl.lit(code).alias("measure_code"),
            pl.lit(zh).alias("measure_label_zh"),
            pl.lit(en).alias("measure_label_en"),
        )
        for scope, scoped in scopes.items()
        for code, zh, en, has in SHARES
    ]
    every = pl.concat(parts).with_columns(
        *wilson(),
        pl.lit("item").alias("unit"),
        pl.lit("wording_of_measures").alias("definition_code"),
    )
    return flagged(ledger, with_keys(ledger, every), "evidence", "problem", "n_count")


@table("out_reuse")
def reuse(ledger: Ledger) -> pl.DataFrame:
    """``out_reuse``: pairs of leaf items whose measures share text word for word, most shared first, at most 2,000.

    ``run_start_a``–``run_end_a``: the longest run as a span of the first item's notice text; null where it
    runs over two measures.
    """
    items, runs = _texts(ledger), _copies(ledger).runs(MOST_REUSE)
    found = sorted(
        ((sum(r[2] for r in own), pair) for pair, own in runs.items()), key=lambda t: (-t[0], t[1])
    )
    if not found:
        return empty("out_reuse")
    ids, notices = items["problem_id"].to_list(), items["notice_id"].to_list()
    lengths = items["plain"].str.len_chars().to_list()
    starts = {
        row[0]: row[1:]
        for row in ledger.measures.group_by("problem_id").agg("char_start", "measure_text").iter_rows()
    }
    rows: list[dict[str, Any]] = []
    for total, (i, j) in found[:MOST_REUSE]:
        own = runs[i, j]
        longest = max(own, key=lambda r: (r[2], -r[0]))
        start, end = _place(longest, *starts[ids[i]])
        rows.append(
            {
                "problem_id_a": ids[i],
                "problem_id_b": ids[j],
                "notice_id_a": notices[i],
                "notice_id_b": notices[j],
                "scope_code": "within" if notices[i] == notices[j] else "across",
                "shared_char_count": total,
                "longest_run_count": longest[2],
                "n_a_count": lengths[i],
                "n_b_count": lengths[j],
                "share_a": covered(lengths[i], [(r[0], r[0] + r[2]) for r in own]),
                "share_b": covered(lengths[j], [(r[1], r[1] + r[2]) for r in own]),
                "run_start_a": start,
                "run_end_a": end,
            }
        )
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.lit("item").alias("unit"),
        pl.lit("identical_runs_of_13_characters_or_more").alias("definition_code"),
        pl.concat_list("problem_id_a", "problem_id_b").alias("source_ids"),
    )
    return of_pairs(ledger, frame, "evidence", "problem", n=False)


def _place(run: Run, starts: list[int], texts: list[str]) -> tuple[int | None, int | None]:
    """Span of a run of the first item in the notice's text; null where it runs over two measures."""
    where = places("\n".join(texts))
    first, last = where[run[0]], where[run[0] + run[2] - 1]
    offset = 0
    for char_start, text in zip(starts, texts, strict=True):
        if offset <= first and last < offset + len(text):
            return char_start + first - offset, char_start + last - offset + 1
        offset += len(text) + 1
    return None, None


@table("out_measures_by_type")
def measures_by_type(ledger: Ledger) -> pl.DataFrame:
    """``out_measures_by_type``: of the measures under problems of a type, how many are of which kind.

    ``x_count`` of ``n_count`` measures = ``share``, over all selected notices. A measure may be of several kinds
    (lookup measure_kinds) or of none (``kind_code`` other).
    """
    typed = ledger.measures.select("measure_id", "problem_id", "measure_text").join(
        units(ledger, "item").select("problem_id", pl.col("primary_type_code").alias("type_code")),
        on="problem_id",
        how="inner",
        maintain_order="left",
    )
    kinds = load_csv("compare/measure_kinds")
    has = {row["code"]: pl.col("measure_text").str.contains(row["pattern"]) for row in kinds}
    typed = typed.with_columns(**has).with_columns(other=~pl.any_horizontal(*has))
    labels = [(row["code"], row["label_zh"], row["label_en"]) for row in kinds] + [("other", "其他", "other")]
    parts = [
        typed.group_by("type_code", maintain_order=True).agg(
            pl.lit(code).first().alias("kind_code"),
            pl.lit(zh).first().alias("kind_label_zh"),
            pl.lit(en).first().alias("kind_label_en"),
            pl.col(code).sum().cast(pl.Int64).alias("x_count"),
            pl.len().cast(pl.Int64).alias("n_count"),
            pl.col("measure_id").filter(pl.col(code)).alias("source_ids"),
        )
        for code, zh, en in labels
    ]
    return (
        problem_types()
        .join(pl.concat(parts), on="type_code", how="inner", maintain_order="left_right")
        .filter(pl.col("x_count") > 0)
        .with_columns(
            *wilson(),
            pl.lit("measure").alias("unit"),
            pl.lit("words_of_the_measure").alias("definition_code"),
            pl.lit([], dtype=pl.List(pl.String)).alias("flags"),
        )
    )
