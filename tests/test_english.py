"""English names of bodies: whole and right, or the Chinese name."""

from __future__ import annotations

import re

import pytest

from analysis import english
from analysis.lookups import load_csv

GROUP = "Leading Party Members' Group of the "


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("中共鞍山市文化旅游和广播电视局党组", "210300", GROUP + "Anshan Bureau of Culture, Tourism, Radio and Television"),
        ("中共开封市文化广电和旅游局党组", "410200", GROUP + "Kaifeng Bureau of Culture, Radio, Television and Tourism"),
        ("文广旅局党组", "220182", GROUP + "Yushu Bureau of Culture, Radio, Television and Tourism"),
        ("市统计局党组", "420700", GROUP + "Ezhou Bureau of Statistics"),
        ("中共西安市卫生健康委员会党组", "610100", GROUP + "Xi'an Health Commission"),
        ("中共青岛市城阳区人民法院党组", "370214", GROUP + "Chengyang District People's Court"),
        ("中共海南省交通运输厅党组", "460000", GROUP + "Hainan Department of Transport"),
        ("中共盐池县水务局委员会", "640323", "Party Committee of the Yanchi County Bureau of Water Affairs"),
        ("福鼎市海洋与渔业局", "350982", "Fuding Bureau of Oceans and Fisheries"),
        ("中共泸定县委宣传部", "513322", "Publicity Department of the Luding County Party Committee"),
        ("中共哈尔滨市商务局党组", "230100", GROUP + "Harbin Bureau of Commerce"),
    ],
)  # fmt: skip
def test_issuers_are_named_in_english(name: str, code: str, told: str) -> None:
    assert english.issuer({"issuer_name": name, "city_code": code}) == told


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("中共安顺市屯堡文化遗产保护中心支部委员会", "520400", "中共安顺市屯堡文化遗产保护中心支部委员会 (Anshun)"),
        ("中共哈尔滨市冰雪装备产业局党组", "230100", "中共哈尔滨市冰雪装备产业局党组 (Harbin)"),
        ("省农业委员会", "520100", "省农业委员会 (Guiyang)"),  # not Guiyang's own
        ("中共赵县委员会", "130133", "中共赵县委员会 (Zhaoxian)"),
        ("中共蜀西师范学院委员会", None, "中共蜀西师范学院委员会"),
    ],
)  # fmt: skip
def test_a_name_with_an_unknown_word_stays_chinese(name: str, code: str | None, told: str) -> None:
    """A wrong name is worse than a missing one."""
    assert english.issuer({"issuer_name": name, "city_code": code}) == told
    assert english.issuer({"issuer_name": None, "city_code": code}) is None


def test_bodies_carry_their_place_once() -> None:
    row = {"city_code": "430400", "city_name": "衡阳", "body_name": "衡阳粮食和物资储备局"}
    assert english.body(row) == "Hengyang Bureau of Grain and Reserves"
    assert english.body({**row, "body_name": "衡阳屯堡局"}) == "Hengyang 屯堡局"
    assert english.topic("粮食和物资储备局") == "Grain and Reserves" and english.topic("屯堡局") is None


def test_the_words_are_usable() -> None:
    """A field of Chinese or empty English would print a broken name; a place must be one of the list."""
    for row in load_csv("publishing/english_words"):
        assert row["kind"] in {"party", "organ", "department", "whole", "field"}
        assert re.fullmatch(r"[A-Za-z' ;{}-]+", row["english"]), row
        assert ("{}" in row["english"]) == (row["kind"] == "organ"), row
    codes = {row["code"] for row in load_csv("parsing/places")}
    assert {row["code"] for row in load_csv("publishing/english_places")} <= codes
