"""Executed notebooks and the ledger in, the files of one edition out.

Every file passes its gates before it counts. What fails costs no more than it must: a figure, else
a chapter, a profile or a format; the edition is bound again without it and says so on its first
page. Only a core chapter of the suite can stop an edition.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger import datapackage
from analysis.ledger.workers import Task, WorkerLost, Workers
from analysis.publishing import (
    docx,
    files,
    gates,
    gates_pdf,
    html,
    ledger_page,
    pdf,
    redact,
    source_pages,
    workbook,
)
from analysis.publishing.document import (
    Block,
    BulletList,
    Chapter,
    Document,
    Figure,
    Folded,
    Heading,
    Quote,
    Table,
    assemble,
    left_out,
    plain,
    walk,
    words,
)
from analysis.publishing.harvest import ChapterError, read_chapter

FORMATS = ("html", "pdf", "docx", "xlsx")
_ROUNDS = 40
_LISTED_NOTICES = 8
_MESSAGES = 10
# A worker is at work after a second; so many source pages, or a tenth as many profiles, take longer.
_WORTH_WORKERS = 60
_SHARES = 4  # of the source pages or the profiles, for each worker


class PublishError(RuntimeError):
    """A core chapter cannot be published, so there is no edition; the message names chapter and reason."""


@dataclass(frozen=True, slots=True)
class ChapterFile:
    """One executed notebook and its place: in the briefing, or in the profile ``profile_slug``.

    ``is_core``: without it there is no edition. ``is_added``: not of the suite, so that a figure
    without alt text or with crowded labels is a warning, not a failure.
    """

    path: Path
    name: str
    is_core: bool = False
    profile_slug: str = ""
    profile_title: str = ""
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class BindOrder:
    """What to bind. ``frames``: table name → frame (core_*, codes_*, out_*); ``scope`` is made from them if empty.

    ``front_messages`` ask for attention on the first page; ``aside_messages`` need none and stand in small print.
    ``jobs``: processes that write source pages, ledger and profiles of a large edition.
    """

    chapters: Sequence[ChapterFile]
    frames: dict[str, pl.DataFrame]
    out_dir: Path
    formats: Sequence[str] = FORMATS
    lang: str = "zh"
    redact: bool = False
    front_messages: Sequence[str] = ()
    aside_messages: Sequence[str] = ()
    title: str = ""
    as_of: str = ""
    scope: str = ""
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that is not in the edition, and why in full (for the run's record)."""

    what: str
    reason: str


@dataclass(slots=True)
class Bound:
    """Path inside the edition → file, sorted; what was left out; what deserves a look."""

    written: dict[str, Path] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def scope_of(frames: dict[str, pl.DataFrame], lang: str) -> str:
    """「5 份通报：鞍山 2021、…」; only the number where the list would not fit a line or two."""
    notices = frames.get("out_notices")
    if notices is None or notices.is_empty():
        return ""
    say, labels = words(lang), notices[f"label_{lang}"].to_list()
    count = say["notices_count"].format(len(labels))
    return count if len(labels) > _LISTED_NOTICES else count + say["colon"] + say["list_sep"].join(labels)


def _replace(blocks: list[Block], old: Block, new: Block) -> bool:
    """Put ``new`` in the place of ``old``, however deep; False where it is not."""
    for index, block in enumerate(blocks):
        if block is old:
            blocks[index] = new
            return True
        held = block.blocks if isinstance(block, (Quote, Folded)) else []
        inner = block.items if isinstance(block, BulletList) else [held]
        if any(_replace(part, old, new) for part in inner):
            return True
    return False


Pages = dict[str, frozenset[str]]


@dataclass(slots=True)
class _Share:
    """What one process made of its share of an edition: files, messages, anchors of source pages, titles of profiles."""

    bound: Bound
    front: list[str]
    pages: Pages
    titles: dict[str, str]


def bind_share(
    order: BindOrder, what: str, arguments: tuple[Any, ...], *, started: Any = None, skip: Any = None
) -> _Share:
    """One share of an edition, here or in a worker. ``order`` has what this share needs, ``front_messages`` none."""
    binder = _Binder(order)
    getattr(binder, what)(*arguments)
    titles = {name: binder.titles[name] for name in binder.chapters}
    return _Share(binder.bound, binder.front, binder.pages, titles)


class _Binder:
    def __init__(self, order: BindOrder):
        self.order, self.say = order, words(order.lang)
        self.bound = Bound()
        self.front = [str(message) for message in order.front_messages]
        self.formats = [kind for kind in FORMATS if kind in order.formats]
        self.pages_of: dict[str, dict[str, int]] = {}  # document → chapter → page of its PDF
        self.frames = order.frames
        self.pages: Pages = {}
        # Document name → its chapters with where they came from.
        self.chapters: dict[str, list[tuple[ChapterFile, Chapter]]] = {}
        self.titles: dict[str, str] = {}
        self.profiles: dict[str, str] = {}  # that were written: name → title
        self.has_briefing = False
        self.names: list[str] = []

    def drop(self, what: str, reason: str, said: str) -> None:
        """Record it in full; say it on the first page in the reader's words."""
        self.bound.dropped.append(Dropped(what, reason))
        told = self.say["dropped"].format(what, self.say[said])
        self.front += [] if told in self.front else [told]

    def keep(self, *paths: Path) -> None:
        self.bound.written |= {p.relative_to(self.order.out_dir).as_posix(): p for p in paths}

    # --- reading ----------------------------------------------------------
    def mask(self) -> None:
        found = redact.names_by_notice(self.frames)
        self.names = sorted({name for names in found.values() for name in names})
        self.frames = redact.mask_frames(self.frames, found)
        self.front = [redact.Masker(self.names)(message) for message in self.front]

    def read(self, chapters: Sequence[ChapterFile]) -> None:
        for file in chapters:
            try:
                chapter = read_chapter(file.path, self.order.lang, file.name)
            except ChapterError as error:
                if file.is_core:
                    raise PublishError(str(error)) from error
                self.drop(file.profile_title or file.name, str(error), "reason_failed")
                continue
            self.bound.warnings += chapter.warnings
            if self.order.redact:
                redact.mask_blocks(chapter.blocks, self.names)
            self.refuse_figures(file, chapter)
            slug = f"profile-{file.profile_slug}" if file.profile_slug else "briefing"
            self.chapters.setdefault(slug, []).append((file, chapter))
            self.titles.setdefault(slug, file.profile_title or self.order.title or self.say["untitled"])

    def refuse_figures(self, file: ChapterFile, chapter: Chapter) -> None:
        """Figures that may not be published: the suite's without alt text; pictures where names are masked."""
        for block in list(walk(chapter.blocks)):
            if not isinstance(block, Figure):
                continue
            what = block.caption or self.say["figure"]
            if self.order.redact and not block.svg:
                _replace(
                    chapter.blocks, block, left_out(self.say["not_masked"].format(what), self.order.lang)
                )
                self.bound.warnings.append(
                    f"{chapter.name}: {what}: a picture cannot be masked; draw it as SVG"
                )
            elif not block.alt and not file.is_added:
                self.leave_out(
                    chapter, block, f"{chapter.name}: a figure of the suite without alt text", "reason_alt"
                )

    def leave_out(self, chapter: Chapter, block: Table | Figure, reason: str, said: str) -> None:
        caption = block.caption if isinstance(block, Figure) else plain(block.caption).split("\n")[0]
        what = (
            f"{chapter.title}{self.say['sep']}{self.say['figure' if isinstance(block, Figure) else 'table']}"
        )
        what += f" {caption}" if caption else ""
        _replace(chapter.blocks, block, left_out(caption or what, self.order.lang))
        self.drop(what, reason, said)

    # --- writing ----------------------------------------------------------
    def sources(self, back: str, has_fonts: bool) -> None:
        """The source pages, each with its gate; links go only to those that are written."""
        folder = self.order.out_dir / "sources"
        lang = self.order.lang
        for page in source_pages.write_source_pages(
            self.frames, folder, lang=lang, back=back, has_fonts=has_fonts
        ):
            try:
                gates.check_html(page, has_fonts=has_fonts)
            except gates.GateFailure as failure:
                page.unlink()
                self.drop(f"{self.say['source_page']} {page.stem}", str(failure), "reason_gate")
                continue
            self.pages[f"sources/{page.name}"] = source_pages.anchors_on(page)
            self.keep(page)

    def write_profiles(self, pages: Pages, names: list[str], has_briefing: bool) -> None:
        """Every profile of the order."""
        self.pages, self.names, self.has_briefing = pages, names, has_briefing
        self.read(self.order.chapters)
        for name in sorted(self.chapters):
            self.bind(name)
        self.pages = {}  # the caller has them

    def document(self, name: str) -> Document:
        # a copy: assembling changes it, and what fails is made again (pickling takes a quarter of deepcopy's time)
        chapters = pickle.loads(pickle.dumps([chapter for _, chapter in self.chapters[name]]))
        is_briefing = name == "briefing"
        return assemble(
            chapters,
            title=self.titles[name],
            lang=self.order.lang,
            scope=(self.order.scope or scope_of(self.frames, self.order.lang)) if is_briefing else "",
            as_of=self.order.as_of,
            front=self.told() if is_briefing else (),
            aside=self.order.aside_messages if is_briefing else (),
            pages=self.pages,
        )

    def told(self) -> list[str]:
        """The messages of the first page; a cut says of how many."""
        if len(self.front) <= _MESSAGES:
            return self.front
        more = self.say["more_messages"].format(len(self.front) - _MESSAGES + 1)
        return [*self.front[: _MESSAGES - 1], more]

    def figures(self, name: str, document: Document) -> Iterator[tuple[str, list[Path]]]:
        """Every figure as SVG (or its picture) with its data as CSV beside it: (anchor, files)."""
        folder = self.order.out_dir / "figures"
        for block in walk(document.blocks):
            if not isinstance(block, Figure):
                continue
            folder.mkdir(parents=True, exist_ok=True)
            stem = block.anchor if name == "briefing" else f"{name[:40]}-{block.anchor}"
            drawn = folder / f"{stem}.{'svg' if block.svg else 'png'}"
            svg = '<?xml version="1.0" encoding="UTF-8"?>\n' + block.svg
            drawn.write_bytes(svg.encode("utf-8") if block.svg else block.raster)
            made = [drawn]
            if block.columns:
                made.append(files.write_csv(folder / f"{stem}.csv", block.columns, block.rows))
                gates.check_csv(made[-1])
            yield block.anchor, made

    def write(self, name: str, kind: str, document: Document) -> list[Path]:
        """One document in one format, through its gate."""
        path = self.order.out_dir / f"{name}.{kind}"
        if kind == "html":
            drawn = dict(self.figures(name, document))
            links = {a: f"figures/{made[-1].name}" for a, made in drawn.items() if made[-1].suffix == ".csv"}
            related = [("briefing.html", self.say["back"])] if self.has_briefing else []
            if name == "briefing":
                related = [(f"{profile}.html", title) for profile, title in self.profiles.items()]
            html.write_html(document, path, data_links=links, related=related)
            gates.check_html(path)
            return [path, *(file for made in drawn.values() for file in made)]
        if kind == "docx":
            docx.write_docx(document, path, self.pages_of.get(name))
            gates.check_docx(path)
            return [path]
        layout = pdf.write_pdf(document, path)
        self.pages_of[name] = pdf.chapter_pages(document, layout)
        try:
            gates_pdf.check_pdf(path, document, layout)
        except gates.GateFailure as failure:
            self.tolerate(name, document, failure)
        for page in gates_pdf.half_empty(path):
            self.bound.warnings.append(f"{path.name}, page {page}: more than half empty")
        return [path]

    def tolerate(self, name: str, document: Document, failure: gates.GateFailure) -> None:
        """Crowded labels in a figure that is not the suite's are its author's business: a warning."""
        added = {chapter.name for file, chapter in self.chapters[name] if file.is_added}
        own = {
            block.anchor
            for origin, outer in zip(document.origins, document.blocks, strict=True)
            for block in walk([outer])
            if origin in added and isinstance(block, Figure)
        }
        serious = [f for f in failure.findings if not (f.is_overlap and f.anchor in own)]
        self.bound.warnings += [f"{failure.name}: {f}" for f in failure.findings if f not in serious]
        gates.stop(failure.name, serious)

    def bind(self, name: str) -> None:
        """One document in all its formats; whatever fails is dropped and all of it made again."""
        warnings = list(self.bound.warnings)
        for _ in range(_ROUNDS):
            made: list[Path] = []
            self.bound.warnings = list(warnings)
            kinds = [k for k in self.formats if k != "xlsx" and (k != "docx" or name == "briefing")]
            document = self.document(name)
            for kind in kinds:
                try:
                    made += self.write(name, kind, document)
                except Exception as error:  # whatever a renderer meets must not cost the other formats
                    failed = self.order.out_dir / f"{name}.{kind}"
                    for path in (*made, failed):
                        path.unlink(missing_ok=True)
                    self.blame(name, kind, document, error)
                    break
            else:
                self.keep(*made)
                return
            if not self.chapters.get(name):
                return
        raise PublishError(
            f"{name}: still failing after {_ROUNDS} things were left out: {self.bound.dropped[-1].reason}"
        )

    def blame(self, name: str, kind: str, document: Document, error: Exception) -> None:
        """Take out what ``error`` is about: its figures and tables, else its chapter, else the profile or the format."""
        reason = f"{kind}: {str(error) or type(error).__name__}"
        found = error.findings if isinstance(error, gates.GateFailure) else []
        anchors = {finding.anchor for finding in found if finding.anchor}
        chapters = self.chapters[name]
        guilty: list[int] = []
        is_cut = False
        for index, (_, chapter) in enumerate(chapters):
            mine = [b for o, b in zip(document.origins, document.blocks, strict=True) if o == chapter.name]
            # The assembled chapter opens with its title, which the chapter itself holds apart.
            for bound, own in list(zip(list(walk(mine))[1:], list(walk(chapter.blocks)), strict=True)):
                if getattr(bound, "anchor", "") in anchors and isinstance(own, (Table, Figure)):
                    self.leave_out(chapter, own, reason, "reason_gate")
                    is_cut = True
            if any(isinstance(b, Heading) and b.anchor in anchors for b in walk(mine)):
                guilty.append(index)
        if is_cut:
            return
        if name != "briefing":
            self.drop(self.titles[name], reason, "reason_gate")
            del self.chapters[name]
        elif guilty and not any(chapters[i][0].is_core for i in guilty):
            for index in reversed(guilty):
                self.drop(chapters.pop(index)[1].title, reason, "reason_gate")
        elif kind == "html":
            raise PublishError(f"{name}.{reason}") from error
        else:
            self.formats.remove(kind)
            self.drop(kind.upper(), reason, "reason_gate")

    def ledger(self) -> None:
        """The workbook and the CSV folder; a failure costs these."""
        from analysis.ledger.codes import read_code_lists

        out, as_of = self.order.out_dir, self.order.as_of
        # A selection of the ledger comes without the code lists; a ledger without labels is unreadable.
        frames = {**read_code_lists(), **self.frames}
        try:
            created = Document("", [], as_of=as_of).timestamp
            made = workbook.write_ledger(
                frames, out / "ledger.xlsx", lang=self.order.lang, as_of=as_of, created=created
            )
            gates.check_xlsx(made)
            folder = files.write_csv_folder(frames, out / "ledger")
            for path in sorted(folder.glob("*.csv")):
                gates.check_csv(path)
                self.keep(path)
            self.keep(made, folder / datapackage.NAME)
        except Exception as error:
            self.drop("XLSX", str(error) or type(error).__name__, "reason_gate")

    def ledger_pages(self) -> None:
        """The ledger to search, in the browser; a failure costs these pages."""
        needed = ("out_notices", "out_flags", "out_evidence")
        if "html" not in self.formats or not all(name in self.frames for name in needed):
            return
        try:
            for page in ledger_page.write_ledger_pages(self.frames, self.order.out_dir, self.order.lang):
                gates.check_html(page)
                self.keep(page)
        except Exception as error:
            self.drop("ledger.html", str(error) or type(error).__name__, "reason_gate")

    # --- the whole --------------------------------------------------------
    def take(self, share: _Share) -> None:
        self.bound.written |= share.bound.written
        self.bound.dropped += share.bound.dropped
        self.bound.warnings += share.bound.warnings
        self.front += [message for message in share.front if message not in self.front]
        self.pages |= share.pages
        self.profiles |= share.titles

    def source_shares(self, count: int) -> list[tuple[Any, ...]]:
        if "html" not in self.formats or "core_texts" not in self.frames:
            return []
        arguments = "../briefing.html" if self.has_briefing else "", source_pages.embeds_fonts(self.frames)
        notices = self.frames["core_notices"]["notice_id"].sort()
        frames = {name: self.frames[name] for name in source_pages.READ if name in self.frames}
        parts = [notices.gather_every(count, place) for place in range(min(count, len(notices)))]
        return [
            (
                replace(
                    self.order,
                    chapters=(),
                    front_messages=(),
                    frames={
                        name: frame.filter(pl.col("notice_id").is_in(part.implode()))
                        for name, frame in frames.items()
                    }
                    if len(parts) > 1
                    else frames,
                ),
                "sources",
                arguments,
            )
            for part in parts
        ]

    def other_shares(self, chapters: Sequence[ChapterFile], count: int) -> list[tuple[Any, ...]]:
        order = replace(self.order, chapters=(), frames=self.frames, front_messages=())
        shares: list[tuple[Any, ...]] = [(order, "ledger", ())] if "xlsx" in self.formats else []
        shares.append((order, "ledger_pages", ()))
        slugs = list(dict.fromkeys(file.profile_slug for file in chapters if file.profile_slug))
        for place in range(min(count, len(slugs))):
            own = [file for file in chapters if file.profile_slug in slugs[place::count]]
            arguments = self.pages, self.names, self.has_briefing
            shares.append((replace(order, chapters=own, frames={}), "write_profiles", arguments))
        return shares

    def run(self) -> Bound:
        self.order.out_dir.mkdir(parents=True, exist_ok=True)
        if self.order.redact:
            self.mask()
        chapters = _named(self.order.chapters)
        self.read([file for file in chapters if not file.profile_slug])
        self.has_briefing = "briefing" in self.chapters
        notices = self.frames["core_notices"].height if "core_notices" in self.frames else 0
        size = notices + 10 * sum(bool(file.profile_slug) for file in chapters)
        jobs = self.order.jobs if size > _WORTH_WORKERS else 1
        with Workers(jobs) if jobs > 1 else nullcontext() as pool:
            count = _SHARES * jobs if jobs > 1 else 1
            for share in _made(pool, self.source_shares(count)):
                self.take(share)
            for share in _made(pool, self.other_shares(chapters, count)):
                self.take(share)
        order = [f"profile-{file.profile_slug}" for file in chapters]
        self.profiles = dict(sorted(self.profiles.items(), key=lambda profile: order.index(profile[0])))
        if self.has_briefing:
            self.bind("briefing")  # the last: its first page says what the others lost
        self.bound.written = dict(sorted(self.bound.written.items()))
        return self.bound


def _named(chapters: Sequence[ChapterFile]) -> list[ChapterFile]:
    """The chapters under names of their own."""
    taken: set[str] = set()
    found = []
    for number, file in enumerate(chapters, 1):
        name = file.name if file.name not in taken else f"{file.name}-{number}"
        taken.add(name)
        found.append(replace(file, name=name))
    return found


def _made(pool: Workers | None, shares: list[tuple[Any, ...]]) -> list[_Share]:
    """The shares in their order, by the workers where there are some; what they lose is made here."""
    made: dict[int, _Share] = {}
    lost = ""
    if pool is not None:
        tasks = (Task(f"{__name__}:bind_share", share, number) for number, share in enumerate(shares))
        try:
            for task, share in pool.run(tasks):
                made[task.part] = share
        except WorkerLost as error:
            lost = f"a process that wrote pages was lost, its share was made again: {error}"
    found = [made[n] if n in made else bind_share(*share) for n, share in enumerate(shares)]
    if lost:
        found[-1].bound.warnings.append(lost)
    return found


def bind(order: BindOrder) -> Bound:
    """Write one edition. The same order gives the same bytes.

    Raises PublishError when a core chapter cannot be read or bound, ValueError for an unknown format
    or language.
    """
    unknown = sorted(set(order.formats) - set(FORMATS))
    if unknown:
        raise ValueError(f"format {unknown[0]!r}: choose from {', '.join(FORMATS)}")
    return _Binder(order).run()


def publish_notebook(
    path: Path, out_dir: Path, formats: Sequence[str] = ("html", "pdf"), lang: str = "zh"
) -> Bound:
    """One executed notebook on its own as ``<stem>.html`` and ``<stem>.pdf``; no ledger is needed."""
    chapter = read_chapter(path, lang)
    out_dir.mkdir(parents=True, exist_ok=True)
    bound = Bound(warnings=list(chapter.warnings))
    title = chapter.title
    document = assemble([chapter], title=title, lang=lang)
    for kind in formats:
        target = out_dir / f"{path.stem}.{kind}"
        if kind == "html":
            html.write_html(document, target)
            gates.check_html(target)
        elif kind == "pdf":
            layout = pdf.write_pdf(document, target)
            try:
                gates_pdf.check_pdf(target, document, layout)
            except gates.GateFailure as failure:
                bound.warnings += [f"{target.name}: {finding}" for finding in failure.findings]
        elif kind == "docx":
            docx.write_docx(document, target)
            gates.check_docx(target)
        else:
            raise ValueError(f"format {kind!r}: choose html, pdf or docx for a single notebook")
        bound.written[target.name] = target
    return bound
