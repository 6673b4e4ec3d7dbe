"""Further tables of the briefing: time, evidence, reconciliation, agreement, one city's problems."""

from __future__ import annotations

from typing import Any

from analysis.display.labels import code_label
from analysis.reporting import display as d
from analysis.reporting import tables_shown as s
from analysis.reporting.blocks import Table


def timeline(page: Any) -> Table | None:
    """Dates and days between them, beside the period that the rules in force set."""
    rows = [r for r in page.rows("out_timeline") if page.holds(r)]
    specs = [
        s.notice(page),
        (
            "inspection",
            "col_inspection",
            "date",
            lambda r: (
                f"{d.day(r['inspection_start_date'])} – {d.day(r['inspection_end_date'])}"
                if r["inspection_start_date"] or r["inspection_end_date"]
                else "—"
            ),
            lambda r: r["inspection_start_date"],
        ),
        s.plain("feedback_date", "col_feedback", "date"),
        s.plain("cutoff_date", "col_cutoff", "date"),
        s.plain("publication_date", "col_publication", "date"),
        s.plain("inspection_days", "col_inspection_days", "int"),
        s.plain("inspection_to_feedback_days", "col_to_feedback", "int"),
        s.plain("feedback_to_cutoff_days", "col_to_cutoff", "int"),
        s.plain("feedback_to_publication_days", "col_to_publication", "int"),
        s.flag_column(),
    ]
    return s.build(
        page,
        "timeline",
        rows,
        specs,
        caption=page.t("tab_timeline"),
        note=page.t("tab_timeline_note"),
        counts=True,
        links=s.NOTICE_LINK,
    )


def rules(page: Any) -> Table | None:
    """The period that the rules in force at the feedback set, and whether someone has read that rule."""
    rows = [r for r in page.rows("out_timeline") if r["rule_code"]]
    specs = [
        s.notice(page),
        s.worded(page, "rule_label", "col_rule"),
        s.plain("period_days", "col_period", "int"),
        (
            "confirmed",
            "col_confirmed",
            "text",
            lambda r: d.truth(r["is_rule_confirmed"], page.lang),
            lambda r: r["is_rule_confirmed"],
        ),
        s.plain("feedback_to_publication_days", "col_to_publication", "int"),
        s.plain("event_count", "col_events", "int"),
        s.plain("issued_document_count", "col_documents", "int"),
        s.plain("numbered_document_count", "col_numbered", "int"),
        s.flag_column(),
    ]
    return s.build(
        page,
        "rules",
        rows,
        specs,
        caption=page.t("tab_rules"),
        note=page.t("tab_rules_note"),
        counts=True,
        links=s.NOTICE_LINK,
    )


def evidence(page: Any) -> Table | None:
    """Shares behind items reported completed."""
    rows = [
        r
        for r in page.rows("out_evidence_by_notice", scope_code="completed")
        if r["n_count"] and page.holds(r)
    ]
    specs = [
        s.notice(page),
        s.worded(page, "measure_label", "col_measure"),
        s.of_total("x_count", "n_count", "col_count_n"),
        s.plain("share", "col_share", "share"),
        s.between("wilson_low", "wilson_high", "col_interval"),
        s.flag_column(),
    ]
    return s.build(
        page,
        "evidence",
        rows,
        specs,
        caption=page.t("tab_evidence"),
        note=page.t("fig_evidence_note"),
        links=s.NOTICE_LINK,
    )


def without_evidence(page: Any) -> Table | None:
    """Items reported completed that show no hard evidence, or speak of intent: where to look first."""
    words = s._statements(page, 44)
    rows = [
        {**r, "statement": words.get(r["problem_id"], "")}
        for r in page.rows("out_evidence")
        if r["is_said_completed"]
        and (not r["has_hard_evidence"] or r["has_intent_in_completed"])
        and page.holds(r)
    ]
    specs = [
        s.notice(page),
        s.plain("statement", "col_statement"),
        (
            "status",
            "col_status",
            "text",
            lambda r: code_label("statuses", r["status_code"], page.lang),
            lambda r: r["status_code"],
        ),
        s.plain("dated_event_count", "col_events", "int"),
        s.plain("document_count", "col_documents", "int"),
        s.plain("quantity_count", "col_quantities", "int"),
        s.plain("intent_words", "col_intent"),
        s.plain("reused_share", "col_reused", "share"),
    ]
    return s.build(
        page,
        "to-look-at",
        rows,
        specs,
        caption=page.t("tab_to_look_at"),
        note=page.t("tab_to_look_at_note"),
        links={"notice": lambda r: r["notice_id"], "statement": lambda r: r["problem_id"]},
    )


def reconciliation(page: Any) -> Table | None:
    """Every claim with its words beside what was counted."""
    quotes = {r["claim_id"]: r["quote_text"] for r in page.ledger.frames["core_claims"].to_dicts()}
    titles = page.section_titles()
    rows = [
        {**r, "quote": " ".join((quotes.get(r["claim_id"]) or "").split())}
        for r in page.rows("out_reconciliation")
        if page.holds(r)
    ]
    rows.sort(key=lambda r: r["is_agreeing"] is not False)  # disagreements first; otherwise the table's order
    specs = [
        s.notice(page),
        (
            "check_label",
            "col_check",
            "text",
            lambda r: _with_section(page, r, "check_label", titles),
            lambda r: r["check_code"],
        ),
        s.plain("stated_value", "col_stated", "int"),
        s.plain("counted_value", "col_counted", "int"),
        (
            "agrees",
            "col_agrees",
            "text",
            lambda r: d.truth(r["is_agreeing"], page.lang),
            lambda r: r["is_agreeing"],
        ),
        s.plain("quote", "col_quote"),
        *([s.plain("note_text", "col_note")] if page.lang == "zh" else []),
        s.flag_column(),
    ]
    return s.build(
        page,
        "reconciliation",
        rows,
        specs,
        caption=page.t("tab_reconciliation"),
        note=page.t("tab_reconciliation_note"),
        counts=True,
        links={"notice": lambda r: r["notice_id"], "quote": lambda r: r["claim_id"] or r["notice_id"]},
    )


def _with_section(page: Any, row: dict[str, Any], stem: str, titles: dict[str, str]) -> str:
    """A label and, for a part of a notice, the printed title of that part."""
    title = titles.get(row["group_id"] or "")
    return page.of(row, stem) + (
        f"（{title}）" if title and page.lang == "zh" else f" ({title})" if title else ""
    )


def agreement(page: Any) -> Table | None:
    """Automatic types against human labels: overall, per dimension, per type."""
    rows = [
        r
        for r in page.out["out_coding_agreement"].to_dicts()
        if r["n_count"] and (r["is_in_sample"] is False or r["scope_code"] in ("overall", "dimension"))
    ]
    rows.sort(key=lambda r: r["is_in_sample"] is not False)
    specs = [
        s.worded(page, "group_label", "col_group"),
        s.of_total("agreed_count", "n_count", "col_agreed"),
        s.plain("observed_share", "col_share", "share"),
        (
            "kappa",
            "col_kappa",
            "int",
            lambda r: "—" if r["kappa"] is None else f"{r['kappa']:.2f}",
            lambda r: r["kappa"],
        ),
        s.plain("precision", "col_precision", "share"),
        s.plain("recall", "col_recall", "share"),
        (
            "in_sample",
            "col_insample",
            "text",
            lambda r: d.truth(r["is_in_sample"], page.lang),
            lambda r: r["is_in_sample"],
        ),
        s.flag_column(),
    ]
    return s.build(
        page,
        "agreement",
        rows,
        specs,
        caption=page.t("tab_agreement"),
        note=page.t("tab_agreement_note"),
        counts=True,
    )


def city_problems(page: Any) -> Table | None:
    """One city's problems: statement, type, result, measures, evidence; each linked to its place."""
    words = s._statements(page)
    label = {
        r["problem_id"]: r["label_text"]
        for r in page.ledger.frames["core_problems"].select("problem_id", "label_text").to_dicts()
    }
    rows = [
        {
            **r,
            "statement": words.get(r["problem_id"], ""),
            "printed": label.get(r["problem_id"]) or r["problem_id"].partition("/")[2],
        }
        for r in page.rows("out_evidence")
        if page.holds(r)
    ]
    specs = [
        s.plain("printed", "col_problem"),
        s.plain("statement", "col_statement"),
        (
            "type",
            "col_type",
            "text",
            lambda r: code_label("problem_types", r["primary_type_code"], page.lang),
            lambda r: r["primary_type_code"],
        ),
        (
            "status",
            "col_status",
            "text",
            lambda r: code_label("statuses", r["status_code"], page.lang),
            lambda r: r["status_code"],
        ),
        s.plain("measure_count", "col_measures", "int"),
        s.plain("dated_event_count", "col_events", "int"),
        s.plain("document_count", "col_documents", "int"),
        s.plain("intent_words", "col_intent"),
    ]
    return s.build(
        page,
        "problems",
        rows,
        specs,
        caption=page.t("tab_city_problems"),
        links={"printed": lambda r: r["problem_id"], "statement": lambda r: r["problem_id"]},
    )


TABLES = {
    "corpus": s.corpus,
    "flags": s.flags,
    "set_aside": s.set_aside,
    "counts": s.counts,
    "completion": s.completion,
    "differences": s.differences,
    "prevalence": s.prevalence,
    "overrepresentation": s.overrepresentation,
    "recurrences": s.recurrences,
    "returns": s.returns,
    "similar": s.similar,
    "timeline": timeline,
    "rules": rules,
    "evidence": evidence,
    "to_look_at": without_evidence,
    "reconciliation": reconciliation,
    "agreement": agreement,
    "city_problems": city_problems,
}
