"""The selection: a user would compare something else than was asked for, or count one notice or body twice."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from analysis import compare
from analysis.selection import SelectionError, check_choice, select, select_frames
from tests.compare_notices import NoticeMaker, reference_five

FIVE = reference_five().frames()


def save(frames, folder, parts: int = 1):
    for name, frame in frames.items():
        if parts == 1:
            frame.write_parquet(folder / f"{name}.parquet")
        else:
            (folder / f"{name}.parquet").mkdir(parents=True)
            size = -(-frame.height // parts) or 1
            for number in range(parts):
                frame.slice(number * size, size).write_parquet(
                    folder / f"{name}.parquet" / f"part-{number:05d}.parquet"
                )


@pytest.mark.parametrize("parts", [1, 3])
def test_files_and_partitions_read_alike(tmp_path, parts):
    save(FIVE, tmp_path, parts)
    ledger = select(("210300", "益阳"), data_dir=tmp_path)
    assert ledger.notice_ids == ["anshan-2021", "yiyang-2023"]
    assert set(ledger.problems["notice_id"]) == {"anshan-2021", "yiyang-2023"}
    first = ledger.problems.row(0, named=True)
    assert (first["problem_id"], first["city_name"], first["year"], first["status_label_zh"]) == (
        "anshan-2021/1",
        "鞍山",
        2021,
        "已完成",
    )
    assert first["primary_type_label_en"] and first["body_name"].startswith("鞍山")


@pytest.mark.parametrize(
    "given", [["210300"], '["210300"]', "210300", 210300, "鞍山", "鞍山市", ("鞍山",), " 鞍山 , "]
)
def test_cities_are_understood_as_papermill_and_people_write_them(given):
    assert select_frames(FIVE, given).notice_ids == ["anshan-2021"]


@pytest.mark.parametrize("nothing", [None, 0, "", "0", []])
def test_nothing_chosen_means_everything(nothing):
    years = {} if isinstance(nothing, list) else {"first_year": nothing, "last_year": nothing}
    cities = nothing if nothing not in (0, "0") else ()
    assert len(select_frames(FIVE, cities, **years).notice_ids) == 5


@pytest.mark.parametrize(
    "selection, words",
    [
        ({"city_codes": ("210301",)}, "city_codes.*210301.*Did you mean 210300.*210300 鞍山"),
        ({"city_codes": 2.5}, "city_codes takes a list"),
        ({"city_codes": [True]}, "city_codes takes a list"),
        ({"first_year": 2030}, "holds no notice.*2020, 2021, 2023, 2024, 2025"),
        ({"first_year": "20x1"}, "first_year takes a whole number, not '20x1'"),
        ({"last_year": 2021.5}, "last_year takes a whole number"),
        ({"first_year": 2024, "last_year": 2020}, "after last_year"),
        ({"city_codes": ("鞍山",), "last_year": 2020}, "holds no notice"),
        ({"year_basis": "feedbak"}, "year_basis cannot be 'feedbak'.*Did you mean 'feedback'"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_says_what_would_do(selection, words):
    with pytest.raises(SelectionError, match=words) as refusal:
        select_frames(FIVE, **selection)
    assert "\n" not in str(refusal.value)
    assert refusal.value._render_traceback_() == [f"SelectionError: {refusal.value}"]


def test_choices_of_a_notebook_are_checked_with_the_nearest():
    assert check_choice("lang", "zh", ("zh", "en")) == "zh"
    with pytest.raises(SelectionError, match="completion cannot be 'strickt'.*'strict'"):
        check_choice("completion", "strickt", ("strict", "lenient"))


def test_a_folder_without_tables_names_no_folder_outside_the_project(tmp_path):
    with pytest.raises(SelectionError, match="no parsed notices.*zhenggai parse") as refusal:
        select(data_dir=tmp_path)
    assert f"--out {tmp_path}" not in str(refusal.value)


def test_a_relative_folder_is_found_from_anywhere(tmp_path, monkeypatch):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "notebooks", home / "data" / "raw", home / "data" / "processed", elsewhere):
        folder.mkdir(parents=True)
    save(FIVE, home / "data" / "processed")
    monkeypatch.setenv("ZHENGGAI_HOME", str(home))
    monkeypatch.chdir(elsewhere)
    assert select(data_dir="../data/processed").notices.height == 5
    with pytest.raises(SelectionError):
        select(data_dir="../data/procesed")


def test_the_year_means_what_was_asked_for():
    found = {}
    for basis in ("publication", "feedback", "inspection"):
        notices = select_frames(FIVE, year_basis=basis).notices
        found[basis] = notices.filter(pl.col("notice_id") == "yushu-2024")["year"][0]
    assert found == {"publication": 2024, "feedback": 2023, "inspection": 2023}


def test_a_notice_without_a_year_is_kept_unless_years_are_asked_for():
    by_feedback = select_frames(FIVE, year_basis="feedback")
    assert "yiyang-2023" in by_feedback.notice_ids
    assert "益阳 年份不详" in by_feedback.notices["label_zh"].to_list()
    selected = select_frames(FIVE, year_basis="feedback", first_year=2020, last_year=2025)
    assert "yiyang-2023" not in selected.notice_ids
    assert selected.excluded["notice_id"].to_list() == ["yiyang-2023"]


def test_near_copies_are_left_out_and_said_but_only_of_the_same_body_and_feedback():
    made = reference_five()
    same = {"near_copy_of": "anshan-2021", "statuses": ["completed"] * 60}
    made.notice("anshan-2021-9f", "鞍山", "210300", 2021, feedback_date=date(2021, 2, 23), **same)
    made.notice("anshan-2022", "鞍山", "210300", 2022, feedback_date=date(2022, 2, 23), **same)
    made.notice("haicheng-2021", "海城", "210381", 2021, feedback_date=date(2021, 2, 23), **same)
    ledger = select_frames(made.frames())
    assert ledger.excluded["notice_id"].to_list() == ["anshan-2021-9f"]
    assert "副本" in ledger.excluded["reason_zh"][0]
    assert select_frames(made.frames(), include_near_copies=True).notices.height == 8


def test_a_copy_stands_in_where_its_original_is_not_selected():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["completed"])
    made.notice("a-2021", "甲", "110000", 2021, statuses=["completed"], near_copy_of="a-2020")
    assert select_frames(made.frames(), first_year=2021).notice_ids == ["a-2021"]


def body(made, notice_id, year, sector, **fields):
    issuer = fields.pop("issuer", f"中共甲市{sector}局党组")
    made.notice(
        notice_id,
        "甲",
        "110000",
        year,
        statuses=["completed"],
        sector_text=sector,
        issuer_name=issuer,
        inspection_start_date=date(year, 3, 1),
        **fields,
    )


def test_labels_name_the_body_where_a_city_has_several_and_are_unique():
    made = NoticeMaker()
    for number, sector in enumerate(("文化和旅游", "教育", "教育")):
        body(made, f"jia-2020-{number}", 2020, sector)
    made.notice("unknown-12345678", None, None, None, statuses=["completed"])
    labels = select_frames(made.frames()).notices
    assert labels["label_zh"].to_list() == [
        "甲教育局 2020（1）",
        "甲教育局 2020（2）",
        "甲文化和旅游局 2020",
        "地点不详 年份不详",
    ]
    assert labels["label_en"].to_list()[2] == "Beijing Culture and Tourism 2020"
    assert labels["label_en"].n_unique() == 4


@pytest.mark.parametrize(
    "earlier, later, is_one",
    [
        ("文广旅", "文化旅游和广播电视", True),  # abbreviated
        ("文化旅游", "文化旅游广电体育", True),  # lives on in a longer name
        ("国土资源", "自然资源", True),  # renamed: reviewed lookup
        ("应急管理", "城市管理", False),
        ("人力资源和社会保障", "医疗保障", False),
        ("教育", "职业教育发展", False),
        ("教育", "体育", False),
    ],
)
def test_a_body_keeps_its_identity_through_renaming_and_no_other_is_taken_for_it(earlier, later, is_one):
    made = NoticeMaker()
    body(made, "jia-2017", 2017, earlier)
    body(made, "jia-2021", 2021, later)
    notices = select_frames(made.frames()).notices
    assert (notices["body_id"].n_unique() == 1) is is_one
    if is_one:
        assert set(notices["body_name"]) == {f"甲{later}局"}
        assert notices["label_zh"].to_list() == ["甲 2017", "甲 2021"]


def test_a_notice_that_says_what_its_body_was_called_joins_the_two():
    made = NoticeMaker()
    body(made, "jia-2017", 2017, "侨务")
    body(made, "jia-2021", 2021, "外事", title="中共甲市外事局党组（原市侨务局党组）关于巡察整改情况的通报")
    assert select_frames(made.frames()).notices["body_id"].n_unique() == 1


def test_bodies_inspected_side_by_side_are_never_one_and_a_merger_takes_neither():
    made = NoticeMaker()
    body(made, "jia-2017-1", 2017, "文化")
    body(made, "jia-2017-2", 2017, "旅游")
    body(made, "jia-2021", 2021, "文化和旅游")
    assert select_frames(made.frames()).notices["body_id"].n_unique() == 3


def test_who_a_body_is_does_not_depend_on_what_is_selected():
    made = NoticeMaker()
    body(made, "jia-2017", 2017, "国土资源")
    body(made, "jia-2021", 2021, "自然资源")
    whole, later = select_frames(made.frames()), select_frames(made.frames(), first_year=2020)
    assert later.notices["body_id"].to_list() == whole.notices["body_id"].to_list()[1:]


def test_the_card_fits_a_screen_and_escapes_what_a_notice_says():
    made = NoticeMaker()
    for number in range(80):
        made.notice(
            f"c{number}-2020", f"<b>市{number}</b>", f"{100000 + number}", 2020, statuses=["completed"]
        )
    ledger = select_frames(made.frames())
    assert len(repr(ledger).splitlines()) < 12 and len(repr(ledger)) < 1200
    assert "<b>市" not in ledger._repr_html_() and "&lt;b&gt;" in ledger._repr_html_()


def test_explain_shows_the_sentence_with_its_span(ledger_data):
    shown = select(data_dir=ledger_data).explain("anshan-2021/12")
    assert "【" in repr(shown) and "<mark>" in shown._repr_html_() and "anshan" in shown.source_path


def test_an_order_of_files_changes_nothing():
    one, other = select_frames(FIVE), select_frames({name: frame.reverse() for name, frame in FIVE.items()})
    for build in (compare.completion, compare.counts, compare.flags, compare.notices):
        assert build(one).equals(build(other))


def test_equal_sentences_of_two_bodies_are_no_copy_and_a_second_page_of_one_notice_is(tmp_path):
    """Counted once, a body that copied another's notice would vanish."""
    from analysis.ledger.build import build_ledger
    from analysis.paths import PACKAGE

    text = (PACKAGE.parent / "data" / "raw" / "dandong.txt").read_text(encoding="utf-8")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "one.txt").write_text(text, encoding="utf-8")
    (raw / "page.txt").write_text("首页 > 公示公告\n" + text, encoding="utf-8")
    (raw / "other.txt").write_text(text.replace("丹东", "锦州"), encoding="utf-8")
    (raw / "later.txt").write_text(text.replace("2024年", "2022年"), encoding="utf-8")
    build_ledger([raw], tmp_path / "tables")
    ledger = select(data_dir=tmp_path / "tables")
    assert ledger.notices.height == 3 and ledger.excluded.height == 1
    both = select(data_dir=tmp_path / "tables", include_near_copies=True)
    assert both.notices["near_copy_of"].is_not_null().sum() == 1


def test_two_notices_are_found_by_id_city_or_name_and_a_wrong_one_names_the_nearest():
    """The pair notebook would set other notices side by side than were asked for."""
    from analysis.selection import two_notices

    ledger = select_frames(FIVE)
    assert two_notices(ledger, "yiyang-2023", "鞍山市") == ["yiyang-2023", "anshan-2021"]
    assert two_notices(ledger, "", "210300")[0] == "anshan-2021"
    assert two_notices(ledger, prefer=["yushu-2024"])[0] == "yushu-2024"
    with pytest.raises(SelectionError, match="left cannot be 'yiyang-2022'.*yiyang-2023"):
        two_notices(ledger, "yiyang-2022")
    with pytest.raises(SelectionError, match="right cannot be '鞍山'"):  # it has one notice only
        two_notices(ledger, "鞍山", "鞍山")
