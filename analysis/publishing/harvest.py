"""An executed notebook → one chapter: everything that it displays, in order.

Jupyter's standard outputs are the only interface, so a notebook that knows nothing of this
project can be a chapter. Cell tags are Jupyter Book's. What cannot be bound leaves a visible line
and a warning; nothing goes without a word, but tables and figures of the suite that have nothing to show
(the sentence before them says so).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.display.formats import EMPTY_TABLE
from analysis.publishing import drawings
from analysis.publishing.document import (
    Block,
    Chapter,
    Code,
    Figure,
    Folded,
    Heading,
    Paragraph,
    Span,
    Table,
    in_language,
    left_out,
    plain,
    texts,
    walk,
    words,
)
from analysis.publishing.markdown import picture, picture_size, read_markdown
from analysis.publishing.markup import read_html

METADATA = "zhenggai"
_LINES = 60
_WIDTH_MM = 166.0
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# What matplotlib's and seaborn's calls give back: the handle of what is drawn beside it.
_HANDLE = re.compile(
    r"(?:\[|\(|array\(|\{)*\s*(?:<[\w.]+[^>]*>|Text\(|Line2D|BarContainer|\(array\(|array\(\[\[?<)"
)
_RANDOM_ID = re.compile(r"\b[a-z]?[0-9a-f]{10,}\b|<dc:date>[^<]*</dc:date>")
_FORMATS = ("image/svg+xml", "image/png", "image/jpeg")
_INTERACTIVE = re.compile(r"application/(?:vnd\.(?!.*dataresource)|javascript|x-)")


class ChapterError(ValueError):
    """A notebook that cannot be bound; the message names the file, the cell and the next step."""


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _tags(cell: Mapping[str, Any]) -> set[str]:
    return {str(tag).replace("_", "-") for tag in cell.get("metadata", {}).get("tags") or ()}


class _Reader:
    def __init__(self, name: str, lang: str):
        self.name, self.lang = name, lang
        self.warnings: list[str] = []
        self.figures = 0

    def warn(self, place: str, messages: list[str]) -> None:
        self.warnings += list(dict.fromkeys(f"{place}: {message}" for message in messages))

    def cell(self, number: int, cell: Mapping[str, Any]) -> list[Block]:
        place, tags = f"{self.name}, cell {number}", _tags(cell)
        if "remove-cell" in tags:
            return []
        blocks: list[Block] = []
        if cell["cell_type"] == "markdown":
            held = cell.get("attachments") or {}

            def attachment(address: str) -> str:
                bundle = (
                    held.get(address.removeprefix("attachment:"), {})
                    if address.startswith("attachment:")
                    else {}
                )
                kind = next((k for k in ("image/png", "image/jpeg") if k in bundle), "")
                return f"data:{kind};base64,{_text(bundle[kind])}" if kind else ""

            blocks, warnings = read_markdown(_text(cell["source"]), self.lang, attachment)
            self.warn(place, warnings)
            for block in walk(blocks):
                if isinstance(block, Heading) and len(block.spans) == 1:
                    block.spans = [Span(in_language(block.spans[0].text, self.lang))]
        elif cell["cell_type"] == "code" and not tags & {"remove-output", "remove-outputs"}:
            blocks = self.outputs(place, cell, "raises-exception" in tags)
        if blocks and tags & {"hide-output", "hide-cell"}:
            return [Folded(_fold_title(blocks, self.lang), blocks)]
        return blocks

    def outputs(self, place: str, cell: Mapping[str, Any], may_fail: bool) -> list[Block]:
        outputs = list(cell.get("outputs") or ())
        has_picture = any(kind in (o.get("data") or {}) for o in outputs for kind in _FORMATS)
        blocks: list[Block] = []
        drawn: dict[str, Figure] = {}
        complaints: list[str] = []
        for index, output in enumerate(outputs):
            kind = output.get("output_type")
            if kind == "error" and not may_fail:
                raise ChapterError(
                    f"{place}: failed with {output.get('ename')}: {_ANSI.sub('', _text(output.get('evalue', '')))}; "
                    "mend the cell and run the notebook again"
                )
            if kind == "error":
                blocks.append(Code(f"{output.get('ename')}: {output.get('evalue')}"))
            elif kind == "stream":
                said = _ANSI.sub("", _text(output.get("text", ""))).strip("\n")
                if output.get("name") == "stderr":
                    complaints += [line.strip()[:300] for line in said.split("\n") if line.strip()]
                elif said.strip():
                    earlier = outputs[index - 1] if index else {}
                    if blocks and isinstance(blocks[-1], Code) and earlier.get("name") == "stdout":
                        said = blocks.pop().text + "\n" + said  # type: ignore[union-attr]
                    blocks.append(Code(said))
            else:
                extra = (output.get("metadata") or {}).get(METADATA)
                made = self.display(place, output.get("data") or {}, extra or {}, has_picture)
                figure = made[0] if len(made) == 1 and isinstance(made[0], Figure) else None
                if figure is None:
                    blocks += made
                    continue
                # A figure that is a cell's last expression and in pyplot's list as well is displayed twice.
                key = (
                    _RANDOM_ID.sub("", _text((output["data"]).get("image/svg+xml", "")))
                    or figure.raster.hex()
                )
                if key in drawn and extra and not drawn[key].alt:
                    blocks[blocks.index(drawn[key])] = figure
                elif key not in drawn:
                    blocks.append(figure)
                drawn[key] = figure
        said_once = list(dict.fromkeys(complaints))
        self.warn(place, said_once[:5] + ([f"and {len(said_once) - 5} more"] if len(said_once) > 5 else []))
        return self.cut(blocks)

    def cut(self, blocks: list[Block]) -> list[Block]:
        made: list[Block] = []
        for block in blocks:
            made.append(block)
            if isinstance(block, Code) and (count := block.text.count("\n") + 1) > _LINES:
                block.text = "\n".join(block.text.split("\n")[:_LINES])
                made.append(
                    Paragraph([Span(words(self.lang)["of_lines"].format(_LINES, count), emphasis=True)])
                )
        return made

    def display(
        self, place: str, data: Mapping[str, Any], extra: Mapping[str, Any], has_picture: bool
    ) -> list[Block]:
        """The blocks of one displayed thing: its best form that can be printed."""
        interactive = [kind for kind in data if _INTERACTIVE.match(kind)]
        blocks: list[Block] = []
        warnings: list[str] = []
        plain_text = _ANSI.sub("", _text(data.get("text/plain", "")))
        if extra.get("is_empty") or f'id="{EMPTY_TABLE}"' in _text(data.get("text/html", "")):
            return []
        if any(kind in data for kind in _FORMATS):
            blocks, warnings = self.figure(place, data, extra)
        elif "text/html" in data and not (interactive and "<table" not in _text(data["text/html"])):
            blocks, warnings = read_html(_text(data["text/html"]), self.lang)
            if not blocks and "text/markdown" in data:
                blocks, warnings = read_markdown(_text(data["text/markdown"]), self.lang)
        elif "text/markdown" in data:
            blocks, warnings = read_markdown(_text(data["text/markdown"]), self.lang)
        elif interactive:
            what = words(self.lang)["interactive"].format(interactive[0].removeprefix("application/"))
            blocks, warnings = (
                [left_out(what, self.lang)],
                [f"left out: {interactive[0]}; display an SVG or PNG of it"],
            )
        elif "text/latex" in data or plain_text.strip():
            shown = plain_text.strip("\n") or _text(data["text/latex"])
            if not (has_picture and _HANDLE.match(shown)):
                blocks = [Code(shown)]
        elif data:
            blocks = [left_out(", ".join(sorted(data)), self.lang)]
            warnings = [f"left out: {', '.join(sorted(data))}, which cannot be printed"]
        self.warn(place, warnings)
        for block in blocks:
            if isinstance(block, Table) and extra:
                block.caption = (
                    [Span(_text(extra.get("caption") or ""))] if extra.get("caption") else block.caption
                )
                block.notes += [[Span(_text(note))] for note in extra.get("notes") or ()]
        return blocks

    def figure(
        self, place: str, data: Mapping[str, Any], extra: Mapping[str, Any]
    ) -> tuple[list[Block], list[str]]:
        self.figures += 1
        shown = data.get("zhenggai-name") or extra.get("name") or ""
        made = Figure(
            caption=str(extra.get("caption") or ""),
            alt=str(extra.get("alt") or "").strip(),
            notes=[str(note) for note in extra.get("notes") or ()],
            anchor=re.sub(r"[^a-z0-9]+", "-", str(shown).lower()).strip("-")[:48],
        )
        held = extra.get("data") or {}
        made.columns = [str(name) for name in held.get("columns") or ()]
        made.rows = [list(row) for row in held.get("rows") or ()]
        if "image/svg+xml" in data:
            # The prefix of the drawing's identifiers: unlike in any other figure of the edition.
            prefix = f"{re.sub(r'[^a-z0-9]+', '-', self.name.lower()).strip('-')[:40]}-{self.figures}"
            try:
                made.svg = drawings.sanitise(_text(data["image/svg+xml"]), prefix)
            except drawings.UnsafeFigure as error:
                return [left_out(made.caption or words(self.lang)["figure"], self.lang)], [
                    f"left out: {error}"
                ]
            asked = drawings.declared_width(_text(data["image/svg+xml"])) or drawings.size(made.svg)[0]
            made.width_mm = min(asked / 96 * 25.4, _WIDTH_MM)
        else:
            kind = "image/png" if "image/png" in data else "image/jpeg"
            made.raster = picture(f"data:{kind};base64,{_text(data[kind])}")
            if not made.raster:
                return [left_out(kind, self.lang)], [f"left out: a picture that is no {kind}"]
            # Jupyter's pictures have 72 to 100 dots per inch.
            made.width_mm = min(max(picture_size(made.raster)[0] / 84 * 25.4, 60.0), _WIDTH_MM)
        return [made], []


def _fold_title(blocks: list[Block], lang: str) -> str:
    """What a fold says before it is opened: its first caption or heading."""
    for block in walk(blocks):
        if isinstance(block, (Table, Figure, Heading)) and (said := texts(block)[0].split("\n")[0].strip()):
            return said
    return words(lang)["folded"]


def read_chapter(path: Path, lang: str = "zh", name: str = "") -> Chapter:
    """The chapter that the executed notebook at ``path`` displays.

    The title is the first heading of its first Markdown cell, else the file's name. Raises
    ChapterError for a file that is no notebook, was not executed, or failed.
    """
    name = name or path.stem
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in content["cells"] if cell["cell_type"] in ("markdown", "code")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ChapterError(f"{path}: not readable as a notebook ({error}); save and run it again") from None
    if any(c["cell_type"] == "code" and _text(c["source"]).strip() for c in cells) and not any(
        c.get("outputs") or c.get("execution_count") for c in cells
    ):
        raise ChapterError(f"{path.name}: was not executed; run it first")
    reader, title = _Reader(name, lang), ""
    blocks: list[Block] = []
    for number, cell in enumerate(cells, 1):
        made = reader.cell(number, cell)
        if not title and cell["cell_type"] == "markdown":
            held = made or _Reader(name, lang).cell(number, {**cell, "metadata": {}})
            first = next((b for b in held if isinstance(b, Heading)), None)
            title = plain(first.spans) if first else ""
            made = [block for block in made if block is not first]
            if not title:
                title = name
        blocks += made
    for block in walk(blocks):
        if isinstance(block, Figure) and not block.alt:
            said = block.caption or (drawings.title(block.svg) if block.svg else "")
            reader.warnings.append(
                f"{name}: the figure {said or '?'!r} has no alt text; show it with publish(figure, alt=…)"
            )
    return Chapter(title or name, blocks, reader.warnings, name)
