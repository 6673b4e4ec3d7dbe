"""The same notice as a page, a Word file or in another encoding gives the same ledger.

A user would lose: a notice's problems merely because it was saved by another program.
"""

from __future__ import annotations

import html
import json

import pytest

from analysis.parsing.layout.wrapping import wrapped_breaks
from analysis.parsing.notice import parse_notice
from analysis.parsing.text.shadow import make_shadow
from tests import one_in_four
from tests.quality.__main__ import EXPECTED
from tests.quality.corpus import gold_notices, load_document
from tests.quality.ledgers import broken_regions, broken_spans, differences, signature

PATHS = {item.gold["file"]: item.path for item in gold_notices() if item.path.suffix == ".txt"}
# Left out: two files with page furniture of their own medium (Markdown marks, page numbers), texts whose
# cells are told apart by tabs, which a page or a Word paragraph shows as blanks, lines wrapped at a
# width, whose breaks another format moves, and notices that are set aside in any format.
FURNISHED = ("anshan.txt", "yibin_water.txt")
READ = json.loads(EXPECTED.read_text(encoding="utf-8"))
TEXTS = {name: load_document(path).text for name, path in PATHS.items()}
NAMES = sorted(
    name
    for name, text in TEXTS.items()
    if name not in FURNISHED
    and READ[name]["problems"]
    and "\t" not in PATHS[name].read_text(encoding="utf-8", errors="replace")
    and not any(wrapped_breaks(make_shadow(text)))
)


def as_utf16(text: str, folder):
    path = folder / "notice.txt"
    path.write_bytes(text.encode("utf-16"))
    return path


def as_utf16_without_mark(text: str, folder):
    path = folder / "notice.txt"
    path.write_bytes(text.encode("utf-16-le"))
    return path


def as_gb18030(text: str, folder):
    path = folder / "notice.txt"
    path.write_bytes(text.encode("gb18030"))
    return path


def as_windows_utf8(text: str, folder):
    path = folder / "notice.txt"
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    return path


def as_page(text: str, folder):
    """A page of a government site: navigation, article of paragraphs, footer."""
    body = "\n".join(
        f"<p style='text-indent:2em'>{html.escape(line.strip())}</p>"
        for line in text.split("\n")
        if line.strip()
    )
    path = folder / "notice.html"
    path.write_text(
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>通知公告</title><script>var x='1.关于脚本';</script></head><body>"
        "<div class='nav'><a href='/'>首页</a> | <a href='/a'>政务公开</a> | <a href='/b'>互动交流</a></div>"
        f"<div class='article'>{body}</div><div class='footer'>版权所有 网站地图 备案号00000000</div></body></html>",
        encoding="utf-8",
    )
    return path


def as_word(text: str, folder):
    """A Word file with one paragraph a line."""
    from docx import Document

    document = Document()
    for line in text.split("\n"):
        document.add_paragraph(line.rstrip())
    path = folder / "notice.docx"
    document.save(path)
    return path


ENCODINGS = (as_utf16, as_utf16_without_mark, as_gb18030)
FORMATS = (as_windows_utf8, as_page, as_word)


@pytest.mark.parametrize("name", one_in_four(NAMES))
def test_a_notice_in_another_encoding_is_the_same_text(name, tmp_path):
    text = TEXTS[name]
    for form in ENCODINGS:
        assert load_document(form(text, tmp_path)).text == text, form.__name__


@pytest.mark.parametrize("name", one_in_four(NAMES))
def test_the_same_notice_in_another_format_gives_the_same_ledger(name, tmp_path):
    before = signature(parse_notice(load_document(PATHS[name])).tables)
    for form in FORMATS:
        document = load_document(form(TEXTS[name], tmp_path))
        tables = parse_notice(document).tables
        found = differences(before, signature(tables))
        assert not found, "\n".join([form.__name__, *found])
        assert not broken_spans(document.text, tables), form.__name__
        assert not broken_regions(document.text, tables), form.__name__
