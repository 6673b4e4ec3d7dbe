"""Blocks: what a reader loses when a notice's words become markup, or a table's cells slip a column."""

from __future__ import annotations

import json

import pytest

from analysis.reporting import display
from analysis.reporting.blocks import (
    BLOCK_MIME,
    Callout,
    Cell,
    Column,
    Heading,
    ListBlock,
    Meta,
    Paragraph,
    Run,
    Source,
    Table,
    flatten,
)
from analysis.reporting.tables_shown import source_of

HOSTILE = '<script>alert(1)</script>" onmouseover="x'


def every_block() -> list:
    source = Source(HOSTILE, "p1")
    return [
        Meta(HOSTILE, HOSTILE, HOSTILE, HOSTILE, {HOSTILE: HOSTILE}, HOSTILE),
        Heading(HOSTILE),
        Paragraph([Run(HOSTILE, True, source)]),
        ListBlock([HOSTILE]),
        Callout("note", HOSTILE, [HOSTILE]),
        Table(
            "t",
            HOSTILE,
            [Column("a", HOSTILE)],
            [[Cell(HOSTILE, HOSTILE, source, (HOSTILE,))]],
            HOSTILE,
            HOSTILE,
        ),
    ]


@pytest.mark.parametrize("block", every_block(), ids=lambda b: type(b).__name__)
def test_words_of_a_notice_never_become_markup(block):
    bundle = block._repr_mimebundle_()
    assert "<script" not in bundle["text/html"] and '" onmouseover="' not in bundle["text/html"]
    assert json.loads(json.dumps(bundle[BLOCK_MIME]))["kind"]


def test_a_name_with_dollar_signs_is_drawn_as_it_is():
    """Mathematical typesetting of a hostile name would fail the whole figure."""
    with display.house_style():
        figure = display.new_figure(20)
        figure.add_subplot().set_title(r"$\frac{1}{ 鞍山$")
        block = display.finish(
            figure, id="x", caption="c", alt="a", columns=["n"], rows=[[1]], source_line="s"
        )
    assert r"$\frac{1}{" in block.svg


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="row 0 has 1 cells for 2"):
        Table("t", "c", [Column("a", "a"), Column("b", "b")], [[Cell("1")]])


def test_an_unknown_tone_is_refused():
    with pytest.raises(ValueError, match="tone"):
        Callout("alarm", "t", [])


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("anshan-2021", ("anshan-2021", None)),
        ("anshan-2021/12", ("anshan-2021", "p12")),
        ("yiyang-2023/4.2", ("yiyang-2023", "p4.2")),
        ("anshan-2021/12#m2", ("anshan-2021", "p12-m2")),
        ("anshan-2021#t3", ("anshan-2021", "t3")),
    ],
)
def test_identifiers_become_links_into_the_notice(identifier, expected):
    source = source_of(identifier)
    assert (source.notice_id, source.target) == expected


def test_nested_blocks_are_shown_in_order_and_nothing_is_shown_for_none():
    first, second = Heading("a"), Heading("b")
    assert flatten([None, [first, [None, second]]]) == [first, second]
