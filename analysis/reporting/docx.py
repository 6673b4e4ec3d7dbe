"""The briefing as DOCX for Word and WPS: heading styles, real tables with repeated heads, pictures
with alt texts, a table of contents that the program fills on opening.

The file is written the same way every time: fixed dates inside, fixed order and dates in the archive.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.reporting.docx_parts import (
    ACCENT,
    SOFT,
    add_bookmark,
    add_borders,
    add_field,
    add_margins,
    add_shade,
    set_styles,
    settled_archive,
)
from analysis.reporting.pdf import orient

TONES = {
    "can": ("1D6B45", "F0F7F3"),
    "cannot": ("8A3B12", "FBF4EF"),
    "disagree": ("7A1F4B", "F9F1F5"),
    "note": ("1F4E79", "F1F5F9"),
    "warning": ("7A5B00", "FAF6E8"),
}
_XML_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    return _XML_FORBIDDEN.sub("", text.replace("\u200b", ""))


class _Writer:
    """Writes one document; keeps python-docx's objects together."""

    def __init__(self, document: Mapping[str, Any]):
        import docx
        from docx.shared import Mm, Pt

        self.source = document
        self.say = document["words"]
        self.zh = document["lang"] == "zh"
        self.docx = docx.Document()
        self.bookmarks = 0
        set_styles(self.docx)
        section = self.docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin, section.bottom_margin = Mm(24), Mm(20)
        self.landscape = False
        self.small = Pt(8)

    # --- small parts ------------------------------------------------------
    def _mark(self, paragraph: Any, name: str) -> None:
        self.bookmarks += 1
        add_bookmark(paragraph, name, self.bookmarks)

    def _runs(self, paragraph: Any, runs: Any) -> None:
        for run in runs:
            made = paragraph.add_run(_xml(run["text"]))
            made.bold = True if run["strong"] else None
            self._note(paragraph, run["n"])

    def _note(self, paragraph: Any, number: int) -> None:
        from docx.shared import RGBColor

        if number:
            mark = paragraph.add_run(f"[{number}]")
            mark.font.superscript = True
            mark.font.color.rgb = RGBColor.from_string(ACCENT)

    def _small(self, text: str) -> None:
        from docx.shared import Pt, RGBColor

        if text:
            paragraph = self.docx.add_paragraph()
            run = paragraph.add_run(_xml(text))
            run.font.size, run.font.color.rgb = self.small, RGBColor.from_string(SOFT)
            paragraph.paragraph_format.space_after = Pt(2)

    def _turn(self, landscape: bool) -> None:
        """A new section when the orientation changes."""
        from docx.enum.section import WD_ORIENT, WD_SECTION
        from docx.shared import Mm

        if landscape == self.landscape:
            return
        section = self.docx.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        section.left_margin = section.right_margin = Mm(18 if landscape else 22)
        self.landscape = landscape

    # --- blocks -----------------------------------------------------------
    def cover(self) -> None:
        say, source = self.say, self.source
        self.docx.add_paragraph(_xml(source["title"]), style="Title")
        if source["subtitle"]:
            self.docx.add_paragraph(_xml(source["subtitle"]), style="Subtitle")
        if source["as_of"]:
            self._small(f"{say['data_as_of']}{say['colon']}{source['as_of']}")
        self._small(say["self_reported"])
        self.docx.add_paragraph(say["contents"], style="Caption")
        # The entries stand there already; the program renews them with page numbers (F9 or on opening).
        toc = self.docx.add_paragraph()
        toc.paragraph_format.line_spacing = 1.15
        add_field(
            toc,
            'TOC \\o "1-2" \\h \\z \\u',
            "\n".join(
                _xml(b["number"] + b["text"])
                for b in source["body"]
                if b["kind"] == "heading" and b["level"] <= 2
            ),
        )

    def heading(self, block: Mapping[str, Any]) -> None:
        paragraph = self.docx.add_heading(_xml(block["number"] + block["text"]), level=block["level"])
        paragraph.paragraph_format.page_break_before = block["level"] == 1
        self._mark(paragraph, block["anchor"])

    def paragraph(self, block: Mapping[str, Any]) -> None:
        from docx.shared import Pt

        paragraph = self.docx.add_paragraph()
        if self.zh:
            paragraph.paragraph_format.first_line_indent = Pt(21)
        self._runs(paragraph, block["runs"])

    def listing(self, block: Mapping[str, Any]) -> None:
        from docx.shared import Pt

        for number, item in enumerate(block["items"], 1):
            if block["ordered"]:
                paragraph = self.docx.add_paragraph()
                paragraph.add_run(f"{number}. ")
                paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = (
                    Pt(18),
                    Pt(-14),
                )
            else:
                paragraph = self.docx.add_paragraph(style="List Bullet")
            self._runs(paragraph, item)

    def callout(self, block: Mapping[str, Any]) -> None:
        from docx.shared import Pt, RGBColor

        colour, ground = TONES[block["tone"]]
        for index, item in enumerate([None, *block["items"]]):
            paragraph = self.docx.add_paragraph()
            properties = paragraph._p.get_or_add_pPr()
            add_borders(properties, "w:pBdr", {"left": (24, colour)})
            add_shade(properties, ground)
            paragraph.paragraph_format.left_indent = Pt(10)
            paragraph.paragraph_format.space_after = Pt(10 if index == len(block["items"]) else 0)
            if item is None:
                run = paragraph.add_run(_xml(block["title"]))
                run.bold, run.font.color.rgb = True, RGBColor.from_string(colour)
                paragraph.paragraph_format.keep_with_next = True
            else:
                if len(block["items"]) > 1:
                    paragraph.add_run("• ")
                self._runs(paragraph, item)

    def table(self, block: Mapping[str, Any]) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt, RGBColor
        from docx.text.paragraph import Paragraph

        sides = {
            "left": WD_ALIGN_PARAGRAPH.LEFT,
            "right": WD_ALIGN_PARAGRAPH.RIGHT,
            "center": WD_ALIGN_PARAGRAPH.CENTER,
        }
        for part in block["parts"]:
            # A little smaller than measured: the reader's Latin font may be wider than the shipped one.
            size = part["size"] * 0.93
            caption = self.docx.add_paragraph(
                f"{self.say['table']} {block['no']}　{_xml(block['caption'] + part['suffix'])}",
                style="Caption",
            )
            self._mark(caption, block["anchor"])
            table = self.docx.add_table(rows=1 + len(part["rows"]), cols=len(part["labels"]))
            table.autofit = False
            add_borders(
                table._tbl.tblPr,
                "w:tblBorders",
                {"top": (12, ACCENT), "bottom": (12, ACCENT), "insideH": (2, "D5DAE0")},
            )
            add_margins(table._tbl.tblPr, part["pad"])
            grid = table._tbl.tblGrid.findall(qn("w:gridCol"))
            for width, column in zip(part["widths"], grid):
                column.set(qn("w:w"), str(int(Mm(width).twips)))
            # Cells are reached through the row's own element: python-docx rebuilds the grid on every cell access.
            for index, row_element in enumerate(table._tbl.tr_lst):
                properties = row_element.get_or_add_trPr()
                if index == 0:
                    properties.append(OxmlElement("w:tblHeader"))
                if index == 0 or not part["rows"][index - 1][0]["long"]:
                    properties.insert(0, OxmlElement("w:cantSplit"))
                for place, cell in enumerate(row_element.tc_lst):
                    cell.width = Mm(part["widths"][place])
                    paragraph = Paragraph(cell.p_lst[0], self.docx.element.body)
                    paragraph.paragraph_format.alignment = sides[part["aligns"][place]]
                    paragraph.paragraph_format.space_after = Pt(1)
                    paragraph.paragraph_format.line_spacing = 1.1
                    if index == 0:
                        run = paragraph.add_run(_xml(part["labels"][place]))
                        run.bold, run.font.size = True, Pt(size)
                        continue
                    item = part["rows"][index - 1][place]
                    paragraph.add_run(_xml(item["text"] + item["tail"])).font.size = Pt(size)
                    if item["flags"]:
                        mark = paragraph.add_run(" " + _xml(" ".join(item["flags"])))
                        mark.font.size, mark.font.color.rgb = (
                            Pt(size * 0.8),
                            RGBColor.from_string(TONES["cannot"][0]),
                        )
                    if item["n"]:
                        mark = paragraph.add_run(f"[{item['n']}]")
                        mark.font.superscript, mark.font.size, mark.font.color.rgb = (
                            True,
                            Pt(size),
                            RGBColor.from_string(ACCENT),
                        )
        self._under(block)

    def _under(self, block: Mapping[str, Any]) -> None:
        if block["note"]:
            self._small(self.say["note"] + self.say["colon"] + block["note"])
        for note in block["notes"]:
            self._small(note)
        self._small(block["source_line"])

    def figure(self, block: Mapping[str, Any]) -> None:
        from docx.shared import Mm

        caption = self.docx.add_paragraph(
            f"{self.say['figure']} {block['no']}　{_xml(block['caption'])}", style="Caption"
        )
        self._mark(caption, block["anchor"])
        if block["png"]:
            paragraph = self.docx.add_paragraph()
            shape = paragraph.add_run().add_picture(io.BytesIO(block["png"]), width=Mm(block["width_mm"]))
            shape._inline.docPr.set("descr", _xml(block["alt"]))
            shape._inline.docPr.set("name", block["anchor"])
        else:
            self.docx.add_paragraph(_xml(block["alt"]))
        self._under(block)

    def sources(self) -> None:
        rows = self.source["sources"]
        if not rows:
            return
        self._turn(False)
        self.heading({"number": "", "text": self.say["sources"], "level": 1, "anchor": "sources"})
        self._small(self.say["sources_note"])
        by_notice: dict[str, list[str]] = {}
        for row in rows:
            by_notice.setdefault(row["notice"], []).append(f"[{row['n']}] {row['place']}")
        for notice, places in by_notice.items():
            self._small(f"{notice}{self.say['colon']}" + ("；" if self.zh else "; ").join(places))

    def foot(self) -> None:
        """Running head and page number, in the first section; later sections take them over."""
        from docx.shared import Pt

        section = self.docx.sections[0]
        head = section.header.paragraphs[0]
        head.text = _xml(self.source["title"])
        foot = section.footer.paragraphs[0]
        before, _, rest = self.say["page_of"].partition("{0}")
        middle, _, after = rest.partition("{1}")
        foot.add_run(before)
        add_field(foot, "PAGE", "1")
        foot.add_run(middle)
        add_field(foot, "NUMPAGES", "1")
        foot.add_run(after)
        for paragraph in (head, foot):
            for run in paragraph.runs:
                run.font.size = Pt(8)

    def write(self) -> bytes:
        kinds = {
            "heading": self.heading,
            "paragraph": self.paragraph,
            "list": self.listing,
            "callout": self.callout,
            "table": self.table,
            "figure": self.figure,
        }
        self.cover()
        for group in orient(self.source):
            self._turn(group["landscape"])
            for block in group["blocks"]:
                kinds[block["kind"]](block)
        self.sources()
        self.foot()
        properties, when = self.docx.core_properties, self.source["timestamp"].replace(tzinfo=None)
        properties.title, properties.author, properties.last_modified_by = (
            _xml(self.source["title"])[:255],
            "zhenggai",
            "zhenggai",
        )
        properties.created = properties.modified = when
        properties.language, properties.comments, properties.revision = (
            ("zh-CN" if self.zh else "en-GB"),
            "",
            1,
        )
        buffer = io.BytesIO()
        self.docx.save(buffer)
        return buffer.getvalue()


def write_briefing(document: Mapping[str, Any], path: Path) -> Path:
    """Write the assembled ``document`` as DOCX; the same document gives the same bytes."""
    path.write_bytes(settled_archive(_Writer(document).write()))
    return path
