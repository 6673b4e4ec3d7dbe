"""What stands behind each item: dates, documents, sanctions, money, and how its measures are worded.

Wording is not proof. An item without hard evidence may be done; one with evidence may not be.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import polars as pl

from analysis.compare.context import Comparison
from analysis.compare.grid import join_flags, join_ids, key_of, out_frame
from analysis.compare.intervals import wilson
from analysis.compare.old_completion import done_statuses
from analysis.compare.old_timeline import ISSUED
from analysis.compare.wording import Run, covered, intent_words, plain, sanction_count, shared_runs
from analysis.ledger.results import NOT_STATED

MONEY = "money"
SHARES = (  # code, zh, en
    (
        "hard_evidence",
        "有硬证据（已发生的日期、有文号的文件、数量、处理处分、金额）",
        "Hard evidence (dated event, numbered document, quantity, sanction, money)",
    ),
    ("no_hard_evidence", "无硬证据", "No hard evidence"),
    ("dated_event", "有日期的事件", "A dated event"),
    ("document", "制发文件", "A document issued or revised"),
    ("numbered_document", "有文号的文件", "A document with its number"),
    ("quantity", "有数量", "A quantity"),
    ("money", "有金额", "A sum of money"),
    ("sanction", "有处理处分", "A sanction or formal talk"),
    ("intent", "含将来或意向表述", "Wording of the future or of intent"),
    (
        "reused_half",
        "半数以上文字与本通报其他问题逐字相同",
        "Half or more of the text stands word for word under another problem of the notice",
    ),
)


class Evidence:
    """Evidence of the leaf items of a comparison, gathered once for all its tables."""

    def __init__(self, comparison: Comparison):
        self.comparison = comparison
        measures = comparison.ledger.frames["core_measures"]
        joined = measures.group_by("problem_id", maintain_order=True).agg(
            pl.col("measure_text").str.join("\n")
        )
        self.text: dict[str, str] = dict(joined.iter_rows())
        self.items = comparison.leaves.to_dicts()
        self.plain = [plain(self.text.get(item["problem_id"], "")) for item in self.items]

    @cached_property
    def runs(self) -> dict[tuple[int, int], list[Run]]:
        return shared_runs([text for text, _ in self.plain])

    @cached_property
    def spans(self) -> tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]:
        """Per item: its reused spans within its notice, and across notices."""
        within: list[list[tuple[int, int]]] = [[] for _ in self.items]
        across: list[list[tuple[int, int]]] = [[] for _ in self.items]
        for (i, j), runs in self.runs.items():
            target = within if self.items[i]["notice_id"] == self.items[j]["notice_id"] else across
            for a, b, length in runs:
                target[i].append((a, a + length))
                target[j].append((b, b + length))
        return within, across

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        comparison = self.comparison
        frames = comparison.ledger.frames
        in_measures = pl.col("part_code").is_in(["measure", "other"])
        events = _ids(
            frames["core_events"].filter(
                in_measures & ~pl.col("is_planned") & pl.col("date_precision").is_in(["day", "month"])
            ),
            "event_id",
        )
        documents = frames["core_citations"].filter(
            pl.col("is_document") & pl.col("problem_id").is_not_null()
        )
        issued = _ids(documents.filter(pl.col("action_code").is_in(ISSUED)), "citation_id")
        numbered = _ids(documents.filter(pl.col("document_number").is_not_null()), "citation_id")
        figures = frames["core_figures"].filter(in_measures)
        quantities = _ids(figures, "figure_id")
        money = _ids(figures.filter(pl.col("figure_kind") == MONEY), "figure_id")
        within, across = self.spans
        done = done_statuses()[
            comparison.completion if comparison.completion in ("strict", "lenient") else "itemised"
        ]
        rows = []
        for position, item in enumerate(self.items):
            problem_id = item["problem_id"]
            text = self.text.get(problem_id, "")
            intents = intent_words(text)
            sanctions = sanction_count(text)
            counts = {
                "dated_event_count": len(events.get(problem_id, ())),
                "document_count": len(issued.get(problem_id, ())),
                "numbered_document_count": len(numbered.get(problem_id, ())),
                "quantity_count": len(quantities.get(problem_id, ())),
                "money_count": len(money.get(problem_id, ())),
                "sanction_count": sanctions,
            }
            kinds = sum(
                bool(k)
                for k in (
                    counts["dated_event_count"],
                    counts["numbered_document_count"],
                    counts["quantity_count"],
                    sanctions,
                    counts["money_count"],
                )
            )
            is_done = item["status_code"] in done and self._is_reported(item)
            length = len(self.plain[position][0])
            ids = [
                *events.get(problem_id, ()),
                *dict.fromkeys([*issued.get(problem_id, ()), *numbered.get(problem_id, ())]),
                *quantities.get(problem_id, ()),
            ]
            rows.append(
                {
                    **key_of(comparison.by_id[item["notice_id"]]),
                    "problem_id": problem_id,
                    "unit": "leaf_item",
                    "definition_code": "wording_of_measures",
                    "status_code": item["status_code"],
                    "is_said_completed": is_done,
                    "primary_type_code": item["primary_type_code"],
                    "measure_count": item["measure_count"],
                    **counts,
                    "evidence_kind_count": kinds,
                    "has_hard_evidence": kinds > 0,
                    "intent_count": len(intents),
                    "intent_words": join_ids(dict.fromkeys(intents)),
                    "has_intent_in_completed": is_done and bool(intents),
                    "reused_share": covered(length, within[position]),
                    "reused_across_share": covered(length, across[position]),
                    "n_count": length,
                    "flags": join_flags(comparison.flags_for(item["notice_id"], "evidence")),
                    "source_ids": join_ids(ids),
                }
            )
        return rows

    def _is_reported(self, item: dict[str, Any]) -> bool:
        """Whether the result is the item's own, or follows from a completed total that the notice states."""
        if item["status_code"] == NOT_STATED:
            return False
        return (
            item["status_basis"] != "total"
            or self.comparison.claim(item["notice_id"], "completed") is not None
        )

    def table(self) -> pl.DataFrame:
        """``out_evidence``: one row per leaf item."""
        return out_frame("out_evidence", self.rows)

    def by_notice(self) -> pl.DataFrame:
        """``out_evidence_by_notice``: shares of items, for those said to be completed and for all."""
        tests = {
            "hard_evidence": lambda r: r["has_hard_evidence"],
            "no_hard_evidence": lambda r: not r["has_hard_evidence"],
            "dated_event": lambda r: r["dated_event_count"],
            "document": lambda r: r["document_count"],
            "numbered_document": lambda r: r["numbered_document_count"],
            "quantity": lambda r: r["quantity_count"],
            "money": lambda r: r["money_count"],
            "sanction": lambda r: r["sanction_count"],
            "intent": lambda r: r["intent_count"],
            "reused_half": lambda r: r["reused_share"] >= 0.5,
        }
        own: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows:
            own.setdefault(row["notice_id"], []).append(row)
        rows = []
        for notice in self.comparison.notices:
            for scope in ("completed", "all"):
                scoped = [
                    r for r in own.get(notice["notice_id"], ()) if scope == "all" or r["is_said_completed"]
                ]
                for code, zh, en in SHARES:
                    found = [r["problem_id"] for r in scoped if tests[code](r)]
                    n = len(scoped)
                    low, high = wilson(len(found), n) if n else (None, None)
                    rows.append(
                        {
                            **key_of(notice),
                            "scope_code": scope,
                            "measure_code": code,
                            "measure_label_zh": zh,
                            "measure_label_en": en,
                            "unit": "leaf_item",
                            "definition_code": "wording_of_measures",
                            "x_count": len(found) if n else None,
                            "n_count": n,
                            "share": len(found) / n if n else None,
                            "wilson_low": low,
                            "wilson_high": high,
                            "flags": join_flags(
                                self.comparison.flags_for(notice["notice_id"], "evidence", n)
                            ),
                            "source_ids": join_ids(found),
                        }
                    )
        return out_frame("out_evidence_by_notice", rows)

    def reuse(self, most: int = 2000) -> pl.DataFrame:
        """``out_reuse``: pairs of items that share runs of text, most shared first, at most ``most`` of them."""
        starts = {
            row["problem_id"]: row
            for row in self.comparison.ledger.frames["core_measures"]
            .group_by("problem_id", maintain_order=True)
            .agg("char_start", "measure_text")
            .iter_rows(named=True)
        }
        found = sorted(
            ((sum(r[2] for r in runs), pair, runs) for pair, runs in self.runs.items()),
            key=lambda t: (-t[0], t[1]),
        )
        rows = []
        for total, (i, j), runs in found[:most]:
            a, b = self.items[i], self.items[j]
            longest = max(runs, key=lambda r: (r[2], -r[0]))
            start, end = self._place(i, longest[0], longest[2], starts)
            flags = {
                f for n in (a["notice_id"], b["notice_id"]) for f in self.comparison.flags_for(n, "evidence")
            }
            lengths = len(self.plain[i][0]), len(self.plain[j][0])
            rows.append(
                {
                    "problem_id_a": a["problem_id"],
                    "problem_id_b": b["problem_id"],
                    "notice_id_a": a["notice_id"],
                    "notice_id_b": b["notice_id"],
                    "scope_code": "within" if a["notice_id"] == b["notice_id"] else "across",
                    "unit": "leaf_item",
                    "definition_code": "identical_runs_of_13_characters_or_more",
                    "shared_char_count": total,
                    "longest_run_count": longest[2],
                    "n_a_count": lengths[0],
                    "n_b_count": lengths[1],
                    "share_a": covered(lengths[0], [(r[0], r[0] + r[2]) for r in runs]),
                    "share_b": covered(lengths[1], [(r[1], r[1] + r[2]) for r in runs]),
                    "run_start_a": start,
                    "run_end_a": end,
                    "flags": join_flags(flags),
                    "source_ids": join_ids([a["problem_id"], b["problem_id"]]),
                }
            )
        return out_frame("out_reuse", rows)

    def _place(
        self, item: int, start: int, length: int, starts: dict[str, dict[str, Any]]
    ) -> tuple[int | None, int | None]:
        """Span of a run in the notice's text; null where it runs over two measures."""
        places = self.plain[item][1]
        first, last = places[start], places[start + length - 1]
        row = starts[self.items[item]["problem_id"]]
        offset = 0
        for char_start, text in zip(row["char_start"], row["measure_text"], strict=True):
            if offset <= first and last < offset + len(text):
                return char_start + first - offset, char_start + last - offset + 1
            offset += len(text) + 1
        return None, None


def _ids(frame: pl.DataFrame, column: str) -> dict[str, list[str]]:
    return dict(
        frame.filter(pl.col("problem_id").is_not_null())
        .group_by("problem_id", maintain_order=True)
        .agg(column)
        .iter_rows()
    )
