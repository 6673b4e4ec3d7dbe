"""Parts of a DOCX that python-docx has no words for: fonts, fields, borders, a settled archive."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

LATIN, EAST_ASIAN, EAST_ASIAN_HEAD = "Arial", "宋体", "黑体"
ACCENT, SOFT = "1F4E79", "59636E"
# Word insists on the order of properties: these follow borders in a paragraph's or a table's.
_AFTER_BORDERS = (
    "w:shd",
    "w:tblLayout",
    "w:tblCellMar",
    "w:tblLook",
    "w:tabs",
    "w:spacing",
    "w:ind",
    "w:jc",
    "w:rPr",
    "w:sectPr",
)


def set_fonts(style: Any, east_asian: str) -> None:
    """Latin and Chinese fonts of a style, without the theme's."""
    from docx.oxml.ns import qn

    style.font.name = LATIN
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name or "theme" in name:
            del fonts.attrib[name]
    for part in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{part}"), LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)


def set_styles(document: Any) -> None:
    """Heading, list, caption and body styles of a briefing."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles = document.styles
    for name, size, bold, before, after in (
        ("Normal", 10.5, None, 0, 6),
        ("Title", 24, True, 0, 12),
        ("Subtitle", 13, False, 0, 12),
        ("Heading 1", 16, True, 18, 10),
        ("Heading 2", 13, True, 14, 8),
        ("Heading 3", 11.5, True, 12, 6),
        ("Heading 4", 10.5, True, 10, 6),
        ("Caption", 9.5, True, 8, 4),
        ("List Bullet", 10.5, None, 0, 3),
        ("List Number", 10.5, None, 0, 3),
    ):
        style = styles[name]
        set_fonts(style, EAST_ASIAN if name in ("Normal", "List Bullet", "List Number") else EAST_ASIAN_HEAD)
        style.font.size, style.font.bold = Pt(size), bold
        style.font.italic = False
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        if name not in ("Normal", "List Bullet", "List Number"):
            style.font.color.rgb = RGBColor.from_string(
                ACCENT if name in ("Title", "Heading 1") else SOFT if name == "Subtitle" else "1B1F24"
            )
            style.paragraph_format.keep_with_next = True
    styles["Normal"].paragraph_format.line_spacing = 1.35
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    styles["Normal"].element.get_or_add_rPr().append(language)
    for border in styles["Title"].element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)


def add_field(paragraph: Any, code: str, shown: str = "") -> None:
    """A field (TOC, PAGE, NUMPAGES) with what it shows until the program renews it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "separate", "text", "end"):
        run = paragraph.add_run()
        if kind == "text":
            run.text = shown
        elif kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = code
            run._r.append(element)
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def add_bookmark(paragraph: Any, name: str, number: int) -> None:
    """A bookmark at the end of ``paragraph``; ``number`` is unique in the document."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        element = OxmlElement(tag)
        element.set(qn("w:id"), str(number))
        if tag == "w:bookmarkStart":
            element.set(qn("w:name"), re.sub(r"\W", "_", name)[:40])
        paragraph._p.append(element)


def add_shade(element: Any, fill: str) -> None:
    """A background colour."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), fill)
    element.insert_element_before(shade, *_AFTER_BORDERS[1:])


def add_borders(parent: Any, tag: str, sides: Mapping[str, tuple[int, str]]) -> None:
    """Borders by side as (eighths of a point, colour)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement(tag)
    for side, (size, colour) in sides.items():
        edge = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", str(size)), ("space", "4"), ("color", colour)):
            edge.set(qn(f"w:{key}"), value)
        borders.append(edge)
    parent.insert_element_before(borders, *_AFTER_BORDERS)


def add_margins(properties: Any, millimetres: float) -> None:
    """The room beside a cell's text, as the widths were measured with."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(int(Mm(millimetres).twips)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties.insert_element_before(margins, "w:tblLook")


def settled_archive(content: bytes) -> bytes:
    """The same ZIP with its parts in a fixed order and with a fixed date."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n))
        for name in names:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, old.read(name))
    return made.getvalue()
