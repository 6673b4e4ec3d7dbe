"""Finds the raw files, their sidecars and hashes; the only reader of ``data/raw``.

``iter_sources`` walks files and folders in sorted order and yields one small ``SourceFile`` for
each; bytes are read when asked for and kept by nobody, so memory does not grow with the corpus.
Links are never followed out of the folder that was given, folders behind links not at all (no
loops), and nothing but regular files is opened.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.paths import raw_dir
from analysis.sources.errors import BadSidecar, HashMismatch, NoSuchPath, UnreadableSource
from analysis.sources.sidecars import SIDECAR_SUFFIX, load_sidecar

# Larger than any notice by a factor of a thousand in text, and ample for a scanned PDF.
MAX_FILE_BYTES = 50_000_000
# Left behind by editors, operating systems and version control; never a source.
IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".gz")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read; small, hashable by path and picklable.

    ``source_path``: relative to ``data/raw`` where the file lies in it, else to the folder that
    was given (``bundle.zip!/inner/notice.txt`` for a member of an archive); its last part is the
    file's own name. ``content``: bytes of an archive's member. ``fault``: (reason_code,
    reason_text) when the walk already knows that the file cannot be read. ``stamp``: size, times of
    change (nanoseconds) and inode of a file on disk: while they stand, so do its bytes.
    """

    path: Path
    source_path: str
    size: int
    sidecar: dict[str, Any] = field(default_factory=dict, hash=False)
    content: bytes | None = None
    fault: tuple[str, str] | None = None
    stamp: str = field(default="", hash=False, compare=False)

    def read_bytes(self) -> bytes:
        """The bytes, at most ``MAX_FILE_BYTES``; raises UnreadableSource."""
        if self.fault is not None:
            raise UnreadableSource("archive", *self.fault)
        if self.content is not None:
            return self.content
        if self.size > MAX_FILE_BYTES:
            raise UnreadableSource(
                "archive",
                "file_too_large",
                (
                    f"{self.source_path}: {self.size / 1e6:.0f} MB; files above {MAX_FILE_BYTES / 1e6:.0f} MB are not opened. "
                    "A notice is far smaller: split the file into one file per notice, or compress the pictures in it."
                ),
            )
        try:
            with open(self.path, "rb") as handle:
                # one byte more than it had when it was found: asking for the limit would set aside that much memory
                data = handle.read(self.size + 1)
                if len(data) > self.size:
                    data += handle.read(MAX_FILE_BYTES + 1 - len(data))
        except OSError as error:
            raise UnreadableSource(
                "archive",
                "cannot_open",
                (
                    f"{self.source_path}: cannot be opened ({error.strerror or error}). "
                    "Check that the file still exists and that you may read it."
                ),
            ) from None
        if len(data) > MAX_FILE_BYTES:
            raise UnreadableSource(
                "archive",
                "file_too_large",
                f"{self.source_path}: grew beyond {MAX_FILE_BYTES / 1e6:.0f} MB while it was read.",
            )
        return data

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the bytes as they are now; None where they cannot be read."""
        try:
            return hashlib.sha256(self.read_bytes()).hexdigest()
        except UnreadableSource:
            return None


def iter_sources(paths: Iterable[Path | str] = ()) -> Iterator[SourceFile]:
    """Every source below ``paths`` (without any: ``data/raw``), sorted within each path.

    Raises NoSuchPath for a path that is not there and HashMismatch for a raw file that is not
    the one its sidecar describes, both before the first file is handed out. A file that cannot
    be read is handed out all the same, with its fault, so that it is listed and not lost.
    """
    roots = [Path(path) for path in paths] or [raw_dir()]
    for root in roots:
        if not os.path.lexists(root):
            raise NoSuchPath(root)
    for source in _walk_roots(roots, described_only=True):
        _require_declared_hash(source)
    for source in _walk_roots(roots):
        if source.fault is None and source.source_path.lower().endswith(ARCHIVE_SUFFIXES):
            from analysis.sources.members import iter_members

            yield from iter_members(source)
        else:
            yield source


def _walk_roots(roots: list[Path], described_only: bool = False) -> Iterator[SourceFile]:
    raw = raw_dir().resolve()
    seen: set[Path] = set()
    for root in roots:
        real = root.resolve()
        base_of = real if real.is_dir() else real.parent
        base = raw if real.is_relative_to(raw) else base_of
        if real.is_dir():
            found = _walk_folder(real, base, described_only)
        else:
            has_sidecar = os.path.lexists(f"{real}{SIDECAR_SUFFIX}")
            found = iter((_describe(str(real), real.parent, base, has_sidecar),))
        for source in found:
            # The same file reached from two given paths is one source.
            if len(roots) > 1:
                if source.path in seen:
                    continue
                seen.add(source.path)
            yield source


def _walk_folder(root: Path, base: Path, described_only: bool) -> Iterator[SourceFile]:
    """Depth first, names in code-point order; an explicit stack, since folders may nest deeply.

    ``described_only``: the files with a sidecar alone.
    """
    stack: list[tuple[str, bool, bool]] = [(str(root), True, False)]
    while stack:
        current, is_folder, has_sidecar = stack.pop()
        if not is_folder:
            if has_sidecar or not described_only:
                yield _describe(current, root, base, has_sidecar)
            continue
        try:
            with os.scandir(current) as found:
                entries = {entry.name: entry.is_dir(follow_symlinks=False) for entry in found}
        except OSError:
            yield _faulty(
                current,
                base,
                "folder_not_readable",
                "this folder cannot be listed. Check that you may read it.",
            )
            continue
        described = {
            name[: -len(SIDECAR_SUFFIX)]
            for name in entries
            if name.endswith(SIDECAR_SUFFIX) and not name.startswith(".")
        }
        # A sidecar whose file is gone stands for the missing file, so that it is reported.
        names = {name for name in entries if not _is_ignored(name)} | described
        stack.extend(
            (os.path.join(current, name), entries.get(name, False), name in described)
            for name in sorted(names, reverse=True)
        )


def _is_ignored(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith(SIDECAR_SUFFIX) or name.lower() in IGNORED_NAMES


def _describe(found: str, root: Path, base: Path, has_sidecar: bool) -> SourceFile:
    """The SourceFile of one directory entry; looks at it, opens nothing but its sidecar."""
    path = Path(found)
    try:
        info = os.lstat(found)
    except FileNotFoundError:
        return _faulty(
            found,
            base,
            "missing_file",
            (
                f"its sidecar {path.name}{SIDECAR_SUFFIX} is here, the file is not. Restore it (git checkout), "
                "or delete the sidecar when the notice is to be left out."
            ),
        )
    except OSError as error:
        return _faulty(
            found,
            base,
            "cannot_open",
            f"{error.strerror or error}. Check the file's name and its permissions.",
        )
    if stat.S_ISLNK(info.st_mode):
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(root):
            return _faulty(
                found,
                base,
                "link_outside_folder",
                (
                    "a link that leaves the folder is not followed. Copy the notice itself into the folder, or give its own path."
                ),
            )
        if not target.is_file():
            return _faulty(
                found,
                base,
                "link_not_followed",
                (
                    "a link to a folder, to itself or to nothing is not followed. Copy the notices into the folder."
                ),
            )
        info = target.stat()
    if not stat.S_ISREG(info.st_mode):
        return _faulty(
            found,
            base,
            "not_a_file",
            "neither a file nor a folder (a device, pipe or socket); it is left alone.",
        )
    try:
        sidecar = load_sidecar(path) if has_sidecar else {}
    except BadSidecar as error:
        return _faulty(found, base, "bad_sidecar", f"set aside for its sidecar. {error}")
    return SourceFile(
        path,
        _relative(found, base),
        info.st_size,
        sidecar,
        stamp=f"{info.st_size} {info.st_mtime_ns} {info.st_ctime_ns} {info.st_ino}",
    )


def _faulty(found: str, base: Path, code: str, text: str) -> SourceFile:
    name = _relative(found, base)
    return SourceFile(Path(found), name, 0, {}, None, (code, f"{name}: {text}"))


def _relative(found: str, base: Path) -> str:
    within = os.path.join(base, "")
    return printable_name(found[len(within) :] if found.startswith(within) else os.path.basename(found))


def printable_name(name: str) -> str:
    """A file name as tables and messages can hold it; ``SourceFile.path`` keeps its bytes.

    Bytes that are no UTF-8 are mostly GBK, from an archive packed on Windows and unpacked on Linux;
    what is neither is written as ``\\xb0``.
    """
    if name.isprintable():
        return name
    data = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.isprintable():
            return text
    text = data.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _require_declared_hash(source: SourceFile) -> None:
    """Stop at a raw file that was altered; one that is damaged beyond reading is set aside later.

    An altered text would give wrong numbers that look sourced, so nothing goes on. A file that no
    reader can open gives no number at all: it is listed and costs nobody else's result.
    """
    expected = source.sidecar.get("sha256")
    if not expected or source.fault is not None or source.size > MAX_FILE_BYTES:
        return
    found = source.sha256
    if found is None or found == expected:
        return
    from analysis.sources.readers import read_source

    try:
        read_source(source)
    except UnreadableSource:
        return
    raise HashMismatch(source.path, expected, found)
