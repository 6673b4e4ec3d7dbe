"""Training and scoring of the problem types from labelled statements of many sectors.

Labels: ``tests/gold/types/hand*.csv`` (statements of the gold, by several hands), ``settled.csv``
(the same after a further reading, the secondary types by a written rule), ``written.csv``
(statements written for training, the sector beside them), ``type_labels_dev.csv`` (the five reports
and statements written earlier) and ``frames.csv`` with ``objects.csv`` (a fault that could befall the
business of any sector, and businesses to put in it). Words that name a type (``cues.csv``) are further
features of the training only: they are sums over the same n-grams and are folded into their weights.
Scores leave whole sectors out, three at a time; what is calibrated is calibrated on the others.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, diags_array

from analysis.parsing.text.shadow import make_shadow
from analysis.parsing.types.coding import NEVER, UNCLASSIFIED, decide_codes
from analysis.parsing.types.model import (
    bare,
    chances,
    even_share,
    features,
    known_grams,
    model_text,
    type_codes,
)
from analysis.parsing.types.validation import agreement
from tests.quality.corpus import GOLD

TYPES = GOLD / "types"
CUE_SHARE = 0.6  # how much the cues count beside the n-grams
PENALTY = {"primary": 0.5, "named": 0.3}
FRAME_WEIGHT = 0.3  # a frame with an object counts so much of a statement
FRAME_OBJECTS = 6  # objects that stand in each frame
PAIR_SHARE = 0.05  # how much the habit of a primary type says about what is named beside it
OWN_BUSINESS = "sector_business"
LEAST_SHARED = 2  # an n-gram of one statement only teaches nothing
KEPT_ASIDE = "written-kept"  # their agreement is published as that of statements nobody looked at
FOLDS = 5


_Coding = tuple[str, tuple[str, ...]]


class Labelled(NamedTuple):
    """One statement with the labels of every hand: hand → (primary, secondary)."""

    statement: str
    labels: dict[str, _Coding]
    sector: str  # empty: of no certain sector, always trained on and never scored
    notice: str  # empty for a statement written for training
    settled: _Coding | None = None

    @property
    def codings(self) -> list[_Coding]:
        """What is learnt: the settled coding, or each hand's."""
        return [self.settled] if self.settled else list(self.labels.values())


class Frame(NamedTuple):
    """A frame with an object in it, learnt from like a statement."""

    statement: str
    coding: _Coding
    sector: str


class Calibration(NamedTuple):
    """How scores become codes: ``own`` is taken from the score of a body's own business; an object is secondary where its score and the pair's are together
    above ``least`` (for the body's own business by ``least_own`` more)."""

    own: float
    least: float
    least_own: float


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
        same = words.get(bare(row["statement"]))
        if same is not None:  # statements of the gold's own notices
            same.labels[row["coder"]] = label
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
    for row in _rows("types/settled.csv"):
        key = (row["notice"], row["no"])
        if key not in found:
            raise ValueError(f"settled.csv: no hand coded {key}; delete the line or add the coding")
        found[key] = found[key]._replace(settled=(row["primary"], _codes(row["secondary"])))
    return tuple(_simplified(list(found.values())))


@cache
def frames() -> tuple[Frame, ...]:
    """Every frame with ``FRAME_OBJECTS`` objects, taken by turn so that each sector has its share."""
    objects = _rows("types/objects.csv")
    return tuple(
        Frame(
            row["frame"].replace("…", objects[(number * 37 + turn * 29) % len(objects)]["object"]),
            (row["primary"], _codes(row["secondary"])),
            objects[(number * 37 + turn * 29) % len(objects)]["sector"],
        )
        for number, row in enumerate(_rows("types/frames.csv"))
        for turn in range(FRAME_OBJECTS)
    )


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
    texts = [entry.statement for entry in labelled_statements()] + [frame.statement for frame in frames()]
    found = features([model_text(text) for text in texts])
    each = np.unique(np.stack((found.key, found.owner)), axis=1)[0]
    keys, counts = np.unique(each, return_counts=True)
    return np.union1d(keys[counts >= LEAST_SHARED], features(_cue_words()).key)


def _cue_words() -> list[str]:
    return [part for row in _rows("types/cues.csv") for part in row["cue"].split("…") if len(part) > 1]


def _matrices(texts: Sequence[str]) -> dict[str, csr_matrix]:
    """Texts × n-grams for both models."""
    texts = [model_text(text) for text in texts]
    found, rows = known_grams(features(texts), gram_keys())
    places = (found.owner, rows)
    shape = (len(texts), len(gram_keys()))
    return {
        "primary": csr_matrix((found.share.astype(float), places), shape),
        "named": csr_matrix((even_share(texts).astype(float)[found.owner], places), shape),
    }


@cache
def _cues() -> np.ndarray:
    """How much each n-gram speaks for each type by the list of cues (n-grams × types)."""
    table = np.zeros((len(gram_keys()), len(type_codes())))
    for row in _rows("types/cues.csv"):
        parts = [part for part in row["cue"].split("…") if len(part) > 1]
        for part in parts:
            found, rows = known_grams(features([part]), gram_keys())
            longest = rows[found.length == min(3, len(part))]
            weight = float(row["weight"]) / len(longest) / len(parts)
            column = type_codes().index(row["code"])
            table[longest, column] = np.maximum(table[longest, column], weight)
    return table


def _wanted(codings: Sequence[Sequence[_Coding]]) -> dict[str, np.ndarray]:
    """What both models should say: the primary type, and every type that is named; several hands on average."""
    codes = type_codes()
    wanted = {head: np.zeros((len(codings), len(codes))) for head in PENALTY}
    for row, labels in enumerate(codings):
        for primary, also in labels:
            wanted["primary"][row, codes.index(primary)] += 1 / len(labels)
            for code in (primary, *also):
                wanted["named"][row, codes.index(code)] += 1 / len(labels)
    return wanted


def fit_types(entries: Sequence[Labelled], framed: Sequence[Frame]) -> np.ndarray:
    """Weights of both models, (n-grams + 1) × twice the types; the last row is the bias.

    Ridge regression on the types as 0 and 1, in its dual form: there are fewer statements than n-grams.
    """
    matrices = _matrices([entry.statement for entry in entries] + [frame.statement for frame in framed])
    wanted = _wanted([*(entry.codings for entry in entries), *([frame.coding] for frame in framed)])
    trust = np.repeat((1.0, FRAME_WEIGHT), (len(entries), len(framed)))
    heads = []
    for head, penalty in PENALTY.items():
        grams = matrices[head]
        cued = grams @ _cues()
        rarity = _rarity(grams) if head == "primary" else np.ones(grams.shape[1])
        grams = grams @ diags_array(rarity)
        size = float(grams.multiply(grams).sum()) / len(trust)
        cue_size = float((cued**2).sum()) / len(trust) / CUE_SHARE
        kernel = (grams @ grams.T).toarray() / size + cued @ cued.T / cue_size
        kernel[np.diag_indices(len(trust))] += penalty / trust
        middle = wanted[head][: len(entries)].mean(axis=0)
        parts = cho_solve(cho_factor(kernel), wanted[head] - middle)
        weights = rarity[:, None] * (grams.T @ parts) / size + _cues() @ (cued.T @ parts) / cue_size
        heads.append(np.vstack((weights, middle)))
    return np.hstack(heads)


def _rarity(grams: csr_matrix) -> np.ndarray:
    """Inverse document frequency of every n-gram: what stands in few statements says more of their type."""
    return np.log((grams.shape[0] + 1) / (np.bincount(grams.indices, minlength=grams.shape[1]) + 1))


def _scores(weights: np.ndarray, entries: Sequence[Labelled]) -> np.ndarray:
    matrices = _matrices([entry.statement for entry in entries])
    halves = np.hsplit(weights[:-1], 2)
    return np.hstack([m @ half for m, half in zip(matrices.values(), halves, strict=True)]) + weights[-1]


def pairs_of(entries: Sequence[Labelled]) -> np.ndarray:
    """How usual each secondary type (columns) is beside each primary one (rows), as a small addition to
    the score of what is named; never the same type, never ``unclassified``."""
    codes = type_codes()
    counts, firsts = np.zeros((len(codes), len(codes))), np.zeros(len(codes))
    for entry in entries:
        if entry.settled:
            first = codes.index(entry.settled[0])
            firsts[first] += 1
            for code in entry.settled[1]:
                counts[first, codes.index(code)] += 1
    usual = (counts + 6 * counts.sum(axis=0) / firsts.sum()) / (firsts[:, None] + 6)
    pairs = PAIR_SHARE * np.log(usual + 1e-3)
    np.fill_diagonal(pairs, NEVER)
    pairs[:, codes.index(UNCLASSIFIED)] = NEVER
    return pairs


class LeftOut(NamedTuple):
    """Statements of known notices, their scores and pairs by models that saw none of their sector."""

    entries: tuple[Labelled, ...]
    scores: np.ndarray
    pairs: np.ndarray  # one table each fold
    fold: np.ndarray  # of each statement


@cache
def left_out() -> LeftOut:
    entries = labelled_statements()
    sectors = sorted({entry.sector for entry in entries if entry.notice and entry.sector})
    kept, scores, pairs, folds = [], [], [], []
    for fold in range(FOLDS):
        away = set(sectors[fold::FOLDS])
        seen = [entry for entry in entries if entry.sector not in away]
        weights = fit_types(seen, [frame for frame in frames() if frame.sector not in away])
        part = [entry for entry in entries if entry.sector in away and entry.notice]
        kept += part
        scores.append(_scores(weights, part))
        pairs.append(pairs_of(seen))
        folds += [fold] * len(part)
    return LeftOut(tuple(kept), np.vstack(scores), np.stack(pairs), np.array(folds))


def calibrated(left: LeftOut, rows: np.ndarray) -> Calibration:
    """The calibration under which the codes of the given statements are most often right."""
    entries, folds = [left.entries[row] for row in rows], left.fold[rows]
    first, named = np.hsplit(left.scores[rows], 2)
    wanted = _wanted([entry.codings for entry in entries])["primary"]
    business = type_codes().index(OWN_BUSINESS)
    away = np.eye(len(type_codes()))[business]

    def right(own: float) -> float:
        return float(wanted[np.arange(len(rows)), (first - own * away).argmax(axis=1)].sum())

    own = max((round(step * 0.01, 2) for step in range(21)), key=right)
    known = chances(first - own * away)

    def agrees(values: tuple[float, float]) -> float:
        found = Calibration(own, *values)
        codings: list[_Coding] = []
        for fold in np.unique(folds):
            mine, pairs = folds == fold, shifted_pairs(left.pairs[fold], found)
            codings += decide_codes(known[mine], named[mine], pairs)
        return float(
            _agreed((entry.codings, c) for entry, c in zip(entries, codings, strict=True))["secondary_f1"]
        )

    grid = [(0.05 * least, 0.1 * more) for least in range(7) for more in range(5)]
    return Calibration(own, *max(grid, key=agrees))


def shifted_pairs(pairs: np.ndarray, found: Calibration) -> np.ndarray:
    """``pairs`` so that a sum above 0 is a secondary type."""
    pairs = pairs - found.least
    pairs[:, type_codes().index(OWN_BUSINESS)] -= found.least_own
    return pairs


def train_types() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keys of the n-grams, weights of both models, (n-grams + 1) × twice the types, the bias last, and
    the table of pairs, all for shipping.

    Trained on every statement, calibrated on sectors left out; n-grams whose weights are too small for
    the bytes they are stored in are left out.
    """
    left = left_out()
    found = calibrated(left, np.arange(len(left.entries)))
    weights = fit_types(labelled_statements(), frames())
    weights[-1, type_codes().index(OWN_BUSINESS)] -= found.own
    least = 2.0 ** np.ceil(np.log2(np.abs(weights).max(axis=0) / 127)) / 2
    kept = (np.abs(weights[:-1]) >= least).any(axis=1)
    pairs = shifted_pairs(pairs_of(labelled_statements()), found).astype(np.float16)
    return gram_keys()[kept], np.vstack((weights[:-1][kept], weights[-1])), pairs


def type_scores() -> dict[str, dict[str, Any]]:
    """Agreement with people on sectors left out.

    ``all`` and each sector → ``n``, ``kappa`` (against the settled type), ``either`` (share whose type is
    among the labels), ``secondary_f1``; ``each_hand`` → the same against every single hand, pairs pooled;
    ``hands`` → between two hands that read blind, ``hands_settled`` → between every hand and what was
    settled: the reach of any coder. ``calibration`` → mean absolute gap between chance and share right
    over ten bins.
    """
    left = left_out()
    entries, types = left.entries, len(type_codes())
    known = np.zeros((len(entries), types))
    codings: list[_Coding] = []
    for fold in range(FOLDS):
        rows = np.flatnonzero(left.fold == fold)
        found = calibrated(left, np.flatnonzero(left.fold != fold))
        scores, named = np.hsplit(left.scores[rows], 2)
        scores[:, type_codes().index(OWN_BUSINESS)] -= found.own
        known[rows] = chances(scores)
        pairs = shifted_pairs(left.pairs[fold], found)
        codings += decide_codes(known[rows], named, pairs)
    result: dict[str, dict[str, Any]] = {}
    for sector in ("all", *sorted({entry.sector for entry in entries})):
        result[sector] = _agreed(
            (entry.codings, coding)
            for entry, coding in zip(entries, codings, strict=True)
            if sector in ("all", entry.sector)
        )
    result["each_hand"] = _agreed(
        (entry.labels.values(), coding) for entry, coding in zip(entries, codings, strict=True)
    )
    result["hands"] = _agreed(
        ([entry.labels["hand1"]], entry.labels["hand2"])
        for entry in entries
        if {"hand1", "hand2"} <= entry.labels.keys()
    )
    result["hands_settled"] = _agreed(
        (entry.labels.values(), entry.settled) for entry in entries if entry.settled
    )
    certain = known.max(axis=1)
    right = np.array(
        [
            np.mean([primary == type_codes()[row.argmax()] for primary, _ in entry.codings])
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
    whole, each, hands, settled = (scores.pop(key) for key in ("all", "each_hand", "hands", "hands_settled"))
    gap = scores.pop("calibration")["gap"]
    sectors = ", ".join(f"{sector} {fields['kappa']:.2f}" for sector, fields in scores.items())

    def both(fields: dict[str, Any]) -> str:
        return f"κ {fields['kappa']:.3f}, secondary F1 {fields['secondary_f1']:.3f}"

    return (
        f"types on sectors left out: {both(whole)} over {whole['n']} statements, against single hands "
        f"{both(each)} (hand and hand: {both(hands)}; hand and settled: {both(settled)}); "
        f"gap of chances {gap:.3f}; {sectors}"
    )


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
