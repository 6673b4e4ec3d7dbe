"""Stated against counted: every total that a notice gives about itself, set beside the items.

A pure function on the frames of one notice or of a whole partition. Nothing is repaired:
where the two differ, both stand in ``core_checks``. A comparison that the text cannot
decide (results published only as a total, classes without headings, an excerpt that is
short, a total of something else) or that rests on a doubtful reading has ``is_agreeing`` null and
a note that says why: a page that accuses wrongly is worse than none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import polars as pl

from analysis.ledger.counted import Counted, count_notices
from analysis.ledger.frames import frame_from_rows

DONE = ("completed", "completed_long_term")
OPEN = ("basically_completed", "phased", "long_term", "in_progress", "not_completed")
KEPT_UP = ("completed_long_term", "long_term")
OPEN_CLAIMS = OPEN
CLAIM_CODES = (
    "aspects",
    "categories",
    "problems",
    "items",
    "tasks",
    "measures",
    "completed",
    "completed_long_term",
    *OPEN_CLAIMS,
    "measures_completed",
    "completion_share",
)
PARTIAL_CODES = ("problems", "items", "tasks", "measures", "completed")
MEASURES_NOTE = "整改方案中的措施未必全部印出"
IDS_SHOWN = 24
SURE_READING = 0.95  # reading_score up to which a difference in measures is not held against the notice
MOST_SHORT = 0.75  # of the stated problems: fewer were found because they were not read
OTHER_THING = 0.2  # a second total this far off, beside one that agrees, is of something else
MOST_UNPRINTED = 0.85  # of the stated measures: fewer are printed because a plan holds more
SIZES = {"problem": "problems", "item": "items", "task": "tasks", "measure": "measures"}


def build_checks(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """``core_checks`` rows for every notice in ``frames`` (core_claims, core_sections, core_problems, core_measures, core_notices).

    One row per distinct stated total (a total repeated with the same value gives one row), plus
    the totals that must add up among themselves. Sorted by check_id.
    """
    claims = frames["core_claims"].filter(
        pl.col("problem_id").is_null() & pl.col("claim_code").is_in(CLAIM_CODES)
    )
    if claims.is_empty():
        return frame_from_rows("core_checks", [])
    notices = claims["notice_id"].unique(maintain_order=True)
    needs_items = claims["unit"].is_in(["item", "task"]).any()
    counted = count_notices(frames, notices, ("problem", "leaf_item") if needs_items else ("problem",))
    by_notice: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in claims.sort("char_start", maintain_order=True).iter_rows(named=True):
        by_notice[row["notice_id"]].append(row)
    rows: list[dict[str, Any]] = []
    for notice_id, stated in by_notice.items():
        rows.extend(_NoticeChecks(notice_id, _distinct(stated), counted[notice_id]).run())
    return frame_from_rows("core_checks", rows).sort("check_id", maintain_order=True)


def _distinct(stated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each (code, unit, section, value): the same total is often said twice."""
    seen: set[tuple[Any, ...]] = set()
    first = []
    for row in stated:
        key = (row["claim_code"], row["unit"], row["section_id"], row["value"])
        if key not in seen:
            seen.add(key)
            first.append(row)
    return first


def principal_total(
    claims: Iterable[dict[str, Any]], code: str, unit: str | None = None, counted: int | None = None
) -> dict[str, Any] | None:
    """The total of a code that speaks of the whole notice, where several stand in it (a part, an earlier day).

    The one that equals what was counted, else the greatest; the first of equals. ``unit`` None takes any.
    """
    found = [
        c for c in claims if c["claim_code"] == code and unit in (None, c["unit"]) and c["section_id"] is None
    ]
    return next(
        (c for c in found if c["value"] == counted), max(found, key=lambda c: c["value"], default=None)
    )


class _NoticeChecks:
    """The checks of one notice; ``run`` returns core_checks rows."""

    def __init__(self, notice_id: str, claims: list[dict[str, Any]], counted: Counted):
        self.notice_id = notice_id
        self.claims = claims
        self.counted = counted
        self.rows: list[dict[str, Any]] = []
        self.used: dict[str, int] = {}
        self.whole: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(
            list
        )  # totals that are not of one aspect
        for claim in claims:
            if claim["section_id"] is None:
                self.whole[claim["claim_code"], claim["unit"]].append(claim)

    def run(self) -> list[dict[str, Any]]:
        for claim in self.claims:
            code = claim["claim_code"]
            if code in PARTIAL_CODES and self._is_partial(claim):
                self._add(code, claim, None, None, "同类总数中较小的一个，可能只指一部分，无法核对")
            elif code in ("aspects", "categories", "problems", "items", "tasks", "measures"):
                self._check_size(claim)
            elif code == "completed":
                self._check_results(
                    code,
                    [claim],
                    [
                        (DONE, ""),
                        (("completed",), "不含长期坚持"),
                        ((*DONE, "basically_completed"), "含基本完成"),
                    ],
                )
            elif code == "completed_long_term":
                self._check_results(
                    code, [claim], [(("completed_long_term",), ""), (KEPT_UP, "含长期坚持而未称完成的")]
                )
            elif code == "measures_completed" or (code in OPEN_CLAIMS and claim["unit"] == "measure"):
                self._add("measures_completed", claim, None, None, "措施的结果没有逐项写明，无法核对")
            elif code == "completion_share":
                self._check_share(claim)
        self._check_open()
        self._check_sums()
        self._leave_to_the_agreeing()
        return self.rows

    def _leave_to_the_agreeing(self) -> None:
        """Where one total of a kind agrees, another of the whole notice speaks of something else (villages, petitions)."""
        agreeing = {
            row["check_code"] for row in self.rows if row["is_agreeing"] and row["section_id"] is None
        }
        for row in self.rows:
            far = abs(row["stated_value"] - (row["counted_value"] or 0)) > OTHER_THING * (
                row["counted_value"] or 0
            )
            if (
                row["is_agreeing"] is False
                and far
                and row["section_id"] is None
                and row["check_code"] in agreeing
            ):
                row["is_agreeing"] = None
                row["note_text"] = "另有一个同类总数与逐项数一致，此数所指不同，无法核对"

    def _check_size(self, claim: dict[str, Any]) -> None:
        """A number of aspects, categories, problems, items, tasks or measures."""
        code, section, one = claim["claim_code"], claim["section_id"], self.counted
        if section is not None:
            within = {
                "problems": ("aspect_problems", one.problems_in),
                "items": ("aspect_problems", one.problems_in),
                "categories": ("aspect_categories", one.categories_in),
                "measures": ("aspect_measures", one.measures_in),
            }.get(code)
            if within:
                self._compare(within[0], claim, [(within[1].get(section, 0), "")])
        elif code == "aspects":
            self._compare(
                code,
                claim,
                [(one.aspects, ""), (one.categories, "与分类标题数一致"), (one.problems, "与问题数一致")],
                unknown=one.aspects == 0,
            )
        elif code == "categories":
            self._compare(
                code,
                claim,
                [(one.categories, ""), (one.aspects, "与方面标题数一致")],
                unknown=one.categories == 0,
            )
        elif code == "problems":
            self._compare(code, claim, [(one.problems, "")], doubt=self._doubt_in_problems(claim["value"]))
        elif code == "items":
            self._compare(
                code,
                claim,
                [(one.leaf_items, ""), (one.problems, "与问题数一致")],
                unknown=not one.problems / 2 <= claim["value"] <= one.leaf_items * 2,
            )
        elif code == "measures":
            # A notice without printed markers counts one measure per block: no basis to contradict its total.
            self._compare(
                code,
                claim,
                [(one.measures, MEASURES_NOTE if one.measures < claim["value"] else "")],
                unknown=not one.has_markers,
                doubt=self._doubt_in_measures(claim["value"]),
            )
        else:  # tasks: the closest printed unit is the leaf item; a match with another unit is said
            self._compare(
                code,
                claim,
                [
                    (one.leaf_items, "任务与事项对照"),
                    (one.problems, "与问题数一致"),
                    (one.measures, "与措施数一致"),
                ],
                unknown=not one.leaf_items / 2 <= claim["value"] <= one.leaf_items * 2,
            )

    def _compare(
        self,
        code: str,
        claim: dict[str, Any],
        options: list[tuple[int, str]],
        unknown: bool = False,
        doubt: str = "",
    ) -> None:
        stated = claim["value"]
        for counted, note in options:
            if counted and counted == stated:
                return self._add(code, claim, counted, True, note)
        counted, note = options[0]
        if unknown:
            return self._add(code, claim, counted or None, None, "通报没有可逐项核对的对应单位，无法核对")
        if self.counted.is_excerpt and counted < stated:
            return self._add(code, claim, counted, None, "疑似节选，逐项数少于声明数，无法核对")
        if claim["is_approximate"] and abs(counted - stated) < _rounding(stated):
            return self._add(code, claim, counted, None, "声明数为约数，差额在约数之内")
        return self._add(code, claim, counted, None if doubt else False, doubt or note)

    def _doubt_in_problems(self, stated: float) -> str:
        """Why a number of problems that differs may be the reading's fault; "" where it is the notice's."""
        one = self.counted
        if one.problems < MOST_SHORT * stated:
            return "逐项数远少于声明数，可能未读全，无法核对"
        if not one.is_numbered or (one.problems < stated and not one.runs_through):
            return "问题没有连续编号，可能未读全或多读，无法核对"
        return ""

    def _doubt_in_measures(self, stated: float) -> str:
        one, done = self.counted, self._total("measures_completed", "measure")
        if one.measures < MOST_UNPRINTED * stated:
            return "整改方案中的措施未必全部印出，无法核对"
        if done is not None and done["value"] == one.measures:
            return "印出的措施数与声明的完成措施数一致，其余措施可能未印出，无法核对"
        return "全文解读把握不足，无法核对" if one.reading_score <= SURE_READING else ""

    def _results_of(self, unit: str) -> tuple[dict[str, list[str]], int] | None:
        """Status → IDs for the unit of a claim, and how many units there are; None where nothing printed corresponds."""
        one = self.counted
        if unit == "problem":
            return one.results["problem"], one.problems
        if unit == "item":
            return one.results["leaf_item"], one.leaf_items
        if unit == "task" and (tasks := self._total("tasks", "task")):
            if tasks["value"] == one.leaf_items:
                return one.results["leaf_item"], one.leaf_items
            if tasks["value"] == one.problems:
                return one.results["problem"], one.problems
        return None

    def _check_results(
        self, code: str, claims: list[dict[str, Any]], options: list[tuple[tuple[str, ...], str]]
    ) -> None:
        """A number of done or open units against the results that items state.

        ``options``: sets of results that the words may mean, the usual one first; one that fits is
        taken and said, else the first is shown.
        """
        claim = claims[0]
        found = self._results_of(claim["unit"]) if claim["section_id"] is None else None
        if found is None:
            return self._add(code, claim, None, None, "按其他单位或局部声明，无法逐项核对")
        results, total = found
        missing = total - sum(map(len, results.values()))
        stated = sum(c["value"] for c in claims)
        if missing == total:
            return self._add(code, claim, None, None, "逐项没有写明结果，只有总数，无法核对", stated=stated)
        counted = [
            ([i for status in statuses for i in results.get(status, ())], note) for statuses, note in options
        ]
        ids, note = next(
            (pair for pair in counted if len(pair[0]) <= stated <= len(pair[0]) + missing), counted[0]
        )
        low, high, quote = len(ids), len(ids) + missing, _short(ids)
        if missing and low <= stated <= high:
            return self._add(
                code, claim, low, None, f"另有{missing}项没有写明结果，无法核对", stated=stated, quote=quote
            )
        if self.counted.is_excerpt and high < stated:
            return self._add(
                code, claim, low, None, "疑似节选，逐项数少于声明数，无法核对", stated=stated, quote=quote
            )
        if claim["is_approximate"] and abs(low - stated) < _rounding(stated):
            return self._add(
                code, claim, low, None, "声明数为约数，差额在约数之内", stated=stated, quote=quote
            )
        if missing:  # bounds that exclude the stated number rest on results that may not all have been read
            return self._add(
                code, claim, low, None, f"另有{missing}项没有写明结果，无法核对", stated=stated, quote=quote
            )
        whole = self._total("problems", "problem")
        if stated != low and whole is not None and total < whole["value"]:
            return self._add(
                code, claim, low, None, "逐项的问题少于声明的问题，无法核对", stated=stated, quote=quote
            )
        return self._add(code, claim, low, stated == low, note, stated=stated, quote=quote)

    def _open_claims(self, unit: str) -> list[dict[str, Any]]:
        """Totals of what is not (yet) plainly done, in one unit.

        One phrase may be read as two kinds (phased and in progress): it counts once. 长期坚持 may
        name part of what is done; it is left out where done and open add up without it.
        """
        kept: list[dict[str, Any]] = []
        for claim in self.claims:
            if (
                claim["claim_code"] in OPEN_CLAIMS
                and claim["unit"] == unit
                and claim["section_id"] is None
                and not any(
                    c["char_start"] < claim["char_end"]
                    and claim["char_start"] < c["char_end"]
                    and c["value"] == claim["value"]
                    for c in kept
                )
            ):
                kept.append(claim)
        done, whole = self._total("completed", unit), self._total(SIZES.get(unit, ""), unit)
        others = [c for c in kept if c["claim_code"] != "long_term"]
        if done and whole and len(others) < len(kept):
            rest = whole["value"] - done["value"]
            if sum(c["value"] for c in others) == rest != sum(c["value"] for c in kept):
                return others
        return kept

    def _check_open(self) -> None:
        """All that is stated to be open, together; each kind alone where several are stated."""
        for unit in dict.fromkeys(
            c["unit"] for c in self.claims if c["claim_code"] in OPEN_CLAIMS and c["unit"] != "measure"
        ):
            claims = self._open_claims(unit)
            if not claims:
                continue
            kinds = tuple(dict.fromkeys(c["claim_code"] for c in claims))
            self._check_results("open", claims, [(OPEN, ""), (kinds, "仅同类状态")])
            if len(kinds) > 1:
                for claim in claims:
                    self._check_results(claim["claim_code"], [claim], [((claim["claim_code"],), "")])

    def _total(self, code: str, unit: str) -> dict[str, Any] | None:
        one = self.counted
        counted = {
            "problems": one.problems,
            "items": one.leaf_items,
            "tasks": one.leaf_items,
            "measures": one.measures,
            "completed": sum(len(self._ids(unit, status)) for status in DONE),
        }.get(code)
        return principal_total(self.whole.get((code, unit), ()), code, unit, counted)

    def _ids(self, unit: str, status: str) -> list[str]:
        return self.counted.results["problem" if unit == "problem" else "leaf_item"].get(status, [])

    def _is_partial(self, claim: dict[str, Any]) -> bool:
        """Whether a greater total of the same kind stands in the notice: this one may speak of a part."""
        whole = self._total(claim["claim_code"], claim["unit"]) if claim["section_id"] is None else None
        return whole is not None and whole is not claim and whole["value"] > claim["value"]

    def _check_sums(self) -> None:
        """Stated figures among themselves: done + open = all; aspects add up."""
        for unit, size in SIZES.items():
            whole, done = (
                self._total(size, unit),
                self._total("completed", unit) or self._total("measures_completed", unit),
            )
            if whole is None or done is None:
                continue
            still_open = self._open_claims(unit)
            added = done["value"] + sum(c["value"] for c in still_open)
            kept = self._total("completed_long_term", unit)
            if added != whole["value"] and kept and added + kept["value"] == whole["value"]:
                self._add("stated_sum", whole, added + kept["value"], True, "长期坚持数另计，不含在完成数内")
            elif added < whole["value"]:
                # what is left may stand in words, or nowhere: no contradiction
                self._add("stated_sum", whole, added, None, "其余未声明，无法核对")
            else:
                self._add("stated_sum", whole, added, added == whole["value"], "声明数之间核对")
        parts = [c for c in self.claims if c["claim_code"] == "problems" and c["section_id"] is not None]
        whole = self._total("problems", "problem")
        if (
            whole is not None
            and len(parts) > 1
            and len({c["section_id"] for c in parts}) == len(parts) == self.counted.aspects
        ):
            added = sum(c["value"] for c in parts)
            self._add("aspect_sum", whole, added, added == whole["value"], "声明数之间核对")

    def _check_share(self, claim: dict[str, Any]) -> None:
        """A stated rate against the stated figures of its unit, or of another that it fits."""
        stated = claim["value"] / 100 if claim["value"] > 1 else claim["value"]
        found: dict[str, float] = {}
        for unit, size in SIZES.items():
            whole = self._total(size, unit)
            done = self._total("completed", unit) or self._total(f"{size}_completed", unit)
            if whole and done and whole["value"]:
                found[unit] = done["value"] / whole["value"]
        if not found:
            return self._add("completion_share", claim, None, None, "没有同一单位的声明数，无法核对")
        share = min(found.values(), key=lambda value: abs(value - stated))
        agrees = abs(share - stated) < _last_digit(claim["quote_text"] or "")
        # beside totals in several units, what a rate is of is a guess
        undecided = not agrees and (len(found) > 1 or claim["unit"] not in found)
        note = "完成率所指单位不明，无法核对" if undecided else "由声明数算得"
        return self._add(
            "completion_share", claim, round(share, 6), None if undecided else agrees, note, stated=stated
        )

    def _add(
        self,
        code: str,
        claim: dict[str, Any],
        counted: float | None,
        agrees: bool | None,
        note: str,
        *,
        stated: float | None = None,
        quote: str | None = None,
    ) -> None:
        name = f"{self.notice_id}!{code}"
        if claim["section_id"] is not None:
            name += "." + claim["section_id"].rpartition("/")[2]
        self.used[name] = self.used.get(name, 0) + 1
        self.rows.append(
            {
                "check_id": name if self.used[name] == 1 else f"{name}-{self.used[name]}",
                "notice_id": self.notice_id,
                "check_code": code,
                "claim_id": claim["claim_id"],
                "section_id": claim["section_id"],
                "stated_value": claim["value"] if stated is None else stated,
                "counted_value": counted,
                "is_agreeing": agrees,
                "stated_quote_text": claim["quote_text"],
                "counted_quote_text": quote,
                "note_text": note or None,
            }
        )


def _last_digit(quote: str) -> float:
    """One unit of the last digit of a printed rate, as a share: 82% → 0.01, 93.48% → 0.0001; rounding and cutting off both stay below."""
    match = re.search(r"[0-9]+(?:[.．]([0-9]+))?\s*[%％]", quote)
    return 10.0 ** -(2 + len(match.group(1) or "")) if match else 0.01


def _rounding(value: float) -> int:
    """The place that a round number was rounded to: 60 → 10, 1200 → 100, 35 → 1."""
    place = 1
    while value and value % (place * 10) == 0:
        place *= 10
    return place


def _short(ids: list[str]) -> str | None:
    """IDs of one notice, the common part once: anshan-2021/12, /14, … (10)."""
    if not ids:
        return None
    shown = [ids[0], *("/" + i.rpartition("/")[2] for i in ids[1:IDS_SHOWN])]
    return ", ".join(shown) + (" …" if len(ids) > IDS_SHOWN else "") + f" ({len(ids)})"
