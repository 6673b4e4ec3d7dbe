"""Score one parsed notice against its gold: problems, statuses, measures, metadata, totals.

A predicted problem answers a gold one when their statements overlap by at least half of
their union, or when their words (punctuation aside) agree by at least 0.9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import LCSseq

from analysis.parsing.text.shadow import simplified

METADATA = {
    "inspection_start": "inspection_start_date",
    "inspection_end": "inspection_end_date",
    "feedback_date": "feedback_date",
    "cutoff_date": "cutoff_date",
    "publication_date": "publication_date",
    "team": "inspection_team_name",
    "kind": "inspection_kind",
    "admin_level": "admin_level",
}
CLAIMS = (
    "problems",
    "completed",
    "in_progress",
    "completed_long_term",
    "long_term",
    "measures",
    "tasks",
    "measures_completed",
)
# Codes that say the same thing in different notices' words.
_SAME_CLAIM = (
    {"long_term", "completed_long_term"},
    {"in_progress", "phased"},
    {"tasks", "items", "measures"},
)
_PUNCTUATION = re.compile(r"[\s　，。、；：！？“”‘’\"'（）()《》〈〉【】\[\]<>,.;:!?*#\-—_…·|]+")


def squash(text: str | None) -> str:
    """Letters and digits only, so that punctuation habits do not count."""
    return _PUNCTUATION.sub("", text or "")


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return 0.0 if shared <= 0 else shared / (max(a[1], b[1]) - min(a[0], b[0]))


def match(gold: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Pair gold problems with predicted ones, each at most once; (gold index, found index)."""
    pairs: list[tuple[int, int]] = []
    used: set[int] = set()
    words = [squash(row["statement_text"]) for row in found]
    for number, problem in enumerate(gold):
        best, choice = 0.0, None
        wanted = squash(problem.get("statement_clean") or problem["statement"])
        for index, row in enumerate(found):
            if index in used:
                continue
            score = 0.0
            if row["statement_start"] is not None and problem["start"] >= 0:
                score = _overlap(
                    (problem["start"], problem["end"]), (row["statement_start"], row["statement_end"])
                )
            if score < 0.5 and wanted and words[index]:
                longest = max(len(wanted), len(words[index]))
                if abs(len(wanted) - len(words[index])) < 0.35 * longest:
                    ratio = 2 * LCSseq.similarity(wanted, words[index]) / (len(wanted) + len(words[index]))
                    score = ratio if ratio >= 0.9 else 0.0
            if score > best:
                best, choice = score, index
        if choice is not None and best >= 0.5:
            pairs.append((number, choice))
            used.add(choice)
    return pairs


def status_agrees(wanted: str, row: dict[str, Any]) -> bool:
    """A result deduced from a total may stand where the notice says nothing by item."""
    return row["status_code"] == wanted or (
        wanted == "not_stated" and row["status_basis"] in ("total", "none")
    )


def _date_agrees(wanted: Any, found: Any) -> bool:
    if wanted is None or found is None:
        return wanted is None and found is None
    wanted, found = str(wanted), str(found)[:10]
    return squash(wanted) == squash(found) or (len(wanted) == 7 and found.startswith(wanted))


def _claim_agrees(code: str, value: float, claims: list[dict[str, Any]]) -> bool:
    return any(
        abs(float(row["value"]) - value) < 1e-9
        and (row["claim_code"] == code or any({row["claim_code"], code} <= same for same in _SAME_CLAIM))
        for row in claims
    )


@dataclass
class Score:
    """What one notice got: counts, and one line for every disagreement."""

    file: str
    gold: int = 0
    found: int = 0
    hit: int = 0
    status: int = 0
    measures: int = 0
    meta: dict[str, bool] = field(default_factory=dict)
    claims: dict[str, bool] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def fields(self) -> dict[str, float]:
        """Field → share right, 0 to 1; what the committed expectation holds."""
        total = self.gold + self.found
        return {
            "problems": round(2 * self.hit / total, 4) if total else 0.0,
            "statuses": round(self.status / self.gold, 4) if self.gold else 0.0,
            "measures": round(self.measures / self.gold, 4) if self.gold else 0.0,
            **{f"meta.{name}": float(right) for name, right in self.meta.items()},
            **{f"claim.{name}": float(right) for name, right in self.claims.items()},
        }


def score(
    gold: dict[str, Any], tables: dict[str, list[dict[str, Any]]] | None, refusal: str | None = None
) -> Score:
    """Compare one gold document with the parsed tables (None: the notice was not read)."""
    result = Score(gold["file"], gold=len(gold["problems"]))
    if tables is None:
        result.complaints.append(f"not read: {refusal}")
        result.meta = dict.fromkeys((*METADATA, "place"), False)
        result.claims = {
            name: False for name in CLAIMS if isinstance(gold["declared"].get(name), (int, float))
        }
        return result
    found = [row for row in tables["core_problems"] if row["is_leaf"]]
    pairs = match(gold["problems"], found)
    result.found, result.hit = len(found), len(pairs)
    missing = set(range(len(gold["problems"]))) - {number for number, _ in pairs}
    extra = set(range(len(found))) - {index for _, index in pairs}
    for number in sorted(missing):
        result.complaints.append(
            f"problem {gold['problems'][number]['no']} missed: {gold['problems'][number]['statement'][:30]!r}"
        )
    for index in sorted(extra):
        result.complaints.append(
            f"invented {found[index]['problem_id']}: {(found[index]['statement_text'] or '')[:40]!r}"
        )
    for number, index in pairs:
        problem, row = gold["problems"][number], found[index]
        if status_agrees(problem["status"], row):
            result.status += 1
        else:
            result.complaints.append(
                f"status of {problem['no']}: {problem['status']} read as {row['status_code']} ({row['status_text']!r})"
            )
        counted = row["measure_count"] or 0
        if counted == problem["n_measures"] or problem["n_measures"] is None and counted:
            result.measures += 1
        else:
            result.complaints.append(
                f"measures of {problem['no']}: {problem['n_measures']} counted as {counted}"
            )
    notice = tables["core_notices"][0]
    _score_metadata(result, gold["meta"], notice)
    for name in CLAIMS:
        value = gold["declared"].get(name)
        if isinstance(value, (int, float)):
            result.claims[name] = _claim_agrees(name, value, tables["core_claims"])
            if not result.claims[name]:
                stated = [(row["claim_code"], row["value"]) for row in tables["core_claims"]]
                result.complaints.append(f"total {name}={value} not among {stated[:12]}")
    return result


def _score_metadata(result: Score, meta: dict[str, Any], notice: dict[str, Any]) -> None:
    for name, column in METADATA.items():
        wanted, found = meta.get(name), notice.get(column)
        if column.endswith("date"):
            right = _date_agrees(wanted, found)
            if name == "publication_date" and not right and found is not None:
                right = _date_agrees(meta.get("signed_date"), found)
        else:
            # a|b: the codes leave it open which of the two it is (提级, 交叉)
            right = simplified(squash(found)) in [
                simplified(squash(option)) for option in (wanted or "").split("|")
            ]
        result.meta[name] = right
        if not right:
            result.complaints.append(f"{name}: {wanted} read as {found}")
    place = squash(meta.get("place"))
    right = bool(place) and (
        squash(notice.get("city_name"))[:2] == place[:2] or place in squash(notice.get("issuer_name"))
    )
    result.meta["place"] = right
    if not right:
        result.complaints.append(
            f"place: {place} read as {notice.get('city_name')} / {notice.get('issuer_name')}"
        )
