"""The briefing as one HTML file that needs nothing else to be read: style, script, figures and
fonts are inside it, and its content policy forbids any request.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from analysis.paths import TEMPLATES
from analysis.reporting import fonts
from analysis.reporting.render_document import strings

_HAN = re.compile(
    r"([\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff](?:[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uff00-\uffef“”‘’…·\s\d]*[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uff00-\uffef])?)"
)


@cache
def template_text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def environment(lang: str):
    """Jinja with escaping always on; ``tongue`` marks Chinese words in an English page as Chinese."""
    import jinja2
    from markupsafe import Markup, escape

    def tongue(text: Any):
        text = str(text)
        if lang == "zh" or text.isascii():
            return escape(text)
        pieces = _HAN.split(text)
        return Markup("").join(
            Markup('<span lang="zh-CN">{}</span>').format(p) if i % 2 else escape(p)
            for i, p in enumerate(pieces)
        )

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(TEMPLATES)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters["tongue"] = tongue
    return made


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def policy(style: str, script: str = "") -> str:
    """The content policy of a page: this style and this script by their hash, embedded fonts and images, nothing else."""
    run = f"script-src {_digest(script)}; " if script else ""
    return (
        f"default-src 'none'; style-src {_digest(style)}; {run}font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def bold_text(document: Mapping[str, Any]) -> str:
    """The characters that are set bold, for the bold subset."""
    parts = [document["title"], *document["words"].values()]
    for block in document["body"]:
        kind = block["kind"]
        if kind == "heading":
            parts += [block["text"], block["number"]]
        elif kind == "callout":
            parts.append(block["title"])
        if kind in ("table", "figure"):
            parts.append(block["caption"])
            parts += [c["label"] for c in block["columns"]] if kind == "table" else block["columns"]
        runs = block.get("runs") or [r for item in block.get("items", ()) for r in item]
        parts += [r["text"] for r in runs if r["strong"]]
        if kind == "figure" and "font-weight" in block["svg"]:
            parts.append("".join(strings({"svg": block["svg"]})))
    return "".join(parts)


def write_briefing(
    document: Mapping[str, Any],
    path: Path,
    *,
    data_links: Mapping[str, str] | None = None,
    related: Sequence[Mapping[str, str]] = (),
    flag_titles: Mapping[str, str] | None = None,
) -> Path:
    """Write the assembled ``document`` as one self-contained page.

    ``data_links``: figure anchor → relative address of its CSV; ``related``: links to further
    pages ({"href", "text"}); ``flag_titles``: flag letter → its meaning.
    """
    from markupsafe import Markup

    lang = document["lang"]
    shown = "".join(strings(document)) + "".join(link["text"] for link in related) + "↕↑↓"
    style = fonts.css_faces(shown, bold_text(document)) + "\n" + template_text("briefing.css")
    script = template_text("briefing.js")
    titles = {s["n"]: s["notice"] + document["words"]["sep"] + s["place"] for s in document["sources"]}
    page = (
        environment(lang)
        .get_template("briefing.html.j2")
        .render(
            doc=document,
            w=document["words"],
            html_lang="zh-CN" if lang == "zh" else "en",
            policy=policy(style, script),
            style=Markup(style),
            script=Markup(script),
            source_titles=titles,
            related=list(related),
            data_links=dict(data_links or {}),
            flag_titles=dict(flag_titles or {}),
            # Drawings went through svg.sanitise: known elements and attributes only.
            drawings={b["anchor"]: Markup(b["svg"]) for b in document["body"] if b["kind"] == "figure"},
        )
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
