"""Places of GB/T 2260: which province, prefecture or county a name in a notice means.

The gazetteer is ``lookups/parsing/places.csv`` (code, name, short name, pinyin, level, parent, telephone
area code). Names that several places share are told apart by a parent or an area code that the
same notice mentions; what stays ambiguous keeps its name and has no code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from analysis.lookups import load_csv

_GENERIC = frozenset(("城区", "郊区", "矿区", "东区", "西区", "新区", "市辖区"))
_SUFFIX = re.compile(r"[省市县区州旗盟]")
_LONGEST = 11
# 镇 town, 乡 township, 街道 subdistrict, 村/社区 village or community
_TOWNSHIP = re.compile(
    r"[一-鿿]{1,8}(?:镇|乡|街道|苏木|社区|村)(?:党工委|党委|工委|工作委员会|委员会|总支|党总支|支部|党支部|人民政府|办事处|机关|$)"
)
_ZONE = re.compile(
    r"开发区|高新区|经开区|高新技术产业|示范区|工业园|产业园|科技园|园区|新区(?:党工委|工作委员会|工委|管)|(?:区|园|城|港|岛|景区)管(?:理)?委(?:员)?会|综合保税区|保税区|保税港|度假区|自贸|自由贸易|试验区|经济区|合作区|集聚区|风景名胜区|风景区"
)


@dataclass(slots=True, eq=False)
class Place:
    """One row of the gazetteer; ``code`` None for a name that stays ambiguous."""

    code: str | None
    name: str
    short_name: str
    pinyin: str
    level: str  # province, prefecture, county
    parent: str | None
    phone_code: str | None
    is_current: bool = True


class Gazetteer:
    """Places by full name, by short name and by code."""

    def __init__(self) -> None:
        self.by_code: dict[str, Place] = {}
        self.by_name: dict[str, list[Place]] = {}
        self.by_short: dict[str, list[Place]] = {}
        self.by_phone: dict[str, list[Place]] = {}
        for row in load_csv("parsing/places"):
            place = Place(
                row["code"],
                row["name"],
                row["short_name"],
                row["pinyin"],
                row["level"],
                row["parent"] or None,
                row["phone_code"] or None,
                row["is_current"] == "1",
            )
            if place.is_current or row["code"] not in self.by_code:
                self.by_code[row["code"]] = place
            self.by_short.setdefault(place.short_name, []).append(place)
            if place.phone_code:
                self.by_phone.setdefault(place.phone_code, []).append(place)
            if place.name in _GENERIC:
                continue
            self.by_name.setdefault(place.name, []).append(place)
            if "自治" in place.name:
                for name in _spellings(place):
                    self.by_name.setdefault(name, []).append(place)
        # Last two characters → lengths of the names that end so, longest first: few ends are worth trying.
        lengths: dict[str, set[int]] = {}
        for name in self.by_name:
            if 1 < len(name) <= _LONGEST:
                lengths.setdefault(name[-2:], set()).add(len(name))
        self.sizes = {ending: tuple(sorted(found, reverse=True)) for ending, found in lengths.items()}
        # 直辖市 and their namesakes: a current name comes before a former one.
        for known in (*self.by_name.values(), *self.by_short.values()):
            if len(known) > 1:
                known.sort(key=lambda place: (not place.is_current, _RANK[place.level], place.code))

    def parents(self, place: Place) -> list[Place]:
        """The prefecture and the province of a place, nearest first."""
        found = []
        code = place.parent
        while code and code in self.by_code:
            parent = self.by_code[code]
            found.append(parent)
            code = parent.parent
        return found

    def province(self, place: Place) -> Place | None:
        """The province-level unit of a place, itself included."""
        return (
            place
            if place.level == "province"
            else self.by_code.get(place.code[:2] + "0000")
            if place.code
            else None
        )


_RANK = {"province": 0, "prefecture": 1, "county": 2}
_ETHNIC = re.compile(r"(?:自治县|自治州|自治旗)$")


def _spellings(place: Place) -> set[str]:
    """The shorter names of an autonomous place: 恩施州, 岫岩县, 广西自治区."""
    names = set()
    if ending := _ETHNIC.search(place.name):
        names = {place.short_name + ending.group()[-1], place.short_name + ending.group()}
    elif place.level == "province":
        names = {place.short_name + "自治区"}
    return {name for name in names if len(name) > 1 and name != place.name}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer, read once per process."""
    return Gazetteer()


def find_names(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
    """Full place names (with 市, 县 …) in a stretch of text: (start, end, name), longest at each suffix.

    A name inside a longer one (江市 in 丽江市) is not reported.
    """
    names, sizes = gazetteer().by_name, gazetteer().sizes
    end = len(text) if end is None else end
    found: list[tuple[int, int, str]] = []
    for match in _SUFFIX.finditer(text, start, end):
        stop = match.end()
        for size in sizes.get(text[stop - 2 : stop], ()):
            if size > stop - start:
                continue
            name = text[stop - size : stop]
            if name in names:
                # 市区 after a city name, 省市 …: the suffix belongs to another word
                if not (found and found[-1][1] > stop - size):
                    found.append((stop - size, stop, name))
                break
    return found


def resolve(name: str, context: set[str]) -> Place | None:
    """The place that a full or short name means.

    ``context``: codes that the notice mentions otherwise (parents, area codes). Several candidates left: a Place with ``code`` None.
    """
    book = gazetteer()
    places = book.by_name.get(name) or book.by_short.get(name)
    if not places:
        return None
    if len(places) > 1:
        near = [
            place
            for place in places
            if place.code in context or any(parent.code in context for parent in book.parents(place))
        ]
        places = near or places
    if len(places) > 1:
        current = [place for place in places if place.is_current] or places
        top = min(_RANK[place.level] for place in current)
        places = [place for place in current if _RANK[place.level] == top]
    if len({place.code for place in places}) == 1 or len({(place.code or "")[:4] for place in places}) == 1:
        return places[0]
    one = places[0]
    return Place(None, name, one.short_name, one.pinyin, one.level, None, None)


def short_at(text: str, at: int) -> str | None:
    """The longest short name of a province, prefecture or county that starts at an offset."""
    shorts = gazetteer().by_short
    for size in range(min(8, len(text) - at), 1, -1):
        if (name := text[at : at + size]) in shorts and name not in _GENERIC:
            return name
    return None


def is_zone(name: str) -> bool:
    """A development, high-tech or industrial zone and what belongs to its committee."""
    return bool(_ZONE.search(name))


def is_township(name: str) -> bool:
    """A town, township, subdistrict, village or community committee."""
    return bool(_TOWNSHIP.search(name))
