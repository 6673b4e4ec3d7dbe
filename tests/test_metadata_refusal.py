"""What a user loses when these fail: a page that is no notice enters the ledger, or a true notice is turned away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.parsing.metadata.refusal import check
from analysis.parsing.records import Document, NotANotice
from analysis.parsing.text.shadow import make_shadow
from tests.quality.__main__ import EXPECTED
from tests.quality.corpus import parse_file

ROUND = """十二届县委第三轮巡察整改进展情况公开
根据县委安排，2021年4月6日至6月10日，县委组建5个巡察组，对县教育局、县卫健局、县水利局等18家单位党组织开展常规巡察，对3个乡镇党委开展专项巡察。
2021年7月8日，县委5个巡察组向21家被巡察单位党组织反馈了巡察情况，移交问题清单。
截至目前，巡察反馈的512个问题，完成整改501个，未完成11个，完成率97.85%。被巡察党组织共召开专题民主生活会20次，完善和新建制度214项，清退违规资金31.2万元。
按照有关规定，现将整改进展情况向社会公开，接受干部群众监督。"""
NEWS = """县水利局召开巡察整改专题会议
本报讯（通讯员 王某）3月12日上午，县水利局召开党组（扩大）会议，专题研究巡察反馈意见整改工作。局党组书记主持会议并讲话，驻局纪检组负责人出席会议。
会议传达了县委第二巡察组反馈意见。会议指出，抓好巡察整改是当前的重要政治任务。会议强调，要对照问题清单逐条研究，压实整改责任，列出时间表。会议要求，班子成员要带头认领问题，各股室要加强配合，确保问题整改到位。
参加会议的有局机关全体干部和下属单位负责人。"""
FEEDBACK = """县委第二巡察组向县水利局党组反馈巡察情况
根据县委统一部署，2022年3月1日至4月30日，县委第二巡察组对县水利局党组开展了常规巡察。6月2日，县委第二巡察组向县水利局党组反馈了巡察情况。巡察组组长代表巡察组作了反馈，县水利局党组书记主持会议并作表态发言。
巡察组指出，巡察发现的主要问题是：一是理论学习不够深入，学用脱节；二是项目管理不够规范，存在先施工后招标现象；三是组织生活不够严肃，支部换届不及时；四是内部监督乏力，廉政风险排查流于形式。巡察组还收到反映一些领导干部的问题线索，已按规定移交有关部门处理。
巡察组提出了四点整改意见建议：一是提高政治站位，强化理论武装；二是完善制度，规范项目管理；三是严肃组织生活；四是压实监督责任。要求在反馈后2个月内报送整改情况。
县水利局党组书记表示，诚恳接受巡察组反馈的意见，坚决抓好整改落实。"""
COMMENT = """巡察整改不能只在纸面上
近日，某县水利局公布了巡察整改情况的通报，引发关注。通报称，反馈的12个问题已整改完成11个。笔者注意到，通报中写道，修订制度5项、追缴资金3万元，令人欣慰。
值得注意的是，一些地方的整改仍停留在文件里，制度修订了，却没有人照着做。笔者认为，整改成效要由群众来评判，不能自己出题、自己阅卷。由此可见，巡察整改重在日常，要靠监督来推动。
（作者系某报评论员）"""
LINKS = """首页 > 巡察公开
中共某县水利局党组关于巡察整改情况的通报 2022-03-01
中共某县教育局党委关于巡察整改进展情况的通报 2022-03-02
中共某县卫生健康局党组关于巡察整改情况的公告 2022-03-04
中共某县民政局党组关于巡察整改落实情况的公示 2022-03-07
上一页 1 2 3 下一页"""
AUDIT = """某市2021年度审计查出问题整改情况的报告
根据市人大常委会安排，现将审计查出问题整改情况报告如下。截至2022年10月底，审计指出的96个问题，已整改到位90个。
一、财政管理方面。对预算编制不细的问题，市财政局修订了预算管理办法，整改措施：一是细化项目库；二是加强绩效评价。整改情况：已完成。
二、民生资金方面。对补贴发放不及时的问题，市民政局补发资金12万元。整改情况：已完成。"""
SHORT = "中共某县水利局党组关于巡察整改情况的通报\n发布时间：2022-03-01"

NOTICE = """某县水利局党组关于巡察整改进展情况的通报
根据县委统一部署，2021年3月1日至4月30日，县委第二巡察组对县水利局党组开展了巡察，6月2日反馈了意见。现将整改进展情况公布如下。
一、理论学习不够深入。局党组召开专题会议，会议强调要学用结合；修订学习制度1项，已组织集中学习7次。该问题已整改完成。
二、项目管理不够规范。一是修订了项目管理办法；二是对2名责任人进行约谈。该问题已整改到位。
三、组织生活不够严肃。一是制定支部工作清单；二是完成3个支部换届。该问题已整改完成。
如有意见建议，请向我们反映。联系电话：0000-0000000。"""
PROSE = """关于巡视反馈意见整改落实情况的通报
2017年9月，省委第三巡视组对省水利厅党组进行了专项巡视，并于11月反馈了意见。厅党组高度重视，逐条整改，现将落实情况向社会公布。
1.党建工作薄弱。厅党组会同机关党委修订了党建工作制度，组织各支部开展学习，补选支部委员4名，已整改完成。
2.选人用人把关不严。对2013年以来提拔的干部逐人复核，对3名责任人给予批评教育，已整改完成。
3.下属单位监管不力。对12家下属单位开展内部审计，清退违规资金20万元，制定资产管理办法，已整改完成。"""
PLAN = """中共某县水利局党组关于县委第二巡察组反馈意见的整改方案
为抓好县委巡察反馈意见整改，制定本方案。
一、理论学习不够深入。整改措施：修订学习制度。责任领导：局长。完成时限：6月底。
二、项目管理不够规范。整改措施：修订项目管理办法。责任领导：副局长。完成时限：7月底。
三、保障措施。各股室要加强组织领导，明确责任分工，确保整改到位，巡察整改工作领导小组将定期调度。"""
SPEECH = """在全县巡察整改工作会议上的讲话
同志们：今天我们召开会议，主要任务是部署巡察整改工作。刚才宣读了整改方案。下面，我讲三点意见。
一、提高认识。要深刻认识巡察整改的重要意义，诚恳接受反馈的17个问题。
二、突出重点。要坚持立行立改，对能够马上解决的问题，本月底前整改到位。
三、压实责任。办公室要加强督查督办，对整改不力的严肃问责。同志们，整改任务艰巨，我们要圆满完成。"""
COUNTY = """中共某县委关于巡视整改情况的通报
2019年8月5日至10月15日，省委第三巡视组对某县开展了巡视，12月20日反馈了意见。县委高度重视，全面落实整改，现将整改情况通报如下。
1.巡察工作质量不高。县委组建6个巡察组，对24家单位党组织开展巡察，被巡察单位共整改问题312个，已完成整改。
2.脱贫攻坚有短板。制定产业规划，清退违规资金12万元，已完成整改。
3.选人用人把关不严。修订干部管理办法，对3名责任人批评教育，已完成整改。
4.作风建设不实。开展专项治理，已完成整改。
5.基层党建薄弱。排查软弱涣散党组织13个，已完成整改。
6.村级财务混乱。建立公开制度，已完成整改。"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PLAN, "plan"),
        (SPEECH, "speech"),
        (ROUND, "round_summary"),
        (NEWS, "news"),
        (FEEDBACK, "feedback_report"),
        (COMMENT, "commentary"),
        (LINKS, "link_list"),
        (AUDIT, "not_an_inspection"),
        (SHORT, "too_little_text"),
    ],
)
def test_look_alikes_are_refused_with_a_next_step(text: str, reason: str) -> None:
    with pytest.raises(NotANotice) as caught:
        check(Document(text), make_shadow(text))
    assert caught.value.reason_code == reason
    assert any(
        word in caught.value.reason_text.lower() for word in ("add", "look for", "open", "check", "save")
    )


@pytest.mark.parametrize("text", [NOTICE, PROSE, COUNTY])
def test_true_notices_pass(text: str) -> None:
    check(Document(text), make_shadow(text))


@pytest.mark.parametrize(
    "name", sorted(path.name for path in (Path(__file__).parent / "gold" / "notices").glob("*.txt"))
)
def test_gold_notices_pass(name: str) -> None:
    """Words alone refuse no text that reports a result problem by problem."""
    path = Path(__file__).parent / "gold" / "notices" / name
    tables, refusal = parse_file(path)
    expected = json.loads(EXPECTED.read_text(encoding="utf-8")).get(name, {})
    assert tables is not None or expected.get("problems") == 0.0, refusal
