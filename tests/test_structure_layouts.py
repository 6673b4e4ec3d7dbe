"""Small notices in layouts of their own; a user would lose problems, or get invented ones, from a layout like these."""

from __future__ import annotations

import pytest

from analysis.parsing.assemble import build_structure
from analysis.parsing.records import Block, Document

# neither numbers nor headings: the labels that come round tell the problems
NO_NUMBERS = """\
中共某县交通运输局党组关于巡察整改情况的通报
根据县委统一部署，2022年3月1日至5月30日，县委第二巡察组对局党组进行了巡察，6月20日反馈意见。现将整改情况公布如下。

理论学习不够深入，存在以会代学现象。
整改情况：一是修订学习制度；二是开展集中研讨4次。
整改结果：已完成。

工程招投标不规范，有3个项目未公开招标。
整改情况：一是清理项目；二是完善制度；三是追责2人。
整改结果：正在推进。

内部控制薄弱，往来款长期挂账。
整改情况：清理往来款12笔。
整改结果：已完成，并长期坚持。

干部队伍老化，35岁以下干部仅占8%。
整改情况：一是招录5人；二是挂职锻炼3人。
整改结果：长期坚持。
欢迎社会监督。联系电话：0000-1234567。
"""

# 针对…的问题。 without quotation marks, what was done behind it, a preface and a closing that look alike
UNLABELLED = """\
中共某省水利厅党组关于巡视整改进展情况的通报
根据省委统一部署，2019年3月1日至5月30日，省委第二巡视组对省水利厅党组进行了巡视。7月5日反馈了意见。现将整改情况予以公布。
一、坚决扛起巡视整改政治责任
（一）深化思想认识。厅党组先后召开会议5次，专题研究部署。
（二）加强组织领导。成立领导小组，明确责任分工。
二、巡视反馈问题整改落实情况
（一）关于“党的领导弱化”方面
1.针对“四个意识”不强的问题。厅党组深入学习贯彻习近平新时代中国特色社会主义思想。（1）召开中心组学习会12次。（2）举办专题培训班3期。（3）开展“不忘初心”主题党日活动。
2.针对重大决策程序不规范的问题。修订“三重一大”决策制度，明确党组议事范围。
3.针对意识形态工作责任制落实不力的问题。（1）印发实施方案。（2）开展专项检查。
（二）关于“党的建设缺失”方面
4.针对基层党组织软弱涣散的问题。（1）整顿党支部7个。（2）按期换届9个。
5.针对干部选拔任用把关不严的问题。（1）开展自查自纠。（2）对2名责任人诫勉谈话。（3）修订选任办法。
三、下一步工作打算
（一）持续深化学习。
（二）持续抓好整改。
中共某省水利厅党组
2019年10月8日
"""

# 问题： 措施： 成效： 状态： on lines of their own
SHORT_LABELS = """\
某市教育局党组关于巡察整改情况的通报
2021年3月1日至4月30日，市委第三巡察组对市教育局党组开展了常规巡察。6月1日反馈意见。现公布如下：
一、聚焦党的路线方针政策贯彻落实方面
1.问题：贯彻“双减”政策不够有力，课后服务覆盖率低。
措施：（1）制定课后服务方案；（2）开展专项督导3次。
成效：课后服务覆盖率达100%。
状态：完成
2.问题：学位供给不足，大班额问题突出。
措施：（1）新建学校2所；（2）改扩建3所；（3）增加学位3600个。
成效：大班额基本消除。
状态：基本完成
二、聚焦群众身边腐败问题和不正之风方面
3.问题：教辅材料管理混乱，个别学校违规征订。
措施：对3所学校通报批评。
成效：杜绝违规征订行为。
状态：完成
4.问题：食堂管理存在漏洞，账目不清。
措施：（1）开展审计；（2）追缴资金12.3万元。
成效：建立食堂监管平台。
状态：推进中
"""

# several findings listed under one block of measures: what carries the measures is the unit
LISTED_FINDINGS = """\
中共某区司法局党组关于区委第一巡察组反馈意见整改情况的通报
根据区委部署，2023年5月8日至7月7日，区委第一巡察组对区司法局党组开展巡察。9月1日反馈意见。现将整改情况通报如下。
（一）贯彻落实党的理论和路线方针政策方面
存在问题：1.理论学习不系统，研讨不深入。2.法治宣传创新不够，形式单一。
整改情况：一是完善学习计划；二是开展研讨6次；三是打造普法品牌1个。目前已完成整改。
（二）落实全面从严治党责任方面
存在问题：1.责任传导层层递减。2.廉政风险排查不全面。
整改情况：一是签订责任书；二是排查风险点36个。目前已完成整改。
（三）落实新时代党的组织路线方面
存在问题：1.支部组织生活不规范。2.干部交流轮岗少。3.律师行业党建薄弱。
整改情况：一是整顿支部2个；二是轮岗5人；三是选派党建指导员9名；四是建立联系点。目前已完成整改。
中共某区司法局党组
2024年1月8日
"""

# the result is the first sentence of what was done
RESULT_FIRST = """\
中共某市体育局党组关于巡察整改进展情况的通报
根据市委统一部署，2022年9月5日至11月4日，市委第四巡察组对市体育局党组开展了巡察。2023年1月10日反馈了意见。现公布如下。
一、整改工作开展情况
局党组把整改作为重大政治任务。一是提高站位；二是压实责任；三是强化督导。
二、反馈问题整改情况
1．全民健身设施建设滞后，社区健身路径老化问题突出。
已完成整改。更新健身路径58处，新建多功能运动场3个，投入资金420万元。
2．体育产业发展缓慢，规模以上企业数量少。
正在整改。出台扶持政策1项，引进企业2家，预计2023年底前取得明显成效。
3．竞技体育后备人才断档，基层体校招生困难。
持续整改。与教育部门联合办训，布局网点学校22所，建立选材数据库。
4．场馆免费低收费开放政策落实不到位。
已完成整改。制定开放管理办法，公示开放时段，全年接待群众36万人次。
5．财务管理不严格，存在白条入账现象。
已完成整改。清理票据，退回资金1.8万元，对2名责任人批评教育。
三、下一步工作
（一）提高认识，持续推进整改。
（二）建章立制，巩固整改成果。
"""

# 对…的整改 with a bracketed result
REMEDY_FRAMES = """\
中国共产党某县委员会关于巡视整改情况的通报
按照省委统一安排，2018年4月1日至5月31日，省委第九巡视组对某县开展了巡视。7月15日反馈了巡视意见。县委研究制定整改方案，梳理出5个方面9个问题。截至2018年10月底，已完成整改7个，2个正在整改。现将情况通报如下。
（一）聚焦“学习贯彻不够深入”问题抓整改
1.对理论学习“上热中温下冷”的整改。①制定学习计划，全年组织学习24次。②开展宣讲120场次。③建立考核机制。（已完成）
2.对意识形态工作重视不够的整改。①召开专题会议4次。②清理整治网络账号31个。（已完成）
（二）聚焦“脱贫攻坚责任落实不力”问题抓整改
3.对产业扶贫项目效益不高的整改。①调整项目17个。②引入龙头企业3家。（正在整改）
4.对扶贫资金闲置的整改。①盘活资金1280万元。②建立支出台账。（已完成）
5.对驻村干部作风不实的整改。召回驻村干部6名，约谈12名。（已完成）
（三）聚焦“基层党建薄弱”问题抓整改
6.对村党组织书记后继乏人的整改。①储备后备干部216名。②回引优秀人才45名。（正在整改）
7.对党员发展程序不规范的整改。①排查档案1362份。②认定12人。（已完成）
（四）聚焦“违反中央八项规定精神”问题抓整改
8.对违规发放津补贴的整改。清退资金33.6万元，给予党纪处分4人。（已完成）
（五）聚焦“选人用人”问题抓整改
9.对干部档案造假处理不到位的整改。①重新审核档案2031卷。②给予处分3人。（已完成）
中共某县委员会
2018年11月20日
"""

# （一）…的问题 with 1. 2. 3. that are measures, not problems
MEASURES_NUMBERED = """\
中共某市城市管理局党组关于市委巡察整改情况的通报
根据市委统一部署，2020年5月11日至7月10日，市委第二巡察组对市城管局党组进行了巡察。9月1日反馈意见。现公布如下。
一、整改工作情况
局党组高度重视，第一时间召开会议。
二、问题整改情况
（一）理论武装不到位的问题
1.加强中心组学习。制定年度学习计划，组织集中学习14次。
2.创新学习方式。开展现场教学4次，邀请专家授课3次。
3.强化督促检查。每季度检查学习笔记，通报2次。
（二）市容环境整治不力的问题
1.开展占道经营专项整治，规范流动摊点312处。
2.推行门前五包责任制，签订责任书1860份。
（三）违法建设查处不严的问题
1.建立巡查机制，拆除违建2.3万平方米。
2.对4名执法人员给予批评教育。
3.完善执法流程，制定文书样本12种。
4.开展培训2期。
（四）财务管理混乱的问题
1.清理账目，调整科目6个。
2.修订财务制度。
三、下一步打算
（一）坚持不懈抓学习。
（二）持之以恒抓整改。
中共某市城市管理局党组
2020年12月3日
"""

# 一是 二是 on lines of their own behind a bare heading
MEASURE_LINES = """\
中共某区财政局党组关于巡察整改情况的通报
根据区委统一部署，2021年3月1日至4月30日，区委第五巡察组对区财政局党组进行了巡察。5月20日反馈意见。
一、问题整改落实情况
（一）政治建设方面
1、政治理论学习不够深入
一是修订中心组学习制度，全年集中学习12次。
二是开展读书班2期，参加86人次。
整改完成情况：已完成。
2、意识形态工作责任制落实不到位
一是召开专题会议2次，分析研判形势。
二是加强网站管理，清理信息47条。
三是签订责任书32份。
整改完成情况：已完成，长期坚持。
（二）业务工作方面
3、预算绩效管理有差距
对12个项目开展绩效评价，核减预算320万元。
整改完成情况：正在推进，预计2021年12月完成。
4、国有资产管理不严
一是清查资产1.2万件。
二是处置报废资产236件。
整改完成情况：已完成。
二、下一步工作
继续抓好整改。
"""

# 1.问题描述： 2.整改措施： 3.整改情况： are parts of one problem
NUMBERED_PARTS = """\
中共某县卫生健康局党委巡察整改进展情况公开
2022年4月6日至6月5日，县委巡察一组对县卫健局党委开展巡察，7月反馈问题。截至2023年1月，反馈的四个方面12个问题已整改10个，2个持续推进。
一、关于贯彻落实党的路线方针政策方面的问题
（一）健康县建设推进缓慢
1.问题描述：健康县创建指标体系不完善，牵头作用发挥不够。
2.整改措施：成立专班，召开联席会议3次；制定实施方案。
3.整改情况：已完成整改。
（二）基层医疗卫生服务能力薄弱
1.问题描述：乡镇卫生院设备陈旧，人员不足。
2.整改措施：一是争取项目资金860万元；二是招聘医护人员42名；三是开展轮训。
3.整改情况：持续推进。
二、关于落实全面从严治党责任方面的问题
（三）廉政教育不够扎实
1.问题描述：警示教育针对性不强，案例陈旧。
2.整改措施：组织观看警示教育片4场；编印案例选编。
3.整改情况：已完成整改。
（四）药品采购监管不严
1.问题描述：个别医疗机构线下采购药品。
2.整改措施：一是开展专项检查；二是处理责任人3名。
3.整改情况：已完成整改。
三、下一步工作
（一）持续巩固。
（二）狠抓落实。
"""

# 整改进展 with lines, 整改成效, 完成情况 with a due date
PROGRESS_AND_EFFECT = """\
中共某市生态环境局党组关于巡察“回头看”整改情况的通报
根据市委部署，2019年10月8日至11月22日，市委第七巡察组对市生态环境局党组开展巡察“回头看”。12月30日反馈意见。现将整改情况公布如下。
一、关于上轮巡察整改不到位问题
1.关于“大气污染防治责任压得不实”的问题
整改进展：
（1）完成市级督察2轮，交办问题136个。
（2）约谈县区政府负责人5名。
整改成效：全年优良天数比例提高4.2个百分点。
完成情况：已完成，需长期坚持
2.关于“固废监管存在盲区”的问题
整改进展：
（1）排查产废单位412家。
（2）立案查处9起。
（3）建成智慧监管平台。
整改成效：危险废物规范化管理达标率98%。
完成情况：基本完成
二、关于新发现问题
3.关于“监测数据质量管控不严”的问题
整改进展：
（1）对社会化监测机构开展飞行检查18家次。
完成情况：正在推进（完成时限：2020年12月）
4.关于“信访投诉处置不规范”的问题
整改进展：
（1）修订信访办理规程。
（2）回访群众216人次，满意率96%。
完成情况：已完成
中共某市生态环境局党组
2020年6月18日
"""

# name: text, reading, first statement, (status, measures) of each problem
LAYOUTS = {
    "no_numbers": (
        NO_NUMBERS,
        "cycle",
        "理论学习不够深入，存在以会代学现象。",
        [("completed", 2), ("in_progress", 3), ("completed_long_term", 1), ("long_term", 2)],
    ),
    "unlabelled": (
        UNLABELLED,
        "A",
        "针对“四个意识”不强的问题。",
        [("not_stated", 3), ("not_stated", 1), ("not_stated", 2), ("not_stated", 2), ("not_stated", 3)],
    ),
    "short_labels": (
        SHORT_LABELS,
        "A",
        "贯彻“双减”政策不够有力，课后服务覆盖率低。",
        [("completed", 2), ("basically_completed", 3), ("completed", 1), ("in_progress", 2)],
    ),
    "listed_findings": (
        LISTED_FINDINGS,
        "PC",
        "1.理论学习不系统，研讨不深入。2.法治宣传创新不够，形式单一。",
        [("completed", 3), ("completed", 2), ("completed", 4)],
    ),
    "result_first": (
        RESULT_FIRST,
        "A",
        "全民健身设施建设滞后，社区健身路径老化问题突出。",
        [("completed", 1), ("in_progress", 1), ("in_progress", 1), ("completed", 1), ("completed", 1)],
    ),
    "remedy_frames": (
        REMEDY_FRAMES,
        "A",
        "对理论学习“上热中温下冷”的整改。",
        [
            ("completed", 3),
            ("completed", 2),
            ("in_progress", 2),
            ("completed", 2),
            ("completed", 1),
            ("in_progress", 2),
            ("completed", 2),
            ("completed", 1),
            ("completed", 2),
        ],
    ),
    "measures_numbered": (
        MEASURES_NUMBERED,
        "PC",
        "理论武装不到位的问题",
        [("not_stated", 3), ("not_stated", 2), ("not_stated", 4), ("not_stated", 2)],
    ),
    "measure_lines": (
        MEASURE_LINES,
        "A",
        "政治理论学习不够深入",
        [("completed", 2), ("completed_long_term", 3), ("in_progress", 1), ("completed", 2)],
    ),
    "numbered_parts": (
        NUMBERED_PARTS,
        "PC",
        "健康县创建指标体系不完善，牵头作用发挥不够。",
        [("completed", 1), ("in_progress", 3), ("completed", 1), ("completed", 2)],
    ),
    "progress_and_effect": (
        PROGRESS_AND_EFFECT,
        "A",
        "大气污染防治责任压得不实",
        [("completed_long_term", 2), ("basically_completed", 3), ("in_progress", 1), ("completed", 2)],
    ),
}


def read(text: str, blocks: list[Block] | None = None):
    return build_structure(Document(text=text, blocks=blocks or []))


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read_as_its_reader_would(name):
    text, reading, statement, expected = LAYOUTS[name]
    structure = read(text)
    leaves = [problem for problem in structure.problems if problem.is_leaf]
    assert [(problem.status_code, len(problem.measures)) for problem in leaves] == expected
    assert text[leaves[0].statement_start : leaves[0].statement_end] == statement
    assert structure.reading_code == reading


@pytest.mark.parametrize("name", LAYOUTS)
def test_page_breaks_in_mid_sentence_leave_the_same_problems(name):
    text, _, _, expected = LAYOUTS[name]
    lines = []
    for line in text.split("\n"):
        middle = [
            at
            for at in range(len(line) // 2, len(line) - 3)
            if all("一" <= c <= "鿿" and c not in "一二三四五六七八九十是" for c in line[at - 2 : at + 2])
        ]
        lines.append(
            line[: middle[0]] + "\n\n— 3 —\n\n" + line[middle[0] :] if len(line) > 30 and middle else line
        )
    broken = "\n".join(lines)
    assert broken != text
    leaves = [problem for problem in read(broken).problems if problem.is_leaf]
    assert [(problem.status_code, len(problem.measures)) for problem in leaves] == expected


def test_a_line_printed_twice_at_a_page_seam_counts_once():
    lines = UNLABELLED.split("\n")
    at = next(index for index, line in enumerate(lines) if line.startswith("2."))
    doubled = "\n".join([*lines[: at + 1], "", lines[at], *lines[at + 1 :]])
    assert len(read(doubled).problems) == 5


def test_headings_that_state_only_the_remedy_are_said_to():
    text = (
        "中共某市住建局党组关于巡察整改情况的通报\n2022年3月1日至5月30日，市委第一巡察组对局党组进行了巡察，6月20日反馈意见。现将整改情况公布如下。\n"
        "一、强化理论武装\n（一）健全学习制度。组织学习12次，开展研讨4次。\n（二）创新学习方式。开展现场教学3次。\n"
        "二、压实管党治党责任\n（三）完善廉政风险防控机制。排查风险点36个。\n（四）开展警示教育。组织观看警示片5场。\n"
    )
    structure = read(text)
    assert [problem.statement_basis for problem in structure.problems] == ["remedy_heading"] * 4
    assert (
        text[structure.problems[0].statement_start : structure.problems[0].statement_end] == "健全学习制度。"
    )


def test_numbers_that_run_on_make_the_level_above_a_class_and_restarting_ones_items():
    body = "整改情况：一是修订制度；二是开展培训。"
    head = "某局党组关于巡察整改情况的通报\n2022年3月1日至5月30日，市委第一巡察组对局党组进行了巡察。\n"
    runs_on = (
        head
        + "一、党的领导方面\n1.政治建设存在差距\n"
        + "\n".join(f"（{n}）学习不深入，第{n}支部未研讨。\n{body}" for n in (1, 2))
        + "\n2.作风建设存在差距\n"
        + "\n".join(f"（{n}）调研不扎实，第{n}季度未开展。\n{body}" for n in (3, 4))
    )
    structure = read(runs_on)
    assert [problem.unit for problem in structure.problems] == ["problem"] * 4
    assert [problem.key for problem in structure.problems] == ["1", "2", "3", "4"]
    mixed = (
        head
        + f"一、党的领导方面\n1.政治建设存在差距。\n（1）学习不深入。\n{body}\n（2）研讨不充分。\n{body}\n2.作风建设不实，调研少。\n{body}\n3.财务管理不规范。\n{body}"
    )
    structure = read(mixed)
    assert [problem.key for problem in structure.problems] == ["1", "1.1", "1.2", "2", "3"]
    assert [problem.is_leaf for problem in structure.problems] == [False, True, True, True, True]


def test_enumerations_inside_cause_and_statement_are_not_measures():
    text = UNLABELLED.split("二、")[0] + (
        "二、巡视反馈问题整改落实情况\n1.学习不深入。一是以会代学；二是研讨少。\n原因分析：一是认识不足；二是督促不力；三是制度不全。\n"
        "整改措施：一是修订制度，会议要求，一要提高站位，二要抓好落实；二是开展培训。\n整改结果：已完成。\n"
        "2.管理不规范。\n原因分析：一是认识不足；二是督促不力。\n整改措施：完善制度。\n整改结果：已完成。\n"
    )
    structure = read(text)
    assert [len(problem.measures) for problem in structure.problems] == [2, 1]
    assert [problem.cause_start is not None for problem in structure.problems] == [True, True]


def test_several_blocks_under_one_problem_add_up():
    text = UNLABELLED.split("二、")[0] + (
        "二、巡视反馈问题整改落实情况\n1.免费开放资金使用不规范。\n博物馆整改情况：一是开会；二是学习；三是整改。\n图书馆整改情况：一是开会；二是整改。\n"
        "2.场馆建设滞后。\n整改情况：一是争取资金；二是开工建设。\n3.人才流失。\n整改情况：招聘5人。\n"
    )
    assert [len(problem.measures) for problem in read(text).problems] == [5, 2, 1]


def table_blocks(rows: list[list[str]]) -> tuple[str, list[Block]]:
    text, blocks = "某镇党委关于巡察整改情况的公示\n", []
    for row, cells in enumerate(rows):
        for col, cell in enumerate(cells):
            if cell:
                blocks.append(Block("cell", len(text), len(text) + len(cell), 0, 0, row, col))
                text += cell + "\n"
    return text, blocks


def test_rows_of_a_table_with_merged_and_continued_cells():
    text, blocks = table_blocks(
        [
            ["序号", "问题类别", "反馈问题", "整改措施", "责任人", "完成时限", "整改进展"],
            ["1", "党建", "三会一课不规范。", "一是开展检查；", "张三", "6月底", "已完成"],
            ["", "", "", "二是通报2个支部。", "", "", ""],
            [
                "2",
                "",
                "发展党员程序不严。",
                "1.审核档案；\n2.补齐材料。",
                "李四",
                "长期坚持",
                "已完成，并长期坚持",
            ],
            ["3", "财务", "账目不清。", "清理账目。", "王五", "12月底", "正在整改"],
        ]
    )
    structure = read(text, blocks)
    assert [(problem.key, problem.status_code, len(problem.measures)) for problem in structure.problems] == [
        ("1", "completed", 2),
        ("2", "completed_long_term", 2),
        ("3", "in_progress", 1),
    ]
    assert [text[section.title_start : section.title_end] for section in structure.sections] == [
        "党建",
        "财务",
    ]
    assert structure.reading_code == "table" and structure.problems[0].due_text == "6月底"


def test_traditional_characters_and_full_width_digits_read_alike():
    text = (
        SHORT_LABELS.translate(
            str.maketrans("问题贯彻课后务复盖党组关于对开展规", "問題貫徹課後務復蓋黨組關於對開展規")
        )
        .replace("1.", "１．")
        .replace("2.", "２．")
    )
    leaves = read(text).problems
    assert [problem.status_code for problem in leaves] == [
        "completed",
        "basically_completed",
        "completed",
        "in_progress",
    ]


def test_text_without_problems_gives_none_and_still_covers_every_character():
    text = "关于召开会议的通知\n\n请各科室负责人参加。\n\n办公室\n"
    structure = read(text)
    assert structure.problems == [] and sum(end - start for _, start, end in structure.regions) == len(text)
