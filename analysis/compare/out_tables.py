"""Every comparison table (``out_*``) and column, declared once; validation and data dictionary are made from here.

* A row stands for something: what a notice does not publish is said in a note, not in rows of nulls.
* A number stands with its unit, n, definition, flags (``codes_flags``) and the IDs it was counted from.
* No column holds words of a notice, so that no name or telephone number of a person can stand in
  one; the words are one join away (``source_ids`` → ``core_*``).
"""

from __future__ import annotations

from analysis.ledger.schemas import ADMIN_LEVELS, STATUS_CODES, about, code, day, dy, flag, real, text, whole

ALL_UNITS = ("problem", "item", "task", "measure")
COUNTED_UNITS = ("problem", "item")
DEFINITIONS = ("stated", "itemised", "strict", "lenient")
VERDICTS = ("cannot_be_told_apart", "differs", "not_comparable")
CHANGES = ("rises", "falls", "not_told_apart", "too_few")
FIGURES_DATE_BASES = ("cutoff", "publication", "comment_window", "latest_event", "none")


def ratio(en: str, zh: str, *, null: bool = True) -> dy.Float64:
    return real(en, zh, null=null, low=0, high=1)


def listed(en: str, zh: str) -> dy.List:
    return dy.List(dy.String(), nullable=False, description=en, metadata=about(zh))


class Flagged(dy.Schema):
    flags = listed("comparability flags of the row (codes_flags)", "可比性标记：本行带有的标记")
    source_ids = listed("IDs of the rows behind the number", "依据编号：得出该数的各行编号")


class OfNotice(dy.Schema):
    notice_id = text("notice the row is about", "通报编号：所述通报")
    city_code = text(
        "six-digit GB/T 2260 code; null if the place is unknown",
        "行政区划代码：GB/T 2260 六位代码，所在地不明的为空",
        null=True,
    )
    city_name = text("place of the inspected body, short form", "城市：被巡察单位所在地简称", null=True)
    body_id = text("ID of the inspected body, the same through all its renamings", "单位编号：更名前后不变")
    body_name = text("latest name of the body, with its place", "单位：最近名称，含所在地")
    year = whole(
        "year on the chosen basis; null if unknown", "年份：按所选年份口径，不明的为空", null=True, low=1990
    )
    label_zh = text("display name of the notice, in Chinese", "显示名：通报的显示名")
    label_en = text("display name of the notice, in English", "显示名（英文）：通报的英文显示名")


class Pair(dy.Schema):
    notice_id_a = text("first notice, in display order", "甲：前一份通报（按显示次序）", null=True)
    notice_id_b = text("second notice, in display order", "乙：后一份通报（按显示次序）", null=True)
    label_a_zh = text("display name of the first notice, in Chinese", "甲显示名", null=True)
    label_b_zh = text("display name of the second notice, in Chinese", "乙显示名", null=True)
    label_a_en = text("display name of the first notice, in English", "甲显示名（英文）", null=True)
    label_b_en = text("display name of the second notice, in English", "乙显示名（英文）", null=True)


class Wilson(dy.Schema):
    share = ratio("share: the count divided by n", "占比：数量除以总数")
    wilson_low = ratio(
        "lower end of the share's 95 % Wilson interval", "Wilson 下限：占比的95% Wilson 区间下限"
    )
    wilson_high = ratio(
        "upper end of the share's 95 % Wilson interval", "Wilson 上限：占比的95% Wilson 区间上限"
    )


class OfType(dy.Schema):
    type_code = text("problem type (codes_problem_types)", "问题类型：类型代码")
    type_label_zh = text("name of the type, in Chinese", "类型名")
    type_label_en = text("name of the type, in English", "类型名（英文）")


class Newcombe(dy.Schema):
    difference = real("difference of the two shares", "差：两个比例之差", null=True, low=-1, high=1)
    newcombe_low = real(
        "lower end of the difference's 95 % Newcombe interval",
        "差的下限：95% Newcombe 区间下限",
        null=True,
        low=-1,
        high=1,
    )
    newcombe_high = real(
        "upper end of the difference's 95 % Newcombe interval",
        "差的上限：95% Newcombe 区间上限",
        null=True,
        low=-1,
        high=1,
    )


class OutNotices(OfNotice):
    """What is compared: one row per notice, with its context.

    比较的通报：每行一份通报及其背景。
    """

    year_basis = text(
        "what the year is of: inspection, feedback or publication",
        "年份口径：inspection（巡察）、feedback（反馈）或 publication（公布）",
    )
    admin_level = code(
        "administrative level of the body's place", "行政层级：单位所在地的层级", ADMIN_LEVELS, null=True
    )
    issuer_name = text("body that issued the notice", "发布单位：发布通报的单位", null=True)
    problem_count = whole("problems, as the notice itself numbers them", "问题数：按通报自身编号计")
    leaf_item_count = whole("problems without sub-items, plus sub-items", "事项数：没有子项的问题与子项之和")
    measure_count = whole("measures printed", "措施数：印出的措施数")
    stated_task_count = whole(
        "tasks, as the notice states them", "声明任务数：通报声明的整改任务数", null=True
    )
    inspection_days = whole(
        "days of inspection, both ends included: context, not a score",
        "巡察天数：含首尾两日，仅作背景",
        null=True,
    )
    char_count = whole("length of the text: context, not a score", "篇幅（字）：全文字符数，仅作背景")
    coverage_share = ratio(
        "share of the text that was read as something", "文本覆盖率：全文中已归入某一部分的比例"
    )
    classified_share = ratio("share of the units whose type was decided", "可归类比例：已定类型的事项比例")
    reading_score = ratio(
        "chance that nine in ten of the problems were read right", "解读把握：九成问题读取无误的概率"
    )
    reading_doubt_codes = text(
        "signs of a misreading, separated by commas (codes_reading_doubts); empty where none needs review",
        "存疑代码：可能误读的迹象，逗号分隔；无需复核的为空",
    )
    flags = listed("comparability flags of the notice (codes_flags)", "可比性标记：通报带有的标记")


class OutProblemCounts(OfNotice, Wilson, Flagged):
    """Counts by notice, aspect, category and dimension, for each unit; ``share`` is of that unit in the
    notice.

    问题数量：按通报、方面、分类与维度，分单位计数；占比以该通报同单位总数为分母。
    """

    group_code = code(
        "what the count is over",
        "分组：notice（通报）、aspect（方面）、category（分类）或 dimension（维度）",
        ("notice", "aspect", "category", "dimension"),
    )
    group_id = text(
        "section ID or dimension code; null for the whole notice",
        "分组编号：章节编号或维度代码，全篇为空",
        null=True,
    )
    group_ordinal = whole(
        "position of the group in the notice; 0 for the whole", "分组序号：在通报中的次序，全篇为0"
    )
    group_label_zh = text("name of the group, in Chinese", "分组名")
    group_label_en = text("name of the group, in English", "分组名（英文）")
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    definition_code = code(
        "counted item by item, or stated by the notice",
        "口径：counted（逐项）或 stated（通报声明）",
        ("counted", "stated"),
    )
    value_count = whole("number of units in the group", "数量：该组的数量")
    n_count = whole("number of the same unit in the whole notice", "全篇数量：全篇同单位的数量")
    inspection_days = whole("days of inspection: context, not a score", "巡察天数：仅作背景", null=True)
    char_count = whole(
        "length of the text: context, not a score", "篇幅（字）：全文字符数，仅作背景", null=True
    )


class OutCompletion(OfNotice, Wilson, Flagged):
    """One of four completion ratios of a notice, never one alone; ``source_ids`` are the units counted as
    done, or the claims.

    整改完成比例：每份通报四种口径及区间，不单列一种；source_ids 为计为完成的事项或声明的编号。
    """

    definition_code = code(
        "definition of completion (codes_completion_definitions)",
        "口径：stated（声明）、itemised（逐项）、strict（严格）或 lenient（宽松）",
        DEFINITIONS,
    )
    definition_label_zh = text("the definition in words, in Chinese", "口径说明")
    definition_label_en = text("the definition in words, in English", "口径说明（英文）")
    is_headline = flag("whether it is the definition that the reader chose", "选定口径：是否为所选口径")
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    basis_code = code(
        "counted from items, taken from the notice's own total, or none",
        "依据：items（逐项）、total（通报的总数）或 none（无）",
        ("items", "total", "none"),
    )
    x_count = whole("units counted as done", "已完成数：计为完成的数量", null=True)
    n_count = whole(
        "units with a stated result; for stated, the stated total",
        "有结果的总数：写明结果的数量，声明口径为声明的总数",
        null=True,
    )
    missing_count = whole(
        "units whose result is not stated, counted in neither x nor n",
        "未写明结果数：既不计入已完成数，也不计入总数",
        null=True,
    )
    total_count = whole("all units", "全部：全部数量", null=True)
    jeffreys_low = ratio(
        "lower end of the share's 95 % Jeffreys interval", "Jeffreys 下限：占比的95% Jeffreys 区间下限"
    )
    jeffreys_high = ratio(
        "upper end of the share's 95 % Jeffreys interval", "Jeffreys 上限：占比的95% Jeffreys 区间上限"
    )
    bound_low = ratio(
        "x / total: as if none of the units without a stated result were done",
        "最低可能：未写明结果的全部视为未完成",
    )
    bound_high = ratio(
        "(x + missing) / total: as if all of them were done", "最高可能：未写明结果的全部视为已完成"
    )
    feedback_date = day("day on which the findings were handed over", "反馈日期：巡察意见反馈之日")
    figures_date = day("day as of which the figures hold", "数据截至日：数据所反映的日期")
    figures_date_basis = code(
        "where figures_date comes from",
        "截至日依据：cutoff（截止）、publication（公布）、comment_window（公示期）、latest_event（最近事件）或 none（无）",
        FIGURES_DATE_BASES,
    )
    days_since_feedback = whole(
        "days from feedback_date to figures_date", "距反馈天数：反馈至数据截至日", null=True, low=None
    )
    months_since_feedback = real(
        "the same in months of 30.4375 days", "距反馈月数：每月按30.4375天计", null=True
    )
    is_days_lower_bound = flag(
        "whether the figures may be younger than figures_date", "天数为下限：数据可能晚于截至日"
    )
    disagreeing_check_count = whole(
        "checks of this notice that do not agree", "核对不一致数：该通报核对不一致的项数"
    )
    is_self_reported = flag("always true: the inspected body's own word", "自报：一律为被巡察单位自报")
    note_zh = text("what to know before using the number, in Chinese", "说明：使用该数前须知")
    note_en = text("what to know before using the number, in English", "说明（英文）")


class OutStatusMix(OfNotice, Flagged):
    """How many units report which result by their own words, with simultaneous intervals.

    自报状态构成：每种状态的数量与同时区间。
    """

    status_code = code(
        "result; one deduced from a total counts as not_stated",
        "整改状态：由总数推得的计为未说明",
        STATUS_CODES,
    )
    unit = code("what is counted", "单位：所计的单位", COUNTED_UNITS)
    definition_code = text("how results are counted: by the items' own words", "口径：以各项原文为准")
    value_count = whole("units with this result", "数量：该状态的数量")
    n_count = whole("all units", "全部：全部数量")
    share = ratio("value_count divided by n_count", "占比：数量除以全部")
    goodman_low = ratio(
        "lower end of the 95 % simultaneous interval (Goodman)", "同时区间下限：95% Goodman 同时区间"
    )
    goodman_high = ratio(
        "upper end of the 95 % simultaneous interval (Goodman)", "同时区间上限：95% Goodman 同时区间"
    )


class OutFlags(OfNotice):
    """Every flag that a notice bears in this selection, with its reason.

    可比性标记：所选范围内每份通报带有的每个标记及理由。
    """

    flag_code = text("flag (codes_flags)", "标记：标记代码")
    flag_label_zh = text("meaning of the flag, in Chinese", "含义")
    flag_label_en = text("meaning of the flag, in English", "含义（英文）")
    definition_code = text("where its rule stands: codes_flags", "口径：规则见 codes_flags")
    reason_zh = text("why it is raised, in Chinese", "理由：为何作出标记")
    reason_en = text("why it is raised, in English", "理由（英文）")
    n_count = whole("notices in the selection", "通报总数：所选通报数")
    source_ids = listed("IDs of the rows that the reason rests on", "依据编号：理由所依据的各行编号")


class OutReconciliation(OfNotice, Flagged):
    """Stated against counted: core_checks with what explains them.

    声明与逐项：每行一次核对，附说明。
    """

    check_id = text("ID of the check in core_checks", "核对编号：core_checks 中的编号", key=True)
    check_code = text("what is compared (codes_checks)", "核对代码：所核对的内容")
    check_label_zh = text("what is compared, in Chinese", "核对内容")
    check_label_en = text("what is compared, in English", "核对内容（英文）")
    group_id = text("aspect that a partial total is about", "所属方面：分项总数所指的方面", null=True)
    unit = text("what is counted", "单位：所计的单位")
    definition_code = text("how they are compared: stated against counted", "口径：声明数与逐项数对照")
    stated_value = real("what the notice says", "声明数：通报所称", null=True)
    counted_value = real("what was counted", "逐项数：一项一项数得", null=True)
    n_count = whole("units that the count ran over", "逐项范围：逐项数所及的数量", null=True)
    difference = real("stated_value less counted_value", "差：声明数减逐项数", null=True)
    is_agreeing = flag(
        "whether both agree; null if it cannot be decided, for the reason in the note",
        "是否一致：无法核对的为空，原因见说明",
        null=True,
    )
    note_text = text(
        "what to know, or why it cannot be decided, in Chinese",
        "说明：须注意之处，或无法核对的原因",
        null=True,
    )
    note_en = text("what to know, or why it cannot be decided, in English", "说明（英文）", null=True)
    claim_id = text(
        "the stated total; its words are core_claims.quote_text",
        "总数编号：原文见 core_claims.quote_text",
        null=True,
    )


class OutRecurrences(OfNotice, Wilson, Flagged):
    """Self-reported recurrence (复发): one earlier finding that the text says came back or stayed open.

    复发（自述）：通报自述反弹或仍未整改的旧问题。
    """

    recurrence_id = text(
        "ID of the statement in core_recurrences", "复发编号：core_recurrences 中的编号", key=True
    )
    problem_id = text("problem it stands under; null elsewhere", "问题编号：不在问题之下的为空", null=True)
    earlier_source = text(
        "what found it first: inspection, audit or other",
        "首次发现来源：inspection（巡视巡察）、audit（审计）或 other（其他）",
    )
    unit = text("what is counted: earlier findings", "单位：原有问题")
    definition_code = text("how it is known: from the notice's own words", "口径：以通报自述为准")
    earlier_count = whole("findings at that time, as stated", "原有问题数：通报所称当时的问题数", null=True)
    still_open_count = whole(
        "how many of them are still open or came back, as stated",
        "仍未整改数：通报所称其中仍未整改或反弹的",
        null=True,
    )
    listed_count = whole("sub-items listed under the problem", "列出数：问题之下所列的子项数", null=True)
    x_count = whole("still_open_count, else listed_count", "取用数：仍未整改数，没有的取列出数", null=True)
    n_count = whole("earlier_count", "总数：原有问题数", null=True)
    is_lower_bound = flag(
        "whether x_count is what the text lists, not what it states", "下限：取用数为列出数而非声明数"
    )


class OutSimilarStatements(Pair, Flagged):
    """Suggestions for a reader: statements of different notices that share wording; those of one body
    first.

    表述相近的问题：不同通报中用词相近的问题，同一单位的在前，供人工判断。
    """

    problem_id_a = text("problem of the first notice", "甲问题：问题编号", key=True)
    problem_id_b = text("problem of the second notice", "乙问题：问题编号", key=True)
    unit = code("what is compared", "单位：所比较的单位", COUNTED_UNITS)
    definition_code = text(
        "how likeness is measured: cosine of tf-idf over 2–3-character n-grams, verdict words masked",
        "口径：二至三字片段 tf-idf 余弦，遮去评判用语",
    )
    similarity = ratio("likeness, 0 to 1", "相似度：0 至 1", null=False)
    same_body = flag("whether both are of one body", "同一单位：两者属同一单位")
    found_again = flag(
        "whether an earlier round of the body called the problem completed",
        "完成后再现：该单位前一轮称其已完成",
    )
    status_code_a = code("result of the first, by its own words", "甲状态：以原文为准", STATUS_CODES)
    status_code_b = code("result of the second, by its own words", "乙状态：以原文为准", STATUS_CODES)
    shares_type = flag("whether both have the same primary type", "类型相同：首要类型相同")
    n_count = whole("pairs across notices that were looked at", "比较对数：所比较的跨通报配对数")
    is_suggestion = flag("always true: a reader decides", "仅供参考：一律由人工判断")


class OutTimeline(OfNotice, Flagged):
    """Inspection → feedback → cut-off → publication, in days, against the rule in force.

    各阶段的日期与天数：巡察、反馈、截止、公布，与当时规定的期限对照。
    """

    inspection_start_date = day("first day of the inspection", "巡察开始：巡察首日")
    inspection_end_date = day("last day of the inspection", "巡察结束：巡察末日")
    feedback_date = day("day on which the findings were handed over", "反馈：巡察意见反馈之日")
    cutoff_date = day("day up to which the notice counts its results", "统计截止：通报所列结果的截止日期")
    publication_date = day("day of publication", "公布：公布日期")
    comment_start_date = day("first day of the public comment window", "公示开始：公示期首日")
    comment_end_date = day("last day of the public comment window", "公示结束：公示期末日")
    unit = text("what is counted: days", "单位：天")
    definition_code = text(
        "how days are counted: from date to date; of the inspection, both ends",
        "口径：日期之差；巡察天数含首尾两日",
    )
    inspection_days = whole("days of inspection, both ends included", "巡察天数：含首尾两日", null=True)
    inspection_to_feedback_days = whole(
        "days from the end of the inspection to the feedback", "巡察结束至反馈：天数", null=True, low=None
    )
    feedback_to_cutoff_days = whole(
        "days from the feedback to the cut-off", "反馈至截止：天数", null=True, low=None
    )
    feedback_to_publication_days = whole(
        "days from the feedback to publication, else to the comment window",
        "反馈至公布：天数，没有公布日期的取公示期",
        null=True,
        low=None,
    )
    publication_basis = code(
        "what stands for the publication",
        "公布日期依据：publication（公布）、comment_window（公示期）或 none（无）",
        ("publication", "comment_window", "none"),
    )
    rule_code = text("rule in force at the feedback", "适用规定：反馈时适用的规定", null=True)
    rule_label_zh = text("name of the rule, in Chinese", "规定", null=True)
    rule_label_en = text("name of the rule, in English", "规定（英文）", null=True)
    period_days = whole(
        "days that the rule allows; null if open or not confirmed", "规定天数：未定或未核实的为空", null=True
    )
    period_end_date = day("last day of that period", "期限届满日：规定期限的末日")
    is_rule_confirmed = flag(
        "whether someone has read the rule's text", "规定已核实：有人核对过规定原文", null=True
    )
    days_over_period = whole(
        "days from the end of the period to publication: context, no verdict",
        "超出天数：期限届满至公布的天数，仅作背景，不作评判",
        null=True,
        low=None,
    )
    event_count = whole(
        "dated events from the feedback to the cut-off or publication",
        "期间事件数：反馈至截止或公布之间有日期的事件",
        null=True,
    )
    issued_document_count = whole(
        "documents said to be issued or revised", "制发文件数：称已印发或修订的文件"
    )
    numbered_document_count = whole("how many of them have a document number", "有文号文件数：其中有文号的")
    n_count = whole("how many of the five stages have a known date", "已知日期数：五个阶段中日期已知的")


class OutWeeklyEvents(OfNotice, Flagged):
    """Dated events per week between feedback and the figures; every week of the window.

    每周有日期的事件：自反馈至数据截止，窗口内逐周列出。
    """

    week_start_date = day("Monday of the week", "周一：该周周一的日期", null=False)
    week_index = whole("weeks since the week in which the window starts", "第几周：自窗口起始周起算，从0起")
    window_basis = code(
        "where the window starts",
        "窗口起点：feedback（反馈）或 inspection_end（巡察结束）",
        ("feedback", "inspection_end"),
    )
    unit = text("what is counted: events dated to the day, not planned", "单位：日期精确到日、并非计划的事件")
    definition_code = text("which events: those of measures inside the window", "口径：窗口内措施部分的事件")
    event_count = whole("events that start in the week", "事件数：该周开始的事件")
    n_count = whole("events in the whole window", "窗口事件数：整个窗口内的事件")


class OutEvidence(OfNotice, Flagged):
    """What stands behind each leaf item: dates, documents, quantities, sanctions, money.

    各事项的依据：每个事项的日期、文件、数量、处分与金额。
    """

    problem_id = text("problem without sub-items, or sub-item", "问题编号：没有子项的问题，或子项", key=True)
    unit = code("what is counted: leaf items", "单位：事项", ("item",))
    definition_code = text("which evidence: what stands inside the measures", "口径：措施文字中的依据")
    status_code = code("result, self-reported", "整改状态：自报", STATUS_CODES)
    is_said_completed = flag(
        "whether its own words count as done on the chosen definition", "自报完成：按所选口径，原文计为完成"
    )
    primary_type_code = text("problem type (codes_problem_types)", "问题类型：首要类型")
    measure_count = whole("measures printed", "措施数：印出的措施数")
    dated_event_count = whole(
        "dated events in its measures, planned ones left out", "有日期事件数：措施中的，计划除外"
    )
    document_count = whole("documents issued or revised", "制发文件数：印发或修订的文件")
    numbered_document_count = whole("how many of them have a document number", "有文号文件数：其中有文号的")
    quantity_count = whole("quantities in its measures", "数量数：措施中的数量")
    money_count = whole("sums of money in its measures", "金额数：措施中的金额")
    sanction_count = whole("sanctions and admonitory talks named", "处理处分数：所述处分与谈话")
    evidence_kind_count = whole("kinds of hard evidence present, 0 to 5", "依据种类数：硬依据的种类，0 至 5")
    has_hard_evidence = flag("whether there is at least one kind", "有硬依据：至少一种")
    intent_count = whole("words of future or intent in its measures", "意向词数：措施中表示将来或打算的词")
    intent_words = text("these words, comma-separated", "意向词：以逗号分隔")
    has_intent_in_completed = flag(
        "whether it is said to be completed, yet in words of intent", "完成项含意向表述：称已完成而用意向词"
    )
    reused_share = ratio(
        "share of its measures that stands word for word elsewhere in the notice",
        "篇内重复率：措施文字在本通报别处逐字出现的比例",
    )
    reused_across_share = ratio(
        "share of its measures that stands word for word in another notice",
        "跨篇重复率：措施文字在其他通报中逐字出现的比例",
    )
    n_count = whole("characters of its measures", "措施字数：措施文字的字符数")


class OutEvidenceByNotice(OfNotice, Wilson, Flagged):
    """Evidence behind items said to be completed, and behind all, per notice.

    各通报的依据：自报完成事项及全部事项的依据比例。
    """

    scope_code = code(
        "items said to be completed, or all leaf items",
        "范围：completed（自报完成）或 all（全部）",
        ("completed", "all"),
    )
    measure_code = text("which share it is", "指标：所计的比例")
    measure_label_zh = text("the share in words, in Chinese", "指标名")
    measure_label_en = text("the share in words, in English", "指标名（英文）")
    unit = code("what is counted: leaf items", "单位：事项", ("item",))
    definition_code = text("what it rests on: wording, not proof", "口径：以文字为准，不等于实证")
    x_count = whole("items that have it", "数量：具备的事项数")
    n_count = whole("items in scope", "总数：范围内的事项数")


class OutReuse(Pair, Flagged):
    """Pairs of leaf items whose measures share text word for word.

    文字重复：措施文字逐字相同的两个事项。
    """

    problem_id_a = text("item of the first notice", "甲问题：问题编号", key=True)
    problem_id_b = text("the other item", "乙问题：问题编号", key=True)
    scope_code = code(
        "within one notice, or across two",
        "范围：within（同一通报内）或 across（两份通报间）",
        ("within", "across"),
    )
    unit = code("what is compared: leaf items", "单位：事项", ("item",))
    definition_code = text(
        "what counts: runs of identical characters, punctuation ignored", "口径：连续相同的文字，不计标点"
    )
    shared_char_count = whole("characters in all shared runs", "相同字数：各段相同文字的字符数")
    longest_run_count = whole("characters in the longest run", "最长相同字数：最长一段的字符数")
    n_a_count = whole("characters of the first item's measures", "甲字数：甲的措施字符数")
    n_b_count = whole("characters of the second item's measures", "乙字数：乙的措施字符数")
    share_a = ratio("shared characters as a share of the first", "占甲比例：相同字数占甲的比例", null=False)
    share_b = ratio("shared characters as a share of the second", "占乙比例：相同字数占乙的比例", null=False)
    run_start_a = whole(
        "where the longest run begins in the first notice's text (code points)",
        "甲起始：最长一段在甲通报全文中的起始位置",
        null=True,
    )
    run_end_a = whole("where it ends (exclusive)", "甲结束：其结束位置（不含该字符）", null=True)


class OutOpenItems(OfNotice, Flagged):
    """One unit whose own words say that it is not done.

    未完成事项：每行一个自报尚未完成的问题或事项。
    """

    problem_id = text("problem or item that is not done", "问题编号：未完成的问题或事项", key=True)
    unit = code("what is counted", "单位：所计的单位", COUNTED_UNITS)
    definition_code = text(
        "which definition it is not done on: strict or lenient",
        "口径：按 strict（严格）或 lenient（宽松）口径未完成",
    )
    status_code = code("result, self-reported", "整改状态：自报", STATUS_CODES)
    status_label_zh = text("name of the result, in Chinese", "状态名")
    status_label_en = text("name of the result, in English", "状态名（英文）")
    primary_type_code = text("problem type (codes_problem_types)", "问题类型：首要类型")
    primary_type_label_zh = text("name of the type, in Chinese", "类型名")
    primary_type_label_en = text("name of the type, in English", "类型名（英文）")
    measure_count = whole("measures printed", "措施数：印出的措施数")
    progress_share = ratio("progress as stated, 0 to 1", "整改进度：原文所称进度，0 至 1")
    feedback_date = day("day on which the findings were handed over", "反馈日期：巡察意见反馈之日")
    figures_date = day("day as of which the figures hold", "数据截至日：数据所反映的日期")
    figures_date_basis = code(
        "where figures_date comes from",
        "截至日依据：cutoff（截止）、publication（公布）、comment_window（公示期）、latest_event（最近事件）或 none（无）",
        FIGURES_DATE_BASES,
    )
    age_days = whole(
        "days from feedback_date to figures_date", "已过天数：反馈至数据截至日", null=True, low=None
    )
    is_age_lower_bound = flag(
        "whether the figures may be younger than figures_date", "天数为下限：数据可能晚于截至日"
    )


class OutMeasuresByType(OfType, Wilson, Flagged):
    """Kinds of measures under problems of a type, over all selected notices; ``source_ids`` are measures.

    各类问题的措施类别：所选通报合计；source_ids 为措施编号。
    """

    dimension_code = text(
        "dimension of the type (codes_dimensions), or unclassified",
        "维度：类型所属的维度，未归类的为 unclassified",
    )
    kind_code = text("kind of measure; other if none fits", "措施类别：均不符的为 other（其他）")
    kind_label_zh = text("name of the kind, in Chinese", "类别名")
    kind_label_en = text("name of the kind, in English", "类别名（英文）")
    unit = code("what is counted: measures", "单位：措施", ("measure",))
    definition_code = text(
        "how it is told: by the measure's words; one may be of several kinds",
        "口径：以措施用词为准，一条可属多类",
    )
    x_count = whole("measures of the kind", "数量：该类别的措施数")
    n_count = whole("measures under problems of the type", "总数：该类问题之下的措施数")


class OutPooled(OfNotice, Wilson, Flagged):
    """Partial pooling: each notice's share drawn towards the mean of all (beta-binomial, empirical Bayes).

    部分合并估计：各通报的比例向总体均值收缩（贝塔—二项，经验贝叶斯）。
    """

    definition_code = code(
        "definition of completion (codes_completion_definitions)",
        "口径：stated（声明）、itemised（逐项）、strict（严格）或 lenient（宽松）",
        DEFINITIONS,
    )
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    basis_code = code(
        "counted from items, or taken from totals", "依据：items（逐项）或 total（总数）", ("items", "total")
    )
    x_count = whole("units counted as done", "已完成数：计为完成的数量")
    n_count = whole("units with a stated result", "有结果的总数：写明结果的数量")
    pooled_share = ratio(
        "the notice's share, drawn towards the mean of all", "收缩估计：向总体均值收缩后的比例"
    )
    pooled_low = ratio("lower end of its 95 % posterior interval", "收缩下限：95% 后验区间下限")
    pooled_high = ratio("upper end of its 95 % posterior interval", "收缩上限：95% 后验区间上限")
    mean_share = ratio("mean over all notices", "总体均值：所有通报的均值")
    mean_low = ratio("lower end of the mean's 95 % interval", "总体均值下限：95% 区间下限")
    mean_high = ratio("upper end of the mean's 95 % interval", "总体均值上限：95% 区间上限")
    between_sd = ratio("standard deviation between notices", "通报间标准差")
    notice_count = whole("notices that were pooled", "通报数：参与合并的通报")
    verdict_code = code(
        "pooled, or too_few: nothing is pooled below ten notices",
        "结论：pooled（已合并）或 too_few（不足十份，不合并）",
        ("pooled", "too_few"),
    )


class OutRobustness(dy.Schema):
    """Whether a headline claim holds under another defensible choice: one row per claim and choice.

    结论的稳健性：主要论断在另一种合理选择下是否成立，每行一个论断与一种选择。
    """

    claim_code = text("which claim it is", "论断：论断代码")
    claim_label_zh = text("the claim in words, in Chinese", "论断说明")
    claim_label_en = text("the claim in words, in English", "论断说明（英文）")
    choice_code = text(
        "what is done differently; base is the claim as made", "改变：所作的改变，base 为原论断"
    )
    choice_label_zh = text("the choice in words, in Chinese", "改变说明")
    choice_label_en = text("the choice in words, in English", "改变说明（英文）")
    value = real("number behind the claim", "数值：论断所依据的数", null=True)
    low = real("lower end of its 95 % interval", "下限：95% 区间下限", null=True)
    high = real("upper end of its 95 % interval", "上限：95% 区间上限", null=True)
    n_count = whole("notices (or bodies) that it rests on", "依据数：所依据的通报（或单位）数")
    answer_code = text("what the claim says under this choice", "结果：在该选择下的结论")
    holds = flag(
        "whether it says the same as the base row; null if it cannot be said",
        "是否成立：与原论断相同，无法判断的为空",
        null=True,
    )


class OutCodingAgreement(Flagged):
    """Automatic types against human labels: overall and per dimension, notice and type; ``source_ids``
    are the units that disagree.

    归类与人工标注的一致程度：总体、维度、通报与类型；source_ids 为不一致的编号。
    """

    sample_code = code(
        "which labels: those in the ledger, or those kept aside",
        "样本：ledger（台账中的）或 kept_aside（留出的）",
        ("ledger", "kept_aside"),
    )
    scope_code = code(
        "what the row is over",
        "范围：overall（总体）、dimension（维度）、notice（通报）或 type（类型）",
        ("overall", "dimension", "notice", "type"),
    )
    group_id = text("the type, dimension or notice; all for overall", "分组：类型、维度或通报，总体为 all")
    group_label_zh = text("name of the group, in Chinese", "分组名")
    group_label_en = text("name of the group, in English", "分组名（英文）")
    unit = text("what is counted: labelled units", "单位：有人工标签的事项")
    definition_code = text(
        "what is compared: automatic with human primary types", "口径：自动与人工的首要类型对照"
    )
    n_count = whole(
        "units with a human label; for a type, those given it by either",
        "有人工标签数：类型一行为任一方归入该类的",
    )
    agreed_count = whole("units with the same primary type from both", "一致数：两方首要类型相同的")
    human_count = whole("units to which the person gave the type", "人工数：人工归入该类的")
    automatic_count = whole("units to which the program gave the type", "自动数：程序归入该类的")
    observed_share = ratio("agreed_count divided by n_count", "一致率：一致数除以有人工标签数")
    wilson_low = ratio(
        "lower end of observed_share's 95 % Wilson interval", "区间下限：一致率的95% Wilson 区间下限"
    )
    wilson_high = ratio(
        "upper end of observed_share's 95 % Wilson interval", "区间上限：一致率的95% Wilson 区间上限"
    )
    kappa = real(
        "Cohen's κ; for a type, it against the rest",
        "κ：Cohen κ，类型一行为该类与其余",
        null=True,
        low=-1,
        high=1,
    )
    precision = ratio("agreed_count divided by automatic_count", "准确率：一致数除以自动数")
    recall = ratio("agreed_count divided by human_count", "召回率：一致数除以人工数")
    f1 = ratio("harmonic mean of precision and recall", "F1：准确率与召回率的调和平均")
    is_in_sample = flag(
        "whether the rules were written with these texts in view, which flatters",
        "调参样本：规则制定时已见过这些文本，结果偏高",
    )


class OutTypeCounts(OfNotice, OfType, Wilson, Flagged):
    """Every notice × problem type: a type that a notice lacks is a true 0.

    各类问题的数量：通报×类型的完整表，没有的类型为真实的0。
    """

    dimension_code = text(
        "dimension of the type (codes_dimensions), or unclassified",
        "维度：类型所属的维度，未归类的为 unclassified",
    )
    unit = code("what is counted", "单位：所计的单位", COUNTED_UNITS)
    definition_code = text(
        "how units are counted: each once, under its primary type", "口径：每项按首要类型计一次"
    )
    primary_count = whole("units with it as primary type", "首要类型数：以其为首要类型的")
    any_count = whole(
        "units with it as primary or secondary type", "首要或次要类型数：以其为首要或次要类型的"
    )
    n_count = whole("all units of the notice", "全部：通报的全部数量")
    common_n = whole(
        "size to which all notices are brought for comparison",
        "等量抽取数：为便于比较，各通报统一抽取的数量",
        null=True,
    )
    presence_at_common_n = ratio(
        "chance that common_n units drawn at random hold the type (Hurlbert)",
        "等量出现概率：随机抽取该数量时含有该类的概率（Hurlbert）",
    )
    human_count = whole(
        "how many of primary_count were coded by a person", "人工归类数：首要类型数中由人工归类的"
    )


class OutTypePrevalence(OfType, Wilson, Flagged):
    """In how many notices a type occurs at all (共性); ``source_ids`` are these notices (or city codes).

    问题类型的共性：一类问题出现于几份通报（或几个城市）；source_ids 为所出现的通报（或城市代码）。
    """

    dimension_code = text(
        "dimension of the type (codes_dimensions), or unclassified",
        "维度：类型所属的维度，未归类的为 unclassified",
    )
    unit = code("what a type is looked for in", "单位：在何种单位中查找", COUNTED_UNITS)
    definition_code = code(
        "present in a notice, or in any notice of a city",
        "口径：notice（出现于通报）或 city（出现于城市任一通报）",
        ("notice", "city"),
    )
    present_count = whole("notices (or cities) with at least one", "出现数：至少有一项的通报（或城市）数")
    n_count = whole("notices (or cities) compared", "总数：所比较的通报（或城市）数")
    common_n = whole(
        "size to which all notices are brought for comparison",
        "等量抽取数：为便于比较，各通报统一抽取的数量",
        null=True,
    )
    rarefied_share = ratio(
        "mean chance of presence among common_n units (Hurlbert)",
        "等量出现率：等量抽取时出现概率的均值（Hurlbert）",
    )
    coding_low = ratio(
        "lower end of the share's 95 % interval with coding error and sampling drawn",
        "计入归类误差下限：计入归类误差与抽样的95% 区间下限",
    )
    coding_high = ratio("upper end of the same interval", "计入归类误差上限：同上，上限")
    unit_count = whole("units of the type over all notices", "事项数：所有通报中该类的数量")


class OutOverrepresentation(OfNotice, OfType, Flagged):
    """A type that one notice holds more (or less) of than the others: log-odds with an informative
    Dirichlet prior.

    更突出的类型：某通报比其他通报更多（或更少）的类型，对数优势差，狄利克雷先验。
    """

    unit = code("what is counted", "单位：所计的单位", COUNTED_UNITS)
    definition_code = text(
        "what is compared: primary types of this notice and of all others", "口径：本通报与其他通报的首要类型"
    )
    primary_count = whole("units of the type in this notice", "本通报数：本通报中该类的数量")
    n_count = whole("all units of this notice", "本通报总数：本通报的全部数量")
    other_count = whole("units of the type in the other notices", "其他通报数：其他通报中该类的数量")
    other_n_count = whole("all units of the other notices", "其他通报总数：其他通报的全部数量")
    share = ratio("primary_count divided by n_count", "占比：本通报数除以本通报总数")
    other_share = ratio("other_count divided by other_n_count", "其他占比：其他通报数除以其他通报总数")
    log_odds = real("difference of the log-odds under the prior", "对数优势差：先验之下的对数优势之差")
    log_odds_low = real("lower end of its 95 % interval, unadjusted", "下限：95% 区间下限，未校正")
    log_odds_high = real("upper end of its 95 % interval, unadjusted", "上限：95% 区间上限，未校正")
    z_score = real("log_odds divided by its standard error", "z 值：对数优势差除以标准误")
    p_value = ratio("two-sided p-value", "p 值：双侧", null=False)
    p_adjusted = ratio(
        "p-value, Holm-adjusted over every type and notice: for a claim",
        "校正 p 值（Holm）：对所有类型与通报校正，用于下结论",
        null=False,
    )
    p_screened = ratio(
        "p-value, Benjamini–Hochberg-adjusted over the same: for screening",
        "筛查 p 值（BH）：同一范围，用于筛查",
        null=False,
    )
    is_worth_a_look = flag(
        "whether p_screened is below 0.05: a hint, no claim", "值得看：筛查 p 值低于0.05，仅为提示"
    )
    detectable_difference = ratio(
        "difference of shares that 80 % power would find", "可检出差别：80% 功效下可检出的比例之差"
    )
    verdict_code = code(
        "what p_adjusted allows to say",
        "结论：以校正 p 值为准，over（偏多）、under（偏少）或 cannot_be_told_apart（分不出）",
        ("over", "under", "cannot_be_told_apart"),
    )


class OutMixDistances(Pair, Flagged):
    """How far apart the type mixes of two notices are (Jensen–Shannon); descriptive only.

    类型构成的距离：两份通报的 Jensen–Shannon 距离，仅作描述。
    """

    pair_code = code(
        "which pairs: all of a small selection, rounds of one body, or nearest",
        "配对：all（全部）、consecutive（同一单位相邻两轮）或 nearest（最近）",
        ("all", "consecutive", "nearest"),
    )
    unit = code("what is counted", "单位：所计的单位", COUNTED_UNITS)
    definition_code = text("what is compared: primary types", "口径：首要类型")
    n_a_count = whole("units of the first notice", "甲总数：甲通报的数量")
    n_b_count = whole("units of the second notice", "乙总数：乙通报的数量")
    divergence_bits = ratio("Jensen–Shannon divergence, base 2", "JS 散度：以2为底", null=False)
    distance = ratio("square root of the divergence", "JS 距离：散度的平方根", null=False)
    expected_distance = ratio(
        "mean distance when the pooled units are dealt out at random",
        "随机期望距离：合并后随机分配时的平均距离",
    )


class OutDifferences(Pair, Newcombe, Flagged):
    """Differences of completion ratios: all notices at once, and pair by pair. No ranking.

    完成比例之差：全部通报一并比较及成对比较，不作排名。
    """

    comparison_code = code(
        "all notices at once, or one pair", "比较：overall（全部一并）或 pair（成对）", ("overall", "pair")
    )
    definition_code = code(
        "definition of completion that is compared",
        "口径：所比较的完成口径，best_available 为可得的最好口径",
        (*DEFINITIONS, "best_available"),
    )
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    x_a_count = whole(
        "units of the first notice counted as done", "甲已完成：甲通报计为完成的数量", null=True
    )
    n_a_count = whole(
        "units of the first notice with a stated result", "甲总数：甲通报写明结果的数量", null=True
    )
    x_b_count = whole(
        "units of the second notice counted as done", "乙已完成：乙通报计为完成的数量", null=True
    )
    n_b_count = whole(
        "units of the second notice with a stated result", "乙总数：乙通报写明结果的数量", null=True
    )
    n_count = whole("all units compared", "比较总数：所比较的全部数量", null=True)
    notice_count = whole("notices compared", "通报数：所比较的通报")
    p_value = ratio(
        "p-value of Boschloo's exact test (pair), or of Fisher's R×C test (overall)",
        "p 值：成对用 Boschloo 精确检验，全部用 R×C Fisher 检验",
    )
    p_adjusted = ratio(
        "p-value, Holm-adjusted over the pairs of one definition", "校正 p 值：同一口径各对之间的 Holm 校正"
    )
    fisher_p_value = ratio(
        "p-value of Fisher's exact test for the pair, for comparison",
        "Fisher p 值：成对 Fisher 精确检验，供对照",
    )
    fisher_p_adjusted = ratio("the same, Holm-adjusted", "Fisher 校正 p 值")
    detectable_difference = ratio(
        "difference that 80 % power would find, at the Holm level",
        "可检出差别：80% 功效、Holm 水平下可检出的差",
    )
    test_code = text(
        "which test was made: boschloo, fisher_exact, fisher_monte_carlo, chi_square or none",
        "检验：boschloo、fisher_exact（Fisher 精确）、fisher_monte_carlo（Fisher 蒙特卡罗）、chi_square（卡方）或 none（未检验）",
    )
    verdict_code = code(
        "what may be said; never who is better",
        "结论：differs（有差别）、cannot_be_told_apart（分不出）或 not_comparable（不可比）；不判断谁更好",
        VERDICTS,
    )
    reason_zh = text("why nothing more may be said, in Chinese", "理由")
    reason_en = text("why nothing more may be said, in English", "理由（英文）")


class OutRounds(OfNotice, Wilson, Flagged):
    """One body's round under one definition; ``year`` is that of the feedback.

    各轮次：每行一个单位的一轮与一种口径；year 为反馈年份。
    """

    round_number = whole(
        "position among the body's rounds, from 1", "轮次序号：在该单位各轮中的次序，从1起", low=1
    )
    year_basis = code(
        "what the year is of",
        "年份口径：feedback（反馈）、inspection（巡察）或 publication（公布）",
        ("feedback", "inspection", "publication"),
        null=True,
    )
    is_latest = flag("whether it is the last notice of its round", "本轮最新：是否为本轮最后一份通报")
    previous_notice_id = text("notice of the round before it", "前次通报：前一轮的通报", null=True)
    definition_code = code(
        "definition of completion (codes_completion_definitions)",
        "口径：stated（声明）、itemised（逐项）、strict（严格）或 lenient（宽松）",
        DEFINITIONS,
    )
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    basis_code = code(
        "counted from items, taken from the notice's own total, or none",
        "依据：items（逐项）、total（通报的总数）或 none（无）",
        ("items", "total", "none"),
    )
    x_count = whole(
        "units counted as done; null if not published", "已完成数：计为完成的数量，未公布的为空", null=True
    )
    n_count = whole("units with a stated result", "有结果的总数：写明结果的数量", null=True)
    days_feedback_to_publication = whole(
        "days from the feedback to publication", "反馈至公布天数", null=True, low=None
    )
    inspection_days = whole(
        "days of inspection: context, not a score", "巡察天数：仅作背景", null=True, low=None
    )
    inspection_kind = text("kind of inspection: context, not a score", "巡察类型：仅作背景", null=True)


class RoundPair(dy.Schema):
    body_id = text("ID of the inspected body, the same through all its renamings", "单位编号：更名前后不变")
    body_name = text("latest name of the body, with its place", "单位：最近名称，含所在地")
    from_notice_id = text("notice of the earlier round", "前次通报：前一轮的通报")
    to_notice_id = text("notice of the next round", "后次通报：后一轮的通报")
    label_from_zh = text("display name of the earlier notice, in Chinese", "前次显示名")
    label_to_zh = text("display name of the later notice, in Chinese", "后次显示名")
    label_from_en = text("display name of the earlier notice, in English", "前次显示名（英文）")
    label_to_en = text("display name of the later notice, in English", "后次显示名（英文）")
    days_between = whole(
        "days from one inspection to the next; by the feedback or a later date if these are unknown",
        "间隔天数：两次巡察之间，巡察日期不明的用反馈等日期",
        null=True,
        low=None,
    )


class OutRoundChanges(RoundPair, Newcombe, Flagged):
    """A body's round and its next under one definition: later less earlier.

    前后两轮之差：同一单位相邻两轮、同一口径，后次减前次。
    """

    city_code = text("six-digit GB/T 2260 code of the place", "行政区划代码：GB/T 2260 六位代码", null=True)
    city_name = text("place of the inspected body, short form", "城市：被巡察单位所在地简称", null=True)
    definition_code = code(
        "definition of completion (codes_completion_definitions)",
        "口径：stated（声明）、itemised（逐项）、strict（严格）或 lenient（宽松）",
        DEFINITIONS,
    )
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    from_x_count = whole(
        "units counted as done in the earlier round", "前次已完成：前一轮计为完成的数量", null=True
    )
    from_n_count = whole(
        "units with a stated result in the earlier round", "前次总数：前一轮写明结果的数量", null=True
    )
    to_x_count = whole(
        "units counted as done in the later round", "后次已完成：后一轮计为完成的数量", null=True
    )
    to_n_count = whole(
        "units with a stated result in the later round", "后次总数：后一轮写明结果的数量", null=True
    )
    p_value = ratio("p-value of Boschloo's exact test", "p 值：Boschloo 精确检验")
    p_adjusted = ratio(
        "p-value, Holm-adjusted over the consecutive pairs of a definition: for a claim",
        "校正 p 值（Holm）：同一口径各相邻两轮之间校正，用于下结论",
    )
    p_screened = ratio(
        "p-value, Benjamini–Hochberg-adjusted over the same: for screening",
        "筛查 p 值（BH）：同一范围，用于筛查",
    )
    is_worth_a_look = flag(
        "whether p_screened is below 0.05: a hint, no claim", "值得看：筛查 p 值低于0.05，仅为提示"
    )
    detectable_difference = ratio(
        "difference that 80 % power would find, at the Holm level",
        "可检出差别：80% 功效、Holm 水平下可检出的差",
    )
    verdict_code = code(
        "what may be said of the change",
        "结论：rises（上升）、falls（下降）、not_told_apart（分不出）、too_few（太少）或 not_comparable（不可比）",
        (*CHANGES, "not_comparable"),
    )
    reason_code = code(
        "why the rounds cannot be compared",
        "不可比原因：no_share（无比例）、unit_differs（单位不同）或 basis_differs（依据不同）",
        ("no_share", "unit_differs", "basis_differs"),
        null=True,
    )
    returned_type_codes = listed(
        "types found in both rounds (codes_problem_types)", "再现类型：前后两轮都有的类型"
    )
    returned_after_absence_type_codes = listed(
        "types of an earlier round that the previous one lacked and this one has",
        "隔轮再现类型：更早一轮有、前一轮没有、本轮又有的类型",
    )
    new_type_codes = listed("types never found at the body before", "新增类型：该单位此前从未出现的类型")
    gone_type_codes = listed(
        "types of the earlier round that the later one lacks", "消失类型：前一轮有、后一轮没有的类型"
    )


class OutTypeReturns(RoundPair, OfType, Newcombe, Flagged):
    """A type in two consecutive rounds of one body.

    复发（前后两轮）：同一单位相邻两轮中，一类问题的有无。
    """

    change_code = code(
        "how the type changed",
        "变化：returned（再现）、returned_after_absence（隔轮再现）、new（新增）或 gone（消失）",
        ("returned", "returned_after_absence", "new", "gone"),
    )
    unit = code("what is counted", "单位：所计的单位", COUNTED_UNITS)
    definition_code = text(
        "what is compared: primary types; a type may return where no problem does",
        "口径：首要类型；类型再现不等于同一问题再现",
    )
    before_count = whole("units of the type in the earlier round", "前次数：前一轮中该类的数量")
    before_n_count = whole("all units of the earlier round", "前次总数：前一轮的全部数量")
    after_count = whole("units of the type in the later round", "后次数：后一轮中该类的数量")
    after_n_count = whole("all units of the later round", "后次总数：后一轮的全部数量")


class OutTrend(dy.Schema):
    """First round against last over all bodies with two rounds or more, by one method.

    跨轮趋势：所有有两轮及以上的单位，首轮与末轮比较，每行一种方法。
    """

    definition_code = code(
        "definition of completion (codes_completion_definitions)",
        "口径：stated（声明）、itemised（逐项）、strict（严格）或 lenient（宽松）",
        DEFINITIONS,
    )
    unit = code("what is counted", "单位：所计的单位", ALL_UNITS)
    basis_code = code(
        "counted from items, or taken from totals", "依据：items（逐项）或 total（总数）", ("items", "total")
    )
    method_code = code(
        "method of the comparison",
        "方法：paired_mean（配对均值）、wilcoxon（Wilcoxon 符号秩）或 mantel_haenszel（Mantel–Haenszel）",
        ("paired_mean", "wilcoxon", "mantel_haenszel"),
    )
    estimate = real(
        "mean or median difference of the shares, or the odds ratio",
        "估计：比例之差的均值或中位数，或优势比",
        null=True,
    )
    low = real("lower end of its 95 % interval", "下限：95% 区间下限", null=True)
    high = real("upper end of its 95 % interval", "上限：95% 区间上限", null=True)
    p_value = ratio("two-sided p-value", "p 值：双侧")
    p_adjusted = ratio(
        "p-value in the fixed sequence of the three methods", "校正 p 值：三种方法按固定次序检验"
    )
    detectable_difference = ratio(
        "difference of shares that 80 % power would find", "可检出差别：80% 功效下可检出的比例之差"
    )
    body_count = whole("bodies with two rounds or more", "单位数：有两轮及以上的单位")
    pair_count = whole("pairs of consecutive rounds at these bodies", "相邻轮次对数：这些单位的相邻两轮对数")
    verdict_code = code(
        "what may be said of the trend",
        "结论：rises（上升）、falls（下降）、not_told_apart（分不出）或 too_few（太少）",
        CHANGES,
    )


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
