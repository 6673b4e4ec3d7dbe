"""A corpus of any size from the reports in data/raw, each copy with variation of its own.

Copies differ as notices of one bureau over the years do: other quantities, other nouns, some
sentences left out. Numbering, labels, results and dates stay, so every copy is a notice.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"

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


def write_corpus(folder: Path, megabytes: float, seed: int = 7) -> tuple[int, int, int]:
    """Fill ``folder`` with copies until ``megabytes`` (10^6 bytes of UTF-8) are reached.

    Returns (files, bytes, characters).
    """
    chance = random.Random(seed)
    reports = [(path.stem, path.read_text(encoding="utf-8")) for path in sorted(RAW.glob("*.txt"))]
    if not reports:
        raise FileNotFoundError(f"no reports in {RAW}")
    folder.mkdir(parents=True, exist_ok=True)
    files = size = characters = 0
    while size < megabytes * 1e6:
        stem, text = reports[files % len(reports)]
        copy = varied(text, chance)
        data = copy.encode("utf-8")
        (folder / f"{stem}-{files:05d}.txt").write_bytes(data)
        files, size, characters = files + 1, size + len(data), characters + len(copy)
    return files, size, characters
