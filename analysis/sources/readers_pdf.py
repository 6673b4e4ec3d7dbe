"""PDF with a text layer; scans, encrypted and unreadable files are set aside with the next step."""

from __future__ import annotations

import re

from analysis.parsing.records import Document
from analysis.sources.building import TextBuilder
from analysis.sources.decode import plausibility
from analysis.sources.errors import UnreadableSource
from analysis.sources.furniture import mark_furniture

# The longest notice met prints on some forty pages.
MAX_PAGES = 600
MAX_CHARS = 1_000_000
# A notice has few lines of side-by-side text (signature and date); a table without borders has many.
MAX_COLUMN_SHARE = 0.3
_HAN = re.compile("[\u4e00-\u9fff]")
_PASSWORD_ERROR = 4


def read_pdf(data: bytes, name: str) -> Document:
    """Paragraphs and table cells of a PDF; raises UnreadableSource."""
    import pypdfium2 as pdfium

    from analysis.sources.pdf_flow import add_pages, column_share
    from analysis.sources.pdf_text import read_page

    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise UnreadableSource(
                "read",
                "encrypted_file",
                f"{name}: the PDF is protected by a password. Open it, print it to a new PDF without one, and drop that in.",
            ) from None
        raise UnreadableSource(
            "read",
            "broken_file",
            f"{name}: the PDF is damaged and cannot be opened. Download it again, or print it to a new PDF.",
        ) from None
    try:
        count = len(opened)
        if count > MAX_PAGES:
            raise UnreadableSource(
                "read",
                "too_many_pages",
                f"{name}: {count:,} pages; a notice has some dozens. Split off the pages of the notice and drop those in.",
            )
        pages, broken, total = [], [], 0
        for index in range(count):
            try:
                page = opened[index]
                pages.append(read_page(page, MAX_CHARS - total))
                page.close()
                total += sum(len(run.text) for run in pages[-1].runs)
                if total >= MAX_CHARS:
                    raise UnreadableSource(
                        "read",
                        "too_much_text",
                        f"{name}: more than {MAX_CHARS:,} characters by page {index + 1}; one notice has at most some hundred thousand. Split off the pages of the notice and drop those in.",
                    )
            except pdfium.PdfiumError:
                broken.append(index + 1)
    finally:
        opened.close()
    warnings = [f"pages that could not be read: {_numbers(broken)}"] if broken else []
    blank = [
        index + 1
        for index, page in enumerate(pages)
        if page.has_picture and sum(len(run.text) for run in page.runs) < 20
    ]
    if not any(page.runs for page in pages) or len(blank) * 2 > len(pages):
        what = "the pages are pictures without a text layer (a scan)" if blank else "the PDF holds no text"
        raise UnreadableSource(
            "read",
            "scan_without_text",
            f"{name}: {what}. Run text recognition (OCR) on it, proof-read the result, and drop it in as PDF, DOCX or text.",
        )
    if blank:
        warnings.append(
            f"pages {_numbers(blank)} are pictures without text and were not read; run text recognition (OCR) on them"
        )
    if column_share(pages) > MAX_COLUMN_SHARE:
        raise UnreadableSource(
            "read",
            "columns_without_lines",
            (
                f"{name}: the text stands in columns without ruling lines, so that rows and sentences cannot be told apart safely. "
                "Drop in the DOCX or the web page it was made from, or give the table its borders and print it anew."
            ),
        )
    builder = TextBuilder()
    add_pages(builder, pages)
    text = builder.text
    if len(text) > 60 and plausibility(text) < 0.6 and not _HAN.search(text[:200]) or _is_undecodable(text):
        raise UnreadableSource(
            "read",
            "pdf_without_characters",
            (
                f"{name}: the PDF shows Chinese but does not say which characters its glyphs are. "
                "Print it to a new PDF from the program that made it, or run text recognition (OCR) on it."
            ),
        )
    mark_furniture(text, builder.blocks)
    return Document(text=text, encoding=None, blocks=builder.blocks, reader_warnings=warnings)


def _is_undecodable(text: str) -> bool:
    lost = sum("\ue000" <= char <= "\uf8ff" or char == "\ufffd" for char in text)
    return lost > 20 and lost > 0.1 * len(text)


def _numbers(pages: list[int]) -> str:
    shown = ", ".join(str(page) for page in pages[:10])
    return shown + (f" and {len(pages) - 10} more" if len(pages) > 10 else "")
