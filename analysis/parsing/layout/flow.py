"""The flow of a notice: its paragraphs with seams joined.

``make_flow`` drops page furniture and marks, joins sentences that a
page break or a wrapped line cut in two, and keeps a map back to the document.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from analysis.parsing.layout.inline import LEAST, lost_breaks
from analysis.parsing.layout.wrapping import wrapped_breaks
from analysis.parsing.text.numbering import Label, read_label
from analysis.parsing.words.labels import label_parts, recurring_labels
from analysis.parsing.words.statuses import status_code


class Para:
    """One paragraph: its clean text, where it lies in the flow, the label and heading it has.

    ``label`` is the printed number at its start (None without); ``heading`` 1–6 for a marked
    heading, 7 for a line that is bold from end to end, 0 otherwise. ``bare`` paragraphs end
    without closing punctuation; ``ends`` says that the line is shorter than the width at which the
    text is wrapped, so that nothing runs on behind it.
    """

    __slots__ = ("text", "pieces", "label", "heading", "start", "bare", "ends")

    def __init__(self, text: str, pieces: list[tuple[int, int]], label: Label | None, heading: int):
        self.text = text
        self.pieces = pieces
        self.label = label
        self.heading = heading
        self.start = 0
        self.ends = False
        self.bare = text[-1] not in _CLOSERS and not (text[-1] == "." and text[-2:-1] > "\xff")


LONGEST = 20_000  # characters of one paragraph; a text without any full stop is not joined further
_CLOSERS = frozenset("。!?;:…】]|>")


class Flow:
    """The joined text and its map back: ``to_text`` for one offset, ``span`` for a stretch.

    ``labels``: words known as labels by their recurrence in this text → part of a problem.
    """

    __slots__ = ("text", "paras", "chrome", "labels", "para_starts", "_starts", "_origins", "_para_origins")

    def __init__(self, paras: list[Para], chrome: list[tuple[int, int]], labels: dict[str, str]):
        self.paras = paras
        self.labels = labels
        self.chrome = chrome
        starts: list[int] = []
        origins: list[int] = []
        self.para_starts: list[int] = []
        position = 0
        for para in paras:
            para.start = position
            self.para_starts.append(position)
            for start, end in para.pieces:
                starts.append(position)
                origins.append(start)
                position += end - start
            position += 1
        self.text = "\n".join([para.text for para in paras])
        self._starts = starts
        self._origins = origins
        self._para_origins = [para.pieces[0][0] for para in paras]

    def to_text(self, offset: int) -> int:
        """The document offset of the character at a flow offset."""
        index = bisect_right(self._starts, offset) - 1
        return self._origins[index] + offset - self._starts[index]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The document span of a non-empty stretch of the flow."""
        starts = self._starts
        index = bisect_right(starts, start)
        shift = self._origins[index - 1] - starts[index - 1]
        if index == len(starts) or end <= starts[index]:  # most stretches lie in one piece
            return start + shift, end + shift
        return start + shift, self.to_text(end - 1) + 1

    def paras_in(self, start: int, end: int) -> list[Para]:
        """The paragraphs that begin before the document offset ``end`` and may reach beyond ``start``."""
        first = bisect_right(self._para_origins, start) - 1
        return self.paras[max(0, first) : bisect_left(self._para_origins, end)]

    def para_index(self, offset: int) -> int:
        return bisect_right(self.para_starts, offset) - 1


class Whole:
    """The document's own text in place of a flow: offsets stand for themselves."""

    def __init__(self, shadow: str):
        self.text = shadow

    def to_text(self, offset: int) -> int:
        return offset

    def span(self, start: int, end: int) -> tuple[int, int]:
        return start, end


# Markdown bold, Word bookmark residue, pinyin printed after a character, zero-width marks.
# (Each alternative begins with one plain character: the search then leaps from one of these to the next.)
_RESIDUE = re.compile(
    r"\*\*|__|\[bookmark:[^\]\n]{0,80}\]|\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*\)|\u200c|\u200d|\u2060|</?(?:b|strong|u|em)>",
    re.I,
)
_RESIDUE_SIGNS = ("**", "__", "[bookmark", "\u200c", "\u200d", "\u2060", "<b>", "<strong>", "<u>", "<em>")
_PINYIN = re.compile(r"\([a-zü]{0,6}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
# 第3页 共10页, - 3 -, 3/10: page numbers, never content.
_FURNITURE = re.compile(
    r"[-—–_·. ]*第? ?\d{1,3} ?页?[-—–_·. ]*(?:[/,共 ]* ?\d{1,3} ?页?)?[-—–_·. ]*|[-—–_=*~·. ]{3,}|page \d+(?: of \d+)?",
    re.I,
)
_FURNITURE_STARTS = frozenset("-—–_·. 第=*~pP")
# A list sign before a printed number or a label says nothing more; alone it is the mark of a list.
_LABEL_BEHIND = re.compile(
    r"\*\*|[一二三四五六七八九十]{1,3}[、是]|[(【\[①-⑳#]|\d{1,3}[.、]|(?:问题|整改|反馈|存在|原因|责任|完成)[^:。,;]{0,8}[:】]"
)
_BOLD_LINE = re.compile(r"\*\*[^*]+\*\*(?: ?[【(\[][^】)\]]{2,20}[】)\]])?[。:]?")
_MARKS = re.compile(r"(#{1,6}) *|(?:> ?)+|[-*+] +")
# Labels of parts of a problem; a line that starts with one is never the rest of a broken sentence.
_FRESH = re.compile(
    r"""
      [【\[(]
    | (?:整改|反馈|原因|存在|具体|主要|责任|完成|牵头|问题|落实|进展|措施|成效)[^。,;:“]{0,12}[:】]  # 整改时限：
    | (?:整改|落实|完成|具体)* (?:整改|落实|进展|完成) (?:情况|措施|举措|结果|进展|成效|时限)$       # 整改落实情况
    | 原因分析$ | 此问题|该问题 | 针对(?:[“"此该]|上述) | 关于[“"] | 一是
    | 欢迎(?:广大|社会|各界|干部|群众|监督) | (?:联系|监督|举报|咨询)(?:电话|方式|人|地址) | 电子邮箱|邮政
    | 发布(?:时间|日期|机构) | 来源: | 下一步|接下来|综上|特此|中共
    | (?:针?对|对应|关于)? (?:反馈)? 的? (?:问题)? 第?\d{1,3}(?:个|项|条)? (?:反馈)?                # 针对第3个问题，
      (?:问题|号) (?:整改情况)? [。:,、]
    | (?:\d{4}|[二〇○零一三四五六七八九]{4})[ ]?年[ ]?[\d一二三四五六七八九十]{1,3}[ ]?月
      [ ]?[\d一二三四五六七八九十]{1,3}[ ]?日[ ]?$                                                  # 2021年6月1日
    """,
    re.VERBOSE,
)


def _line_pieces(shadow: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces = []
    position = start
    for match in _RESIDUE.finditer(shadow, start, end):
        if match.start() > position:
            pieces.append((position, match.start()))
        position = match.end()
    if position < end:
        pieces.append((position, end))
    return pieces


def make_flow(
    shadow: str,
    chrome: Sequence[tuple[int, int]] = (),
    headings: dict[int, int] | None = None,
    cells: frozenset[int] = frozenset(),
) -> Flow:
    """Paragraphs of the shadow text.

    ``chrome``: spans the source format marks as navigation; ``headings``: start offset of a line
    → heading level, ``cells``: where cells of a table start, where the format states it. Dropped lines are listed in ``Flow.chrome``.
    """
    has_residue = any([sign in shadow for sign in _RESIDUE_SIGNS]) or _PINYIN.search(shadow) is not None
    has_marks = "#" in shadow or "\n- " in shadow or "\n* " in shadow or "\n>" in shadow or "\n+ " in shadow
    dropped: list[tuple[int, int]] = []
    lines: list[Para] = []
    soft, hard = wrapped_breaks(shadow)
    taken: list[tuple[str, list[tuple[int, int]], int, int]] = []  # words, pieces, heading, break behind
    blocked = sorted(chrome)
    blocked_index = 0
    position = 0
    previous = ""
    for raw in shadow.split("\n"):
        start, position = position, position + len(raw) + 1
        body = raw.strip()
        if not body:
            continue
        start += raw.index(body[0]) if raw[0] == " " else 0
        end = start + len(body)
        while blocked_index < len(blocked) and blocked[blocked_index][1] <= start:
            blocked_index += 1
        if blocked_index < len(blocked) and blocked[blocked_index][0] <= start:
            dropped.append((start, end))
            continue
        heading = headings.get(start, 0) if headings else 0
        if has_marks and body[0] in "#>*-+":
            mark = _MARKS.match(body)
            if (
                mark
                and not body.startswith("**")
                and (body[0] in "#>" or _LABEL_BEHIND.match(body, mark.end()))
            ):
                heading = len(mark.group(1)) if mark.group(1) else heading
                start += mark.end()
                body = body[mark.end() :]
                if not body:
                    dropped.append((start - mark.end(), end))
                    continue
        if (
            len(body) < 24
            and (body[0] in _FURNITURE_STARTS or body[0].isdecimal())
            and _FURNITURE.fullmatch(body)
        ):
            dropped.append((start, end))
            continue
        if body == previous and len(body) > 7 and not body.startswith(("整改", "完成")):
            dropped.append((start, end))  # a line printed twice at a page seam
            continue
        previous = body
        if has_residue and _RESIDUE.search(body):
            if not heading and body.startswith("**") and _BOLD_LINE.fullmatch(body):
                heading = 7
            pieces = _line_pieces(shadow, start, end)
            if not pieces:
                dropped.append((start, end))
                continue
            pieces = _trimmed(shadow, pieces)
            body = "".join([shadow[a:b] for a, b in pieces])
            if not body:
                dropped.append((start, end))
                continue
        else:
            pieces = [(start, end)]
        if soft and position - len(raw) - 2 in soft and taken:
            taken[-1] = (taken[-1][0] + body, taken[-1][1] + pieces, taken[-1][2], position - 1)
        else:
            taken.append((body, pieces, heading, position - 1))
    previous = ""
    lost = {body: cuts for body, *_ in taken if len(body) > LEAST and (cuts := lost_breaks(body))}
    if lost:  # shorter lines of such a text have lost theirs as well
        lost |= {
            body: cuts
            for body, *_ in taken
            if body not in lost and len(body) * 3 > LEAST and (cuts := lost_breaks(body, 1))
        }
    for body, pieces, heading, at in taken:
        if soft and body == previous and len(body) > 7:
            dropped += pieces  # a paragraph printed twice, wrapped lines and all
            continue
        previous = body
        if has_residue and len(pieces) > 1:  # a mark that the wrapping cut in two
            for match in reversed(list(_RESIDUE.finditer(body))):
                pieces = _sliced(pieces, 0, match.start()) + _sliced(pieces, match.end(), len(body))
                body = body[: match.start()] + body[match.end() :]
            if not body:
                continue
        if body in lost:
            for first, after in zip([0, *lost[body]], [*lost[body], len(body)]):
                part = body[first:after].rstrip()
                lines.append(Para(part, _sliced(pieces, first, first + len(part)), read_label(part), 0))
            continue
        lines.append(Para(body, pieces, read_label(body), heading))
        lines[-1].ends = at in hard
    _settle_decimals(lines)
    labels = recurring_labels(shadow)
    return Flow(_joined(lines, labels, cells), dropped, labels)


_GLUED = re.compile(r"(\d{1,2})\.(?=\d)")


def _settle_decimals(lines: list[Para]) -> None:
    """1.27处 may be item 1 of a list (27 places …) or a decimal: its neighbours tell."""
    last = 0  # number of the list line before
    for line, following in zip(lines, [*lines[1:], None]):
        label = line.label
        match = _GLUED.match(line.text) if label is None or label.style in ("D", "E") else None
        number = int(match.group(1)) if match is not None else 0
        next_label = following.label if following is not None else None
        if match is not None and not (label and next_label and next_label.style == label.style):
            opens = number == 1 and following is not None and following.text.startswith(("2.", "2、"))
            if opens or number == last + 1 > 1:
                line.label = Label("A", number, match.end(), match.group())
        if line.label is not None:
            last = line.label.number if line.label.style == "A" else 0


def _sliced(pieces: list[tuple[int, int]], first: int, after: int) -> list[tuple[int, int]]:
    """The pieces of the characters ``first``–``after`` of a paragraph made of ``pieces``."""
    found = []
    position = 0
    for start, end in pieces:
        low, high = max(first, position), min(after, position + end - start)
        if high > low:
            found.append((start + low - position, start + high - position))
        position += end - start
    return found


def _trimmed(shadow: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    while pieces and not shadow[pieces[0][0] : pieces[0][1]].strip():
        pieces = pieces[1:]
    if pieces:
        start, end = pieces[0]
        text = shadow[start:end]
        pieces = [(start + len(text) - len(text.lstrip()), end), *pieces[1:]]
    return pieces


# The first characters of a phrase that never stands alone.
_BEGINNING = re.compile(
    r"针对?(?:此|[“\"]|此问题?)?|此问?题?的?产?|整改?情?|整改落实?情?|关于?|问题产?生?的?|原因?分?|[一二三四五]是?"
)
# How an unmarked heading ends; a line cut by a page break ends anywhere.
_HEAD_END = re.compile(
    r"(?:问题|方面|情况|不到位|不足|不够\w{1,3}|差距|薄弱|薄弱环节|漏洞|短板|缺失|滞后|不\w{1,2}|偏差|现象)[”\"]?$"
)
# A title, or the line with a body's name.
_TITLE = re.compile(r"[^,。;:]+(?:通报|公告|公示|报告|党组|党委|委员会)")
_DONE_BRACKET = re.compile(
    r"[(【\[][^()【】\[\]]{0,20}(?:整改|完成|推进|坚持|落实|进展|成效|成果|到位|销号|时限|进度)[^()【】\[\]]{0,20}[)】\]]$"
)
_LABELLED = re.compile(r"[^:。,;]{0,14}[:】] ?([^:。]{2,24})$")


_DASHED = re.compile(r"[—–-]{1,2} ?([^—–。:-]{2,18})$")


def _is_result_line(text: str) -> bool:
    """完成情况：已完成 — a label with a whole status behind it never runs on."""
    match = _LABELLED.match(text, text.rfind("  ") + 2 if "  " in text else 0) or _DASHED.search(text)
    return match is not None and status_code(match.group(1)) is not None


class _Habit:
    """How the lines of one numbering style end in this document."""

    __slots__ = ("lines", "bare", "before_label", "endings")

    def __init__(self) -> None:
        self.lines = self.bare = self.before_label = 0
        self.endings: dict[str, int] = {}

    @property
    def is_heading(self) -> bool:
        return self.bare * 2 > self.lines

    def breaks_habit(self, text: str) -> bool:
        """Whether a line does not end as nearly all the others of its style do."""
        if self.bare > 1 and self.before_label * 10 >= (self.bare - 1) * 7:
            return True  # a numbered line stands behind them, not the one that stands here
        usual = max(self.endings, key=lambda ending: self.endings[ending])
        return self.endings[usual] * 10 >= self.bare * 7 > 14 and not text.endswith(usual)


def _habits(lines: list[Para]) -> dict[str, _Habit]:
    habits: dict[str, _Habit] = {}
    count = len(lines)
    for index, line in enumerate(lines):
        if line.label is not None:
            habit = habits.get(line.label.style)
            if habit is None:
                habit = habits[line.label.style] = _Habit()
            habit.lines += 1
            if line.bare and "。" not in line.text:
                habit.bare += 1
                ending = line.text[-2:]
                habit.endings[ending] = habit.endings.get(ending, 0) + 1
                habit.before_label += index + 1 < count and lines[index + 1].label is not None
    return habits


def _joined(lines: list[Para], labels: dict[str, str], cells: frozenset[int]) -> list[Para]:
    """Paragraphs from lines: a line that stops in mid-sentence takes the next one in, but no cell another."""
    habits = _habits(lines)
    result: list[Para] = []
    for line in lines:
        last = result[-1] if result else None
        if (
            last is not None
            and last.bare
            and not last.ends
            and line.label is None
            and not line.heading
            and line.pieces[0][0] not in cells
            and not last.heading
            and len(last.text) < LONGEST
            and not _begins_with(line.text, labels)
            and _runs_on(last, line, habits)
        ):
            last.text += line.text
            last.pieces += line.pieces
            last.bare = line.bare
            last.ends = line.ends
            if last.label is None and len(last.text) < 40:
                last.label = read_label(last.text)
        else:
            result.append(line)
    return result


_WORD = re.compile(r"[【\[“〔]?([一-鿿]{1,10})(?=[】\]”〕:|( ]|$)")


def _begins_with(line: str, labels: dict[str, str]) -> bool:
    found = _WORD.match(line)
    if found is None:
        return False
    return (
        found.group(1) in labels
        or line[found.end() : found.end() + 1] == ":"
        and found.group(1) in label_parts()
    )


def _runs_on(last: Para, line: Para, habits: dict[str, _Habit]) -> bool:
    """Whether an unlabelled line continues the line before it."""
    text = last.text
    if text[0] == "|" or line.text[0] == "|" or _FRESH.match(line.text) or _is_result_line(text):
        return False
    if text.count("“") > text.count("”") or line.text[0] in "的了,。、;)”》":
        return True
    if last.label is not None and habits[last.label.style].is_heading and "。" not in text:
        return len(text) > 11 and not _HEAD_END.search(text) and habits[last.label.style].breaks_habit(text)
    if text[-1] in ")】]" and _DONE_BRACKET.search(text) is not None:
        return False
    if last.label is None and (_TITLE.fullmatch(text) or len(text) < 60 and _HEAD_END.search(text)):
        return False
    if len(text) >= 12 or text[-1] in ",、(":
        return True
    # A very short piece is no heading: the first characters behind a number, or of a known phrase.
    if last.label is not None:
        return len(text) - last.label.end <= 3
    return _BEGINNING.fullmatch(text) is not None
