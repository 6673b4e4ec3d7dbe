"""Which notices are the same, which only share a name: duplicates, near copies, final IDs.

* A byte-identical file is a duplicate: the first by path is read, the others are set aside.
* Two different files that would get the same ID each get eight digits of their content hash.
* A near copy (the same notice of the same body and feedback, from another page) is kept and marked, by
  the overlap of its problem statements.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Tables whose rows have an ID of their own, and the column that holds it.
ROW_KEYS = {
    "core_problems": "problem_id",
    "core_measures": "measure_id",
    "core_sections": "section_id",
    "core_claims": "claim_id",
    "core_events": "event_id",
    "core_figures": "figure_id",
    "core_citations": "citation_id",
    "core_recurrences": "recurrence_id",
    "core_notices": "notice_id",
}
HASH_DIGITS = 8
SIGNATURE_SIZE = 8  # bottom-k sketch of the problem statements
NEAR_COPY_SHARE = 0.7
MAX_HOLDERS = 50  # a statement that more notices share is a set phrase and tells no two of them alike


@dataclass(slots=True)
class NoticeSummary:
    """What the whole-corpus step needs to know of one notice; small, so that many fit."""

    local_id: str
    source_path: str
    sha256: str
    signature: tuple[int, ...]
    char_count: int


def statement_signature(problems: list[dict[str, Any]], notice: dict[str, Any]) -> tuple[int, ...]:
    """The smallest checksums of a notice's problem statements: equal texts of one body and feedback give equal sketches.

    Equal sentences of another body, or of another round, are a finding about copying and no copy: its place,
    its field and the day of the feedback are summed with each statement.
    """
    whose = [notice.get(column) for column in ("city_code", "city_name", "sector_text", "feedback_date")]
    key = zlib.crc32("|".join(str(value or "") for value in whose).encode())
    sums = {
        zlib.crc32(text.encode(), key)
        for row in problems
        if (text := "".join((row["statement_text"] or "").split())) and len(text) >= 8
    }
    return tuple(sorted(sums)[:SIGNATURE_SIZE])


def settle_ids(summaries: dict[int, NoticeSummary]) -> dict[int, str]:
    """File number → final notice ID."""
    sharing = Counter(summary.local_id for summary in summaries.values())
    return {
        number: s.local_id if sharing[s.local_id] == 1 else f"{s.local_id}-{s.sha256[:HASH_DIGITS]}"
        for number, s in summaries.items()
    }


def find_near_copies(summaries: dict[int, NoticeSummary], final_ids: dict[int, str]) -> dict[int, str]:
    """File number of a near copy → ID of the notice it repeats.

    The one kept as the original is the longer text, then the first by path. Two bottom-k
    sketches that share most of their members stand for texts that share most statements.
    """
    every = array("Q", (checksum for summary in summaries.values() for checksum in summary.signature))
    # most checksums stand in one notice alone; a list for each of these takes most of the memory of a large corpus
    repeated = {one for one, other in pairwise(sorted(every)) if one == other}
    holders: dict[int, list[int]] = defaultdict(list)
    copies: dict[int, str] = {}
    for number, summary in sorted(
        summaries.items(), key=lambda item: (-item[1].char_count, item[1].source_path)
    ):
        if len(summary.signature) < 3:
            continue
        told = [checksum for checksum in summary.signature if checksum in repeated]
        shared = Counter(other for checksum in told for other in holders[checksum])
        best = max(shared.items(), key=lambda item: (item[1], -item[0]), default=None)
        if best and _is_near(summary, summaries[best[0]]):
            copies[number] = final_ids[best[0]]
            continue
        for checksum in told:
            if len(holders[checksum]) < MAX_HOLDERS:
                holders[checksum].append(number)
    return copies


def _is_near(one: NoticeSummary, other: NoticeSummary) -> bool:
    union = sorted(set(one.signature) | set(other.signature))[:SIGNATURE_SIZE]
    both = set(one.signature) & set(other.signature)
    return sum(checksum in both for checksum in union) >= NEAR_COPY_SHARE * len(union)
