"""What a notebook holds on to: one selection of the ledger, its comparison tables, a language.

``open_notebook`` is the first call of every notebook; the page it returns displays blocks::

    page = open_notebook("03_completion", data_dir="../data/processed", lang="zh")
    page.opening()              # data-as-of, coverage, flags
    page.say("completion")      # sentences made from the tables
    page.draw("completion")     # a figure
    page.tabulate("completion") # a table
    page.out["out_completion"]  # the frame itself
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.display import labels
from analysis.reporting.blocks import Block, Heading, Paragraph, Run, Source, show

UNIT_OF_PARAMETER = {"problem": "problem", "item": "leaf_item"}


class Outputs(dict):
    """Comparison tables by name, each built when first asked for."""

    def __init__(self, ledger: Any, completion: str, unit: str):
        super().__init__()
        self._ledger, self._completion, self._unit = ledger, completion, unit

    def __missing__(self, name: str) -> Any:
        from analysis.compare.outputs import build_outputs

        self.update(build_outputs(self._ledger, completion=self._completion, unit=self._unit, only=(name,)))
        return dict.__getitem__(self, name)


@dataclass(slots=True)
class Page:
    """One notebook's selection; see the module."""

    name: str
    lang: str
    ledger: Any
    out: dict[str, Any]
    parameters: dict[str, Any]
    data_dir: Path
    focus: dict[str, Any] = field(default_factory=dict)

    # --- words -------------------------------------------------------------
    def t(self, key: str, **values: Any) -> str:
        """A label in the page's language."""
        return labels.label(key, self.lang, **values)

    def of(self, row: dict[str, Any], stem: str = "label") -> str:
        """``row[stem_zh]`` or ``row[stem_en]``."""
        return row.get(f"{stem}_{self.lang}") or row.get(f"{stem}_zh") or ""

    # --- rows --------------------------------------------------------------
    def focus_ids(self) -> tuple[str, ...]:
        """Notices that a profile or a pair is about; empty for a page about the whole selection."""
        return tuple(self.focus.get("notice_ids") or self.focus.get("pair") or ())

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether a row belongs to what the page is about."""
        ids = self.focus_ids()
        return not ids or row["notice_id"] in ids

    def section_titles(self, length: int = 18) -> dict[str, str]:
        """Printed titles of aspects and categories by section ID, shortened for a table cell."""
        rows = self.ledger.frames["core_sections"].select("section_id", "title_text").iter_rows()
        flat = {key: "".join(text.split()) for key, text in rows}
        return {key: text if len(text) <= length else text[: length - 1] + "…" for key, text in flat.items()}

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Rows of a comparison table that belong to a notice, optionally with columns equal to values."""
        found = self.out[table].to_dicts()
        return [
            r
            for r in found
            if r.get("notice_id", "") is not None and all(r[k] == v for k, v in equal.items())
        ]

    def notices(self) -> list[dict[str, Any]]:
        """Notices of the selection in the order of the tables (by name, never by a score)."""
        return [r for r in self.out["out_notices"].to_dicts() if not r["is_missing"]]

    def quarantine(self) -> list[dict[str, Any]]:
        """Files and records set aside when the tables were made."""
        from analysis.ledger.store import MissingTables, scan_table

        try:
            return scan_table(self.data_dir, "core_quarantine").collect().to_dicts()
        except MissingTables:
            return []

    @property
    def unit(self) -> str:
        """The unit of the tables: problem or leaf_item."""
        return UNIT_OF_PARAMETER[self.parameters.get("unit") or "problem"]

    def unit_label(self) -> str:
        return self.t(f"unit_{self.unit}")

    # --- what cells call ---------------------------------------------------
    def opening(self) -> None:
        """Title, data-as-of, coverage and flags: first in every notebook."""
        from analysis.reporting.narrative import opening_blocks

        show(opening_blocks(self))

    def heading(self, key: str, level: int = 2) -> None:
        """A heading from the labels."""
        show(Heading(self.t(f"head_{key}"), level, anchor=f"{self.name}-{key}".replace("_", "-")))

    def say(self, *topics: str) -> None:
        """Sentences that the comparison makes from its tables, by topic."""
        from analysis.compare import sentences

        for topic in topics:
            show(paragraphs(getattr(sentences, topic)(self.out, lang=self.lang)))

    def draw(self, name: str) -> None:
        """A figure by name; several when there are too many notices for one."""
        from analysis.reporting.figures import FIGURES

        show(self._named(choose(FIGURES, name, "figure")(self)))

    def tabulate(self, name: str) -> None:
        """A table by name."""
        from analysis.reporting.tables_detail import TABLES

        table = choose(TABLES, name, "table")(self)
        show(
            self._named([table])
            if table
            else Paragraph(self.t("nothing_to_list", what=self.t(f"tab_{name}")))
        )

    def _named(self, blocks: list[Any]) -> list[Any]:
        """In a profile, a pair or the summary, IDs say so: a bound briefing has no ID twice."""
        ids = self.focus_ids() or (("summary",) if self.name == "10_briefing" else ())
        for block in blocks:
            if block is not None and ids and not block.id.endswith(ids[0]):
                block.id = "-".join((block.id, *ids))
        return blocks

    def tell(self, name: str) -> None:
        """A longer piece: the summary, the notes on method, the start page, a profile's head."""
        from analysis.reporting.narrative import PIECES

        show(choose(PIECES, name, "piece")(self))


def choose(registry: dict[str, Any], name: str, what: str) -> Any:
    """Entry ``name``; an unknown one is refused with the names there are."""
    try:
        return registry[name]
    except KeyError:
        raise LookupError(f"no {what} {name!r}; there are: {', '.join(sorted(registry))}") from None


def runs_of(paragraph: Iterable[dict[str, Any]]) -> tuple[Run, ...]:
    """Runs out of the comparison's plain dicts."""
    runs = []
    for part in paragraph:
        source = part.get("source")
        runs.append(
            Run(
                part["text"],
                bool(part.get("strong")),
                Source(source["notice_id"], source.get("target")) if source else None,
            )
        )
    return tuple(runs)


def paragraphs(found: Iterable[Iterable[dict[str, Any]]]) -> list[Block]:
    """Paragraph blocks out of the comparison's sentences."""
    return [Paragraph(runs_of(paragraph)) for paragraph in found]


def open_notebook(
    name: str,
    *,
    data_dir: str = "../data/processed",
    city_codes: Iterable[str] = (),
    first_year: int = 0,
    last_year: int = 0,
    year_basis: str = "publication",
    completion: str = "lenient",
    unit: str = "problem",
    lang: str = "zh",
    **focus: Any,
) -> Page:
    """Load one selection of the ledger for a notebook; 0 means no limit on that side.

    ``focus`` is what a single notebook adds: ``city_code`` of the profile, ``left`` and ``right``
    of the pair. Raises EmptySelection, FileNotFoundError or ParameterError-like LookupErrors
    that name what there is.
    """
    from analysis.compare.ledger import load_ledger
    from analysis.reporting.sides import pick_city, pick_pair

    chosen = {
        "city_codes": list(city_codes),
        "first_year": first_year,
        "last_year": last_year,
        "year_basis": year_basis,
        "completion": completion,
        "unit": unit,
        "lang": lang,
        **focus,
    }
    folder = Path(data_dir)
    ledger = load_ledger(folder, tuple(city_codes), first_year or None, last_year or None, year_basis)
    page = Page(name, lang, ledger, Outputs(ledger, completion, UNIT_OF_PARAMETER[unit]), chosen, folder)
    if "city_code" in focus:
        page.focus["notice_ids"] = pick_city(ledger.notices, focus["city_code"])
    if "left" in focus:
        page.focus["pair"] = pick_pair(ledger.notices, focus["left"], focus["right"])
    return page
