"""IDs stay readable and never stand for two texts; copies are told from namesakes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.ledger.identity import NoticeSummary, find_near_copies, settle_ids, statement_signature


def summary(number: int, local_id: str, statements: list[str]) -> NoticeSummary:
    rows = [{"statement_text": text} for text in statements]
    return NoticeSummary(
        local_id,
        f"{number:064x}"[::-1],
        statement_signature(rows, {}),
        sum(map(len, statements)),
    )


STATEMENTS = [f"第{n}个问题的表述不够规范需要整改落实" for n in range(20)]


def test_an_id_of_its_own_is_kept_and_a_shared_one_gets_the_content_hash() -> None:
    notices = [
        summary(1, "anshan-2021", STATEMENTS),
        summary(2, "anshan-2021", STATEMENTS[:3]),
        summary(3, "yushu-2024", STATEMENTS),
    ]
    hashed = [f"anshan-2021-{notice.sha256[:8]}" for notice in notices[:2]]
    assert settle_ids(notices) == [*hashed, "yushu-2024"]


def test_the_same_notice_from_another_page_is_marked_not_counted_twice() -> None:
    copy = summary(1, "a-2021", STATEMENTS[:-1])
    original = summary(2, "a-2021", STATEMENTS)
    other = summary(3, "b-2021", [f"另一城市的第{n}项完全不同的发现与要求" for n in range(20)])
    assert find_near_copies([copy, original, other, copy]) == {0: 1, 3: 1}


def test_notices_too_short_to_compare_are_never_called_copies() -> None:
    one, two = summary(1, "a-2021", STATEMENTS[:2]), summary(2, "b-2021", STATEMENTS[:2])
    assert find_near_copies([one, two]) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a-2020", "a-2021", "b-2020"]), st.integers(0, 10_000)),
        unique_by=lambda pair: pair[1],
        max_size=30,
    )
)
def test_final_ids_are_unique_and_do_not_depend_on_the_order(pairs: list[tuple[str, int]]) -> None:
    notices = [NoticeSummary(local, f"{n:08d}" + "0" * 56, b"", 1) for local, n in pairs]
    ids = settle_ids(notices)
    assert len(set(ids)) == len(notices)
    assert settle_ids(notices[::-1]) == ids[::-1]
    assert all(own.startswith(notice.local_id) for own, notice in zip(ids, notices, strict=True))
