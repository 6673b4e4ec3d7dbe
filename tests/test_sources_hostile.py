"""Hostile, broken and mislabelled files: each must cost bounded time and only itself."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from analysis.sources.archive import SourceFile
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers import read_source

FORMATS = Path(__file__).parent / "fixtures" / "formats"
NOTICE = "关于巡察整改情况的通报\n一、关于“学习不深入”的问题。\n整改情况：已完成，并建立长效机制，由机关党委负责督促落实。\n"


def read(data: bytes, name: str):
    return read_source(SourceFile(Path(name), name, len(data), {}, data))


def reason(data: bytes, name: str) -> str:
    """The reason code; the text must name the file and end in a next step."""
    with pytest.raises(UnreadableSource) as caught:
        read(data, name)
    assert str(caught.value).startswith(name) and str(caught.value).endswith(".")
    return caught.value.reason_code


def docx(document: str, **parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", document)
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", content)
    return buffer.getvalue()


def body(content: str) -> str:
    return f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{content}</w:body></w:document>'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("fixture", "code"),
    [
        ("notice_scan.pdf", "scan_without_text"),
        ("notice_encrypted.pdf", "encrypted_file"),
        ("ledger_borderless.pdf", "columns_without_lines"),
        ("notice_numbered.doc", "legacy_office_file"),
        ("notice_numbered.rtf", "rtf_file"),
        ("notice_numbered.odt", "opendocument_file"),
    ],
)
def test_files_without_readable_text_say_what_to_do(fixture, code):
    """The user would see a notice with nothing in it, or no word about it at all."""
    assert reason((FORMATS / fixture).read_bytes(), fixture) == code


@pytest.mark.parametrize(
    ("name", "fixture", "code"),
    [
        ("report.docx", "notice_numbered.doc", "legacy_office_file"),
        ("report.txt", "notice_encrypted.pdf", "encrypted_file"),
        ("report.pdf", "notice_numbered.rtf", "rtf_file"),
        ("report.doc", "notice_scan.pdf", "scan_without_text"),
    ],
)
def test_wrong_extension_is_seen_through_when_unreadable(name, fixture, code):
    """The advice would be for another kind of file."""
    assert reason((FORMATS / fixture).read_bytes(), name) == code


@pytest.mark.parametrize("name", ["notice.txt", "notice.doc", "notice.pdf", "notice"])
@pytest.mark.parametrize(
    "fixture", ["notice_page.html", "notice_numbered.docx", "notice_chromium.pdf", "notice.txt"]
)
def test_wrong_extension_does_not_matter_when_readable(name, fixture):
    """Sites serve HTML as .doc and people rename files: their text would be lost or read as garbage."""
    right = read((FORMATS / fixture).read_bytes(), fixture)
    renamed = read((FORMATS / fixture).read_bytes(), name)
    assert (renamed.text, renamed.media_type) == (right.text, right.media_type)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\n"])
def test_empty_files_are_set_aside(data):
    """An empty file would count as a notice without problems."""
    assert reason(data, "empty.txt") == "empty_file"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "image_file"),
        (b"\xff\xd8\xff\xe0" + b"x" * 100, "image_file"),
        (b"Rar!\x1a\x07\x00" + b"x" * 50, "unsupported_archive"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; x\n\n" + NOTICE.encode(), "web_archive"),
        (bytes(range(256)) * 40, "binary_file"),
    ],
)
def test_pictures_and_binaries_are_named_for_what_they_are(data, code):
    """The user would not learn why the notice is missing."""
    assert reason(data, "dropped.txt") == code


@pytest.mark.parametrize("cut", [10, 200, 5000])
@pytest.mark.parametrize("fixture", ["notice_numbered.docx", "ledger.xlsx", "notice_chromium.pdf"])
def test_truncated_downloads_are_set_aside(fixture, cut):
    """Half a file must not raise something that ends the whole run."""
    reason((FORMATS / fixture).read_bytes()[:cut], fixture)


@pytest.mark.parametrize(
    "fixture",
    ["notice_numbered.docx", "ledger.xlsx", "notice_chromium.pdf", "notice_page.html", "notice_gb18030.txt"],
)
def test_damaged_bytes_raise_nothing_unforeseen(fixture):
    """One flipped bit would end the run for all other cities."""
    good = (FORMATS / fixture).read_bytes()
    for place in range(7, len(good), max(1, len(good) // 60)):
        damaged = good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :]
        with suppress(UnreadableSource):
            read(damaged, fixture)


def test_entities_in_office_files_are_refused():
    """A billion laughs in 600 bytes would fill the memory; an external entity would read the disk."""
    laughs = (
        '<!DOCTYPE w [<!ENTITY a "'
        + "整改" * 50
        + '">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefg", "bcdefgh"))
        + "]>"
    )
    assert reason(docx(laughs + body(paragraph("&h;"))), "a.docx") == "xml_entities"
    external = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert reason(docx(external + body(paragraph("&x;"))), "b.docx") == "xml_entities"
    assert reason(docx(body(paragraph(NOTICE)), numbering=laughs + "<x/>"), "c.docx") == "xml_entities"


def test_office_file_that_unpacks_beyond_reason_is_refused():
    """A bomb of some kilobytes would end the run for everybody."""
    assert reason(docx(body("<w:p/>" * 9_000_000)), "bomb.docx") == "file_unpacks_too_large"


def test_deeply_nested_office_xml_is_refused():
    """It would end the process with a stack overflow."""
    assert (
        reason(docx(body("<w:sdt>" * 5000 + paragraph(NOTICE) + "</w:sdt>" * 5000)), "deep.docx")
        == "broken_file"
    )


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "整改",
        "<b>" * 3_000 + "<p>整改" * 3_000,
        "".join(f"<font color={i}>" for i in range(400)) + "<p>整改" * 20_000,
    ],
)
def test_html_nested_to_death_is_refused_before_parsing(page):
    """Two hundred thousand open tags take a browser engine minutes."""
    assert reason(page.encode(), "page.html") == "markup_too_deep"


def test_giant_spans_do_not_fill_the_memory():
    """rowspan="99999" on every cell would make billions of places."""
    page = "<table>" + "<tr><td rowspan=99999 colspan=999>甲<td>乙。" * 2_000 + "</table>"
    assert read(page.encode(), "page.html").text.count("乙") == 2_000
    assert read(page.encode(), "page.md").text == page


def test_page_filled_by_script_says_how_to_save_it():
    """The user would think the site published nothing."""
    page = '<html><body><div id="app"></div><script src="app.js"></script></body></html>'
    assert reason(page.encode(), "page.html") == "page_filled_by_script"


def test_collections_far_beyond_one_notice_are_set_aside():
    """A merged dump of a whole site would be compared as one notice."""
    assert reason("整改情况。".encode() * 2_100_000, "all.txt") == "too_much_text"


def test_programs_that_quote_a_notice_are_no_notices():
    """A script kept beside the reports would be counted as another city."""
    assert reason(f'TEXT = """{NOTICE}"""'.encode(), "make.py") == "program_file"
    assert reason(('{"text": "' + NOTICE * 3 + '"}').encode(), "dump.json") == "program_file"


def test_conversion_losses_are_named():
    """Text destroyed by a wrong conversion would be counted as a notice without problems."""
    assert reason((NOTICE * 5).encode().decode("gb18030", "replace").encode(), "a.txt") in (
        "lossy_encoding",
        "garbled_text",
    )
    assert reason(("锟斤拷" * 30 + NOTICE).encode(), "b.txt") == "lossy_encoding"


@pytest.mark.parametrize("right", ["utf-8", "gb18030"])
def test_doubly_encoded_text_is_restored_with_a_warning(right):
    """å…³äºŽ… and ¹ØÓÚ… would be refused as no notice though nothing is lost."""
    text = "关于巡察整改情况的通报。一、学习不深入的问题，已完成整改。" * 3
    document = read(text.encode(right).decode("latin-1").encode(), "a.txt")
    assert document.text == text
    assert any("latin-1" in warning for warning in document.reader_warnings)


def test_cut_utf8_keeps_all_but_the_broken_character():
    """A download cut in the middle of a character would be taken for another encoding."""
    document = read((NOTICE * 3).encode()[:-5], "a.txt")
    assert document.text.startswith(NOTICE * 2) and document.encoding == "utf-8" and document.reader_warnings
