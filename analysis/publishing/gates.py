"""What a file must pass before it counts as written: checks of the finished files, read back.

Every check raises ``GateFailure`` listing what was found, and where in the document.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.publishing import fonts

_TAGS = frozenset(
    """
    html head meta title style body header main footer nav section aside figure figcaption details summary
    button input label select option h1 h2 h3 h4 h5 p a span strong em code pre blockquote abbr ul ol li dl dt dd div br
    img mark time table caption thead tbody tr th td script svg g path rect circle ellipse line polyline polygon text tspan
    defs clippath use lineargradient radialgradient stop marker pattern image mask
    """.split()
)
# Attributes of drawings and tables that can hold no address; most of a page is these.
_PLAIN_ATTRIBUTES = frozenset(
    """
    class x y d points transform width height text-anchor font-size font-family stroke-width lang scope aria-label
    title colspan rowspan
    """.split()
)
_FORBIDDEN = frozenset("style srcdoc formaction action ping background".split())
_BOLD_TAGS = frozenset("h1 h2 h3 h4 h5 th strong caption figcaption summary".split())
_BOLD_CLASSES = frozenset("call l1 section".split())
ADDRESS = re.compile(
    r"(?:#[\w.-]+|(?:\.\./)?\w[\w./-]*\.(?:html|csv|svg|pdf|xlsx|docx)(?:#[\w.~%=&,;:/?+!-]*)?|https?://\S+|mailto:\S+)\Z",
    re.ASCII,
)
_FACE = re.compile(r"font-weight:(\d+)[^}]*?src:url\(data:font/woff;base64,([A-Za-z0-9+/=]+)\)")
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,")
_FORMULA_LEAD = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong; ``anchor`` is the last anchor of the document before it, empty where unknown."""

    text: str
    anchor: str = ""
    is_overlap: bool = False

    def __str__(self) -> str:
        return self.text + (f" (at {self.anchor})" if self.anchor else "")


class GateFailure(RuntimeError):
    """A finished file that must not be published; ``findings`` lists why."""

    def __init__(self, name: str, findings: list[Finding]):
        more = f"; and {len(findings) - 8} more" if len(findings) > 8 else ""
        self.name = name
        super().__init__(f"{name}: {'; '.join(map(str, findings[:8]))}{more}")
        self.findings = findings


def stop(name: str, findings: Iterable[Finding | str]) -> None:
    """Raise GateFailure when there is a finding."""
    found = [Finding(f) if isinstance(f, str) else f for f in dict.fromkeys(findings)]
    if found:
        raise GateFailure(name, found)


class _Page:
    """What a page asks for, runs and shows, as a browser's parser reads it."""

    def __init__(self, text: str) -> None:
        from selectolax.lexbor import LexborHTMLParser

        self.findings: list[Finding] = []
        self.shown: dict[bool, set[str]] = {False: set(), True: set()}
        self.code: dict[str, list[str]] = {"style": [], "script": []}
        self.policy, self.anchor = "", ""
        self.ids: set[str] = set()
        self.targets: list[Finding] = []
        self.walk(LexborHTMLParser(text).root, False)

    def find(self, what: str) -> None:
        self.findings.append(Finding(what, self.anchor))

    def walk(self, node: Any, is_bold: bool) -> None:
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                self.shown[is_bold].update(child.text_content or "")
            elif tag in self.code:
                self.code[tag].append(child.text(deep=True) or "")
                self.element(tag, child.attributes, child)
            elif not tag.startswith(("-", "!")):
                look = child.attributes
                heavy = (
                    is_bold
                    or tag in _BOLD_TAGS
                    or bool(_BOLD_CLASSES & set((look.get("class") or "").split()))
                )
                self.element(tag, look, child)
                if drawn := look.get("data-n"):
                    self.shown[heavy].update(drawn)
                self.walk(child, heavy or (look.get("font-weight") or "") in ("bold", "700"))

    def element(self, tag: str, attributes: Mapping[str, str | None], node: Any) -> None:
        if tag.lower() not in _TAGS:
            self.find(f"element <{tag}>")
        for key, value in attributes.items():
            value = value or ""
            if key in _PLAIN_ATTRIBUTES:
                continue
            if key.startswith("on") or key in _FORBIDDEN:
                self.find(f"attribute {key} on <{tag}>")
            elif tag in ("image", "img") and key in ("href", "xlink:href", "src"):
                if not _PICTURE.match(value):
                    self.find(f"request for {value[:60]!r}")
            elif key in ("href", "xlink:href"):
                if not ADDRESS.match(value) or (tag != "a" and not value.startswith("#")):
                    self.find(f"link to {value[:60]!r}")
                elif tag == "a" and value.startswith("#"):
                    self.targets.append(Finding(value[1:], self.anchor))
            elif key == "src":
                self.find(f"request for {value[:60]!r}")
            elif key == "id":
                if value in self.ids:
                    self.find(f"id {value!r} given twice")
                self.ids.add(value)
                self.anchor = value if node.tag in ("figure", "h2", "h3", "h4", "h5") else self.anchor
            elif "url(" in value.lower() and not re.fullmatch(r"url\(#[\w.-]+\)", value):
                self.find(f"{key} refers to {value[:60]!r}")
        if tag == "meta" and "http-equiv" in attributes:
            if (attributes["http-equiv"] or "").lower() == "content-security-policy":
                self.policy = attributes.get("content") or ""
            else:
                self.find(f"meta http-equiv {attributes['http-equiv']!r}")
        elif tag == "img" and not (attributes.get("alt") or "").strip():
            self.find("a picture without alt text")
        elif tag == "svg":
            holder = node.parent
            while holder is not None and holder.attributes.get("role") != "img":
                holder = holder.parent
            if holder is None or not (holder.attributes.get("aria-label") or "").strip():
                self.find("a figure without alt text")


def check_html(path: Path, has_fonts: bool = True) -> None:
    """No outside request, nothing active but the page's own script, alt texts, links that arrive, every glyph in each weight.

    A page that is to be drawn with the reader's fonts (``has_fonts`` False) must embed none.
    """
    page = _Page(path.read_text(encoding="utf-8"))
    findings: list[Finding | str] = list(page.findings)
    style = "".join(page.code["style"])
    if re.search(r"url\s*\(|@import|https?:|expression\s*\(", _FACE.sub("", style), re.I):
        findings.append("the style sheet refers to something outside the page")
    for tag, codes in page.code.items():
        for code in codes:
            digest = base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode("ascii")
            if f"'sha256-{digest}'" not in page.policy:
                findings.append(f"a <{tag}> that the page's policy does not name")
    if not page.policy.startswith("default-src 'none'"):
        findings.append("no content policy")
    findings += [
        Finding(f"a link to #{t.text}, which is not on the page", t.anchor)
        for t in page.targets
        if t.text not in page.ids
    ]
    if not has_fonts:
        findings += ["a font in a page of system fonts"] if "@font-face" in style else []
        stop(path.name, findings)
        return
    embedded: dict[int, list[set[int]]] = {400: [], 700: []}
    for weight, encoded in _FACE.findall(style):
        embedded[int(weight)].append(fonts.points_of(base64.b64decode(encoded)))
    # The extension and the symbols have one weight only, which a browser makes bold by itself.
    light, own = set().union(*embedded[400]), embedded[400][0] if embedded[400] else set()
    for is_bold, has in ((False, light), (True, set().union(*embedded[700]) | (light - own))):
        absent = sorted(fonts.needed("".join(sorted(page.shown[is_bold]))) - has)
        # What no shipped font draws is left to the reader's system in verbatim source texts only.
        drawable = [c for c in absent if not fonts.missing(chr(c)) and (not is_bold or fonts.has_bold(c))]
        if drawable:
            shown = " ".join(f"{chr(c)} U+{c:04X}" for c in drawable[:10])
            findings.append(f"characters without an embedded glyph{' in bold' if is_bold else ''}: {shown}")
    stop(path.name, findings)


def check_docx(path: Path) -> None:
    """No relation out of the file but links, alt text on every picture, no field but contents and page numbers."""
    findings = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = (
                archive.read(name).decode("utf-8", "replace") if name.endswith((".xml", ".rels")) else ""
            )
            for relation in re.findall(r'<Relationship\b[^>]*TargetMode="External"[^>]*>', content):
                target = re.search(r'Target="([^"]*)"', relation)
                if (
                    "/hyperlink" not in relation
                    or not target
                    or not ADDRESS.match(target[1].replace("&amp;", "&"))
                ):
                    findings.append(f"{name}: a relation to something outside the file")
            for code in re.findall(r"<w:instrText[^>]*>([^<]*)</w:instrText>", content):
                if code.split()[:1] not in (["TOC"], ["PAGE"], ["NUMPAGES"], ["PAGEREF"]):
                    findings.append(f"{name}: field {code[:40]!r}")
            for element in re.findall(r"<wp:docPr\b[^>]*>", content):
                if not re.search(r'descr="[^"]+"', element):
                    findings.append(f"{name}: a picture without alt text")
    stop(path.name, findings)


def check_xlsx(path: Path) -> None:
    """No formula, no link out of the file."""
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
    stop(path.name, findings)


def check_csv(path: Path) -> None:
    """No cell that a spreadsheet takes for a formula (numbers may be negative)."""
    findings = []
    csv.field_size_limit(sys.maxsize)
    with open(path, encoding="utf-8-sig", newline="") as handle:
        for number, row in enumerate(csv.reader(handle), 1):
            for cell in row:
                if cell.startswith(_FORMULA_LEAD) and not re.fullmatch(
                    r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", cell
                ):
                    findings.append(f"row {number}: {cell[:40]!r}")
    stop(path.name, findings)
