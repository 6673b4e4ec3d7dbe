"""Every core table and column, declared once.

The data dictionary, ``datapackage.json``, the spreadsheet and the validation are all made from here.
A table says what a row is in English and then in Chinese, 名称：说明. A column carries its
description in English and, as ``zh``, its Chinese heading, with 「：说明」 behind it where the
heading alone does not say what the English does. A ``*_start``/``*_end`` pair is a code-point span
into ``core_texts.text``; null spans mean *inferred, not read*.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from analysis.packages import without
from analysis.parsing.records import STATUS_CODES

# It would load them where they are installed, a third of the start of each worker, for what is not used here.
with without("sqlalchemy", "pydantic", "pydantic_core"):
    import dataframely as dy


def about(zh: str, unit: str | None = None) -> dict[str, str]:
    """Metadata of a column: its Chinese heading and description, and the unit that its name does not say."""
    heading, _, more = zh.partition("：")
    said = {"zh": heading, "description_zh": more or heading}
    return said if unit is None else {**said, "unit": unit}


def text(
    en: str,
    zh: str,
    *,
    null: bool = False,
    key: bool = False,
    check: Callable[[pl.Expr], pl.Expr] | None = None,
) -> dy.String:
    return dy.String(nullable=null, primary_key=key, description=en, metadata=about(zh), check=check)


def whole(en: str, zh: str, *, null: bool = False, low: int | None = 0) -> dy.Int64:
    return dy.Int64(nullable=null, min=low, description=en, metadata=about(zh))


def real(
    en: str,
    zh: str,
    *,
    null: bool = False,
    low: float | None = None,
    high: float | None = None,
    unit: str | None = None,
) -> dy.Float64:
    return dy.Float64(nullable=null, min=low, max=high, description=en, metadata=about(zh, unit))


def flag(en: str, zh: str, *, null: bool = False) -> dy.Bool:
    return dy.Bool(nullable=null, description=en, metadata=about(zh))


def day(en: str, zh: str, *, null: bool = True) -> dy.Date:
    return dy.Date(nullable=null, description=en, metadata=about(zh))


def code(en: str, zh: str, members: tuple[str, ...], *, null: bool = False) -> dy.String:
    return dy.String(
        nullable=null,
        description=en,
        metadata={**about(zh), "members": list(members)},
        check=lambda c: c.is_in(list(members)),
    )


STATUS_BASES = ("item", "reference", "total", "none")
ADMIN_LEVELS = ("central", "province", "prefecture", "county", "township", "zone")
INSPECTION_KINDS = ("regular", "look_back", "special", "linked")


def _id(en: str = "notice it belongs to", zh: str = "通报编号：所属通报", *, key: bool = False) -> dy.String:
    return text(en, zh, key=key)


def _start(what: str = "quote", zh: str = "原文", null: bool = False) -> dy.Int64:
    return whole(
        f"where the {what} begins in core_texts.text (code points, from 0)",
        f"{zh}起始：{zh}在全文中的起始位置（字符，从0起）",
        null=null,
    )


def _end(what: str = "quote", zh: str = "原文", null: bool = False) -> dy.Int64:
    return whole(
        f"where the {what} ends in core_texts.text (exclusive)",
        f"{zh}结束：{zh}在全文中的结束位置（不含该字符）",
        null=null,
    )


class CoreTexts(dy.Schema):
    """The text of one source file.

    来源文件全文：每行一个来源文件。
    """

    notice_id = _id("readable ID of the notice, e.g. anshan-2021", "通报编号：如 anshan-2021", key=True)
    source_path = text(
        "path of the source file, relative to the raw folder if it lies there",
        "来源文件：文件路径，位于原始资料夹内的为相对路径",
    )
    sha256 = text("SHA-256 of the file's bytes", "文件哈希：文件内容的 SHA-256 值")
    media_type = text("media type, by which the reader was chosen", "媒体类型：据以选定读取方式")
    encoding = text(
        "character encoding; null if the format has its own", "字符编码：格式自带编码的为空", null=True
    )
    char_count = whole("length of the text in code points", "字数：全文字符数")
    text = text("decoded text, into which all spans point", "全文：解码后的文本，各处位置均以此为准")


class CoreNotices(dy.Schema):
    """One notice: who inspected whom, when, and how surely it was read.

    通报：每行一份通报，包括巡察主体、被巡察单位、时间和解读把握。
    """

    notice_id = _id("readable ID of the notice, e.g. anshan-2021", "通报编号：如 anshan-2021", key=True)
    title = text("title as printed", "标题：原文标题", null=True)
    city_name = text(
        "place of the inspected body, short form (鞍山)", "城市：被巡察单位所在地简称", null=True
    )
    city_code = dy.String(
        nullable=True,
        regex=r"^\d{6}$",
        description="six-digit GB/T 2260 code of the place",
        metadata=about("行政区划代码：GB/T 2260 六位代码"),
    )
    province_name = text("province-level unit of the place", "省份：所在省级行政区", null=True)
    admin_level = code(
        "administrative level of the inspected body's place",
        "行政层级：被巡察单位所在地的层级",
        ADMIN_LEVELS,
        null=True,
    )
    issuer_name = text("body that issued the notice", "发布单位：发布通报的单位", null=True)
    sector_text = text(
        "sector of the body, as its name gives it (文旅, 教育 …)",
        "领域：单位名称所示领域（如文旅、教育）",
        null=True,
    )
    inspection_start_date = day("first day of the inspection", "巡察开始：巡察首日")
    inspection_end_date = day("last day of the inspection", "巡察结束：巡察末日")
    inspection_team_name = text("inspecting team as printed", "巡察组：原文所称巡察组", null=True)
    inspection_round_name = text(
        "inspection round as printed (第十二届市委第九轮)",
        "轮次：原文所称轮次，如第十二届市委第九轮",
        null=True,
    )
    inspection_kind = code(
        "kind of inspection: regular, look_back (回头看), special or linked",
        "巡察类型：regular（常规）、look_back（“回头看”）、special（专项）或 linked（联动）",
        INSPECTION_KINDS,
        null=True,
    )
    feedback_date = day("day on which the findings were handed over", "反馈日期：巡察意见反馈之日")
    feedback_precision = text(
        "how exact feedback_date is: day, month, year or approximate",
        "反馈日期精度：day（日）、month（月）、year（年）或 approximate（约）",
        null=True,
    )
    cutoff_date = day("day up to which the notice counts its results", "统计截止日：通报所列结果的截止日期")
    comment_start_date = day("first day of the public comment window", "公示开始：公示期首日")
    comment_end_date = day("last day of the public comment window", "公示结束：公示期末日")
    publication_date = day(
        "issue date of the web page, else the date of the signature",
        "公布日期：网页发布日期，没有的取落款日期",
    )
    publication_basis = text(
        "where publication_date comes from: page, sidecar or signature",
        "公布日期依据：page（网页）、sidecar（附带说明文件）或 signature（落款）",
        null=True,
    )
    signed_date = day("date under the signature", "落款日期：落款处的日期")
    notice_year = whole(
        "year of publication, else of the cut-off, the comment window, the feedback or the inspection",
        "通报年份：公布年份，没有的依次取截止日、公示期、反馈、巡察的年份",
        null=True,
        low=1990,
    )
    notice_year_basis = text(
        "where notice_year comes from: publication, cutoff, comment, feedback or inspection",
        "年份依据：publication（公布）、cutoff（截止）、comment（公示）、feedback（反馈）或 inspection（巡察）",
        null=True,
    )
    is_excerpt = flag(
        "whether gaps in the printed numbering suggest an excerpt", "疑似节选：原文编号有缺号，疑为节选"
    )
    excerpt_note = text("the gaps that were found", "节选说明：所缺编号", null=True)
    problem_count = whole("problems, as the notice itself numbers them", "问题数：按通报自身编号计")
    leaf_count = whole(
        "problems without sub-items, plus sub-items: the units that carry measures",
        "事项数：没有子项的问题与子项之和，措施列于其下",
    )
    measure_count = whole("measures printed", "措施数：印出的措施数")
    char_count = whole("length of the text in code points", "字数：全文字符数")
    coverage_share = real(
        "share of the non-blank characters that were read as something: "
        "problem, heading, front matter, closing or known page furniture",
        "文本覆盖率：非空白字符中已归入问题、标题、引言、结尾或网页栏目的比例",
        low=0,
        high=1,
    )
    reading_code = text("structural reading that was chosen", "结构解读：所采用的结构解读", null=True)
    reading_score = real(
        "chance that nine in ten of the problems were read right, calibrated on gold",
        "解读把握：九成问题读取无误的概率，按标准答案校准",
        null=True,
        low=0,
        high=1,
    )
    status_score = real(
        "chance that nine in ten of the results were read right, calibrated on gold",
        "状态把握：九成整改结果读取无误的概率，按标准答案校准",
        null=True,
        low=0,
        high=1,
    )
    reading_doubt_codes = text(
        "signs of a misreading, separated by commas (codes_reading_doubts); empty for a notice that needs no review",
        "存疑代码：可能误读的迹象，逗号分隔（codes_reading_doubts）；无需复核的为空",
    )
    alternative_problem_count = whole(
        "problems under the next best reading, if that differs",
        "次优解读的问题数：次优解读结果不同时的问题数",
        null=True,
    )
    near_copy_of = text(
        "notice that this one repeats almost word for word", "近似副本：与哪一份通报几乎逐字相同", null=True
    )


class CoreMetadata(dy.Schema):
    """The sentence behind one field of core_notices.

    通报信息的依据：每行一个字段及其原文。
    """

    notice_id = _id()
    field_name = text("column of core_notices", "字段：core_notices 的列名")
    value_text = text("value as stored, written as text", "取值：所存的值（文本形式）")
    value_basis = text(
        "how it is known: read, inferred, elided_year, gazetteer, issuer, title, page, signature or sidecar",
        "依据：read（读出）、inferred（推定）、elided_year（补足年份）、gazetteer（地名表）、issuer（发布单位）、"
        "title（标题）、page（网页）、signature（落款）或 sidecar（附带说明文件）",
    )
    quote_text = text("words in the source; null if inferred", "原文：推定的为空", null=True)
    char_start = _start(null=True)
    char_end = _end(null=True)


class CoreSections(dy.Schema):
    """An aspect (方面) or a category (分类) of problems.

    方面与分类：每行一个标题。
    """

    section_id = text(
        "ID of the section, e.g. anshan-2021/a1, anshan-2021/c3", "章节编号：如 anshan-2021/a1", key=True
    )
    notice_id = _id()
    section_level = code(
        "aspect or category", "层级：aspect（方面）或 category（分类）", ("aspect", "category")
    )
    ordinal = whole(
        "position among the notice's sections of this level, from 1", "序号：同层级中的次序，从1起", low=1
    )
    parent_section_id = text("aspect that a category belongs to", "所属方面：分类所属的方面", null=True)
    label_text = text("number as printed", "印刷编号：原文编号", null=True)
    title_text = text("title without its number", "标题：不含编号")
    char_start = _start("title", "标题")
    char_end = _end("title", "标题")


class CoreProblems(dy.Schema):
    """One problem, or a sub-item of one.

    问题：每行一个问题或子项。
    """

    problem_id = text(
        "ID of the problem, e.g. anshan-2021/12, or of the sub-item, e.g. yiyang-2023/4.2",
        "问题编号：如 anshan-2021/12，子项如 yiyang-2023/4.2",
        key=True,
    )
    notice_id = _id()
    aspect_id = text("aspect it stands under", "所属方面：章节编号", null=True)
    category_id = text("category it stands under", "所属分类：章节编号", null=True)
    parent_problem_id = text("problem that a sub-item belongs to", "上级问题：子项所属的问题", null=True)
    unit = code("problem or sub-item", "单位：problem（问题）或 item（子项）", ("problem", "item"))
    is_leaf = flag(
        "whether it carries measures itself (has no sub-items)", "是否末级：没有子项，措施直接列于其下"
    )
    ordinal = whole("position in the notice among its unit, from 1", "序号：同单位中的次序，从1起", low=1)
    label_text = text("number as printed", "印刷编号：原文编号", null=True)
    statement_text = text("what was found wrong, verbatim", "问题表述：原文", null=True)
    statement_start = _start("statement", "问题表述", null=True)
    statement_end = _end("statement", "问题表述", null=True)
    statement_basis = text(
        "finding, or remedy_heading if only the remedy is stated",
        "表述依据：finding（问题），只写整改内容的为 remedy_heading（整改标题）",
    )
    cause_text = text("cause as stated, verbatim", "原因：原文", null=True)
    cause_start = _start("cause", "原因", null=True)
    cause_end = _end("cause", "原因", null=True)
    block_start = _start("whole block", "整段")
    block_end = _end("whole block", "整段")
    status_code = code(
        "result, as the inspected body itself reports it", "整改状态：被巡察单位自报", STATUS_CODES
    )
    status_text = text("words that state the result", "状态原文：写明整改状态的文字", null=True)
    status_start = _start("result", "状态原文", null=True)
    status_end = _end("result", "状态原文", null=True)
    status_basis = code(
        "where the result is stated: at the item, by reference to it, in a total, or nowhere",
        "状态依据：item（本项）、reference（他处点名）、total（由总数推得）或 none（未说明）",
        STATUS_BASES,
    )
    progress_share = real(
        "progress as stated, 0 to 1", "整改进度：原文所称进度，0 至 1", null=True, low=0, high=1
    )
    due_text = text("due date or period as stated", "完成时限：原文所称时限", null=True)
    primary_type_code = text("problem type (codes_problem_types)", "问题类型：首要类型")
    secondary_type_codes = text(
        "up to two further types, comma-separated; empty for none", "次要类型：至多两个，以逗号分隔，可为空"
    )
    type_score = real(
        "calibrated chance that a person gives the problem this type, 0 to 1; 0 where unclassified",
        "类型把握：人工归入同一类型的概率（经校准），0 至 1；未归类为 0",
        low=0,
        high=1,
    )
    type_evidence_text = text("words that decided the type", "归类依据词：据以归类的词语", null=True)
    type_basis = code(
        "coded by the program or by a person",
        "归类方式：automatic（程序）或 human（人工）",
        ("automatic", "human"),
    )
    measure_count = whole(
        "measures printed under it; counted where it has no sub-items", "措施数：其下印出的措施数，只计末级"
    )
    dated_evidence_count = whole("dated events under it", "有日期的事件数：其下有日期的事件数")


class CoreMeasures(dy.Schema):
    """One measure that a notice says was taken.

    整改措施：每行一条措施。
    """

    measure_id = text("ID of the measure, e.g. anshan-2021/12#m2", "措施编号：如 anshan-2021/12#m2", key=True)
    problem_id = text("problem it answers", "问题编号：所对应的问题")
    notice_id = _id()
    ordinal = whole("position under its problem, from 1", "序号：同一问题下的次序，从1起", low=1)
    marker_text = text(
        "marker as printed (一是, ①); null if not enumerated", "印刷标记：如一是、①；未编号的为空", null=True
    )
    measure_text = text("the measure, verbatim, without its marker", "措施：原文，不含标记")
    char_start = _start("measure", "措施")
    char_end = _end("measure", "措施")


class CoreCitations(dy.Schema):
    """One title in 《》, with its document number.

    文件与引文：每行一处书名号引文。
    """

    citation_id = text(
        "ID of the citation, e.g. anshan-2021/12#d1", "引文编号：如 anshan-2021/12#d1", key=True
    )
    notice_id = _id()
    problem_id = text("problem it stands under; null elsewhere", "问题编号：不在问题之下的为空", null=True)
    title_text = text("words inside 《》", "标题：书名号内的文字")
    document_number = text(
        "document number, e.g. 辽广党字〔2021〕11号", "文号：如辽广党字〔2021〕11号", null=True
    )
    short_name = text(
        "short name that the notice gives it (以下简称)", "简称：原文“以下简称”所定名称", null=True
    )
    is_document = flag(
        "whether it is a document, not a play, film or advertisement", "是否文件：而非剧目、影片或广告"
    )
    action_code = text(
        "what was done with it: issued, revised, studied, drafted … (codes_actions)",
        "动作：印发、修订、学习、起草等",
        null=True,
    )
    char_start = _start("title", "标题")
    char_end = _end("title", "标题")


class CoreEvents(dy.Schema):
    """One date that a notice names, with what happened on it.

    有日期的事件：每行一处日期。
    """

    event_id = text("ID of the event, e.g. anshan-2021/12#e1", "事件编号：如 anshan-2021/12#e1", key=True)
    notice_id = _id()
    problem_id = text("problem it stands under; null elsewhere", "问题编号：不在问题之下的为空", null=True)
    start_date = day(
        "first day (of the month or year, if no day is given)", "开始日期：未写明日的取月初或年初", null=False
    )
    end_date = day(
        "last day (of the month or year, if no day is given)", "结束日期：未写明日的取月末或年末", null=False
    )
    date_precision = text(
        "how exact the date is: day, ten_days (旬), month, quarter … (codes_date_precisions)",
        "日期精度：日、旬、月、季度等",
    )
    date_basis = text(
        "stated, or how a missing year was found (codes_date_bases)", "日期依据：原文写明，或年份如何推定"
    )
    is_ambiguous = flag("whether another year is possible", "年份存疑：也可能是其他年份")
    is_planned = flag("whether it is said of the future", "属计划：所述为将来之事")
    part_code = text(
        "where it stands: statement, cause, measure or other",
        "所在部分：statement（问题表述）、cause（原因）、measure（措施）或 other（其他）",
    )
    quote_text = text("the date as printed", "原文：日期文字")
    char_start = _start()
    char_end = _end()


class CoreFigures(dy.Schema):
    """One quantity that a notice names.

    数量：每行一处数量。
    """

    figure_id = text("ID of the quantity, e.g. anshan-2021/12#q1", "数量编号：如 anshan-2021/12#q1", key=True)
    notice_id = _id()
    problem_id = text("problem it stands under; null elsewhere", "问题编号：不在问题之下的为空", null=True)
    value = real(
        "plain number in the unit of unit_code: 537.79亿元 is 53779000000",
        "数值：以 unit_code 为单位，537.79亿元记作 53779000000",
        unit="unit_code",
    )
    unit_code = text("unit (codes_units)", "单位：计量单位")
    figure_kind = text(
        "kind of quantity: money, people, count, share, area …", "类别：金额、人数、件数、比例、面积等"
    )
    is_approximate = flag(
        "whether it is a round number (余, 多, 约, 左右 …)", "约数：带有余、多、约、左右等字样"
    )
    bound_code = text(
        "about, lower_bound or upper_bound; null if exact",
        "约数方向：about（约）、lower_bound（至少）或 upper_bound（至多），确数为空",
        null=True,
    )
    part_code = text(
        "where it stands: statement, cause, measure or other",
        "所在部分：statement（问题表述）、cause（原因）、measure（措施）或 other（其他）",
    )
    quote_text = text("the quantity as printed", "原文：数量文字")
    char_start = _start()
    char_end = _end()


class CoreClaims(dy.Schema):
    """One total that the notice states about itself.

    声明的总数：每行一个通报自述的总数。
    """

    claim_id = text("ID of the total, e.g. anshan-2021#t3", "总数编号：如 anshan-2021#t3", key=True)
    notice_id = _id()
    section_id = text("aspect that a partial total is about", "所属方面：分项总数所指的方面", null=True)
    problem_id = text("problem it stands under; null elsewhere", "问题编号：不在问题之下的为空", null=True)
    claim_code = text(
        "what is totalled: aspects, problems, tasks, measures, completed … (codes_claims)",
        "总数代码：方面、问题、任务、措施、已完成等",
    )
    unit = text(
        "what is counted: problem, item, task, measure, aspect, category, person, document, cny, share …",
        "计数单位：问题、事项、任务、措施、方面、分类、人、文件、元、比例等",
    )
    value = real("the total, counted in unit", "数值：以 unit 所示单位计", low=0, unit="unit")
    is_approximate = flag("whether it is a round number (余, 多, 约 …)", "约数：带有余、多、约等字样")
    quote_text = text("words that state it", "原文：声明总数的文字")
    char_start = _start()
    char_end = _end()


class CoreChecks(dy.Schema):
    """One comparison of a stated total with what was counted.

    声明与逐项的核对：每行一次核对。
    """

    check_id = text(
        "ID of the check, e.g. anshan-2021!completed", "核对编号：如 anshan-2021!completed", key=True
    )
    notice_id = _id()
    check_code = text(
        "what is compared: problems, completed, aspect_problems … (codes_checks)",
        "核对代码：问题数、已完成数等",
    )
    claim_id = text("the stated total", "总数编号：所核对的总数", null=True)
    section_id = text("aspect that a partial total is about", "所属方面：分项总数所指的方面", null=True)
    stated_value = real("what the notice says", "声明数：通报所称", null=True, unit="check_code")
    counted_value = real("what was counted", "逐项数：一项一项数得", null=True, unit="check_code")
    is_agreeing = flag(
        "whether both agree; null if it cannot be decided", "是否一致：无法核对的为空", null=True
    )
    stated_quote_text = text("words that state the total", "声明原文：声明总数的文字", null=True)
    counted_quote_text = text("IDs that were counted, shortened", "逐项依据：所数的编号（节略）", null=True)
    note_text = text("what to know about the comparison, in Chinese", "说明：核对时需注意之处", null=True)


class CoreRecurrences(dy.Schema):
    """One statement that an earlier finding came back or stayed open.

    复发的自述：每行一处表述。
    """

    recurrence_id = text(
        "ID of the recurrence, e.g. kaifeng-2020/17#r1", "复发编号：如 kaifeng-2020/17#r1", key=True
    )
    notice_id = _id()
    problem_id = text("problem it stands under; null elsewhere", "问题编号：不在问题之下的为空", null=True)
    earlier_source = code(
        "what found it first: inspection, audit or other",
        "首次发现来源：inspection（巡视巡察）、audit（审计）或 other（其他）",
        ("inspection", "audit", "other"),
    )
    earlier_count = whole("findings at that time", "原有问题数：当时发现的问题数", null=True)
    still_open_count = whole(
        "how many of them are still open or came back", "仍未整改数：其中仍未整改或反弹的", null=True
    )
    quote_text = text("words that state it", "原文：表述文字")
    char_start = _start()
    char_end = _end()


class CoreRegions(dy.Schema):
    """What one stretch of the text was read as; together they cover all of it.

    文本各段的归属：每行一段，合起来覆盖全文。
    """

    notice_id = _id()
    region_code = code(
        "what the stretch was read as: front, heading, problem, body_other, closing, chrome (of the web page) or blank",
        "区域：front（引言）、heading（标题）、problem（问题）、body_other（正文其他）、closing（结尾）、"
        "chrome（网页栏目）或 blank（空白）",
        ("front", "heading", "problem", "body_other", "closing", "chrome", "blank"),
    )
    char_start = _start("stretch", "该段")
    char_end = _end("stretch", "该段")


class CoreQuarantine(dy.Schema):
    """One file or record that could not be read.

    未能读取的文件与记录：每行一个及其原因。
    """

    source_path = text("path of the source file", "来源文件：文件路径")
    sha256 = text(
        "SHA-256 of the file's bytes; null if they could not be read",
        "文件哈希：文件内容的 SHA-256 值，无法读取的为空",
        null=True,
    )
    notice_id = text(
        "notice the record belongs to; null if the whole file is set aside",
        "通报编号：记录所属的通报，整个文件未能读取的为空",
        null=True,
    )
    stage = text(
        "where it failed: archive, read, parse, validate or review",
        "阶段：archive（解压）、read（读取）、parse（解析）、validate（校验）或 review（核改）",
    )
    reason_code = text("stable code of the reason", "原因代码：固定不变的代码")
    reason_text = text(
        "what happened, where, and what to do next", "原因说明：何处出了什么问题，下一步怎么办"
    )


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
