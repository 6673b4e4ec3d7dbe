"""``python -m tests.quality.train``: train all weights from the gold, to the same bytes each time.

No random number that is not seeded; weights are stored as whole numbers of one byte, far coarser than
the last digits in which one order of summing differs from another. ``--check`` prints scores of parts left out instead of writing.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.parsing.results import readings
from analysis.parsing.statements import model as statement_model
from analysis.parsing.text.ngrams import load_weights
from analysis.paths import LOOKUPS
from tests.quality import confidence, train_statements, train_statuses
from tests.quality.corpus import GOLD, gold_notices, parse_file
from tests.quality.score import match, status_agrees
from tests.quality.train_types import train_types, types_line


def store(weights: np.ndarray, name: str) -> Path:
    """Write weights as bytes; the first row holds each class's scale as a power of two."""
    power = np.ceil(np.log2(np.abs(weights).max(axis=0) / 127))
    path = LOOKUPS / "models" / f"{name}.npy"
    np.save(path, np.vstack((power, np.round(weights / 2.0**power))).astype(np.int8))
    return path


def left_out_statuses(folds: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: statuses of gold notices read with weights that have not seen them, fold by fold."""
    lines = []
    for away in folds:
        weights = train_statuses.train(away)
        right = wrong = silent = unfound = 0
        with train_statuses.reading_with(weights, train_statuses.train_places(weights, away)):
            for item in gold_notices():
                if item.gold["file"] not in away:
                    continue
                tables, _ = parse_file(item.path)
                found = [row for row in tables["core_problems"] if row["is_leaf"]] if tables else []
                pairs = match(item.gold["problems"], found)
                unfound += len(item.gold["problems"]) - len(pairs)
                for number, index in pairs:
                    wanted, row = item.gold["problems"][number]["status"], found[index]
                    agrees = status_agrees(wanted, row)
                    right += agrees
                    silent += not agrees and row["status_code"] == "not_stated"
                    wrong += not agrees and row["status_code"] != "not_stated"
        count = right + wrong + silent + unfound
        lines.append(
            f"{len(away):3} notices left out, {count:4} problems: {right / max(1, count):.3f} right, "
            f"{wrong} wrong, {silent} silent, {unfound} not found"
        )
    return lines


def hands() -> dict[str, list[str]]:
    """Who wrote the notices → their files."""
    found: dict[str, list[str]] = {}
    writers = {}
    for path in sorted((GOLD / "types").glob("hand?.csv")):
        with open(path, encoding="utf-8", newline="") as handle:
            writers |= {row["notice"]: row["hand"] for row in csv.DictReader(handle)}
    for item in gold_notices():
        name = item.gold["file"]
        folder = item.path.parent.name
        hand = writers.get(Path(name).stem, "") if folder == "notices" else folder
        found.setdefault(hand, []).append(name)
    return found


def check_statuses(folds: int = 5) -> None:
    """Print the statuses of notices and of whole hands that the models were trained without."""
    files = sorted(item.gold["file"] for item in gold_notices())
    for line in left_out_statuses([files[fold::folds] for fold in range(folds)]):
        print(line)
    for hand, names in sorted(hands().items()):
        print(f"{hand:10} {left_out_statuses([names])[0]}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.train", description=__doc__)
    parser.add_argument("--check", action="store_true", help="print what weights reach that have not seen it")
    parser.add_argument("--confidence", action="store_true", help="train the weights of the confidence alone")
    asked = parser.parse_args(arguments)
    if asked.check:
        check_statuses()
        print(types_line())
        return 0
    if not asked.confidence:
        keys, weights, pairs = train_types()
        np.save(LOOKUPS / "models/type_grams.npy", keys)
        np.save(LOOKUPS / "models/type_pairs.npy", pairs)
        print(store(weights, "type_weights"))
        # What is learnt here must not depend on weights that an earlier run has left: until the new ones
        # are there, results are read as the written phrases alone teach it.
        with train_statuses.reading_with(
            train_statuses.fit(train_statuses.written_examples()), np.zeros(readings.COLUMNS)
        ):
            first, second = train_statements.stored(train_statements.train(train_statements.labelled()))
            for name, weights in (("statement_weights", first), ("statement_votes", second)):
                np.save(LOOKUPS / "models" / f"{name}.npy", weights)
                print(LOOKUPS / "models" / f"{name}.npy")
            statement_model.weights.cache_clear()
            weights = train_statuses.train()
            places = train_statuses.train_places(weights)
        print(store(weights, "status_weights"))
        np.save(LOOKUPS / "models/result_weights.npy", places)
        load_weights.cache_clear()
        readings.place_weights.cache_clear()
    found = confidence.cases()
    np.save(LOOKUPS / "models/confidence_weights.npy", confidence.train(found))
    print(LOOKUPS / "models/confidence_weights.npy")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
