"""What a page's head and the lines around its title say: title and publication date."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from analysis.sources.furniture import TITLE_WORD, is_chrome_line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

# Names of the meta elements in the standard for Chinese government sites and in common CMSs.
_TITLE_NAMES = ("articletitle", "og:title", "title")
_DATE_NAMES = (
    "pubdate",
    "publishdate",
    "publish_date",
    "article:published_time",
    "og:release_date",
    "firstpublishedtime",
    "releasedate",
    "dc.date",
    "datepublished",
)
_SITE_SEPARATOR = re.compile(r"\s*[-_|–—]+\s*|\s{3,}")
_DATE = re.compile(r"(?<!\d)(20\d\d|19\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?!\d)")
# 发布/公布/发文 published, 时间/日期 time/date; 更新 updated and 成文/生成 written come second.
_PUBLISHED = re.compile(
    r"(?:发布|發布|公布|公开|发表|发文|录入|上传|刊登)\s*(?:时间|時間|日期)?\s*[】\]]?\s*[:：]?\s*$"
)
_DATED = re.compile(r"(?:时间|時間|日期|更新)\s*[】\]]?\s*[:：]?\s*$")


def find_title(tree: LexborHTMLParser) -> str | None:
    """The article's title: the CMS's own field, else the heading or page title that sounds like one."""
    named = _metas(tree)
    candidates = [named[name] for name in _TITLE_NAMES if named.get(name)]
    candidates += [" ".join(node.text(deep=True).split()) for node in tree.css("h1")[:5] + tree.css("h2")[:5]]
    page = tree.css_first("title")
    if page is not None:
        candidates += [part.strip() for part in _SITE_SEPARATOR.split(" ".join(page.text(deep=True).split()))]
    candidates = [text for text in candidates if 4 <= len(text) <= 200]
    for text in candidates:
        if TITLE_WORD.search(text):
            return text
    return None  # the name of the site or of a column is no title


def find_publication_date(
    tree: LexborHTMLParser | None, lines: list[str] | None = None
) -> datetime.date | None:
    """From the head's meta and time elements (``tree``), or from lines around the title."""
    if tree is not None:
        named = _metas(tree)
        for name in _DATE_NAMES:
            found = _first_date(named.get(name) or "")
            if found:
                return found
        times = tree.css("time[datetime]")
        return _first_date(times[0].attributes.get("datetime") or "") if len(times) == 1 else None
    weaker = None
    for line in (text[:400] for text in lines or ()):
        for match in _DATE.finditer(line):
            before = line[max(0, match.start() - 12) : match.start()]
            date = _as_date(match)
            if date is None:
                continue
            if _PUBLISHED.search(before):
                return date
            if weaker is None and (_DATED.search(before) or is_chrome_line(line, near_title=True)):
                weaker = date
    return weaker


def same_title(line: str, title: str | None) -> bool:
    """Whether a line is the title, blanks and line breaks aside."""
    return bool(title and "".join(line.split()) == "".join(title.split()))


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    named: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (
            attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or ""
        ).lower()
        content = " ".join((attributes.get("content") or "").split())
        if name and content:
            named.setdefault(name, content)
    return named


def _first_date(text: str) -> datetime.date | None:
    match = _DATE.search(text)
    return _as_date(match) if match else None


def _as_date(match: re.Match[str]) -> datetime.date | None:
    try:
        return datetime.date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return None
