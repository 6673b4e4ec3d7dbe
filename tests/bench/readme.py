"""``python -m tests.bench.readme``: the speed tables of both READMEs from reports/bench, between their two marks.

Each line tells its day and how busy the machine was; a line stays where nothing was measured anew.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from tests.bench.measure import ROOT

MARKS = "<!-- bench: written by `python -m tests.bench.readme` -->", "<!-- /bench -->"
FILES = {"en": "README.md", "zh": "README.zh.md"}
ROWS = ("parse", "two", "jieba", "changed", "corpus", "edition", "notebooks", "papermill")
WORDS = {
    "en": {
        "heads": ("what", "seconds", "processor seconds", "peak MB", "day, load"),
        "parse": "`parse`, one process: {notices:,} notices in {layouts} layouts, {mb:.0f} MB",
        "two": "`parse --jobs 2`, the same",
        "jieba": "for comparison `jieba.cut` (words only), the same",
        "changed": "`parse` again, one of {files:,} files changed",
        "corpus": "`parse --jobs 2`: {files:,} files, {mb:,.0f} MB; {notices_read:,} read as notices, {rows:,} rows",
        "edition": "`briefing`: an edition of {notices:,} notices with {profiles} profiles, all formats",
        "notebooks": "`briefing --format html,pdf` of the five reports",
        "papermill": "for comparison papermill and nbconvert, ten notebooks, HTML only",
        "machine": "Measured by `make bench`: {processor}, {cores} cores, {memory_gb} GB, Python {python} (–: a busy machine's clock says nothing).",
    },
    "zh": {
        "heads": ("内容", "秒", "处理器秒", "内存峰值 MB", "日期、负载"),
        "parse": "`parse` 一个进程：{layouts}种版式{notices:,}份通报，{mb:.0f} MB",
        "two": "`parse --jobs 2`，同上",
        "jieba": "对照 `jieba.cut`（只分词），同上",
        "changed": "`parse` 再跑一次，{files:,}个文件中改了一个",
        "corpus": "`parse --jobs 2`：{files:,}个文件，{mb:,.0f} MB；读成通报{notices_read:,}份，共{rows:,}行",
        "edition": "`briefing`：{notices:,}份通报，{profiles}个城市概况，全部格式",
        "notebooks": "`briefing --format html,pdf`，五份通报",
        "papermill": "对照 papermill 加 nbconvert，十个笔记本，只有 HTML",
        "machine": "由 `make bench` 测得：{processor}，{cores}核，{memory_gb} GB，Python {python}（–：机器繁忙，钟面时间不作数）。",
    },
}


def _row(what: str, content: dict[str, Any], entry: dict[str, Any], seconds: str = "seconds") -> str:
    """One line; the clock of a machine that others kept busy says nothing and is left out."""
    machine = content["machine"]
    clock = "–" if machine["load"] > 2 * machine["cores"] else f"{entry[seconds]:,.1f}"
    measured = f"{machine['day']}, {machine['load']}"
    return f"| {what} | {clock} | {entry['cpu_seconds']:,.1f} | {entry['peak_mb']:,.0f} | {measured} |"


def speed_table(found: dict[str, dict[str, Any]], lang: str, standing: str = "") -> str:
    """The table in Markdown of what ``reports/bench`` holds (name of the file → its content).

    Lines of ``standing``, the table as it is, stay where nothing was measured anew.
    """
    say: dict[str, Any] = WORDS[lang]
    rows: dict[str, list[str]] = {}
    if parse := found.get("parse"):
        corpus = parse["corpus"]
        whole = {"notices": corpus["notices_read"], "layouts": corpus["layouts"], "mb": corpus["bytes"] / 1e6}
        again = parse["again"]
        rows["parse"] = [_row(say["parse"].format(**whole), parse, parse["parse"])]
        rows["two"] = [_row(say["two"], parse, parse["parse_2_jobs"])]
        rows["jieba"] = [_row(say["jieba"], parse, parse["jieba_cut"])]
        rows["changed"] = [_row(say["changed"].format(files=again["files"]), parse, again["one_changed"])]
    if corpus := found.get("corpus"):
        rows["corpus"] = [_row(say["corpus"].format(**corpus, mb=corpus["bytes"] / 1e6), corpus, corpus)]
    if editions := found.get("editions"):
        measured = [entry for entry in editions.values() if "notices" in entry]
        rows["edition"] = [_row(say["edition"].format(**entry), editions, entry) for entry in measured]
    if notebooks := found.get("notebooks"):
        for name, entry in (("notebooks", "zhenggai_briefing"), ("papermill", "papermill_nbconvert")):
            rows[name] = [_row(say[name], notebooks, notebooks[entry], "best_seconds")]
    for name in ROWS:
        cell = re.sub(r"\\\{.*?\}", ".+", re.escape(say[name]))
        rows.setdefault(name, re.findall(rf"^\| {cell} \|.*$", standing, flags=re.M))
    heads = f"| {' | '.join(say['heads'])} |\n| --- | ---: | ---: | ---: | ---: |"
    told = say["machine"].format(**next(iter(found.values()))["machine"])
    return "\n".join([heads, *(line for name in ROWS for line in rows[name])]) + f"\n\n{told}"


def main() -> int:
    paths = sorted((ROOT / "reports" / "bench").glob("*.json"))
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    if not found:
        print("reports/bench is empty: run `make bench` first", file=sys.stderr)
        return 1
    for lang, name in FILES.items():
        path = ROOT / name
        head, _, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
        standing, end, tail = rest.partition(MARKS[1])
        if not end:
            print(f"{name}: the marks of the speed table are gone", file=sys.stderr)
            return 1
        text = f"{head}{MARKS[0]}\n{speed_table(found, lang, standing)}\n{end}{tail}"
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
