"""What an export must pass before it counts as written: checks of the finished files, read back.

Every check raises ``GateFailure`` listing each finding with its file, place and text.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.reporting import fonts

_TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "nav",
        "section",
        "aside",
        "figure",
        "figcaption",
        "details",
        "summary",
        "button",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "p",
        "a",
        "span",
        "strong",
        "abbr",
        "ul",
        "ol",
        "li",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "script",
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "defs",
        "clippath",
        "clipPath",
        "use",
        "lineargradient",
        "radialgradient",
        "stop",
        "marker",
        "pattern",
        "image",
        "mask",
    ]
)
# Attributes of drawings and tables that can hold no address; most of a page is these.
_PLAIN_ATTRIBUTES = frozenset(
    [
        "class",
        "x",
        "y",
        "d",
        "points",
        "transform",
        "width",
        "height",
        "text-anchor",
        "font-size",
        "font-family",
        "stroke-width",
        "lang",
        "scope",
        "data-v",
        "aria-label",
        "title",
    ]
)
_RELATIVE = re.compile(
    r"(?:#[A-Za-z0-9._-]+|(?:\.\./)?[A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:html|csv|svg|pdf|xlsx|docx)(?:#[A-Za-z0-9._-]+)?)\Z"
)
_FACE = re.compile(r"src:url\(data:font/woff;base64,([A-Za-z0-9+/=]+)\)")
_FORMULA_LEAD = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class GateFailure(RuntimeError):
    """A finished file that must not be published; ``findings`` lists why."""

    def __init__(self, name: str, findings: list[str]):
        shown = "; ".join(findings[:8]) + (f"; and {len(findings) - 8} more" if len(findings) > 8 else "")
        super().__init__(f"{name}: {shown}")
        self.findings = findings


def _raise(name: str, findings: Iterable[str]) -> None:
    found = list(dict.fromkeys(findings))
    if found:
        raise GateFailure(name, found)


class _Page:
    """What a page asks for, runs and shows, as a browser's parser reads it."""

    def __init__(self, text: str) -> None:
        from selectolax.lexbor import LexborHTMLParser

        self.findings: list[str] = []
        self.shown: list[str] = []
        self.code: dict[str, list[str]] = {"style": [], "script": []}
        self.policy = ""
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self._last_id = ""
        for node in LexborHTMLParser(text).root.traverse(include_text=True):
            tag = node.tag
            if tag == "-text":
                if node.parent is None or node.parent.tag not in self.code:
                    self.shown.append(node.text_content or "")
            elif tag in self.code:
                self.code[tag].append(node.text(deep=True) or "")
                self._element(tag, node.attributes, node)
            elif not tag.startswith(("-", "!")):
                self._element(tag, node.attributes, node)

    def _find(self, what: str) -> None:
        self.findings.append(what + (f" (after #{self._last_id})" if self._last_id else ""))

    def _element(self, tag: str, attributes: Mapping[str, str | None], node: Any) -> None:
        if tag.lower() not in _TAGS:
            self._find(f"element <{tag}>")
        for key, value in attributes.items():
            value = value or ""
            if key in _PLAIN_ATTRIBUTES:
                continue
            if key.startswith("on") or key in (
                "style",
                "srcdoc",
                "formaction",
                "action",
                "ping",
                "background",
            ):
                self._find(f"attribute {key} on <{tag}>")
            elif key in ("href", "xlink:href") and tag != "image":
                if not _RELATIVE.match(value):
                    self._find(f"link to {value[:60]!r}")
                elif tag == "a" and value.startswith("#"):
                    self.targets.append(value[1:])
            elif key == "src" or key in ("href", "xlink:href"):
                if not value.startswith("data:image/png;base64,"):
                    self._find(f"request for {value[:60]!r}")
            elif key == "id":
                if value in self.ids:
                    self._find(f"id {value!r} given twice")
                self.ids.add(value)
                self._last_id = value
            elif "url(" in value.lower() and not re.fullmatch(r"url\(#[A-Za-z0-9._-]+\)", value):
                self._find(f"{key} refers to {value[:60]!r}")
        if tag == "meta" and "http-equiv" in attributes:
            if (attributes["http-equiv"] or "").lower() == "content-security-policy":
                self.policy = attributes.get("content") or ""
            else:
                self._find(f"meta http-equiv {attributes['http-equiv']!r}")
        elif tag == "svg":
            about = node.parent
            while about is not None and not (
                about.attributes.get("role") == "img" and (about.attributes.get("aria-label") or "").strip()
            ):
                about = about.parent
            if about is None:
                self._find("a figure without alt text")
        if label := attributes.get("data-n"):
            self.shown.append(label)  # drawn by the style sheet; tooltips are the system's


def check_html(path: Path) -> None:
    """No outside request, nothing active but the page's own script, alt texts, links that arrive, every glyph embedded."""
    page = _Page(path.read_text(encoding="utf-8"))
    findings = page.findings
    style = "".join(page.code["style"])
    rules = _FACE.sub("", style)
    if re.search(r"url\s*\(|@import|https?:|expression\s*\(", rules, re.I):
        findings.append("the style sheet refers to something outside the page")
    for tag in ("style", "script"):
        for code in page.code[tag]:
            digest = base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode("ascii")
            if f"'sha256-{digest}'" not in page.policy:
                findings.append(f"a <{tag}> that the page's policy does not name")
    if not page.policy.startswith("default-src 'none'"):
        findings.append("no content policy")
    findings += [f"a link to #{t}, which is not on the page" for t in page.targets if t not in page.ids]
    embedded: set[int] = set()
    for encoded in _FACE.findall(style):
        embedded |= fonts.points_of(base64.b64decode(encoded))
    absent = sorted(fonts.needed("".join(page.shown)) - embedded)
    # What no shipped font draws is left to the reader's system in verbatim source texts only.
    drawable = [c for c in absent if not fonts.missing(chr(c))]
    if drawable:
        findings.append(
            "characters without an embedded glyph: " + " ".join(f"{chr(c)} U+{c:04X}" for c in drawable[:10])
        )
    _raise(path.name, findings)


def check_docx(path: Path) -> None:
    """No outside relation, alt text on every picture, no field but contents and page numbers."""
    findings = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = (
                archive.read(name).decode("utf-8", "replace") if name.endswith((".xml", ".rels")) else ""
            )
            if name.endswith(".rels") and 'TargetMode="External"' in content:
                findings.append(f"{name}: a relation to something outside the file")
            for code in re.findall(r"<w:instrText[^>]*>([^<]*)</w:instrText>", content):
                if code.split()[:1] not in (["TOC"], ["PAGE"], ["NUMPAGES"]):
                    findings.append(f"{name}: field {code[:40]!r}")
            for element in re.findall(r"<wp:docPr\b[^>]*>", content):
                if not re.search(r'descr="[^"]+"', element):
                    findings.append(f"{name}: a picture without alt text")
    _raise(path.name, findings)


def check_xlsx(path: Path) -> None:
    """No formula, no outside link, no cell beyond the limit."""
    findings = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.startswith("xl/worksheets/sheet") and re.search(rb"<f[ >/]", content):
                findings.append(f"{name}: a formula")
            if b'TargetMode="External"' in content and name.endswith(".rels"):
                findings.append(f"{name}: an outside link")
            if name.startswith("xl/externalLinks"):
                findings.append(f"{name}: an outside workbook")
    _raise(path.name, findings)


def check_csv(path: Path) -> None:
    """No cell that a spreadsheet takes for a formula (numbers may be negative)."""
    findings = []
    with open(path, encoding="utf-8-sig", newline="") as handle:
        csv.field_size_limit(2**31 - 1)
        for number, row in enumerate(csv.reader(handle), 1):
            for cell in row:
                if cell.startswith(_FORMULA_LEAD) and not re.fullmatch(
                    r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", cell
                ):
                    findings.append(f"row {number}: {cell[:40]!r}")
    _raise(path.name, findings)


def check_pdf(path: Path, document: Mapping[str, Any]) -> None:
    """Every text of the document found again inside a page, no box over another, no way out of the file."""
    from analysis.reporting.gates_pdf import findings_of

    _raise(path.name, findings_of(path, document))
