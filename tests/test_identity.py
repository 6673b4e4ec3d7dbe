"""IDs stay readable and never stand for two texts; copies are told from namesakes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.ledger.identity import NoticeSummary, find_near_copies, settle_ids, statement_signature


def summary(number: int, local_id: str, statements: list[str], path: str | None = None) -> NoticeSummary:
    rows = [{"statement_text": text} for text in statements]
    return NoticeSummary(
        local_id,
        path or f"file{number}.txt",
        f"{number:064x}"[::-1],
        statement_signature(rows, {}),
        sum(map(len, statements)),
    )


STATEMENTS = [f"第{n}个问题的表述不够规范需要整改落实" for n in range(20)]


def test_an_id_of_its_own_is_kept_and_a_shared_one_gets_the_content_hash() -> None:
    notices = {
        1: summary(1, "anshan-2021", STATEMENTS),
        2: summary(2, "anshan-2021", STATEMENTS[:3]),
        3: summary(3, "yushu-2024", STATEMENTS),
    }
    ids = settle_ids(notices)
    assert ids[3] == "yushu-2024"
    assert (
        ids[1] == f"anshan-2021-{notices[1].sha256[:8]}" and ids[2] == f"anshan-2021-{notices[2].sha256[:8]}"
    )


def test_the_same_notice_from_another_page_is_marked_not_counted_twice() -> None:
    original = summary(1, "a-2021", STATEMENTS)
    copy = summary(2, "a-2021", STATEMENTS[:-1])
    other = summary(3, "b-2021", [f"另一城市的第{n}项完全不同的发现与要求" for n in range(20)])
    notices = {1: original, 2: copy, 3: other}
    ids = settle_ids(notices)
    assert find_near_copies(notices, ids) == {2: ids[1]}


def test_notices_too_short_to_compare_are_never_called_copies() -> None:
    one, two = summary(1, "a-2021", STATEMENTS[:2]), summary(2, "b-2021", STATEMENTS[:2])
    assert find_near_copies({1: one, 2: two}, settle_ids({1: one, 2: two})) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a-2020", "a-2021", "b-2020"]), st.integers(0, 10_000)),
        unique_by=lambda pair: pair[1],
        max_size=30,
    )
)
def test_final_ids_are_unique_and_do_not_depend_on_the_order(pairs: list[tuple[str, int]]) -> None:
    notices = {n: NoticeSummary(local, f"f{n}", f"{n:08d}" + "0" * 56, (), 1) for local, n in pairs}
    ids = settle_ids(notices)
    assert len(set(ids.values())) == len(notices)
    assert settle_ids(dict(reversed(notices.items()))) == ids
    assert all(ids[number].startswith(notice.local_id) for number, notice in notices.items())
