"""One source file to one Document: a reader per media type, chosen by table.

``read_source`` is a pure function of the file's bytes, name and sidecar, so it may run in any
process. A file that yields no text raises UnreadableSource with what the user can do.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from analysis.parsing.records import Document
from analysis.sources.archive import SourceFile
from analysis.sources.decode import decode_text
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers_markdown import table_cells
from analysis.sources.sniff import (
    CSV,
    DOCX,
    HTML,
    IMAGE,
    LOCKED,
    MARKDOWN,
    MHTML,
    ODT,
    OFD,
    OLE,
    OTHER,
    PDF,
    PROGRAM,
    RTF,
    TEXT,
    XLSX,
    ZIP,
    sniff_media_type,
)

# About a hundred times the longest notice met; beyond it a file is a collection or no text.
MAX_TEXT_CHARS = 10_000_000

# Module and function of each reader; imported when first used, since most runs read text only.
_READERS: dict[str, tuple[str, str]] = {
    MARKDOWN: ("analysis.sources.readers_markdown", "read_markdown"),
    HTML: ("analysis.sources.readers_html", "read_html"),
    MHTML: ("analysis.sources.readers_mhtml", "read_mhtml"),
    CSV: ("analysis.sources.readers_sheet", "read_csv"),
    DOCX: ("analysis.sources.readers_docx", "read_docx"),
    PDF: ("analysis.sources.readers_pdf", "read_pdf"),
    XLSX: ("analysis.sources.readers_sheet", "read_sheet"),
}

_NO_READER: dict[str, tuple[str, str]] = {
    OLE: (
        "legacy_office_file",
        "this is an old binary office file (.doc, .wps or .xls), whatever its name says. Open it in Word, WPS or LibreOffice, save it as DOCX, and drop that in",
    ),
    RTF: (
        "rtf_file",
        "this is Rich Text Format, whatever its name says. Open it in Word, WPS or LibreOffice, save it as DOCX, and drop that in",
    ),
    ODT: (
        "opendocument_file",
        "this is an OpenDocument file. Open it in LibreOffice or WPS, save it as DOCX, and drop that in",
    ),
    OFD: (
        "ofd_file",
        "this is an OFD document. Open it in an OFD reader or WPS, print it to PDF or save it as DOCX, and drop that in",
    ),
    LOCKED: (
        "encrypted_file",
        "this office file is protected by a password. Open it, save it without a password, and drop that in",
    ),
    IMAGE: (
        "image_file",
        "this is a picture and has no text. Run text recognition (OCR) on it, proof-read the result, and drop it in as text or DOCX",
    ),
    ZIP: (
        "unnamed_archive",
        "this is a zip archive under another name. Rename it to end in .zip, or unpack it and give the folder",
    ),
    PROGRAM: (
        "program_file",
        "this is a program or a settings file and no notice. Take it out of the folder; if it is a notice, give it the ending .txt",
    ),
    OTHER: (
        "unsupported_archive",
        "this is a packed archive of a kind that is not opened. Unpack it and give the folder",
    ),
}


def read_source(source: SourceFile, data: bytes | None = None) -> Document:
    """The text, blocks and page metadata of one source; raises UnreadableSource.

    ``data``: its bytes where they have been read already. The document's ``sha256`` is left to the caller.
    """
    data = source.read_bytes() if data is None else data
    name = source.source_path
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise UnreadableSource(
            "read", "empty_file", f"{name}: the file holds no text. Download or save the notice again."
        )
    media_type = sniff_media_type(data, name)
    if media_type in _NO_READER:
        code, text = _NO_READER[media_type]
        raise UnreadableSource("read", code, f"{name}: {text}.")
    document = _read_text(data, name) if media_type == TEXT else _reader(media_type)(data, name)
    if len(document.text) > MAX_TEXT_CHARS:
        raise UnreadableSource(
            "read",
            "too_much_text",
            (
                f"{name}: {len(document.text):,} characters; one notice has at most some hundred thousand. Split the file into one file per notice."
            ),
        )
    if not document.text.strip():
        raise UnreadableSource(
            "read",
            "no_text",
            f"{name}: no text was found in the file. Check that it opens, and save the notice again.",
        )
    document.source_path = name
    document.media_type = media_type
    document.sidecar = sidecar_facts(source.sidecar)
    return document


def sidecar_facts(sidecar: dict) -> dict:
    """The sidecar in column names of core_notices: what describes the file itself is left out."""
    facts = {
        key: sidecar[key]
        for key in ("title", "city_code", "publication_date", "feedback_date", "cutoff_date")
        if key in sidecar
    }
    if "publisher" in sidecar:
        facts["issuer_name"] = sidecar["publisher"]
    return facts


def _reader(media_type: str) -> Callable[[bytes, str], Document]:
    module, function = _READERS[media_type]
    return getattr(import_module(module), function)


def _read_text(data: bytes, name: str) -> Document:
    text, encoding, warnings = decode_text(data, name)
    # Markdown is often saved as .txt: tables written with bars are cells there too.
    return Document(text=text, encoding=encoding, blocks=table_cells(text), reader_warnings=warnings)
