"""From an ID to the page and place of its sentence.

In JupyterLab the address opens the last published edition; a publisher replaces ``EDITION`` by the
path inside its own edition.
"""

from __future__ import annotations

from urllib.parse import quote

EDITION = "../reports/latest/"


def source_href(identifier: str) -> str:
    """``anshan-2021/12#m2`` → ``../reports/latest/sources/anshan-2021.html#p12-m2``; a notice's ID gives its page.

    Anchors: ``p`` + number of a problem, ``-m2`` … of a part of it, else the part itself (``t3``, the name of a check).
    """
    notice, slash, rest = identifier.partition("/")
    if slash:
        key, _, part = rest.partition("#")
        anchor = f"p{key}" + (f"-{part}" if part else "")
    else:
        notice, _, anchor = identifier.replace("!", "#").partition("#")
    return f"{EDITION}sources/{quote(notice)}.html" + (f"#{quote(anchor)}" if anchor else "")
