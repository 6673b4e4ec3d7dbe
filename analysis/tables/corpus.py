"""The corpus, its flags and files set aside; the suite itself."""

from __future__ import annotations

import polars as pl
from great_tables import GT

from analysis import english
from analysis.display import formats
from analysis.display.labels import label
from analysis.tables.house import Column, house_table, interval_of, notice

NOTEBOOKS = (
    "00_start", "01_corpus_quality", "02_problem_counts", "03_completion", "04_recurring_types", "05_timeline",
    "06_measures_evidence", "07_reconciliation", "08_city_profile", "09_pair_comparison", "10_briefing",
    "11_across_years",
)  # fmt: skip
PARAMETERS = {
    "city_codes": "[]",
    "first_year": "0",
    "last_year": "0",
    "year_basis": "publication",
    "completion": "lenient",
    "unit": "problem",
    "lang": "zh",
    "data_dir": "../data/processed",
    "city_code": "",
    "left, right": "",
}


def notices(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.notices``: what is compared, how much of it was read, and its flags."""
    columns = [
        notice(lang),
        Column(label("col_issuer", lang), "issuer_name" if lang == "zh" else english.issuer),
        Column(label("col_problems", lang), "problem_count", "count"),
        Column(label("col_items", lang), "leaf_item_count", "count"),
        Column(label("col_measures", lang), "measure_count", "count"),
        Column(label("col_tasks_stated", lang), "stated_task_count", "count"),
        Column(label("col_chars", lang), "char_count", "count"),
        Column(label("col_coverage", lang), "coverage_share", "share"),
        Column(label("col_classified", lang), "classified_share", "share"),
        Column(label("col_flags", lang), "flags", "list"),
    ]
    notes = [label("tab_corpus_note", lang)]
    return house_table(frame, columns, caption=label("tab_corpus", lang), notes=notes, lang=lang)


def flags(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.flags``: every flag that a notice bears, with its reason."""
    columns = [
        notice(lang),
        Column(label("col_flag", lang), "flag_code"),
        Column(label("col_meaning", lang), f"flag_label_{lang}"),
        Column(label("col_reason", lang), f"reason_{lang}"),
    ]
    return house_table(frame, columns, caption=label("tab_flags", lang), lang=lang)


def set_aside(quarantine: pl.DataFrame, lang: str = "zh") -> GT:
    """``ledger.quarantine``: files and records that could not be read, and why."""
    columns = [
        Column(label("col_file", lang), lambda r: (r["source_path"] or "").rsplit("/", 1)[-1]),
        Column(label("col_stage", lang), "stage"),
        Column(label("col_reason", lang), lambda r: formats.clipped(r["reason_text"], 120)
               if lang == "zh" else " ".join((r["reason_text"] or r["reason_code"]).split())[:160]),
    ]  # fmt: skip
    return house_table(quarantine, columns, caption=label("tab_set_aside", lang), lang=lang)


def suite(lang: str = "zh") -> GT:
    """The notebooks of the suite and what each answers."""
    rows = pl.DataFrame({"name": NOTEBOOKS})
    columns = [
        Column(label("col_notebook", lang), "name"),
        Column(label("col_answers", lang), lambda r: label(f"suite_{r['name']}", lang)),
    ]
    return house_table(rows, columns, caption=label("tab_suite", lang), lang=lang)


def parameters(lang: str = "zh") -> GT:
    """The parameters that every notebook takes, their defaults and what they mean."""
    rows = pl.DataFrame({"name": list(PARAMETERS), "default": list(PARAMETERS.values())})
    columns = [
        Column(label("col_parameter", lang), "name"),
        Column(label("col_default", lang), "default"),
        Column(
            label("col_meaning", lang), lambda r: label(f"parameter_{r['name'].replace(', ', '_')}", lang)
        ),
    ]
    return house_table(rows, columns, caption=label("tab_parameters", lang), lang=lang)


def dictionary(lang: str = "zh", table: str = "") -> GT:
    """The data dictionary: every column of every ``core_*`` table, or of one (``core_`` or ``out_``)."""
    from analysis.compare.out_tables import OUT_TABLES
    from analysis.ledger.schemas import CORE_TABLES

    rows = [
        {"table": name, "column": column, "kind": str(spec.dtype), "zh": (spec.metadata or {}).get("zh", ""),
         "en": spec.description or ""}
        for name, schema in {**CORE_TABLES, **OUT_TABLES}.items()
        if name == table or (not table and name.startswith("core_"))
        for column, spec in schema.columns().items()
    ]  # fmt: skip
    columns = [
        Column(label("col_table", lang), "table"),
        Column(label("col_column", lang), "column"),
        Column(label("col_kind", lang), "kind"),
        Column(label("col_meaning", lang), lang),
    ]
    return house_table(pl.DataFrame(rows), columns, caption=label("tab_dictionary", lang), lang=lang)


def robustness(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.robustness``: each headline claim under other choices, and whether it holds."""
    columns = [
        Column(label("col_claim", lang), f"claim_label_{lang}"),
        Column(label("col_variant", lang), f"choice_label_{lang}"),
        Column(label("col_notices", lang), "n_count", "count"),
        Column(label("col_result", lang), lambda r: label(f"answer_{r['answer_code']}", lang)),
        Column(
            label("col_holds", lang),
            lambda r: label({True: "yes", False: "no", None: "undecided"}[r["holds"]], lang),
        ),
    ]
    return house_table(frame, columns, caption=label("tab_robust", lang), lang=lang)


def pooled(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.pooled``: raw ratios beside those drawn towards the mean of all; of too few notices none is given."""
    columns = [
        notice(lang),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_x_n", lang), lambda r: formats.of_total(r["x_count"], r["n_count"]), "count"),
        Column(label("col_raw", lang), "share", "share"),
        Column(label("col_shrunken", lang), "pooled_share", "share"),
        interval_of("pooled", lang),
    ]
    rows = frame.filter(pl.col("pooled_share").is_not_null())
    few = [] if rows.height else [label("too_few_to_pool", lang)]
    return house_table(rows, columns, caption=label("tab_pooled", lang), notes=few, lang=lang)
