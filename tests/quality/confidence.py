"""The confidence of a reading: training on the gold and the gold printed otherwise, and its reliability."""

from __future__ import annotations

from typing import NamedTuple
from unittest import mock

import numpy as np

from analysis.parsing import doubts
from analysis.parsing.assemble import build_structure
from analysis.parsing.doubts import LOW, SIGNS, reading_signs
from analysis.parsing.facts import claims
from analysis.parsing.records import Document
from analysis.parsing.text.shadow import make_shadow
from tests.quality import train_statements, train_statuses
from tests.quality.corpus import GoldNotice, gold_notices, load_document
from tests.quality.perturbations import PERTURBATIONS, document_of, perturb
from tests.quality.score import score

RIGHT = 0.9  # the share of problems, and of results, from which a notice counts as read


class Case(NamedTuple):
    """One reading of one gold notice: its signs, and whether problems and results were right."""

    file: str
    print_name: str
    signs: np.ndarray
    problems_right: bool
    results_right: bool


def _signs(document: Document) -> np.ndarray:
    from analysis.parsing.notice import parse_notice

    structure = build_structure(document, make_shadow(document.text))
    notice = parse_notice(document).tables["core_notices"][0]
    found = reading_signs(structure, claims.read_claims(structure, notice))
    return np.array([1.0, *(found[name] for name in SIGNS)])


def cases(left_out: dict[str, train_statements.Weights] | None = None) -> list[Case]:
    """Every gold notice that is read, as it is and with every perturbation.

    The trained readers, of statements and of results, are ones that did not learn from the notice: they
    are as sure as they will be of a notice that nobody has seen. ``left_out``: file → weights of the
    reader of statements, trained here where not given.
    """
    left_out = left_out or train_statements.weights_left_out(train_statements.labelled())
    found: dict[str, list[Case]] = {}
    blank = np.zeros((2, len(SIGNS) + 1))  # the scores of the last training are not asked for
    for away, words, places in train_statuses.weights_left_out():
        for item in gold_notices():
            file = item.gold["file"]
            if file in away:
                with (
                    train_statuses.reading_with(words, places),
                    train_statements.reading_with(left_out[file]),
                    mock.patch.object(doubts, "_weights", lambda: blank),
                ):
                    found[file] = _cases_of(item)
    return [case for file in sorted(found) for case in found[file]]


def _cases_of(item: GoldNotice) -> list[Case]:
    from tests.quality.perturbations import parse_text

    found = []
    versions = [("plain", load_document(item.path), item.gold)]
    for name in PERTURBATIONS:
        made = perturb(item, name, 0)
        if made is not None:
            versions.append((name, document_of(made[0], item.gold["file"]), made[1]))
    for name, document, gold in versions:
        tables, _ = parse_text(document)
        if tables is None:
            continue
        fields = score(gold, tables).fields()
        found.append(
            Case(
                item.gold["file"],
                name,
                _signs(document),
                fields["problems"] >= RIGHT,
                fields["statuses"] >= RIGHT,
            )
        )
    return found


def fit(rows: np.ndarray, right: np.ndarray, rounds: int = 4000) -> np.ndarray:
    """Weights of a logistic regression with a small penalty, by plain descent; a sign of doubt never raises a chance."""
    weights = np.zeros(rows.shape[1])
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-(rows * weights).sum(axis=1)))
        slope = (rows * (chance - right)[:, None]).mean(axis=0)
        slope[1:] += 2e-3 * weights[1:]
        weights -= 1.0 * slope
        weights[1:] = np.minimum(weights[1:], 0.0)
    return weights


def train(found: list[Case]) -> np.ndarray:
    """Weights in thousandths, one row for problems and one for results."""
    rows = np.stack([case.signs for case in found])
    return np.stack(
        [
            np.round(1000 * fit(rows, np.array([case.problems_right for case in found], dtype=float))),
            np.round(1000 * fit(rows, np.array([case.results_right for case in found], dtype=float))),
        ]
    ).astype(np.int32)


def reliability(found: list[Case], folds: int = 10) -> list[str]:
    """Lines of a table: scores of notices left out (with all their prints) against how many were right."""
    files = sorted({case.file for case in found})
    chances: dict[int, tuple[float, float]] = {}
    for fold in range(folds):
        left = set(files[fold::folds])
        weights = train([case for case in found if case.file not in left]) / 1000
        for index, case in enumerate(found):
            if case.file in left:
                both = 1 / (1 + np.exp(-(weights * case.signs).sum(axis=1)))
                chances[index] = (float(both[0]), float(both[1]))
    lines = []
    for position, name in enumerate(("problems", "results")):
        right = [case[3 + position] for case in found]
        for low, high in ((0, 0.3), (0.3, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
            inside = [index for index in range(len(found)) if low <= chances[index][position] < high]
            if inside:
                share = sum(right[index] for index in inside) / len(inside)
                mean = sum(chances[index][position] for index in inside) / len(inside)
                lines.append(
                    f"{name} scored {low:.1f}–{min(high, 1):.1f}: {len(inside)} readings, mean {mean:.2f}, right {share:.2f}"
                )
    plain = [index for index, case in enumerate(found) if case.print_name == "plain"]
    bad = [index for index in plain if not (found[index].problems_right and found[index].results_right)]
    good = [index for index in plain if index not in bad]
    named = {index for index in plain if min(chances[index]) < LOW}
    missed = [found[index].file for index in bad if index not in named]
    lines.append(
        f"named below {LOW}: {len(named & set(bad))} of {len(bad)} misread notices, "
        f"{len(named & set(good))} of {len(good)} well read ones; not named: {', '.join(missed) or 'none'}"
    )
    return lines
