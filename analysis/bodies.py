"""Who was inspected: one identity per body, through abbreviation, renaming and merger.

A body is known by its place and its field (文化旅游 …). Names are the same body where

* their fields hold the same words in whatever form or order (文广旅, 文化旅游和广播电视);
* one was renamed or merged into the other: by the reviewed lookup ``body_names``, by the notice's
  own words (原…局, 更名), or because a name of two words or more lives on inside a longer one of at most
  twice as many (文化旅游 → 文化旅游广电体育).

Two names that were inspected within ten months of each other existed side by side: the second rule
never joins them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any

import polars as pl

from analysis.lookups import load_csv

SIDE_BY_SIDE_DAYS = 300
HEAD = 1500  # characters of a notice in which a body says what it was called before
# 中共 …; 党组 Party group, 党委 committee, 工委 work committee, 支部 branch
_PARTY = re.compile(
    r"^(?:中共|中国共产党)|(?:党组|党委|工作委员会|党工委|工委|党?总支(?:部)?(?:委员会)?|党?支部(?:委员会)?|委员会)$"
)
_OFFICE = re.compile(r"(?:局|厅|委员会|委|办公室|中心|部)$")
_FORMER = re.compile(
    r"(?:原(?:名|称)?为?|更名前为?|前身[为是])[“”\"]?([一-鿿]{2,24}?(?:局(?!局?长)|委员会|办公室|厅|中心))"
    r"(?![一-鿿]{0,3}书记|[一-鿿]{0,2}主任|副|[省市县区]委)"
)
_JOINTS = re.compile(r"[和与及、（）()]")


@lru_cache(maxsize=65_536)
def field_words(sector: str) -> frozenset[str]:
    """The words of a body's field in their shortest form: {文, 广, 旅}; the whole where no word is known."""
    words, rest = set(), _JOINTS.sub("", _OFFICE.sub("", sector))
    for word, letter in _words():
        if word in rest:
            rest = rest.replace(word, " ")
            if letter:
                words.add(letter)
    short = _letters()
    for piece in rest.split():
        words |= set(piece) if set(piece) <= short else {piece}
    return frozenset(words) or frozenset({sector})


@cache
def _words() -> list[tuple[str, str]]:
    rows = [(row["word"], row["letter"]) for row in load_csv("compare/body_words")]
    return sorted(rows, key=lambda row: -len(row[0]))


@cache
def _letters() -> frozenset[str]:
    return frozenset(letter for _, letter in _words() if len(letter) == 1)


def office_name(issuer: str | None, sector: str | None) -> str | None:
    """The body's own name without its place and Party group: 粮食和物资储备局."""
    if not issuer:
        return sector
    name = _PARTY.sub("", issuer)
    return name[name.index(sector) :] if sector and sector in name else sector or name


@dataclass(slots=True)
class _Body:
    place: str
    sector: str
    words: frozenset[str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    former: set[str] = field(default_factory=set)

    @property
    def days(self) -> list[date]:
        return [day for row in self.rows if (day := round_day(row)) is not None]


def round_day(notice: Mapping[str, Any]) -> date | None:
    """The day that puts a body's notices in order: inspection, else feedback, cut-off, publication, mid-year."""
    columns = ("inspection_start_date", "inspection_end_date", "feedback_date", "cutoff_date")
    for column in (*columns, "publication_date"):
        if notice[column] is not None:
            return notice[column]
    return date(notice["notice_year"], 7, 1) if notice["notice_year"] else None


def former_names(head: str) -> list[str]:
    """Names that the head of a notice says a body had before."""
    return [match.group(1) for match in _FORMER.finditer(head)]


def identify(notices: pl.DataFrame, heads: Mapping[str, str] | None = None) -> pl.DataFrame:
    """``notice_id``, ``body_id`` (place and first known field) and ``body_name`` (the latest), one row a notice.

    ``notices``: ``core_notices``. ``heads``: notice → the first part of its text, where former names stand.
    A notice that names no body is a body of its own.
    """
    bodies: dict[str, list[_Body]] = {}
    for row in sorted(
        notices.iter_rows(named=True), key=lambda r: (round_day(r) or date.max, r["notice_id"])
    ):
        sector = row["sector_text"] or office_name(row["issuer_name"], None)
        place = row["city_code"] or row["city_name"]
        if not sector or not place:
            place, sector = row["notice_id"], sector or ""
        words = field_words(sector) if sector else frozenset()
        own = bodies.setdefault(place, [])
        body = next((b for b in own if b.words == words), None)
        if body is None:
            own.append(body := _Body(place, sector, words))
        body.rows.append(row)
        said = f"{row['issuer_name'] or ''}{row['title'] or ''}{(heads or {}).get(row['notice_id'], '')}"
        body.former |= set(former_names(said))
    found: list[tuple[str, str, str]] = []
    for place, own in bodies.items():
        for members in _joined(own):
            rows = sorted(
                (row for body in members for row in body.rows),
                key=lambda r: (round_day(r) or date.max, r["notice_id"]),
            )
            body_id = f"{place}-{members[0].sector}" if members[0].sector else place
            latest = rows[-1]
            name = office_name(latest["issuer_name"], latest["sector_text"]) or ""
            city = latest["city_name"] or ""
            name = name if name.startswith(city) else city + name
            found += [(row["notice_id"], body_id, name or body_id) for row in rows]
    return pl.DataFrame(
        found, schema={"notice_id": pl.String, "body_id": pl.String, "body_name": pl.String}, orient="row"
    )


def _joined(bodies: list[_Body]) -> Iterable[list[_Body]]:
    """Bodies of one place, in order of time, with renamed ones put together."""
    chains: list[list[_Body]] = []
    for body in bodies:
        earlier = [c for c in chains if any(_became(b, body) for b in c) and not _side_by_side(c, body)]
        if len(earlier) == 1:
            earlier[0].append(body)
        else:  # two that merged: neither is the one that goes on
            chains.append([body])
    return chains


def _became(one: _Body, other: _Body) -> bool:
    """Whether ``one`` was renamed to ``other`` or lives on in it."""
    small, large = sorted((one.words, other.words), key=len)
    if small < large and len(small) >= 2 and len(large) <= 2 * len(small):
        return True
    if any(one.words <= field_words(_without_place(name)) for name in other.former):
        return True
    pairs = {(one.words, other.words), (other.words, one.words)}
    return any(
        row["city_code"] in ("", one.place)
        and (field_words(row["name"]), field_words(row["became"])) in pairs
        for row in load_csv("compare/body_names")
    )


def _without_place(name: str) -> str:
    return re.sub(r"^[一-鿿]{0,6}?[省市县区州旗盟](?=[一-鿿]{2})", "", name)


def _side_by_side(chain: list[_Body], body: _Body) -> bool:
    return any(
        abs((day - other).days) < SIDE_BY_SIDE_DAYS for b in chain for day in b.days for other in body.days
    )
