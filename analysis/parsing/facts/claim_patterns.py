"""The patterns of stated totals: what is counted, what was done with it, and where it is nobody's total."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.lookups import load_csv
from analysis.parsing.text.numerals import NUMBER

N = rf"(?<![0-9.第〔\[/]){NUMBER}"
LONGEST = 2_000  # characters of a sentence; those of notices have at most 700
SENTENCE = re.compile(rf"[^。\n]{{1,{LONGEST}}}")
COUNTED = re.compile(r"[0-9一二两三四五六七八九十百零〇] ?(?:余|多)?(?:[个项条件]|问题|任务|措施)|第[0-9]")
STATUS_SIGN = re.compile(r"完成|整改|推进|坚持|成果|成效|进展|销号|办结|落实|解决|立行")
SIZE_CODES = frozenset(("problems", "tasks", "measures", "items"))
MEASURE_WORD = re.compile(r"[个项条件]")
# What a sentence must hold to be worth reading: a number that counts or measures.
DIGIT = re.compile(
    r"[0-9〇零一二两三四五六七八九十百千] ?\**[ ]?[余多]?(?:[个项条件点大小类方分名人万亿元%千百]|问题)|第[0-9]"
)
# The nouns that are counted; the first group of each pattern is the number.
# The words that must stand in a sentence for a pattern to be tried come last.
SIZES: tuple[tuple[str, str, re.Pattern[str], tuple[str, ...], bool], ...] = tuple(
    (code, unit, re.compile(pattern), words, pattern.startswith("(("))
    for code, unit, pattern, words in (
        ("aspects", "aspect", rf"({N}) ?(?:个|大|项)?(?:大)?方面", ("方面",)),
        ("categories", "category", rf"({N}) ?(?:个|大|小)?(?:大类|分类|小类|类别|类)(?!似|型)", ("类",)),
        (
            "problems",
            "problem",
            rf"({N}) ?(?:余|多)?(?:个|项|条|件|点)?(?:大)?(?:方面的?|具体|主要|突出|反馈|巡[察视]|整改|涉及|发现)*的?问题",
            ("问题",),
        ),
        (
            "problems",
            "problem",
            rf"(?:反馈|指出|发现|具体|整改|巡[察视])(?:的|了|出)?(?:意见)?(?:具体|主要)?问题(?:清单)?(?:共|共计|合计|总数|总计|为|有|,共)? ?({N}) ?(?:余|多)?(?:个|项|条|件)",
            ("问题",),
        ),
        ("problems", "problem", rf"({N}) ?(?:个|项|条)(?:具体)?反馈意见", ("反馈意见",)),
        (
            "problems",
            "problem",
            rf"反馈意见(?:共|共计|合计|有)? ?({N}) ?(?:个|项|条)(?!建议|整改)",
            ("反馈意见",),
        ),
        (
            "tasks",
            "task",
            rf"({N}) ?(?:余|多)?(?:项|个|条|件)(?:具体|整改|落实|重点|巡[察视]|工作)*(?:任务|责任清单|清单任务)",
            ("任务", "清单"),
        ),
        (
            "tasks",
            "task",
            rf"(?:整改|具体|工作|落实)任务(?:共|共计|合计|清单|为|分解为|,共)? ?({N}) ?(?:余|多)?(?:个|项|条|件)",
            ("任务", "清单"),
        ),
        (
            "measures",
            "measure",
            rf"({N}) ?(?:余|多)?(?:项|个|条|件)(?:具体|整改|针对性|落实|工作|的)*(?:措施|举措)",
            ("措施", "举措"),
        ),
        (
            "measures",
            "measure",
            rf"(?:整改|具体|制定|落实|提出|针对性)(?:的|了)?(?:整改|具体|落实|工作)*(?:措施|举措)(?:共|共计|合计|为|,共)? ?({N}) ?(?:余|多)?(?:个|项|条|件)",
            ("措施", "举措"),
        ),
        (
            "items",
            "item",
            rf"(?:整改|具体|反馈)(?:的)?事项(?:共|共计|合计|为|有|,共)? ?({N}) ?(?:个|项|条|件)",
            ("事项",),
        ),
        (
            "items",
            "item",
            rf"({N}) ?(?:余|多)?(?:项|个|条|件)(?:具体|整改|小)*(?:事项|子项|小项|小问题|子问题|问题点|整改点|具体表现)",
            ("事项", "子项", "小项", "问题", "整改点", "表现"),
        ),
    )
)
# Somebody's own share, or findings of somebody else: no total of this notice.
OTHERS = re.compile(
    r"认领|领办|包抓|包案|带头|牵头|督办|领衔|承办|帮助|上一?轮|上次|审计|查摆|检视|自查|排查|难点|信访|研究(?:的)?议题|共性|专项(?:整治|检查)|每|抽查|走访|征求"
)
CONTEXT = re.compile(r"反馈|巡[察视]|指出|整改")
NOUN = r"(?:(?:反馈|具体|整改|巡[察视]|落实|重点|的)*(?:问题|任务|措施|举措|事项|责任清单|清单|子项|小项))"
UNIT_OF_NOUN = (
    ("问题", "problem"),
    ("任务", "task"),
    ("责任清单", "task"),
    ("清单", "task"),
    ("措施", "measure"),
    ("举措", "measure"),
    ("事项", "item"),
    ("子项", "item"),
    ("小项", "item"),
)


def status_patterns() -> tuple[tuple[str, str], ...]:
    return tuple((row["code"], row["pattern"]) for row in load_csv("parsing/claim_words"))


STATUS = status_patterns()
CODES = tuple(code for code, _ in STATUS)
ANY = "|".join(f"({pattern})" for _, pattern in STATUS)
SIZE_OF = len(STATUS)
# Result before its number: 已完成整改53个, 正在抓紧整改的问题7个.
RESULT_FIRST = re.compile(
    rf"(?:{ANY})(?:并(?:已)?(?:全部)?(?:销号|验收)|整改|推进|落实)?(?:的|了)?({NOUN})?(?:的)?(?:有|共|共计|为|达|:|,共|合计)? ?({NUMBER}) ?(余|多)?(个|项|条|件)(?=[^一-鿿]|$|{NOUN}|并|其中|占|和|及|以及|的)"
)
# Number before its result: 42个问题整改到位, 六个已完成整改, 9个问题全部整改到位.
NUMBER_FIRST = re.compile(
    rf"({N}) ?(余|多)?(个|项|条|件)?({NOUN})?(?:个|项)?(?:中)?(?:,)?(?:已经|目前|现|也|都|均|全部|已|全|其中|正在逐项|逐项)*(?:{ANY})"
)
# Results by number only (第3、9项正在推进): as many as are listed.
NUMBERED = re.compile(
    r"[0-9〇零一二两三四五六七八九十百千][0-9,.〇零一二两三四五六七八九十百千]*+ ?[余多]?[个项条件]"
)
LISTED = re.compile(rf"第([0-9、,和及与 ]+)(?:个|项|条)?(?:{NOUN})?(?:目前|已经|已|均|都|仍)*(?:{ANY})")
SHARE = re.compile(
    r"(问题|任务|措施|举措)?(?:整改|办结|完成|销号|总体|到位|落实)*(?:完成|整改|办结|到位|销号|落实)率(?:已|均|达|到|为|约|:|是)* ?([0-9]+(?:\.[0-9]+)?) ?%"
)
PART = re.compile(rf"\((?:共)?(?:({NUMBER})个?(?:分类|大类|类))?[,、]?(?:共)?({NUMBER})个(?:具体)?问题\)")


# Numbers that count something: digits or Chinese numerals before a measure word or a noun.
_COUNTING = re.compile(
    r"[0-9〇零一二两三四五六七八九十百千][0-9,.〇零一二两三四五六七八九十百千]*+(?= ?[余多]?(?:[个项条件点大小类方分]|问题))"
)


def counting_numbers(text: str) -> list[tuple[int, int]]:
    """Spans of the numbers that count something, in order."""
    return [match.span() for match in _COUNTING.finditer(text)]


def size_matches(
    text: str, pattern: re.Pattern[str], number_first: bool, numbers: list[tuple[int, int]]
) -> Iterator[re.Match[str]]:
    """Matches of one of SIZES at the numbers already found, in order and without overlap."""
    done = 0
    for start, end in numbers:
        if number_first:
            match = pattern.match(text, start) if start >= done else None
        else:
            match = pattern.search(text, max(done, start - 20), end + 4)
            if match is not None and match.start(1) != start:
                match = None
        if match is not None:
            yield match
            done = match.end()


def results_first(text: str) -> Iterator[re.Match[str]]:
    """RESULT_FIRST matches in order, tried only before a number with its measure word."""
    done = 0
    for number in NUMBERED.finditer(text):
        if number.end() <= done:
            continue
        for match in RESULT_FIRST.finditer(
            text, max(done, number.start() - 34), min(len(text), number.end() + 5)
        ):
            if match.end() >= number.end() - 1:
                yield match
                done = match.end()
                break
