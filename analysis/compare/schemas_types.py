"""Comparison tables about problem types: counts, prevalence, over-representation, returns, similar wording."""

from __future__ import annotations

import dataframely as dy

from analysis.compare.schema_columns import COUNTED_UNITS, GridSchema, flags_column, ids_column, ratio
from analysis.ledger.schemas import code, flag, real, text, whole


class OutTypeCounts(GridSchema):
    """City × year × problem type, complete."""

    type_code = text("problem type (codes_problem_types)", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    dimension_code = text("dimension of the type (codes_dimensions)", "维度")
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("primary: each unit once, under its first type", "口径")
    primary_count = whole("units with it as first type", "首要类型数", null=True)
    any_count = whole("units with it as first or further type", "首要或次要类型数", null=True)
    n_count = whole("all units of the notice", "全部", null=True)
    share = ratio("primary_count / n_count", "占比")
    wilson_low = ratio("95 % Wilson interval of the share, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval of the share, high", "区间上限")
    common_n = whole(
        "size to which notices are brought for comparison (smallest notice)", "等量抽取数", null=True
    )
    presence_at_common_n = ratio(
        "chance that common_n units drawn from the notice hold the type (Hurlbert)", "等量出现概率"
    )
    human_count = whole("of primary_count: coded by a person", "人工归类数", null=True)
    flags = flags_column()
    source_ids = ids_column("IDs of the problems counted, comma-joined", "问题编号")


class OutTypePrevalence(dy.Schema):
    """共性: in how many notices a type occurs at all."""

    type_code = text("problem type", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    dimension_code = text("its dimension", "维度")
    unit = code("what a type is looked for in", "单位", COUNTED_UNITS)
    definition_code = code("present in a notice, or in any notice of a city", "口径", ("notice", "city"))
    present_count = whole("notices (cities) with at least one", "出现数")
    n_count = whole("notices (cities) compared", "总数")
    share = ratio("present_count / n_count", "占比")
    wilson_low = ratio("95 % Wilson interval, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval, high", "区间上限")
    common_n = whole("size to which notices are brought", "等量抽取数", null=True)
    rarefied_share = ratio("mean chance of presence at common_n (Hurlbert)", "等量出现率")
    unit_count = whole("units of the type over all notices", "事项数")
    flags = flags_column()
    source_ids = ids_column("notices (city codes) where it is present", "通报编号")


class OutOverrepresentation(GridSchema):
    """Types that one notice holds more (or less) of than the others: log-odds with an informative Dirichlet prior."""

    type_code = text("problem type", "问题类型")
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
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
    p_adjusted = ratio("Holm over every type and notice of the table", "校正 p 值", null=False)
    verdict_code = code(
        "over, under, or not to be told apart", "结论", ("over", "under", "cannot_be_told_apart")
    )
    flags = flags_column()
    source_ids = ids_column("problems of the type in this notice", "问题编号")


class OutMixDistances(dy.Schema):
    """How far apart the type mixes of two notices are: Jensen–Shannon, descriptive only."""

    notice_id_a = text("first notice", "甲", key=True)
    notice_id_b = text("second notice", "乙", key=True)
    label_a_zh = text("its display name", "甲显示名")
    label_b_zh = text("its display name", "乙显示名")
    label_a_en = text("its display name, English", "甲显示名（英文）")
    label_b_en = text("its display name, English", "乙显示名（英文）")
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text("primary types", "口径")
    n_a_count = whole("units of the first", "甲总数")
    n_b_count = whole("units of the second", "乙总数")
    divergence_bits = ratio("Jensen–Shannon divergence, base 2", "JS 散度", null=False)
    distance = ratio("its square root", "JS 距离", null=False)
    expected_distance = ratio(
        "mean distance when the pooled units are dealt at random into these two sizes", "随机期望距离"
    )
    flags = flags_column()
    source_ids = ids_column("notices compared", "通报编号")


class OutRecurrences(GridSchema):
    """复发, self-reported: earlier findings that the text says came back or stayed open."""

    recurrence_id = text("the statement", "复发编号", key=True)
    problem_id = text("the problem it stands under", "问题编号", null=True)
    earlier_source = text("inspection, audit or other", "首次发现来源")
    unit = text("what is counted: earlier findings", "单位")
    definition_code = text("self-reported in the notice's own words", "口径")
    earlier_count = whole("findings then (n)", "原有问题数", null=True)
    still_open_count = whole("of these still open or back (x), as stated", "仍未整改数", null=True)
    listed_count = whole(
        "sub-items listed under the problem; a lower bound where x is not stated", "列出数", null=True
    )
    x_count = whole("still_open_count, else listed_count", "取用数", null=True)
    n_count = whole("earlier_count", "总数", null=True)
    share = ratio("x / n", "占比")
    wilson_low = ratio("95 % Wilson interval, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval, high", "区间上限")
    is_lower_bound = flag("x is what the text lists, not what it states", "下限")
    flags = flags_column()
    source_ids = ids_column("recurrence and problem IDs", "依据编号")


class OutTypeReturns(dy.Schema):
    """复发 over time: a type in two consecutive notices of one body."""

    body_key = text("place and sector of the body", "单位标识")
    notice_id_before = text("earlier notice", "前次通报", key=True)
    notice_id_after = text("next notice of the same body", "后次通报", key=True)
    label_before_zh = text("its display name", "前次显示名")
    label_after_zh = text("its display name", "后次显示名")
    label_before_en = text("its display name, English", "前次显示名（英文）")
    label_after_en = text("its display name, English", "后次显示名（英文）")
    days_between = whole(
        "days from inspection (else feedback, publication) to the next", "间隔天数", null=True, low=None
    )
    type_code = text("problem type", "问题类型", key=True)
    type_label_zh = text("its name", "类型名")
    type_label_en = text("its name in English", "类型名（英文）")
    unit = code("what is counted", "单位", COUNTED_UNITS)
    definition_code = text(
        "same primary type in consecutive notices: a type may return, a problem need not", "口径"
    )
    before_count = whole("units then", "前次数")
    before_n_count = whole("all units then", "前次总数")
    after_count = whole("units now", "后次数")
    after_n_count = whole("all units now", "后次总数")
    is_return = flag("present in both", "是否再现")
    difference = real("share now less share then", "占比变化", low=-1, high=1)
    newcombe_low = real("95 % Newcombe interval, low", "下限", low=-1, high=1)
    newcombe_high = real("95 % Newcombe interval, high", "上限", low=-1, high=1)
    flags = flags_column()
    source_ids = ids_column("problems of both notices", "问题编号")


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
    unit = code("what is compared", "单位", COUNTED_UNITS)
    definition_code = text("cosine of character 2–3-gram tf-idf, verdict words masked", "口径")
    similarity = ratio("0 to 1", "相似度", null=False)
    shares_type = flag("both have the same first type", "类型相同")
    n_count = whole("cross-notice pairs looked at", "比较对数")
    is_suggestion = flag("always true: a reader decides", "仅供参考")
    flags = flags_column()
    source_ids = ids_column("both problems", "问题编号")


class OutCodingAgreement(dy.Schema):
    """Automatic types against human labels: overall, per dimension and per type."""

    sample_code = text(
        "ledger: problems of the selection; kept_aside: statements that the rules were not written on",
        "样本",
        key=True,
    )
    scope_code = text("overall, dimension, type or notice", "范围", key=True)
    group_id = text("type, dimension or notice; 'all' for overall", "分组", key=True)
    group_label_zh = text("its name", "分组名")
    group_label_en = text("its name, English", "分组名（英文）")
    unit = text("labelled units", "单位")
    definition_code = text("automatic primary type against the human primary type", "口径")
    n_count = whole("units with a human label (rows: of this type by either)", "有人工标签数")
    agreed_count = whole("units with the same primary type", "一致数")
    human_count = whole("units the person gave the type", "人工数")
    automatic_count = whole("units the program gave the type", "自动数")
    observed_share = ratio("agreed / n", "一致率")
    kappa = real(
        "Cohen's κ (overall, dimension, notice); one against the rest for a type",
        "κ",
        null=True,
        low=-1,
        high=1,
    )
    precision = ratio("agreed / automatic", "准确率")
    recall = ratio("agreed / human", "召回率")
    f1 = ratio("harmonic mean", "F1")
    wilson_low = ratio("95 % Wilson interval of observed_share, low", "区间下限")
    wilson_high = ratio("95 % Wilson interval of observed_share, high", "区间上限")
    is_in_sample = flag(
        "the rules were written with these texts in view: agreement is flattering", "调参样本"
    )
    flags = flags_column()
    source_ids = ids_column("units that disagree", "不一致编号")
