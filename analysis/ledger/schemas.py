"""Every core table and column, declared once.

Each column carries its description (English) and ``metadata["zh"]``; the data dictionary, the
spreadsheet export and the validation are all made from here. A ``*_start``/``*_end`` pair is a
code-point span into ``core_texts.text``; null spans mean *inferred, not read*.
"""

from __future__ import annotations

import dataframely as dy


def _m(zh: str) -> dict[str, str]:
    return {"zh": zh}


def text(en: str, zh: str, *, null: bool = False, key: bool = False, check=None) -> dy.String:
    return dy.String(nullable=null, primary_key=key, description=en, metadata=_m(zh), check=check)


def whole(en: str, zh: str, *, null: bool = False, low: int | None = 0) -> dy.Int64:
    return dy.Int64(nullable=null, min=low, description=en, metadata=_m(zh))


def real(
    en: str, zh: str, *, null: bool = False, low: float | None = None, high: float | None = None
) -> dy.Float64:
    return dy.Float64(nullable=null, min=low, max=high, description=en, metadata=_m(zh))


def flag(en: str, zh: str, *, null: bool = False) -> dy.Bool:
    return dy.Bool(nullable=null, description=en, metadata=_m(zh))


def day(en: str, zh: str, *, null: bool = True) -> dy.Date:
    return dy.Date(nullable=null, description=en, metadata=_m(zh))


def code(en: str, zh: str, members: tuple[str, ...], *, null: bool = False) -> dy.String:
    return dy.String(
        nullable=null,
        description=en,
        metadata={"zh": zh, "members": list(members)},
        check=lambda c: c.is_in(list(members)),
    )


STATUS_CODES = (
    "completed",
    "completed_long_term",
    "basically_completed",
    "phased",
    "in_progress",
    "long_term",
    "not_completed",
    "not_stated",
)
STATUS_BASES = ("item", "reference", "total", "none")
ADMIN_LEVELS = ("central", "province", "prefecture", "county", "township", "zone")
INSPECTION_KINDS = ("regular", "look_back", "special", "linked")


def _id(en: str = "the notice", zh: str = "通报编号", *, key: bool = False) -> dy.String:
    return text(en, zh, key=key)


def _start(what: str = "quote", null: bool = False) -> dy.Int64:
    return whole(f"start of the {what} in core_texts.text (code points)", "起始位置（字符）", null=null)


def _end(what: str = "quote", null: bool = False) -> dy.Int64:
    return whole(f"end of the {what} in core_texts.text (exclusive)", "结束位置（字符）", null=null)


class CoreTexts(dy.Schema):
    """The text of one source file."""

    notice_id = _id("readable ID of the notice, e.g. anshan-2021", key=True)
    source_path = text("path of the source file, relative to the raw folder where it lies in it", "来源文件")
    sha256 = text("SHA-256 of the file's bytes", "文件哈希")
    media_type = text("media type the reader was chosen by", "媒体类型")
    encoding = text("character encoding, null where the format has its own", "字符编码", null=True)
    char_count = whole("length of the text in code points", "字数")
    text = text("the decoded text; spans point into it", "全文")


class CoreNotices(dy.Schema):
    """One notice: who inspected whom, when, and how well it was read."""

    notice_id = _id(key=True)
    title = text("title as printed", "标题", null=True)
    city_name = text("place of the body, short form (鞍山)", "城市", null=True)
    city_code = dy.String(
        nullable=True,
        regex=r"^\d{6}$",
        description="GB/T 2260 code of the place",
        metadata=_m("行政区划代码"),
    )
    province_name = text("province-level unit", "省份", null=True)
    admin_level = code(
        "administrative level of the inspected body's place", "行政层级", ADMIN_LEVELS, null=True
    )
    issuer_name = text("body that issued the notice", "发布单位", null=True)
    sector_text = text("sector of the body as its name says it (文旅, 教育 …)", "领域", null=True)
    inspection_start_date = day("first day of the inspection", "巡察开始")
    inspection_end_date = day("last day of the inspection", "巡察结束")
    inspection_team_name = text("inspecting team as printed", "巡察组", null=True)
    inspection_round_name = text("round as printed (第十二届市委第九轮)", "轮次", null=True)
    inspection_kind = code("kind of inspection", "巡察类型", INSPECTION_KINDS, null=True)
    feedback_date = day("day the findings were handed over", "反馈日期")
    feedback_precision = text("day, month, year or approximate", "反馈日期精度", null=True)
    cutoff_date = day("day up to which the notice counts", "统计截止日")
    comment_start_date = day("first day of the public comment window", "公示开始")
    comment_end_date = day("last day of the public comment window", "公示结束")
    publication_date = day("issue date of the page; without one the signature's", "公布日期")
    publication_basis = text("page, signature, sidecar or null", "公布日期依据", null=True)
    signed_date = day("date under the signature", "落款日期")
    notice_year = whole(
        "year of publication, else cut-off, comment window, feedback", "通报年份", null=True, low=1990
    )
    notice_year_basis = text(
        "publication, cutoff, comment, feedback, inspection or null", "年份依据", null=True
    )
    is_excerpt = flag("gaps in the printed numbering suggest an excerpt", "疑似节选")
    excerpt_note = text("the gaps found", "节选说明", null=True)
    problem_count = whole("problems as the notice itself counts them", "问题数")
    leaf_count = whole("units that carry measures (problems without sub-items, and sub-items)", "末级事项数")
    measure_count = whole("measures printed", "措施数")
    char_count = whole("length of the text in code points", "字数")
    coverage_share = real(
        "share of non-blank characters inside problems, headings, front matter, closing or listed chrome",
        "文本覆盖率",
        low=0,
        high=1,
    )
    reading_code = text("which structural reading was chosen", "结构解读", null=True)
    reading_score = real("how sure the reading is, 0 to 1", "解读把握", null=True, low=0, high=1)
    alternative_problem_count = whole(
        "problems under the next best reading, where it differs", "次优解读的问题数", null=True
    )
    near_copy_of = text("notice this one repeats almost word for word", "近似副本", null=True)


class CoreMetadata(dy.Schema):
    """The sentence behind one metadata field of core_notices."""

    notice_id = _id()
    field_name = text("column of core_notices", "字段")
    value_text = text("the value as stored", "取值")
    value_basis = text("read, inferred, elided_year, gazetteer, sidecar, page …", "依据")
    quote_text = text("the words in the source; null where inferred", "原文", null=True)
    char_start = _start(null=True)
    char_end = _end(null=True)


class CoreSections(dy.Schema):
    """An aspect (方面) or a category (分类) of problems."""

    section_id = text("e.g. anshan-2021/a1, anshan-2021/c3", "章节编号", key=True)
    notice_id = _id()
    section_level = code("aspect or category", "层级", ("aspect", "category"))
    ordinal = whole("order in the notice, from 1", "序号", low=1)
    parent_section_id = text("aspect of a category", "所属方面", null=True)
    label_text = text("number as printed", "印刷编号", null=True)
    title_text = text("title without its number", "标题")
    char_start = _start("title")
    char_end = _end("title")


class CoreProblems(dy.Schema):
    """One problem, or a sub-item of one."""

    problem_id = text("e.g. anshan-2021/12, yiyang-2023/4.2", "问题编号", key=True)
    notice_id = _id()
    aspect_id = text("section of level aspect", "所属方面", null=True)
    category_id = text("section of level category", "所属分类", null=True)
    parent_problem_id = text("problem of a sub-item", "上级问题", null=True)
    unit = code("what is counted", "单位", ("problem", "item"))
    is_leaf = flag("carries measures itself (no sub-items)", "是否末级")
    ordinal = whole("order in the notice among its unit, from 1", "序号", low=1)
    label_text = text("number as printed", "印刷编号", null=True)
    statement_text = text("what was found wrong, verbatim", "问题表述", null=True)
    statement_start = _start("statement", null=True)
    statement_end = _end("statement", null=True)
    statement_basis = text("finding, or remedy_heading where only the remedy is stated", "表述依据")
    cause_text = text("stated cause, verbatim", "原因", null=True)
    cause_start = _start("cause", null=True)
    cause_end = _end("cause", null=True)
    block_start = _start("whole block")
    block_end = _end("whole block")
    status_code = code("result, as the body itself reports it", "整改状态", STATUS_CODES)
    status_text = text("the result's words", "状态原文", null=True)
    status_start = _start("result", null=True)
    status_end = _end("result", null=True)
    status_basis = code("where the result stands", "状态依据", STATUS_BASES)
    progress_share = real("stated progress, 0 to 1", "整改进度", null=True, low=0, high=1)
    due_text = text("stated due date or period", "完成时限", null=True)
    primary_type_code = text("problem type (codes_problem_types)", "问题类型")
    secondary_type_codes = text("0–2 further types, comma-separated", "次要类型")
    type_score = real("how clearly the words decided, 0 to 1", "类型把握", low=0, high=1)
    type_evidence_text = text("the words that decided", "归类依据词", null=True)
    type_basis = code("automatic or a human label", "归类方式", ("automatic", "human"))
    measure_count = whole("measures printed under it (leaf only)", "措施数")
    dated_evidence_count = whole("dated events under it", "有日期的事件数")


class CoreMeasures(dy.Schema):
    """One measure."""

    measure_id = text("e.g. anshan-2021/12#m2", "措施编号", key=True)
    problem_id = text("the problem", "问题编号")
    notice_id = _id()
    ordinal = whole("order under its problem, from 1", "序号", low=1)
    marker_text = text("printed marker (一是, ①); null where not enumerated", "印刷标记", null=True)
    measure_text = text("the measure, verbatim, without its marker", "措施")
    char_start = _start("measure")
    char_end = _end("measure")


class CoreCitations(dy.Schema):
    """One 《title》, with its document number."""

    citation_id = text("e.g. anshan-2021/12#d1", "引文编号", key=True)
    notice_id = _id()
    problem_id = text("null outside problems", "问题编号", null=True)
    title_text = text("the words inside 《》", "标题")
    document_number = text("e.g. 辽广党字〔2021〕11号", "文号", null=True)
    short_name = text("以下简称", "简称", null=True)
    is_document = flag("a document, not a play, film or advertisement", "是否文件")
    action_code = text("issued, revised, studied, drafted … (codes_actions)", "动作", null=True)
    char_start = _start("title")
    char_end = _end("title")


class CoreEvents(dy.Schema):
    """One dated event."""

    event_id = text("e.g. anshan-2021/12#e1", "事件编号", key=True)
    notice_id = _id()
    problem_id = text("null outside problems", "问题编号", null=True)
    start_date = day("first day (or first day of the month or year)", "开始日期", null=False)
    end_date = day("last day", "结束日期", null=False)
    date_precision = text("day, month, year, ten_days (旬), quarter …", "日期精度")
    date_basis = text("stated, or how an elided year was found", "日期依据")
    is_ambiguous = flag("another year is possible", "年份存疑")
    is_planned = flag("said of the future", "属计划")
    part_code = text("statement, cause, measure or other", "所在部分")
    quote_text = text("the date as printed", "原文")
    char_start = _start()
    char_end = _end()


class CoreFigures(dy.Schema):
    """One quantity."""

    figure_id = text("e.g. anshan-2021/12#q1", "数量编号", key=True)
    notice_id = _id()
    problem_id = text("null outside problems", "问题编号", null=True)
    value = real("plain number: 537.79亿元 is 53779000000", "数值")
    unit_code = text("unit (codes_units)", "单位")
    figure_kind = text("money, people, count, share, area …", "类别")
    is_approximate = flag("余, 多, 约, 左右 …", "约数")
    bound_code = text("about, lower_bound, upper_bound or null", "约数方向", null=True)
    part_code = text("statement, cause, measure or other", "所在部分")
    quote_text = text("the quantity as printed", "原文")
    char_start = _start()
    char_end = _end()


class CoreClaims(dy.Schema):
    """One total that the notice states about itself."""

    claim_id = text("e.g. anshan-2021#t3", "总数编号", key=True)
    notice_id = _id()
    section_id = text("the aspect a partial total is about", "所属方面", null=True)
    problem_id = text("the problem a figure stands under", "问题编号", null=True)
    claim_code = text("aspects, categories, problems, items, tasks, measures, completed …", "总数代码")
    unit = text(
        "what is counted: problem, task, measure, item, aspect, category, person, document, cny …", "计数单位"
    )
    value = real("the number", "数值", low=0)
    is_approximate = flag("余, 多, 约 …", "约数")
    quote_text = text("the words", "原文")
    char_start = _start()
    char_end = _end()


class CoreChecks(dy.Schema):
    """One comparison of a stated total with what was counted."""

    check_id = text("e.g. anshan-2021!completed", "核对编号", key=True)
    notice_id = _id()
    check_code = text("e.g. problems, completed, aspect_problems", "核对代码")
    claim_id = text("the stated total", "总数编号", null=True)
    section_id = text("the aspect, for a partial total", "所属方面", null=True)
    stated_value = real("what the notice says", "声明数", null=True)
    counted_value = real("what was counted", "清点数", null=True)
    is_agreeing = flag("null: cannot be decided", "是否一致", null=True)
    stated_quote_text = text("the claim's words", "声明原文", null=True)
    counted_quote_text = text("the IDs counted, shortened", "清点依据", null=True)
    note_text = text("what the comparison means", "说明", null=True)


class CoreRecurrences(dy.Schema):
    """One statement that an earlier finding came back or stayed open."""

    recurrence_id = text("e.g. kaifeng-2020/17#r1", "复发编号", key=True)
    notice_id = _id()
    problem_id = text("null outside problems", "问题编号", null=True)
    earlier_source = code("what found it first", "首次发现来源", ("inspection", "audit", "other"))
    earlier_count = whole("findings then", "原有问题数", null=True)
    still_open_count = whole("of these still open or back", "仍未整改数", null=True)
    quote_text = text("the words", "原文")
    char_start = _start()
    char_end = _end()


class CoreRegions(dy.Schema):
    """What one stretch of the text was read as; together they cover all of it."""

    notice_id = _id()
    region_code = code(
        "what it is", "区域", ("front", "heading", "problem", "body_other", "closing", "chrome", "blank")
    )
    char_start = _start("region")
    char_end = _end("region")


class CoreQuarantine(dy.Schema):
    """One file or record that could not be read."""

    source_path = text("path of the source file", "来源文件")
    sha256 = text("SHA-256 of the bytes; null where they could not be read", "文件哈希", null=True)
    notice_id = text("for a record of a notice that was read otherwise", "通报编号", null=True)
    stage = text("archive, read, parse, validate, review", "阶段")
    reason_code = text("stable name of the reason", "原因代码")
    reason_text = text("what happened, where, and what to do next", "原因说明")


CORE_TABLES: dict[str, type[dy.Schema]] = {
    "core_texts": CoreTexts,
    "core_notices": CoreNotices,
    "core_metadata": CoreMetadata,
    "core_sections": CoreSections,
    "core_problems": CoreProblems,
    "core_measures": CoreMeasures,
    "core_citations": CoreCitations,
    "core_events": CoreEvents,
    "core_figures": CoreFigures,
    "core_claims": CoreClaims,
    "core_checks": CoreChecks,
    "core_recurrences": CoreRecurrences,
    "core_regions": CoreRegions,
    "core_quarantine": CoreQuarantine,
}

# table → (text column, start, end): what `zhenggai verify` re-slices.
SPANS: dict[str, list[tuple[str, str, str]]] = {
    "core_metadata": [("quote_text", "char_start", "char_end")],
    "core_sections": [("title_text", "char_start", "char_end")],
    "core_problems": [
        ("statement_text", "statement_start", "statement_end"),
        ("cause_text", "cause_start", "cause_end"),
        ("status_text", "status_start", "status_end"),
    ],
    "core_measures": [("measure_text", "char_start", "char_end")],
    "core_citations": [("title_text", "char_start", "char_end")],
    "core_events": [("quote_text", "char_start", "char_end")],
    "core_figures": [("quote_text", "char_start", "char_end")],
    "core_claims": [("quote_text", "char_start", "char_end")],
    "core_recurrences": [("quote_text", "char_start", "char_end")],
}
