"""Training and scoring of the problem types from labelled statements of many sectors.

Labels: ``tests/gold/types/hand*.csv`` (statements of the gold, by several hands),
``written.csv`` (statements written for training, the sector beside them) and
``type_labels_dev.csv`` (the five reports and statements written earlier). Words that name a type
(``cues.csv``) are further features of the training only: they are sums over the same n-grams and
are folded into their weights. Scores leave whole sectors out, three at a time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from analysis.parsing.text.ngrams import softmax
from analysis.parsing.text.shadow import make_shadow
from analysis.parsing.types.coding import decide_codes
from analysis.parsing.types.model import bare, features, known_grams, model_text, type_codes
from analysis.parsing.types.validation import agreement
from tests.quality.corpus import GOLD

TYPES = GOLD / "types"
SCALE = 6.0  # length of a statement's features; with PENALTY it says how far weights may go
PENALTY = 0.3
CUE_SHARE = 20.0  # how much the cues count beside the n-grams
ALSO_SHARE = 0.35  # share of a label that its secondary types get
ROUNDS = 60
LEAST_SHARED = 2  # an n-gram of one statement only teaches nothing
KEPT_ASIDE = "written-kept"  # their agreement is published as that of statements nobody looked at
FOLDS = 5


class Labelled(NamedTuple):
    """One statement with the labels of every hand: hand → (primary, secondary)."""

    statement: str
    labels: dict[str, tuple[str, tuple[str, ...]]]
    sector: str  # empty: of no certain sector, always trained on and never scored
    notice: str  # empty for a statement written for training


def _rows(name: str) -> list[dict[str, str]]:
    with open(GOLD / name, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.replace(",", ";").split(";") if code.strip())


@cache
def labelled_statements() -> tuple[Labelled, ...]:
    """Every labelled statement, one entry each, in a fixed order."""
    sectors = {row["notice"]: row["sector"] for row in _rows("types/sectors.csv")}
    found: dict[tuple[str, str], Labelled] = {}
    for path in sorted(TYPES.glob("hand*.csv")):
        for row in _rows(f"types/{path.name}"):
            if row["notice"] not in sectors:
                raise ValueError(
                    f"{path.name}: notice {row['notice']!r} has no sector; add a line to types/sectors.csv"
                )
            known = found.setdefault(
                (row["notice"], row["no"]),
                Labelled(row["statement"], {}, sectors[row["notice"]], row["notice"]),
            )
            known.labels[row["hand"]] = (row["primary"], _codes(row["secondary"]))
    words = {bare(entry.statement): entry for entry in found.values()}
    for row in _rows("type_labels_dev.csv"):
        if row["notice"] == KEPT_ASIDE:
            continue
        label = (row["primary"], _codes(row["secondary"]))
        known = words.get(bare(row["statement"]))
        if known is not None:  # statements of the gold's own notices
            known.labels[row["coder"]] = label
            continue
        notice = row["notice"] if row["notice"] in sectors else ""
        found[row["notice"], row["unit_id"]] = Labelled(
            row["statement"], {row["coder"]: label}, sectors.get(notice, ""), notice
        )
    for number, row in enumerate(_rows("types/written.csv")):
        found["", str(number)] = Labelled(
            row["statement"],
            {row["hand"]: (row["primary"], _codes(row["secondary"]))},
            row["sector"],
            "",
        )
    return tuple(_simplified(list(found.values())))


def _simplified(entries: list[Labelled]) -> list[Labelled]:
    """Statements as the parser reads them; a notice is traditional or not as a whole."""
    by_notice: dict[str, list[int]] = {}
    for index, entry in enumerate(entries):
        by_notice.setdefault(entry.notice, []).append(index)
    for indexes in by_notice.values():
        lines = [" ".join(entries[index].statement.split("\n")) for index in indexes]
        for index, line in zip(indexes, make_shadow("\n".join(lines)).split("\n"), strict=True):
            entries[index] = entries[index]._replace(statement=line)
    return entries


@cache
def gram_keys() -> np.ndarray:
    """The n-grams that two labelled statements share or a cue has, in rising order."""
    found = features([model_text(entry.statement) for entry in labelled_statements()])
    each = np.unique(np.stack((found.key, found.owner)), axis=1)[0]
    keys, counts = np.unique(each, return_counts=True)
    return np.union1d(keys[counts >= LEAST_SHARED], features(_cue_words()).key)


def _cue_words() -> list[str]:
    return [part for row in _rows("types/cues.csv") for part in row["cue"].split("…") if len(part) > 1]


def _matrix(texts: Sequence[str]) -> csr_matrix:
    found, at = known_grams(features([model_text(text) for text in texts]), gram_keys())
    return csr_matrix((found.share * SCALE, (found.owner, at)), shape=(len(texts), len(gram_keys())))


@cache
def _cues() -> csr_matrix:
    """How much each n-gram speaks for each type by the list of cues (n-grams × types)."""
    table = np.zeros((len(gram_keys()), len(type_codes())))
    for row in _rows("types/cues.csv"):
        parts = [part for part in row["cue"].split("…") if len(part) > 1]
        for part in parts:
            found, at = known_grams(features([part]), gram_keys())
            longest = at[found.length == min(3, len(part))]
            weight = float(row["weight"]) / 8 / len(longest) / len(parts)
            column = type_codes().index(row["code"])
            table[longest, column] = np.maximum(table[longest, column], weight)
    return csr_matrix(table)


def _targets(entries: Sequence[Labelled]) -> np.ndarray:
    """What the hands said, on average: the secondary types share ``ALSO_SHARE`` of a label."""
    codes = type_codes()
    wanted = np.zeros((len(entries), len(codes)))
    for row, entry in zip(wanted, entries, strict=True):
        for primary, also in entry.labels.values():
            share = ALSO_SHARE if also else 0.0
            row[codes.index(primary)] += (1 - share) / len(entry.labels)
            for code in also:
                row[codes.index(code)] += share / len(also) / len(entry.labels)
    return wanted


def fit_types(entries: Sequence[Labelled]) -> np.ndarray:
    """Weights of the multinomial logistic regression, (n-grams + 1) × types; the last row is the bias."""
    plain = _matrix([entry.statement for entry in entries])
    cues = _cues()
    matrix = hstack((plain, plain @ cues * (CUE_SHARE / SCALE))).tocsr()
    turned = matrix.T.tocsr()
    wanted = _targets(entries)
    count, types = matrix.shape[1], wanted.shape[1]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = flat[: count * types].reshape(count, types), flat[count * types :]
        scores = matrix @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        missed = np.exp(logs) - wanted
        slope = np.concatenate(((turned @ missed + PENALTY * weights).ravel(), missed.sum(axis=0)))
        return -(wanted * logs).sum() + PENALTY / 2 * (weights * weights).sum(), slope

    flat = minimize(
        loss, np.zeros((count + 1) * types), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}
    ).x
    weights, bias = flat[: count * types].reshape(count, types), flat[count * types :]
    folded = weights[: len(gram_keys())] * SCALE + cues @ weights[len(gram_keys()) :] * CUE_SHARE
    return np.vstack((folded, bias))


def _scores(weights: np.ndarray, entries: Sequence[Labelled]) -> np.ndarray:
    return _matrix([entry.statement for entry in entries]) @ weights[:-1] / SCALE + weights[-1]


@cache
def left_out() -> tuple[tuple[Labelled, ...], np.ndarray]:
    """The statements of known notices and their scores by a model that saw none of their sector."""
    entries = labelled_statements()
    sectors = sorted({entry.sector for entry in entries if entry.notice and entry.sector})
    kept, scores = [], []
    for fold in range(FOLDS):
        away = set(sectors[fold::FOLDS])
        weights = fit_types([entry for entry in entries if entry.sector not in away])
        part = [entry for entry in entries if entry.sector in away and entry.notice]
        kept += part
        scores.append(_scores(weights, part))
    return tuple(kept), np.vstack(scores)


def calibrated(entries: Sequence[Labelled], scores: np.ndarray) -> tuple[float, float]:
    """What scores are divided by, and what is then taken from those of a body's own business, so that
    chances on sectors left out are right: a model knows its own sectors' words too well."""
    wanted = _targets([entry._replace(labels=_primary_only(entry)) for entry in entries])

    def loss(values: np.ndarray) -> float:
        return -float((wanted * np.log(softmax(shifted(scores, *values)) + 1e-12)).sum())

    best = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead", options={"xatol": 1e-3}).x
    return round(float(best[0]), 2), round(float(best[1]), 2)


def shifted(scores: np.ndarray, heat: float, own: float) -> np.ndarray:
    """Scores (or weights and bias) after the calibration."""
    scores = scores / heat
    scores[..., type_codes().index("sector_business")] -= own
    return scores


def _primary_only(entry: Labelled) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {hand: (primary, ()) for hand, (primary, _) in entry.labels.items()}


def train_types() -> tuple[np.ndarray, np.ndarray]:
    """Keys of the n-grams and weights for shipping, (n-grams + 1) × types, the bias last.

    Trained on every statement, calibrated on sectors left out; n-grams whose weights are too small for
    the bytes they are stored in are left out.
    """
    heat, own = calibrated(*left_out())
    weights = fit_types(labelled_statements()) / heat
    weights[-1] = shifted(weights[-1], 1.0, own)
    least = 2.0 ** np.ceil(np.log2(np.abs(weights).max(axis=0) / 127)) / 2
    kept = (np.abs(weights[:-1]) >= least).any(axis=1)
    return gram_keys()[kept], np.vstack((weights[:-1][kept], weights[-1]))


def type_scores() -> dict[str, dict[str, Any]]:
    """Agreement with people on sectors left out.

    ``all`` and each sector → ``n``, ``kappa`` (against every hand, pairs pooled), ``either`` (share
    whose type some hand gave), ``secondary_f1``; ``hands`` → the same between two hands, the reach of
    any coder. ``calibration`` → mean absolute gap between chance and share right over ten bins.
    """
    entries, scores = left_out()
    known = softmax(shifted(scores, *calibrated(entries, scores)))
    codings = [decide_codes(row) for row in known]
    result: dict[str, dict[str, Any]] = {}
    for sector in ("all", *sorted({entry.sector for entry in entries})):
        rows = [i for i, entry in enumerate(entries) if sector in ("all", entry.sector)]
        result[sector] = _agreed((entries[i].labels.values(), codings[i]) for i in rows)
    pairs = [
        ([one], other)
        for entry in entries
        if {"hand1", "hand2"} <= entry.labels.keys()
        for one, other in ((entry.labels["hand1"], entry.labels["hand2"]),)
    ]
    result["hands"] = _agreed(pairs)
    certain = known.max(axis=1)
    right = np.array(
        [
            np.mean([primary == type_codes()[row.argmax()] for primary, _ in entry.labels.values()])
            for entry, row in zip(entries, known, strict=True)
        ]
    )
    bins = np.minimum((certain * 10).astype(int), 9)
    gaps = [abs(float((certain - right)[bins == b].mean())) * float((bins == b).mean()) for b in set(bins)]
    result["calibration"] = {"gap": round(sum(gaps), 3)}
    return result


def types_line() -> str:
    """``type_scores`` in one line for the report of the quality."""
    scores = type_scores()
    whole, hands = scores.pop("all"), scores.pop("hands")
    gap = scores.pop("calibration")["gap"]
    each = ", ".join(f"{sector} {fields['kappa']:.2f}" for sector, fields in scores.items())
    return (
        f"types on sectors left out: κ {whole['kappa']:.3f} over {whole['n']} statements (two hands: "
        f"{hands['kappa']:.3f}), some hand's type {whole['either']:.3f}, secondary F1 "
        f"{whole['secondary_f1']:.3f} (two hands: {hands['secondary_f1']:.3f}), gap of chances {gap:.3f}; {each}"
    )


_Coding = tuple[str, tuple[str, ...]]


def _agreed(pairs: Iterable[tuple[Iterable[_Coding], _Coding]]) -> dict[str, Any]:
    primary: list[tuple[str, str]] = []
    either = both = said = given = count = 0
    for labels, (code, also) in pairs:
        labels = list(labels)
        count += 1
        either += any(code == label for label, _ in labels)
        for label, further in labels:
            primary.append((label, code))
            both += len(set(further) & set(also))
            said += len(further)
            given += len(also)
    return {
        "n": count,
        "kappa": round(agreement(primary)["kappa"] or 0.0, 3),
        "either": round(either / max(1, count), 3),
        "secondary_f1": round(2 * both / max(1, said + given), 3),
    }
