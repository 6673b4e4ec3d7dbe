"""Notices inside .zip and .tar archives, read within bounds and never unpacked to disk.

A member's name is only ever a label: nothing is written, so no name can lead out of a folder.
Bounds hold for what is really decompressed, not for what the archive declares.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from analysis.sources.archive import ARCHIVE_SUFFIXES, MAX_FILE_BYTES, SourceFile, _is_ignored, printable_name
from analysis.sources.errors import UnreadableSource

MAX_DEPTH = 2
MAX_MEMBERS = 5_000
MAX_TOTAL_BYTES = 200_000_000
# Text compresses 3 to 10 times, a page full of blanks perhaps 100 times; bombs 1,000 times.
MAX_RATIO = 200

_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)


class _Budget:
    """What one outer archive may still cost."""

    def __init__(self) -> None:
        self.members = MAX_MEMBERS
        self.bytes = MAX_TOTAL_BYTES


def iter_members(archive: SourceFile, depth: int = 1, budget: _Budget | None = None) -> Iterator[SourceFile]:
    """The files inside ``archive`` in sorted order, one in memory at a time; faults are yielded."""
    budget = budget or _Budget()
    try:
        data = archive.read_bytes()
        yield from _open_members(archive, data, depth, budget)
    except UnreadableSource as error:
        yield _fault(archive, archive.source_path, error.reason_code, error.reason_text)
    except _BROKEN as error:
        yield _fault(
            archive,
            archive.source_path,
            "broken_archive",
            (
                f"{archive.source_path}: the archive is damaged ({type(error).__name__}). Download it again, or unpack it yourself and give the folder."
            ),
        )


def _open_members(archive: SourceFile, data: bytes, depth: int, budget: _Budget) -> Iterator[SourceFile]:
    name = archive.source_path.lower()
    if name.endswith(".gz") and not name.endswith(".tar.gz"):
        content = _read_bounded(
            gzip.GzipFile(fileobj=io.BytesIO(data)), len(data), archive.source_path, budget
        )
        label = archive.source_path + "!/" + archive.source_path.rsplit("/", 1)[-1][: -len(".gz")]
        yield from _emit(archive, label, content, depth, budget)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from _zip_members(archive, data, depth, budget)
    else:
        yield from _tar_members(archive, data, depth, budget)


def _zip_members(archive: SourceFile, data: bytes, depth: int, budget: _Budget) -> Iterator[SourceFile]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        infos = sorted((info for info in opened.infolist() if not info.is_dir()), key=_member_name)
        for info in infos:
            inner = _member_name(info)
            if _skips(inner):
                continue
            label = f"{archive.source_path}!/{inner}"
            if info.flag_bits & 0x1:
                yield _fault(
                    archive,
                    label,
                    "encrypted_archive",
                    f"{label}: protected by a password. Unpack the archive yourself and give the folder.",
                )
                continue
            try:
                with opened.open(info) as handle:
                    content = _read_bounded(handle, info.compress_size, label, budget)
            except UnreadableSource as error:
                yield _fault(archive, label, error.reason_code, error.reason_text)
                if budget.members <= 0 or budget.bytes <= 0:
                    return
                continue
            except _BROKEN as error:
                yield _fault(
                    archive,
                    label,
                    "broken_archive",
                    f"{label}: this member is damaged ({type(error).__name__}). Download the archive again.",
                )
                continue
            yield from _emit(archive, label, content, depth, budget)


def _tar_members(archive: SourceFile, data: bytes, depth: int, budget: _Budget) -> Iterator[SourceFile]:
    # Streaming (r|*) reads forward once; members come in the archive's own order.
    with tarfile.open(fileobj=_Counting(io.BytesIO(data)), mode="r|*") as opened:
        skipped = 0
        for info in opened:
            inner = _clean(info.name)
            if not info.isfile() or _skips(inner):
                # Skipping decompresses too: a sparse giant among the members must not cost minutes.
                skipped += info.size
                if skipped > MAX_TOTAL_BYTES:
                    yield _too_much(archive, archive.source_path)
                    return
                continue
            label = f"{archive.source_path}!/{inner}"
            if info.size > MAX_FILE_BYTES:
                yield _fault(
                    archive,
                    label,
                    "file_too_large",
                    f"{label}: {info.size / 1e6:.0f} MB; members above {MAX_FILE_BYTES / 1e6:.0f} MB, and what follows them, are not read. Unpack the archive and give the notices.",
                )
                return
            handle = opened.extractfile(info)
            assert handle is not None  # a file has its content
            try:
                content = _read_bounded(handle, len(data), label, budget)
            except UnreadableSource as error:
                yield _fault(archive, label, error.reason_code, error.reason_text)
                return
            yield from _emit(archive, label, content, depth, budget)


class _Counting(io.RawIOBase):
    """A forward-only view for tarfile's streaming mode."""

    def __init__(self, inner: io.BytesIO):
        self._inner = inner

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(size)


def _read_bounded(
    handle: IO[bytes] | io.BufferedIOBase, compressed: int, label: str, budget: _Budget
) -> bytes:
    budget.members -= 1
    if budget.members < 0:
        raise UnreadableSource(
            "archive",
            "too_many_members",
            f"{label}: the archive holds more than {MAX_MEMBERS:,} files; the rest is not read. Unpack it and give the folder.",
        )
    allowed = min(MAX_FILE_BYTES, budget.bytes, max(1_000_000, compressed * MAX_RATIO))
    content = handle.read(allowed + 1)
    budget.bytes -= len(content)
    if len(content) > allowed:
        raise UnreadableSource(
            "archive",
            "archive_too_large",
            (
                f"{label}: unpacks to more than {allowed / 1e6:.0f} MB, beyond what a notice can need "
                f"(at most {MAX_FILE_BYTES / 1e6:.0f} MB a file, {MAX_TOTAL_BYTES / 1e6:.0f} MB an archive, {MAX_RATIO} times its packed size). "
                "Unpack the archive yourself and give the notices in it."
            ),
        )
    return content


def _emit(
    archive: SourceFile, label: str, content: bytes, depth: int, budget: _Budget
) -> Iterator[SourceFile]:
    member = SourceFile(archive.path, label, len(content), {}, content)
    if not label.lower().endswith(ARCHIVE_SUFFIXES):
        yield member
    elif depth >= MAX_DEPTH:
        yield _fault(
            archive,
            label,
            "nested_too_deep",
            f"{label}: an archive within an archive within an archive is not opened. Unpack it and give the folder.",
        )
    else:
        yield from iter_members(member, depth + 1, budget)


def _member_name(info: zipfile.ZipInfo) -> str:
    """Windows writes Chinese names in GBK without saying so; zipfile then reads them as cp437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                name = raw.decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return _clean(name)


def _clean(name: str) -> str:
    """A label from an untrusted name: no root, no ``..``, nothing unprintable."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return printable_name("/".join(parts)) or "unnamed"


def _skips(inner: str) -> bool:
    return any(_is_ignored(part) for part in inner.split("/"))


def _too_much(archive: SourceFile, label: str) -> SourceFile:
    return _fault(
        archive,
        label,
        "archive_too_large",
        f"{label}: unpacks to more than {MAX_TOTAL_BYTES / 1e6:.0f} MB. Unpack it yourself and give the notices in it.",
    )


def _fault(archive: SourceFile, label: str, code: str, text: str) -> SourceFile:
    return SourceFile(archive.path, label, 0, {}, None, (code, text))
