"""Every table of the briefing by name: which columns, how formatted, linked to what.

A builder takes a notebook's page and gives one Table block (or None when there is no row).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from analysis.display.labels import code_label
from analysis.reporting import display as d
from analysis.reporting.blocks import Cell, Column, Source, Table
from analysis.reporting.figures_ratios import compared_pairs

MAX_ROWS = 300  # a briefing's table; the spreadsheet holds every row

# key, label key, column kind, row → cell text, row → value
Spec = tuple[str, str, str, Callable[[dict], Any], Callable[[dict], Any]]


def source_of(identifier: str | None) -> Source | None:
    """``anshan-2021/12`` → (anshan-2021, p12); ``anshan-2021#t3`` → (anshan-2021, t3); a notice ID → its page."""
    if not identifier:
        return None
    notice_id, slash, rest = identifier.partition("/")
    if slash:
        key, _, part = rest.partition("#")
        return Source(notice_id, f"p{key}" + (f"-{part}" if part else ""))
    notice_id, mark, rest = identifier.partition("#")
    return Source(notice_id, rest or None)


def build(
    page: Any,
    id: str,
    rows: Sequence[dict[str, Any]],
    specs: Sequence[Spec],
    *,
    caption: str,
    note: str = "",
    counts: bool = False,
    links: dict[str, Callable[[dict], str | None]] | None = None,
) -> Table | None:
    """A Table out of rows and column specs; ``links`` gives the ID that a column's cell points to."""
    if not rows:
        return None
    columns = [Column(key, page.t(label), kind) for key, label, kind, _, _ in specs]
    links = links or {}
    body = []
    if len(rows) > MAX_ROWS:
        note = f"{note} {page.t('table_cut', shown=MAX_ROWS, total=len(rows))}".strip()
    for row in rows[:MAX_ROWS]:
        body.append(
            [
                Cell(
                    str(text(row)),
                    d.plain_value(value(row)),
                    source_of(links[key](row)) if key in links else None,
                    d.flags(row.get("flags")) if kind == "flags" else (),
                )
                for key, _, kind, text, value in specs
            ]
        )
    return Table(
        f"table-{id}", caption, columns, body, note, page.t("source_line_counts" if counts else "source_line")
    )


def plain(key: str, label: str, kind: str = "text") -> Spec:
    """A column shown as it is."""
    shown = (
        d.day
        if kind == "date"
        else d.number
        if kind == "int"
        else d.share
        if kind == "share"
        else (lambda v: v or "—")
    )
    return key, label, kind, lambda r: shown(r[key]), lambda r: r[key]


def worded(page: Any, stem: str, label: str) -> Spec:
    """A column that exists in both languages."""
    return stem, label, "text", lambda r: page.of(r, stem), lambda r: page.of(r, stem)


def notice(page: Any) -> Spec:
    return "notice", "col_notice", "text", page.of, page.of


def between(low: str, high: str, label: str) -> Spec:
    return low, label, "interval", lambda r: d.interval(r[low], r[high]), lambda r: r[low]


def of_total(x: str, n: str, label: str) -> Spec:
    return (
        x,
        label,
        "interval",
        lambda r: "—" if r[x] is None or r[n] is None else f"{r[x]}/{r[n]}",
        lambda r: r[x],
    )


def flag_column() -> Spec:
    return "flags", "col_flags", "flags", lambda r: " ".join(d.flags(r["flags"])) or "—", lambda r: r["flags"]


NOTICE_LINK = {"notice": lambda r: r["notice_id"]}


def corpus(page: Any) -> Table | None:
    """What is compared: one row per notice."""
    rows = page.notices()
    specs = [
        notice(page),
        ("issuer_name", "col_issuer", "text", lambda r: r["issuer_name"] or "—", lambda r: r["issuer_name"]),
        plain("problem_count", "col_problems", "int"),
        plain("leaf_item_count", "col_items", "int"),
        plain("measure_count", "col_measures", "int"),
        plain("stated_task_count", "col_tasks_stated", "int"),
        plain("char_count", "col_chars", "int"),
        plain("coverage_share", "col_coverage", "share"),
        plain("classified_share", "col_classified", "share"),
        flag_column(),
    ]
    return build(
        page,
        "corpus",
        rows,
        specs,
        caption=page.t("tab_corpus"),
        note=page.t("tab_corpus_note"),
        counts=True,
        links=NOTICE_LINK,
    )


def flags(page: Any) -> Table | None:
    """Raised flags with their reasons."""
    rows = [r for r in page.rows("out_flags") if r["is_raised"]]
    specs = [
        notice(page),
        plain("flag_code", "col_flag"),
        worded(page, "flag_label", "col_meaning"),
        worded(page, "reason", "col_reason"),
    ]
    return build(page, "flags", rows, specs, caption=page.t("tab_flags"), counts=True, links=NOTICE_LINK)


def set_aside(page: Any) -> Table | None:
    """Files and records that could not be read, with what to do."""
    rows = page.quarantine()
    rows += [
        {"source_path": r["notice_id"], "stage": "select", "reason_text": r[f"reason_{page.lang}"]}
        for r in page.ledger.excluded
        if r.get("reason_zh")
    ]
    specs = [
        ("source_path", "col_file", "text", lambda r: r["source_path"], lambda r: r["source_path"]),
        plain("stage", "col_stage"),
        plain("reason_text", "col_reason"),
    ]
    return build(page, "set-aside", rows, specs, caption=page.t("tab_set_aside"), counts=True)


def counts(page: Any) -> Table | None:
    """Counts by notice and dimension in each unit."""
    titles = page.section_titles()
    rows = [
        r
        for r in page.rows("out_problem_counts")
        if r["value_count"] is not None
        and (r["group_code"] == "notice" or r["group_code"] == "aspect" and r["unit"] == page.unit)
    ]
    specs = [
        notice(page),
        (
            "group",
            "col_group",
            "text",
            lambda r: titles.get(r["group_id"] or "") or page.of(r, "group_label"),
            lambda r: page.of(r, "group_label"),
        ),
        ("unit", "col_unit", "text", lambda r: page.t(f"unit_{r['unit']}"), lambda r: r["unit"]),
        (
            "definition",
            "col_definition",
            "text",
            lambda r: page.t(f"definition_{r['definition_code']}"),
            lambda r: r["definition_code"],
        ),
        plain("value_count", "col_count", "int"),
        plain("share", "col_share", "share"),
        between("wilson_low", "wilson_high", "col_interval"),
        flag_column(),
    ]
    return build(
        page,
        "counts",
        rows,
        specs,
        caption=page.t("tab_counts"),
        note=page.t("tab_counts_note"),
        counts=True,
        links=NOTICE_LINK,
    )


def completion(page: Any) -> Table | None:
    """All four ratios with their n, intervals, bounds, time since feedback and failing checks."""
    rows = page.rows("out_completion")
    specs = [
        notice(page),
        (
            "definition",
            "col_definition",
            "text",
            lambda r: page.t(f"definition_{r['definition_code']}"),
            lambda r: r["definition_code"],
        ),
        ("unit", "col_unit", "text", lambda r: page.t(f"unit_{r['unit']}"), lambda r: r["unit"]),
        of_total("x_count", "n_count", "col_x_n"),
        plain("share", "col_share", "share"),
        between("wilson_low", "wilson_high", "col_interval"),
        between("jeffreys_low", "jeffreys_high", "col_jeffreys"),
        plain("missing_count", "col_missing", "int"),
        between("bound_low", "bound_high", "col_bounds"),
        ("days", "col_days", "int", lambda r: _days(r), lambda r: r["days_since_feedback"]),
        plain("disagreeing_check_count", "col_checks_failed", "int"),
        flag_column(),
    ]
    return build(
        page,
        "completion",
        rows,
        specs,
        caption=page.t("tab_completion"),
        note=page.t("tab_completion_note"),
        links=NOTICE_LINK,
    )


def _days(row: dict[str, Any]) -> str:
    days = row["days_since_feedback"]
    return "—" if days is None else f"≥ {days}" if row["is_days_lower_bound"] else str(days)


def differences(page: Any) -> Table | None:
    """Pairs with difference, interval, adjusted p and what may be said, refused pairs included."""
    rows = compared_pairs(page)
    specs = [
        worded(page, "label_a", "col_a"),
        worded(page, "label_b", "col_b"),
        (
            "definition",
            "col_definition",
            "text",
            lambda r: page.t(f"definition_{r['definition_code']}"),
            lambda r: r["definition_code"],
        ),
        (
            "difference",
            "col_difference",
            "int",
            lambda r: d.points(r["difference"]),
            lambda r: r["difference"],
        ),
        (
            "interval",
            "col_interval",
            "interval",
            lambda r: (
                "—"
                if r["newcombe_low"] is None
                else f"{d.points(r['newcombe_low'])} – {d.points(r['newcombe_high'])}"
            ),
            lambda r: r["newcombe_low"],
        ),
        ("p", "col_p_adjusted", "int", lambda r: d.p_value(r["p_adjusted"]), lambda r: r["p_adjusted"]),
        (
            "verdict",
            "col_verdict",
            "text",
            lambda r: page.t(f"verdict_{r['verdict_code']}"),
            lambda r: r["verdict_code"],
        ),
        worded(page, "reason", "col_reason"),
        flag_column(),
    ]
    return build(
        page,
        "differences",
        rows,
        specs,
        caption=page.t("tab_differences"),
        note=page.t("fig_differences_note"),
        links={"label_a": lambda r: r["notice_id_a"], "label_b": lambda r: r["notice_id_b"]},
    )


def prevalence(page: Any) -> Table | None:
    """Types by the number of notices that hold them, in code-book order."""
    rows = [
        r
        for r in page.out["out_type_prevalence"].to_dicts()
        if r["definition_code"] == "notice" and r["unit"] == page.unit and r["unit_count"]
    ]
    specs = [
        worded(page, "type_label", "col_type"),
        of_total("present_count", "n_count", "col_present"),
        plain("share", "col_share", "share"),
        between("wilson_low", "wilson_high", "col_interval"),
        plain("rarefied_share", "col_rarefied", "share"),
        plain("unit_count", "col_units_of_type", "int"),
        flag_column(),
    ]
    common = next((r["common_n"] for r in rows if r["common_n"]), None)
    return build(
        page,
        "prevalence",
        rows,
        specs,
        caption=page.t("tab_prevalence"),
        note=page.t("tab_prevalence_note", n=common or "—"),
        counts=True,
    )


def overrepresentation(page: Any) -> Table | None:
    """Types over- or under-represented in one notice; in a profile only that city's."""
    rows = [
        r
        for r in page.rows("out_overrepresentation")
        if r["unit"] == page.unit and r["verdict_code"] != "cannot_be_told_apart" and page.holds(r)
    ]
    specs = [
        notice(page),
        worded(page, "type_label", "col_type"),
        of_total("primary_count", "n_count", "col_here"),
        of_total("other_count", "other_n_count", "col_elsewhere"),
        (
            "log_odds",
            "col_log_odds",
            "int",
            lambda r: f"{r['log_odds']:+.2f}".replace("-", "−"),
            lambda r: r["log_odds"],
        ),
        ("p", "col_p_adjusted", "int", lambda r: d.p_value(r["p_adjusted"]), lambda r: r["p_adjusted"]),
        (
            "verdict",
            "col_verdict",
            "text",
            lambda r: page.t(f"verdict_{r['verdict_code']}"),
            lambda r: r["verdict_code"],
        ),
        flag_column(),
    ]
    return build(
        page,
        "overrepresentation",
        rows,
        specs,
        caption=page.t("tab_overrepresentation"),
        note=page.t("tab_overrepresentation_note"),
        counts=True,
        links=NOTICE_LINK,
    )


def recurrences(page: Any) -> Table | None:
    """Earlier findings that came back or stayed open, in the notice's own words."""
    quotes = {r["recurrence_id"]: r["quote_text"] for r in page.ledger.frames["core_recurrences"].to_dicts()}
    rows = [{**r, "quote": quotes.get(r["recurrence_id"], "")} for r in page.rows("out_recurrences")]
    specs = [
        notice(page),
        (
            "earlier_source",
            "col_source",
            "text",
            lambda r: page.t(f"earlier_{r['earlier_source']}"),
            lambda r: r["earlier_source"],
        ),
        plain("earlier_count", "col_earlier", "int"),
        (
            "x_count",
            "col_open",
            "int",
            lambda r: (
                "—"
                if r["x_count"] is None
                else f"≥ {r['x_count']}"
                if r["is_lower_bound"]
                else str(r["x_count"])
            ),
            lambda r: r["x_count"],
        ),
        plain("share", "col_share", "share"),
        between("wilson_low", "wilson_high", "col_interval"),
        plain("quote", "col_quote"),
        flag_column(),
    ]
    return build(
        page,
        "recurrences",
        rows,
        specs,
        caption=page.t("tab_recurrences"),
        note=page.t("tab_recurrences_note"),
        links={"notice": lambda r: r["notice_id"], "quote": lambda r: r["problem_id"] or r["notice_id"]},
    )


def returns(page: Any) -> Table | None:
    """Types present in two consecutive notices of one body."""
    ids = page.focus_ids()
    rows = [
        r
        for r in page.out["out_type_returns"].to_dicts()
        if r["is_return"] and (not ids or r["notice_id_after"] in ids)
    ]
    specs = [
        worded(page, "label_before", "col_before"),
        worded(page, "label_after", "col_now"),
        worded(page, "type_label", "col_type"),
        of_total("before_count", "before_n_count", "col_before"),
        of_total("after_count", "after_n_count", "col_now"),
        (
            "difference",
            "col_difference",
            "int",
            lambda r: d.points(r["difference"]),
            lambda r: r["difference"],
        ),
        flag_column(),
    ]
    return build(page, "returns", rows, specs, caption=page.t("tab_returns"), counts=True)


def similar(page: Any) -> Table | None:
    """Suggestions: statements of different notices that share wording, with both statements."""
    words = _statements(page)
    rows = [
        {**r, "text_a": words.get(r["problem_id_a"], ""), "text_b": words.get(r["problem_id_b"], "")}
        for r in page.out["out_similar_statements"].to_dicts()
    ]
    specs = [
        worded(page, "label_a", "col_a"),
        plain("text_a", "col_statement"),
        worded(page, "label_b", "col_b"),
        plain("text_b", "col_statement"),
        (
            "similarity",
            "col_similarity",
            "int",
            lambda r: f"{r['similarity']:.2f}",
            lambda r: r["similarity"],
        ),
        (
            "same",
            "col_same_type",
            "text",
            lambda r: d.truth(r["shares_type"], page.lang),
            lambda r: r["shares_type"],
        ),
    ]
    return build(
        page,
        "similar",
        rows[:20],
        specs,
        caption=page.t("tab_similar"),
        note=page.t("tab_similar_note"),
        links={"text_a": lambda r: r["problem_id_a"], "text_b": lambda r: r["problem_id_b"]},
    )


def _statements(page: Any, length: int = 60) -> dict[str, str]:
    """Statements by problem, shortened for a table cell."""
    found = {}
    for problem_id, text in (
        page.ledger.frames["core_problems"].select("problem_id", "statement_text").iter_rows()
    ):
        flat = "".join((text or "").split())
        found[problem_id] = flat if len(flat) <= length else flat[: length - 1] + "…"
    return found


def status_label(page: Any, code: str) -> str:
    return code_label("statuses", code, page.lang)
