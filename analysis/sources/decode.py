"""Bytes to text: which encoding, and whether the result can be Chinese at all.

UTF-8 is tried first and strictly: it is what nearly every file is, and other encodings do not
pass as UTF-8 by chance. Newlines are left as they are, so that offsets are those of the file.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from analysis.sources.errors import UnreadableSource

# What is left of UTF-8 that went through a decoder with replacement and back through GBK.
_LOST = ("锟斤拷", "\ufffd")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,20})""", re.IGNORECASE)
# Pages that say GB2312 use characters beyond it; GB18030 holds all of them.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
}
_SAMPLE = 20_000
# Notices reach 0.97 in their own encoding and stay below 0.65 in any other.
_PLAUSIBLE = 0.8


def decode_text(data: bytes, name: str, *, markup: bool = False) -> tuple[str, str, list[str]]:
    """(text, encoding, warnings) of the bytes of ``name``; a byte order mark is not kept.

    ``markup``: the first bytes may declare a charset (HTML, XML). Raises UnreadableSource
    (``unknown_encoding``, ``lossy_encoding``, ``garbled_text``, ``binary_file``).
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(data.decode("utf-16", "replace"), "utf-16", name, [])
    try:
        return _checked(data.decode("utf-8"), "utf-8", name, [])
    except UnicodeDecodeError:
        pass
    wide = _utf16_without_mark(data)
    if wide:
        return _checked(data.decode(wide, "replace"), wide, name, [])
    if b"\x00" in data[:_SAMPLE]:
        raise UnreadableSource(
            "read",
            "binary_file",
            f"{name}: this is no text (it holds zero bytes). Save the notice as DOCX, HTML, PDF or text.",
        )
    return _decode_legacy(data, name, markup)


def plausibility(text: str) -> float:
    """Share of everyday characters among the non-ASCII ones, 0 to 1: simplified or traditional.

    Bytes read in the wrong encoding give rare characters; everyday ones are the first levels of
    GB 2312 (3,755) and Big5 (5,401) with their punctuation.
    """
    sample = (
        text
        if len(text) <= _SAMPLE
        else text[: _SAMPLE // 2] + text[len(text) // 2 : len(text) // 2 + _SAMPLE // 2]
    )
    letters = [char for char in sample if char > "\x7f" and char not in "\u3000\u00a0"]
    if len(letters) < 5:
        return 0.0
    return max(sum(map(level.__contains__, letters)) for level in _everyday()) / len(letters)


@lru_cache(maxsize=1)
def _everyday() -> tuple[frozenset[str], frozenset[str]]:
    simplified = bytes(
        byte
        for lead in (0xA1, 0xA2, 0xA3, *range(0xB0, 0xD8))
        for trail in range(0xA1, 0xFF)
        for byte in (lead, trail)
    )
    traditional = bytes(
        byte
        for lead in (0xA1, 0xA2, *range(0xA4, 0xC7))
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
        for byte in (lead, trail)
    )
    marks = "“”‘’·—…"
    return frozenset(simplified.decode("gb2312", "ignore") + marks), frozenset(
        traditional.decode("big5", "ignore") + marks
    )


def _decode_legacy(data: bytes, name: str, markup: bool) -> tuple[str, str, list[str]]:
    candidates = ["gb18030", "big5hkscs"]
    if markup:
        declared = _DECLARED.search(data[:4096])
        if declared:
            label = declared.group(1).decode("ascii").lower()
            label = _WIDER.get(label, label)
            if _is_known(label) and label not in candidates:
                candidates.insert(0, label)
    best: tuple[float, str, str, list[str]] | None = None
    # A damaged UTF-8 file (cut in the middle of a character) is still UTF-8.
    for label in [*candidates, "utf-8"]:
        text = data.decode(label, "replace")
        damaged = text.count("\ufffd")
        if damaged > 3 and damaged > len(text) * 0.002:
            continue
        score = plausibility(text)
        if best is None or score > best[0]:
            notes = (
                []
                if not damaged
                else [f"{damaged} characters could not be decoded as {label} and stand as U+FFFD"]
            )
            best = (score, text, label, notes)
    if best is not None and best[0] >= _PLAUSIBLE:
        return _checked(best[1], best[2], name, best[3])
    import charset_normalizer

    guess = charset_normalizer.from_bytes(data[:200_000]).best()
    if guess is not None and plausibility(str(guess)) >= _PLAUSIBLE:
        return _checked(
            data.decode(guess.encoding, "replace"),
            guess.encoding,
            name,
            ["encoding guessed from the letters"],
        )
    raise UnreadableSource(
        "read",
        "unknown_encoding",
        (
            f"{name}: neither UTF-8, UTF-16, GB18030 nor Big5 gives readable Chinese. Open the file in an editor that shows it correctly and save it as UTF-8."
        ),
    )


def _is_known(label: str) -> bool:
    try:
        return codecs.lookup(label).name not in ("utf-7", "idna", "punycode") and not codecs.lookup(
            label
        ).name.endswith("codec")
    except LookupError:
        return False


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: punctuation and digits leave zero bytes on one side only."""
    head = data[:_SAMPLE]
    if len(data) % 2 or len(head) < 4 or b"\x00" not in head and b"\x4e" not in head:
        return None
    for label in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(label, "ignore")
        if "\x00" not in text and plausibility(text) >= _PLAUSIBLE:
            return label
    return None


def _checked(text: str, encoding: str, name: str, warnings: list[str]) -> tuple[str, str, list[str]]:
    """Repair or refuse text that was once decoded wrongly and saved so."""
    # The word itself proves that the text was decoded rightly; "整改" is rectification.
    is_doubtful = "整改" not in text and len(text) > 40
    if is_doubtful and "\ufffd" not in text:
        repaired = _undo_double_encoding(text)
        if repaired is not None:
            return (
                repaired[0],
                encoding,
                [
                    *warnings,
                    f"the text had been decoded as {repaired[1]} by mistake and saved so; it was restored before reading",
                ],
            )
    lost = sum(text.count(mark) * len(mark) for mark in _LOST)
    if lost > 20 and lost > len(text) * 0.02:
        raise UnreadableSource(
            "read",
            "lossy_encoding",
            (
                f"{name}: {lost} of {len(text)} characters were destroyed by an earlier wrong conversion (锟斤拷 or U+FFFD) and cannot be restored. Fetch the notice again from its source."
            ),
        )
    if is_doubtful and _is_garbled(text):
        raise UnreadableSource(
            "read",
            "garbled_text",
            (
                f"{name}: the characters make no Chinese text; the file was saved in a wrong encoding (mojibake). Fetch the notice again from its source, or save it as UTF-8 from a program that shows it correctly."
            ),
        )
    if lost and not warnings:
        warnings = [f"{lost} characters were destroyed by an earlier wrong conversion"]
    if "\x00" in text:
        raise UnreadableSource(
            "read",
            "binary_file",
            f"{name}: this is no text (it holds zero characters). Save the notice as DOCX, HTML, PDF or text.",
        )
    return text, encoding, warnings


def _is_garbled(text: str) -> bool:
    head = text[:_SAMPLE]
    return sum(char > "\x7f" for char in head) > 100 and plausibility(text) < 0.6


# Read as (wrong) though it was (right): the pairs met on government sites and in mail.
_DOUBLE = (
    ("gb18030", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
    ("utf-8", "utf-8"),
)


def _undo_double_encoding(text: str) -> tuple[str, str] | None:
    before = plausibility(text)
    best: tuple[float, str, str] | None = None
    for wrong, right in _DOUBLE:
        try:
            candidate = text.encode(wrong, "strict").decode(right, "strict")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        score = plausibility(candidate)
        if candidate != text and score >= max(_PLAUSIBLE, before + 0.1) and (best is None or score > best[0]):
            best = (score, candidate, wrong)
    return None if best is None else (best[1], best[2])
