"""Lines of web-page furniture, told by their words: for pages, and for pages printed or pasted elsewhere."""

from __future__ import annotations

import re

from analysis.parsing.records import Block

MAX_FURNITURE = 120
_HEAD_LINES = 8

# Furniture that may stand anywhere, and what is furniture only beside the title: further down,
# 时间 (time) or 日期 (date) belong to the notice itself.
_ANYWHERE = re.compile(
    r"扫一扫|分享到|打印本页|关闭窗口|关闭本页|^打印$"  # scan, share, print, close
    r"|【\s*(?:打印|关闭|收藏|大|中|小)|[\[［]\s*(?:打印|关闭|大|中|小)\s*[\]］]|字[体号]\s*[:：\[【]"  # buttons, font size
    r"|(?:浏览|阅读|访问)(?:次数|量)\s*[:：]|点击(?:次数|数|量|率)\s*[:：]"  # counters
    r"|^责任编辑|^编辑\s*[:：]|^上一[篇条]|^下一[篇条]|^相关(?:阅读|链接|文章|信息|新闻)$"  # editor, neighbours, related
    r"|语音播报|无障碍|返回顶部|版权所有|网站标识码|ICP备|当前位置|您(?:现在)?的位置|您所在的位置"  # site tools, footer, breadcrumb
)
_BESIDE_TITLE = re.compile(
    r"来源\s*[:：]|來源\s*[:：]|信息来源|作者\s*[:：]|编辑\s*[:：]|审核\s*[:：]"  # source, author, editor, approval
    r"|(?:发布|更新)(?:时间|日期)|(?:公开|发文)日期|日期\s*[:：]|时间\s*[:：]"  # dates of the page
    r"|索引号|信息分类|主题分类|发布机构|浏览|字体|朗读"  # catalogue entry, counters, tools
)
_ONLY_DATE = re.compile(
    r"^\s*[\[(（【]?\s*20\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*[\])）】]?\s*$"
)
# 整改 rectification, 巡察/巡视 inspection, 通报/公告/公示 notice, 情况 state of things.
TITLE_WORD = re.compile(r"整改|巡察|巡視|巡视|通报|通報|公告|公示|情况|情況")
_TITLE_END = re.compile(r"(?:通报|通報|公告|公示|情况|情況|报告|報告)(?:[（(][^（()）]{1,12}[）)])?\s*$")
_NUMBERED = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、．.]|\d{1,3}[．.、](?!\d)|[（(]\d{1,3}[）)]|[①-⑳])"
)
_SIGNED = re.compile(r"^\s*中共[^，。；：]{2,40}(?:党组|黨組|党委|委员会|支部)\s*$")


def is_chrome_line(text: str, *, near_title: bool) -> bool:
    """A short line of page furniture: share and print buttons; beside the title also date and source."""
    if len(text) > MAX_FURNITURE or "。" in text:
        return False
    return bool(
        _ANYWHERE.search(text) or near_title and (_BESIDE_TITLE.search(text) or _ONLY_DATE.match(text))
    )


def is_only_date(text: str) -> bool:
    """A line that is a date (and a time of day) and nothing else."""
    return bool(_ONLY_DATE.match(text))


def is_prose_line(text: str) -> bool:
    """A line that belongs to a notice wherever it stands: a sentence, a numbered heading, a signature, a date."""
    return "。" in text or bool(_NUMBERED.match(text) or _ONLY_DATE.match(text) or _SIGNED.match(text))


def sounds_like_title(line: str) -> bool:
    """A short line that ends as titles of notices do (通报 notice, 公告/公示 announcement, 情况 state, 报告 report)."""
    return 8 <= len(line) <= 100 and bool(TITLE_WORD.search(line)) and bool(_TITLE_END.search(line))


def mark_furniture(text: str, blocks: list[Block]) -> None:
    """Mark furniture among paragraphs as chrome: single lines, and all that follows it after the notice.

    For a web page that was printed to PDF or pasted into Word with its menus and related links.
    """
    if not _ANYWHERE.search(text):
        return
    lines = [text[block.start : block.end] for block in blocks]
    last_prose = max(
        (index for index, line in enumerate(lines) if blocks[index].kind == "cell" or is_prose_line(line)),
        default=-1,
    )
    ends = False
    for index, block in enumerate(blocks):
        if block.kind not in ("paragraph", "heading"):
            continue
        is_chrome = is_chrome_line(
            lines[index], near_title=index < _HEAD_LINES and not is_only_date(lines[index])
        )
        ends = ends or is_chrome and index > last_prose
        if is_chrome or ends:
            block.kind, block.level = "chrome", 0
