"""One notice, printed differently, gives one ledger; no text at all brings the parser down.

A user would lose: comparability between a notice copied from a web page and the same notice
scanned, retyped or saved on Windows; or a whole run because of one strange file.
"""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.parsing.layout.wrapping import wrapped_breaks
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import NotANotice
from analysis.parsing.text.shadow import make_shadow
from tests import one_in_four
from tests.quality.__main__ import EXPECTED
from tests.quality.corpus import gold_notices, load_document, plain_document
from tests.quality.ledgers import broken_regions, broken_spans, differences, signature
from tests.quality.variants import VARIANTS, seam_places

EXPECTATION = json.loads(EXPECTED.read_text(encoding="utf-8"))


def is_read_right(file: str) -> bool:
    """A layout that is not read right has no ledger to keep; the quality harness counts it."""
    return all(EXPECTATION.get(file, {}).get(field) == 1.0 for field in ("problems", "statuses", "measures"))


# Plain text only: an HTML or Markdown file is not printed differently by adding blank lines. Nor is a
# text wrapped at a width, nor one with a table that the reader recognised by its lines.
TEXTS = {
    item.gold["file"]: load_document(item.path).text
    for item in gold_notices()
    if item.path.suffix == ".txt" and is_read_right(item.gold["file"]) and not load_document(item.path).blocks
}
TEXTS = {file: text for file, text in TEXTS.items() if not any(wrapped_breaks(make_shadow(text)))}
# Cells pasted one to a line, a body without any line break, lines broken by hand at 20 characters: there
# a line end IS a boundary, so a page seam cannot be told from it, by people either.
NO_SEAMS = {"ganzi_county.txt", "ezhou_statistics.txt", "danzhou_commerce.txt", "susong_lake.txt"}
# Where every sentence goes on over a page end, one break in two hundred still changes some figure.
SEAM_LIMIT = 0.01
WHOLE = sorted(set(VARIANTS) - {"page_seams"})
SHORT = [name for name, text in TEXTS.items() if len(text) < 16_000]
_ledgers: dict[str, dict] = {}

# The same examples on every run: a red build must mean a change in the code.
COMMON = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def ledger(text: str):
    return parse_notice(plain_document(text)).tables


def original(name: str):
    if name not in _ledgers:
        _ledgers[name] = signature(ledger(TEXTS[name]))
    return _ledgers[name]


def assert_same(before, tables):
    found = differences(before, signature(tables))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", one_in_four(sorted(TEXTS)))
def test_the_same_notice_printed_differently_gives_the_same_ledger(name):
    for variant in WHOLE:
        changed = VARIANTS[variant](TEXTS[name], random.Random(f"{name}/{variant}"))
        if changed == TEXTS[name]:
            continue
        tables = ledger(changed)
        found = differences(original(name), signature(tables))
        assert not found, "\n".join([variant, *found])
        assert not broken_spans(changed, tables), variant
        assert not broken_regions(changed, tables), variant


@settings(COMMON, max_examples=60)
@given(
    name=st.sampled_from(SHORT),
    variants=st.lists(st.sampled_from(WHOLE), min_size=2, max_size=4, unique=True),
    seed=st.integers(0, 10**6),
)
def test_any_mixture_of_printing_habits_gives_the_same_ledger(name, variants, seed):
    chance = random.Random(seed)
    changed = TEXTS[name]
    for variant in variants:
        changed = VARIANTS[variant](changed, chance)
    tables = ledger(changed)
    assert_same(original(name), tables)
    assert not broken_spans(changed, tables)
    assert not broken_regions(changed, tables)


@pytest.mark.slow
def test_page_ends_at_any_place_leave_the_ledger_as_it_is():
    """A page can end anywhere in a sentence; hardly ever may that lose or invent anything."""
    changes, tried = [], 0
    for name in sorted(set(SHORT) - NO_SEAMS):
        text = TEXTS[name]
        places = seam_places(text)
        for place in random.Random(name).sample(places, min(25, len(places))):
            changed = text[:place] + "\n\n" + text[place:]
            tables = ledger(changed)
            tried += 1
            assert not broken_spans(changed, tables)
            assert not broken_regions(changed, tables)
            found = differences(original(name), signature(tables))
            if found:
                changes.append(
                    f"{name}: …{text[place - 16 : place]}▮{text[place : place + 12]}… {found[0][:160]}"
                )
    assert tried > 400
    assert len(changes) <= SEAM_LIMIT * tried, "\n".join(changes)


FRAGMENTS = st.sampled_from(
    [
        "一、",
        "（一）",
        "1.",
        "(1)",
        "①",
        "问题1：",
        "反馈问题2：",
        "整改情况：",
        "整改措施：",
        "整改结果：已完成",
        "一是",
        "二是；",
        "针对“",
        "”问题。",
        "关于",
        "的问题",
        "截至2021年3月底",
        "2020年8月6日至10月15日",
        "市委第三巡察组",
        "巡察整改情况的通报",
        "反馈的12个问题",
        "已完成整改9个",
        "%",
        "|",
        "| --- |",
        "\n",
        "\n\n",
        "　",
        "\r\n",
        "\f",
        "〔2021〕",
        "《",
        "》",
        "“",
        "”",
        "（",
        "）",
        "【",
        "】",
        "<br>",
        "**",
        "# ",
        "⟦",
        "\u200b",
        "\ufeff",
        "\x00",
        "🙂",
        "二〇二四年",
        "99999999999999999999年",
        "13月45日",
        "第9、14、19项正在推进",
        "42537.79亿元",
        "去年",
        "同年12月",
    ]
)


@pytest.mark.slow
@settings(COMMON, max_examples=300)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=60).map("".join))
def test_no_text_brings_the_parser_down(text):
    try:
        tables = ledger(text)
    except NotANotice as refusal:
        assert refusal.reason_code and refusal.reason_text
        return
    assert not broken_spans(text, tables)
    assert not broken_regions(text, tables)


@settings(COMMON, max_examples=200)
@given(name=st.sampled_from(SHORT), seed=st.integers(0, 10**6))
def test_a_torn_notice_is_read_or_refused_but_never_breaks(name, seed):
    """Lines lost, moved, doubled or of another notice, characters dropped: what happens to files that are passed on."""
    chance = random.Random(seed)
    lines = TEXTS[name].split("\n")
    for _ in range(chance.randint(1, 12)):
        kind, at = chance.randrange(7), chance.randrange(len(lines))
        if kind == 0:
            del lines[at : at + chance.randint(1, 4)]
        elif kind == 1:
            lines.insert(at, chance.choice(lines) if lines else "")
        elif kind == 2:
            lines[at] = lines[at][chance.randrange(len(lines[at]) + 1) :]
        elif kind == 3:
            lines[at] = lines[at][::-1]
        elif kind == 4:
            lines[at:at] = TEXTS[chance.choice(SHORT)].split("\n")[: chance.randint(1, 20)]
        elif kind == 5:
            lines[at] = "".join(char for char in lines[at] if chance.random() > 0.1)
        else:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    text = "\n".join(lines)
    try:
        tables = ledger(text)
    except NotANotice:
        return
    assert not broken_spans(text, tables)
    assert not broken_regions(text, tables)
    for row in tables["core_problems"]:
        assert 0 <= row["block_start"] < row["block_end"] <= len(text)


def test_reading_twice_gives_the_same_ledger():
    name = SHORT[0]
    assert ledger(TEXTS[name]) == ledger(TEXTS[name])
