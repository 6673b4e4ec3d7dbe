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
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from analysis.reporting import fonts

_TAGS = frozenset("""html head meta title style body header main footer nav section aside figure figcaption details summary button
 h1 h2 h3 h4 h5 p a span strong abbr ul ol li div table caption thead tbody tr th td script
 svg g path rect circle ellipse line polyline polygon text tspan defs clippath use lineargradient radialgradient stop marker pattern image mask""".split())
_VOID = frozenset({"meta"})
_RELATIVE = re.compile(r"(?:#[A-Za-z0-9._-]+|(?:\.\./)?[A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:html|csv|svg|pdf|xlsx|docx)(?:#[A-Za-z0-9._-]+)?)\Z")
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


class _Page(HTMLParser):
    """Collects what a page asks for, runs and shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[str] = []
        self.shown: list[str] = []
        self.code: dict[str, list[str]] = {"style": [], "script": []}
        self.inside = ""
        self.policy = ""
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag not in _TAGS:
            self.findings.append(f"line {self.getpos()[0]}: element <{tag}>")
        for key, value in given.items():
            if key.startswith("on") or key in ("style", "srcdoc", "formaction", "action", "ping", "background"):
                self.findings.append(f"line {self.getpos()[0]}: attribute {key} on <{tag}>")
            elif key in ("href", "xlink:href") and tag != "image" and not _RELATIVE.match(value):
                self.findings.append(f"line {self.getpos()[0]}: link to {value[:60]!r}")
            elif key == "src" or tag == "image" and key in ("href", "xlink:href"):
                if not value.startswith("data:image/png;base64,"):
                    self.findings.append(f"line {self.getpos()[0]}: request for {value[:60]!r}")
            elif "url(" in value.lower() and not re.fullmatch(r"url\(#[A-Za-z0-9._-]+\)", value):
                self.findings.append(f"line {self.getpos()[0]}: {key} refers to {value[:60]!r}")
        if tag == "meta":
            equivalent = given.get("http-equiv", "").lower()
            if equivalent == "content-security-policy":
                self.policy = given.get("content", "")
            elif equivalent:
                self.findings.append(f"meta http-equiv {equivalent!r}")
        if tag == "a" and given.get("href", "").startswith("#"):
            self.targets.append(given["href"][1:])
        if identity := given.get("id"):
            if identity in self.ids:
                self.findings.append(f"line {self.getpos()[0]}: id {identity!r} given twice")
            self.ids.add(identity)
        described = given.get("role") == "img" and bool(given.get("aria-label", "").strip())
        if tag == "svg" and not any(d for _, d in self.open):
            self.findings.append(f"line {self.getpos()[0]}: a figure without alt text")
        if tag in self.code:
            self.inside = tag
            self.code[tag].append("")
        if tag not in _VOID:
            self.open.append((tag, described))
        self.shown.append(given.get("data-n", ""))  # drawn by the style sheet; tooltips are the system's

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside
        while self.open and self.open[-1][0] != tag:
            self.open.pop()
        if self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.code[self.inside][-1] += data
        else:
            self.shown.append(data)


def check_html(path: Path) -> None:
    """No outside request, nothing active but the page's own script, alt texts, links that arrive, every glyph embedded."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
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
        findings.append("characters without an embedded glyph: " + " ".join(f"{chr(c)} U+{c:04X}" for c in drawable[:10]))
    _raise(path.name, findings)


def check_docx(path: Path) -> None:
    """No outside relation, alt text on every picture, no field but contents and page numbers."""
    findings = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name).decode("utf-8", "replace") if name.endswith((".xml", ".rels")) else ""
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
                if cell.startswith(_FORMULA_LEAD) and not re.fullmatch(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", cell):
                    findings.append(f"row {number}: {cell[:40]!r}")
    _raise(path.name, findings)


def check_pdf(path: Path, document: Mapping[str, Any]) -> None:
    """Every text of the document found again inside a page, no box over another, no way out of the file."""
    from analysis.reporting.gates_pdf import findings_of

    _raise(path.name, findings_of(path, document))
