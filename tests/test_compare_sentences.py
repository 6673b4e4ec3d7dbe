"""Sentences and tables held together: a user would send on a text whose numbers stand in no table, or that ranks."""

from __future__ import annotations

import re

import polars as pl
import pytest

from analysis.compare import sentences
from analysis.compare.ledger import ledger_from_frames
from analysis.compare.outputs import build_outputs
from analysis.compare.phrasing import source_of
from tests.compare_notices import NoticeMaker, reference_five

# topic → the tables that its sentences are made from
TABLES = {
    "corpus": ["out_notices"],
    "counts": ["out_notices", "out_problem_counts"],
    "completion": ["out_completion"],
    "differences": ["out_differences"],
    "reconciliation": ["out_reconciliation"],
    "recurring": ["out_type_prevalence", "out_overrepresentation"],
    "returns": ["out_recurrences", "out_type_returns"],
    "timeline": ["out_timeline"],
    "evidence": ["out_evidence_by_notice"],
    "flags": ["out_flags"],
    "agreement": ["out_coding_agreement", "out_type_counts"],
}
TOPICS = (
    "corpus",
    "counts",
    "completion",
    "differences",
    "reconciliation",
    "recurring",
    "returns",
    "timeline",
    "evidence",
    "flags",
    "agreement",
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Numbers that belong to the wording: interval level, the percentages that an unpublished result is not, the rule's text.
WORDS = {"95", "0", "100", "2015", "2024", "27", "8", "2"}


def five() -> NoticeMaker:
    made = reference_five()
    made.add(
        "core_recurrences",
        recurrence_id="kaifeng-2020/15#r1",
        notice_id="kaifeng-2020",
        problem_id="kaifeng-2020/15",
        earlier_source="inspection",
        earlier_count=31,
        still_open_count=7,
        quote_text="31项",
        char_start=0,
        char_end=3,
    )
    return made


@pytest.fixture(scope="module")
def out():
    return build_outputs(ledger_from_frames(five().frames()))


def text(paragraphs) -> str:
    return "\n".join("".join(run["text"] for run in paragraph) for paragraph in paragraphs)


def numbers_of_tables(out, topic: str) -> set[str]:
    """Every way in which a number of the topic's tables (or the sum of a column) may be printed."""
    found: set[str] = set(WORDS)
    for frame in (out[name] for name in TABLES[topic]):
        for column in frame.columns:
            values = frame[column].drop_nulls()
            if frame[column].dtype == pl.String:
                for value in values.unique():
                    found.update(NUMBER.findall(value))
            elif frame[column].dtype == pl.Date:
                continue
            elif frame[column].dtype.is_numeric():
                for value in [*values.unique().to_list(), values.sum()]:
                    for number in (value, abs(value)):
                        found.update({f"{number:g}", f"{100 * number:.1f}", f"{number:.2f}", f"{number:.2g}"})
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_number_in_a_sentence_stands_in_a_table(out, topic, lang):
    allowed = numbers_of_tables(out, topic)
    # what sentences count or subtract themselves, worked out here from the tables a second time
    rows = out["out_reconciliation"]
    allowed |= {
        str(rows.filter(pl.col("is_agreeing").eq_missing(value)).height) for value in (True, False, None)
    } | {
        str(rows.height),
        str(out["out_overrepresentation"].height),
        str(out["out_similar_statements"].height),
    }
    allowed |= {str(out["out_notices"]["city_code"].n_unique())}
    evidence = out["out_evidence_by_notice"].filter(pl.col("scope_code") == "completed")
    allowed |= {
        str(v)
        for code in ("no_hard_evidence", "intent")
        for column in ("x_count", "n_count")
        for v in [evidence.filter(pl.col("measure_code") == code)[column].sum()]
    }
    gaps = (
        out["out_completion"]
        .filter(pl.col("share").is_not_null())
        .group_by("notice_id")
        .agg((100 * (pl.col("share").max() - pl.col("share").min())).alias("gap"))["gap"]
    )
    allowed |= {f"{gap:.1f}" for gap in gaps}
    refused = out["out_differences"].filter(
        (pl.col("definition_code") == "lenient")
        & (pl.col("verdict_code") == "not_comparable")
        & (pl.col("comparison_code") == "pair")
    )
    everywhere = out["out_type_prevalence"].filter(
        (pl.col("definition_code") == "notice") & (pl.col("present_count") == pl.col("n_count"))
    )
    allowed |= {str(refused.height), str(everywhere.height)}
    written = text(getattr(sentences, topic)(out, lang=lang))
    assert written
    unknown = [number for number in NUMBER.findall(written) if number not in allowed]
    assert not unknown, f"{unknown} in:\n{written}"


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_say_the_same_numbers(out, topic):
    zh, en = (
        sorted(n for n in NUMBER.findall(text(getattr(sentences, topic)(out, lang=lang))) if n not in WORDS)
        for lang in ("zh", "en")
    )
    if topic != "recurring":  # a long list says its length in both, in different words
        assert zh == en


@pytest.mark.parametrize(
    "change, topic, before, after",
    [
        (("core_claims", 2, {"value": 54.0}), "completion", "60个问题中53个（88.3%", "60个问题中54个（90.0%"),
        (
            ("core_claims", 2, {"value": 54.0}),
            "reconciliation",
            "已完成数声明53，清点50，相差3",
            "已完成数声明54，清点50，相差4",
        ),
        (
            ("core_problems", 0, {"status_code": "in_progress"}),
            "completion",
            "逐项口径60个问题中50个",
            "逐项口径60个问题中49个",
        ),
        (("core_notices", 1, {"cutoff_date": None}), "timeline", "反馈后83天统计截止", "结束后39天反馈"),
        (("core_recurrences", 0, {"still_open_count": 9}), "returns", "31个问题中7个", "31个问题中9个"),
    ],
)
def test_a_changed_figure_changes_its_sentence(out, change, topic, before, after):
    assert before in text(getattr(sentences, topic)(out))
    made = five()
    table, row, values = change
    made.rows[table][row].update(values)
    changed = text(getattr(sentences, topic)(build_outputs(ledger_from_frames(made.frames()))))
    assert after in changed and before not in changed


def test_the_reference_sentence_about_telling_apart(out):
    written = text(sentences.differences(out))
    assert "p = 0.13" in written and "p = 0.42" in written and "不能区分不等于相同" in written
    assert "cannot be told apart" in text(sentences.differences(out, "en"))


def test_nothing_is_said_of_a_notice_that_published_nothing_but_that(out):
    line = next(line for line in text(sentences.completion(out)).splitlines() if line.startswith("丹东"))
    assert "不是0，也不是100%" in line and not re.search(r"\d+个问题中", line)


@pytest.mark.parametrize(
    "lang, words",
    [
        ("zh", ("第一名", "最好", "最差", "领先", "落后", "优于", "劣于", "排名第")),
        ("en", ("best", "worst", "leads", "lags behind", "better than", "worse than", "ranks")),
    ],
)
def test_no_sentence_ranks(out, lang, words):
    written = "\n".join(text(getattr(sentences, topic)(out, lang=lang)) for topic in TOPICS) + text(
        sentences.method(lang)
    )
    assert not [word for word in words if word in written.lower()]


def test_one_notice_per_body_means_city_and_year_cannot_be_separated(out):
    assert "城市的差别与年份的差别分不开" in text(sentences.corpus(out))
    made = five()
    made.notice("anshan-2024", "鞍山", "210300", 2024, statuses=["completed"] * 9)
    later = build_outputs(ledger_from_frames(made.frames()))
    assert "分不开" not in text(sentences.corpus(later)) and "鞍山 2021、鞍山 2024" in text(
        sentences.corpus(later)
    )


def test_notices_of_one_body_are_compared_over_time():
    made = five()
    made.notice("anshan-2024", "鞍山", "210300", 2024, statuses=["completed"] * 3 + ["in_progress"] * 6)
    made.notice("anshan-2024-9f", "鞍山", "210300", 2024, statuses=["completed"] * 9, sector_text="教育")
    written = text(sentences.differences(build_outputs(ledger_from_frames(made.frames()))))
    assert re.search(
        r"鞍山 2021至鞍山 2024（文旅），逐项完成比例由83.3%到33.3%，差的95%区间为-\d+\.\d至-\d+\.\d个百分点：",
        written,
    )
    assert "教育" not in written.partition("至鞍山 2024")[2]


@pytest.mark.parametrize(
    "claims, words",
    [
        ([("completed", "task", 27)], "声明口径27项任务（通报未声明总数"),
        (
            [("problems", "problem", 5), ("completed", "problem", 9)],
            "声明口径9个问题（声明的完成数大于声明的总数",
        ),
    ],
)
def test_a_completed_number_without_a_usable_total_is_told_as_such(claims, words):
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["not_stated"] * 5, claims=claims)
    out = build_outputs(ledger_from_frames(made.frames()))
    assert words in text(sentences.completion(out)) and "None" not in text(sentences.completion(out)) + text(
        sentences.completion(out, "en")
    )


def test_sources_lead_to_the_place_on_the_page(out):
    assert source_of("anshan-2021#t3") == {"notice_id": "anshan-2021", "target": "t3"}
    assert source_of("yiyang-2023/4.2") == {"notice_id": "yiyang-2023", "target": "p4.2"}
    assert source_of("anshan-2021/12#m2") == {"notice_id": "anshan-2021", "target": "p12-m2"}
    assert source_of("anshan-2021/12#e1") == {"notice_id": "anshan-2021", "target": "p12-e1"} and source_of(
        "kaifeng-2020/17#r1"
    ) == {
        "notice_id": "kaifeng-2020",
        "target": "p17",
    }
    assert source_of("anshan-2021") == {"notice_id": "anshan-2021", "target": None} and source_of("") is None
    runs = [run for paragraph in sentences.completion(out) for run in paragraph if "53个" in run["text"]]
    assert runs[0]["source"] == {"notice_id": "anshan-2021", "target": "t3"}


def test_the_summary_says_what_can_and_cannot_be_said_and_what_disagrees(out):
    for lang in ("zh", "en"):
        found = sentences.summary(out, lang)
        assert list(found) == ["can", "cannot", "disagree"] and all(found.values())
    found = sentences.summary(out, "zh")
    assert (
        "丹东 2025" in text(found["cannot"])
        and "声明53，清点50" in text(found["disagree"])
        and "53/60" in text(found["can"])
    )


def test_many_notices_are_told_in_part_and_the_rest_is_said():
    made = NoticeMaker()
    for number in range(20):
        made.notice(
            f"c{number:02d}-2020", f"市{number:02d}", f"{110000 + number}", 2020, statuses=["completed"] * 3
        )
    written = text(sentences.completion(build_outputs(ledger_from_frames(made.frames()))))
    assert "其余8份通报见表" in written and "市11" in written and "市12" not in written


def test_flags_travel_into_the_sentences(out):
    line = next(line for line in text(sentences.completion(out)).splitlines() if line.startswith("开封"))
    assert (
        "X" in line.rsplit("〔", 1)[1] and "S" in line.rsplit("〔", 1)[1] and "L" in line.rsplit("〔", 1)[1]
    )


def test_sentences_hold_with_one_notice_and_with_none_completed():
    made = NoticeMaker()
    made.notice("a-2020", "甲", "110000", 2020, statuses=["not_stated"] * 3, types=["unclassified"] * 3)
    out = build_outputs(ledger_from_frames(made.frames()))
    for topic in TOPICS:
        for lang in ("zh", "en"):
            assert text(getattr(sentences, topic)(out, lang=lang)), topic
    assert sentences.summary(out, "en")["disagree"] == []
