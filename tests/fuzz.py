"""``python -m tests.fuzz [FILES] [SEED]``: damaged and altered files through a whole parse.

Files of every format are altered at random, from a seed, and parsed in batches beside sound
notices. However a file is altered it must end as a notice or in the quarantine under its name and
for a reason other than a defect of the parser; the sound ones must read as ever; time and memory
stay bounded (the watched workers see to that, and a file that they had to stop is listed).
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from analysis.ledger.build import build_ledger
from analysis.ledger.store import read_table
from analysis.ledger.workers import Workers

ROOT = Path(__file__).resolve().parents[1]
SOUND = ("yushu.txt", "dandong.txt")
SUFFIXES = (".txt", ".md", ".csv", ".html", ".htm", ".mht", ".docx", ".xlsx", ".pdf", ".zip")
LARGEST = 400_000  # bytes of a file to begin with
TOKENS = (
    "整改", "一是", "1.", "（一）", "①", "²", "《", "》", "“", "”", "2021年", "13月", "99日", "9" * 400, "|", "\t", "\x00",
    "\ufffd", "\u202e", "<table>", "</td>",
    "<![CDATA[", "&#x110000;", "]]>", "-1", "NaN", "e400", "%PDF-", "endobj", "/Kids [3 0 R]", "PK\x03\x04", "已完成", "万元",
    "至", "中共", "党组", "\n", "\r", "\x0c", "\u3000", "【", "】", "：", "。", "；", "、", "#", "**", "- ", "</w:p>", "<w:tbl>",
)  # fmt: skip


def bases() -> list[tuple[str, bytes]]:
    """Name and bytes of the files that are altered."""
    folders = (
        ROOT / "tests" / "gold" / "notices",
        ROOT / "tests" / "fixtures" / "formats",
        ROOT / "data" / "raw",
    )
    found = [
        (path.name, path.read_bytes())
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in SUFFIXES and path.stat().st_size < LARGEST
    ]
    # of each kind as many as of the rarest would be too few: texts are thinned to a third
    return [item for number, item in enumerate(found) if not item[0].endswith(".txt") or number % 3 == 0]


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30, 300))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    low, high = sorted(chance.choices(range(len(data) + 1), k=2))
    return chance.choice((data[:low], data[low:], data[:low] + data[high:]))


def _double(data: bytes, chance: random.Random) -> bytes:
    low = chance.randrange(len(data))
    high = min(len(data), low + chance.choice((10, 300, 9_000)))
    return data[:high] + data[low:high] * chance.choice((1, 2, 40)) + data[high:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    token = chance.choice(TOKENS).encode("utf-8", "replace")
    place = chance.randrange(len(data) + 1)
    return data[:place] + token * chance.choice((1, 1, 5, 2_000, 20_000)) + data[place:]


def _replace(data: bytes, chance: random.Random) -> bytes:
    old, new = (chance.choice(TOKENS).encode("utf-8", "replace") for _ in range(2))
    return data.replace(old, new, chance.choice((1, 5, -1)))


def _shuffle(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _recode(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        chance.choice(("gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-8-sig", "utf-7")), "replace"
    )


_ALTER: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _cut,
    _double,
    _insert,
    _insert,
    _replace,
    _shuffle,
    _recode,
)


def alter(name: str, data: bytes, chance: random.Random) -> bytes:
    """One altered copy; of a packed file mostly one of its parts, so that it still opens."""
    if name.endswith((".docx", ".xlsx", ".zip")) and chance.random() < 0.8:
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            parts = [info.filename for info in old.infolist() if not info.is_dir()]
            aim = chance.choice([p for p in parts if "document" in p or "sheet" in p] or parts)
            for part in parts:
                content = old.read(part)
                new.writestr(part, alter("part", content, chance) if part == aim else content)
        return packed.getvalue()
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(_ALTER)(data, chance) or b"\x00"
    return data


def fuzz(count: int, seed: int, batch: int = 100) -> dict[str, object]:
    """Parse ``count`` altered files; raises AssertionError naming the file (kept) that broke a promise."""
    chance = random.Random(seed)
    originals = bases()
    outcomes: Counter[str] = Counter()
    slowest, stopped = 0.0, []
    with tempfile.TemporaryDirectory(prefix="zhenggai-fuzz-") as scratch, Workers(1) as workers:
        expected = None
        for first in range(0, count, batch):
            raw, out = Path(scratch) / f"raw-{first}", Path(scratch) / "out"
            raw.mkdir()
            for number, name in enumerate(SOUND):
                (raw / f"{number * 5}5-sound-{name}").write_bytes((ROOT / "data" / "raw" / name).read_bytes())
            for number in range(first, min(count, first + batch)):
                name, data = chance.choice(originals)
                altered = alter(name, data, chance)
                # left as it was, it would be a copy of a sound neighbour, and that one set aside
                (raw / f"{number:06d}-{name}").write_bytes(altered if altered != data else altered + b"\n")
            started = time.monotonic()
            summary = build_ledger([raw], out, workers=workers)
            slowest = max(slowest, time.monotonic() - started)
            texts, quarantine = read_table(out, "core_texts"), read_table(out, "core_quarantine")
            problems = read_table(out, "core_problems")
            sound = texts.filter(texts["source_path"].str.contains("-sound-"))
            found = problems.filter(problems["notice_id"].is_in(sound["notice_id"].to_list())).height
            expected = expected or found
            assert sound.height == len(SOUND) and found == expected, (
                f"a sound neighbour was lost or changed: {raw}"
            )
            told = {*texts["source_path"], *quarantine["source_path"]}
            missing = [
                path.name
                for path in raw.iterdir()
                if not any(name == path.name or name.startswith(path.name + "!/") for name in told)
                and not path.name.endswith(".zip")
            ]
            assert not missing, f"neither read nor named: {missing} of {keep(raw, missing)}"
            for row in quarantine.filter(quarantine["notice_id"].is_null()).to_dicts():
                outcomes[row["reason_code"]] += 1
                if row["reason_code"] in ("internal_error", "reader_died"):
                    raise AssertionError(f"{row['reason_text']} ({keep(raw, [row['source_path']])})")
                if row["reason_code"] in ("too_much_time", "too_much_memory"):
                    stopped.append(f"{row['source_path']} ({keep(raw, [row['source_path']])})")
            assert not summary.invalid_rows, (quarantine["reason_text"].to_list(), str(keep(raw, [])))
            outcomes["read"] += texts.height
    return {"files": count, "slowest_batch_seconds": round(slowest, 1), "stopped": stopped, **outcomes}


def keep(raw: Path, names: list[str]) -> Path:
    """Copies of the files that broke a promise, out of the folder that is removed."""
    kept = Path(tempfile.mkdtemp(prefix="zhenggai-fuzz-kept-"))
    for path in raw.iterdir():
        if not names or path.name in {name.split("!/")[0] for name in names}:
            (kept / path.name).write_bytes(path.read_bytes())
    return kept


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    for key, value in fuzz(*(numbers + [3000, 1][len(numbers) :])).items():
        print(f"{key}: {value}")
