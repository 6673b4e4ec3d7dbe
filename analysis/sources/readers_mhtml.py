"""MHTML: a web page that a browser saved as one file; its page is read as HTML."""

from __future__ import annotations

import email
import email.policy

from analysis.parsing.records import Document
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers_html import read_html

MAX_PARTS = 2_000


def read_mhtml(data: bytes, name: str) -> Document:
    """The longest HTML part of the archive; raises UnreadableSource."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    pages: list[bytes] = []
    for part, _ in zip(message.walk(), range(MAX_PARTS)):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                pages.append(content)
    if not pages:
        raise UnreadableSource(
            "read",
            "web_archive",
            f"{name}: this saved web page holds no page. Save it as 'HTML only', or print it to PDF, and drop that in.",
        )
    return read_html(max(pages, key=len), name)
