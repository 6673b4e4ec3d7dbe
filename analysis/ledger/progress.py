"""How far a parse is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

LOG_SECONDS = 15.0  # between two lines of a log


@contextlib.contextmanager
def progress(paths: Iterable[Path]) -> Iterator[Callable[[int], None]]:
    """A function to be called for each file that is begun; writes to standard error."""
    if not sys.stderr.isatty():
        yield _Log(time.monotonic()).begin
        return
    from tqdm import tqdm

    total = sum(_count_files(path) for path in paths)  # an archive counts once and may hold more
    width = shutil.get_terminal_size().columns  # 80 where a terminal does not say
    with tqdm(total=total, unit=" files", desc="parse", leave=False, ncols=width, file=sys.stderr) as bar:

        def begin(number: int) -> None:
            bar.total = max(bar.total, bar.n + 1)
            bar.update()

        yield begin


def _count_files(path: Path) -> int:
    if path.is_dir():
        return sum(
            not name.startswith(".") and not name.endswith(".meta.yml")
            for _, _, names in os.walk(path)
            for name in names
        )
    return 1


class _Log:
    def __init__(self, started: float):
        self._last = started
        self._count = 0

    def begin(self, number: int) -> None:
        self._count += 1
        if time.monotonic() - self._last >= LOG_SECONDS:
            self._last = time.monotonic()
            print(f"parse: {self._count} files read so far", file=sys.stderr, flush=True)
