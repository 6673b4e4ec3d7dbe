"""Longer pieces of text: a page's opening, the summary, notes on method, the start page."""

from __future__ import annotations

from typing import Any

from analysis.reporting import display as d
from analysis.reporting.blocks import (
    Block,
    Callout,
    Cell,
    Column,
    Heading,
    ListBlock,
    Meta,
    Paragraph,
    Run,
    Table,
)
from analysis.reporting.notebook import paragraphs, runs_of


def data_as_of(page: Any) -> str:
    """The latest day that any selected notice speaks of itself: publication, else cut-off or comment window."""
    columns = ("publication_date", "cutoff_date", "comment_end_date", "signed_date", "feedback_date")
    days = [row[c] for row in page.ledger.notices.select(columns).to_dicts() for c in columns if row[c]]
    return page.t("data_as_of", day=d.day(max(days))) if days else page.t("data_as_of_unknown")


def opening_blocks(page: Any) -> list[Block]:
    """Meta, selection and coverage, flags: what a reader needs before the first number."""
    rows = page.notices()
    shown = {k: v for k, v in page.parameters.items() if k != "data_dir"}
    blocks: list[Block] = [
        Meta(
            _title(page, rows), page.t(f"subtitle_{page.name}"), page.name, data_as_of(page), shown, page.lang
        )
    ]
    names = page.t("joiner").join(page.of(r) for r in rows)
    cities = len({r["city_code"] or r["notice_id"] for r in rows})
    blocks.append(
        Paragraph(
            [
                Run(data_as_of(page) + ("。" if page.lang == "zh" else ". "), strong=True),
                Run(
                    page.t(
                        "opening_selection",
                        notices=len(rows),
                        cities=cities,
                        names=names,
                        basis=page.t(f"year_basis_{page.parameters['year_basis']}"),
                        unit=page.unit_label(),
                        completion=page.t(f"completion_{page.parameters['completion']}"),
                    )
                ),
                Run(_coverage(page, rows)),
            ]
        )
    )
    return [*blocks, *flag_line(page, rows)]


def _title(page: Any, rows: list[dict[str, Any]]) -> str:
    """The notebook's title; a profile's and a pair's say of whom."""
    names = " / ".join(page.of(r) for n in page.focus_ids() for r in rows if r["notice_id"] == n)
    return page.t(f"title_{page.name}") + ((("：" if page.lang == "zh" else ": ") + names) if names else "")


def _range(page: Any, shares: list[float]) -> str:
    low, high = d.share(min(shares)), d.share(max(shares))
    return low if low == high else page.t("opening_range", low=low, high=high)


def _coverage(page: Any, rows: list[dict[str, Any]]) -> str:
    shares = [r["coverage_share"] for r in rows if r["coverage_share"] is not None]
    aside = len(page.quarantine())
    if not shares:
        return ""
    return (" " if page.lang == "en" else "") + page.t(
        "opening_coverage", share=_range(page, shares), aside=aside
    )


SUMMARY = "10_briefing"


def _raised(page: Any) -> dict[str, list[dict[str, Any]]]:
    """Raised flags of the page's notices by code."""
    raised: dict[str, list[dict[str, Any]]] = {}
    for row in page.rows("out_flags"):
        if row["is_raised"] and page.holds(row):
            raised.setdefault(row["flag_code"], []).append(row)
    return raised


def _carriers(page: Any, of_flag: list[dict[str, Any]], rows: list[dict[str, Any]]) -> str:
    held = [r for r in rows if page.holds(r)]
    if len(held) == 1:
        return ""
    every = len(of_flag) == len(held)
    return page.t("all_notices") if every else page.t("joiner").join(page.of(r) for r in of_flag)


def _in_brackets(page: Any, text: str) -> str:
    if not text:
        return ""
    return f"（{text}）" if page.lang == "zh" else f" ({text})"


def flag_line(page: Any, rows: list[dict[str, Any]]) -> list[Block]:
    """The raised flags in one paragraph; on the one-page summary without names, which its items give."""
    runs = [Run(page.t("opening_flags") + ("：" if page.lang == "zh" else ": "))]
    for number, (code, of_flag) in enumerate(_raised(page).items()):
        runs += [
            Run(("；" if page.lang == "zh" else "; ") if number else ""),
            Run(code, strong=True),
            Run(
                f" {page.of(of_flag[0], 'flag_label')}{'' if page.name == SUMMARY else _in_brackets(page, _carriers(page, of_flag, rows))}"
            ),
        ]
    return [Paragraph([*runs, Run("。" if page.lang == "zh" else ".")])] if len(runs) > 1 else []


def summary(page: Any) -> list[Block]:
    """What can be said, what cannot, what disagrees; every sentence is made from the tables."""
    from analysis.compare import sentences

    found = sentences.summary(page.out, page.lang)
    return [
        Callout(
            tone, page.t(f"summary_{tone}"), [runs_of(p) for p in found[tone]] or [page.t("summary_none")]
        )
        for tone in ("can", "cannot", "disagree")
    ]


def method(page: Any) -> list[Block]:
    """Notes on method and comparability."""
    from analysis.compare import sentences

    return paragraphs(sentences.method(page.lang))


def city(page: Any) -> list[Block]:
    """The head of a profile: how much there is of this city."""
    rows = [r for r in page.notices() if r["notice_id"] in page.focus["notice_ids"]]
    total = {k: sum(r[k] or 0 for r in rows) for k in ("problem_count", "leaf_item_count", "measure_count")}
    name = page.t("joiner").join(page.of(r) for r in rows)
    return [
        Paragraph(
            page.t(
                "city_head",
                city=name,
                notices=len(rows),
                problems=total["problem_count"],
                items=total["leaf_item_count"],
                measures=total["measure_count"],
            )
        )
    ]


def pair(page: Any) -> list[Block]:
    """The head of a comparison of two: who they are, and whether place and year can be separated."""
    by_id = {r["notice_id"]: r for r in page.notices()}
    left, right = (by_id[n] for n in page.focus["pair"])
    same = left["city_code"] is not None and left["city_code"] == right["city_code"]
    return [
        Paragraph(page.t("pair_head", left=page.of(left), right=page.of(right))),
        Callout(
            "cannot" if not same else "note",
            page.t("summary_cannot" if not same else "col_note"),
            [page.t("pair_two_years" if same else "pair_two_cities")],
        ),
    ]


def suite(page: Any) -> list[Block]:
    """The notebooks and what each answers."""
    from analysis.paths import notebooks_dir

    names = sorted(path.stem for path in notebooks_dir().glob("[0-9][0-9]_*.ipynb"))
    rows = [[Cell(n, n), Cell(page.t(f"title_{n}")), Cell(page.t(f"subtitle_{n}"))] for n in names]
    columns = [
        Column("notebook", page.t("col_notebook")),
        Column("title", page.t("col_meaning")),
        Column("answers", page.t("col_answers")),
    ]
    return [Paragraph(page.t("start_how")), Table("suite", page.t("tab_suite"), columns, rows)]


def parameters(page: Any) -> list[Block]:
    """Every parameter of the suite, with type, default, meaning, and the notebooks that take it."""
    from analysis.paths import notebooks_dir
    from analysis.reporting.parameters import declared_parameters

    merged: dict[str, tuple[Any, list[str]]] = {}
    for path in sorted(notebooks_dir().glob("[0-9][0-9]_*.ipynb")):
        for name, item in declared_parameters(path).items():
            merged.setdefault(name, (item, []))[1].append(path.stem[:2])
    rows = [
        [Cell(n), Cell(i.kind), Cell(repr(i.default)), Cell(i.note), Cell(" ".join(where))]
        for n, (i, where) in merged.items()
    ]
    columns = [Column(k, page.t(f"col_{k}")) for k in ("parameter", "kind", "default", "meaning", "notebook")]
    return [Table("parameters", page.t("tab_parameters"), columns, rows)]


def dictionary(page: Any) -> list[Block]:
    """The data dictionary: every table and column, from the schemas themselves."""
    from analysis.compare.schemas import OUT_TABLES
    from analysis.ledger.schemas import CORE_TABLES

    blocks: list[Block] = [Paragraph(page.t("start_tables"))]
    for name, schema in {**CORE_TABLES, **OUT_TABLES}.items():
        rows = []
        for column, declared in schema.columns().items():
            zh, en = (declared.metadata or {}).get("zh", ""), declared.description or ""
            rows.append(
                [
                    Cell(column, column),
                    Cell(str(declared.dtype)),
                    Cell(zh if page.lang == "zh" else en),
                    Cell(en if page.lang == "zh" else zh),
                ]
            )
        columns = [
            Column("column", page.t("col_column")),
            Column("kind", page.t("col_kind")),
            Column("meaning", page.t("col_meaning")),
            Column("note", "English" if page.lang == "zh" else "中文"),
        ]
        doc = (schema.__doc__ or "").strip()
        blocks.append(
            Table(
                f"dictionary-{name.replace('_', '-')}",
                page.t("tab_dictionary", table=name),
                columns,
                rows,
                note=doc,
            )
        )
    return blocks


def headings(page: Any) -> list[Block]:
    """The list of what a page can tell, draw and tabulate."""
    from analysis.reporting.figures import FIGURES
    from analysis.reporting.tables_detail import TABLES

    return [
        Heading(page.t("head_example")),
        ListBlock(
            [
                [Run("page.draw: ", strong=True), Run(", ".join(sorted(FIGURES)))],
                [Run("page.tabulate: ", strong=True), Run(", ".join(sorted(TABLES)))],
                [Run("page.out: ", strong=True), Run("out_*")],
            ]
        ),
    ]


PIECES = {
    "summary": summary,
    "method": method,
    "city": city,
    "pair": pair,
    "suite": suite,
    "parameters": parameters,
    "dictionary": dictionary,
    "names": headings,
}
