"""Are the completion ratios of notices different at all? Exact tests, adjusted; no ranking.

Within one definition the ratios must share unit and basis, or the pair is refused with the reason.
``best_available`` (items, else totals) mixes bases on purpose: it exists only to ask whether the notices
can be told apart at all, and is flagged D.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import polars as pl

from analysis.compare.flagging import flagged
from analysis.compare.frames import IDS, flag_list, newcombe, table, union_of_flags, wilson, with_keys
from analysis.compare.kinds import PAIR_BOUND
from analysis.compare.series import consecutive
from analysis.compare.shares import shares
from analysis.compare.stats import (
    ALPHA,
    EXACT_PAIRS,
    adjusted,
    boschloo,
    detectable,
    fisher,
    fisher_rx2,
)
from analysis.selection import Ledger

UNIT_NAMES = {
    "problem": ("问题", "problems"),
    "item": ("事项", "leaf items"),
    "task": ("任务", "tasks"),
    "measure": ("措施", "measures"),
}
BASIS_NAMES = {
    "items": ("逐项结果", "counted from items"),
    "total": ("总数", "taken from the notice's total"),
}
UNIT_REFUSAL = (
    "计数单位不同，不能相比：{}。请统一单位（参数 unit）后再比。",
    "The units differ and cannot be compared: {}. Choose one unit (parameter unit) for all.",
)
BASIS_REFUSAL = (
    "依据不同，不能相比：{}。逐项数与总数所用的“完成”字样未必同义。",
    "The bases differ and cannot be compared: {}. A total and the items need not mean the same by “done”.",
)
MOST_NAMED = 3
Words = tuple[str, str]


@table("out_differences")
def differences(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_differences``: per definition one ``overall`` row and its pairs, the first less the second.

    Pairs: every one up to PAIR_BOUND notices, above that the consecutive rounds of a body. ``p_value``
    Boschloo (pair) or R×C Fisher (overall), ``p_adjusted`` Holm over the pairs of a definition;
    ``detectable_difference``: what would be found with 80 % power. ``verdict_code`` never says who is better.
    """
    own = with_keys(ledger, shares(ledger, unit).drop("note", "source_ids"))
    own = flagged(ledger, own.with_columns(wilson()[1:]), "completion", unit, "n_count")
    own = own.with_columns(
        pl.col("share")
        .is_not_null()
        .and_(pl.col("x_count").is_not_null(), pl.col("n_count") > 0)
        .alias("usable")
    )
    parts = []
    for (definition,), part in own.group_by("definition_code", maintain_order=True):
        parts += [_overall(str(definition), unit, part), _pairs(ledger, str(definition), unit, part)]
    return pl.concat(parts, how="diagonal_relaxed")


def refusal(used: pl.DataFrame, definition: str = "") -> Words | None:
    """Why rows (``unit, basis_code, label_zh, label_en``) may not be set side by side; None where they may."""
    checks = [("unit", UNIT_NAMES, UNIT_REFUSAL)]
    if definition != "best_available":
        checks.append(("basis_code", BASIS_NAMES, BASIS_REFUSAL))
    for column, names, words in checks:
        groups = used.group_by(column, maintain_order=True).agg("label_zh", "label_en").rows()
        if len(groups) > 1:
            zh = "；".join(f"{_who(labels, '、')}按{names[code][0]}计" for code, labels, _ in groups)
            en = "; ".join(f"{_who(labels, ', ')}: {names[code][1]}" for code, _, labels in groups)
            return words[0].format(zh), words[1].format(en)
    return None


def _who(labels: list[str], separator: str) -> str:
    return separator.join(labels[:MOST_NAMED]) + (" …" if len(labels) > MOST_NAMED else "")


def _overall(definition: str, unit: str, own: pl.DataFrame) -> pl.DataFrame:
    used = own.filter("usable")
    held = pl.Series(used["flags"].explode(), dtype=pl.String).drop_nulls().unique().to_list()
    mixed = {"D": used["basis_code"].n_unique() > 1, "U": used["unit"].n_unique() > 1}
    row: dict[str, Any] = {
        "comparison_code": "overall",
        "definition_code": definition,
        "unit": unit,
        "notice_count": used.height,
        "verdict_code": "not_comparable",
        "test_code": "none",
    }
    refused = (
        (
            "有此口径比例的通报不足两份，无从比较。",
            "Fewer than two notices have a share on this definition: nothing to compare.",
        )
        if used.height < 2
        else refusal(used, definition)
    )
    if refused is None:
        done = [(x, n - x) for x, n in used.select("x_count", "n_count").iter_rows()]
        p, how = fisher_rx2(done)
        differs = p < ALPHA
        row |= {
            "n_count": used["n_count"].sum(),
            "p_value": p,
            "p_adjusted": p,
            "test_code": how,
            "verdict_code": "differs" if differs else "cannot_be_told_apart",
        }
        refused = (
            f"{used.height}份通报合并检验（Fisher，p = {p:.2g}）："
            + ("至少有一份与其余不同；这不说明孰优孰劣。" if differs else "不能区分；不能区分不等于相同。"),
            f"All {used.height} notices at once (Fisher, p = {p:.2g}): "
            + (
                "at least one differs; this does not say which is better."
                if differs
                else "they cannot be told apart, which is not the same as being equal."
            ),
        )
    row |= {"reason_zh": refused[0], "reason_en": refused[1]}
    return pl.DataFrame([row]).with_columns(
        flag_list(lambda flag: pl.lit(flag in held or mixed.get(flag, False))).alias("flags"),
        pl.lit(used["notice_id"].to_list(), dtype=IDS).alias("source_ids"),
    )


def _pairs(ledger: Ledger, definition: str, unit: str, own: pl.DataFrame) -> pl.DataFrame:
    ids = own["notice_id"].to_list()
    pairs = list(combinations(ids, 2))
    if len(ids) > PAIR_BOUND:
        pairs = consecutive(ledger).select("from_notice_id", "to_notice_id").rows()
    numbers = ["label_zh", "label_en", "unit", "basis_code", "x_count", "n_count", "share", "usable", "flags"]
    numbers += ["wilson_low", "wilson_high"]
    rows = pl.DataFrame(pairs, schema={"notice_id_a": pl.String, "notice_id_b": pl.String}, orient="row")
    for side in "ab":
        rows = rows.join(
            own.select("notice_id", *numbers).rename({c: f"{c}_{side}" for c in ["notice_id", *numbers]}),
            on=f"notice_id_{side}",
            how="left",
            maintain_order="left",
        )
    reasons = [_refused(row, definition) for row in rows.iter_rows(named=True)]
    tested = pl.Series("_tested", [reason is None for reason in reasons], dtype=pl.Boolean)
    counts = [
        row if ok else None
        for ok, row in zip(
            tested, rows.select("x_count_a", "n_count_a", "x_count_b", "n_count_b").rows(), strict=True
        )
    ]
    p = pl.Series("p_value", [boschloo(*row) if row else None for row in counts], dtype=pl.Float64)
    p_fisher = pl.Series(
        "fisher_p_value", [fisher(*row) if row else None for row in counts], dtype=pl.Float64
    )
    both = (pl.col("x_count_a") + pl.col("x_count_b")) / (pl.col("n_count_a") + pl.col("n_count_b"))
    rows = rows.with_columns(both.alias("_both"))
    tests = int(tested.sum())
    rows = (
        rows.with_columns(
            tested,
            p,
            p_fisher,
            adjusted(p, "holm").alias("p_adjusted"),
            adjusted(p_fisher, "holm").alias("fisher_p_adjusted"),
            detectable(rows["n_count_a"], rows["n_count_b"], rows["_both"], tests),
            *newcombe(),
            union_of_flags("flags_a", "flags_b"),
            (pl.col("n_count_a") + pl.col("n_count_b")).alias("n_count"),
            pl.concat_list("notice_id_a", "notice_id_b").alias("source_ids"),
            pl.lit("pair").alias("comparison_code"),
            pl.lit(definition).alias("definition_code"),
            pl.lit(unit).alias("unit"),
            pl.lit(2).alias("notice_count"),
        )
        .with_columns(
            flag_list(
                lambda flag: (
                    pl.col("flags").list.contains(flag)
                    | {
                        "D": pl.col("basis_code_a") != pl.col("basis_code_b"),
                        "U": pl.col("unit_a") != pl.col("unit_b"),
                    }.get(flag, pl.lit(False))
                )
            ).alias("flags"),
            pl.when("_tested").then(
                pl.col("difference", "newcombe_low", "newcombe_high", "n_count", "detectable_difference")
            ),
            pl.when(~pl.col("_tested"))
            .then(pl.lit("none"))
            .when(pl.col("n_count_a") * pl.col("n_count_b") > EXACT_PAIRS)
            .then(pl.lit("fisher_exact"))
            .otherwise(pl.lit("boschloo"))
            .alias("test_code"),
            pl.when(~pl.col("_tested"))
            .then(pl.lit("not_comparable"))
            .when(pl.col("p_adjusted") < ALPHA)
            .then(pl.lit("differs"))
            .otherwise(pl.lit("cannot_be_told_apart"))
            .alias("verdict_code"),
        )
        .rename({f"{c}_{s}": f"{c[0]}_{s}_count" for c in ("x_count", "n_count") for s in "ab"})
        .rename({f"label_{lang}_{s}": f"label_{s}_{lang}" for lang in ("zh", "en") for s in "ab"})
    )
    said = [
        reason or _concluded(row["p_adjusted"], row["detectable_difference"], tests)
        for reason, row in zip(reasons, rows.iter_rows(named=True), strict=True)
    ]
    return rows.with_columns(
        pl.Series("reason_zh", [zh for zh, _ in said], dtype=pl.String),
        pl.Series("reason_en", [en for _, en in said], dtype=pl.String),
    ).drop("_tested", "_both")


def _refused(row: dict[str, Any], definition: str) -> Words | None:
    lacking = [side for side in "ab" if not row[f"usable_{side}"]]
    if lacking:
        return (
            f"{'、'.join(row[f'label_zh_{s}'] for s in lacking)}没有此口径的比例，不能相比。",
            f"{', '.join(row[f'label_en_{s}'] for s in lacking)}: no share on this definition, so no comparison.",
        )
    columns = ("unit", "basis_code", "label_zh", "label_en")
    return refusal(pl.DataFrame([{c: row[f"{c}_{s}"] for c in columns} for s in "ab"]), definition)


def _concluded(p: float, found: float | None, tests: int) -> Words:
    zh, en = (
        f"校正后 p = {p:.2g}（Holm，{tests}次比较）：",
        f"Adjusted p = {p:.2g} (Holm, {tests} comparisons): ",
    )
    if p < ALPHA:
        return (
            zh + "有差别；口径、时点与自报性质不同，不说明孰优孰劣。",
            en
            + "they differ; definitions, dates and self-reporting differ too, so this does not say which is better.",
        )
    if found is None:
        return (
            zh + "不能区分；项数太少，再大的差别也查不出。",
            en + "they cannot be told apart; with so few units no difference could be found.",
        )
    return (
        zh + f"不能区分；不能区分不等于相同：相差{100 * found:.0f}个百分点以上，才有80%的把握查出。",
        en
        + "they cannot be told apart, which is not the same as being equal: only a difference of "
        + f"{100 * found:.0f} points or more would be found with 80 % power.",
    )
