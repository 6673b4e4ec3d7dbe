"""What can go wrong before there is a text: each error says which file, what, and the next step.

All of them survive pickling, because a worker process may raise them.
"""

from __future__ import annotations

from pathlib import Path


class UnreadableSource(Exception):
    """One file cannot become a Document; the others are read all the same.

    ``stage`` is ``archive`` or ``read`` (as in core_quarantine), ``reason_code`` a stable name,
    ``reason_text`` what happened and what the user can do about it.
    """

    def __init__(self, stage: str, reason_code: str, reason_text: str):
        super().__init__(stage, reason_code, reason_text)
        self.stage = stage
        self.reason_code = reason_code
        self.reason_text = reason_text

    def __str__(self) -> str:
        return self.reason_text


class HashMismatch(Exception):
    """A raw file is not the one that its sidecar describes: nothing may be computed from it."""

    def __init__(self, path: Path, expected: str, found: str):
        super().__init__(path, expected, found)
        self.path = path
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return (
            f"{self.path}: the file's SHA-256 is {self.found}, its sidecar {self.path.name}.meta.yml says "
            f"{self.expected}. Raw reports are evidence and are never edited: restore the file (git checkout), "
            f"or, when a new version of the source is meant, put its hash into the sidecar."
        )


class BadSidecar(Exception):
    """A sidecar that cannot be read as a mapping of known fields."""

    def __init__(self, path: Path, problem: str):
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        name = str(self.path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return f"{name}: {self.problem}. Mend the sidecar (a YAML mapping; see data/raw for examples) or delete it."


class NoSuchPath(Exception):
    """A path given by the user that does not exist."""

    def __init__(self, path: Path):
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: no such file or folder. Give notices, or folders that hold them; without a path data/raw is read."
