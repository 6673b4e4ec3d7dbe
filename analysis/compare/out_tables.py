"""Every comparison table (``out_*``) and column, declared once; validation and data dictionary are made from here.

* A row stands for something: what a notice does not publish is said in a note, not in rows of nulls.
* A number stands with its unit, n, definition, flags (``codes_flags``) and the IDs it was counted from.
* No column holds words of a notice, so that no name or telephone number of a person can stand in
  one; the words are one join away (``source_ids`` → ``core_*``).
"""

from __future__ import annotations

import dataframely as dy

from analysis.ledger.schemas import ADMIN_LEVELS, STATUS_CODES, code, day, flag, real, text, whole

ALL_UNITS = ("problem", "item", "task", "measure")
COUNTED_UNITS = ("problem", "item")
DEFINITIONS = ("stated", "itemised", "strict", "lenient")
VERDICTS = ("cannot_be_told_apart", "differs", "not_comparable")
CHANGES = ("rises", "falls", "not_told_apart", "too_few")
FIGURES_DATE_BASES = ("cutoff", "publication", "comment_window", "latest_event", "none")


def ratio(en: str, zh: str, *, null: bool = True) -> dy.Float64:
    return real(en, zh, null=null, low=0, high=1)


def listed(en: str, zh: str) -> dy.List:
    return dy.List(dy.String(), nullable=False, description=en, metadata={"zh": zh})


class Flagged(dy.Schema):
    flags = listed("comparability flags of the row (codes_flags)", "可比性标记")
    source_ids = listed("IDs of the rows behind the number", "依据编号")


class OfNotice(dy.Schema):
    notice_id = text("the notice", "通报编号")
    city_code = text("GB/T 2260 code; null where the place is unknown", "行政区划代码", null=True)
    city_name = text("place of the body, short form", "城市", null=True)
    body_id = text("the inspected body, one through its renamings", "单位编号")
    body_name = text("its latest name, with its place", "单位")
    year = whole("year on the chosen basis; null where unknown", "年份", null=True, low=1990)
    label_zh = text("display name of the notice", "显示名")
    label_en = text("display name of the notice in English", "显示名（英文）")


class Pair(dy.Schema):
    notice_id_a = text("first notice, in display order", "甲", null=True)
    notice_id_b = text("second notice", "乙", null=True)
    label_a_zh = text("its display name", "甲显示名", null=True)
    label_b_zh = text("its display name", "乙显示名", null=True)
    label_a_en = text("its display name, English", "甲显示名（英文）", null=True)
    label_b_en = text("its display name, English", "乙显示名（英文）", null=True)


class Wilson(dy.Schema):
    share = ratio("x / n", "占比")
    wilson_low = ratio("95 % Wilson interval of the share, low", "Wilson 下限")
    wilson_high = ratio("95 % Wilson interval of the share, high", "Wilson 上限")


class OfType(dy.Schema):
    type_code = text("problem type (codes_problem_types)", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")


class Newcombe(dy.Schema):
    difference = real("difference of two shares", "差", null=True, low=-1, high=1)
    newcombe_low = real("95 % Newcombe interval, low", "差的下限", null=True, low=-1, high=1)
    newcombe_high = real("95 % Newcombe interval, high", "差的上限", null=True, low=-1, high=1)


class OutNotices(OfNotice):
    """What is compared: one row per notice, with its context."""

    year_basis = text("inspection, feedback or publication: what the year means", "年份口径")
    admin_level = code("administrative level", "行政层级", ADMIN_LEVELS, null=True)
    issuer_name = text("issuing body", "发布单位", null=True)
    problem_count = whole("problems as the notice counts them", "问题数")
    leaf_item_count = whole("problems without sub-items, and sub-items", "末级事项数")
    measure_count = whole("measures printed", "措施数")
    stated_task_count = whole("tasks the notice states", "声明任务数", null=True)
    inspection_days = whole("days of inspection, both ends included: context", "巡察天数", null=True)
    char_count = whole("length of the text: context, not a score", "篇幅（字）")
    coverage_share = ratio("share of the text that was read as something", "文本覆盖率")
    classified_share = ratio("share of units whose type was decided", "可归类比例")
    reading_score = ratio("how sure the reading is", "解读把握")
    flags = listed("comparability flags of the notice", "可比性标记")


class OutProblemCounts(OfNotice, Wilson, Flagged):
    """Counts by notice, aspect, category and dimension, for each unit; share is of the unit in the notice."""

    group_code = code("what the count is over", "分组", ("notice", "aspect", "category", "dimension"))
    group_id = text("section ID or dimension code; null for the whole notice", "分组编号", null=True)
    group_ordinal = whole("order of the group in the notice, 0 for the whole", "分组序号")
    group_label_zh = text("label of the group", "分组名")
    group_label_en = text("label of the group in English", "分组名（英文）")
    unit = code("what is counted", "单位", ALL_UNITS)
    definition_code = code("counted item by item, or stated by the notice", "口径", ("counted", "stated"))
    value_count = whole("the count", "数量")
    n_count = whole("the same unit in the whole notice", "全篇数量")
    inspection_days = whole("days of inspection: context, not a score", "巡察天数", null=True)
    char_count = whole("length of the text: context, not a score", "篇幅（字）", null=True)


class OutCompletion(OfNotice, Wilson, Flagged):
    """Four completion ratios per notice, never one alone; ``source_ids`` are units counted as done, or claims."""

    definition_code = code("stated, itemised, strict or lenient", "口径", DEFINITIONS)
    definition_label_zh = text("the definition in words", "口径说明")
    definition_label_en = text("the definition in words, English", "口径说明（英文）")
    is_headline = flag("the definition the reader chose", "选定口径")
    unit = code("what is counted", "单位", ALL_UNITS)
    basis_code = code("from items, from the notice's own total, or none", "依据", ("items", "total", "none"))
    x_count = whole("units counted as done", "已完成数", null=True)
    n_count = whole("units with a stated result (stated: the stated total)", "有结果的总数", null=True)
    missing_count = whole("units whose result is not stated: in neither x nor n", "未载明结果数", null=True)
    total_count = whole("all units", "全部", null=True)
    jeffreys_low = ratio("95 % Jeffreys interval, low", "Jeffreys 下限")
    jeffreys_high = ratio("95 % Jeffreys interval, high", "Jeffreys 上限")
    bound_low = ratio("x / total: as if no unstated result were done", "最低可能")
    bound_high = ratio("(x + missing) / total: as if all were done", "最高可能")
    feedback_date = day("day of the feedback", "反馈日期")
    figures_date = day("day the figures are as of", "数据截至日")
    figures_date_basis = code("where that day comes from", "截至日依据", FIGURES_DATE_BASES)
    days_since_feedback = whole("days from feedback to the figures", "距反馈天数", null=True, low=None)
    months_since_feedback = real("the same in months of 30.4375 days", "距反馈月数", null=True)
    is_days_lower_bound = flag("the figures may be younger than that day", "天数为下限")
    disagreeing_check_count = whole("reconciliations of this notice that fail", "核对不一致数")
    is_self_reported = flag("the inspected body's own word: always true", "自报")
    note_zh = text("what to know before using the number", "说明")
    note_en = text("the same in English", "说明（英文）")


class OutStatusMix(OfNotice, Flagged):
    """How many units report which result by their own words, with simultaneous intervals."""

    status_code = code("result; deduced from a total counts as not_stated", "整改状态", STATUS_CODES)
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("as the items state it", "口径")
    value_count = whole("units with it", "数量")
    n_count = whole("all units", "全部")
    share = ratio("value_count / n_count", "占比")
    goodman_low = ratio("95 % simultaneous interval (Goodman), low", "同时区间下限")
    goodman_high = ratio("95 % simultaneous interval (Goodman), high", "同时区间上限")


class OutFlags(OfNotice):
    """Every flag that a notice bears in this selection, with its reason."""

    flag_code = text("flag (codes_flags)", "标记")
    flag_label_zh = text("its meaning", "含义")
    flag_label_en = text("its meaning, English", "含义（英文）")
    definition_code = text("rule of the flag in codes_flags", "口径")
    reason_zh = text("why", "理由")
    reason_en = text("why, English", "理由（英文）")
    n_count = whole("notices in the selection", "通报总数")
    source_ids = listed("what the reason rests on", "依据编号")


class OutReconciliation(OfNotice, Flagged):
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
    is_agreeing = flag("null: cannot be decided, for the reason in the note", "是否一致", null=True)
    note_text = text("what the comparison means, or why it cannot be decided", "说明", null=True)
    note_en = text("the same in English", "说明（英文）", null=True)
    claim_id = text("the stated total; its words are core_claims.quote_text", "总数编号", null=True)


class OutRecurrences(OfNotice, Wilson, Flagged):
    """复发, self-reported: earlier findings that the text says came back or stayed open."""

    recurrence_id = text("the statement", "复发编号", key=True)
    problem_id = text("the problem it stands under", "问题编号", null=True)
    earlier_source = text("inspection, audit or other", "首次发现来源")
    unit = text("what is counted: earlier findings", "单位")
    definition_code = text("self-reported in the notice's own words", "口径")
    earlier_count = whole("findings then (n)", "原有问题数", null=True)
    still_open_count = whole("of these still open or back (x), as stated", "仍未整改数", null=True)
    listed_count = whole("sub-items listed under the problem", "列出数", null=True)
    x_count = whole("still_open_count, else listed_count", "取用数", null=True)
    n_count = whole("earlier_count", "总数", null=True)
    is_lower_bound = flag("x is what the text lists, not what it states", "下限")


class OutSimilarStatements(Pair, Flagged):
    """Suggestions for a reader: statements of different notices that share wording; those of one body first."""

    problem_id_a = text("a problem", "甲问题", key=True)
    problem_id_b = text("a problem of another notice", "乙问题", key=True)
    unit = code("what is compared", "单位", COUNTED_UNITS)
    definition_code = text("cosine of character 2–3-gram tf-idf, verdict words masked", "口径")
    similarity = ratio("0 to 1", "相似度", null=False)
    same_body = flag("both are of one body", "同一单位")
    found_again = flag("an earlier round of the body called the one completed", "完成后再现")
    status_code_a = code("result of the first, by its own words", "甲状态", STATUS_CODES)
    status_code_b = code("result of the second", "乙状态", STATUS_CODES)
    shares_type = flag("both have the same first type", "类型相同")
    n_count = whole("cross-notice pairs looked at", "比较对数")
    is_suggestion = flag("always true: a reader decides", "仅供参考")


class OutTimeline(OfNotice, Flagged):
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
    inspection_to_feedback_days = whole(
        "end of inspection to feedback", "巡察结束至反馈", null=True, low=None
    )
    feedback_to_cutoff_days = whole("feedback to cut-off", "反馈至截止", null=True, low=None)
    feedback_to_publication_days = whole(
        "feedback to publication (else comment window)", "反馈至公布", null=True, low=None
    )
    publication_basis = code(
        "what stands for the publication", "公布日期依据", ("publication", "comment_window", "none")
    )
    rule_code = text("rule in force at the feedback (rectification_periods)", "适用规定", null=True)
    rule_label_zh = text("the rule", "规定", null=True)
    rule_label_en = text("the rule, English", "规定（英文）", null=True)
    period_days = whole("period the rule sets; null where open or unconfirmed", "规定天数", null=True)
    period_end_date = day("last day of that period", "期限届满日")
    is_rule_confirmed = flag("someone has read the rule's text", "规定已核实", null=True)
    days_over_period = whole(
        "publication less end of period: context, no verdict", "超出天数", null=True, low=None
    )
    event_count = whole("dated events from feedback to cut-off or publication", "期间事件数", null=True)
    issued_document_count = whole("documents said to be issued or revised", "制发文件数")
    numbered_document_count = whole("of these with a document number", "有文号文件数")
    n_count = whole("dates of the five stages that are known", "已知日期数")


class OutWeeklyEvents(OfNotice, Flagged):
    """Dated events per week between feedback and the figures; every week of the window."""

    week_start_date = day("Monday of the week", "周一", null=False)
    week_index = whole("weeks since the week in which the window starts", "第几周")
    window_basis = code("start of the window", "窗口起点", ("feedback", "inspection_end"))
    unit = text("dated events (day precision, not planned)", "单位")
    definition_code = text("events of measures in the window", "口径")
    event_count = whole("events that start in the week", "事件数")
    n_count = whole("events in the whole window", "窗口事件数")


class OutEvidence(OfNotice, Flagged):
    """What stands behind each leaf item: dates, documents, quantities, sanctions, money."""

    problem_id = text("problem without sub-items, or sub-item", "问题编号", key=True)
    unit = code("one leaf item", "单位", ("item",))
    definition_code = text("evidence inside the measures", "口径")
    status_code = code("result, self-reported", "整改状态", STATUS_CODES)
    is_said_completed = flag("its own words are in the chosen definition of done", "自报完成")
    primary_type_code = text("problem type", "问题类型")
    measure_count = whole("measures", "措施数")
    dated_event_count = whole("dated events in measures, not planned", "有日期事件数")
    document_count = whole("documents issued or revised", "制发文件数")
    numbered_document_count = whole("documents with a number", "有文号文件数")
    quantity_count = whole("quantities in measures", "数量数")
    money_count = whole("sums of money in measures", "金额数")
    sanction_count = whole("sanctions and talks named", "处理处分数")
    evidence_kind_count = whole("kinds of hard evidence present, 0–5", "证据种类数")
    has_hard_evidence = flag("at least one kind", "有硬证据")
    intent_count = whole("words of future or intent in its measures", "意向词数")
    intent_words = text("these words (codes of intent_words), comma-joined", "意向词")
    has_intent_in_completed = flag("said to be completed, yet in words of intent", "完成项含意向表述")
    reused_share = ratio(
        "share of its measures that stands word for word elsewhere in the notice", "篇内重复率"
    )
    reused_across_share = ratio("… in another notice", "跨篇重复率")
    n_count = whole("characters of its measures", "措施字数")


class OutEvidenceByNotice(OfNotice, Wilson, Flagged):
    """Evidence behind items said to be completed, and behind all, per notice."""

    scope_code = code("items said to be completed, or all leaf items", "范围", ("completed", "all"))
    measure_code = text("which share", "指标")
    measure_label_zh = text("the share in words", "指标名")
    measure_label_en = text("the share in words, English", "指标名（英文）")
    unit = code("leaf items", "单位", ("item",))
    definition_code = text("wording, not proof: what the text shows", "口径")
    x_count = whole("items with it", "数量")
    n_count = whole("items in scope", "总数")


class OutReuse(Pair, Flagged):
    """Pairs of leaf items whose measures share text word for word."""

    problem_id_a = text("a problem", "甲问题", key=True)
    problem_id_b = text("another problem", "乙问题", key=True)
    scope_code = code("within one notice or across two", "范围", ("within", "across"))
    unit = code("leaf items", "单位", ("item",))
    definition_code = text("runs of identical characters, punctuation ignored", "口径")
    shared_char_count = whole("characters of shared runs", "相同字数")
    longest_run_count = whole("longest run", "最长相同字数")
    n_a_count = whole("characters of the first", "甲字数")
    n_b_count = whole("characters of the second", "乙字数")
    share_a = ratio("share of the first's text", "占甲比例", null=False)
    share_b = ratio("share of the second's text", "占乙比例", null=False)
    run_start_a = whole("start of the longest run in the first's notice text", "甲起始", null=True)
    run_end_a = whole("its end", "甲结束", null=True)


class OutOpenItems(OfNotice, Flagged):
    """One unit whose own words say that it is not done."""

    problem_id = text("the problem or item", "问题编号", key=True)
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("not done on the strict or lenient definition", "口径")
    status_code = code("result, self-reported", "整改状态", STATUS_CODES)
    status_label_zh = text("its name", "状态名")
    status_label_en = text("its name in English", "状态名（英文）")
    primary_type_code = text("problem type", "问题类型")
    primary_type_label_zh = text("its name", "类型名")
    primary_type_label_en = text("its name in English", "类型名（英文）")
    measure_count = whole("measures", "措施数")
    progress_share = ratio("stated progress", "整改进度")
    feedback_date = day("day of the feedback", "反馈日期")
    figures_date = day("day the figures are as of", "数据截至日")
    figures_date_basis = code("where that day comes from", "截至日依据", FIGURES_DATE_BASES)
    age_days = whole("days from feedback to the figures", "已过天数", null=True, low=None)
    is_age_lower_bound = flag("the figures may be younger than that day", "天数为下限")


class OutMeasuresByType(OfType, Wilson, Flagged):
    """Kinds of measures under problems of a type, over all selected notices; ``source_ids`` are measures."""

    dimension_code = text("dimension of the type", "维度")
    kind_code = text("kind of measure (lookup measure_kinds), other for none", "措施类别")
    kind_label_zh = text("its name", "类别名")
    kind_label_en = text("its name in English", "类别名（英文）")
    unit = code("measures", "单位", ("measure",))
    definition_code = text("by the words of the measure; one may be of several kinds", "口径")
    x_count = whole("measures of the kind", "数量")
    n_count = whole("measures under problems of the type", "总数")


class OutPooled(OfNotice, Wilson, Flagged):
    """Partial pooling: each notice's share drawn towards the mean of all (beta-binomial, empirical Bayes)."""

    definition_code = code("stated, itemised, strict or lenient", "口径", DEFINITIONS)
    unit = code("what is counted", "单位", ALL_UNITS)
    basis_code = code("from items, or from totals", "依据", ("items", "total"))
    x_count = whole("units counted as done", "已完成数")
    n_count = whole("units with a stated result", "有结果的总数")
    pooled_share = ratio("the share drawn towards the mean", "收缩估计")
    pooled_low = ratio("95 % of its posterior, low", "收缩下限")
    pooled_high = ratio("95 % of its posterior, high", "收缩上限")
    mean_share = ratio("mean of all notices", "总体均值")
    mean_low = ratio("95 % interval of the mean, low", "总体均值下限")
    mean_high = ratio("95 % interval of the mean, high", "总体均值上限")
    between_sd = ratio("standard deviation between notices", "通报间标准差")
    notice_count = whole("notices pooled", "通报数")
    verdict_code = code("too few below ten notices: nothing is pooled", "结论", ("pooled", "too_few"))


class OutRobustness(dy.Schema):
    """Does a headline claim hold under another defensible choice? One row per claim and choice."""

    claim_code = text("the claim", "论断")
    claim_label_zh = text("the claim in words", "论断说明")
    claim_label_en = text("the claim in words, English", "论断说明（英文）")
    choice_code = text("what is done differently; base for the claim as made", "改变")
    choice_label_zh = text("the choice in words", "改变说明")
    choice_label_en = text("the choice in words, English", "改变说明（英文）")
    value = real("the number behind the claim", "数值", null=True)
    low = real("95 % interval, low", "下限", null=True)
    high = real("95 % interval, high", "上限", null=True)
    n_count = whole("notices (or bodies) it rests on", "依据数")
    answer_code = text("what the claim says under this choice", "结果")
    holds = flag("as in the base row; null where it cannot be said", "是否成立", null=True)


class OutCodingAgreement(Flagged):
    """Automatic types against human labels: overall, per dimension, notice and type; ``source_ids`` disagree."""

    sample_code = code("which labels", "样本", ("ledger", "kept_aside"))
    scope_code = code("what the row is over", "范围", ("overall", "dimension", "notice", "type"))
    group_id = text("type, dimension or notice; 'all' for overall", "分组")
    group_label_zh = text("its name", "分组名")
    group_label_en = text("its name, English", "分组名（英文）")
    unit = text("labelled units", "单位")
    definition_code = text("automatic primary type against the human primary type", "口径")
    n_count = whole("units with a human label (of a type: given it by either)", "有人工标签数")
    agreed_count = whole("units with the same primary type", "一致数")
    human_count = whole("units the person gave the type", "人工数")
    automatic_count = whole("units the program gave the type", "自动数")
    observed_share = ratio("agreed / n", "一致率")
    wilson_low = ratio("95 % Wilson interval of observed_share, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval of observed_share, high", "区间上限")
    kappa = real("Cohen's κ; of a type: it against the rest", "κ", null=True, low=-1, high=1)
    precision = ratio("agreed / automatic", "准确率")
    recall = ratio("agreed / human", "召回率")
    f1 = ratio("harmonic mean", "F1")
    is_in_sample = flag("the rules were written with these texts in view: it flatters", "调参样本")


class OutTypeCounts(OfNotice, OfType, Wilson, Flagged):
    """Notice × problem type, complete: a type that a notice lacks is a true 0."""

    dimension_code = text("dimension of the type (codes_dimensions)", "维度")
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("primary: each unit once, under its first type", "口径")
    primary_count = whole("units with it as first type", "首要类型数")
    any_count = whole("units with it as first or further type", "首要或次要类型数")
    n_count = whole("all units of the notice", "全部")
    common_n = whole("size to which notices are brought for comparison", "等量抽取数", null=True)
    presence_at_common_n = ratio("chance that common_n units drawn hold the type (Hurlbert)", "等量出现概率")
    human_count = whole("of primary_count: coded by a person", "人工归类数")


class OutTypePrevalence(OfType, Wilson, Flagged):
    """共性: in how many notices a type occurs at all; ``source_ids`` are the notices (city codes) where it does."""

    dimension_code = text("its dimension", "维度")
    unit = code("what a type is looked for in", "单位", COUNTED_UNITS)
    definition_code = code("present in a notice, or in any notice of a city", "口径", ("notice", "city"))
    present_count = whole("notices (cities) with at least one", "出现数")
    n_count = whole("notices (cities) compared", "总数")
    common_n = whole("size to which notices are brought", "等量抽取数", null=True)
    rarefied_share = ratio("mean chance of presence at common_n (Hurlbert)", "等量出现率")
    coding_low = ratio("95 % interval with coding error and sampling drawn, low", "计入归类误差下限")
    coding_high = ratio("the same, high", "计入归类误差上限")
    unit_count = whole("units of the type over all notices", "事项数")


class OutOverrepresentation(OfNotice, OfType, Flagged):
    """Types that one notice holds more (or less) of than the others: log-odds, informative Dirichlet prior."""

    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("primary types; this notice against all others", "口径")
    primary_count = whole("in this notice", "本通报数")
    n_count = whole("all units of this notice", "本通报总数")
    other_count = whole("in the others", "其他通报数")
    other_n_count = whole("all units of the others", "其他通报总数")
    share = ratio("primary_count / n_count", "占比")
    other_share = ratio("other_count / other_n_count", "其他占比")
    log_odds = real("difference of log-odds under the prior", "对数优势差")
    log_odds_low = real("95 % interval, low (unadjusted)", "下限")
    log_odds_high = real("95 % interval, high (unadjusted)", "上限")
    z_score = real("log_odds / its standard error", "z 值")
    p_value = ratio("two-sided", "p 值", null=False)
    p_adjusted = ratio("Holm over every type and notice: for a claim", "校正 p 值（Holm）", null=False)
    p_screened = ratio("Benjamini–Hochberg over the same: for screening", "筛查 p 值（BH）", null=False)
    is_worth_a_look = flag("p_screened below 0.05: a hint, no claim", "值得看")
    detectable_difference = ratio("difference of shares that 80 % power would find", "可检出差别")
    verdict_code = code("by p_adjusted", "结论", ("over", "under", "cannot_be_told_apart"))


class OutMixDistances(Pair, Flagged):
    """How far apart the type mixes of two notices are: Jensen–Shannon, descriptive only."""

    pair_code = code(
        "all pairs of a small selection, rounds of a body, or nearest",
        "配对",
        ("all", "consecutive", "nearest"),
    )
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("primary types", "口径")
    n_a_count = whole("units of the first", "甲总数")
    n_b_count = whole("units of the second", "乙总数")
    divergence_bits = ratio("Jensen–Shannon divergence, base 2", "JS 散度", null=False)
    distance = ratio("its square root", "JS 距离", null=False)
    expected_distance = ratio("mean distance when the pooled units are dealt at random", "随机期望距离")


class OutDifferences(Pair, Newcombe, Flagged):
    """Differences of completion ratios: all notices at once, and pair by pair. No ranking."""

    comparison_code = code("all notices at once, or one pair", "比较", ("overall", "pair"))
    definition_code = code("the definition compared", "口径", (*DEFINITIONS, "best_available"))
    unit = code("what is counted", "单位", ALL_UNITS)
    x_a_count = whole("done, first", "甲已完成", null=True)
    n_a_count = whole("of, first", "甲总数", null=True)
    x_b_count = whole("done, second", "乙已完成", null=True)
    n_b_count = whole("of, second", "乙总数", null=True)
    n_count = whole("all units compared", "比较总数", null=True)
    notice_count = whole("notices compared", "通报数")
    p_value = ratio("Boschloo's exact test (pair) or R×C Fisher (overall)", "p 值")
    p_adjusted = ratio("Holm-adjusted over the pairs of one definition", "校正 p 值")
    fisher_p_value = ratio("Fisher's exact test of the pair, for comparison", "Fisher p 值")
    fisher_p_adjusted = ratio("the same, Holm-adjusted", "Fisher 校正 p 值")
    detectable_difference = ratio("difference that 80 % power would find, at the Holm level", "可检出差别")
    test_code = text("boschloo, fisher_exact, fisher_monte_carlo or none", "检验")
    verdict_code = code("what may be said; never who is better", "结论", VERDICTS)
    reason_zh = text("why", "理由")
    reason_en = text("why, in English", "理由（英文）")


class OutRounds(OfNotice, Wilson, Flagged):
    """One body's round under one definition; ``year`` is that of the feedback."""

    round_number = whole("order of the round among the body's notices, from 1", "轮次序号", low=1)
    year_basis = code("what the year is of", "年份口径", ("feedback", "inspection", "publication"), null=True)
    is_latest = flag("the last notice of its round", "本轮最新")
    previous_notice_id = text("the round before it in the same series", "前次通报", null=True)
    definition_code = code("stated, itemised, strict or lenient", "口径", DEFINITIONS)
    unit = code("what is counted", "单位", ALL_UNITS)
    basis_code = code("from items, from the notice's own total, or none", "依据", ("items", "total", "none"))
    x_count = whole("units counted as done; null: not published", "已完成数", null=True)
    n_count = whole("units with a stated result", "有结果的总数", null=True)
    days_feedback_to_publication = whole(
        "days from feedback to publication", "反馈至公布天数", null=True, low=None
    )
    inspection_days = whole("days of inspection: context", "巡察天数", null=True, low=None)
    inspection_kind = text("regular, look_back, special or linked: context", "巡察类型", null=True)


class RoundPair(dy.Schema):
    body_id = text("the body", "单位编号")
    body_name = text("its latest name", "单位")
    from_notice_id = text("earlier round", "前次通报")
    to_notice_id = text("next round", "后次通报")
    label_from_zh = text("its display name", "前次显示名")
    label_to_zh = text("its display name", "后次显示名")
    label_from_en = text("its display name, English", "前次显示名（英文）")
    label_to_en = text("its display name, English", "后次显示名（英文）")
    days_between = whole(
        "days from one inspection (else feedback …) to the next", "间隔天数", null=True, low=None
    )


class OutRoundChanges(RoundPair, Newcombe, Flagged):
    """A body's round and its next under one definition: later less earlier."""

    city_code = text("GB/T 2260 code", "行政区划代码", null=True)
    city_name = text("place", "城市", null=True)
    definition_code = code("stated, itemised, strict or lenient", "口径", DEFINITIONS)
    unit = code("what is counted", "单位", ALL_UNITS)
    from_x_count = whole("done, earlier", "前次已完成", null=True)
    from_n_count = whole("of, earlier", "前次总数", null=True)
    to_x_count = whole("done, later", "后次已完成", null=True)
    to_n_count = whole("of, later", "后次总数", null=True)
    p_value = ratio("Boschloo's exact test", "p 值")
    p_adjusted = ratio("Holm over the consecutive pairs of a definition: for a claim", "校正 p 值（Holm）")
    p_screened = ratio("Benjamini–Hochberg over the same: for screening", "筛查 p 值（BH）")
    is_worth_a_look = flag("p_screened below 0.05: a hint, no claim", "值得看")
    detectable_difference = ratio("difference that 80 % power would find, at the Holm level", "可检出差别")
    verdict_code = code("what may be said", "结论", (*CHANGES, "not_comparable"))
    reason_code = code(
        "why not comparable", "不可比原因", ("no_share", "unit_differs", "basis_differs"), null=True
    )
    returned_type_codes = listed("types in both rounds", "再现类型")
    returned_after_absence_type_codes = listed(
        "types of an earlier round that the last one lacked", "隔轮再现类型"
    )
    new_type_codes = listed("types never found at the body before", "新增类型")
    gone_type_codes = listed("types of the earlier round that the later one lacks", "消失类型")


class OutTypeReturns(RoundPair, OfType, Newcombe, Flagged):
    """A type in two consecutive rounds of one body."""

    change_code = code("how the type changed", "变化", ("returned", "returned_after_absence", "new", "gone"))
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("same primary type: a type may return, a problem need not", "口径")
    before_count = whole("units then", "前次数")
    before_n_count = whole("all units then", "前次总数")
    after_count = whole("units now", "后次数")
    after_n_count = whole("all units now", "后次总数")


class OutTrend(dy.Schema):
    """First round against last over all bodies with two or more, by one method."""

    definition_code = code("stated, itemised, strict or lenient", "口径", DEFINITIONS)
    unit = code("what is counted", "单位", ALL_UNITS)
    basis_code = code("from items, or from totals", "依据", ("items", "total"))
    method_code = code("the method", "方法", ("paired_mean", "wilcoxon", "mantel_haenszel"))
    estimate = real("mean or median difference of shares; odds ratio", "估计", null=True)
    low = real("95 % interval, low", "下限", null=True)
    high = real("95 % interval, high", "上限", null=True)
    p_value = ratio("two-sided", "p 值")
    p_adjusted = ratio("fixed sequence of the three methods", "校正 p 值")
    detectable_difference = ratio("difference of shares that 80 % power would find", "可检出差别")
    body_count = whole("bodies with two rounds or more", "单位数")
    pair_count = whole("consecutive pairs of rounds in them", "相邻轮次对数")
    verdict_code = code("what may be said", "结论", CHANGES)


OUT_TABLES: dict[str, type[dy.Schema]] = {
    "out_notices": OutNotices,
    "out_flags": OutFlags,
    "out_problem_counts": OutProblemCounts,
    "out_completion": OutCompletion,
    "out_status_mix": OutStatusMix,
    "out_reconciliation": OutReconciliation,
    "out_type_counts": OutTypeCounts,
    "out_type_prevalence": OutTypePrevalence,
    "out_overrepresentation": OutOverrepresentation,
    "out_mix_distances": OutMixDistances,
    "out_differences": OutDifferences,
    "out_rounds": OutRounds,
    "out_round_changes": OutRoundChanges,
    "out_type_returns": OutTypeReturns,
    "out_trend": OutTrend,
    "out_recurrences": OutRecurrences,
    "out_similar_statements": OutSimilarStatements,
    "out_timeline": OutTimeline,
    "out_weekly_events": OutWeeklyEvents,
    "out_evidence": OutEvidence,
    "out_evidence_by_notice": OutEvidenceByNotice,
    "out_reuse": OutReuse,
    "out_open_items": OutOpenItems,
    "out_measures_by_type": OutMeasuresByType,
    "out_pooled": OutPooled,
    "out_robustness": OutRobustness,
    "out_coding_agreement": OutCodingAgreement,
}
