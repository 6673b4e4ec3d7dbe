"""Turn the marked gold sources into plain notices and their gold files.

``tests/gold/marked/<name>.txt`` is a notice as its author wrote it: a YAML head (layout,
metadata, stated totals), a line ``=====`` and the text, in which every problem statement
stands between ``⟦number status measures⟧`` and ``⟦/⟧``. Building strips the markers, so the
offsets of the gold are exact by construction, and writes ``tests/gold/notices/<name>.<ext>``
with ``<name>.json`` beside it. The parser only ever sees the plain file.

Run ``python -m tests.quality.build`` after editing a marked source.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

GOLD = Path(__file__).resolve().parents[1] / "gold"
MARKED = GOLD / "marked"
NOTICES = GOLD / "notices"

STATUS_NAMES = {
    "c": "completed",
    "cl": "completed_long_term",
    "bc": "basically_completed",
    "ph": "phased",
    "ip": "in_progress",
    "lt": "long_term",
    "nc": "not_completed",
    "ns": "not_stated",
}
_MARK = re.compile(r"⟦([^\s⟦⟧]+) (\S+) (\d+)⟧|⟦/⟧")
# Offsets of a page's gold would be offsets into its markup, which no reader keeps; such
# statements are matched by their words instead.
TEXT_SUFFIXES = {"txt", "md"}


def strip_markers(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and one dict per marked statement (offsets into the plain text).

    Raises ValueError for a marker that is nested, unclosed or names an unknown status.
    """
    parts: list[str] = []
    problems: list[dict[str, Any]] = []
    length = position = 0
    current: dict[str, Any] | None = None
    for match in _MARK.finditer(marked):
        piece = marked[position : match.start()]
        parts.append(piece)
        length += len(piece)
        position = match.end()
        if match.group(1) is None:
            if current is None:
                raise ValueError(f"⟦/⟧ without a beginning near {piece[-30:]!r}")
            current["end"] = length
            problems.append(current)
            current = None
        else:
            if current is not None:
                raise ValueError(f"statement {current['no']} is not closed before {match.group(1)}")
            if match.group(2) not in STATUS_NAMES:
                raise ValueError(f"unknown status {match.group(2)!r} at statement {match.group(1)}")
            current = {
                "no": match.group(1),
                "statement": "",
                "start": length,
                "end": length,
                "status": STATUS_NAMES[match.group(2)],
                "n_measures": int(match.group(3)),
            }
    if current is not None:
        raise ValueError(f"statement {current['no']} is not closed")
    parts.append(marked[position:])
    text = "".join(parts)
    for problem in problems:
        problem["statement"] = text[problem["start"] : problem["end"]]
    return text, problems


def read_marked(path: Path) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Read one marked source: (head, plain text, gold document)."""
    head_text, _, body = path.read_text(encoding="utf-8").partition("\n=====\n")
    head = {}
    for line in head_text.splitlines():
        name, _, value = line.partition(": ")
        # Prose may hold colons, which YAML would read as a mapping.
        head[name] = value if name in ("layout", "note") else yaml.safe_load(value)
    text, problems = strip_markers(body)
    if head["ext"] not in TEXT_SUFFIXES:
        for problem in problems:
            problem["statement"] = re.sub(r"<[^>]+>", "", problem["statement"])
            problem["start"] = problem["end"] = -1
    gold = {
        "file": f"{path.stem}.{head['ext']}",
        "layout": head["layout"],
        "meta": head["meta"],
        "problems": problems,
        "declared": head.get("declared") or {},
    }
    if "note" in head:
        gold["note"] = head["note"]
    return head, text, gold


def build(marked: Path = MARKED, out: Path = NOTICES) -> list[Path]:
    """Write every notice of ``marked`` and its gold into ``out``; return the notice files."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for source in sorted(marked.glob("*.txt")):
        head, text, gold = read_marked(source)
        target = out / gold["file"]
        target.write_bytes(text.encode(head.get("encoding", "utf-8")))
        (out / f"{source.stem}.json").write_text(
            json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        written.append(target)
    return written


if __name__ == "__main__":
    folders = [Path(argument) for argument in sys.argv[1:3]]
    for notice in build(*folders):
        print(notice)
