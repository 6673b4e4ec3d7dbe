"""Sentences from templates: ``analysis/text/<lang>/<name>.md.j2``, one file a language and topic.

Whatever a template prints is escaped: words of a notice can be no Markdown, no HTML and no link.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jinja2
from IPython.display import Markdown
from markupsafe import Markup

from analysis.display import formats
from analysis.display.labels import code_label, code_note, label
from analysis.links import source_href
from analysis.paths import PACKAGE

_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#+\-!|~&:\n\r]|(?<!\d)\.|\.(?!\d)")


def escaped(value: Any) -> Markup:
    """``value`` so that Markdown reads none of it: each mark of the syntax becomes its character reference."""
    if isinstance(value, Markup):
        return value
    return Markup(_SPECIAL.sub(lambda found: f"&#{ord(found[0])};", "" if value is None else str(value)))


def link(words: Any, identifier: str | None) -> Markup:
    """``words`` as a link to the sentence behind ``identifier``."""
    shown = escaped(words)
    return Markup(f"[{shown}]({source_href(identifier)})") if identifier else shown


@cache
def _templates(lang: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "text" / lang),
        finalize=escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = {"share": formats.share, "points": formats.points, "number": formats.number, "day": formats.day}
    environment.filters |= {
        **shown,
        "p": formats.p_value,
        "p_words": formats.p_words,
        "clipped": formats.clipped,
        "quoted": formats.quoted,
    }
    environment.globals |= {
        "link": link,
        "interval": formats.interval,
        "of_total": formats.of_total,
        "say": lambda key, **values: label(key, lang, **values),
        "code_note": lambda kind, value: code_note(kind, value, lang),
        "code": lambda kind, value: code_label(kind, value, lang),
    }
    return environment


def compile_templates(lang: str) -> None:
    """Read the labels and compile every template of a language, for processes that will be forked."""
    label("source_line", lang)
    for name in _templates(lang).list_templates():
        _templates(lang).get_template(name)


def render(name: str, lang: str, **values: Any) -> Markdown:
    """The template ``name`` in ``lang`` filled with ``values`` (rows are dicts), as Markdown for a cell to show."""
    text = _templates(lang).get_template(f"{name}.md.j2").render(**values)
    return Markdown(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n")
