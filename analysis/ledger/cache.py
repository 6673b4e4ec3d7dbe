"""Parsed notices kept by content, so that an unchanged file is not read and parsed again.

The key covers the bytes, the sidecar and everything that decides what the parser gives; an entry
that cannot be read is ignored and written anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analysis.parsing.records import Block, Document, ParsedNotice


class ParseCache:
    """A folder of parsed notices. ``code``: fingerprint of parser, readers and lookups."""

    def __init__(self, folder: Path, code: str):
        self.folder, self.code = folder, code
        self.reused = 0

    def _path(self, sha256: str, sidecar: dict[str, Any], source_path: str) -> Path:
        described = json.dumps(sidecar, sort_keys=True, default=str)
        key = hashlib.sha256(f"{self.code}\n{sha256}\n{source_path}\n{described}".encode()).hexdigest()
        return self.folder / key[:2] / f"{key}.json"

    def get(
        self, sha256: str | None, sidecar: dict[str, Any], source_path: str
    ) -> tuple[Document, ParsedNotice] | None:
        if sha256 is None:
            return None
        path = self._path(sha256, sidecar, source_path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"), object_hook=_revive)
            document = content["document"]
            document["blocks"] = [Block(**block) for block in document["blocks"]]
            pair = Document(**document), ParsedNotice(**content["notice"])
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self.reused += 1
        return pair

    def put(
        self,
        sha256: str | None,
        sidecar: dict[str, Any],
        source_path: str,
        document: Document,
        notice: ParsedNotice,
    ) -> None:
        if sha256 is None:
            return
        path = self._path(sha256, sidecar, source_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        content = {"document": asdict(document), "notice": asdict(notice)}
        temporary.write_text(json.dumps(content, ensure_ascii=False, default=_flatten), encoding="utf-8")
        os.replace(temporary, path)

    def prune(self, keep: int = 5000) -> None:
        """Remove all but the ``keep`` entries used last."""
        entries = sorted(self.folder.glob("*/*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
        for path in entries[keep:]:
            path.unlink(missing_ok=True)


def _flatten(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$date": value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be kept in the cache")


def _revive(content: dict[str, Any]) -> Any:
    if len(content) == 1:
        if "$date" in content:
            return dt.date.fromisoformat(content["$date"])
        if "$datetime" in content:
            return dt.datetime.fromisoformat(content["$datetime"])
    return content
