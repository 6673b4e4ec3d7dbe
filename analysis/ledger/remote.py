"""Sources and tables at addresses (``s3://bucket/notices``, ``memory://…``, ``file:///data/raw``), through fsspec.

What stands at an address is copied to a temporary folder, and the tables that were made are sent
back; nothing else of a parse knows of it. ``file://`` is a path by another name and is not copied.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.ledger.store import TABLE_PREFIXES
from analysis.packages import needed


class AddressError(ValueError):
    """An address that cannot be read or written; the message names it, what went wrong and the next step."""


def is_address(place: str | Path) -> bool:
    return isinstance(place, str) and "://" in place


@contextlib.contextmanager
def local_copies(places: Iterable[str | Path], out: str | Path) -> Iterator[tuple[list[Path], Path]]:
    """Paths of ``places`` and of ``out`` on this machine; tables made in ``out`` are at its address afterwards.

    Everything is fetched and parsed each time. What is sent replaces file after file: unlike a folder's, a
    reader may meet tables of two parses meanwhile, and a parse that fails sends nothing. Raises AddressError
    and MissingPackage.
    """
    with contextlib.ExitStack() as kept:

        def scratch() -> Path:
            return Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="zhenggai-")))

        paths = [_fetched(place, scratch) for place in places]
        if not is_address(out) or _as_path(str(out)):
            yield paths, _as_path(str(out)) or Path(out)
            return
        filesystem, root = _opened(str(out))
        with _telling(str(out)):
            stood = _files(filesystem, root)
        if stood is None:
            raise AddressError(f"{out}: is a file; tables are written to a folder")
        folder = scratch()
        yield paths, folder
        # what is known for a next parse of this folder (hidden) is of no use to anybody else
        paths_made = (path for path in folder.rglob("[!.]*") if path.is_file())
        made = [path.relative_to(folder).as_posix() for path in paths_made]
        gone = [name for name in stood if name.startswith(TABLE_PREFIXES) and name not in set(made)]
        with _telling(str(out)):
            for parent in {str(PurePosixPath(root, name).parent) for name in made}:
                filesystem.makedirs(parent, exist_ok=True)
            filesystem.put([str(folder / name) for name in made], [f"{root}/{name}" for name in made])
            if gone:
                filesystem.rm([f"{root}/{name}" for name in gone])


def _as_path(address: str) -> Path | None:
    """The path that ``file://`` stands for."""
    protocol, separator, rest = address.partition("://")
    return Path(rest) if separator and protocol in ("file", "local") else None


def _fetched(place: str | Path, scratch: Any) -> Path:
    if not is_address(place):
        return Path(place)
    address = str(place)
    if path := _as_path(address):
        return path
    filesystem, root = _opened(address)
    folder: Path = scratch()
    with _telling(address):
        names = _files(filesystem, root)
        if names is None:  # one file: it keeps its name
            target = folder / _safe(PurePosixPath(root).name, address)
            filesystem.get_file(root, str(target))
            return target
        if not names:
            raise AddressError(
                f"{address}: nothing is there. Look at the address; it may be a folder or one file."
            )
        targets = [folder / _safe(name, address) for name in names]
        for parent in {target.parent for target in targets}:
            parent.mkdir(parents=True, exist_ok=True)
        filesystem.get([f"{root}/{name}" for name in names], [str(target) for target in targets])
    return folder


def _opened(address: str) -> tuple[Any, str]:
    fsspec = needed("fsspec", "dask", f"reading or writing {address}")
    try:
        filesystem, root = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise AddressError(f"{address}: {error}, with `.venv/bin/pip install`") from None
    except ValueError as error:  # a kind nobody knows
        raise AddressError(f"{address}: {error}") from None
    return filesystem, root.rstrip("/")


@contextlib.contextmanager
def _telling(address: str) -> Iterator[None]:
    """Whatever a store raises (each its own kind of error) as one line."""
    try:
        yield
    except AddressError:
        raise
    except Exception as error:
        raise AddressError(
            f"{address}: {type(error).__name__}: {error}. Check the address, the network and your credentials."
        ) from error


def _files(filesystem: Any, root: str) -> list[str] | None:
    """Names below ``root``, None where it is one file itself, nothing where nothing is there."""
    if filesystem.isfile(root):
        return None
    return [path[len(root) :].lstrip("/") for path in filesystem.find(root)]


def _safe(name: str, address: str) -> str:
    """A name from a store, refused where it would lead out of the folder that it is copied to."""
    if not name or name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise AddressError(
            f"{address}: holds the name {name!r}, which cannot be a file below a folder. Rename it."
        )
    return name
