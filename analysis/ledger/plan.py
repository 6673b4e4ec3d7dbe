"""What is known of the files of the last parse, and how the files of this one are cut into parts.

A part is a stretch of files in their order, the same stretch from run to run, so that a changed
file touches one part only. The record of a data folder (``.parts.jsonl``) is bound to the code and
the lookups that made it and to the very files of its tables; whatever does not fit is as if it were
not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from analysis.ledger.identity import NoticeSummary
from analysis.ledger.store import table_parts
from analysis.paths import LOOKUPS, PACKAGE
from analysis.sources.archive import SourceFile

RECORD = ".parts.jsonl"
PART_BYTES = 4_000_000
PART_FILES = 400
# What a worker is given at a time: so little that it holds few rows as Python objects, and none waits long for another.
PIECE_BYTES = 1_000_000
QUARANTINE_SHOWN, MISREAD_SHOWN = 200, 50  # so many of each a summary names
FORMAT = 1
# Rooms whose code decides what the tables hold, and the packages that read and write for them.
_ROOMS = ("sources", "parsing", "ledger")
_LOOKUPS = ("codes", "models", "parsing")
_PACKAGES = ("polars", "dataframely", "pypdfium2", "selectolax", "lxml", "openpyxl", "charset-normalizer")
# Judgements of people: they count notice by notice, not for everything.
JUDGEMENTS = ("corrections.yml", "type_labels.csv")


@dataclass(slots=True)
class Entry:
    """What is known of one file, from this run or the last.

    ``stamp``: size, times and inode when its bytes were hashed (see SourceFile). ``notice_id``, ``near_copy_of``,
    ``duplicate_of``, ``judged`` (digest of the corrections and labels of the notice): what the corpus
    made of it when its rows were written.
    """

    key: str
    stamp: str = ""
    sidecar: str = ""
    sha256: str | None = None
    notice: NoticeSummary | None = None
    notice_id: str | None = None
    near_copy_of: str | None = None
    duplicate_of: str | None = None
    judged: str = ""

    @property
    def source_path(self) -> str:
        return self.key.rpartition("\n")[2]

    def made(self) -> tuple[str | None, ...]:
        """What the file must be read again for when it changes; the name of a near copy is one column of one row."""
        return self.notice_id, self.duplicate_of, self.judged


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What became of one file: the hash of its bytes (None: not readable) and its notice (None: set aside)."""

    number: int
    sha256: str | None
    notice: NoticeSummary | None


@dataclass(slots=True)
class PartResult:
    """What one finished part holds: rows by table, numbers of the files whose notice breaks the
    schema, number of a file → rows of it left out, the first rows of the quarantine, how many notices were
    probably misread in part, and the first of them (notice ID, signs)."""

    rows: dict[str, int] = field(default_factory=dict)
    rejected: list[int] = field(default_factory=list)
    invalid: dict[int, int] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    misread_notices: int = 0
    misread: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """Files of one part; ``base``: number of the part in the record whose rows may be taken over."""

    base: int | None = None
    entries: list[Entry] = field(default_factory=list)
    sources: list[SourceFile | None] = field(default_factory=list)  # None: an archive's member, not kept
    fresh: set[int] = field(default_factory=set)  # places in ``entries`` that must be read
    size: int = 0


@dataclass(slots=True)
class Record:
    """The last parse of a data folder, as far as it can be relied on."""

    judgements: str = ""
    parts: list[list[Entry]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)  # PartResult of each part
    codes: list[str] = field(default_factory=list)  # names of the codes_* tables
    hashed_at: int = 0  # nanoseconds; a file touched after it is hashed again


def code_digest() -> str:
    """Fingerprint of everything but the files and judgements that decides the tables."""
    digest = hashlib.sha256(f"{FORMAT}".encode())
    files = [path for room in _ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    files += [path for room in _LOOKUPS for path in sorted((LOOKUPS / room).iterdir())]
    for path in files:
        digest.update(f"\n{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    digest.update("\n".join(_installed(_PACKAGES)).encode())
    return digest.hexdigest()


def _installed(packages: Iterable[str]) -> list[str]:
    """``name-version`` of the packages, as their folders say it (``importlib.metadata`` takes longer than the rest of
    a parse of nothing new); the first that Python would find counts."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in sorted(names):
            stem, ending = os.path.splitext(name)
            if ending in (".dist-info", ".egg-info"):
                found.setdefault(stem.partition("-")[0].lower().replace("_", "-"), stem)
    return [found.get(package, f"{package} –") for package in packages]


def judgements_digest() -> str:
    """Fingerprint of the files of corrections and labels as they stand."""
    digest = hashlib.sha256()
    for name in JUDGEMENTS:
        path = LOOKUPS / name
        digest.update(path.read_bytes() if path.is_file() else b"\0")
        digest.update(b"\0")
    return digest.hexdigest()


def read_record(folder: Path, code: str) -> Record:
    """The record of a data folder; an empty one where there is none that fits code and tables."""
    try:
        with open(folder / RECORD, encoding="utf-8") as handle:
            head = json.loads(handle.readline())
            if head.pop("code") != code:
                return Record()
            record = Record(**head)
            for line in handle:
                result, files = json.loads(line)
                record.results.append(result)
                record.parts.append([_entry(values) for values in files])
        names = record.results[0]["sizes"]
        tables: dict[str, list[Path]] = {name: table_parts(folder, name) for name in (*names, *record.codes)}
        if not all(len(tables[name]) == 1 for name in record.codes):
            return Record()
        if not all(len(tables[name]) == len(record.parts) for name in names):
            return Record()
        for number, result in enumerate(record.results):
            if any(stamp_of(tables[name][number]) != size for name, size in result["sizes"].items()):
                return Record()
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return Record()
    return record


def write_record(build: Path, code: str, record: Record) -> None:
    """Leave the record in a build folder: a line about the whole, and one for each part.

    It is taken up together with the tables.
    """
    head = {
        "code": code,
        "judgements": record.judgements,
        "codes": record.codes,
        "hashed_at": record.hashed_at,
    }
    with open(build / RECORD, "w", encoding="utf-8") as handle:
        for line in chain([head], zip(record.results, map(_files, record.parts), strict=True)):
            handle.write(json.dumps(line, default=str, separators=(",", ":")) + "\n")


def stamp_of(path: Path) -> list[int]:
    """Size and time of a table's file: it is the one that was written."""
    info = path.stat()
    return [info.st_size, info.st_mtime_ns]


def _files(entries: list[Entry]) -> list[list[Any]]:
    return [_values(entry) for entry in entries]


def _values(entry: Entry) -> list[Any]:
    notice = entry.notice
    summary = notice and [notice.local_id, notice.signature.hex(), notice.char_count]
    return [
        entry.key,
        entry.stamp,
        entry.sidecar,
        entry.sha256,
        summary,
        entry.notice_id,
        entry.near_copy_of,
        entry.duplicate_of,
        entry.judged,
    ]


def _entry(values: list[Any]) -> Entry:
    entry = Entry(*values)
    if entry.notice is not None:
        local_id, signature, count = values[4]
        entry.notice = NoticeSummary(local_id, values[3], bytes.fromhex(signature), count)
    return entry


def cut_parts(sources: Iterable[SourceFile], record: Record) -> Iterator[Part]:
    """The files in their order, part by part; ``fresh`` are those that the record does not know as they are.

    Always at least one part, which may be empty.
    """
    known = {entry.key: (number, entry) for number, entries in enumerate(record.parts) for entry in entries}
    part = Part()
    last = -1
    for source in sources:
        key = f"{source.path}\n{source.source_path}"  # no line break in the second
        old = known.pop(key, None)
        limit = 1 if part.base is None else 2
        is_full = part.size >= limit * PART_BYTES or len(part.entries) >= limit * PART_FILES
        if old is not None and old[0] > last:
            last = old[0]
            if part.base is None and not is_full:
                part.base = last  # new files before it join it
            else:
                yield part
                part = Part(last)
        elif is_full:
            yield part
            part = Part()
        entry = Entry(key, source.stamp, _sidecar_digest(source))
        if old is not None and old[0] == part.base and _is_same(entry, old[1], source, record.hashed_at):
            entry = old[1]
            entry.stamp = source.stamp
            part.sources.append(source if source.content is None else None)
        else:
            part.fresh.add(len(part.entries))
            part.sources.append(source)
        part.entries.append(entry)
        part.size += source.size
    if part.entries or last < 0:
        yield part


def cut_pieces(part: Part, places: Iterable[int]) -> Iterator[list[int]]:
    """The places of files that must be read, in their order, cut into tasks of about the same size."""
    wanted = sorted(places)
    sizes = {place: source.size for place in wanted if (source := part.sources[place])}
    most = sum(sizes.values()) / max(1, round(sum(sizes.values()) / PIECE_BYTES))
    piece: list[int] = []
    size = 0
    for place in wanted:
        piece.append(place)
        size += sizes[place]
        if size >= most:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _is_same(new: Entry, old: Entry, source: SourceFile, hashed_at: int) -> bool:
    """Whether a file is the one that was read: by its stamp, or else by its bytes."""
    if new.sidecar != old.sidecar:
        return False
    if old.sha256 is None:
        return source.fault is not None
    if new.stamp and new.stamp == old.stamp and max(map(int, new.stamp.split()[1:3])) < hashed_at:
        return True
    return source.sha256 == old.sha256


def _sidecar_digest(source: SourceFile) -> str:
    if not source.sidecar and source.fault is None:
        return ""
    described = json.dumps([source.sidecar, source.fault], sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()[:16]
