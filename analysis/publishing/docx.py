"""The document as DOCX for Word and WPS: heading styles, real tables with repeated heads, pictures
with alt texts that stay with their captions and notes, contents with page numbers.

Lines are as far apart as in the PDF whatever the reader's font, so that pages end where its pages end: the
contents show the PDF's page numbers until Word, which counts anew on opening, has its own.

The file is written the same way every time: fixed dates inside, fixed order and dates in the archive.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as Lines

from analysis.publishing import drawings, fonts
from analysis.publishing.document import (
    Block,
    BulletList,
    Code,
    Document,
    Figure,
    Heading,
    Paragraph,
    Quote,
    Span,
    Table,
    plain,
    printed,
    walk,
)
from analysis.publishing.widths import Part, breakable, lay_out

LATIN, EAST_ASIAN, EAST_ASIAN_HEAD = "Arial", "宋体", "黑体"
ACCENT, SOFT, INK = "1F4E79", "59636E", "1B1F24"
TONES = {"note": (ACCENT, "F1F5F9"), "warning": ("7A5B00", "FAF6E8"), "left_out": (SOFT, "F4F5F6")}
_PPI = 200
_TEXT_MM = 166.0
_TILES_ACROSS = 3
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\u200b")
# Name, size, bold, space before and after, colour; then the distance of lines, in parts of the size.
_STYLES = (
    ("Normal", 10.5, None, 0, 3, INK, 1.55),
    ("Title", 21, True, 0, 4, ACCENT, 1.3),
    ("Subtitle", 9.5, False, 0, 2, SOFT, 1.4),
    ("Heading 1", 14.5, True, 16, 4, ACCENT, 1.4),
    ("Heading 2", 13.5, True, 10, 4, INK, 1.4),
    ("Heading 3", 11.5, True, 8, 2, INK, 1.4),
    ("Heading 4", 10.5, True, 8, 2, SOFT, 1.4),
    ("Caption", 9.5, True, 8, 3, INK, 1.4),
    ("List Bullet", 10.5, None, 0, 1, INK, 1.55),
    ("List Number", 10.5, None, 0, 1, INK, 1.55),
    ("Header", 8, None, 0, 0, SOFT, 1.4),
    ("Footer", 8, None, 0, 0, SOFT, 1.4),
)
_ENGLISH_PITCH = 1.43
# Word insists on the order of properties: these follow borders in a paragraph's or a table's.
_AFTER_BORDERS = (
    "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr",
)  # fmt: skip


def _xml(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _element(tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def picture_of(svg: str) -> bytes:
    """A sanitised drawing as PNG, drawn with the shipped fonts."""
    import typst

    source = (
        b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
    )
    made = typst.compile(
        source,
        format="png",
        ppi=_PPI,
        font_paths=fonts.for_typst("".join(drawings.texts(svg))),
        sys_inputs={"svg": drawings.sized(svg, 160)},
    )
    return made if isinstance(made, bytes) else made[0]


class _Writer:
    """Writes one document; keeps python-docx's objects together."""

    def __init__(self, document: Document, pages: Mapping[str, int]):
        self.source, self.say, self.pages = document, document.words, pages
        self.file = docx.Document()
        self.bookmarks: dict[str, str] = {}
        blocks = printed(document.blocks)
        for block in walk(blocks):
            if isinstance(block, (Heading, Table, Figure)):
                self.bookmarks[block.anchor] = f"b{len(self.bookmarks) + 1}"
        self.styles()
        self.shape(self.file.sections[0], False)

    def styles(self) -> None:
        for name, size, bold, before, after, colour, pitch in _STYLES:
            style = self.file.styles[name]
            style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
            style.font.name, style.font.color.rgb = LATIN, RGBColor.from_string(colour)
            held = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in [key for key in held.attrib if "heme" in key]:
                del held.attrib[key]
            is_body = name in ("Normal", "List Bullet", "List Number", "Header", "Footer")
            for part, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN)):
                held.set(qn(f"w:{part}"), font)
            held.set(qn("w:eastAsia"), EAST_ASIAN if is_body else EAST_ASIAN_HEAD)
            if self.source.lang == "zh":
                held.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese ones
            for spaced in style.element.rPr.findall(qn("w:spacing")):
                style.element.rPr.remove(spaced)
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
            style.paragraph_format.keep_with_next = None if is_body else True
            is_english = pitch == 1.55 and self.source.lang != "zh"
            self.pitch(style, size * (_ENGLISH_PITCH if is_english else pitch))
        normal = self.file.styles["Normal"]
        normal.element.get_or_add_rPr().append(_element("w:lang", val="en-GB", eastAsia="zh-CN"))
        for border in self.file.styles["Title"].element.findall(".//" + qn("w:pBdr")):
            border.getparent().remove(border)

    def pitch(self, styled: Any, points: float) -> None:
        """Lines this far apart unless the font needs more: fonts differ in what they ask for."""
        styled.paragraph_format.line_spacing = Pt(round(points * 4) / 4)
        styled.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST

    def shape(self, section: Any, is_landscape: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if is_landscape else (Mm(210), Mm(297))
        section.left_margin = section.right_margin = Mm(18 if is_landscape else 22)
        section.top_margin, section.bottom_margin = Mm(24), Mm(20)

    # --- text -----------------------------------------------------------
    def spans(self, paragraph: Any, spans: Sequence[Span], size: float | None = None, **look: Any) -> None:
        for span in spans:
            run = paragraph.add_run(_xml(span.text))
            run.bold = True if span.strong or look.get("bold") else None
            run.font.italic = True if span.emphasis else None
            if size:
                run.font.size = Pt(size)
            if colour := ACCENT if span.href else look.get("colour"):
                run.font.color.rgb = RGBColor.from_string(colour)
            if span.href.startswith("#") and span.href[1:] in self.bookmarks:
                link = _element("w:hyperlink", anchor=self.bookmarks[span.href[1:]])
            elif span.href and not span.href.startswith("#"):
                link = OxmlElement("w:hyperlink")
                held = self.file.part.relate_to(span.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                link.set(qn("r:id"), held)
            else:
                continue
            run._r.addprevious(link)
            link.append(run._r)

    def small(self, spans: Sequence[Span], is_last: bool = True) -> None:
        paragraph = self.file.add_paragraph()
        self.spans(paragraph, spans, 8, colour=SOFT)
        self.pitch(paragraph, 8 * 1.3)
        paragraph.paragraph_format.space_after = Pt(8 if is_last else 0)
        paragraph.paragraph_format.keep_with_next = None if is_last else True

    def gap(self) -> None:
        """The paragraph that must stand between a table and what follows, as low as it may be."""
        paragraph = self.file.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(
            4
        )  # exactly: the mark of the paragraph has the body's size
        paragraph.paragraph_format.space_after = Pt(0)

    def mark(self, paragraph: Any, anchor: str) -> None:
        number = self.bookmarks[anchor][1:]
        paragraph._p.append(_element("w:bookmarkStart", id=number, name=self.bookmarks[anchor]))
        paragraph._p.append(_element("w:bookmarkEnd", id=number))

    def caption(self, word: str, block: Table | Figure, spans: Sequence[Span], more: str = "") -> None:
        paragraph = self.file.add_paragraph(style="Caption")
        self.spans(paragraph, [Span(f"{self.say[word]} {block.number}　")], colour=ACCENT)
        self.spans(paragraph, [*spans, Span(more)])
        if not more:
            self.mark(paragraph, block.anchor)

    def field(self, paragraph: Any, code: str, shown: str, is_stale: bool = False) -> None:
        """A field (PAGEREF, PAGE, NUMPAGES) with what it shows until the program renews it, on opening if stale."""
        for kind in ("begin", "code", "separate", "shown", "end"):
            run = paragraph.add_run(shown if kind == "shown" else "")
            if kind == "code":
                element = OxmlElement("w:instrText")
                element.set(qn("xml:space"), "preserve")
                element.text = code
                run._r.append(element)
            elif kind != "shown":
                stale = {"dirty": "true"} if is_stale and kind == "begin" else {}
                run._r.append(_element("w:fldChar", fldCharType=kind, **stale))

    def rule(self, paragraph: Any) -> None:
        """A line above, as chapters have it in the PDF."""
        borders = OxmlElement("w:pBdr")
        borders.append(_element("w:top", val="single", sz="10", space="4", color=ACCENT))
        paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDERS)

    def frame(self, paragraph: Any, colour: str, ground: str) -> None:
        properties = paragraph._p.get_or_add_pPr()
        borders = OxmlElement("w:pBdr")
        borders.append(_element("w:left", val="single", sz="24", space="4", color=colour))
        properties.insert_element_before(borders, *_AFTER_BORDERS)
        if ground:
            shade = _element("w:shd", val="clear", color="auto", fill=ground)
            properties.insert_element_before(shade, *_AFTER_BORDERS[1:])
        # The bar stands where the first line begins, which in a list hangs out.
        hanging = paragraph.paragraph_format.first_line_indent or 0
        paragraph.paragraph_format.left_indent = Emu(Pt(10) - min(hanging, 0))

    # --- blocks ---------------------------------------------------------
    def block(self, block: Block, depth: int = 0) -> None:
        if isinstance(block, Heading):
            paragraph = self.file.add_heading("", level=block.level)
            self.spans(paragraph, [Span(span.text) for span in block.spans], 9.5 if block.is_kicker else None)
            if block.level == 1:
                self.rule(paragraph)
            if block.is_kicker:
                self.pitch(paragraph, 9.5 * 1.4)
                paragraph.paragraph_format.space_after = Pt(0)
            self.mark(paragraph, block.anchor)
        elif isinstance(block, Paragraph):
            paragraph = self.file.add_paragraph()
            if self.source.lang == "zh" and not depth:
                paragraph.paragraph_format.first_line_indent = Pt(21)
            self.spans(paragraph, block.spans)
        elif isinstance(block, Code):
            paragraph = self.file.add_paragraph()
            self.spans(paragraph, [Span(block.text)], 8.5)
            paragraph.runs[0].font.name = "Consolas"
            self.frame(paragraph, "D5DAE0", "F5F7F9")
        elif isinstance(block, BulletList):
            self.listing(block, depth)
        elif isinstance(block, Quote):
            self.quote(
                block.blocks,
                block.tone,
                block.title or ("" if block.tone == "left_out" else self.say.get(block.tone, "")),
            )
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, Figure):
            self.figure(block)

    def listing(self, block: BulletList, depth: int) -> None:
        for number, item in enumerate(block.items, block.start or 0):
            for place, inner in enumerate(item):
                if not isinstance(inner, Paragraph):
                    self.block(inner, depth + 1)
                    continue
                paragraph = self.file.add_paragraph(
                    style="List Bullet" if block.start is None and not place else "Normal"
                )
                paragraph.paragraph_format.left_indent = Pt(18 * (depth + 1))
                if not place:
                    paragraph.paragraph_format.first_line_indent = Pt(-14)
                    self.spans(paragraph, [Span(f"{number}. ")] if block.start is not None else [])
                self.spans(paragraph, inner.spans)

    def quote(self, blocks: Sequence[Block], tone: str, title: str) -> None:
        colour, ground = TONES.get(tone, ("B8C0C8", ""))
        before = len(self.file.element.body)
        if title:
            paragraph = self.file.add_paragraph()
            self.spans(paragraph, [Span(title, strong=True)], colour=colour)
            paragraph.paragraph_format.keep_with_next = True
        for inner in blocks:
            self.block(inner, 1)
        for element in list(self.file.element.body)[before - 1 :]:
            if element.tag == qn("w:p") and not element.findall(".//" + qn("w:pBdr")):
                self.frame(Lines(element, self.file.element.body), colour, ground)

    def tiles(self, block: Table) -> None:
        """Short values under their heads, three across, each head above its value."""
        cells = list(zip(block.head[0], block.rows[0], strict=True))
        self.small(block.caption, False)
        across = min(len(cells), _TILES_ACROSS)
        table = self.file.add_table(rows=-(-len(cells) // across), cols=across)
        table.autofit = False
        for place, (head, value) in enumerate(cells):
            cell = table.cell(*divmod(place, across))
            cell.width = Mm(_TEXT_MM / across)
            first, second = cell.paragraphs[0], cell.add_paragraph()
            self.spans(first, head.spans, 8, colour=SOFT)
            self.spans(second, value.spans, 14.5, bold=True, colour=ACCENT)
            for paragraph, size, after in ((first, 8, 0), (second, 14.5, 5)):
                self.pitch(paragraph, size * 1.3)
                paragraph.paragraph_format.space_after = Pt(after)
                paragraph.paragraph_format.keep_with_next = True
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for note in block.notes:
            self.small(note)
        if not block.notes:
            self.gap()

    def table(self, block: Table) -> None:
        if not block.number:
            self.tiles(block)
            return
        for number, part in enumerate(lay_out(block)[1], 1):
            more = self.say["continued"].format(number) if number > 1 else ""
            self.caption("table", block, block.caption, more)
            self.grid(block, part)
        for place, note in enumerate(block.notes, 1):
            self.small(note, place == len(block.notes))
        if not block.notes:
            self.gap()

    def grid(self, block: Table, part: Part) -> None:
        table = self.file.add_table(rows=0, cols=len(part.columns))
        table.autofit = False
        borders = OxmlElement("w:tblBorders")
        for side, size, colour in (
            ("top", "12", ACCENT),
            ("bottom", "12", ACCENT),
            ("insideH", "2", "D5DAE0"),
        ):
            borders.append(_element(f"w:{side}", val="single", sz=size, space="0", color=colour))
        table._tbl.tblPr.insert_element_before(borders, *_AFTER_BORDERS)
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margins.append(_element(f"w:{side}", w=str(int(Mm(part.pad).twips)), type="dxa"))
        table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
        widths = [int(Mm(width).twips) for width in part.widths]
        for width, column in zip(widths, table._tbl.tblGrid.findall(qn("w:gridCol")), strict=True):
            column.set(qn("w:w"), str(width))
        rows = [[row[i] for i in part.columns] for row in (*block.head, *block.rows)]
        heads = len(block.head)
        for y, row in enumerate(rows):
            line = OxmlElement("w:tr")
            properties = OxmlElement("w:trPr")
            if y < heads or all(len(plain(cell.spans)) <= 450 for cell in row):
                properties.append(OxmlElement("w:cantSplit"))
            if y < heads:
                properties.append(OxmlElement("w:tblHeader"))
            line.append(properties)
            place = 0
            for _, run in groupby(row, key=id):
                held = list(run)
                self.cell(
                    line,
                    held[0],
                    rows,
                    y,
                    place,
                    sum(widths[place : place + len(held)]),
                    len(held),
                    block,
                    part,
                )
                place += len(held)
            table._tbl.append(line)

    def cell(
        self,
        line: Any,
        cell: Any,
        rows: Any,
        y: int,
        x: int,
        width: int,
        across: int,
        block: Table,
        part: Part,
    ) -> None:
        made, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
        properties.append(_element("w:tcW", w=str(width), type="dxa"))
        if across > 1:
            properties.append(_element("w:gridSpan", val=str(across)))
        is_more = y > 0 and rows[y - 1][x] is cell
        if is_more or (y + 1 < len(rows) and rows[y + 1][x] is cell):
            properties.append(_element("w:vMerge", **({} if is_more else {"val": "restart"})))
        made.append(properties)
        paragraph = Lines(OxmlElement("w:p"), self.file.element.body)
        made.append(paragraph._p)
        line.append(made)
        paragraph.paragraph_format.space_after = Pt(1)
        self.pitch(paragraph, part.size * 1.3)
        is_head = y < len(block.head)
        # The last rows stay together with their notes; the head with the first rows.
        paragraph.paragraph_format.keep_with_next = (
            is_head or y - len(block.head) < 2 or len(rows) - y < 4 or None
        )
        side = (
            "center" if is_head and across > 1 else block.aligns[part.columns[x]] if across == 1 else "left"
        )
        paragraph._p.get_or_add_pPr().append(_element("w:jc", val=side))
        if not is_more:
            spans = [Span(breakable(s.text), s.href, s.strong, s.emphasis) for s in cell.spans]
            # A little smaller than measured: the reader's Latin font may be wider than the shipped one.
            self.spans(paragraph, spans, part.size * 0.93, bold=is_head or (cell.is_head and across > 1))

    def figure(self, block: Figure) -> None:
        self.caption("figure", block, [Span(block.caption)])
        paragraph = self.file.add_paragraph()
        picture = io.BytesIO(picture_of(block.svg) if block.svg else block.raster)
        shape = paragraph.add_run().add_picture(picture, width=Mm(min(block.width_mm, _TEXT_MM)))
        if shape.height > Mm(215):
            shape.width, shape.height = Emu(int(shape.width * Mm(215) / shape.height)), Mm(215)
        shape._inline.docPr.set("descr", _xml(block.alt))
        shape._inline.docPr.set("name", block.anchor)
        paragraph.paragraph_format.keep_with_next = bool(block.notes) or None
        paragraph.paragraph_format.space_after = Pt(2)
        for place, note in enumerate(block.notes, 1):
            self.small([Span(note)], place == len(block.notes))

    # --- the whole --------------------------------------------------------
    def as_of(self) -> str:
        say, day = self.say, self.source.as_of
        return f"{say['data_as_of']}{say['colon']}{day}" if day else ""

    def opening(self) -> None:
        source, say = self.source, self.say
        self.file.add_paragraph(_xml(source.title), style="Title")
        if lines := [_xml(part) for part in (source.scope, self.as_of()) if part]:
            self.file.add_paragraph("　".join(lines), style="Subtitle")
        self.small([Span(("" if source.lang == "zh" else " ").join([say["self_reported"], *source.aside]))])
        if source.front:
            self.quote([BulletList([[Paragraph([Span(m)])] for m in source.front])], "warning", say["front"])

    def contents(self, chapters: Sequence[Heading]) -> None:
        """The chapters in two columns with their pages, below the first of them, as at the foot of the PDF's first page."""
        half = -(-len(chapters) // 2)
        head = self.file.add_paragraph(style="Caption")
        self.spans(head, [Span(self.say["contents"])], colour=ACCENT)
        table = self.file.add_table(rows=half, cols=2)
        table.autofit = False
        for place, chapter in enumerate(chapters):
            cell = table.cell(place % half, place // half)
            cell.width = Mm(_TEXT_MM / 2)
            paragraph, mark = cell.paragraphs[0], self.bookmarks[chapter.anchor]
            paragraph.paragraph_format.tab_stops.add_tab_stop(
                Mm(_TEXT_MM / 2 - 6), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )
            paragraph.add_run(_xml(plain(chapter.spans)) + "\t")
            page = self.pages.get(chapter.anchor)
            self.field(paragraph, f"PAGEREF {mark} \\h", str(page or ""), is_stale=True)
            link = _element("w:hyperlink", anchor=mark, history="1")
            for run in paragraph.runs:
                run.font.size = Pt(8.5)
                link.append(run._r)
            paragraph._p.append(link)
            self.pitch(paragraph, 8.5 * 1.4)
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.keep_with_next = place % half < half - 1 or None
        self.gap()

    def foot(self) -> None:
        """Running head, day of the data and page number, in the first section; later sections take them over."""
        section = self.file.sections[0]
        head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
        head.text = _xml(self.source.title)
        foot.style.paragraph_format.tab_stops.clear_all()
        foot.paragraph_format.tab_stops.add_tab_stop(Mm(_TEXT_MM), WD_TAB_ALIGNMENT.RIGHT)
        foot.add_run(_xml(self.as_of()) + "\t")
        before, _, rest = self.say["page_of"].partition("{0}")
        middle, _, after = rest.partition("{1}")
        foot.add_run(before)
        self.field(foot, "PAGE", "1")
        foot.add_run(middle)
        self.field(foot, "NUMPAGES", "1")
        foot.add_run(after)

    def write(self) -> bytes:
        wide = []
        self.opening()
        chapters = [b for b in printed(self.source.blocks) if isinstance(b, Heading) and b.level == 1]
        for block in printed(self.source.blocks):
            if len(chapters) > 2 and block is chapters[1]:
                self.contents(chapters)
            if isinstance(block, Table) and lay_out(block)[0]:
                wide.append(block)
                said = self.say["see_end"].format(f"{self.say['table']} {block.number}")
                block = Paragraph([Span(said, f"#{block.anchor}")])
            self.block(block)
        if wide:
            self.shape(self.file.add_section(WD_SECTION.NEW_PAGE), True)
            for block in wide:
                self.table(block)
        self.foot()
        properties, when = self.file.core_properties, self.source.timestamp.replace(tzinfo=None)
        properties.title, properties.comments, properties.revision = _xml(self.source.title)[:255], "", 1
        properties.author = properties.last_modified_by = "zhenggai"
        properties.created = properties.modified = when
        properties.language = "zh-CN" if self.source.lang == "zh" else "en-GB"
        buffer = io.BytesIO()
        self.file.save(buffer)
        return buffer.getvalue()


def settled_archive(content: bytes) -> bytes:
    """The same ZIP with its parts in a fixed order and with a fixed date."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, old.read(name))
    return made.getvalue()


def write_docx(document: Document, path: Path, pages: Mapping[str, int] | None = None) -> Path:
    """Write ``document`` as DOCX; the same document gives the same bytes.

    ``pages``: chapter's anchor → its page in the PDF, shown in the contents until the program counts its own.
    """
    path.write_bytes(settled_archive(_Writer(document, pages or {}).write()))
    return path
