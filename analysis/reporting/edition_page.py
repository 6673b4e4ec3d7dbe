"""What moved since the last edition, as blocks on the briefing's first page.

The text is added to the run's own copy of the executed first page, after its summary: the page
itself does not depend on what was published before, so that it can be reused by content.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.lookups import load_csv
from analysis.reporting.blocks import BLOCK_MIME

SHOWN = 12
WORDS = {
    "zh": {
        "title": "与上一期相比",
        "first": "这是所选范围的第一期，没有可比较的上一期。",
        "same": "与上一期 {previous} 相比，通报、状态和数字都没有变化。",
        "against": "与上一期 {previous} 相比：",
        "added": "新增通报：{ids}。",
        "removed": "不再包含的通报：{ids}。",
        "status": "{id} 的整改状态由“{before}”变为“{after}”。",
        "number": "{id} 由 {before} 变为 {after}。",
        "more": "另有 {count} 处变化，见本期运行记录 run.json。",
        "aside": "未读入的文件：{ids}。",
        "none": "没有未读入的文件。",
        "join": "、",
    },
    "en": {
        "title": "Compared with the last edition",
        "first": "This is the first edition of this selection; there is nothing to compare it with.",
        "same": "No notice, status or number has moved since edition {previous}.",
        "against": "Compared with edition {previous}:",
        "added": "Notices added: {ids}.",
        "removed": "Notices no longer held: {ids}.",
        "status": "{id}: the result moved from “{before}” to “{after}”.",
        "number": "{id} moved from {before} to {after}.",
        "more": "{count} further changes are in this run's record, run.json.",
        "aside": "Files set aside: {ids}.",
        "none": "No file was set aside.",
        "join": ", ",
    },
}


def change_blocks(changes: dict[str, Any], previous: str | None, lang: str) -> list[dict[str, Any]]:
    """Heading, one paragraph, and a list of what moved with both values."""
    words = WORDS[lang]
    statuses = {row["code"]: row[f"label_{lang}"] for row in load_csv("codes_statuses")}
    items: list[list[dict[str, Any]]] = []
    if not changes["is_first"]:
        items += [
            _plain(words[key].format(ids=words["join"].join(changes[name])))
            for key, name in (("added", "notices_added"), ("removed", "notices_removed"))
            if changes[name]
        ]
        moved = [
            _moved(words["status"], row, lambda value: statuses.get(value, value or "–"))
            for row in changes["statuses_changed"]
        ]
        moved += [_moved(words["number"], row, _figure) for row in changes["numbers_moved"]]
        items += moved[:SHOWN]
        if len(moved) > SHOWN:
            items.append(_plain(words["more"].format(count=len(moved) - SHOWN)))
    opening = (
        words["first"]
        if changes["is_first"]
        else (words["against"] if items else words["same"]).format(previous=previous)
    )
    items.append(
        _plain(
            words["aside"].format(ids=words["join"].join(changes["set_aside"]))
            if changes["set_aside"]
            else words["none"]
        )
    )
    return [
        {"kind": "heading", "level": 2, "text": words["title"], "anchor": "changes"},
        {"kind": "paragraph", "runs": [{"text": opening}]},
        {"kind": "list", "ordered": False, "items": items},
    ]


def _plain(text: str) -> list[dict[str, Any]]:
    return [{"text": text}]


def _figure(value: Any) -> str:
    if value is None:
        return "–"
    if (
        isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)
    ):  # a stated total: code, value
        value = value[1]
    if isinstance(value, list):
        return "/".join(_figure(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _moved(template: str, row: dict[str, Any], show: Any) -> list[dict[str, Any]]:
    notice_id, _, rest = row["id"].partition("/")
    text = template.format(id=row["id"], before=show(row["before"]), after=show(row["after"]))
    run: dict[str, Any] = {"text": text}
    if rest and row["after"] is not None:
        run["source"] = {"notice_id": notice_id, "target": f"p{rest}"}
    return [run]


def insert_changes(page: Path, changes: dict[str, Any], previous: str | None, lang: str) -> None:
    """Add the blocks to an executed first page, behind the cell that shows the summary."""
    notebook = json.loads(page.read_text(encoding="utf-8"))
    outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {BLOCK_MIME: block, "text/plain": [f"<{block['kind']}>"]},
        }
        for block in change_blocks(changes, previous, lang)
    ]
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "edition-changes",
        "metadata": {},
        "source": [],
        "outputs": outputs,
    }
    place = next(
        (number for number, other in enumerate(notebook["cells"], 1) if _shows_summary(other)),
        len(notebook["cells"]),
    )
    notebook["cells"].insert(place, cell)
    page.write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def _shows_summary(cell: dict[str, Any]) -> bool:
    blocks = [output.get("data", {}).get(BLOCK_MIME) for output in cell.get("outputs", ())]
    return any(
        isinstance(block, dict)
        and block.get("kind") == "callout"
        and block.get("tone") in ("can", "cannot", "disagree")
        for block in blocks
    )
