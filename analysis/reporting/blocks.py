"""The pieces a briefing is made of: what a notebook cell displays and an exporter binds.

Every block is plain data. ``_repr_mimebundle_`` gives the block as JSON under ``BLOCK_MIME``
(what the exporters read), as ``text/html`` (what JupyterLab shows) and, for a figure, as
``image/png``. All text is data: it is escaped wherever it becomes markup.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

BLOCK_MIME = "application/vnd.zhenggai.block+json"
TONES = ("can", "cannot", "disagree", "note", "warning")
_TONE_COLOUR = {
    "can": "#1b6e53",
    "cannot": "#6b6b6b",
    "disagree": "#a04000",
    "note": "#2f5d8a",
    "warning": "#a04000",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a notice something stands; ``target`` as in ``p12``, ``p4.2``, ``p12-m2``, ``t3``."""

    notice_id: str
    target: str | None = None

    def json(self) -> dict[str, Any]:
        return {"notice_id": self.notice_id, "target": self.target}

    def label(self) -> str:
        return self.notice_id + (f"/{self.target[1:]}" if self.target and self.target.startswith("p") else "")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of running text."""

    text: str
    strong: bool = False
    source: Source | None = None

    def json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"text": self.text}
        if self.strong:
            row["strong"] = True
        if self.source:
            row["source"] = self.source.json()
        return row

    def html(self) -> str:
        text = escape(self.text)
        if self.strong:
            text = f"<strong>{text}</strong>"
        if self.source:
            text = (
                f'<span title="{escape(self.source.label())}" style="border-bottom:1px dotted">{text}</span>'
            )
        return text


Runs = Sequence[Run]


def as_runs(value: str | Run | Iterable[str | Run]) -> tuple[Run, ...]:
    """A string, a Run or a mixture of both as a tuple of Runs."""
    if isinstance(value, str):
        return (Run(value),)
    if isinstance(value, Run):
        return (value,)
    return tuple(Run(part) if isinstance(part, str) else part for part in value)


def _runs_html(runs: Runs) -> str:
    return "".join(run.html() for run in runs)


class Block:
    """Base: subclasses give ``json`` and ``html``."""

    def json(self) -> dict[str, Any]:
        raise NotImplementedError

    def html(self) -> str:
        raise NotImplementedError

    def plain(self) -> str:
        return f"[{self.json()['kind']}]"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {BLOCK_MIME: self.json(), "text/html": self.html(), "text/plain": self.plain()}


@dataclass(slots=True)
class Meta(Block):
    """First block of a notebook: what it is, of which data, with which parameters."""

    title: str
    subtitle: str
    notebook: str
    data_as_of: str
    parameters: dict[str, Any]
    lang: str

    def json(self) -> dict[str, Any]:
        return {
            "kind": "meta",
            "title": self.title,
            "subtitle": self.subtitle,
            "notebook": self.notebook,
            "data_as_of": self.data_as_of,
            "parameters": self.parameters,
            "lang": self.lang,
        }

    def html(self) -> str:
        chosen = " · ".join(f"{k}={v}" for k, v in self.parameters.items() if v not in ("", None, [], ()))
        return (
            f'<h1 lang="{escape(self.lang)}">{escape(self.title)}</h1><p>{escape(self.subtitle)}</p>'
            f'<p style="color:#666"><small>{escape(self.data_as_of)}　{escape(chosen)}</small></p>'
        )

    def plain(self) -> str:
        return self.title


@dataclass(slots=True)
class Heading(Block):
    """A heading of level 1–4; the anchor is ASCII."""

    text: str
    level: int = 2
    anchor: str = ""

    def json(self) -> dict[str, Any]:
        return {"kind": "heading", "level": self.level, "text": self.text, "anchor": self.anchor}

    def html(self) -> str:
        return f"<h{self.level}>{escape(self.text)}</h{self.level}>"

    def plain(self) -> str:
        return self.text


@dataclass(slots=True)
class Paragraph(Block):
    """Running text."""

    runs: Any

    def json(self) -> dict[str, Any]:
        return {"kind": "paragraph", "runs": [run.json() for run in as_runs(self.runs)]}

    def html(self) -> str:
        return f'<p style="max-width:46em">{_runs_html(as_runs(self.runs))}</p>'

    def plain(self) -> str:
        return "".join(run.text for run in as_runs(self.runs))


@dataclass(slots=True)
class ListBlock(Block):
    """A list; each item is a string, a Run or several."""

    items: list[Any]
    ordered: bool = False

    def json(self) -> dict[str, Any]:
        return {
            "kind": "list",
            "ordered": self.ordered,
            "items": [[r.json() for r in as_runs(i)] for i in self.items],
        }

    def html(self) -> str:
        tag = "ol" if self.ordered else "ul"
        body = "".join(f"<li>{_runs_html(as_runs(item))}</li>" for item in self.items)
        return f'<{tag} style="max-width:46em">{body}</{tag}>'


@dataclass(slots=True)
class Callout(Block):
    """What can be said, what cannot, what disagrees, a note, a warning."""

    tone: str
    title: str
    items: list[Any]

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"tone must be one of {', '.join(TONES)}, not {self.tone!r}")

    def json(self) -> dict[str, Any]:
        return {
            "kind": "callout",
            "tone": self.tone,
            "title": self.title,
            "items": [[r.json() for r in as_runs(i)] for i in self.items],
        }

    def html(self) -> str:
        body = "".join(f"<li>{_runs_html(as_runs(item))}</li>" for item in self.items)
        return (
            f'<div style="border-left:4px solid {_TONE_COLOUR[self.tone]};padding:.1em 1em;max-width:46em">'
            f"<p><strong>{escape(self.title)}</strong></p><ul>{body}</ul></div>"
        )

    def plain(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; ``kind`` is text, int, share, date, interval or flags."""

    key: str
    label: str
    kind: str = "text"
    align: str = ""

    def json(self) -> dict[str, Any]:
        align = self.align or ("right" if self.kind in ("int", "share", "interval") else "left")
        return {"key": self.key, "label": self.label, "align": align, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is printed, the value behind it, where it comes from, the flags it carries."""

    text: str
    value: Any = None
    source: Source | None = None
    flags: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"text": self.text, "value": self.value}
        if self.source:
            row["source"] = self.source.json()
        if self.flags:
            row["flags"] = list(self.flags)
        return row


@dataclass(slots=True)
class Table(Block):
    """A table; rows are sequences of Cell, as long as the columns."""

    id: str
    caption: str
    columns: list[Column]
    rows: list[Sequence[Cell]]
    note: str = ""
    source_line: str = ""

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.id}: row {index} has {len(row)} cells for {len(self.columns)} columns"
                )

    def json(self) -> dict[str, Any]:
        return {
            "kind": "table",
            "id": self.id,
            "caption": self.caption,
            "columns": [c.json() for c in self.columns],
            "rows": [[cell.json() for cell in row] for row in self.rows],
            "note": self.note,
            "source_line": self.source_line,
        }

    def html(self) -> str:
        columns = [column.json() for column in self.columns]
        head = "".join(
            f'<th scope="col" style="text-align:{c["align"]}">{escape(c["label"])}</th>' for c in columns
        )
        body = []
        for row in self.rows:
            cells = []
            for column, cell in zip(columns, row):
                title = f' title="{escape(cell.source.label())}"' if cell.source else ""
                mark = (
                    f" <sup>{escape(' '.join(cell.flags))}</sup>"
                    if cell.flags and column["kind"] != "flags"
                    else ""
                )
                cells.append(
                    f'<td style="text-align:{column["align"]}"{title}>{escape(cell.text)}{mark}</td>'
                )
            body.append(f"<tr>{''.join(cells)}</tr>")
        foot = " ".join(part for part in (self.note, self.source_line) if part)
        return (
            f"<p><strong>{escape(self.caption)}</strong></p><table><thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(body)}</tbody></table><p><small>{escape(foot)}</small></p>"
        )

    def plain(self) -> str:
        return f"{self.caption} ({len(self.rows)} × {len(self.columns)})"


@dataclass(slots=True)
class Figure(Block):
    """A chart as SVG with live text, its PNG, an alt text and the data it draws."""

    id: str
    caption: str
    alt: str
    svg: str
    width_mm: float
    columns: list[str]
    rows: list[list[Any]]
    source_line: str = ""
    notes: list[str] = field(default_factory=list)
    png: bytes = b""

    def json(self) -> dict[str, Any]:
        return {
            "kind": "figure",
            "id": self.id,
            "caption": self.caption,
            "alt": self.alt,
            "svg": self.svg,
            "width_mm": self.width_mm,
            "data": {"columns": self.columns, "rows": self.rows},
            "source_line": self.source_line,
            "notes": list(self.notes),
        }

    def html(self) -> str:
        picture = base64.b64encode(self.png).decode("ascii")
        small = "<br>".join(escape(line) for line in [*self.notes, self.source_line] if line)
        return (
            f'<figure style="margin:0"><figcaption><strong>{escape(self.caption)}</strong></figcaption>'
            f'<img alt="{escape(self.alt)}" style="width:{self.width_mm * 4.2:.0f}px;max-width:100%" '
            f'src="data:image/png;base64,{picture}"><p><small>{small}</small></p></figure>'
        )

    def plain(self) -> str:
        return f"{self.caption}: {self.alt}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = Block._repr_mimebundle_(self)
        bundle["image/png"] = base64.b64encode(self.png).decode("ascii")
        return bundle


def show(*blocks: Block | Iterable[Block] | None) -> None:
    """Display blocks in a notebook cell, one display each, in order; ``None`` shows nothing."""
    from IPython.display import display

    for block in flatten(blocks):
        display(block)


def flatten(blocks: Iterable[Block | Iterable[Block] | None]) -> list[Block]:
    """Blocks out of nested iterables, in order, without ``None``."""
    flat: list[Block] = []
    for block in blocks:
        if block is None:
            continue
        flat.extend([block] if isinstance(block, Block) else flatten(block))
    return flat
