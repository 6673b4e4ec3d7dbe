"""Pages that look like rectification notices and are none, each with a reason and a next step.

A true notice is never refused for a missing part: only for positive signs of another kind of page
(a round's summary, news of a meeting, findings before rectification, a comment, a list of links),
and only while it does not itself report problem by problem.
"""

from __future__ import annotations

import re

from analysis.parsing.records import Document, NotANotice

HEAD = 4000
SAMPLE = 9000
_LABELS = (
    "整改情况:",
    "整改措施:",
    "整改结果:",
    "整改落实情况:",
    "整改成效:",
    "整改状态:",
    "整改进展情况:",
    "针对“",
    "针对此问题",
    "”问题",
    "反馈问题",
)
_HAN = re.compile(r"[一-鿿]")
# 现将巡察整改情况予以公布: the sentence by which a body publishes its own rectification
_ANNOUNCES = re.compile(
    r"现(?:将|就)[^。\n]{0,70}?(?:整改|落实)[^。\n]{0,50}?(?:公布|通报|公开|公告|公示|报告|如下)|整改[^。\n]{0,24}?情况[^。\n]{0,8}?(?:予以|向社会|向党内)[^。\n]{0,12}?(?:公布|公开|通报|公示|公告)"
)
_TITLE = re.compile(
    r"^[# ]*(?:中共|中国共产党)?[^\n。]{0,60}?(?:关于)?[^\n。]{0,40}?(?:整改|落实)[^\n。]{0,24}?(?:通报|公告|公示|报告|情况|公开)[^\n。]{0,6}$",
    re.M,
)
# Labels under which a notice reports problem by problem
_REPORTS = re.compile(
    r"整改(?:落实|进展|完成|推进)?(?:情况|措施|举措|成效|结果|状态|进度)(?:及成效)?[\]】]? ?:|【(?:整改|反馈)[^】]{1,8}】|关于[“\"][^”\"\n]{4,120}[”\"](?:的)?问题|针对[“\"][^”\"\n]{4,200}[”\"](?:的)?问题|问题[0-9一二三四五六七八九十]{1,3} ?[:、.]|针对此问题|“问题的?整改|”问题的?整改|\"问题的?整改"  # every alternative begins with a sign of its own
)
_ENUMERATED = re.compile(
    r"\n[ #*]*(?:\([0-9一二三四五六七八九十]{1,3}\)|[0-9]{1,2} ?[.、]|[一二三四五六七八九十]{1,3} ?、|[①-⑳]|[|] ?[0-9]{1,3} ?[|])"
)
_DONE = re.compile(
    r"已(?:全部|经)?(?:完成|整改|修订|制定|印发|建立|清退|追回|开展|组织|召开)|一是|整改到位|整改完成|长期坚持"
)
_MANY_BODIES = (
    re.compile(r"(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}) ?个巡[察视]组"),
    re.compile(
        r"(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}) ?(?:家|个)(?:被巡[察视])?(?:单位|地方和单位|党组织|部门|镇街|乡镇|村)[^。\n]{0,40}(?:开展|进行|党组织|巡[察视])"
    ),
    re.compile(
        r"被巡[察视](?:党组织|单位|地方)(?:共|均|都|先后|普遍|各)|各被巡[察视](?:党组织|单位)|(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}) ?(?:家|个)被巡[察视]"
    ),
)
_NEWS = re.compile(
    r"会议(?:指出|强调|要求|认为|传达|听取)|主持(?:召开)?(?:会议|并讲话)|出席(?:会议|并讲话)|作(?:了)?(?:表态|动员)(?:发言|讲话)|记者|通讯员|本报讯|日(?<=[0-9]日)(?:上午|下午)|参加会议|作(?:了)?部署讲话"
)
_FEEDBACK = re.compile(
    r"反馈(?:指出|强调|会议|会上|要求)|(?:巡[察视]组|组长)[^。\n]{0,24}?(?:指出|要求|强调|提出|认为)|提出(?:了)?(?:以下|[0-9一二三四五六七八九十]{1,3}[点条个方面]{1,2})?[^。\n]{0,8}?(?:整改)?意见(?:和)?建议|表态(?:发言|讲话)?|问题线索[^。\n]{0,20}?(?:移交|转)|巡[察视]发现(?:的)?(?:主要|突出|一些)?问题|在[0-9一二两三]{1,2}个月内[^。\n]{0,16}?(?:报送|反馈|报告)"
)
_COMMENT = re.compile(
    r"笔者|评论员|编者按|时评|读者|据报道|据悉|通报(?:称|显示|指出|提到|中(?:说|提到|写道))|值得(?:注意|肯定|一提)|舆论|网友|我们认为|由此可见|启示|令人|不禁|作者(?:系|单位)|引发(?:关注|热议|思考)|观点"
)
_SPEECH = re.compile(
    r"同志们|我(?:再)?(?:讲|强调|谈)[^。\n]{0,8}?(?:点|方面|意见)|会(?:议)?上的(?:讲话|发言)|今天(?:我们)?召开|(?:动员|部署|表态)(?:讲话|发言)"
)
_RULES = re.compile(r"(?:^|\n)[ #*]*第[一二三四五六七八九十百0-9]{1,4}条")
_PLAN = re.compile(
    r"(?![(（]?[一二三四五六七八九十0-9]{1,2}[)）、.])[# ]*[^\n。]{0,80}?整改[^\n。]{0,10}?(?:方案|计划|工作安排)(?:的通知)?[ *]*"
)
# One body reports on itself: …党组关于…整改… (a title that names a whole round does not count)
_OWN_TITLE = re.compile(
    r"(?:党组|党委|委员会|工委|支部|总支|管委会|街道|办事处|集团|学校|中学|社区|[省市县区州旗]委|公司|大学|学院|医院|局|院|中心)(?:关于|巡[察视])(?![^\n]{0,20}轮巡[察视](?:整改|反馈))[^\n。]{0,50}整改"
)
# Reasons that rest on words alone: a text that reports a result problem by problem is a notice all the same.
BY_WORDS = frozenset(("no_rectification", "feedback_report", "news", "commentary", "too_little_text"))
_TOPIC = re.compile(r"巡[察视]")

_ADVICE = {
    "too_little_text": "the text is too short to hold problems and measures ({count} characters). Check that the whole page was saved, not only its title or first screen",
    "link_list": "this is a list of links to notices, not a notice. Open each link and save the page it leads to",
    "not_an_inspection": "the text does not speak of an inspection (巡察, 巡视). If it reports on an audit or another check, it does not belong in this ledger; otherwise add the page with the inspection's name",
    "round_summary": "this sums up a round over many bodies and does not list one body's problems. Look for the notices of the bodies themselves and add those",
    "news": "this is news of a meeting or visit, not the body's own report. Look for the notice (通报, 公告) that the body published",
    "feedback_report": "this reports the findings before rectification. Add the rectification notice that the body publishes some months later",
    "commentary": "this comments on or quotes a notice. Add the notice itself",
    "speech": "this is a speech on rectification work, not a report on it. Look for the notice that the body published and add that",
    "regulation": "these are rules on rectification work. Add the notices of bodies that were inspected",
    "plan": "this is a plan of rectification, without results. Add the notice that reports on it when it is published",
    "no_rectification": "the text says nothing of rectification measures or results. Check that the right page was saved",
}


def check(document: Document, shadow: str) -> None:
    """Raise NotANotice when the text shows that it is another kind of page; return None otherwise.

    Codes: too_little_text, link_list, not_an_inspection, no_rectification, round_summary, news,
    feedback_report, commentary, speech, regulation, plan.
    """
    if _is_link_list(shadow):
        _refuse("link_list")
    length = len(shadow)
    if length < 1500:
        count = len(_HAN.findall(shadow))
        if count < 120:
            _refuse("too_little_text", count=count)
    if (
        "巡察" not in shadow
        and "巡视" not in shadow
        and not _TOPIC.search(str(document.page_metadata.get("title", "")))
    ):
        _refuse("not_an_inspection")
    if shadow.count("整改") < 2 and shadow.count("措施") < 3 and _OWN_TITLE.search(shadow) is None:
        _refuse(
            "feedback_report"
            if _weight(_FEEDBACK, shadow) >= 2
            else "news"
            if _weight(_NEWS, shadow) >= 2
            else "no_rectification"
        )
    head = shadow[:HEAD]
    if "第二条" in shadow and _count(_RULES, shadow, 3) >= 3:
        _refuse("regulation")
    announces = _ANNOUNCES.search(head)
    if not announces and "同志们" in shadow and _count(_SPEECH, shadow, 3) >= 2:
        _refuse("speech")
    if not announces and any(_PLAN.fullmatch(line.strip()) for line in shadow[:400].split("\n", 4)[:4]):
        _refuse("plan")
    # A notice that reports problem by problem shows it within its first pages.
    labels = 0
    for label in _LABELS:
        labels += shadow.count(label, 0, SAMPLE)
        if labels >= 4:
            return
    reports = _count(_REPORTS, shadow[:SAMPLE], 4)
    if reports >= 4:
        return
    enumerated = _count(_ENUMERATED, "\n" + shadow[:SAMPLE], 6)
    if announces and (reports >= 2 or enumerated >= 6) and not _covers_many_bodies(head):
        return
    if _covers_many_bodies(head):
        _refuse("round_summary")
    own = bool(announces or _TITLE.search(shadow[:1200]))
    scale = max(1.0, length / 1500)
    news, feedback, comment = (_weight(pattern, shadow) / scale for pattern in (_NEWS, _FEEDBACK, _COMMENT))
    done = _weight(_DONE, shadow) / scale
    if own and (enumerated >= 6 or reports >= 1) and done >= 2 and max(news, feedback, comment) < 4:
        return
    if comment >= 2 and comment >= max(news, feedback) and reports < 3:
        _refuse("commentary")
    if feedback >= 2 and feedback >= news and not (own and done >= 2):
        _refuse("feedback_report")
    if news >= 2 and not (own and done >= 2):
        _refuse("news")


def _refuse(code: str, **values: int) -> None:
    raise NotANotice(code, _ADVICE[code].format(**values))


def _count(pattern: re.Pattern[str], text: str, enough: int) -> int:
    """How often a pattern occurs, counted up to ``enough``."""
    found = 0
    for found, _ in enumerate(pattern.finditer(text), 1):
        if found >= enough:
            break
    return found


def _weight(pattern: re.Pattern[str], text: str) -> int:
    return _count(pattern, text, 30)


def _covers_many_bodies(head: str) -> bool:
    return (
        _OWN_TITLE.search(head[:600]) is None
        and sum(bool(pattern.search(head)) for pattern in _MANY_BODIES) >= 2
    )


def _is_link_list(shadow: str) -> bool:
    """Short lines that are titles, with dates, and hardly a sentence."""
    if shadow.count("。") > 3 or len(shadow) > 20000:
        return False
    lines = [line.strip() for line in shadow.split("\n") if line.strip()]
    titles = [
        line
        for line in lines
        if 8 <= len(line) < 120
        and re.search(r"(?:整改|巡[察视])[^。]{0,30}(?:通报|公告|公示|情况|报告)", line)
        and ":" not in line
    ]
    return len(titles) >= 4 and len({line[:24] for line in titles}) >= 3
