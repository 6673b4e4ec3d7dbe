"""Office Open XML packages (DOCX, XLSX): their parts, read within bounds and without entities."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from analysis.sources.errors import UnreadableSource

if TYPE_CHECKING:
    from lxml.etree import _Element

# The XML of a part may be some ten times its packed size; a bomb is a thousand times.
MAX_PART_BYTES = 60_000_000
MAX_RATIO = 150
MAX_PARTS = 10_000

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Word's "strict" files use other names for the same things.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
)


# What zipfile raises over damaged bytes, from bad checksums to seeking before the beginning.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)


class Package:
    """The parts of one package by name."""

    def __init__(self, data: bytes, name: str):
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise self._broken(error) from None
        self.names = [info.filename for info in self._zip.infolist()[:MAX_PARTS]]

    def read(self, part: str) -> bytes | None:
        """Bytes of a part, None where it is missing; raises UnreadableSource beyond the bounds."""
        try:
            info = self._zip.getinfo(part)
        except KeyError:
            return None
        if info.flag_bits & 0x1:
            raise UnreadableSource(
                "read",
                "encrypted_file",
                f"{self.name}: protected by a password. Open it, save it without a password, and drop that in.",
            )
        limit = min(MAX_PART_BYTES, max(2_000_000, info.compress_size * MAX_RATIO))
        try:
            with self._zip.open(info) as handle:
                content = handle.read(limit + 1)
        except _DAMAGED as error:
            raise self._broken(error) from None
        if len(content) > limit:
            raise UnreadableSource(
                "read",
                "file_unpacks_too_large",
                (
                    f"{self.name}: its part {part} unpacks to more than {limit / 1e6:.0f} MB, far more than a notice needs. "
                    "Copy the notice's text into a new document and drop that in."
                ),
            )
        return content

    def xml(self, part: str) -> _Element | None:
        """Root element of a part, None where it is missing. A document type is refused: OOXML has none."""
        content = self.read(part)
        if content is None:
            return None
        if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
            raise UnreadableSource(
                "read",
                "xml_entities",
                (
                    f"{self.name}: its part {part} declares XML entities, which no office program writes; the file may be an attack and is not opened. "
                    "Copy the notice's text into a new document and drop that in."
                ),
            )
        for strict, usual in _STRICT:
            if strict in content[:4096]:
                content = content.replace(strict, usual)
        from lxml import etree

        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> UnreadableSource:
        return UnreadableSource(
            "read",
            "broken_file",
            (
                f"{self.name}: the file is damaged ({type(error).__name__}: {str(error)[:120]}). Download it again, or open it in Word, WPS or LibreOffice and save it anew."
            ),
        )
