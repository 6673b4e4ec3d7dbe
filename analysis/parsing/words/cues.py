"""Words that tell a finding from a measure, and the frames a finding is set in."""

from __future__ import annotations

import re

# 针对“…”问题 / 关于“…”问题 (on the problem "…") sets the finding in quotation marks.
_FRAME_OPENS = re.compile(r"(?:针对|关于|对于)(?:巡察组?|巡视组?)?(?:反馈|指出|提出)?的? ?[“\"]")
_FRAME_CLOSES = re.compile(r"(?:等|这一|一)?(?:方面)?的?(?:具体)?(?:问题|方面|情况)")


def frame_at(text: str, start: int = 0, stop: int | None = None) -> tuple[int, int, int] | None:
    """Start and end of the quoted finding and end of the frame, where one begins at ``start``.

    Quotation marks nest with the same signs: the closing one is where they balance; where they
    never do, the last before 问题 (problem).
    """
    stop = len(text) if stop is None else stop
    opens = _FRAME_OPENS.match(text, start, stop)
    if opens is None:
        return None
    inner = opens.end()
    if text[inner - 1] == '"':
        closing = text.find('"', inner, stop)
        closes = _FRAME_CLOSES.match(text, closing + 1, stop) if closing > inner else None
        return (inner, closing, closes.end()) if closes is not None else None
    limit = text.find("\n", inner, stop)
    limit = limit if limit >= 0 else stop
    depth, position, last = 1, inner, None
    while True:
        opening, closing = text.find("“", position, limit), text.find("”", position, limit)
        if closing < 0:
            break
        if 0 <= opening < closing:
            depth += 1
            position = opening + 1
            continue
        depth -= 1
        position = closing + 1
        closes = _FRAME_CLOSES.match(text, position, limit)
        if closes is not None:
            last = (inner, closing, closes.end())
        if depth <= 0:
            break
    if last is None or (depth == 0 and last[1] != position - 1):
        return None
    return last


# 关于…的问题, 在…方面, …的问题 without quotes: the heading is the finding.
OPEN_FRAME = re.compile(
    r"(?:(?:针对|关于|对于|对|在)[^。;:\n]{2,160}?(?:问题|方面|现象)|[^。;:\n]{4,120}?的问题)(?=[。:\n\s【(\[]|的?整改(?:落实|进展|完成|工作)*(?:情况|措施|[。:\n]|$)|$)"
)
# What may stand behind the frame and belongs to neither finding nor measures.
FRAME_TAIL = re.compile(
    r" ?的?(?:具体)?(?:整改|落实)?(?:落实|进展|完成|工作|推进)?(?:情况|措施|工作)?(?:及成效)?(?:方面)?"
)

_FINDING = re.compile(
    r"不(?!断|折不扣|忘|懈|松|减[压弃]?|反弹|放过|放松|移|留死角|得|再|仅|定期|到位不|动产|同(?!程度)|少于|低于|超过|漏|回避|打折)"
    r"|缺乏|缺失|缺少|缺位|缺陷|欠缺|欠账|薄弱|滞后|差距|短板|弱化|虚化|淡化|淡薄|漏洞|隐患|乏力|偏差|有待|迟缓|缓慢|拖沓|停滞|老化|流于|走过场"
    r"|形式主义|官僚主义|违规|违反|违纪|超标|超额|超编|超期|超范围|挪用|截留|挤占|套取|虚报|虚列|混乱|随意|粗放|松散|松懈|没有|没能|尚未|未(?!来|成年)"
    r"|无人|无序|重[^。,;]{1,8}轻|偏[弱软低少大慢高]|过[少多低高于]|较[差少低弱慢大]|淡漠|漠视|名存实亡|名不符实|两张皮|打折扣|落空|空转|悬空|脱节|脱岗|闲置|浪费|疑似|照搬照抄|一刀切"
    r"|难以|困难|老大难|突出问题|宽松软|宽软|失管|失察|失之|庸懒|推诿|扯皮|弄虚作假|造假|避重就轻|避实就虚|上热中温|瘦身|整而|问题(?:仍|依然|较|比较|突出|时有|屡|长期|明显)|仍(?:然|有|存|未)|依然|存在"
    r"|屡禁不止|倒挂|断层|盲区|死角|体内循环|公车私用|私设|小金库|吃空饷|优亲厚友|力度小|少、|弱、|质量差|质量低|底数不|风险大|较为|欠|弱$|差$|少$|低$|慢$|软$|漏缴|漏报|少缴|多[发付领]|拖欠"
)
_ACTION = re.compile(
    r"(?:进一步|认真|切实|及时|全面|不断|持续|严格|深入|积极|扎实|坚决|着力|大力|主动|统筹|有效|充分|牢固|逐步|立即|迅速|组织|已|坚持|始终|加快|层层|牢牢)*"
    r"(?:加强|强化|完善|健全|制定|建立|召开|开展|提高|提升|压实|落实|严格|深化|坚持|推进|推动|加大|抓好|抓实|抓紧|狠抓|聚焦|规范|修订|印发|出台|下发|学习|明确|成立|加快|优化|树牢|树立|筑牢|夯实|"
    r"压紧|履行|扛起|扛牢|担当|统一|正视|督促|督查|督办|指导|梳理|整合|争取|举办|发挥|严肃|严明|营造|增强|突出|紧盯|紧扣|围绕|对照|对标|细化|形成|依托|结合|按照|根据|通过|针对|责成|责令|约谈|清理|清退|追缴|收回|开通|启动|邀请|组建|配齐|配强|选派|选拔|纳入|调整|设立|设置|安排|部署|组织|继续|巩固|培育|打造|实施|实行|执行|采取|确保|贯彻|从严|创新|引导|引进|拓展|拓宽|构建|查摆|警示|教育|培训|整章建制|建章立制|举一反三|立行立改)"
)
# Headings of the part before the findings and of the part after them.
PREFACE = re.compile(
    r"政治站位|组织领导|高度重视|统一思想|思想认识|提高认识|强化领导|加强领导|领导能力|压实[^。]{0,6}责任|主体责任情况|组织整改|组织实施|组织情况|组织推进|组织开展|开展情况|总体情况|基本情况|工作情况$|动员部署|统筹推进|扛牢|扛起|政治担当|政治责任|政治任务|政治自觉|责任落实"
)
CLOSING = re.compile(
    r"下一步|下步|今后|后续|长效|巩固|继续|持续(?:深化|整改|推进|用力|抓|发力|做好)|努力方向|工作打算|久久为功|回头看|常态化|再[出接]|新(?:成效|实效|局面|发展|篇章)"
)
BODY = re.compile(
    r"反馈(?:的)?(?:问题|意见)|具体问题|问题整改|整改(?:落实|进展|完成)+(?:情况|工作)?|逐[条项]|整改(?:情况|清单|台账|任务)|问题清单"
)


# 补齐短板 (make good a weak point), 消除隐患 (remove a danger): the remedy of a wrong, not a wrong.
_REMEDY = re.compile(
    r"(?:补齐|补足|补强|堵塞|堵住|消除|防止|防范|化解|杜绝|避免|克服|解决|破解|纠治|纠正|整治|排查|清除|打通|弥补|严防|严查|查处|惩治|遏制|根治|改变|反对|力戒|力克|摒弃|针对)[^,。;]{0,14}$"
)


def is_finding(text: str) -> bool:
    """Whether the words name something wrong."""
    match = _FINDING.search(text)
    while match is not None:
        if _REMEDY.search(text, max(0, match.start() - 18), match.start()) is None:
            return True
        match = _FINDING.search(text, match.end())
    return False


_CLAUSE = re.compile(r"[,;。:]")


def tells_finding(sentence: str) -> bool:
    """Whether a sentence tells what is wrong rather than what was done about it."""
    if not is_finding(sentence):
        return False
    if not is_action(sentence):
        return True
    clause = _CLAUSE.split(sentence, maxsplit=1)[0]
    return is_finding(clause)


# 局党组高度重视，立即… (the party group took it seriously and at once …) opens what was done.
_TAKEN_UP = re.compile(
    r"经(?:查|核|排查|自查|了解|与|梳理|清理|研究)|(?:[\u4e00-\u9fff]{0,8}党(?:组|委|工委|总支|支部)|领导班子|我[局委院校厅镇]|针对(?:这一|此|该)问题)[,]?(?:高度重视|立即|迅速|第一时间|专题研究|认真研究|及时|坚持问题导向|举一反三|严格按照|组织召开|专门召开)"
)


def is_action(text: str) -> bool:
    """Whether the words begin with something that was or will be done."""
    return _ACTION.match(text) is not None or _TAKEN_UP.match(text) is not None


def head_of(text: str, start: int, end: int, limit: int = 90) -> str:
    """The first sentence of a stretch, at most ``limit`` characters."""
    stop = min(end, start + limit)
    for mark in "。\n":
        at = text.find(mark, start, stop)
        if at >= 0:
            stop = at
    return text[start:stop]
