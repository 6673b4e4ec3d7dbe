"""Executed notebooks as Jupyter writes them, made without a kernel: cells, outputs, a drawing, a picture."""

from __future__ import annotations

import base64
import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2

from analysis.publishing import gates_pdf

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example/","点此")',
    '#import "@preview/x:1.0.0": *',
    '$x^2$ #panic("no")',
    "javascript:alert(1)",
    ']] #read("/etc/passwd") [[',
    "\u202eevitagen\u202c 反向",
    "𬭎 將 龘 ✔ \U0001f9ff",
    "a\x00b\x07c",
    "@SUM(A1)",
    "+86-412-5550101",
    "{{ 7*7 }} {% x %}",
    "&lt;b&gt; ]]>",
    "\\u{0}",
)


def drawing(label: str = "鞍山", extra: str = "", title: str = "声明完成比例", height: int = 180) -> str:
    """An SVG as matplotlib writes it (live text, a page-wide style sheet, marks by reference)."""
    return f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="453.6pt" height="{height}pt" viewBox="0 0 453.6 {height}" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <defs><style type="text/css">*{{stroke-linejoin: round; stroke-linecap: butt}}</style></defs>
 <defs><path id="m1" d="M 0 3 C 0.8 3 1.6 2.7 2.1 2.1 C 2.7 1.6 3 0.8 3 0 C 3 -0.8 2.7 -1.6 2.1 -2.1 z" style="stroke: #1f4e79"/></defs>
 <g id="figure_1"><g id="patch_1"><path d="M 0 {height} L 453.6 {height} L 453.6 0 L 0 0 z" style="fill: #ffffff"/></g>
 <g id="axes_1"><path d="M 90 140 L 430 140" clip-path="url(#p1)" style="fill: none; stroke: #888888; stroke-width: 0.8"/>
 <path d="M 240 40 L 380 40" style="fill: none; stroke: #1f4e79; stroke-width: 1.5; stroke-linecap: square"/>
 <use xlink:href="#m1" x="330" y="40" style="fill: #1f4e79; stroke: #1f4e79"/>
 <g id="text_1"><text style="font: 10px 'Noto Sans SC'; text-anchor: end" x="80" y="43" transform="rotate(-0 80 43)">{label}</text></g>
 <g id="text_2"><text style="font-size: 10px; font-family: 'Noto Sans SC', sans-serif; text-anchor: end" x="80" y="83">益阳 [S]</text></g>
 <g id="text_3"><text style="font: bold 13px 'Noto Sans SC'; text-anchor: middle; fill: #333333" x="260" y="160">{title}</text></g></g></g>
 <defs><clipPath id="p1"><rect x="90" y="10" width="340" height="140"/></clipPath></defs>{extra}
</svg>"""


def png(width: int = 420, height: int = 260) -> str:
    """A grey PNG in base64, as it stands in a notebook."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xaa" * width) * height)
    made = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(made).decode("ascii")


def markdown(text: str, *tags: str, attachments: dict[str, Any] | None = None) -> dict[str, Any]:
    cell = {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": text}
    return cell | ({"attachments": attachments} if attachments else {})


def code(*outputs: dict[str, Any], tags: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {"tags": list(tags)},
        "source": "x",
        "outputs": list(outputs),
    }


def shown(kind: str, value: Any, *, extra: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A displayed thing: ``kind`` is its MIME type; ``more`` other types by name (plain, html)."""
    names = {"plain": "text/plain", "html": "text/html", "svg": "image/svg+xml"}
    return {
        "output_type": more.pop("output_type", "display_data"),
        "metadata": {"zhenggai": extra} if extra else {},
        "data": {kind: value, **{names[name]: held for name, held in more.items()}},
    }


def figure(alt: str = "点与区间图：鞍山88.3%", caption: str = "声明完成比例", **drawn: Any) -> dict[str, Any]:
    data = {"columns": ["城市", "占比"], "rows": [["鞍山", 0.883], ["=1+1", None]]}
    extra = {"alt": alt, "caption": caption, "notes": ["注：各单位自报。"], "data": data}
    return shown("image/svg+xml", drawing(**drawn), extra=extra)


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def save(path: Path, *cells: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    return path


def words_of(path: Path) -> str:
    """Everything a file says; a PDF without spaces, as ``squeeze`` leaves it."""
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if path.suffix == ".pdf":
        file = pypdfium2.PdfDocument(str(path))
        return gates_pdf.squeeze("".join(page.get_textpage().get_text_bounded() for page in file))
    return path.read_text(encoding="utf-8", errors="replace")
