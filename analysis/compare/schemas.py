"""Every comparison table (``out_*``) and column, declared once.

The data dictionary, the spreadsheet export and the validation are made from here, as in
``analysis.ledger.schemas``. Three rules hold for all of them:

* grids are complete: a notice with none of a type has a true 0, a missing notice-year is a
  row whose ``notice_id`` and numbers are null;
* every number stands with its unit, its n, its definition and the IDs it was counted from
  (``source_ids``, comma-joined problem, claim or event IDs);
* ``flags`` holds the comparability flags (codes_flags), comma-joined, "" for none.

No ``out_*`` column holds words of a notice, so that no name or telephone number of a person can
stand in them; the words are one join away (``source_ids`` → ``core_*``).
"""

from __future__ import annotations

import dataframely as dy

from analysis.compare.schema_columns import (
    COMPARED_DEFINITIONS,
    COUNTED_UNITS,
    DEFINITIONS,
    UNITS,
    VERDICTS,
    GridSchema,
    flags_column,
    ids_column,
    ratio,
)
from analysis.compare.schemas_evidence import (
    OutEvidence,
    OutEvidenceByNotice,
    OutReuse,
    OutTimeline,
    OutWeeklyEvents,
)
from analysis.compare.schemas_types import (
    OutCodingAgreement,
    OutMixDistances,
    OutOverrepresentation,
    OutRecurrences,
    OutSimilarStatements,
    OutTypeCounts,
    OutTypePrevalence,
    OutTypeReturns,
)
from analysis.ledger.schemas import STATUS_CODES, code, day, flag, real, text, whole


class OutNotices(GridSchema):
    """One row per notice (and per missing city-year): what is compared, with its context."""

    is_missing = flag("no notice of this city and year in the selection", "该市该年无通报")
    year_basis = text("inspection, feedback or publication: what the year means", "年份口径")
    admin_level = text("administrative level", "行政层级", null=True)
    issuer_name = text("issuing body", "发布单位", null=True)
    body_key = text("place and sector: notices with the same key are of one body", "单位标识", null=True)
    problem_count = whole("problems as the notice counts them", "问题数", null=True)
    leaf_item_count = whole("problems without sub-items, and sub-items", "末级事项数", null=True)
    measure_count = whole("measures printed", "措施数", null=True)
    stated_task_count = whole("tasks the notice states", "声明任务数", null=True)
    inspection_days = whole(
        "days of inspection, first and last included: context, not a score", "巡察天数", null=True
    )
    char_count = whole("length of the text: context, not a score", "篇幅（字）", null=True)
    coverage_share = ratio("share of the text that was read as something", "文本覆盖率")
    classified_share = ratio("share of units whose type was decided", "可归类比例")
    flags = flags_column()


class OutProblemCounts(GridSchema):
    """Counts by notice, aspect, category and dimension, for each unit."""

    group_code = code("what the count is over", "分组", ("notice", "aspect", "category", "dimension"))
    group_id = text("section ID or dimension code; null for the whole notice", "分组编号", null=True)
    group_ordinal = whole("order of the group in the notice, 0 for the whole", "分组序号")
    group_label_zh = text("label of the group", "分组名")
    group_label_en = text("label of the group in English", "分组名（英文）")
    unit = code("what is counted", "单位", UNITS)
    definition_code = code("counted item by item, or stated by the notice", "口径", ("counted", "stated"))
    value_count = whole("the count; null where it cannot be known", "数量", null=True)
    n_count = whole("the same unit in the whole notice", "全篇数量", null=True)
    share = ratio("value_count / n_count", "占比")
    wilson_low = ratio("95 % Wilson interval of the share, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval of the share, high", "区间上限")
    inspection_days = whole("days of inspection: context, not a score", "巡察天数", null=True)
    char_count = whole("length of the text: context, not a score", "篇幅（字）", null=True)
    flags = flags_column()
    source_ids = ids_column()


class OutCompletion(GridSchema):
    """Four completion ratios per notice; never one alone."""

    definition_code = code("stated, itemised, strict or lenient", "口径", DEFINITIONS)
    definition_label_zh = text("the definition in words", "口径说明")
    definition_label_en = text("the definition in words, English", "口径说明（英文）")
    is_headline = flag("the definition the reader chose", "选定口径")
    unit = code("what is counted", "单位", UNITS)
    basis_code = code("from items, from the notice's own total, or none", "依据", ("items", "total", "none"))
    x_count = whole("units counted as done", "已完成数", null=True)
    n_count = whole("units with a stated result (stated: the stated total)", "有结果的总数", null=True)
    missing_count = whole("units whose result is not stated: in neither x nor n", "未载明结果数", null=True)
    total_count = whole("all units", "全部", null=True)
    share = ratio("x_count / n_count; null where fewer than half of the units state a result", "完成比例")
    wilson_low = ratio("95 % Wilson interval, low", "Wilson 下限")
    wilson_high = ratio("95 % Wilson interval, high", "Wilson 上限")
    jeffreys_low = ratio("95 % Jeffreys interval, low", "Jeffreys 下限")
    jeffreys_high = ratio("95 % Jeffreys interval, high", "Jeffreys 上限")
    bound_low = ratio("x / total: as if no unstated result were done", "最低可能")
    bound_high = ratio("(x + missing) / total: as if all were done", "最高可能")
    feedback_date = day("day of the feedback", "反馈日期")
    figures_date = day("day the figures are as of", "数据截至日")
    figures_date_basis = code(
        "where that day comes from",
        "截至日依据",
        ("cutoff", "publication", "comment_window", "latest_event", "none"),
    )
    days_since_feedback = whole("days from feedback to the figures", "距反馈天数", null=True, low=None)
    months_since_feedback = real("the same in months of 30.4375 days", "距反馈月数", null=True)
    is_days_lower_bound = flag("the figures may be younger than that day", "天数为下限")
    disagreeing_check_count = whole("reconciliations of this notice that fail", "核对不一致数", null=True)
    is_self_reported = flag("the inspected body's own word: always true", "自报")
    note_zh = text("what to know before using the number", "说明")
    note_en = text("the same in English", "说明（英文）")
    flags = flags_column()
    source_ids = ids_column("IDs of the units counted as done, or of the claims", "依据编号")


class OutStatusMix(GridSchema):
    """How many units report which result, with simultaneous intervals."""

    status_code = code("result", "整改状态", STATUS_CODES)
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("as the items state it; deduced from a total counts as not_stated", "口径")
    value_count = whole("units with it", "数量", null=True)
    n_count = whole("all units", "全部", null=True)
    share = ratio("value_count / n_count", "占比")
    goodman_low = ratio("95 % simultaneous interval (Goodman), low", "同时区间下限")
    goodman_high = ratio("95 % simultaneous interval (Goodman), high", "同时区间上限")
    flags = flags_column()
    source_ids = ids_column()


class OutDifferences(dy.Schema):
    """Differences of completion ratios: all notices at once, and pair by pair. No ranking."""

    comparison_code = code("all notices at once, or one pair", "比较", ("overall", "pair"))
    definition_code = code("the definition compared", "口径", COMPARED_DEFINITIONS)
    unit = code("what is counted", "单位", UNITS)
    notice_id_a = text("first notice (by name); null for overall", "甲", null=True)
    notice_id_b = text("second notice; null for overall", "乙", null=True)
    label_a_zh = text("its display name", "甲显示名", null=True)
    label_b_zh = text("its display name", "乙显示名", null=True)
    label_a_en = text("its display name, English", "甲显示名（英文）", null=True)
    label_b_en = text("its display name, English", "乙显示名（英文）", null=True)
    x_a_count = whole("done, first", "甲已完成", null=True)
    n_a_count = whole("of, first", "甲总数", null=True)
    x_b_count = whole("done, second", "乙已完成", null=True)
    n_b_count = whole("of, second", "乙总数", null=True)
    n_count = whole("all units compared", "比较总数", null=True)
    notice_count = whole("notices compared", "通报数")
    difference = real("share of the first less the second", "差", null=True, low=-1, high=1)
    newcombe_low = real(
        "95 % Newcombe interval of the difference, low", "差的下限", null=True, low=-1, high=1
    )
    newcombe_high = real(
        "95 % Newcombe interval of the difference, high", "差的上限", null=True, low=-1, high=1
    )
    p_value = ratio("Boschloo's exact test (pair) or R×C Fisher (overall)", "p 值")
    p_adjusted = ratio("Holm-adjusted over the pairs of one definition", "校正 p 值")
    fisher_p_value = ratio("Fisher's exact test of the pair, for comparison", "Fisher p 值")
    fisher_p_adjusted = ratio("the same, Holm-adjusted", "Fisher 校正 p 值")
    test_code = text("boschloo, fisher_exact, fisher_monte_carlo or none", "检验")
    verdict_code = code("what may be said; never who is better", "结论", VERDICTS)
    reason_zh = text("why", "理由")
    reason_en = text("why, in English", "理由（英文）")
    flags = flags_column()
    source_ids = ids_column("notices compared", "通报编号")


class OutReconciliation(GridSchema):
    """Stated against counted: core_checks with the words that explain it."""

    check_id = text("the check", "核对编号", key=True)
    check_code = text("what is compared (codes_checks)", "核对代码")
    check_label_zh = text("what is compared", "核对内容")
    check_label_en = text("what is compared, English", "核对内容（英文）")
    group_id = text("aspect, for a partial total", "所属方面", null=True)
    unit = text("what is counted", "单位")
    definition_code = text("stated against counted", "口径")
    stated_value = real("what the notice says", "声明数", null=True)
    counted_value = real("what was counted", "清点数", null=True)
    n_count = whole("units the count ran over", "清点范围", null=True)
    difference = real("stated less counted", "差", null=True)
    is_agreeing = flag("null: cannot be decided", "是否一致", null=True)
    note_text = text("what the comparison means", "说明", null=True)
    note_en = text("the same in English", "说明（英文）", null=True)
    claim_id = text("the stated total", "总数编号", null=True)
    flags = flags_column()
    source_ids = ids_column("claim and units counted", "依据编号")


class OutFlags(GridSchema):
    """Every flag of every notice, raised or not, with its reason."""

    flag_code = text("flag (codes_flags)", "标记")
    flag_label_zh = text("its meaning", "含义")
    flag_label_en = text("its meaning, English", "含义（英文）")
    unit = text("the notice", "单位")
    definition_code = text("rule of the flag in codes_flags", "口径")
    is_raised = flag("holds for the notice in this selection", "是否标记")
    reason_zh = text("why", "理由")
    reason_en = text("why, English", "理由（英文）")
    n_count = whole("notices in the selection", "通报总数")
    source_ids = ids_column("what the reason rests on", "依据编号")


OUT_TABLES: dict[str, type[dy.Schema]] = {
    "out_notices": OutNotices,
    "out_problem_counts": OutProblemCounts,
    "out_type_counts": OutTypeCounts,
    "out_completion": OutCompletion,
    "out_status_mix": OutStatusMix,
    "out_differences": OutDifferences,
    "out_reconciliation": OutReconciliation,
    "out_type_prevalence": OutTypePrevalence,
    "out_overrepresentation": OutOverrepresentation,
    "out_mix_distances": OutMixDistances,
    "out_recurrences": OutRecurrences,
    "out_type_returns": OutTypeReturns,
    "out_similar_statements": OutSimilarStatements,
    "out_timeline": OutTimeline,
    "out_weekly_events": OutWeeklyEvents,
    "out_evidence": OutEvidence,
    "out_evidence_by_notice": OutEvidenceByNotice,
    "out_reuse": OutReuse,
    "out_flags": OutFlags,
    "out_coding_agreement": OutCodingAgreement,
}
