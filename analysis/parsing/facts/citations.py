"""《》 titles: documents with their numbers and what was done with them, and works that are none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from analysis.lookups import load_csv
from analysis.parsing.layout.locations import Locator

MAX_TITLE = 200
_REMARK = re.compile(
    r" ?\((?:试行|暂行|征求意见稿|修订|修订版|讨论稿|送审稿|修正|草案|[0-9]{4}年?(?:版|修订)?)\)"
)
# 辽广党字〔2021〕11号: the number of a document, after the title or before it
_NUMBER_AFTER = re.compile(
    r" ?\(? ?(?:文号:? ?)?([一-鿿]{1,14}[〔\[(【〈<](?:19|20)[0-9]{2}[〕\])】〉>] ?第?[0-9]{1,4} ?号)"
)
_NUMBER_BEFORE = re.compile(
    r"([一-鿿]{1,14}[〔\[(【〈<](?:19|20)[0-9]{2}[〕\])】〉>] ?第?[0-9]{1,4} ?号)(?:文件)?(?:印发的?|下发的?|转发的?|文)? ?[\"“(]?$"
)
_AFTER_SIGNS = frozenset("废印修报")  # of 废止, 印发, 修订, 报送
_OPENS = frozenset((" ", "(", "〔", "["))
_STOPS = frozenset(",。;)】\n”")
_LEADING_VERB = re.compile(
    r"^(?:按照|根据|依据|依照|遵照|参照|印发|下发|转发|落实|执行|学习|以|和|与|及|对|了)+"
)
_SHORT = re.compile(r"[ )]*\((?:以下|下称|下文)?(?:简称|统称)?(?:为|:)? ?[“《\"]([^)》”\"]{2,30})[》”\"] ?\)")
_LIST_GAP = re.compile(r"[ 、,和及与以之\n)]*(?:\([^)]{1,8}\))?[ 、,和及与以\n]*$")
_AFTERWARDS = re.compile(r"^(?:[^,。;]{0,14}?)(?:予以|进行了?|已)?(废止|修订|印发|报送)")


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str], dict[str, list[tuple[str, str]]]]:
    """(words before a work, words after a work, last words of documents, first character → (word, action))."""
    joined: dict[str, list[str]] = {"after": [], "before": [], "title": []}
    for row in load_csv("parsing/citation_cues"):
        joined[row["position"]].append(row["pattern"])
    actions: dict[str, list[tuple[str, str]]] = {}
    for row in load_csv("parsing/action_words"):
        for word in row["words"].split("|"):
            actions.setdefault(word[0], []).append((word, row["code"]))
    for words in actions.values():
        words.sort(key=lambda entry: -len(entry[0]))
    return (
        re.compile("|".join(joined["before"])),
        re.compile("|".join(joined["after"])),
        frozenset("|".join(joined["title"]).split("|")),
        actions,
    )


_TITLE_REMARK = re.compile(r"[(（][^）)]{1,12}[)）]$")


def _is_called_document(title: str, words: frozenset[str]) -> bool:
    """Whether a title ends as documents do (办法, 条例 …), a remark in brackets apart."""
    if title[-1:] in ")）":
        title = _TITLE_REMARK.sub("", title)
    return (
        title[-2:] in words
        or title[-1:] in words
        or title[-3:] in words
        or title[-4:] in words
        or title[-5:] in words
    )


def _action_before(
    shadow: str, low: int, start: int, actions: dict[str, list[tuple[str, str]]]
) -> str | None:
    """The action whose word stands nearest before an offset; of words at one place the longest."""
    for at in range(start - 2, low - 1, -1):
        words = actions.get(shadow[at])
        if words is not None:
            for word, code in words:
                if shadow.startswith(word, at, start):
                    # 制定印发, 修订完善: a longer word may have begun further left
                    for back in (1, 2, 3):
                        for longer, other in (
                            actions.get(shadow[at - back : at - back + 1], ()) if at - back >= low else ()
                        ):
                            if len(longer) >= back + len(word) and shadow.startswith(
                                longer, at - back, start
                            ):
                                return other
                    return code
    return None


def read_citations(
    text: str, shadow: str, locator: Locator
) -> tuple[list[dict[str, Any]], list[tuple[int, int]]]:
    """``(rows, spans)``: rows of core_citations without IDs, and the spans of all 《…》 in order.

    A title in brackets after another (以下简称《…》) is that one's short name and no row of its own.
    A work once told by its context (电影《…》) counts as a work wherever the notice names it.
    """
    rows: list[dict[str, Any]] = []
    spans: list[tuple[int, int]] = []
    before_cue, after_cue, document_words, actions = _cues()
    works: set[str] = set()
    position = 0
    last_end = -1
    last: dict[str, Any] | None = None
    while (start := shadow.find("《", position)) >= 0:
        end = _closing(shadow, start)
        if not end:
            position = start + 1
            continue
        position = end
        spans.append((start, end))
        title = shadow[start + 1 : end - 1]
        if not title.strip():
            continue
        tail = end
        follows = shadow[end : end + 1]
        number = None
        if follows in _OPENS:
            if remark := _REMARK.match(shadow, tail):
                tail = remark.end()
            if match := _NUMBER_AFTER.match(shadow, tail):
                number = match.group(1)
                tail = match.end()
        if (
            number is None
            and "号" in shadow[max(0, start - 10) : start]
            and (match := _NUMBER_BEFORE.search(shadow, max(0, start - 32), start))
        ):
            number = _LEADING_VERB.sub("", match.group(1))
        short = None
        if (
            follows in _OPENS
            and shadow.find("称", tail, tail + 14) >= 0
            and (match := _SHORT.match(shadow, tail))
        ):
            short = match.group(1)
            inner = shadow.find("《", tail, match.end())
            if inner >= 0:
                spans.append((inner, match.end()))
                position = match.end()
        gap = shadow[last_end:start] if last is not None and start - last_end < 14 else None
        joined = gap is not None and _LIST_GAP.match(gap) is not None
        action = None
        if joined and last is not None:
            action = last["action_code"]
        else:
            low = max(start - 34, last_end, 0)
            low = max(
                low,
                shadow.rfind("。", low, start) + 1,
                shadow.rfind(";", low, start) + 1,
                shadow.rfind("\n", low, start) + 1,
            )
            action = _action_before(shadow, low, start, actions)
        after = shadow[end : end + 40]
        if (
            (action is None and not _AFTER_SIGNS.isdisjoint(after[:16]) or "废止" in after)
            and (match := _AFTERWARDS.match(after))
            and (action is None or match.group(1) == "废止")
        ):
            action = {"废止": "repealed", "修订": "revised", "报送": "submitted"}.get(
                match.group(1), "issued"
            )
        is_document = True
        if not number:
            if _is_called_document(title, document_words):
                is_document = not (follows in "项标的等" and follows and after_cue.match(after))
            elif (
                follows not in _STOPS
                and after_cue.match(after)
                or before_cue.search(shadow, max(0, start - 16), start)
                or joined
                and last is not None
                and not last["is_document"]
            ):
                is_document = False
        key, _ = locator.at(start)
        last = {
            "problem_key": key,
            "title_text": text[start + 1 : end - 1],
            "document_number": number,
            "short_name": short,
            "is_document": is_document,
            "action_code": action,
            "char_start": start + 1,
            "char_end": end - 1,
        }
        if not is_document:
            works.add(title)
        rows.append(last)
        last_end = end
    if works:
        for row in rows:
            if (
                row["is_document"]
                and not row["document_number"]
                and shadow[row["char_start"] : row["char_end"]] in works
            ):
                row["is_document"] = False
    return rows, spans


def _closing(shadow: str, start: int) -> int:
    """The offset after the 》 that closes the 《 at ``start``, inner titles counted; 0 when there is none near."""
    first = stop = shadow.find("》", start, start + MAX_TITLE + 1)
    while stop >= 0 and shadow.count("《", start, stop) > shadow.count("》", start, stop + 1):
        stop = shadow.find("》", stop + 1, start + MAX_TITLE + 1)
    return (stop if stop >= 0 else first) + 1
