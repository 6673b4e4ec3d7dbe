"""Every comparison table (``out_*``) and column, declared once.

The data dictionary, the spreadsheet export and the validation are made from here, as in
``analysis.tables.schemas``. Three rules hold for all of them:

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

from analysis.tables.schemas import STATUS_CODES, code, day, flag, real, text, whole

UNITS = ("problem", "leaf_item", "task", "measure")
DEFINITIONS = ("stated", "itemised", "strict", "lenient")
COMPARED_DEFINITIONS = (*DEFINITIONS, "best_available")
VERDICTS = ("cannot_be_told_apart", "differs", "not_comparable")


def _share(en: str, zh: str, *, null: bool = True) -> dy.Float64:
    return real(en, zh, null=null, low=0, high=1)


def _flags() -> dy.String:
    return text("comparability flags of the row (codes_flags), comma-joined", "可比性标记")


def _ids(en: str = "IDs of the rows behind the number, comma-joined", zh: str = "依据编号") -> dy.String:
    return text(en, zh)


class GridSchema(dy.Schema):
    """The keys of one cell of the city × year grid."""
    notice_id = text("the notice; null for a city-year without one", "通报编号", null=True)
    city_code = text("GB/T 2260 code; null where the place is unknown", "行政区划代码", null=True)
    city_name = text("place of the body, short form", "城市", null=True)
    year = whole("year on the chosen basis; null where unknown", "年份", null=True, low=1990)
    label_zh = text("display name of the notice (place and year)", "显示名")
    label_en = text("display name of the notice in English", "显示名（英文）")


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
    inspection_days = whole("days of inspection, first and last included: context, not a score", "巡察天数", null=True)
    char_count = whole("length of the text: context, not a score", "篇幅（字）", null=True)
    coverage_share = _share("share of the text that was read as something", "文本覆盖率")
    classified_share = _share("share of units whose type was decided", "可归类比例")
    flags = _flags()


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
    share = _share("value_count / n_count", "占比")
    wilson_low = _share("95 % Wilson interval of the share, low", "区间下限")
    wilson_high = _share("95 % Wilson interval of the share, high", "区间上限")
    inspection_days = whole("days of inspection: context, not a score", "巡察天数", null=True)
    char_count = whole("length of the text: context, not a score", "篇幅（字）", null=True)
    flags = _flags()
    source_ids = _ids()


class OutTypeCounts(GridSchema):
    """City × year × problem type, complete."""
    type_code = text("problem type (codes_problem_types)", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    dimension_code = text("dimension of the type (codes_dimensions)", "维度")
    unit = code("what is counted", "单位", ("problem", "leaf_item"))
    definition_code = text("primary: each unit once, under its first type", "口径")
    primary_count = whole("units with it as first type", "首要类型数", null=True)
    any_count = whole("units with it as first or further type", "首要或次要类型数", null=True)
    n_count = whole("all units of the notice", "全部", null=True)
    share = _share("primary_count / n_count", "占比")
    wilson_low = _share("95 % Wilson interval of the share, low", "区间下限")
    wilson_high = _share("95 % Wilson interval of the share, high", "区间上限")
    common_n = whole("size to which notices are brought for comparison (smallest notice)", "等量抽取数", null=True)
    presence_at_common_n = _share("chance that common_n units drawn from the notice hold the type (Hurlbert)", "等量出现概率")
    human_count = whole("of primary_count: coded by a person", "人工归类数", null=True)
    flags = _flags()
    source_ids = _ids("IDs of the problems counted, comma-joined", "问题编号")


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
    share = _share("x_count / n_count; null where fewer than half of the units state a result", "完成比例")
    wilson_low = _share("95 % Wilson interval, low", "Wilson 下限")
    wilson_high = _share("95 % Wilson interval, high", "Wilson 上限")
    jeffreys_low = _share("95 % Jeffreys interval, low", "Jeffreys 下限")
    jeffreys_high = _share("95 % Jeffreys interval, high", "Jeffreys 上限")
    bound_low = _share("x / total: as if no unstated result were done", "最低可能")
    bound_high = _share("(x + missing) / total: as if all were done", "最高可能")
    feedback_date = day("day of the feedback", "反馈日期")
    figures_date = day("day the figures are as of", "数据截至日")
    figures_date_basis = code("where that day comes from", "截至日依据", ("cutoff", "publication", "comment_window", "latest_event", "none"))
    days_since_feedback = whole("days from feedback to the figures", "距反馈天数", null=True, low=None)
    months_since_feedback = real("the same in months of 30.4375 days", "距反馈月数", null=True)
    is_days_lower_bound = flag("the figures may be younger than that day", "天数为下限")
    disagreeing_check_count = whole("reconciliations of this notice that fail", "核对不一致数", null=True)
    is_self_reported = flag("the inspected body's own word: always true", "自报")
    note_zh = text("what to know before using the number", "说明")
    note_en = text("the same in English", "说明（英文）")
    flags = _flags()
    source_ids = _ids("IDs of the units counted as done, or of the claims", "依据编号")


class OutStatusMix(GridSchema):
    """How many units report which result, with simultaneous intervals."""
    status_code = code("result", "整改状态", STATUS_CODES)
    unit = code("what is counted", "单位", ("problem", "leaf_item"))
    definition_code = text("as the items state it; deduced from a total counts as not_stated", "口径")
    value_count = whole("units with it", "数量", null=True)
    n_count = whole("all units", "全部", null=True)
    share = _share("value_count / n_count", "占比")
    goodman_low = _share("95 % simultaneous interval (Goodman), low", "同时区间下限")
    goodman_high = _share("95 % simultaneous interval (Goodman), high", "同时区间上限")
    flags = _flags()
    source_ids = _ids()


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
    newcombe_low = real("95 % Newcombe interval of the difference, low", "差的下限", null=True, low=-1, high=1)
    newcombe_high = real("95 % Newcombe interval of the difference, high", "差的上限", null=True, low=-1, high=1)
    p_value = _share("Boschloo's exact test (pair) or R×C Fisher (overall)", "p 值")
    p_adjusted = _share("Holm-adjusted over the pairs of one definition", "校正 p 值")
    fisher_p_value = _share("Fisher's exact test of the pair, for comparison", "Fisher p 值")
    fisher_p_adjusted = _share("the same, Holm-adjusted", "Fisher 校正 p 值")
    test_code = text("boschloo, fisher_exact, fisher_monte_carlo or none", "检验")
    verdict_code = code("what may be said; never who is better", "结论", VERDICTS)
    reason_zh = text("why", "理由")
    reason_en = text("why, in English", "理由（英文）")
    flags = _flags()
    source_ids = _ids("notices compared", "通报编号")


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
    claim_id = text("the stated total", "总数编号", null=True)
    flags = _flags()
    source_ids = _ids("claim and units counted", "依据编号")


class OutTypePrevalence(dy.Schema):
    """共性: in how many notices a type occurs at all."""
    type_code = text("problem type", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    dimension_code = text("its dimension", "维度")
    unit = code("what a type is looked for in", "单位", ("problem", "leaf_item"))
    definition_code = code("present in a notice, or in any notice of a city", "口径", ("notice", "city"))
    present_count = whole("notices (cities) with at least one", "出现数")
    n_count = whole("notices (cities) compared", "总数")
    share = _share("present_count / n_count", "占比")
    wilson_low = _share("95 % Wilson interval, low", "区间下限")
    wilson_high = _share("95 % Wilson interval, high", "区间上限")
    common_n = whole("size to which notices are brought", "等量抽取数", null=True)
    rarefied_share = _share("mean chance of presence at common_n (Hurlbert)", "等量出现率")
    unit_count = whole("units of the type over all notices", "事项数")
    flags = _flags()
    source_ids = _ids("notices (city codes) where it is present", "通报编号")


class OutOverrepresentation(GridSchema):
    """Types that one notice holds more (or less) of than the others: log-odds with an informative Dirichlet prior."""
    type_code = text("problem type", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    unit = code("what is counted", "单位", ("problem", "leaf_item"))
    definition_code = text("primary types; this notice against all others", "口径")
    primary_count = whole("in this notice", "本通报数")
    n_count = whole("all units of this notice", "本通报总数")
    other_count = whole("in the others", "其他通报数")
    other_n_count = whole("all units of the others", "其他通报总数")
    share = _share("primary_count / n_count", "占比")
    other_share = _share("other_count / other_n_count", "其他占比")
    log_odds = real("difference of log-odds under the prior", "对数优势差")
    log_odds_low = real("95 % interval, low (unadjusted)", "下限")
    log_odds_high = real("95 % interval, high (unadjusted)", "上限")
    z_score = real("log_odds / its standard error", "z 值")
    p_value = _share("two-sided", "p 值", null=False)
    p_adjusted = _share("Holm over every type and notice of the table", "校正 p 值", null=False)
    verdict_code = code("over, under, or not to be told apart", "结论", ("over", "under", "cannot_be_told_apart"))
    flags = _flags()
    source_ids = _ids("problems of the type in this notice", "问题编号")


class OutMixDistances(dy.Schema):
    """How far apart the type mixes of two notices are: Jensen–Shannon, descriptive only."""
    notice_id_a = text("first notice", "甲", key=True)
    notice_id_b = text("second notice", "乙", key=True)
    label_a_zh = text("its display name", "甲显示名")
    label_b_zh = text("its display name", "乙显示名")
    label_a_en = text("its display name, English", "甲显示名（英文）")
    label_b_en = text("its display name, English", "乙显示名（英文）")
    unit = code("what is counted", "单位", ("problem", "leaf_item"))
    definition_code = text("primary types", "口径")
    n_a_count = whole("units of the first", "甲总数")
    n_b_count = whole("units of the second", "乙总数")
    divergence_bits = _share("Jensen–Shannon divergence, base 2", "JS 散度", null=False)
    distance = _share("its square root", "JS 距离", null=False)
    expected_distance = _share("mean distance when the pooled units are dealt at random into these two sizes", "随机期望距离")
    flags = _flags()
    source_ids = _ids("notices compared", "通报编号")


class OutRecurrences(GridSchema):
    """复发, self-reported: earlier findings that the text says came back or stayed open."""
    recurrence_id = text("the statement", "复发编号", key=True)
    problem_id = text("the problem it stands under", "问题编号", null=True)
    earlier_source = text("inspection, audit or other", "首次发现来源")
    unit = text("what is counted: earlier findings", "单位")
    definition_code = text("self-reported in the notice's own words", "口径")
    earlier_count = whole("findings then (n)", "原有问题数", null=True)
    still_open_count = whole("of these still open or back (x), as stated", "仍未整改数", null=True)
    listed_count = whole("sub-items listed under the problem; a lower bound where x is not stated", "列出数", null=True)
    x_count = whole("still_open_count, else listed_count", "取用数", null=True)
    n_count = whole("earlier_count", "总数", null=True)
    share = _share("x / n", "占比")
    wilson_low = _share("95 % Wilson interval, low", "区间下限")
    wilson_high = _share("95 % Wilson interval, high", "区间上限")
    is_lower_bound = flag("x is what the text lists, not what it states", "下限")
    flags = _flags()
    source_ids = _ids("recurrence and problem IDs", "依据编号")


class OutTypeReturns(dy.Schema):
    """复发 over time: a type in two consecutive notices of one body."""
    body_key = text("place and sector of the body", "单位标识")
    notice_id_before = text("earlier notice", "前次通报", key=True)
    notice_id_after = text("next notice of the same body", "后次通报", key=True)
    label_before_zh = text("its display name", "前次显示名")
    label_after_zh = text("its display name", "后次显示名")
    label_before_en = text("its display name, English", "前次显示名（英文）")
    label_after_en = text("its display name, English", "后次显示名（英文）")
    days_between = whole("days from inspection (else feedback, publication) to the next", "间隔天数", null=True, low=None)
    type_code = text("problem type", "问题类型", key=True)
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    unit = code("what is counted", "单位", ("problem", "leaf_item"))
    definition_code = text("same primary type in consecutive notices: a type may return, a problem need not", "口径")
    before_count = whole("units then", "前次数")
    before_n_count = whole("all units then", "前次总数")
    after_count = whole("units now", "后次数")
    after_n_count = whole("all units now", "后次总数")
    is_return = flag("present in both", "是否再现")
    difference = real("share now less share then", "占比变化", low=-1, high=1)
    newcombe_low = real("95 % Newcombe interval, low", "下限", low=-1, high=1)
    newcombe_high = real("95 % Newcombe interval, high", "上限", low=-1, high=1)
    flags = _flags()
    source_ids = _ids("problems of both notices", "问题编号")


class OutSimilarStatements(dy.Schema):
    """Suggestions for a reader: statements of different notices that share wording."""
    problem_id_a = text("a problem", "甲问题", key=True)
    problem_id_b = text("a problem of another notice", "乙问题", key=True)
    notice_id_a = text("its notice", "甲通报")
    notice_id_b = text("its notice", "乙通报")
    label_a_zh = text("display name", "甲显示名")
    label_b_zh = text("display name", "乙显示名")
    label_a_en = text("display name, English", "甲显示名（英文）")
    label_b_en = text("display name, English", "乙显示名（英文）")
    unit = code("what is compared", "单位", ("problem", "leaf_item"))
    definition_code = text("cosine of character 2–3-gram tf-idf, verdict words masked", "口径")
    similarity = _share("0 to 1", "相似度", null=False)
    shares_type = flag("both have the same first type", "类型相同")
    n_count = whole("cross-notice pairs looked at", "比较对数")
    is_suggestion = flag("always true: a reader decides", "仅供参考")
    flags = _flags()
    source_ids = _ids("both problems", "问题编号")


class OutTimeline(GridSchema):
    """Inspection → feedback → cut-off → publication, in days, against the rule in force."""
    inspection_start_date = day("first day of inspection", "巡察开始")
    inspection_end_date = day("last day of inspection", "巡察结束")
    feedback_date = day("feedback", "反馈")
    cutoff_date = day("figures as of", "统计截止")
    publication_date = day("publication", "公布")
    comment_start_date = day("comment window opens", "公示开始")
    comment_end_date = day("comment window closes", "公示结束")
    unit = text("days", "单位")
    definition_code = text("calendar days between dates; inspection counts both ends", "口径")
    inspection_days = whole("days of inspection", "巡察天数", null=True)
    inspection_to_feedback_days = whole("end of inspection to feedback", "巡察结束至反馈", null=True, low=None)
    feedback_to_cutoff_days = whole("feedback to cut-off", "反馈至截止", null=True, low=None)
    feedback_to_publication_days = whole("feedback to publication (else comment window)", "反馈至公布", null=True, low=None)
    publication_basis = text("publication, comment_window or none", "公布日期依据")
    rule_code = text("rule in force at the feedback (rectification_periods)", "适用规定", null=True)
    rule_label_zh = text("the rule", "规定")
    rule_label_en = text("the rule, English", "规定（英文）")
    period_days = whole("period the rule sets, in days; null where open or unconfirmed", "规定天数", null=True)
    period_end_date = day("last day of that period", "期限届满日")
    is_rule_confirmed = flag("someone has read the rule's text", "规定已核实", null=True)
    days_over_period = whole("publication less end of period: context, no verdict (the period is for the report, not for publication)", "超出天数", null=True, low=None)
    event_count = whole("dated events from feedback to cut-off or publication", "期间事件数", null=True)
    issued_document_count = whole("documents said to be issued or revised", "制发文件数", null=True)
    numbered_document_count = whole("of these with a document number", "有文号文件数", null=True)
    n_count = whole("dates of the five stages that are known", "已知日期数", null=True)
    flags = _flags()
    source_ids = _ids("metadata behind the dates", "依据编号")


class OutWeeklyEvents(GridSchema):
    """Dated events per week between feedback and the figures; every week of the window."""
    week_start_date = day("Monday of the week", "周一", null=False)
    week_index = whole("weeks since the week of the feedback (or of the window's start)", "第几周")
    window_basis = text("feedback, or inspection_end where the feedback day is unknown", "窗口起点")
    unit = text("dated events (day precision, not planned)", "单位")
    definition_code = text("events of measures in the window", "口径")
    event_count = whole("events that start in the week", "事件数")
    n_count = whole("events in the whole window", "窗口事件数")
    flags = _flags()
    source_ids = _ids("events", "事件编号")


class OutEvidence(GridSchema):
    """What stands behind each leaf item: dates, documents, quantities, sanctions, money."""
    problem_id = text("problem without sub-items, or sub-item", "问题编号", key=True)
    unit = code("one leaf item", "单位", ("leaf_item",))
    definition_code = text("evidence inside the measures; hard = dated event in the past, issued or numbered document, sanction or money", "口径")
    status_code = code("result, self-reported", "整改状态", STATUS_CODES)
    is_said_completed = flag("its result is in the chosen definition of done", "自报完成")
    primary_type_code = text("problem type", "问题类型")
    measure_count = whole("measures", "措施数")
    dated_event_count = whole("dated events in measures, not planned", "有日期事件数")
    document_count = whole("documents issued or revised", "制发文件数")
    numbered_document_count = whole("documents with a number", "有文号文件数")
    quantity_count = whole("quantities in measures", "数量数")
    money_count = whole("sums of money in measures", "金额数")
    sanction_count = whole("sanctions and talks named", "处理处分数")
    evidence_kind_count = whole("kinds of hard evidence present, 0–4", "证据种类数")
    has_hard_evidence = flag("at least one kind", "有硬证据")
    intent_count = whole("words of future or intent in its measures", "意向词数")
    intent_words = text("these words (codes of intent_words), comma-joined", "意向词")
    has_intent_in_completed = flag("said to be completed, yet in words of intent", "完成项含意向表述")
    reused_share = _share("share of its measures' text that stands word for word elsewhere in the notice", "篇内重复率")
    reused_across_share = _share("… in another notice", "跨篇重复率")
    n_count = whole("characters of its measures", "措施字数")
    flags = _flags()
    source_ids = _ids("events, documents, figures", "依据编号")


class OutEvidenceByNotice(GridSchema):
    """Evidence behind items said to be completed, per notice."""
    scope_code = code("items said to be completed, or all leaf items", "范围", ("completed", "all"))
    measure_code = code("which share", "指标", ("hard_evidence", "no_hard_evidence", "dated_event", "document", "numbered_document", "quantity", "money", "sanction", "intent", "reused_half"))
    measure_label_zh = text("the share in words", "指标名")
    measure_label_en = text("the share in words, English", "指标名（英文）")
    unit = code("leaf items", "单位", ("leaf_item",))
    definition_code = text("wording, not proof: what the text shows", "口径")
    x_count = whole("items with it", "数量", null=True)
    n_count = whole("items in scope", "总数", null=True)
    share = _share("x / n", "占比")
    wilson_low = _share("95 % Wilson interval, low", "区间下限")
    wilson_high = _share("95 % Wilson interval, high", "区间上限")
    flags = _flags()
    source_ids = _ids("problems counted in x", "问题编号")


class OutReuse(dy.Schema):
    """Pairs of problems whose measures share text word for word."""
    problem_id_a = text("a problem", "甲问题", key=True)
    problem_id_b = text("another problem", "乙问题", key=True)
    notice_id_a = text("its notice", "甲通报")
    notice_id_b = text("its notice", "乙通报")
    scope_code = code("within one notice or across two", "范围", ("within", "across"))
    unit = code("leaf items", "单位", ("leaf_item",))
    definition_code = text("runs of identical characters, punctuation ignored", "口径")
    shared_char_count = whole("characters of shared runs", "相同字数")
    longest_run_count = whole("longest run", "最长相同字数")
    n_a_count = whole("characters of the first", "甲字数")
    n_b_count = whole("characters of the second", "乙字数")
    share_a = _share("share of the first's text", "占甲比例", null=False)
    share_b = _share("share of the second's text", "占乙比例", null=False)
    run_start_a = whole("start of the longest run in the first's notice text", "甲起始", null=True)
    run_end_a = whole("its end", "甲结束", null=True)
    flags = _flags()
    source_ids = _ids("both problems", "问题编号")


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
    source_ids = _ids("what the reason rests on", "依据编号")


class OutCodingAgreement(dy.Schema):
    """Automatic types against human labels: overall, per dimension and per type."""
    scope_code = code("what the row is over", "范围", ("overall", "dimension", "type", "notice"))
    group_id = text("type, dimension or notice; 'all' for overall", "分组", key=True)
    group_label_zh = text("its name", "分组名")
    group_label_en = text("its name, English", "分组名（英文）")
    unit = text("labelled units", "单位")
    definition_code = text("automatic primary type against the human primary type", "口径")
    n_count = whole("units with a human label (rows: of this type by either)", "有人工标签数")
    agreed_count = whole("units with the same primary type", "一致数")
    human_count = whole("units the person gave the type", "人工数")
    automatic_count = whole("units the program gave the type", "自动数")
    observed_share = _share("agreed / n", "一致率")
    kappa = real("Cohen's κ (overall, dimension, notice); one against the rest for a type", "κ", null=True, low=-1, high=1)
    precision = _share("agreed / automatic", "准确率")
    recall = _share("agreed / human", "召回率")
    f1 = _share("harmonic mean", "F1")
    wilson_low = _share("95 % Wilson interval of observed_share, low", "区间下限")
    wilson_high = _share("95 % Wilson interval of observed_share, high", "区间上限")
    is_in_sample = flag("labels that the rules were written on; null: unknown", "调参样本", null=True)
    flags = _flags()
    source_ids = _ids("units that disagree", "不一致编号")


OUT_TABLES: dict[str, type[dy.Schema]] = {
    "out_notices": OutNotices, "out_problem_counts": OutProblemCounts, "out_type_counts": OutTypeCounts,
    "out_completion": OutCompletion, "out_status_mix": OutStatusMix, "out_differences": OutDifferences,
    "out_reconciliation": OutReconciliation, "out_type_prevalence": OutTypePrevalence,
    "out_overrepresentation": OutOverrepresentation, "out_mix_distances": OutMixDistances,
    "out_recurrences": OutRecurrences, "out_type_returns": OutTypeReturns,
    "out_similar_statements": OutSimilarStatements, "out_timeline": OutTimeline,
    "out_weekly_events": OutWeeklyEvents, "out_evidence": OutEvidence,
    "out_evidence_by_notice": OutEvidenceByNotice, "out_reuse": OutReuse, "out_flags": OutFlags,
    "out_coding_agreement": OutCodingAgreement,
}
