"""The one entry point of publication: executed notebooks and the ledger in, files out.

``export`` binds the notebooks of a suite into one briefing (HTML, PDF, DOCX), writes a profile
per city, the source pages, the figures with their data, and the ledger as XLSX and CSV. Each
format is made on its own and checked by ``gates`` before it counts as written.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.reporting import gates
from analysis.reporting import redact as redaction
from analysis.reporting.render_document import BlockError, assemble, words

BLOCK_MIME = "application/vnd.zhenggai.block+json"
FORMATS = ("html", "pdf", "docx", "xlsx")


class ExportError(RuntimeError):
    """One export failed; ``name`` says which, the others are not touched."""

    def __init__(self, name: str, reason: str):
        super().__init__(f"{name}: {reason}")
        self.name = name


def read_blocks(notebook: Path) -> list[dict[str, Any]]:
    """The blocks that an executed notebook displays, in order; a figure's picture is under ``png`` (bytes).

    Raises BlockError for a file that is no notebook, was not executed, or holds an error.
    """
    try:
        content = json.loads(Path(notebook).read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BlockError(f"{notebook}: not readable as a notebook ({error}); run it again") from None
    blocks: list[dict[str, Any]] = []
    for number, cell in enumerate(cells, 1):
        for output in cell.get("outputs") or ():
            if output.get("output_type") == "error":
                raise BlockError(
                    f"{Path(notebook).name}, cell {number}: failed with {output.get('ename')}: {output.get('evalue')}; run it again"
                )
            data = output.get("data") or {}
            block = data.get(BLOCK_MIME)
            if block is None:
                continue
            if isinstance(block, list):
                block = "".join(block)
            block = dict(json.loads(block)) if isinstance(block, str) else dict(block)
            if block.get("kind") == "figure" and data.get("image/png"):
                picture = data["image/png"]
                block["png"] = base64.b64decode("".join(picture) if isinstance(picture, list) else picture)
            blocks.append(block)
    if not blocks:
        raise BlockError(f"{Path(notebook).name}: no block in its outputs; execute it first")
    return blocks


def _meta(blocks: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((b for b in blocks if b.get("kind") == "meta"), {})


def _rows(frames: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    frame = frames.get(table)
    return [] if frame is None else frame.to_dicts()


def notice_names(frames: Mapping[str, Any], lang: str) -> dict[str, dict[str, str]]:
    """notice_id → {"label": 鞍山 2021, "title"} for the index of sources."""
    names = {}
    for row in _rows(frames, "core_notices"):
        place = row.get("city_name") or row["notice_id"].split("-")[0]
        if lang == "en":
            place = row["notice_id"].split("-")[0].capitalize()
        names[row["notice_id"]] = {
            "label": f"{place} {row.get('notice_year') or ''}".strip(),
            "title": row.get("title") or "",
        }
    return names


def profile_name(
    notebook: Path, blocks: Sequence[Mapping[str, Any]], frames: Mapping[str, Any]
) -> str | None:
    """``profile-anshan`` for a city profile, None for every other notebook.

    A profile is a notebook whose parameters name one city (``city_code``); the name is the
    place's part of its notices' IDs, so it holds letters only.
    """
    code = str((_meta(blocks).get("parameters") or {}).get("city_code") or "")
    if not code:
        return None
    places = sorted(
        {
            row["notice_id"].split("-")[0]
            for row in _rows(frames, "core_notices")
            if row.get("city_code") == code
        }
    )
    slug = places[0] if places else code
    return "profile-" + (re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-") or "city")


def flag_titles(lang: str) -> dict[str, str]:
    """Flag letter → its meaning, from the code list (empty where none is shipped)."""
    from analysis.lookups import load_csv

    try:
        return {row["code"]: row[f"label_{lang}"] for row in load_csv("codes_flags")}
    except (OSError, KeyError):
        return {}


class _Suite:
    """The notebooks of one suite, read once: the bound briefing and the profiles."""

    def __init__(self, notebooks: Sequence[Path], frames: Mapping[str, Any], lang: str, redact: bool):
        self.lang, self.frames = lang, frames
        self.names = redaction.names_by_notice(frames) if redact else {}
        every = sorted({name for found in self.names.values() for name in found})
        bound: list[list[dict[str, Any]]] = []
        profiles: dict[str, list[list[dict[str, Any]]]] = {}
        for path in notebooks:
            blocks = read_blocks(path)
            if redact:
                blocks = redaction.mask_blocks(blocks, every)
            name = profile_name(path, blocks, frames)
            (bound if name is None else profiles.setdefault(name, [])).append(blocks)
        if redact:
            self.frames = redaction.mask_frames(frames, self.names)
        names = notice_names(self.frames, lang)
        self.documents: dict[str, dict[str, Any]] = {}
        if bound:
            self.documents["briefing"] = assemble(
                bound, lang, names=names, subtitle=self._scope(names) if len(bound) > 1 else None
            )
        for name in sorted(profiles):
            self.documents[name] = assemble(
                profiles[name], lang, names=names, title=self._profile_title(profiles[name])
            )

    def _scope(self, names: Mapping[str, Mapping[str, str]]) -> str | None:
        """「5 份通报：鞍山 2021、…」 under the title; only the number where the list would not fit a line or two."""
        if not names:
            return None
        say = words(self.lang)
        count = say["notices_count"].format(len(names))
        return (
            count + say["colon"] + say["list_sep"].join(names[n]["label"] for n in sorted(names))
            if len(names) <= 8
            else count
        )

    def _profile_title(self, notebooks: Sequence[Sequence[Mapping[str, Any]]]) -> str | None:
        """「鞍山：城市概况」: the notebook's own title says no city."""
        meta = _meta(notebooks[0])
        code, title = str((meta.get("parameters") or {}).get("city_code") or ""), str(meta.get("title") or "")
        place = next(
            (
                row["notice_id"].split("-")[0].capitalize() if self.lang == "en" else row.get("city_name")
                for row in _rows(self.frames, "core_notices")
                if row.get("city_code") == code
            ),
            None,
        )
        return f"{place}{words(self.lang)['colon']}{title}" if place and place not in title else None

    @property
    def as_of(self) -> str:
        return next((d["as_of"] for d in self.documents.values() if d["as_of"]), "")

    def figure_stem(self, document: str, anchor: str) -> str:
        """File name of a figure: its ID in the briefing, with the profile's name before it in a profile."""
        return anchor if document == "briefing" else f"{document}-{anchor}"

    def write_figures(self, folder: Path) -> list[Path]:
        """Every figure as SVG with its data as CSV beside it."""
        from analysis.reporting.workbook_files import write_csv

        written = []
        for name, document in self.documents.items():
            for block in document["body"]:
                if block["kind"] != "figure":
                    continue
                folder.mkdir(parents=True, exist_ok=True)
                stem = self.figure_stem(name, block["anchor"])
                drawing = folder / f"{stem}.svg"
                drawing.write_text(
                    '<?xml version="1.0" encoding="UTF-8"?>\n' + block["svg"], encoding="utf-8", newline="\n"
                )
                written += [drawing, write_csv(folder / f"{stem}.csv", block["columns"], block["rows"])]
        return written

    def related(self, document: str) -> list[dict[str, str]]:
        """Links between the briefing and the profiles."""
        if document != "briefing":
            return (
                [{"href": "briefing.html", "text": words(self.lang)["back"]}]
                if "briefing" in self.documents
                else []
            )
        return [
            {"href": f"{name}.html", "text": d["title"]}
            for name, d in self.documents.items()
            if name != "briefing"
        ]


def settle_links(value: Any, pages: Mapping[str, frozenset[str]]) -> Any:
    """A document whose links to source pages all arrive: at the place, else at the page's top, else nowhere.

    ``pages``: address of a source page → the anchors on it.
    """
    if isinstance(value, Mapping):
        made = {k: v if k in ("svg", "png") else settle_links(v, pages) for k, v in value.items()}
        if str(made.get("href", "")).startswith("sources/"):
            page, _, anchor = made["href"].partition("#")
            made["href"] = (
                "" if page not in pages else made["href"] if anchor in pages[page] else f"{page}#top"
            )
        return made
    if isinstance(value, list):
        return [settle_links(v, pages) for v in value]
    return value


def _html(suite: _Suite, out: Path) -> list[Path]:
    from analysis.reporting import html, source_pages

    written = suite.write_figures(out / "figures")
    titles = flag_titles(suite.lang)
    pages: dict[str, frozenset[str]] = {}
    if suite.frames.get("core_texts") is not None:
        for page in source_pages.write_source_pages(
            suite.frames,
            out / "sources",
            lang=suite.lang,
            back="../briefing.html" if "briefing" in suite.documents else "",
        ):
            gates.check_html(page)
            pages[f"sources/{page.name}"] = frozenset(
                re.findall(r' id="([A-Za-z0-9._-]+)"', page.read_text(encoding="utf-8"))
            )
            written.append(page)
    for name, document in suite.documents.items():
        document = settle_links(document, pages)
        links = {
            b["anchor"]: f"figures/{suite.figure_stem(name, b['anchor'])}.csv"
            for b in document["body"]
            if b["kind"] == "figure"
        }
        page = html.write_briefing(
            document, out / f"{name}.html", data_links=links, related=suite.related(name), flag_titles=titles
        )
        gates.check_html(page)
        written.append(page)
    return written


def _pdf(suite: _Suite, out: Path) -> list[Path]:
    from analysis.reporting import pdf

    written = suite.write_figures(out / "figures")
    for name, document in suite.documents.items():
        made = pdf.write_briefing(document, out / f"{name}.pdf")
        gates.check_pdf(made, document)
        written.append(made)
    return written


def _docx(suite: _Suite, out: Path) -> list[Path]:
    from analysis.reporting import docx

    if "briefing" not in suite.documents:
        return []
    made = docx.write_briefing(suite.documents["briefing"], out / "briefing.docx")
    gates.check_docx(made)
    return [made]


def _xlsx(suite: _Suite, out: Path) -> list[Path]:
    from analysis.ledger.codes import read_code_lists
    from analysis.reporting import workbook, workbook_files
    from analysis.reporting.render_document import timestamp

    # A selection of the ledger comes without the code lists; a ledger without labels is unreadable.
    frames = {**read_code_lists(), **suite.frames}
    made = workbook.write_ledger(
        frames, out / "ledger.xlsx", lang=suite.lang, as_of=suite.as_of, created=timestamp(suite.as_of)
    )
    gates.check_xlsx(made)
    folder = workbook_files.write_csv_folder(frames, out / "ledger")
    files = sorted(folder.glob("*.csv"))
    for path in files:
        gates.check_csv(path)
    return [made, *files]


_WRITERS = {"html": _html, "pdf": _pdf, "docx": _docx, "xlsx": _xlsx}


def export(
    executed_notebooks: Iterable[Path],
    ledger_frames: Mapping[str, Any],
    out_dir: Path,
    formats: Iterable[str] = FORMATS,
    lang: str = "zh",
    redact: bool = False,
) -> dict[str, Path]:
    """Write the chosen ``formats`` into ``out_dir``; returns path relative to it → path, sorted.

    ``executed_notebooks`` in binding order; ``ledger_frames``: table name → polars frame (core,
    codes, out). The same input gives the same bytes. Raises ExportError naming the format that
    failed (other formats are not affected), BlockError for a notebook that cannot be read.
    """
    wanted = list(dict.fromkeys(formats))
    unknown = sorted(set(wanted) - set(FORMATS))
    if unknown:
        raise ValueError(f"format {unknown[0]!r}: choose from {', '.join(FORMATS)}")
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    suite = _Suite([Path(p) for p in executed_notebooks], ledger_frames, lang, redact)
    written: dict[str, Path] = {}
    failures: list[ExportError] = []
    for kind in sorted(wanted, key=FORMATS.index):
        try:
            for path in _WRITERS[kind](suite, out_dir):
                written[path.relative_to(out_dir).as_posix()] = path
        except Exception as error:  # one format's failure must not cost the others
            failure = ExportError(kind, str(error) or type(error).__name__)
            failure.__cause__ = error
            failures.append(failure)
    if failures:
        if len(failures) == 1:
            raise failures[0] from failures[0].__cause__
        raise ExportError(", ".join(f.name for f in failures), "; ".join(str(f) for f in failures))
    return dict(sorted(written.items()))


def export_notebook(
    notebook: Path, out_dir: Path, formats: Iterable[str] = ("html", "pdf"), lang: str | None = None
) -> dict[str, Path]:
    """One executed notebook on its own as ``<stem>.html`` and ``<stem>.pdf`` (no ledger needed)."""
    from analysis.reporting import html, pdf

    blocks = read_blocks(Path(notebook))
    document = assemble([blocks], lang or str(_meta(blocks).get("lang") or "zh"))
    out_dir.mkdir(parents=True, exist_ok=True)
    written = {}
    for kind in formats:
        path = out_dir / f"{Path(notebook).stem}.{kind}"
        if kind == "html":
            html.write_briefing(document, path)
            gates.check_html(path)
        elif kind == "pdf":
            pdf.write_briefing(document, path, contents=False)
            gates.check_pdf(path, document)
        else:
            raise ValueError(f"format {kind!r}: choose html or pdf for a single notebook")
        written[path.name] = path
    return written
