"""Character n-grams as whole numbers, and the small linear models over them.

A feature is the hash of one to three neighbouring characters; a text's features are computed for
all its positions at once. Weights are whole numbers of one byte with one scale, trained by
``make train`` and shipped in ``analysis/lookups``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from analysis.paths import LOOKUPS

BUCKETS = 1 << 14
_MASK = BUCKETS - 1
_PRIMES = (np.uint32(2_654_435_761), np.uint32(2_246_822_519))


def codes_of(text: str) -> np.ndarray:
    """Code points of a text as whole numbers, digits as one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    codes[(codes >= 48) & (codes <= 57)] = 48
    return codes


def grams(codes: np.ndarray, salt: int = 0) -> np.ndarray:
    """Buckets of the n-grams (n = 1, 2, 3) of a stretch: first all of one, then of two, then of three."""
    codes = codes.astype(np.uint32)
    one = codes * _PRIMES[0] + np.uint32(salt)
    two = (one[:-1] ^ (codes[1:] * _PRIMES[1])) * np.uint32(31) + np.uint32(7)
    three = (two[:-1] ^ (codes[2:] * _PRIMES[0])) * np.uint32(37) + np.uint32(11)
    hashed = np.concatenate((one * np.uint32(3) + np.uint32(1), two, three))
    return ((hashed ^ (hashed >> np.uint32(15))) & np.uint32(_MASK)).astype(np.int32)


def grams_of_each(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Buckets of the n-grams of many short texts, text after text, and how many each text has."""
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    hashed = grams(codes_of("".join(texts)))
    of = np.concatenate((owner, owner[:-1], owner[:-2]))
    # An n-gram across the seam of two texts is none of either.
    whole = np.concatenate((np.full(len(owner), True), owner[1:] == owner[:-1], owner[2:] == owner[:-2]))
    hashed, of = hashed[whole], of[whole]
    return hashed[np.argsort(of, kind="stable")], np.bincount(of, minlength=len(texts))


@cache
def load_weights(name: str) -> np.ndarray:
    """Weights of a model, (buckets + 1) × classes; the last row is the bias."""
    stored = np.load(LOOKUPS / "models" / f"{name}.npy")
    # the first row holds the scale of each class
    return (stored[1:] * 2.0 ** stored[0]).astype(np.float32)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of the classes (last axis)."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
