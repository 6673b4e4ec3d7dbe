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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
_BITS = 1 << 24  # for marks of checksums: 2 MB
MAX_HOLDERS = 50  # a statement that more notices share is a set phrase and tells no two of them alike


@dataclass(slots=True)
class NoticeSummary:
    """What the whole-corpus step needs to know of one notice; small, so that many fit.

    ``signature``: checksums of its statements (see ``statement_signature``), four bytes each.
    """

    local_id: str
    sha256: str
    signature: bytes
    char_count: int


def statement_signature(problems: list[dict[str, Any]], notice: dict[str, Any]) -> bytes:
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
    return array("I", sorted(sums)[:SIGNATURE_SIZE]).tobytes()


def settle_ids(summaries: Sequence[NoticeSummary]) -> list[str]:
    """The final ID of each notice."""
    sharing = Counter(summary.local_id for summary in summaries)
    return [
        s.local_id if sharing[s.local_id] == 1 else f"{s.local_id}-{s.sha256[:HASH_DIGITS]}"
        for s in summaries
    ]


def find_near_copies(summaries: Sequence[NoticeSummary]) -> dict[int, int]:
    """Place of a near copy → place of the notice it repeats.

    The one kept as the original is the longer text, then the first in order. Two bottom-k
    sketches that share most of their members stand for texts that share most statements.
    """
    is_repeated = _repeated(summaries)
    holders: dict[int, list[int]] = defaultdict(list)
    copies: dict[int, int] = {}
    for place in sorted(range(len(summaries)), key=lambda place: -summaries[place].char_count):
        signature = _checksums(summaries[place])
        if len(signature) < 3:
            continue
        told = [checksum for checksum in signature if is_repeated(checksum)]
        shared = Counter(other for checksum in told for other in holders[checksum])
        best = max(shared.items(), key=lambda item: (item[1], -item[0]), default=None)
        if best and _is_near(signature, _checksums(summaries[best[0]])):
            copies[place] = best[0]
            continue
        for checksum in told:
            if len(holders[checksum]) < MAX_HOLDERS:
                holders[checksum].append(place)
    return copies


def _checksums(summary: NoticeSummary) -> list[int]:
    return memoryview(summary.signature).cast("I").tolist()


def _repeated(summaries: Sequence[NoticeSummary]) -> Callable[[int], bool]:
    """Whether a checksum stands in several notices: always true where it does, seldom where it does not.

    Most stand in one notice alone; a list for each of these takes most of the memory of a large corpus.
    """
    once, again = bytearray(_BITS // 8), bytearray(_BITS // 8)
    for summary in summaries:
        for checksum in _checksums(summary):
            byte, bit = checksum % _BITS >> 3, 1 << (checksum & 7)
            again[byte] |= once[byte] & bit
            once[byte] |= bit
    return lambda checksum: bool(again[checksum % _BITS >> 3] & 1 << (checksum & 7))


def _is_near(one: list[int], other: list[int]) -> bool:
    both = set(one) & set(other)
    union = sorted(set(one) | set(other))[:SIGNATURE_SIZE]
    return sum(checksum in both for checksum in union) >= NEAR_COPY_SHARE * len(union)
