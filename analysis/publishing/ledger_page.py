"""The ledger as a page: every item of every notice, to search, filter, open and export, in one file.

The rows travel compressed inside the page and are shown by its own script as text, never as
markup. Above ``MOST_ITEMS`` items there is a page a city, and ``ledger.html`` is their index.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from analysis import english
from analysis.lookups import load_csv
from analysis.publishing import fonts
from analysis.publishing.html import environment, policy, template_text

MOST_ITEMS = 12_000  # a filter over so many stays under a tenth of a second
NOTICE = ("city_code", "city_name", "body_name", "year")
WORDS = {
    "zh": {
        "title": "整改台账",
        "search": "搜索问题、原因、措施的文字",
        "city": "城市",
        "body": "单位",
        "year": "年份",
        "type": "问题类型",
        "status": "整改状态（自报）",
        "evidence": "依据",
        "flag": "可比性标记",
        "shown": "共 {n} 项，当前 {m} 项",
        "clear": "清除筛选",
        "export": "导出当前各项（CSV）",
        "more": "再显示一些",
        "parent": "所属问题",
        "cause": "原因",
        "measures": "措施",
        "dates": "日期",
        "documents": "文件与数字",
        "result": "结果原文",
        "source": "看原文这一句",
        "none": "没有符合条件的事项。",
        "hard": "有日期、文号、数量、处分或金额",
        "bare": "没有这些",
        "intent": "写着已完成，却含将来时的话",
        "unknown": "不详",
        "old": "此浏览器不能解压页内数据，请换用较新的浏览器，或打开 ledger.xlsx。",
        "noscript": "本页需要脚本；同样的内容在 ledger.xlsx。",
        "self": "整改状态均为被巡察单位自报。",
        "back": "回到简报",
        "index": "按城市分页的整改台账",
        "item_word": "项",
        "notice_word": "份通报",
        "all": "全部城市",
    },
    "en": {
        "title": "Ledger of rectification",
        "search": "Search problems, causes and measures",
        "city": "City",
        "body": "Body",
        "year": "Year",
        "type": "Problem type",
        "status": "Result (self-reported)",
        "evidence": "Evidence",
        "flag": "Comparability flag",
        "shown": "{m} of {n} items",
        "clear": "Clear filters",
        "export": "Export these (CSV)",
        "more": "Show more",
        "parent": "Part of",
        "cause": "Cause",
        "measures": "Measures",
        "dates": "Dates",
        "documents": "Documents and figures",
        "result": "Result as printed",
        "source": "See its sentence",
        "none": "No item fits.",
        "hard": "a date, document number, quantity, sanction or sum",
        "bare": "none of these",
        "intent": "said to be done, in words of intent",
        "unknown": "unknown",
        "old": "This browser cannot unpack the data in the page; use a newer one, or open ledger.xlsx.",
        "noscript": "This page needs its script; ledger.xlsx holds the same.",
        "self": "Every result is the inspected body's own word.",
        "back": "Back to the briefing",
        "index": "Ledger of rectification by city",
        "item_word": "items",
        "notice_word": "notices",
        "all": "All cities",
    },
}


def write_ledger_pages(
    frames: Mapping[str, pl.DataFrame], out_dir: Path, lang: str = "zh", most_items: int = MOST_ITEMS
) -> list[Path]:
    """Write ``ledger.html`` (and ``ledger-<place>.html`` for each city of a large corpus) into ``out_dir``.

    ``frames``: ``core_problems, core_measures, core_events, core_citations`` and ``out_notices``,
    ``out_evidence``, ``out_flags``. Returns the paths.
    """
    notices = frames["out_notices"].select("notice_id", *NOTICE, pl.col(f"label_{lang}").alias("label"))
    if lang == "en":
        notices = _in_english(notices)
    flags = frames["out_flags"].group_by("notice_id", maintain_order=True)
    notices = notices.join(flags.agg(pl.col("flag_code")), on="notice_id", how="left", maintain_order="left")
    items = (
        frames["core_problems"].filter(pl.col("is_leaf")).join(notices.select("notice_id"), on="notice_id")
    )
    if items.height <= most_items:
        return [_write(out_dir / "ledger.html", frames, notices, items, lang, related=[])]
    pages: list[Path] = []
    entries: list[dict[str, Any]] = []
    held = _by_city(frames, notices)
    for (code,), part in notices.group_by("city_code", maintain_order=True):
        name = f"ledger-{part['notice_id'][0].split('-')[0]}-{code or 'unknown'}.html"
        own = items.join(part.select("notice_id"), on="notice_id", how="semi", maintain_order="left")
        back = [("ledger.html", WORDS[lang]["all"])]
        pages.append(_write(out_dir / name, held[code], part, own, lang, related=back))
        city = part["city_name"][0] or WORDS[lang]["unknown"]
        entries.append({"href": name, "city": city, "notices": part.height, "items": own.height})
    index = out_dir / "ledger.html"
    shown = "".join([*WORDS[lang].values(), *(entry["city"] for entry in entries)])
    style = fonts.css_faces(shown, shown) + "\n" + template_text("ledger.css")
    page = environment(lang).get_template("ledger_index.html.j2")
    index.write_text(
        page.render(w=WORDS[lang], lang=lang, entries=entries, style=Markup(style), policy=policy(style)),
        encoding="utf-8",
        newline="\n",
    )
    return [index, *pages]


def _by_city(
    frames: Mapping[str, pl.DataFrame], notices: pl.DataFrame
) -> dict[str | None, dict[str, pl.DataFrame]]:
    """The tables of a page for each city, parted once: three hundred pages must not each read the whole ledger."""
    cities = notices.select("notice_id", pl.col("city_code").alias("_city"))
    problems = frames["core_problems"].select("problem_id", "notice_id").join(cities, on="notice_id")
    problems = problems.select("problem_id", "_city")
    found: dict[str | None, dict[str, pl.DataFrame]] = {code: {} for code in notices["city_code"].unique()}
    for name in ("core_problems", "core_measures", "core_events", "core_citations", "out_evidence"):
        whole = frames[name].join(problems, on="problem_id", how="inner", maintain_order="left")
        parts = whole.partition_by("_city", as_dict=True, include_key=False)
        for code, held in found.items():
            held[name] = parts.get((code,), frames[name].clear())
    return found


def _in_english(notices: pl.DataFrame) -> pl.DataFrame:
    """The same with the English names of cities and bodies, as far as they are known."""
    rows = notices.to_dicts()
    bodies = [english.body(row) for row in rows]
    cities = [english.place(row["city_code"]) or row["city_name"] for row in rows]
    return notices.with_columns(
        pl.Series("body_name", bodies, pl.String), pl.Series("city_name", cities, pl.String)
    )


def _write(
    path: Path,
    frames: Mapping[str, pl.DataFrame],
    notices: pl.DataFrame,
    items: pl.DataFrame,
    lang: str,
    related: list[tuple[str, str]],
) -> Path:
    words = WORDS[lang]
    rows, details = page_rows(frames, notices, items), page_details(frames, items)
    labels = {
        kind: {row["code"]: row[f"label_{lang}"] for row in load_csv(f"codes/codes_{kind}")}
        for kind in ("problem_types", "statuses", "flags")
    }
    content = {"notices": notices.to_dicts(), "labels": labels, "words": words, "rows": rows}
    style, script = template_text("ledger.css"), template_text("ledger.js")
    packed, unfolded = packed_json(content), packed_json(details)
    shown = fonts.without_controls(json.dumps([content, details], ensure_ascii=False)) + "↗▸▾"
    style = fonts.css_faces(shown, "".join([*words.values(), *map(str, notices["label"])])) + "\n" + style
    page = environment(lang).get_template("ledger.html.j2")
    path.write_text(
        page.render(
            w=words,
            lang=lang,
            style=Markup(style),
            script=Markup(script),
            policy=policy(style, script),
            rows=packed,
            details=unfolded,
            related=[*related, ("briefing.html", words["back"])],
        ),
        encoding="utf-8",
        newline="\n",
    )
    return path


def page_rows(
    frames: Mapping[str, pl.DataFrame], notices: pl.DataFrame, items: pl.DataFrame
) -> list[list[Any]]:
    """What the list shows of each item: ID, place of its notice, statement, type, further types, status, evidence.

    Evidence: 0 none, 1 hard evidence, and 2 more where a completed item is told in words of intent.
    """
    order = notices.select("notice_id").with_row_index("place")
    evidence = frames["out_evidence"].select("problem_id", "has_hard_evidence", "has_intent_in_completed")
    joined = items.join(order, on="notice_id", how="inner", maintain_order="left").join(
        evidence, on="problem_id", how="left", maintain_order="left"
    )
    kinds = pl.col("has_hard_evidence").fill_null(False).cast(pl.Int8) + 2 * pl.col(
        "has_intent_in_completed"
    ).fill_null(False).cast(pl.Int8)
    shown = joined.sort("place", maintain_order=True).select(
        "problem_id",
        "place",
        pl.col("statement_text").fill_null(""),
        "primary_type_code",
        pl.col("secondary_type_codes").str.split(",").list.eval(pl.element().filter(pl.element() != "")),
        "status_code",
        kinds,
    )
    return [list(row) for row in shown.iter_rows()]


def page_details(frames: Mapping[str, pl.DataFrame], items: pl.DataFrame) -> dict[str, list[Any]]:
    """What an opened item shows, by its ID: parent, cause, printed result, measures, dates, documents."""
    parents = dict(frames["core_problems"].select("problem_id", "statement_text").iter_rows())
    measures = _gathered(frames["core_measures"], "measure_text")
    dates = _gathered(frames["core_events"], "quote_text")
    titles = pl.concat_str(
        [
            pl.format("《{}》", pl.col("title_text").str.strip_chars("《》")),
            pl.col("document_number").fill_null(""),
        ]
    )
    documents = _gathered(frames["core_citations"].with_columns(titles.alias("quote_text")), "quote_text")
    return {
        row["problem_id"]: [
            parents.get(row["parent_problem_id"]) or "",
            row["cause_text"] or "",
            row["status_text"] or "",
            measures.get(row["problem_id"], []),
            dates.get(row["problem_id"], []),
            documents.get(row["problem_id"], []),
        ]
        for row in items.iter_rows(named=True)
    }


def _gathered(frame: pl.DataFrame, column: str) -> dict[str, list[str]]:
    """Texts of a table by problem, each once, in the order of the text."""
    grouped = frame.filter(pl.col("problem_id").is_not_null()).group_by("problem_id", maintain_order=True)
    return dict(grouped.agg(pl.col(column).drop_nulls().unique(maintain_order=True)).iter_rows())


def packed_json(content: Any) -> str:
    """JSON, deflated, as base64: letters that cannot end a script element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    clean = fonts.without_controls(text).encode("utf-8")
    return base64.b64encode(squeezed.compress(clean) + squeezed.flush()).decode("ascii")
