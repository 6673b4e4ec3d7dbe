"""Fonts that travel with the package: what they cover, and cut-down copies for one document.

The chain is Noto Sans SC (10,095 code points, two weights) → its extension (20,795 rarer ones,
one weight, stored compressed) → DejaVu Sans (symbols; it comes with matplotlib). A character
that none of them draws is *named* in the text as 〔U+1F600〕, never left as an empty box.
"""

from __future__ import annotations

import atexit
import base64
import importlib.util
import lzma
import re
import struct
import tempfile
import zlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from analysis.paths import FONTS

FAMILY = "Noto Sans SC"
EXTENSION_FAMILY = "Noto Sans SC Ext"
SYMBOL_FAMILY = "DejaVu Sans"
MONO_FAMILY = "DejaVu Sans Mono"
CHAIN = (FAMILY, EXTENSION_FAMILY, SYMBOL_FAMILY)

_REGULAR = FONTS / "NotoSansSC-Regular.sub.ttf"
_BOLD = FONTS / "NotoSansSC-Bold.sub.ttf"
_EXTENSION = FONTS / "NotoSansSC-Regular.ext.ttf.xz"

# Control characters, directional overrides (they can make a sentence read backwards), lone
# surrogates (which polars' text cannot hold) and non-characters: nothing of them may reach a page.
UNPRINTABLE = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e007f]"
)
_UNPRINTABLE = re.compile(f"{UNPRINTABLE[:-1]}\ud800-\udfff]")
_QUOTES = frozenset(map(ord, "‘’“”…"))
# Joiners, selectors and break hints: legal, without a glyph of their own.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0100-\U000e01ef]"
)


class MissingGlyph(ValueError):
    """Characters that no shipped font draws; ``characters`` lists them."""

    def __init__(self, where: str, characters: list[str]):
        names = ", ".join(f"U+{ord(c):04X}" for c in characters[:12])
        super().__init__(
            f"{where}: no shipped font draws {names}; put the text through fonts.printable() first"
        )
        self.characters = characters


@lru_cache(maxsize=1)
def _scratch() -> Path:
    """A folder of this process for fonts that must lie on disk; removed at exit."""
    folder = tempfile.TemporaryDirectory(prefix="zhenggai-fonts-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@lru_cache(maxsize=1)
def _dejavu() -> Path:
    """The folder of DejaVu's fonts inside the installed matplotlib, found without importing it."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec is not None and spec.origin is not None, "matplotlib is a dependency"
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


@lru_cache(maxsize=1)
def _extension_path() -> Path:
    target = _scratch() / "extension" / "NotoSansSC-Regular.ext.ttf"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(lzma.decompress(_EXTENSION.read_bytes()))
    return target


@cache
def _face(which: str) -> Any:
    import uharfbuzz as hb

    path = (
        {"regular": _REGULAR, "bold": _BOLD, "symbol": _dejavu() / "DejaVuSans.ttf"}[which]
        if which != "extension"
        else _extension_path()
    )
    return hb.Face(hb.Blob.from_file_path(str(path)))


@cache
def _coverage(which: str) -> frozenset[int]:
    return frozenset(_face(which).unicodes)


def needed(text: str) -> set[int]:
    """Code points of ``text`` that have to be drawn."""
    return {ord(c) for c in set(_INVISIBLE.sub("", text)) if c not in "\n\r\t\u2028\u2029"}


def split_by_font(text: str) -> dict[str, set[int]]:
    """Code points of ``text`` by the first font of the chain that draws them; ``missing`` has the rest.

    The extension is opened only when the main font leaves something over.
    """
    rest = needed(text)
    found = {"main": rest & _coverage("regular"), "extension": set(), "symbol": set(), "missing": set()}
    rest -= found["main"]
    if rest:
        found["extension"] = rest & _coverage("extension")
        rest -= found["extension"]
        found["symbol"] = rest & _coverage("symbol")
        found["missing"] = rest - found["symbol"]
    return found


def has_bold(point: int) -> bool:
    """Is there a bold glyph for this code point?"""
    return point in _coverage("bold")


def missing(text: str) -> list[str]:
    """Characters of ``text`` that no shipped font draws, sorted."""
    return [chr(c) for c in sorted(split_by_font(text)["missing"])]


def without_controls(text: str) -> str:
    """``text`` without control characters and directional overrides; line breaks and tabs stay."""
    return _UNPRINTABLE.sub("", text) if _UNPRINTABLE.search(text) else text


@lru_cache(maxsize=50_000)
def printable(text: str) -> str:
    """``text`` with nothing in it that a shipped font cannot draw.

    Characters outside all fonts become their code-point names (〔U+1F600〕), so a reader sees that
    something stood there and what it was.
    """
    # Typst refuses what has no glyph of its own, tabs and joiners included, where it stands alone.
    text = _INVISIBLE.sub("", without_controls(text)).replace("\t", "    ")
    if text.isascii():
        return text
    return named(text, text)


def named(text: str, shown: str) -> str:
    """``text`` with every character of ``shown`` that no shipped font draws replaced by its code point's name."""
    absent = missing(shown)
    return text.translate({ord(c): f"〔U+{ord(c):04X}〕" for c in absent}) if absent else text


@lru_cache(maxsize=1)
def _dejavu_for_typst() -> Path:
    """A folder with two of DejaVu's fonts alone: Typst reads folders, and matplotlib's holds forty."""
    folder = _scratch() / "dejavu"
    folder.mkdir(exist_ok=True)
    for name in ("DejaVuSans.ttf", "DejaVuSansMono.ttf"):
        (folder / name).write_bytes((_dejavu() / name).read_bytes())
    return folder


def typst_folders(text: str) -> list[str]:
    """Font folders that a PDF with ``text`` needs (the extension only where it is used).

    Raises MissingGlyph: Typst itself leaves such characters out without a word.
    """
    use = split_by_font(text)
    if use["missing"]:
        raise MissingGlyph("PDF", [chr(c) for c in sorted(use["missing"])])
    return [str(FONTS), str(_dejavu_for_typst())] + (
        [str(_extension_path().parent)] if use["extension"] else []
    )


@cache
def _typst(folders: tuple[str, ...]) -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def for_typst(text: str) -> Any:
    """The fonts that Typst needs for ``text``, read once for each set; raises MissingGlyph."""
    return _typst(tuple(typst_folders(text)))


def _subset(which: str, points: set[int]) -> bytes:
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.unicode_set.update(sorted(points))
    return bytes(hb.subset(_face(which), wanted).blob.data)


def woff(sfnt: bytes) -> bytes:
    """The same font as WOFF 1: each table deflated, nothing else changed (W3C WOFF 1.0 §4–5)."""
    flavour, count = struct.unpack(">4sH", sfnt[:6])
    entries, body = [], bytearray()
    offset = 44 + 20 * count
    total = 12 + 16 * count
    for index in range(count):
        tag, check, start, length = struct.unpack(">4sLLL", sfnt[12 + 16 * index : 28 + 16 * index])
        raw = sfnt[start : start + length]
        packed = zlib.compress(raw, 9)
        if len(packed) >= length:
            packed = raw
        entries.append(struct.pack(">4sLLLL", tag, offset + len(body), len(packed), length, check))
        body += packed + b"\0" * (-len(packed) % 4)
        total += length + (-length % 4)
    header = struct.pack(
        ">4s4sLHHLHHLLLLL", b"wOFF", flavour, offset + len(body), count, 0, total, 1, 0, 0, 0, 0, 0, 0
    )
    return header + b"".join(entries) + bytes(body)


def points_of(packed: bytes) -> set[int]:
    """Code points that a WOFF 1 font made by ``woff`` draws."""
    import uharfbuzz as hb

    flavour, count = packed[4:8], struct.unpack(">H", packed[12:14])[0]
    directory, body = [], bytearray()
    for index in range(count):
        tag, start, size, length, check = struct.unpack(">4sLLLL", packed[44 + 20 * index : 64 + 20 * index])
        raw = packed[start : start + size]
        raw = zlib.decompress(raw) if size < length else raw
        directory.append(struct.pack(">4sLLL", tag, check, 12 + 16 * count + len(body), length))
        body += raw + b"\0" * (-length % 4)
    sfnt = flavour + struct.pack(">HHHH", count, 0, 0, 0) + b"".join(directory) + bytes(body)
    return set(hb.Face(hb.Blob(sfnt)).unicodes)


def css_faces(regular: str, bold: str = "", lang: str = "zh") -> str:
    """``@font-face`` rules with embedded subsets for the characters of one HTML document.

    ``regular`` is all text of the page, ``bold`` the part that is set bold. In an English page the
    quotation marks are not those of the Chinese font, which are as wide as a character.
    """
    use = split_by_font(regular + bold)
    # What the templates themselves print, in both weights.
    basic = set(range(0x20, 0x7F)) | needed("·—–…、。，：；（）《》“”【】〔〕〇一二三四五六七八九十")
    faces = [
        (FAMILY, 400, "regular", use["main"] | basic),
        (FAMILY, 700, "bold", (needed(bold) & _coverage("bold")) | basic),
    ]
    if use["extension"]:
        faces.append((EXTENSION_FAMILY, 400, "extension", use["extension"]))
    if use["symbol"]:
        faces.append((SYMBOL_FAMILY, 400, "symbol", use["symbol"]))
    marks = (needed(regular + bold) & _QUOTES) if lang != "zh" else set()
    rules = []
    for family, weight, which, points in (
        *faces,
        *((FAMILY, w, "symbol", marks) for w in (400, 700) if marks),
    ):
        data = base64.b64encode(woff(_subset(which, points))).decode("ascii")
        rules.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;font-display:block;'
            f'src:url(data:font/woff;base64,{data}) format("woff")'
            + (";unicode-range:U+2018-201d,U+2026}" if points is marks else "}")
        )
    return "\n".join(rules)
