"""English names of places and bodies, composed from reviewed words: 鞍山市文化旅游和广播电视局 → Anshan Bureau of
Culture, Tourism, Radio and Television.

A name is translated whole or not at all: where one of its words is not in ``publishing/english_words`` the Chinese name stays,
with the place in Latin letters, since a wrong name is worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from analysis.lookups import load_csv

_CENTRAL = re.compile(r"^(?:中共|中国共产党)")
_JOINTS = re.compile(r"[和与及、]")
_TAX = "国家税务总局"  # a tax bureau names its ministry before its place
# how an English name says the level of a place
_LEVELS = {"区": " District", "县": " County", "旗": " Banner", "市": "", "省": "", "州": ""}


@cache
def _words(kind: str) -> dict[str, str]:
    """Words of ``kind`` in publishing/english_words, the longest first."""
    rows = {
        row["word"]: row["english"] for row in load_csv("publishing/english_words") if row["kind"] == kind
    }
    return dict(sorted(rows.items(), key=lambda row: -len(row[0])))


@cache
def _places() -> tuple[dict[str, str], dict[str, str]]:
    """English name by code, and by full Chinese name with its level: 赵县 → Zhaoxian County."""
    customary = {row["code"]: row["english"] for row in load_csv("publishing/english_places")}
    by_code: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for row in load_csv("parsing/places"):
        code, name = row["code"], row["name"]
        by_code[code] = customary.get(code) or _spelled(row["pinyin"], row["short_name"])
        # the nationality in the name of an autonomous place is left out, and its level with it
        level = "" if "自治" in name else _LEVELS.get(name[-1], "")
        by_name.setdefault(name, by_code[code] + level)
    return by_code, by_name


def _spelled(pinyin: str, name: str) -> str:
    """Pinyin as a name: xian of 西安 → Xi'an, lvliang → Lüliang."""
    if name[1:].endswith("安") and pinyin.endswith("an"):
        pinyin = f"{pinyin[:-2]}'an"
    return re.sub(r"(?<=[ln])v", "ü", pinyin).capitalize()


def place(code: str | None) -> str | None:
    """English name of a place by its code: 210300 → Anshan; None for an unknown code."""
    return _places()[0].get(code or "")


def _listed(items: list[str]) -> str:
    """Culture, Tourism and Sports; where one of them holds an "and" itself, a comma keeps it apart."""
    if len(items) < 2:
        return "".join(items)
    joint = ", and " if any(" and " in item for item in items) else " and "
    return ", ".join(items[:-1]) + joint + items[-1]


def _fields(text: str) -> str | None:
    """A body's field in English when known words cover all of it: 文化旅游和广播电视 → Culture, Tourism, Radio and …"""
    items: list[str] = []
    while text := _JOINTS.sub("", text[:1]) + text[1:]:
        word = next((word for word in _words("field") if text.startswith(word)), None)
        if word is None:
            return None
        items += _words("field")[word].split(";")
        text = text[len(word) :]
    return _listed(list(dict.fromkeys(items))) or None


def topic(office: str) -> str | None:
    """A body's own name, without its place, in few words: 水利局 → Water Resources; None where a word is unknown."""
    if office in _words("whole"):
        return _words("whole")[office]
    for word in _words("organ"):
        if office.endswith(word) and (found := _fields(office.removesuffix(word))):
            return found
    return None


def _office(text: str) -> str | None:
    """A body's own name, without its place, in full: 水利局 → Bureau of Water Resources."""
    if text in _words("whole"):
        return _words("whole")[text]
    for word, form in _words("organ").items():
        if text.endswith(word) and (found := _fields(text.removesuffix(word))):
            return form.format(found)
    return None


def body(row: Mapping[str, Any]) -> str:
    """A body in English; ``row`` has ``body_name, city_name, city_code``. Where a word is unknown: its Chinese name."""
    at = place(row["city_code"])
    name = row["body_name"].removeprefix(row["city_name"] or "")
    return _body(name, at) or (f"{at} {name}" if at else row["body_name"])


def _body(name: str, at: str | None) -> str | None:
    rest, where = _after_place(name.removeprefix(_TAX))
    where = where or at
    if where is None:
        return None
    if rest[:1] == "委" and (found := _words("department").get(rest[1:])):
        return f"{found} of the {where} Party Committee"
    found = _office(rest)
    return f"{where} {found}" if found else None


def _after_place(name: str) -> tuple[str, str | None]:
    """(the name without the places before it, the English name of the innermost of them)."""
    by_name, where = _places()[1], None
    while True:
        length = next((n for n in range(min(len(name) - 1, 15), 1, -1) if name[:n] in by_name), 0)
        if not length:
            break
        where, name = by_name[name[:length]], name[length:]
    if where is None and name[:1] in "市县区旗" and name[1:2]:
        name = name[1:]  # 市统计局: the place is the notice's own
    return name, where


def issuer(row: Mapping[str, Any]) -> str | None:
    """Who issued a notice, in English: 中共鞍山市水利局党组 → Leading Party Members' Group of the Anshan Bureau of …

    ``row`` has ``issuer_name`` and ``city_code``. Where a word is unknown: the Chinese name, with the place after it.
    """
    name, at = row["issuer_name"], place(row["city_code"])
    if not name:
        return None
    rest = _CENTRAL.sub("", name)
    for word, form in _words("party").items():
        if rest.endswith(word) and (word != "委员会" or rest != name):
            found = _body(rest.removesuffix(word), at)
            if found:
                return f"{form} of the {found}"
    found = _body(rest, at) if rest == name or "委" in rest else None
    return found or (f"{name} ({at})" if at else name)
