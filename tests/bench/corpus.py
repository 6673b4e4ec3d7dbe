"""A corpus of any size in many layouts: the notices of tests/gold and the reports of data/raw, each copy varied.

The notices of the gold set were written for the project in some seventy layouts and are short; a
copy is lengthened, within its paragraphs, with sentences of the others until it has the size that
published notices have. Quantities and nouns change from copy to copy; numbering, labels, results
and dates stay, so every copy is a notice of its layout.
"""

from __future__ import annotations

import hashlib
import random
import re
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
GOLD = ROOT / "tests" / "gold" / "notices"
SIZES = (8_000, 26_000)  # bytes; the five published reports have 13 to 100 kB, many others less
# A sentence that tells a result, counts problems or speaks of the inspection would change what it is put into.
_TELLING = re.compile(r"完成|整改|问题|巡[察视]|反馈|一是|[①-⑳]|[:：“”（(]|成效|推进|长期")

_QUANTITY = re.compile(r"\d+(?=[余多]?[名人个次项件条篇处家场万亩元])")
_NOUNS = [
    "工作",
    "任务",
    "学习",
    "研讨",
    "制度",
    "机制",
    "管理",
    "治理",
    "会议",
    "活动",
    "培训",
    "教育",
    "检查",
    "督查",
    "项目",
    "工程",
    "单位",
    "部门",
    "干部",
    "职工",
    "群众",
    "市民",
    "文化",
    "教育",
    "旅游",
    "交通",
    "体育",
    "卫生",
    "广电",
    "农业",
    "文物",
    "水利",
    "宣传",
    "推介",
    "发展",
    "建设",
    "规划",
    "方案",
    "资金",
    "经费",
    "记录",
    "档案",
]


def varied(text: str, chance: random.Random) -> str:
    """One copy of a report: nouns exchanged and quantities changed, line by line."""
    pairs = dict(zip(_NOUNS, chance.sample(_NOUNS, len(_NOUNS))))
    keep = {word for word in pairs if chance.random() < 0.7}
    nouns = re.compile("|".join(word for word in _NOUNS if word not in keep) or r"(?!)")
    lines = []
    for line in text.split("\n"):
        # Printed labels and titles of sections keep their words.
        if len(line) > 60:
            head, rest = line[:30], line[30:]
            rest = nouns.sub(lambda m: pairs[m.group()], rest)
            line = head + _QUANTITY.sub(
                lambda m: str(max(1, int(m.group()[:9]) + chance.randint(-9, 40))), rest
            )
        lines.append(line)
    return "\n".join(lines)


def lengthened(text: str, size: int, sentences: list[str], chance: random.Random) -> str:
    """A text whose long paragraphs were given further sentences until it has about ``size`` bytes."""
    lines = text.split("\n")
    long = [
        n
        for n, line in enumerate(lines)
        if len(line) > 60 and line.rstrip().endswith("。") and "|" not in line
    ]
    missing = size - len(text.encode("utf-8"))
    while long and missing > 0:
        place, more = chance.choice(long), chance.choice(sentences)
        # before the last sentence, which may tell the result
        cut = lines[place].rstrip().rfind("。", 0, -1) + 1
        lines[place] = lines[place][:cut] + more + lines[place][cut:] if cut else lines[place]
        missing -= len(more.encode("utf-8")) if cut else 60
    return "\n".join(lines)


def layouts() -> list[tuple[str, str]]:
    """(name, text) of every notice that copies are made from."""
    found = []
    for path in [*sorted(GOLD.glob("*.txt")), *sorted(RAW.glob("*.txt"))]:
        try:
            found.append((path.stem, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a few are kept in other encodings on purpose
    if len(found) < 30:
        raise FileNotFoundError(f"only {len(found)} notices in {GOLD} and {RAW}")
    return found


def write_corpus(
    folder: Path, megabytes: float, seed: int = 7, files: int | None = None
) -> tuple[int, int, int]:
    """Fill ``folder`` with copies until ``megabytes`` (10^6 bytes of UTF-8) or ``files`` are reached.

    No two are alike: a short notice of few words that vary is left out when all its copies are there.
    Returns (files, bytes, characters).
    """
    chance = random.Random(seed)
    notices = layouts()
    sentences = [
        sentence
        for _, text in notices
        for sentence in re.findall(r"[^。\n]{16,90}。", text)
        if not _TELLING.search(sentence)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    most, written = files, 0
    size = characters = 0
    standing: set[bytes] = set()
    for name, text in cycle(notices):
        if size >= megabytes * 1e6 or written == most:
            break
        copy = varied(lengthened(text, chance.randint(*SIZES), sentences, chance), chance)
        data = copy.encode("utf-8")
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        if digest in standing:
            continue
        standing.add(digest)
        (folder / f"{name}-{written:06d}.txt").write_bytes(data)
        written, size, characters = written + 1, size + len(data), characters + len(copy)
    return written, size, characters
