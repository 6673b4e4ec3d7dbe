"""Corpora of made notices for tests and benchmarks: some notices of one city, or one of each of many cities."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from analysis.lookups import load_csv
from tests.quality import content

SECTORS = "文化旅游 教育 卫生健康 交通运输 水利 农业农村 财政 民政 司法 住房和城乡建设 商务 应急管理 体育 统计 审计".split()
RESULTS = (("已完成", 6), ("已完成，并长期坚持", 2), ("正在推进", 2))
NUMERALS = "零一二三四五六七八九十"


def numeral(number: int) -> str:
    """1–99 in Chinese: 12 → 十二."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十"
    return head + (NUMERALS[ones] if ones or not tens else "")


def notice(place: str, sector: str, year: int, seed: int, done: float | None = None) -> str:
    """One notice of ``place``市 ``sector``局 of ``year``, 8–24 problems; ``done``: share completed, else as it falls."""
    chance = random.Random(f"{place}{sector}{year}{seed}")
    start = date(year, 3, 1) + timedelta(days=chance.randrange(40))
    end, feedback = start + timedelta(days=60), start + timedelta(days=85)
    published = feedback + timedelta(days=chance.randrange(80, 150))

    def day(when: date) -> str:
        return f"{when.year}年{when.month}月{when.day}日"

    body = f"{place}市{sector}局"
    lines = [
        f"中共{body}党组关于巡察整改情况的通报",
        f"根据市委统一部署，{day(start)}至{day(end)}，市委第{numeral(1 + seed % 9)}巡察组对{body}党组开展了巡察。"
        f"{day(feedback)}，市委巡察组反馈了巡察意见。现将整改情况予以公布。",
    ]
    used: set[str] = set()
    count, number = chance.randrange(8, 25), 0
    for place_of_aspect, aspect in enumerate(content.aspects(chance, 3), 1):
        lines.append(f"{numeral(place_of_aspect)}、{aspect}")
        for _ in range(count // 3 + 1):
            number += 1
            lines.append(f"{number}.关于“{content.statement(chance, year, used).strip('。')}”的问题。")
            words, weights = zip(*RESULTS, strict=True)
            result = chance.choices(words, weights)[0]
            if done is not None:
                result = "已完成" if chance.random() < done else "正在推进"
            signs = ("一是", "二是", "三是")
            told = content.measures(chance, year, chance.randrange(1, 4))
            marked = "；".join(map("".join, zip(signs, told, strict=False)))
            lines.append(f"整改情况：{result}。{marked}。")
    lines += [f"中共{body}党组", day(published)]
    return "\n".join(lines) + "\n"


def prefectures() -> list[str]:
    """Short names of prefecture-level cities, by code."""
    rows = [
        row
        for row in load_csv("parsing/places")
        if row["code"].endswith("00") and not row["code"].endswith("0000")
    ]
    return [row["short_name"] for row in rows if row["name"].endswith("市")]


def one_city(count: int, years: int = 1) -> Iterator[tuple[str, str]]:
    """(file name, text) of ``count`` notices of one city: ``years`` rounds of each of its bodies."""
    for number in range(count):
        sector, year = SECTORS[number // years % len(SECTORS)], 2022 - years + 1 + number % years
        extra = number // (years * len(SECTORS))
        yield (
            f"c{number:03d}.txt",
            notice("衡阳", sector + ("" if not extra else f"第{numeral(extra)}分"), year, number),
        )


def many_cities(count: int) -> Iterator[tuple[str, str]]:
    """(file name, text) of one notice of each of ``count`` bodies, city after city."""
    places = prefectures()
    for number in range(count):
        sector = SECTORS[number // len(places) % len(SECTORS)]
        yield f"m{number:04d}.txt", notice(places[number % len(places)], sector, 2018 + number % 7, number)


def write(folder: Path, texts: Iterator[tuple[str, str]]) -> Path:
    """The files of a corpus in ``folder``; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts:
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder
