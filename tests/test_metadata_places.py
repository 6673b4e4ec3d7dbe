"""What a user loses when these fail: a notice under the wrong place, an ID with letters nobody can type, a code without a label."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from analysis.lookups import load_csv
from analysis.parsing.metadata.places import find_names, gazetteer, is_township, is_zone, resolve
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import NotANotice
from tests.quality.__main__ import EXPECTED
from tests.quality.corpus import load_document

NOTICES = sorted((Path(__file__).parent / "gold" / "notices").glob("*.txt"))


def test_every_row_has_a_code_a_parent_and_ascii_pinyin() -> None:
    rows = load_csv("parsing/places")
    current = [row["code"] for row in rows if row["is_current"] == "1"]
    codes = {row["code"] for row in rows}
    assert len(current) == len(set(current)) > 3100
    for row in rows:
        assert re.fullmatch(r"[0-9]{6}", row["code"]) and re.fullmatch(r"[a-z]+", row["pinyin"]), row
        assert (row["level"] == "province") == (row["parent"] == "") and (
            not row["parent"] or row["parent"] in codes
        ), row


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("陕西省", "shaanxi"),
        ("重庆市", "chongqing"),
        ("长春市", "changchun"),
        ("六安市", "luan"),
        ("亳州市", "bozhou"),
        ("厦门市", "xiamen"),
        ("荥阳市", "xingyang"),
        ("乐清市", "yueqing"),
        ("番禺区", "panyu"),
        ("珲春市", "hunchun"),
        ("恩施土家族苗族自治州", "enshi"),
        ("内蒙古自治区", "neimenggu"),
    ],
)
def test_readings_that_custom_sets(name: str, pinyin: str) -> None:
    assert resolve(name, set()).pinyin == pinyin


def test_names_are_found_whole() -> None:
    assert [name for _, _, name in find_names("中共金华市婺城区文化和旅游体育局党组")] == ["金华市", "婺城区"]
    assert [name for _, _, name in find_names("丽江市古城区与岫岩县、阿荣旗、恩施州")] == [
        "丽江市",
        "古城区",
        "岫岩县",
        "阿荣旗",
        "恩施州",
    ]
    assert find_names("建设北方城市，城乡社区县级试点") == []


def test_a_shared_name_needs_its_parent() -> None:
    assert resolve("铁东区", set()).code is None
    assert resolve("铁东区", {"210300"}).code == "210302"
    assert resolve("铁东区", {"220300"}).code == "220303"


def test_a_former_name_is_known_and_a_current_one_comes_first() -> None:
    assert resolve("双城市", set()).short_name == "双城"
    assert resolve("长治市", set()).is_current


@pytest.mark.parametrize(
    ("name", "zone", "township"),
    [
        ("铁岭高新技术产业开发区工作委员会", True, False),
        ("某市经开区管委会党组", True, False),
        ("某区城市管理委员会党组", False, False),
        ("某市国有资产监督管理委员会党委", False, False),
        ("某县永太镇委员会", False, True),
        ("某区开元街道工作委员会", False, True),
        ("某县乡村振兴局党组", False, False),
        ("某县住房和城乡建设局党组", False, False),
        ("某县某镇某村党总支", False, True),
    ],
)
def test_zones_and_townships(name: str, zone: bool, township: bool) -> None:
    assert (is_zone(name), is_township(name)) == (zone, township)


def test_provinces_of_places() -> None:
    book = gazetteer()
    assert book.province(book.by_code["220182"]).short_name == "吉林"
    assert [place.short_name for place in book.parents(book.by_code["220182"])] == ["长春", "吉林"]


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_every_code_of_a_parsed_notice_has_a_label(path: Path) -> None:
    try:
        tables = parse_notice(load_document(path)).tables
    except NotANotice:  # set aside: no golden that is accepted as read may be
        assert json.loads(EXPECTED.read_text(encoding="utf-8"))[path.name]["problems"] == 0.0
        return
    for table, column, lookup in (
        ("core_claims", "claim_code", "codes_claims"),
        ("core_events", "date_basis", "codes_date_bases"),
        ("core_events", "date_precision", "codes_date_precisions"),
        ("core_figures", "unit_code", "codes_units"),
        ("core_citations", "action_code", "codes_actions"),
        ("core_notices", "admin_level", "codes_admin_levels"),
        ("core_notices", "inspection_kind", "codes_inspection_kinds"),
    ):
        known = {row["code"] for row in load_csv(f"codes/{lookup}")} | {None}
        assert {row[column] for row in tables[table]} <= known, (table, column)
