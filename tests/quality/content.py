"""Words for notices of bodies that do not exist: problems, causes, measures, places.

Statements and measures are put together from parts, so that thousands of different ones can be
had; none is copied from a published notice.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache

from tests.quality.corpus import GOLD, RAW

# (place, admin level, body, sort of team, title of the Party organ)
BODIES = [
    ("临汾", "prefecture", "临汾市交通运输局", "市委", "党组"),
    ("汉中", "prefecture", "汉中市文化和旅游局", "市委", "党组"),
    ("乐清", "county", "乐清市综合行政执法局", "市委", "党组"),
    ("凤阳", "county", "凤阳县人力资源和社会保障局", "县委", "党组"),
    ("建湖", "county", "建湖县自然资源和规划局", "县委", "党委"),
    ("荔波", "county", "荔波县文化广电和旅游局", "县委", "党组"),
    ("敦化", "county", "敦化市畜牧业管理局", "市委", "党组"),
    ("永州", "prefecture", "永州市中心医院", "市委", "党委"),
    ("大理", "prefecture", "大理白族自治州生态环境局", "州委", "党组"),
    ("黑龙江", "province", "黑龙江省粮食局", "省委", "党组"),
    ("湟中", "county", "西宁市湟中区教育局", "区委", "党委"),
    ("闵行", "county", "上海市闵行区统计局", "区委", "党组"),
]
TEAM_NUMBERS = "一二三四五六七八九十"

_AREAS = [
    "安全生产监管",
    "项目资金管理",
    "惠民政策落实",
    "干部选拔任用",
    "意识形态工作",
    "理论学习",
    "国有资产管理",
    "合同管理",
    "行政审批服务",
    "信访件办理",
    "党费收缴",
    "公务接待",
    "档案管理",
    "工程招投标",
    "编外人员管理",
    "民生实事办理",
    "行业协会监管",
    "调查研究",
    "基层组织建设",
    "廉政风险防控",
]
_FAULTS = [
    "重视程度不够",
    "流于形式",
    "把关不严",
    "推进缓慢",
    "存在薄弱环节",
    "责任层层递减",
    "不够规范",
    "落实不到位",
    "缺乏统筹谋划",
    "监督检查缺位",
]
_DETAILS = [
    "抽查{n}份台账，有{m}份记录前后矛盾",
    "{y}年以来共发生{m}起超期办理情况",
    "涉及资金{n}.{m}万元没有及时入账",
    "下属{m}家单位长期没有开展自查",
    "群众反映强烈的{m}个事项久拖不决",
    "有的股室以会议落实会议，{y}年召开同类会议{n}次",
    "个别干部对政策掌握不准，答复口径不一",
    "{n}项任务中有{m}项未按时限完成",
    "制度修订滞后，仍沿用{y}年旧办法",
    "主动靠前服务的意识不强，满足于完成“规定动作”",
]
_CAUSES = [
    "政治站位不高，对相关要求学习领会不深",
    "工作责任心不强，存在“过关”思想",
    "制度设计不够严密，一是职责边界不清，二是流程衔接不畅",
    "统筹协调力度不足，部门之间信息不畅",
]
_MEASURES = [
    "组织召开专题会议{m}次，研究部署相关工作",
    "修订完善《{area}办法》（{word}发〔{y}〕{n}号）",
    "对{m}名责任人进行批评教育",
    "追缴资金{n}.{m}万元并上缴财政",
    "逐项核查台账{n}份，补正{m}处",
    "选派业务骨干{m}人充实到一线岗位",
    "建立“月调度、季通报”工作机制",
    "邀请专家开展专题培训，培训{n}人次",
    "与{m}家单位签订责任书",
    "开展“回头看”，整改遗留事项{m}个",
    "优化办理流程，平均办理时间由{n}天压缩到{m}天",
    "将该项工作纳入年度考核",
]
_ASPECTS = [
    "贯彻落实党中央决策部署和上级工作要求方面",
    "落实全面从严治党主体责任方面",
    "落实新时代党的组织路线方面",
    "落实巡视巡察和审计等监督整改方面",
]
_ORGANISING = [
    "提高政治站位，强化责任担当。{organ}第一时间召开会议传达学习反馈意见，制定整改方案，先后召开专题会议{m}次研究部署。",
    "坚持问题导向，细化任务分工。对照反馈意见建立问题清单、任务清单、责任清单，一是明确责任领导，二是明确责任科室，三是明确完成时限。",
    "强化督促检查，务求整改实效。坚持每周调度、每月通报，开展督导检查{m}次，做到完成一个、销号一个。",
    "召开专题民主生活会，深入剖析根源。班子成员查摆问题{n}条，开展批评和自我批评。",
]
_LEADING = [
    "带头认领问题。主动认领重点难点问题{m}个，做到重要工作亲自部署。",
    "带头推动整改。深入基层单位调研{m}次，现场协调解决困难。",
    "带头建章立制。推动修订制度{m}项，堵塞管理漏洞。",
]
_NEXT_STEPS = [
    "持续强化理论武装。把学习贯彻作为首要政治任务，不断提高政治能力。",
    "持续巩固整改成果。对已完成的问题适时开展“回头看”，对正在推进的问题紧盯不放、一抓到底。",
    "持续健全长效机制。坚持标本兼治，一是完善制度，二是强化执行，三是严肃问责。",
]


def organising(chance: random.Random, year: int, organ: str) -> list[str]:
    """Paragraphs on how the work was organised; they hold no problem."""
    return [
        _fill(words.replace("{organ}", organ), chance, year) for words in _ORGANISING[: chance.randint(2, 4)]
    ]


def leading(chance: random.Random, year: int) -> list[str]:
    """Paragraphs on what the secretary did; they hold no problem."""
    return [_fill(words, chance, year) for words in _LEADING]


def next_steps() -> list[str]:
    """Paragraphs on what is to come; they hold no problem."""
    return list(_NEXT_STEPS)


def _fill(words: str, chance: random.Random, year: int) -> str:
    return words.format(
        n=chance.randint(11, 98),
        m=chance.randint(2, 9),
        y=chance.randint(year - 4, year - 1),
        area=chance.choice(_AREAS),
        word=chance.choice("汉文交统"),
    )


def aspects(chance: random.Random, count: int) -> list[str]:
    """``count`` different titles of aspects."""
    return chance.sample(_ASPECTS, count)


def statement(chance: random.Random, year: int, used: set[str], least: int = 0) -> str:
    """One statement of what was wrong with at least ``least`` details, without a final stop; never the same head twice."""
    while True:
        head = chance.choice(_AREAS) + chance.choice(_FAULTS)
        if head not in used:
            used.add(head)
            break
    details = [_fill(words, chance, year) for words in chance.sample(_DETAILS, chance.randint(least, 2))]
    return "，".join([head, *details])


def cause(chance: random.Random) -> str:
    """One cause, without a final stop; may hold 一是/二是 that count for nothing."""
    return chance.choice(_CAUSES)


def measures(chance: random.Random, year: int, count: int) -> list[str]:
    """``count`` different measures, without final stops."""
    return [_fill(words, chance, year) for words in chance.sample(_MEASURES, count)]


_BREAK = re.compile(r"\s*\n\s*|[ 　]{2,}")
# What a report prints round a statement and a layout here prints itself.
_FRAME = re.compile(r"^在(.+)方面$")
_LEFT_OVER = re.compile(r"[⟦⟧|]|^\s*$")


@cache
def printed_problems() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(statement, measures) of the five reports: real wording to be printed in other layouts.

    Statements come from the hand-marked gold, measures from the parser, whose counts there are
    exact; both without line breaks and final stops.
    """
    from analysis.parsing.notice import parse_notice
    from tests.quality.corpus import load_document
    from tests.quality.score import match

    found = []
    for source in sorted((GOLD / "reports").glob("*.json")):
        gold = json.loads(source.read_text(encoding="utf-8"))
        tables = parse_notice(load_document(RAW / gold["file"])).tables
        rows = [row for row in tables["core_problems"] if row["is_leaf"]]
        measures_of: dict[str, list[str]] = {}
        for row in tables["core_measures"]:
            measures_of.setdefault(row["problem_id"], []).append(
                _BREAK.sub("", row["measure_text"]).rstrip("；。;., ")
            )
        for number, index in match(gold["problems"], rows):
            words = _BREAK.sub("", gold["problems"][number]["statement"]).rstrip("。;；., ")
            words = _FRAME.sub(r"\1", words)
            measures = tuple(measures_of.get(rows[index]["problem_id"], ()))
            if (
                measures
                and len(words) >= 8
                and not any(_LEFT_OVER.search(text) for text in (words, *measures))
            ):
                found.append((words, measures))
    return tuple(found)
