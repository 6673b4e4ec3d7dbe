"""Training of the second reader of statements, and its scores on notices left out.

A piece of a text is labelled by the gold: it begins a statement, it lies in one, or neither. What the
first model says of pieces left out is what the second learns from, so that it trusts the first no
more than it should.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
from scipy.sparse import csr_matrix

from analysis.parsing.layout.flow import Flow, make_flow
from analysis.parsing.records import Document
from analysis.parsing.statements import model
from analysis.parsing.statements.model import AROUND, HEADS, LONGEST, PLACES, first_scores, places, votes
from analysis.parsing.statements.pieces import Pieces, cut
from analysis.parsing.text.ngrams import BUCKETS, codes_of, grams
from analysis.parsing.text.shadow import make_shadow
from tests.quality.corpus import GOLD, gold_notices, load_document

# Weights of the first model (BUCKETS + PLACES + 1, HEADS) and of the second (columns, 2).
Weights = tuple[np.ndarray, np.ndarray]
INNER = 4  # parts of which the first model leaves out one in turn for the second to learn from
FOLDS = 5


class Labelled(NamedTuple):
    """One notice: its pieces, what is known of them, and (begins, inside) of each as 0 or 1."""

    file: str
    pieces: Pieces
    places: np.ndarray
    wanted: np.ndarray


def _flow(document: Document) -> Flow:
    chrome = [(block.start, block.end) for block in document.blocks if block.kind == "chrome"]
    headings = {block.start: block.level for block in document.blocks if block.kind == "heading"}
    cells = frozenset([block.start for block in document.blocks if block.kind == "cell"])
    return make_flow(make_shadow(document.text), chrome, headings, cells)


def _spans(gold: dict[str, Any], text: str) -> list[tuple[int, int]]:
    """Where the gold's statements stand; one known by its words only is looked for."""
    found = []
    position = 0
    for problem in gold["problems"]:
        start, end = problem["start"], problem["end"]
        if start < 0:
            words = problem["statement"]
            start = text.find(words, position)
            start = start if start >= 0 else text.find(words)
            if start < 0:
                continue
            position, end = start, start + len(words)
        found.append((start, end))
    return found


def _labels(flow: Flow, pieces: Pieces, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    last = len(flow.text) - 1
    starts = np.array([flow.to_text(int(min(at, last))) for at in pieces.start])
    ends = np.array([flow.to_text(int(min(at - 1, last))) + 1 for at in pieces.end])
    wanted = np.zeros((len(starts), 2))
    for start, end in spans:
        shared = np.minimum(ends, end) - np.maximum(starts, start)
        inside = np.flatnonzero((shared > 0) & (shared * 2 >= np.minimum(ends - starts, end - start)))
        wanted[inside, 1] = 1
        wanted[inside[:1], 0] = 1
    return wanted


def labelled() -> list[Labelled]:
    """Every gold notice that is not sealed."""
    found = []
    for item in gold_notices():
        document = load_document(item.path)
        flow = _flow(document)
        pieces = cut(flow.text)
        wanted = _labels(flow, pieces, _spans(item.gold, document.text))
        found.append(Labelled(item.gold["file"], pieces, places(pieces), wanted))
    return found


def _words(pieces: Pieces) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and value of every n-gram of the pieces."""
    hashed = grams(pieces.codes)
    size = len(pieces.codes)
    end = np.minimum(pieces.end, pieces.start + LONGEST)
    share = 1 / np.sqrt(np.maximum(3 * (end - pieces.start) - 3, 1))
    rows, columns = [], []
    at = 0
    for shorter in range(3):
        part = hashed[at : at + size - shorter]
        at += size - shorter
        lengths = np.clip(end - shorter - pieces.start, 0, np.maximum(len(part) - pieces.start, 0))
        row = np.repeat(np.arange(len(lengths)), lengths)
        inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        rows.append(row)
        columns.append(part[pieces.start[row] + inside].astype(np.int64))
    row = np.concatenate(rows)
    return row, np.concatenate(columns), share[row]


def _written() -> csr_matrix:
    """Statements written only to be learnt from: their words, without a place."""
    with open(GOLD / "types" / "written.csv", encoding="utf-8", newline="") as handle:
        texts = [make_shadow(row["statement"] + "。") for row in csv.DictReader(handle)]
    found = [grams(codes_of(text)) for text in texts]
    lengths = np.array([len(one) for one in found])
    rows = np.repeat(np.arange(len(found)), lengths)
    values = np.repeat(1 / np.sqrt(lengths), lengths)
    return csr_matrix((values, (rows, np.concatenate(found))), shape=(len(found), BUCKETS))


def _design(notices: Sequence[Labelled]) -> tuple[csr_matrix, csr_matrix]:
    """The n-grams of all pieces, and what else is known of them."""
    rows, columns, values, others = [], [], [], []
    count = 0
    for notice in notices:
        row, column, value = _words(notice.pieces)
        rows.append(row + count)
        columns.append(column)
        values.append(value)
        count += len(notice.pieces.start)
        others.append(notice.places)
    words = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(count, BUCKETS)
    )
    known = np.concatenate(others)
    width = known.shape[1]
    around = csr_matrix(
        (np.full(known.size, 1 / AROUND), (np.repeat(np.arange(count), width), known.ravel())),
        shape=(count, PLACES),
    )
    return words, around


def _logistic(
    rows: csr_matrix, wanted: np.ndarray, penalty: float, rounds: int, step: float = 6.0
) -> np.ndarray:
    """Weights of logistic regressions, columns + 1 × classes of ``wanted``, by accelerated descent."""
    across = rows.T.tocsr()
    weights = np.zeros((rows.shape[1] + 1, wanted.shape[1]))
    before = weights.copy()
    for turn in range(rounds):
        ahead = weights + turn / (turn + 3) * (weights - before)
        missed = (1 / (1 + np.exp(-(rows @ ahead[:-1] + ahead[-1]))) - wanted) / len(wanted)
        slope = np.vstack((across @ missed + penalty * ahead[:-1], missed.sum(axis=0, keepdims=True)))
        before, weights = weights, ahead - step * slope
    return weights


def _first(notices: Sequence[Labelled], written: csr_matrix) -> np.ndarray:
    from scipy.sparse import hstack, vstack

    words, around = _design(notices)
    wanted = np.concatenate([notice.wanted for notice in notices])
    both = _logistic(hstack((words, around)).tocsr(), wanted, 2e-5, 150)
    told = np.concatenate((wanted[:, 1], np.ones(written.shape[0])))[:, None]
    alone = _logistic(vstack((words, written)).tocsr(), told, 1e-5, 120)
    weights = np.zeros((BUCKETS + PLACES + 1, HEADS))
    weights[:, :2] = both
    weights[:BUCKETS, 2], weights[-1, 2] = alone[:-1, 0], alone[-1, 0]
    return weights


def _second(rows: np.ndarray, wanted: np.ndarray, rounds: int = 1500) -> np.ndarray:
    """Weights of the votes; sums in one order, whatever the library of the machine."""
    vector = np.ones(rows.shape[1])
    for _ in range(30):  # the largest curvature
        vector = np.einsum("ij,i->j", rows, np.einsum("ij,j->i", rows, vector))
        vector /= np.sqrt((vector**2).sum())
    product = np.einsum("ij,j->i", rows, vector)
    step = 4 * len(rows) / float((product**2).sum()) / 1.05
    weights = np.zeros((rows.shape[1], wanted.shape[1]))
    before = weights.copy()
    for turn in range(rounds):
        ahead = weights + turn / (turn + 3) * (weights - before)
        missed = (1 / (1 + np.exp(-np.einsum("ij,jk->ik", rows, ahead))) - wanted) / len(rows)
        before, weights = weights, ahead - step * (np.einsum("ij,ik->jk", rows, missed) + 1e-4 * ahead)
    return weights


def _scores(notice: Labelled, weights: np.ndarray) -> np.ndarray:
    return first_scores(notice.pieces, weights[:BUCKETS], weights[BUCKETS:-1], weights[-1])


def _parts(files: set[str], count: int, seed: int) -> list[set[str]]:
    order = sorted(files)
    random.Random(seed).shuffle(order)
    return [set(order[part::count]) for part in range(count)]


def train(notices: Sequence[Labelled]) -> Weights:
    """Weights of both models."""
    written = _written()
    rows, wanted = [], []
    for left in _parts({notice.file for notice in notices}, INNER, 5):
        weights = _first([notice for notice in notices if notice.file not in left], written)
        for notice in notices:
            if notice.file in left:
                rows.append(votes(notice.pieces, _scores(notice, weights)))
                wanted.append(notice.wanted)
    return _first(notices, written), _second(np.vstack(rows), np.vstack(wanted))


def stored(weights: Weights) -> Weights:
    """The weights as they are shipped: bytes with a scale per class in the first row, and thousandths."""
    first, second = weights
    power = np.ceil(np.log2(np.abs(first).max(axis=0) / 127))
    return (
        np.vstack((power, np.round(first / 2.0**power))).astype(np.int8),
        np.round(second * 1000).astype(np.int32),
    )


def weights_left_out(notices: Sequence[Labelled]) -> dict[str, Weights]:
    """File → weights of a training that did not see it."""
    found = {}
    for left in _parts({notice.file for notice in notices}, FOLDS, 3):
        weights = stored(train([notice for notice in notices if notice.file not in left]))
        found |= dict.fromkeys(left, weights)
    return found


@contextmanager
def reading_with(weights: Weights) -> Iterator[None]:
    """Parse with these weights instead of the shipped ones."""
    with mock.patch.object(model, "stored_weights", lambda: weights):
        model.weights.cache_clear()
        yield
    model.weights.cache_clear()
