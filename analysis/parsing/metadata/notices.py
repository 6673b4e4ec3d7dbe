"""The metadata of one notice: who was inspected by whom and when, who issued it, and where.

``read_metadata`` gives a row of ``core_notices`` (its own columns only) and the ``core_metadata``
rows with the words behind every value. What the text does not say is null.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from analysis.parsing.layout.passages import Passage, outside_passage
from analysis.parsing.metadata import inspections, issuers
from analysis.parsing.metadata.inspections import Found, sentence_bounds
from analysis.parsing.metadata.places import Place, gazetteer
from analysis.parsing.records import Document
from analysis.parsing.structure import Structure
from analysis.parsing.text.dates import DATE_PATTERN, PrintedDate, printed_date, range_at
from analysis.parsing.text.shadow import is_traditional, simplified

HEAD_LIMIT = 2500
_RESIDUE = re.compile(r"\*\*|\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*\)|[\s\u3000]+")
_LINE = re.compile(r"[^\n]+")
_CUTOFF = re.compile(
    r"截[至止] ?(?:到|至|于)?(?:目前)?[:(]? ?|以(?=(?:19|20)[0-9]{2} ?年[^,。;]{2,8}为(?:截|时点|节点|界))"
)
_UNTIL = re.compile(r"(?:\A|[。,;\n])(?:到|至)(?=(?:(?:19|20)[0-9]{2} ?年)|[0-9]{1,2} ?月[^。]{2,8}反馈的)")
_YEAR_END = re.compile(r"((?:19|20)[0-9]{2}) ?年 ?年?[底末]")
# What a cut-off is of: the work by name, or its state (的落实情况, 见底清零6个).
_WORK = re.compile(r"整改|问题|任务|措施|销号")
_STATE = re.compile(
    r"""
      [^,。;\n]{0,8}(?:情况|进度|进展|数据|现状|结果)      # 截至6月30日的落实情况
    | [^。\n]{0,16}?(?:[0-9]+|[一二两三四五六七八九十]+)[ ]?[个项条件处笔宗桩][^。\n]{0,30}?[、,;](?:[^。\n]{0,14}?[0-9]+[ ]?[个项条件处笔宗桩])
    | [,:]?为?(?:截|时点|节点|界) | ,除第[0-9]
    """,
    re.VERBOSE,
)
_WINDOW = re.compile(
    r"公示期|公示时间|公示期限|公开期|公开时间|公布期|公布时间|监督期|公告期|反映期|反馈期|公开期限|期间反映|期间(?:向|提出|反馈)|请于|自公布|受理时间"
)
_PHONE = re.compile(r"(0(?<![0-9]0)[1-9][0-9]{1,2}) ?[-—－ ()]{0,2} ?[0-9]{7,8}(?![0-9])")
_OBJECT = re.compile(r"(?:对|向|给)((?:我)?[一-鿿]{2,30}?(?:党组|党委|党工委|工委|党总支|党支部|委员会))")


def read_metadata(document: Document, structure: Structure) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """``(notice, rows)``: columns of core_notices found here, and core_metadata rows without notice_id.

    Dates are ``datetime.date``; a month alone is its first day (feedback, start) or its last (end,
    cut-off) and ``feedback_precision`` says so. ``document.sidecar`` and ``page_metadata`` fill in
    only what the text does not carry, and the basis names them.
    """
    return _Reader(document, structure).read()


def _year_end(match: re.Match[str]) -> PrintedDate:
    """2021年底 as a date."""
    return PrintedDate(match.start(), match.end(), int(match.group(1)), None, 12, 31, None)


class _Reader:
    def __init__(self, document: Document, structure: Structure):
        self.document = document
        self.text = structure.text
        self.is_traditional = is_traditional(structure.text)
        self.shadow = structure.shadow
        self.rows: list[dict[str, Any]] = []
        self.outside = outside_passage(structure)
        # The opening is read from the front; where the structure found none, from the head of the text.
        opening = self.shadow[: structure.front_end]
        if "巡察" in opening or "巡视" in opening:
            self.head = self.outside
        else:
            self.head = Passage(structure.flow, [(0, HEAD_LIMIT)])
        self.tail_start = max(len(self.shadow) - 3000, 0)
        self.tail = self.shadow[self.tail_start :]
        self.notice: dict[str, Any] = {}

    def _passages(self) -> tuple[Passage, ...]:
        return (self.outside,) if self.head is self.outside else (self.head, self.outside)

    # Rows and values ---------------------------------------------------------------------------

    def put(
        self, field: str, value: Any, basis: str = "read", start: int | None = None, end: int | None = None
    ) -> None:
        """Set a column and, for a value, the row with its words (document offsets)."""
        self.notice[field] = value
        if value is None:
            return
        quote = self.text[start:end] if start is not None else None
        self.rows.append(
            {
                "field_name": field,
                "value_text": str(value),
                "value_basis": basis,
                "quote_text": quote,
                "char_start": start if quote else None,
                "char_end": end if quote else None,
            }
        )

    def put_found(self, field: str, found: Found | None, passage: Passage, value: Any = None) -> None:
        if found is None:
            self.notice[field] = None
        elif found.start < 0:
            self.put(field, value if value is not None else found.value, found.basis)
        else:
            start, end = passage.span(found.start, found.end)
            self.put(field, value if value is not None else found.value, found.basis, start, end)

    def printed(self, start: int, end: int) -> str:
        """The document's own words in simplified characters, without Markdown marks, pinyin and spaces."""
        words = _RESIDUE.sub("", self.text[start:end])
        return simplified(words) if self.is_traditional else words

    # Reading -----------------------------------------------------------------------------------

    def read(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        sidecar, page = self.document.sidecar, self.document.page_metadata
        title = self._title(sidecar, page)
        # Dates of related links below the notice are not its signature's.
        chrome = [(block.start, block.end) for block in self.document.blocks if block.kind == "chrome"]
        tail = [
            line
            for line in _lines(self.shadow, self.tail_start)
            if not any(start < line[1] and line[0] < end for start, end in chrome)
        ]
        signature, signed = issuers.find_signature(tail)
        signed = signed or issuers.find_title_date(_lines(self.shadow, 0, 1200))
        self._dates_of_issue(signed, sidecar, page)
        written = self.notice["publication_date"] or self.notice["signed_date"]
        period, start, end = inspections.find_period(self.head, written)
        self.put_found("inspection_start_date", start, self.head)
        self.put_found("inspection_end_date", end, self.head)
        sentence = sentence_bounds(self.head.text, start.start) if start else None
        team = inspections.find_team(self.head, sentence)
        team_name = None
        if team is not None:
            span = self.head.span(team.start, team.end)
            team_name = self.printed(*span)
            self.put("inspection_team_name", team_name, "read", *span)
        else:
            self.notice["inspection_team_name"] = None
        team_shadow = team.value if team else None
        if (
            issuers.sender_level(team_shadow) is None
            and not issuers.is_own_sender(team_shadow)
            and (sender := inspections.find_sender(self.head))
        ):
            team_shadow = sender + (team_shadow or "")
        round_found = inspections.find_round(self.head, title, sentence)
        self.put_found(
            "inspection_round_name",
            round_found,
            self.head,
            self.printed(*self.head.span(round_found.start, round_found.end)) if round_found else None,
        )
        self.put_found(
            "inspection_kind", inspections.find_kind(self.head, title or "", sentence, team_shadow), self.head
        )
        feedback = inspections.find_feedback(
            self.head, period, start, end.value if end else start.value if start else None, written
        )
        self.put_found("feedback_date", feedback, self.head)
        self.notice["feedback_precision"] = feedback.precision if feedback else None
        if feedback is None and sidecar.get("feedback_date"):
            self.put("feedback_date", sidecar["feedback_date"], "sidecar")
            self.notice["feedback_precision"] = "day"
        self._comment_window()
        self._cutoff(sidecar, written)
        self._issuer_and_place(title, signature, team_shadow, sentence, sidecar)
        self._year(end.value if end else start.value if start else None)
        return self.notice, self.rows

    def _title(self, sidecar: dict[str, Any], page: dict[str, Any]) -> str | None:
        found = issuers.find_title(_lines(self.shadow, 0, 3000))
        if found is not None:
            value = self.printed(found[1], found[2])
            self.put("title", value, "read", found[1], found[2])
            return re.sub(r"\s", "", found[0])
        for source, basis in ((page, "page"), (sidecar, "sidecar")):
            if source.get("title"):
                self.put("title", str(source["title"]), basis)
                return str(source["title"])
        self.notice["title"] = None
        return None

    def _dates_of_issue(self, signed: Found | None, sidecar: dict[str, Any], page: dict[str, Any]) -> None:
        if signed is not None:
            self.put("signed_date", signed.value, "read", signed.start, signed.end)
        else:
            self.notice["signed_date"] = None
        head, tail = self.shadow[:1600], self.tail[-1000:]
        found = issuers.find_page_date(head, tail)
        if found is not None:
            offset = len(self.shadow) - len(tail) if found[3] else 0
            self.put("publication_date", found[0], "page", found[1] + offset, found[2] + offset)
            self.notice["publication_basis"] = "page"
        elif page.get("publication_date"):
            self.put("publication_date", page["publication_date"], "page")
            self.notice["publication_basis"] = "page"
        elif sidecar.get("publication_date"):
            self.put("publication_date", sidecar["publication_date"], "sidecar")
            self.notice["publication_basis"] = "sidecar"
        elif signed is not None:
            self.put("publication_date", signed.value, "signature", signed.start, signed.end)
            self.notice["publication_basis"] = "signature"
        else:
            self.notice["publication_date"] = self.notice["publication_basis"] = None

    def _comment_window(self) -> None:
        self.notice["comment_start_date"] = self.notice["comment_end_date"] = None
        for passage in self._passages():
            text = passage.text
            for cue in _WINDOW.finditer(text):
                stop = sentence_bounds(text, cue.start())
                for match in DATE_PATTERN.finditer(
                    text, max(stop[0], cue.start() - 60), min(stop[1], cue.end() + 60)
                ):
                    printed = printed_date(match)
                    if printed is None or "巡察组" in text[match.end() : match.end() + 40]:
                        continue
                    found = range_at(text, printed, printed.year)
                    if found is None or found.first is None:
                        continue
                    for field, value, part in (
                        ("comment_start_date", found.first, found.head),
                        ("comment_end_date", found.last, found.tail),
                    ):
                        self.put(
                            field,
                            value,
                            "read" if part.year else "elided_year",
                            *passage.span(part.start, part.end),
                        )
                    return

    def _cutoff(self, sidecar: dict[str, Any], written: date | None) -> None:
        """截至2022年12月2日 in a sentence on totals; 截至目前 gives none."""
        earliest = self.notice["feedback_date"] or self.notice["inspection_end_date"]
        best: tuple[int, Found, Passage] | None = None
        for passage in self._passages():
            text = passage.text
            for cue in [*_CUTOFF.finditer(text)] or [*_UNTIL.finditer(text)]:
                match = DATE_PATTERN.match(text, cue.end()) or _YEAR_END.match(text, cue.end())
                printed = (
                    _year_end(match)
                    if match and match.re is _YEAR_END
                    else printed_date(match)
                    if match
                    else None
                )
                if match is None or printed is None:
                    continue
                start, end = sentence_bounds(text, cue.start())
                after = text[match.end() : end]
                if len(after) < 4 or after.rstrip()[-1] in ":,":  # the figures follow as a list
                    after = text[match.end() : end + 90]
                before = text[start : cue.start()]
                is_plain = _WORK.search(after) is not None or "整改" in before
                if not is_plain and not _STATE.match(after) and not re.search(r"数据|情况", before[-12:]):
                    continue
                year, basis = printed.year, "read"
                if year is None and printed.relative and written:
                    year, basis = inspections.relative_year(printed.relative, written.year, None), "relative"
                if year is None:
                    basis = "elided_year"
                    year = (
                        inspections.following_year(printed, earliest)
                        if earliest
                        else written.year
                        if written
                        else None
                    )
                if year is None:
                    continue
                value = printed.last(year) if not printed.day else printed.first(year)
                if earliest is not None and value < earliest:
                    continue  # a figure of the findings, older than the feedback
                if written is not None and value > written:
                    continue  # a term that is still to come
                strength = len(
                    re.findall(r"[0-9一二三四五六七八九十]+ ?个?(?:\*\*)? ?(?:个|项|条|%)", after[:120])
                ) + 2 * ("问题" in after[:60])
                strength = strength if is_plain else min(strength, 1)
                if best is None or strength > best[0]:
                    best = (strength, Found(value, match.start(), match.end(), basis), passage)
        if best is not None:
            self.put_found("cutoff_date", best[1], best[2])
        elif sidecar.get("cutoff_date"):
            self.put("cutoff_date", sidecar["cutoff_date"], "sidecar")
        else:
            self.notice["cutoff_date"] = None

    def _issuer_and_place(
        self,
        title: str | None,
        signature: Found | None,
        team: str | None,
        sentence: tuple[int, int] | None,
        sidecar: dict[str, Any],
    ) -> None:
        issuer_shadow: str | None = None
        in_title = issuers.body_in_title(title) if title else None
        if signature is not None:
            issuer_shadow = re.sub(r"\s", "", str(signature.value))
            self.put(
                "issuer_name",
                self.printed(signature.start, signature.end),
                "signature",
                signature.start,
                signature.end,
            )
        elif in_title:
            issuer_shadow = in_title
            row = next(row for row in self.rows if row["field_name"] == "title")
            at = (
                self.shadow.find(in_title, row["char_start"], row["char_end"])
                if row["char_start"] is not None
                else -1
            )
            self.put(
                "issuer_name", in_title, "title", *((at, at + len(in_title)) if at >= 0 else (None, None))
            )
        elif (
            sentence is not None
            and (match := _OBJECT.search(self.head.text, sentence[0], sentence[1]))
            and not match.group(1).startswith("我")
        ):
            issuer_shadow = match.group(1)
            self.put("issuer_name", issuer_shadow, "inferred", *self.head.span(match.start(1), match.end(1)))
        elif sidecar.get("issuer_name"):
            issuer_shadow = str(sidecar["issuer_name"])
            self.put("issuer_name", issuer_shadow, "sidecar")
        else:
            self.notice["issuer_name"] = None
        place, basis = self._place(issuer_shadow, title, in_title, team, sentence, sidecar)
        self.notice.update(city_name=None, city_code=None, province_name=None)
        if place is not None:
            self.put("city_name", place.short_name if place.code else place.short_name or place.name, basis)
            if place.code:
                self.put("city_code", place.code, "gazetteer" if basis != "sidecar" else "sidecar")
                province = gazetteer().province(place)
                self.put("province_name", province.short_name if province else None, "gazetteer")
        names = [name for name in (issuer_shadow, in_title) if name]
        level_name = next(
            (name for name in names if issuers.find_names(name[:32])), names[0] if names else None
        )
        self.put("admin_level", issuers.admin_level(level_name, title, place, basis, team), "inferred")
        self.put("sector_text", _sector(issuer_shadow), "inferred")

    def _place(
        self,
        issuer: str | None,
        title: str | None,
        in_title: str | None,
        team: str | None,
        sentence: tuple[int, int] | None,
        sidecar: dict[str, Any],
    ) -> tuple[Place | None, str]:
        code = sidecar.get("city_code")
        phones = _PHONE.findall(self.tail)
        opening = self.head.text[: sentence[1]] if sentence else self.head.text[:600]
        if issuer and in_title and len(in_title) > len(issuer) and in_title.endswith(issuer):
            issuer = in_title  # the signature is the end of the name: 白沙渔业村党支部
        place, basis = issuers.find_place(
            issuer, in_title or title, [opening, self.tail, self.shadow], phones, team
        )
        if code and (place is None or place.code is None or basis == "text") and code in gazetteer().by_code:
            return gazetteer().by_code[code], "sidecar"
        return place, basis

    def _year(self, last_day: date | None) -> None:
        self.notice["notice_year"] = self.notice["notice_year_basis"] = None
        for value, basis in (
            (self.notice["publication_date"], "publication"),
            (self.notice["cutoff_date"], "cutoff"),
            (self.notice["comment_start_date"], "comment"),
            (self.notice["feedback_date"], "feedback"),
            (last_day, "inspection"),
        ):
            if value is not None:
                self.notice["notice_year"], self.notice["notice_year_basis"] = value.year, basis
                return


def _lines(shadow: str, start: int, size: int | None = None) -> list[tuple[int, int, str]]:
    """Non-blank lines as (start, end, text) in document offsets, without Markdown marks at the ends."""
    found = []
    for match in _LINE.finditer(
        shadow, start, len(shadow) if size is None else min(len(shadow), start + size)
    ):
        raw = match.group()
        content = raw.strip(" #*>|•·●▪■◆▶\r")
        if content:
            at = match.start() + raw.index(content)
            found.append((at, at + len(content), content))
    return found


_SECTOR_CUT = re.compile(
    r"^(?:中共|中国共产党)|(?:党组|党委|委员会|工作委员会|党工委|工委|党总支|总支|党支部|总支部|支部|机关)+$"
)
_SECTOR_END = re.compile(r"(?:管理|监督管理)?(?:局|厅|委员会|委|办公室|中心|总队|支队|大队|部)$")


def _sector(issuer: str | None) -> str | None:
    """The field that a body's name says: 文化旅游和广播电视 in 中共…市文化旅游和广播电视局党组."""
    if not issuer:
        return None
    name = _SECTOR_CUT.sub("", _SECTOR_CUT.sub("", issuer))
    names = issuers.find_names(name[:30])
    if names and names[0][0] <= 4:
        name = name[max(end for start, end, _ in names if start <= 8) :]
    name = re.sub(r"^[省市县区州旗盟]?委(?=[一-鿿]{2})|^[市县区省州旗盟]", "", name)
    shorter = _SECTOR_END.sub("", name)
    return (shorter if len(shorter) >= 2 else name) or None
