"""The gold once more, with one change each that a reader would not notice.

What is enumerated in a lookup is read from the lookup; what is understood is read all the same
when the printer wraps the lines, puts another sign around the numbers, names the parts of a
problem otherwise, words the results otherwise or sets the page in traditional characters. Each
function takes a text and a random source and returns edits (start, end, words instead).

The words below must stand in no lookup and in no training data (a test holds it): they are what
the parser has never seen.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from analysis.lookups import load_csv
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document, NotANotice
from analysis.sources.readers_markdown import read_markdown, table_cells
from tests.quality.corpus import GoldNotice, gold_notices, load_document, plain_document
from tests.quality.score import Score, score

Edit = tuple[int, int, str]

# Signs around a number that no numbering style of the parser lists.
SIGNS = ("〔{}〕", "<{}>", "{{{}}}", "［{}］", "{}／", "〈{}〉", "{}～", "«{}»", "{}＞", "{}〕")

# Labels in nobody's list, by the part of a problem they open.
LABELS = {
    "statement": ("点到的事", "巡察所见", "毛病", "短板所在"),
    "cause": ("根子", "症结所在", "来由", "追根溯源"),
    "measures": ("怎么改的", "处置经过", "对症下药", "改的过程", "应对"),
    "progress": ("眼下办到哪里", "改了什么", "动态", "办理实录", "推动经过"),
    "result": ("结论", "办到哪一步", "眼下怎样", "收官与否", "认定"),
    "effect": ("变化", "看得见的变化", "收获", "带来的改变"),
}

# Results in nobody's list.
STATUSES = {
    "completed": ("已经办妥", "已画上句号", "已全部改好", "已妥善解决完毕", "现已改到头", "已了结此事"),
    "completed_long_term": ("已改好并坚持常抓不懈", "已办妥，此后常年坚持不松", "已改好，今后长期抓下去"),
    "basically_completed": ("大体已改好", "大部分内容已改完", "大体办妥", "主体部分已改好"),
    "phased": ("已见初步效果", "有了阶段性的起色", "第一阶段的事已办妥", "初步见到成效"),
    "in_progress": ("还在抓紧办理当中", "还在改", "正在往前赶", "眼下正在加紧办", "正着手解决"),
    "long_term": ("属长期工作，年年抓", "作为长期工作常抓不懈", "需长年累月抓下去"),
    "not_completed": ("还没改好", "至今未能改完", "尚未办妥", "没有改到位"),
}


def wrapped(text: str, chance: random.Random) -> list[Edit]:
    """Lines broken at one width; some printers keep closing marks from the head of a line."""
    width = chance.randrange(26, 46)
    keeps_marks = chance.random() < 0.5
    edits: list[Edit] = []
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        body = line.rstrip("\r\n")
        if "|" in body or body.startswith("<"):
            continue
        at = width
        while at < len(body):
            cut = at
            if keeps_marks:
                while cut < len(body) and body[cut] in "，。；：、！？）】”》,.;:!?)":
                    cut += 1
            if cut >= len(body):
                break
            edits.append((start + cut, start + cut, "\n"))
            at = cut + width
    return edits


_LINE_NUMBER = re.compile(
    r"(?m)^([ \t　#*>\-]*)(?:(\d{1,3})[.．、](?:(?!\d)|(?=(?:19|20)\d\d年))|[（(](\d{1,3})[)）]|[（(]([一二三四五六七八九十]{1,3})[)）])"
)


def signs(text: str, chance: random.Random) -> list[Edit]:
    """Another sign around every number that heads a line, one for each numbering style."""
    chosen = chance.sample(SIGNS, 3)
    edits = []
    for match in _LINE_NUMBER.finditer(text):
        index = match.lastindex or 2
        edits.append((match.end(1), match.end(), chosen[index - 2].format(match.group(index))))
    return edits


_LABEL = re.compile(
    r"(?P<before>^|[\n。；;，,”）)】*　 \[【])(?P<word>[一-鿿]{2,14})(?P<after>[：:】\]]|\*\*[：:])"
)


def labels(text: str, chance: random.Random) -> list[Edit]:
    """Every listed label by an unlisted one; the same for the same, as one author would."""
    parts = {row["label"]: row["part"] for row in load_csv("parsing/segment_labels")}
    pools = {part: chance.sample(words, len(words)) for part, words in LABELS.items()}
    taken: dict[str, str] = {}
    edits = []
    for match in _LABEL.finditer(text):
        word = match.group("word")
        part = parts.get(word)
        if part not in LABELS:
            continue
        if word not in taken:
            taken[word] = pools[part].pop() if pools[part] else word
        edits.append((*match.span("word"), taken[word]))
    return edits


def _status_pattern() -> re.Pattern[str]:
    words = {row["word"] for row in load_csv("parsing/status_words") if len(row["word"]) >= 3}
    core = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(
        rf"(?:(?<=[：:】（(。；;|\[—])|(?<=问题)|(?<=[：:|] )|(?<=\*\*))(?:{core})(?=[。；;）)】|\]\n（(]|$| \||\*\*)"
    )


def statuses(text: str, chance: random.Random) -> list[Edit]:
    """Every listed result by an unlisted one of the same meaning; the same for the same."""
    codes = {row["word"]: row["status_code"] for row in load_csv("parsing/status_words")}
    taken: dict[str, str] = {}
    edits = []
    for match in _status_pattern().finditer(text):
        word = match.group()
        pool = STATUSES.get(codes[word])
        if pool is None:
            continue
        if word not in taken:
            taken[word] = chance.choice(pool)
        edits.append((*match.span(), taken[word]))
    return edits


def traditional(text: str, chance: random.Random) -> list[Edit]:
    """Every character that has a traditional form in that form."""
    forms: dict[str, list[str]] = {}
    for row in load_csv("parsing/traditional_characters"):
        forms.setdefault(row["simplified"], []).append(row["traditional"])
    return [(i, i + 1, forms[char][0]) for i, char in enumerate(text) if char in forms]


PERTURBATIONS: dict[str, Callable[[str, random.Random], list[Edit]]] = {
    "wrapped": wrapped,
    "signs": signs,
    "labels": labels,
    "statuses": statuses,
    "traditional": traditional,
}


def apply_edits(text: str, edits: list[Edit]) -> tuple[str, Callable[[int], int]]:
    """The edited text, and where an offset of the old text lies in the new one.

    Raises ValueError for edits that overlap or are out of order.
    """
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []  # (old offset from which, new minus old)
    position = length = 0
    for start, end, words in edits:
        if start < position:
            raise ValueError(f"edit at {start} overlaps the one before it, which ends at {position}")
        pieces += (text[position:start], words)
        length += start - position + len(words)
        position = end
        shifts.append((end, length - end))
    pieces.append(text[position:])

    def moved(offset: int) -> int:
        from bisect import bisect_right

        index = bisect_right(shifts, offset, key=lambda shift: shift[0]) - 1
        return offset + (shifts[index][1] if index >= 0 else 0)

    return "".join(pieces), moved


def perturb(item: GoldNotice, name: str, seed: int) -> tuple[str, dict[str, Any]] | None:
    """Text and gold of one notice with one perturbation; None for a format that it does not fit."""
    if item.path.suffix not in (".txt", ".md"):
        return None
    text = load_document(item.path).text
    chance = random.Random(f"{seed}/{name}/{item.gold['file']}")
    edits = PERTURBATIONS[name](text, chance)
    changed, moved = apply_edits(text, edits)
    problems = []
    for problem in item.gold["problems"]:
        problem = {key: value for key, value in problem.items() if key != "statement_clean"}
        if problem["start"] >= 0:
            start, end = moved(problem["start"]), moved(problem["end"] - 1) + 1
            problem.update(start=start, end=end, statement=changed[start:end])
        problems.append(problem)
    return changed, {**item.gold, "problems": problems}


def document_of(text: str, file: str) -> Document:
    """A text as the project's reader would hand it over."""
    if file.endswith(".md"):
        return read_markdown(text.encode("utf-8"), file)
    document = plain_document(text, file)
    document.blocks = table_cells(text)
    return document


def parse_text(document: Document) -> tuple[dict[str, list[dict[str, Any]]] | None, str | None]:
    """Tables of a document, or None with the reason why it was refused."""
    try:
        return parse_notice(document).tables, None
    except NotANotice as refusal:
        return None, f"{refusal.reason_code}: {refusal.reason_text}"


def perturbed_scores(name: str, seed: int = 0, items: list[GoldNotice] | None = None) -> list[Score]:
    """The score of every gold notice under one perturbation."""
    results = []
    for item in items or gold_notices():
        made = perturb(item, name, seed)
        if made is not None:
            results.append(score(made[1], *parse_text(document_of(made[0], item.gold["file"]))))
    return results
