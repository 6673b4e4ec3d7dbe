"""Human type labels override the automatic coding, by problem ID; the basis is kept."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.paths import LOOKUPS

if TYPE_CHECKING:
    import polars as pl

    from analysis.parsing.types.coding import TypeCoding

LABEL_COLUMNS = ("problem_id", "primary", "secondary", "coder", "reason")


def load_human_labels(path: Path = LOOKUPS / "type_labels.csv") -> dict[str, TypeCoding]:
    """problem_id → the label a person gave it (``type_labels.csv``); it outranks the automatic one.

    Raises ValueError naming the line when a code is unknown, a problem stands twice, or coder or
    reason is missing, and for what is no such table at all.
    """
    labels: dict[str, TypeCoding] = {}
    try:
        with open(path, encoding="utf-8", newline="") as handle:
            lines = list(csv.DictReader(handle))
    except (OSError, UnicodeError, csv.Error) as error:
        raise ValueError(
            f"type_labels.csv: cannot be read as UTF-8 values between commas ({error}); save it anew as CSV, or restore it (git checkout)"
        ) from None
    if not lines:
        return labels
    from analysis.parsing.types.coding import TypeCoding, known_codes

    for line, row in enumerate(lines, start=2):
        if any(not isinstance(row.get(column), str) for column in LABEL_COLUMNS):
            raise ValueError(
                f"type_labels.csv line {line}: a value is missing; every line needs {','.join(LABEL_COLUMNS)}"
            )
        problem = row["problem_id"].strip()
        further = [code.strip() for code in row["secondary"].replace(",", ";").split(";") if code.strip()]
        codes = [row["primary"].strip(), *further]
        unknown = [code or "(empty)" for code in codes if code not in known_codes()]
        if unknown:
            raise ValueError(
                f"type_labels.csv line {line}: unknown type {', '.join(unknown)}; use a code of codes_problem_types.csv"
            )
        if not problem or problem in labels:
            raise ValueError(
                f"type_labels.csv line {line}: problem {problem or '(empty)'!r} is empty or stands twice; keep one line per problem"
            )
        if not row["coder"].strip() or not row["reason"].strip():
            raise ValueError(
                f"type_labels.csv line {line}: say who coded {problem} and why (columns coder, reason)"
            )
        labels[problem] = TypeCoding(codes[0], tuple(codes[1:3]), 1.0, ())
    return labels


def apply_human_types(
    frames: dict[str, pl.DataFrame], labels: Mapping[str, TypeCoding]
) -> dict[str, pl.DataFrame]:
    """Frames in which labelled problems carry the person's types, score 1 and no deciding words.

    ``labels``: problem ID → coding, as ``load_human_labels`` reads them.
    """
    if not labels:
        return frames
    import polars as pl

    labelled = pl.DataFrame(
        [(problem_id, coding.primary, ",".join(coding.secondary)) for problem_id, coding in labels.items()],
        schema={"problem_id": pl.String, "_primary": pl.String, "_secondary": pl.String},
        orient="row",
    )
    problems = frames["core_problems"].join(labelled, on="problem_id", how="left", maintain_order="left")
    by_person = pl.col("_primary").is_not_null()
    problems = problems.with_columns(
        pl.when(by_person)
        .then(pl.col("_primary"))
        .otherwise(pl.col("primary_type_code"))
        .alias("primary_type_code"),
        pl.when(by_person)
        .then(pl.col("_secondary"))
        .otherwise(pl.col("secondary_type_codes"))
        .alias("secondary_type_codes"),
        pl.when(by_person).then(pl.lit(1.0)).otherwise(pl.col("type_score")).alias("type_score"),
        pl.when(by_person)
        .then(pl.lit(None, dtype=pl.String))
        .otherwise(pl.col("type_evidence_text"))
        .alias("type_evidence_text"),
        pl.when(by_person).then(pl.lit("human")).otherwise(pl.col("type_basis")).alias("type_basis"),
    ).drop("_primary", "_secondary")
    return {**frames, "core_problems": problems}


def labels_without_problem(
    frames: dict[str, pl.DataFrame], labels: Mapping[str, TypeCoding]
) -> list[dict[str, Any]]:
    """A core_quarantine row for each label whose notice is here and whose problem is not."""
    if not labels:
        return []
    problems = set(frames["core_problems"]["problem_id"])
    texts = frames["core_texts"].select("notice_id", "source_path", "sha256").iter_rows()
    files = {notice_id: (path, sha256) for notice_id, path, sha256 in texts}
    return [
        {
            "source_path": files[notice_id][0],
            "sha256": files[notice_id][1],
            "notice_id": notice_id,
            "stage": "review",
            "reason_code": "label_without_problem",
            "reason_text": f"type_labels.csv: {problem_id} was labelled by a person, but {notice_id} has no such problem any more. "
            "Look at the notice again, and move or remove the line.",
        }
        for problem_id in labels
        if (notice_id := problem_id.split("/")[0]) in files and problem_id not in problems
    ]
