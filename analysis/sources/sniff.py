"""What a file really is: its first bytes decide, its extension only settles ties."""

from __future__ import annotations

import re

TEXT, MARKDOWN, CSV, HTML, DOCX, PDF, XLSX = (
    "text/plain",
    "text/markdown",
    "text/csv",
    "text/html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
ODT, OFD, RTF, OLE, LOCKED, ZIP, MHTML, IMAGE, PROGRAM, OTHER = (
    "application/vnd.oasis.opendocument",
    "application/ofd",
    "application/rtf",
    "application/x-ole-storage",
    "application/x-encrypted-office",
    "application/zip",
    "multipart/related",
    "image/*",
    "text/x-program",
    "application/octet-stream",
)

_MAGIC = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"{\\rtf", RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\xff\xd8\xff", IMAGE),
    (b"\x89PNG", IMAGE),
    (b"GIF8", IMAGE),
    (b"BM", IMAGE),
    (b"II*\x00", IMAGE),
    (b"MM\x00*", IMAGE),
    (b"Rar!", OTHER),
    (b"7z\xbc\xaf", OTHER),
    (b"\x1f\x8b", OTHER),
    (b"AT&TFORM", IMAGE),
    (b"\x00\x00\x00\x0cjP", IMAGE),
)
# Office keeps a document with a password inside an old container under this name.
_LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|span|article|section)\b[^<>]*>",
    re.IGNORECASE,
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:html|head|body|div|table|p|span|article|section)\s*>", re.IGNORECASE)
# Text for machines: it may quote a notice and is none.
_PROGRAM_SUFFIXES = (
    ".py",
    ".js",
    ".css",
    ".json",
    ".ipynb",
    ".xml",
    ".yml",
    ".yaml",
    ".toml",
    ".ini",
    ".sh",
    ".bat",
    ".sql",
    ".log",
    ".r",
    ".java",
    ".c",
    ".cpp",
)
_MARKDOWN_SUFFIXES = (".md", ".markdown")


def sniff_media_type(data: bytes, name: str) -> str:
    """The media type of one file from its bytes and name; never opens anything."""
    lowered = name.lower()
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            if media_type == ZIP:
                return _zip_kind(data)
            if media_type == OLE and _LOCKED_STREAM in data:
                return LOCKED
            if magic == b"BM" and not _looks_binary(data):
                continue
            return media_type
    # Some servers put blank lines or a mark before the header; the PDF standard allows 1,024 bytes.
    if b"%PDF-" in data[:1024] and _looks_binary(data):
        return PDF
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\x00", b"")
    if lowered.endswith((".mht", ".mhtml")) or (b"MIME-Version:" in head and b"multipart/related" in head):
        return MHTML
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if lowered.endswith(_MARKDOWN_SUFFIXES) and not _PAGE.match(start):
        return MARKDOWN
    if start[:1] == b"<" and (_MARKUP.match(start) or _MARKUP.search(head) and _CLOSING.search(data)):
        return HTML
    if lowered.endswith((".html", ".htm", ".shtml", ".xhtml", ".jsp", ".aspx", ".php")) and _MARKUP.search(
        data[:200_000]
    ):
        return HTML
    if lowered.endswith(_PROGRAM_SUFFIXES):
        return PROGRAM
    return CSV if lowered.endswith((".csv", ".tsv")) else TEXT


def _looks_binary(data: bytes) -> bool:
    head = data[:2048]
    return sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) * 0.02


def _zip_kind(data: bytes) -> str:
    """Office files are zip archives; their directory at the end names the parts."""
    tail = data[-65_536:]
    if b"word/document.xml" in tail or b"word/document" in data[:4096]:
        return DOCX
    if b"xl/workbook" in tail:
        return XLSX
    if b"application/vnd.oasis.opendocument" in data[:200]:
        return ODT
    if b"OFD.xml" in tail:
        return OFD
    return ZIP
