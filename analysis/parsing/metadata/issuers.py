"""Title, issuing body, signature and issue date of a notice, and the place and level they imply."""

from __future__ import annotations

import re
from datetime import date

from analysis.parsing.metadata.inspections import Found
from analysis.parsing.metadata.places import (
    Place,
    find_names,
    gazetteer,
    is_township,
    is_zone,
    resolve,
    short_at,
)
from analysis.parsing.text.dates import DATE_PATTERN, printed_date

_TITLE_END = re.compile(r"(?:通报|公告|公示|报告|情况|公开|通告|说明|公布|公示稿|台账|清单|摘要\)|\)|》)$")
_TITLE_WORDS = re.compile(r"巡[察视]|反馈")
# 党组 Party group, 党委/委员会 Party committee, 工委 work committee, 总支/支部 branch
_BODY_END = r"(?:党组|党委|委员会|党工委|工委|党总支|总支部?|党支部|支部|党总支部|分党组|[省市县区州旗盟]委)"
# Bodies that sign without naming their Party group: a department, a school, a company.
_ANY_END = r"(?:部|办公室|局|厅|院|校|中心|公司|集团|学校|中学|小学|大学|学院|医院|总工会|联合会|协会|党校|社|馆|站|队|办|政府|办事处|管委会)"
_BODY = re.compile(rf"(?:中共)?[一-鿿()、·]{{2,44}}?{_BODY_END}(?![一-鿿])")
# 中共鞍山市水利局党组 in 中共鞍山市水利局党组关于巡察整改情况的通报
_TITLE_BODY = re.compile(
    rf"""
    ^ (   (?:中共|中国共产党)? [^关,。:]{{2,46}}?
          (?:{_BODY_END}|局|委|院|校|大学|学院|公司|中心|办公室|医院|协会|集团|银行|所|社)
      )
    (?:关于|巡[察视]|落实)
    """,
    re.VERBOSE,
)
_ISO_OR_HAN = r"((?:19|20)[0-9]{2})[ ]?[-./年][ ]?([01]?[0-9])[ ]?[-./月][ ]?([0-3]?[0-9])"
# How a page prints its issue date; 成文 (date of the document) comes after the others. (Each alternative
# begins with one plain character: the search then leaps from one of these to the next.)
_PAGE_DATE = re.compile(
    rf"""
    (   发布(?:时间|日期|于) | 发表(?:时间|日期) | 公开(?:时间|日期) | 公布(?:时间|日期) | 更新(?:时间|日期)
      | 公示日期 | 公告日期 | 发文日期 | 发文时间 | 生成日期 | 形成日期 | 上传时间 | 录入时间 | 添加时间 | 信息时间
      | 日期 | 时间 | 成文日期 | 印发日期
    )
    [ :|]{{0,4}} \[? {_ISO_OR_HAN}
    """,
    re.VERBOSE,
)
_BARE_PAGE_DATE = re.compile(
    r"""
    (?:^|[\s|·•]) ((?:19|20)[0-9]{2}) (?: [-/.]([01]?[0-9])[-/.]([0-3]?[0-9]) (?=$|[\s|·•])
                                      | [ ]?年[ ]?([01]?[0-9])[ ]?月[ ]?([0-3]?[0-9])[ ]?日 (?=[ ]*(?:$|[|·•]|[0-9]{1,2}:|来源|作者|浏览|字)) )
    """,
    re.VERBOSE,
)
# 2023-04-20 · 某某办公室: the date, a sign and who published it
_DATED_LINE = re.compile(r"\s*[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}\s*[·•|/-]\s*[^。,;]{2,40}")

_DATE_LINE = re.compile(r"\(?([^()]{8,16})\)?")
_CHROME_LINE = re.compile(r"来源|浏览|点击|字[体号]|阅读|作者|编辑|发布|打印|访问|时间|日期|朗读")


def find_title(lines: list[tuple[int, int, str]]) -> tuple[str, int, int] | None:
    """The title as printed: (text, start, end) from (start, end, clean text) lines at the head; None without one.

    A title over two or three lines is joined; of several copies the longest is taken.
    """
    best: tuple[str, int, int] | None = None
    for index, (start, end, line) in enumerate(lines[:40]):
        joined, first = line, start
        if not _is_title_end(line):
            continue
        if not (line.startswith(("中共", "中国共产党")) or re.match(r"[^关]{4,40}关于", line)):
            for back in (1, 2):
                if index - back < 0:
                    break
                above = lines[index - back][2]
                if back == 2 and _is_title_end(lines[index - 1][2]) and len(lines[index - 1][2]) > 8:
                    break
                if re.search(rf"(?:{_BODY_END})$", above) and len(above) < 50:
                    joined, first = (
                        "".join(piece for _, _, piece in lines[index - back : index]) + line,
                        lines[index - back][0],
                    )
                    break
                if back == 1 and not (line.startswith("关于") or len(line) < 24):
                    break
        if re.search(r"[。>|]|根据|现将", joined) or len(joined) > 110:
            continue
        if not (_TITLE_WORDS.search(joined) and ("整改" in joined or "反馈" in joined)):
            continue
        if best is None or len(joined) > len(best[0]):
            best = (joined, first, end)
    return best


def _is_title_end(line: str) -> bool:
    return (
        5 <= len(line) <= 90
        and bool(_TITLE_END.search(line))
        and ("整改" in line or "巡" in line or "情况" in line)
    )


def find_page_date(head: str, tail: str) -> tuple[date, int, int, bool] | None:
    """The issue date that the page prints: (date, start, end, in the tail); 成文日期 only without another."""
    later = None
    if (
        "期" not in head
        and "时间" not in head
        and "时间" not in tail
        and not _BARE_PAGE_DATE.search(head)
        and "发布" not in head + tail
    ):
        return None
    for text, is_tail in ((head, False), (tail, True)):
        for match in _PAGE_DATE.finditer(text):
            value = _real_date(*match.groups()[1:4])
            if value is None:
                continue
            label = match.group(1)
            if re.match(r"日? ?(?:至|到|-{1,2}|—|~)", text[match.end() : match.end() + 4]):
                continue  # a comment window
            line_start = text.rfind("\n", 0, match.start()) + 1
            if (
                label in ("日期", "时间")
                and match.start() - line_start > 1
                and re.search(r"[一-鿿]$", text[line_start : match.start()])
            ):
                continue  # 截止日期, 公示时间 …
            if label in ("成文日期", "印发日期"):
                later = later or (value, match.start(2), match.end(4), is_tail)
                continue
            return value, match.start(2), match.end(4), is_tail
        if not is_tail:
            for line in re.finditer(r"[^\n]{8,120}", text):
                content = line.group()
                bare = _BARE_PAGE_DATE.search(content) if "20" in content or "19" in content else None
                if (
                    bare
                    and "。" not in content
                    and not re.search(r"巡[察视]", content)
                    and (
                        _CHROME_LINE.search(content)
                        or re.fullmatch(r"\s*[-0-9/.: ]+\s*", content)
                        or _DATED_LINE.fullmatch(content)
                    )
                ):
                    year, *parts = (part for part in bare.groups() if part)
                    value = _real_date(year, *parts)
                    if value is not None:
                        last = max(bare.end(3), bare.end(5))
                        return value, line.start() + bare.start(1), line.start() + last, is_tail
    return later


def find_title_date(lines: list[tuple[int, int, str]]) -> Found | None:
    """A date alone in its line under the title, in brackets or bare: （二〇一八年六月二十八日）."""
    for start, _, line in lines[:8]:
        match = _DATE_LINE.fullmatch(line)
        printed = (
            printed_date(found)
            if match and (found := DATE_PATTERN.fullmatch(match.group(1).strip()))
            else None
        )
        if match is not None and printed is not None and printed.year and printed.day:
            return Found(printed.first(printed.year), start + match.start(1), start + match.end(1), "read")
    return None


def _real_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def find_signature(lines: list[tuple[int, int, str]]) -> tuple[Found | None, Found | None]:
    """The signature at the foot: (body, date), each with document offsets; None where it is not printed.

    ``lines``: (start, end, clean text) of the tail, in order.
    """
    body: Found | None = None
    signed: Found | None = None
    for start, end, line in reversed(lines):
        if len(line) > 70 and (cut := line.rfind("。")) > 0 and end - start == len(line):
            start, line = start + cut + 1, line[cut + 1 :]  # printed on in the last line of the text
        compact = line.strip()
        if signed is None:
            match = DATE_PATTERN.search(compact)
            if match and match.end() == len(compact):
                rest = compact[: match.start()].strip()
                printed = printed_date(match)
                if (
                    printed
                    and printed.year
                    and (printed.day or printed.part is None)
                    and (not rest or re.fullmatch(rf"{_BODY.pattern}|[一-鿿() ]{{4,40}}", rest))
                ):
                    offset = line.index(compact) + match.start()
                    signed = Found(
                        printed.first(printed.year),
                        start + offset if end - start == len(line) else start,
                        end,
                        "read",
                        printed.precision,
                    )
                    if rest and _looks_like_body(rest):
                        at = line.index(rest)
                        body = Found(rest, start + at, start + at + len(rest))
                        break
                    continue
        if (
            _looks_like_body(compact)
            or (signed is not None or compact.startswith("中共"))
            and _signs(compact)
        ):
            body = Found(compact, start, end)
            break
    return body, signed


def _looks_like_body(line: str) -> bool:
    return (
        4 <= len(line) <= 48
        and "。" not in line
        and bool(re.fullmatch(rf"(?:中共|中国共产党)?[一-鿿()、·“”  ]{{2,46}}{_BODY_END}", line))
        and not re.search(r"关于|欢迎|情况", line)
    )


def _signs(line: str) -> bool:
    """A line such as 中共某县委组织部 or 某市第一中学 where a signature is expected."""
    return (
        4 <= len(line) <= 36
        and bool(re.fullmatch(rf"(?:中共|中国共产党)?[一-鿿()、·]{{2,34}}{_ANY_END}(?:\(盖?章?\))?", line))
        and not re.search(r"关于|欢迎|情况|打印|关闭|返回|版权|主办|首页", line)
    )


def body_in_title(title: str) -> str | None:
    """The body that a title names before 关于 (中共鞍山市…局党组), without 中共 added or removed."""
    match = _TITLE_BODY.match(title)
    return match.group(1).strip() if match else None


_LEVEL_OF_SENDER = (
    ("中央", "central"),
    ("自治区党委", "province"),
    ("兵团党委", "province"),
    ("区党委", "province"),
    ("省委", "province"),
    ("州委", "prefecture"),
    ("盟委", "prefecture"),
    ("地委", "prefecture"),
    ("县委", "county"),
    ("区委", "county"),
    ("旗委", "county"),
    ("市委", "city"),
)


def sender_level(team: str | None) -> str | None:
    """central, province, prefecture, county or city (prefecture- or county-level) of the team's committee."""
    if not team:
        return None
    return next((level for word, level in _LEVEL_OF_SENDER if word in team), None)


def is_own_sender(team: str | None) -> bool:
    """A ministry's or a central enterprise's own 巡视组 (部党组第二巡视组): no place of its own."""
    return (
        team is not None
        and sender_level(team) is None
        and "巡视" in team
        and bool(re.search(r"党组|党委", team))
    )


def find_place(
    issuer: str | None, title: str | None, texts: list[str], phones: list[str], team: str | None
) -> tuple[Place | None, str]:
    """The place of the inspected body and how it was found: issuer, title, text or none.

    ``texts``: head, tail and body of the notice, the most telling first; ``phones``: area codes printed.
    """
    book = gazetteer()
    mentioned = {place.code for phone in phones for place in book.by_phone.get(phone, ()) if place.code}
    for text, basis in ((issuer, "issuer"), (title, "title")):
        if not text:
            continue
        place = _in_name(text, mentioned)
        if place is not None:
            return place, basis
    if is_own_sender(team):
        return None, "none"
    place = _most_mentioned(texts, mentioned, team)
    return (place, "text") if place is not None else (None, "none")


def _in_name(name: str, mentioned: set[str]) -> Place | None:
    """The innermost place that a body's name begins with (金华市婺城区…局 → 婺城区)."""
    # 新疆生产建设兵团第八师石河子市: the corps and its division stand between the region and the city
    clean = re.sub(
        r"^国家[一-鿿]{2,5}?局(?=[一-鿿]{2,3}[省市县区州旗盟])|生产建设兵团(?:第?[一二三四五六七八九十]{1,3}师)?",
        "",
        re.sub(r"^(?:中共|中国共产党)", "", name),
    )
    names = find_names(clean[:30])
    chosen: Place | None = None
    position = 0
    for start, end, found in names:
        if start > position + (0 if chosen else 4):
            break
        codes = set(mentioned)
        if chosen and chosen.code:
            codes = {chosen.code}
        place = resolve(found, codes)
        if place is not None:
            chosen, position = place, end
    if chosen is not None:
        return chosen
    short = short_at(clean, 0)
    if short is None or is_township(clean):  # 白沙渔业村 is in no county of that name
        return None
    place = resolve(short, mentioned)
    if place is not None and place.level == "province" and (inner := short_at(clean, len(short))):
        within = resolve(inner, {place.code or ""})  # 江苏泗洪农村商业银行
        if within is not None and within.code and place in gazetteer().parents(within):
            return within
    return place


def _most_mentioned(texts: list[str], mentioned: set[str], team: str | None) -> Place | None:
    """The place that the text names most, nearest to what the team and the area code allow."""
    book = gazetteer()
    counts: dict[str, int] = {}
    for weight, text in zip((3, 3, 1), texts):
        for start, _, name in find_names(text):
            if text[max(0, start - 1) : start] in ("省", "赴"):
                continue
            counts[name] = counts.get(name, 0) + weight
    if not counts:
        return None
    level = sender_level(team)
    phones = set(mentioned)
    best: tuple[float, int, Place] | None = None
    for order, (name, count) in enumerate(counts.items()):
        place = resolve(name, phones)
        if place is None or place.level == "province" and level != "province":
            continue
        if (
            level in ("county", "prefecture")
            and place.level != level
            or level == "city"
            and not name.endswith("市")
        ):
            continue
        fits = (
            place.code in phones or any(parent.code in phones for parent in book.parents(place))
            if place.code
            else False
        )
        if phones and not fits:
            continue
        score = count * (4 if fits else 1)
        if best is None or score > best[0]:
            best = (score, -order, place)
    if best is None or (best[0] < 2 and not phones):
        return None
    return best[2]


def admin_level(
    issuer: str | None, title: str | None, place: Place | None, place_basis: str, team: str | None
) -> str | None:
    """central, province, prefecture, county, township or zone of the inspected body; None when nothing tells."""
    name = issuer or title or ""
    head = re.sub(r"关于.*", "", name)
    if is_own_sender(team) and not find_names(head[:32]):
        return "central"
    if is_zone(head) and not (place is not None and place.name.endswith("新区")):  # some 新区 are districts
        return "zone"
    if is_township(head) or re.search(r"(?:镇|乡|街道|苏木)(?:人民政府|党委|党工委|$)", head):
        return "township"
    sender = sender_level(team)
    if sender == "county":
        return (
            "county"  # a county's team inspects the county's own bodies, whatever city their name begins with
        )
    if place is not None and place_basis in ("issuer", "title", "text", "sidecar"):
        if place.level == "province":
            return "province"
        # 州委提级巡察组 inspects a county's court: the body's own place decides.
        book = gazetteer()
        named = place_basis != "text" and any(
            place in book.by_name[found[2]] or place.code is None and place.name == found[2]
            for found in find_names(head[:32])
        )
        if named or sender is None:
            return "prefecture" if place.level == "prefecture" else "county"
        if sender in ("central", "province"):
            return sender if sender == "province" else "central"
        if sender == "city":
            return "county" if place.level == "county" else "prefecture"
        return sender
    if sender == "city":
        return "prefecture"
    if sender is not None:
        return sender
    return "central" if is_own_sender(team) else None
