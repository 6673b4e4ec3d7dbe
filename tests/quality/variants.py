"""The same notice, printed differently: changes of form that must not change the ledger.

Every function takes the text and a random source and returns the new text. What is changed is
only what republication, word processors and scanners change: widths, blank lines, line ends,
page seams, page chrome.
"""

from __future__ import annotations

import random
import re

_HALF = ",;:()!?%"
_FULL = "，；：（）！？％"
_TO_FULL = str.maketrans(_HALF, _FULL)
_TO_HALF = str.maketrans(_FULL, _HALF)
# Telephone numbers, addresses and clock times keep their marks: nobody retypes those.
_KEPT = re.compile(r"https?://\S+|\S+@\S+|\d{1,2}[:：]\d{2}")


def _outside_kept(text: str, table: dict[int, str]) -> str:
    parts, position = [], 0
    for match in _KEPT.finditer(text):
        parts.append(text[position : match.start()].translate(table))
        parts.append(match.group())
        position = match.end()
    parts.append(text[position:].translate(table))
    return "".join(parts)


def full_width(text: str, chance: random.Random) -> str:
    """Every half-width mark as its full-width form."""
    return _outside_kept(text, _TO_FULL)


def half_width(text: str, chance: random.Random) -> str:
    """Every full-width mark as its half-width form."""
    return _outside_kept(text, _TO_HALF)


def mixed_width(text: str, chance: random.Random) -> str:
    """Marks of either width, as when several people typed one file."""
    swap = dict(zip(_HALF + _FULL, _FULL + _HALF))
    kept = {i for match in _KEPT.finditer(text) for i in range(match.start(), match.end())}
    return "".join(
        swap[c] if c in swap and i not in kept and chance.random() < 0.5 else c for i, c in enumerate(text)
    )


def full_width_digits(text: str, chance: random.Random) -> str:
    """Every digit in its full-width form."""
    return _outside_kept(text, {ord(str(d)): chr(0xFF10 + d) for d in range(10)})


def blank_lines(text: str, chance: random.Random) -> str:
    """Some blank lines more between the lines that are there."""
    return "".join(line + "\n" * chance.choice((0, 0, 1, 2)) for line in text.splitlines(keepends=True))


def spaced_lines(text: str, chance: random.Random) -> str:
    """Indents and trailing runs of spaces, as copied from a page or a typed original."""
    return "\n".join(
        chance.choice(("", "    ", "　　", " ")) + line + chance.choice(("", "", "  ", " " * 60))
        if line.strip()
        else line
        for line in text.split("\n")
    )


def carriage_returns(text: str, chance: random.Random) -> str:
    """Line ends of Windows."""
    return text.replace("\n", "\r\n")


def byte_order_mark(text: str, chance: random.Random) -> str:
    """The mark that Windows editors put before the text."""
    return "﻿" + text


def seam_places(text: str) -> list[int]:
    """Where a page can end in mid-sentence: between two characters of running prose.

    Left out are the first fifteen characters of a line: a page that breaks inside a printed
    number or label leaves no label to be read, by people either.
    """
    places = []
    start = 0
    for line in text.splitlines(keepends=True):
        for offset in range(15, len(line) - 4):
            before, after = line[offset - 1], line[offset]
            if (
                "一" <= before <= "鿿"
                and "一" <= after <= "鿿"
                and before not in _NUMERALS
                and after not in _NUMERALS
            ):
                places.append(start + offset)
        start += len(line)
    return places


_NUMERALS = "一二三四五六七八九十是要整改已完成正在推进"


def page_seams(text: str, chance: random.Random) -> str:
    """Up to six page ends in mid-sentence, each with blank lines, some with a page number."""
    places = seam_places(text)
    for place in sorted(chance.sample(places, min(6, len(places))), reverse=True):
        text = (
            text[:place]
            + chance.choice(("\n\n", "\n\n", "\n\n－7－\n\n", "\n\n- 12 -\n\n", "\n\f\n"))
            + text[place:]
        )
    return text


def doubled_title(text: str, chance: random.Random) -> str:
    """The first line that holds the title, printed again under itself."""
    for line in text.split("\n"):
        if line.strip().endswith(("通报", "公告", "公示", "公开稿）", "（摘要）")) and len(line.strip()) < 80:
            return text.replace(line + "\n", line + "\n" + line + "\n", 1)
    return text


def page_chrome(text: str, chance: random.Random) -> str:
    """Lines of a web page round the notice."""
    head = chance.sample(
        [
            "首页 > 政务公开 > 通知公告",
            "无障碍阅读　长者模式",
            "字号：[大] [中] [小]",
            "浏览次数：1024",
            "【打印】【关闭】",
        ],
        3,
    )
    tail = chance.sample(
        [
            "扫一扫在手机打开当前页",
            "打印本页　关闭窗口",
            "上一篇：无",
            "分享到：微信 微博",
            "版权所有　网站地图",
        ],
        2,
    )
    return "\n".join([*head, *head[:1], text, *tail])


VARIANTS = {
    function.__name__: function
    for function in (
        full_width,
        half_width,
        mixed_width,
        full_width_digits,
        blank_lines,
        spaced_lines,
        carriage_returns,
        byte_order_mark,
        page_seams,
        doubled_title,
        page_chrome,
    )
}
