"""Comparison tables about time and evidence: timeline, weekly events, evidence, reuse of text."""

from __future__ import annotations

import dataframely as dy

from analysis.compare.schema_columns import GridSchema, flags_column, ids_column, ratio
from analysis.ledger.schemas import STATUS_CODES, code, day, flag, text, whole


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
    inspection_to_feedback_days = whole(
        "end of inspection to feedback", "巡察结束至反馈", null=True, low=None
    )
    feedback_to_cutoff_days = whole("feedback to cut-off", "反馈至截止", null=True, low=None)
    feedback_to_publication_days = whole(
        "feedback to publication (else comment window)", "反馈至公布", null=True, low=None
    )
    publication_basis = text("publication, comment_window or none", "公布日期依据")
    rule_code = text("rule in force at the feedback (rectification_periods)", "适用规定", null=True)
    rule_label_zh = text("the rule", "规定", null=True)
    rule_label_en = text("the rule, English", "规定（英文）", null=True)
    period_days = whole(
        "period the rule sets, in days; null where open or unconfirmed", "规定天数", null=True
    )
    period_end_date = day("last day of that period", "期限届满日")
    is_rule_confirmed = flag("someone has read the rule's text", "规定已核实", null=True)
    days_over_period = whole(
        "publication less end of period: context, no verdict (the period is for the report, not for publication)",
        "超出天数",
        null=True,
        low=None,
    )
    event_count = whole("dated events from feedback to cut-off or publication", "期间事件数", null=True)
    issued_document_count = whole("documents said to be issued or revised", "制发文件数", null=True)
    numbered_document_count = whole("of these with a document number", "有文号文件数", null=True)
    n_count = whole("dates of the five stages that are known", "已知日期数", null=True)
    flags = flags_column()
    source_ids = ids_column("metadata behind the dates", "依据编号")


class OutWeeklyEvents(GridSchema):
    """Dated events per week between feedback and the figures; every week of the window."""

    week_start_date = day("Monday of the week", "周一", null=False)
    week_index = whole("weeks since the week of the feedback (or of the window's start)", "第几周")
    window_basis = text("feedback, or inspection_end where the feedback day is unknown", "窗口起点")
    unit = text("dated events (day precision, not planned)", "单位")
    definition_code = text("events of measures in the window", "口径")
    event_count = whole("events that start in the week", "事件数")
    n_count = whole("events in the whole window", "窗口事件数")
    flags = flags_column()
    source_ids = ids_column("events", "事件编号")


class OutEvidence(GridSchema):
    """What stands behind each leaf item: dates, documents, quantities, sanctions, money."""

    problem_id = text("problem without sub-items, or sub-item", "问题编号", key=True)
    unit = code("one leaf item", "单位", ("leaf_item",))
    definition_code = text(
        "evidence inside the measures; hard = dated event in the past, document with its number, quantity, sanction or money",
        "口径",
    )
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
    evidence_kind_count = whole("kinds of hard evidence present, 0–5", "证据种类数")
    has_hard_evidence = flag("at least one kind", "有硬证据")
    intent_count = whole("words of future or intent in its measures", "意向词数")
    intent_words = text("these words (codes of intent_words), comma-joined", "意向词")
    has_intent_in_completed = flag("said to be completed, yet in words of intent", "完成项含意向表述")
    reused_share = ratio(
        "share of its measures' text that stands word for word elsewhere in the notice", "篇内重复率"
    )
    reused_across_share = ratio("… in another notice", "跨篇重复率")
    n_count = whole("characters of its measures", "措施字数")
    flags = flags_column()
    source_ids = ids_column("events, documents, figures", "依据编号")


class OutEvidenceByNotice(GridSchema):
    """Evidence behind items said to be completed, per notice."""

    scope_code = code("items said to be completed, or all leaf items", "范围", ("completed", "all"))
    measure_code = code(
        "which share",
        "指标",
        (
            "hard_evidence",
            "no_hard_evidence",
            "dated_event",
            "document",
            "numbered_document",
            "quantity",
            "money",
            "sanction",
            "intent",
            "reused_half",
        ),
    )
    measure_label_zh = text("the share in words", "指标名")
    measure_label_en = text("the share in words, English", "指标名（英文）")
    unit = code("leaf items", "单位", ("leaf_item",))
    definition_code = text("wording, not proof: what the text shows", "口径")
    x_count = whole("items with it", "数量", null=True)
    n_count = whole("items in scope", "总数", null=True)
    share = ratio("x / n", "占比")
    wilson_low = ratio("95 % Wilson interval, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval, high", "区间上限")
    flags = flags_column()
    source_ids = ids_column("problems counted in x", "问题编号")


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
    share_a = ratio("share of the first's text", "占甲比例", null=False)
    share_b = ratio("share of the second's text", "占乙比例", null=False)
    run_start_a = whole("start of the longest run in the first's notice text", "甲起始", null=True)
    run_end_a = whole("its end", "甲结束", null=True)
    flags = flags_column()
    source_ids = ids_column("both problems", "问题编号")
