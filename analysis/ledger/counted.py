"""What can be counted in a notice, each thing once over a whole partition: the other side of its stated totals."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from analysis.ledger.results import is_itemised, unit_results


@dataclass(slots=True)
class Counted:
    """What was counted in one notice."""

    aspects: int = 0
    categories: int = 0
    problems: int = 0
    leaf_items: int = 0
    measures: int = 0
    has_markers: bool = False
    is_excerpt: bool = False
    reading_score: float = 1.0
    is_numbered: bool = True  # every problem bears a printed number
    runs_through: bool = (
        True  # and no number comes twice: none can be lost unseen between the first and the last
    )
    problems_in: dict[str, int] = field(default_factory=dict)
    categories_in: dict[str, int] = field(default_factory=dict)
    measures_in: dict[str, int] = field(default_factory=dict)
    # unit → status → IDs of the units whose own words give it
    results: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {"problem": {}, "leaf_item": {}})


def count_notices(
    frames: dict[str, pl.DataFrame], notices: pl.Series, units: tuple[str, ...]
) -> dict[str, Counted]:
    """Counts per notice, each made once over the whole partition; results only for ``units``."""
    found = {notice_id: Counted() for notice_id in notices}
    kept = (
        pl.lit(True)
        if frames["core_notices"].height == len(found)
        else pl.col("notice_id").is_in(notices.implode())
    )
    for notice_id, is_excerpt in (
        frames["core_notices"].filter(kept).select("notice_id", "is_excerpt").iter_rows()
    ):
        found[notice_id].is_excerpt = bool(is_excerpt)
    scores = frames["core_notices"].filter(kept & pl.col("reading_score").is_not_null())
    for notice_id, score in scores.select("notice_id", "reading_score").iter_rows():
        found[notice_id].reading_score = score
    sections = frames["core_sections"].filter(kept)
    for notice_id, level, parent, number in (
        sections.group_by("notice_id", "section_level", "parent_section_id", maintain_order=True)
        .len()
        .iter_rows()
    ):
        one = found[notice_id]
        if level == "aspect":
            one.aspects += number
        else:
            one.categories += number
            if parent is not None:
                one.categories_in[parent] = number
    problems = frames["core_problems"].filter(kept)
    is_problem = pl.col("unit") == "problem"
    totals = problems.group_by("notice_id", maintain_order=True).agg(
        is_problem.sum().alias("problems"),
        pl.col("is_leaf").sum().alias("leaves"),
        pl.col("measure_count").filter(pl.col("is_leaf")).sum().alias("measures"),
        pl.col("label_text").filter(is_problem).is_not_null().all().alias("numbered"),
        pl.col("label_text").filter(is_problem).is_unique().all().alias("through"),
    )
    for notice_id, number, leaves, measures, numbered, through in totals.iter_rows():
        one = found[notice_id]
        one.problems, one.leaf_items, one.measures = number, leaves, measures
        one.is_numbered, one.runs_through = numbered, numbered and through
    for column in ("aspect_id", "category_id"):
        grouped = (
            problems.filter(pl.col(column).is_not_null())
            .group_by("notice_id", column, maintain_order=True)
            .agg(
                is_problem.sum().alias("problems"),
                pl.col("measure_count").filter(pl.col("is_leaf")).sum().alias("measures"),
            )
        )
        for notice_id, section_id, number, measures in grouped.iter_rows():
            found[notice_id].problems_in[section_id] = number
            found[notice_id].measures_in[section_id] = measures
    for notice_id in (
        frames["core_measures"].filter(kept & pl.col("marker_text").is_not_null())["notice_id"].unique()
    ):
        found[notice_id].has_markers = True
    for unit in units:
        results = (
            unit_results(problems, unit)
            .filter(is_itemised())
            .group_by("notice_id", "status_code", maintain_order=True)
            .agg("problem_id")
        )
        for notice_id, status, ids in results.iter_rows():
            found[notice_id].results[unit][status] = ids
    return found
