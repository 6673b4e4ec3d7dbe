"""Masks names of persons, telephone numbers, e-mail addresses and identity numbers.

A mask is as long as what it covers, so every span into a text stays true. A name is taken for
one only where the words around it say so (a post before it, 同志 "comrade" after it, a list that
began with one); found once in a notice, it is masked everywhere in that notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from analysis.lookups import load_csv
from analysis.publishing.document import Block, Figure, rewrite, texts, walk

NAME_MASK, DIGIT_MASK = "某", "×"
_HAN = "\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0003ffff·"
# What may follow a name: punctuation, a verb of office, a form of address, the end.
_AFTER = (
    r"(?=$|[\s，。；：、,.;:（）()《》“”\"'!！?？/|\]】〕]|同志|等(?:同志|人|\d|[一二三四五六七八九十]|为|任)|为(?:组长|副组长|成员|负责人|第一)|任(?:组长|副组长|第一|命)|担任|主持|带队|牵头|挂帅|"
    r"表示|指出|强调|要求|作(?:了|出|为)|在(?:会|全|局|党|市)|被|受到|因|涉嫌|给予|个人|本人|的|[一二三四五六七八九十\d]+人|于\d|已(?:退|于|被|调))"
)
_DIGIT = "0-9０-９"
_DASH = "-－–—‐ 　"
_PHONES = re.compile(
    rf"(?<![{_DIGIT}.A-Za-z])(?:"
    rf"(?:\+?(?:86|８６)[{_DASH}]?)?[1１][3-9３-９][{_DIGIT}](?:[{_DASH}]?[{_DIGIT}]){{8}}"
    rf"|[(（]?[0０][{_DIGIT}]{{2,3}}[)）]?[{_DASH}]*[2-9２-９](?:[{_DASH}]?[{_DIGIT}]){{6,7}}(?:[-－转][{_DIGIT}]{{1,6}})?"
    rf"|[4４８8][0０][0０][{_DASH}]?[{_DIGIT}]{{3,4}}[{_DASH}]?[{_DIGIT}]{{3,4}}"
    rf")(?![{_DIGIT}])(?!\s*(?:万|亿|元|余))"
)
# A short number is one only after a word that says so: 电话 telephone, 传真 fax, 热线 hotline, 微信 WeChat.
_SHORT_PHONE = re.compile(
    rf"(?:电话|手机|传真|热线|联系方式|座机|专线|监督举报|[Tt][Ee][Ll])[^\S\n]*[号码]{{0,2}}(?:为|是)?[:：\s]*((?:[{_DIGIT}](?:[-－– 、，,/]?[{_DIGIT}]){{4,}}))"
)
_ACCOUNT = re.compile(r"(?:微信|QQ|qq|ＱＱ)(?:号|号码|群)?\s*[:：]?\s*([A-Za-z0-9_-]{5,20})")
_MAIL = re.compile(
    r"[A-Za-z0-9０-９Ａ-Ｚａ-ｚ._%+-]+\s?[@＠]\s?[A-Za-z0-9０-９Ａ-Ｚａ-ｚ-]+(?:[.．。][A-Za-zＡ-Ｚａ-ｚ0-9-]{2,})+"
)
_IDENTITY = re.compile(rf"(?<![{_DIGIT}])[1-9１-９][{_DIGIT}]{{16}}[{_DIGIT}XxＸｘ](?![{_DIGIT}])")
# Characters that end a phrase or an office, not a given name; 某 and × mark names already shortened.
_NO_GIVEN_NAME = frozenset(
    "某×Xx＊*等的了及其在为对和与或是总副办部室科局组委党校处厅省市县区镇村各我任以出向由被将并已未不"
)
# Columns that name things, not people; masking them would break links between tables.
_KEPT = re.compile(
    r"(?:_id|_ids|_code|_codes|_basis|_precision|_kind|_level|_year)\Z|\A(?:sha256|media_type|encoding|unit|stage|code|field_name|claim_code|admin_level)\Z"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str], frozenset[str], frozenset[str]]:
    surnames = sorted((row["surname"] for row in load_csv("publishing/surnames")), key=lambda s: (-len(s), s))
    cues = load_csv("publishing/person_cues")
    before = sorted((row["cue"] for row in cues if row["side"] == "before"), key=lambda s: (-len(s), s))
    after = sorted((row["cue"] for row in cues if row["side"] == "after"), key=lambda s: (-len(s), s))
    surname = "(?:" + "|".join(map(re.escape, surnames)) + ")"
    # A space may stand inside a name of two characters (张　三).
    name = rf"{surname}(?:[ \u3000]?[{_HAN}]|[{_HAN}]{{2}})"
    led = re.compile(
        rf"(?:{'|'.join(before)})(?:[:：\s]{{0,3}}|[（(][^（）()\n]{{1,12}}[）)])({name}){_AFTER}"
    )
    followed = re.compile(
        rf"(?:(?<=[，。；：、,;:（(\s“])|(?<=^)|(?<=对)|(?<=于)|(?<=给予)|(?<=由)|(?<=以)|(?<=和)|(?<=与)|(?<=原))({name})(?={'|'.join(map(re.escape, after))})",
        re.M,
    )
    posts = sorted((row["cue"] for row in cues if row["side"] == "post"), key=lambda s: (-len(s), s))
    # The name before its post (甲某局长): two characters first, as three may begin with a preposition.
    posted = re.compile(
        rf"(?:^|(?<=[\s，。；：、,;:（(“组局委党向由经市县区院馆处上照于对了到取听请陪及和与]))({surname}[{_HAN}]{{1,2}})(?=(?:{'|'.join(posts)})(?:{_AFTER}|[一-龥]))",
        re.M,
    )
    chain = re.compile(rf"[、，,\s]{{1,3}}({name}){_AFTER}")
    words = (
        frozenset(row["word"] for row in load_csv("publishing/name_exceptions"))
        | frozenset(before)
        | frozenset(posts)
    )
    return (led, followed, posted), chain, words, frozenset(surnames)


def find_names(text: str) -> list[str]:
    """Names of persons in ``text``, sorted; only where the words around them say so.

    Names that the source itself has already shortened (王某, 李××) are none.
    """
    patterns, chain, exceptions, surnames = _patterns()

    def is_name(found: str) -> bool:
        plain = found.replace(" ", "").replace("\u3000", "")
        return (
            len(plain) >= 2
            and plain[:2] not in exceptions
            and plain not in exceptions
            and plain[-2:] not in exceptions
            and not any(c in _NO_GIVEN_NAME for c in plain[1:])
        )

    names: set[str] = set()
    for pattern in patterns:
        for match in pattern.finditer(text):
            found = match.group(1)
            # 向 towards, 由 by, 和 and … are surnames too: before another surname they are prepositions.
            if len(found) == 3 and found[0] in "向由和与于以从经原时" and found[1] in surnames:
                found = found[1:]
            if not is_name(found):
                continue
            names.add(found)
            place = match.end(1)
            # A list that began with a name goes on with names: 组长：甲某、乙某.
            while (
                (more := chain.match(text, place)) and is_name(more.group(1)) and text[place] in "、 \u3000"
            ):
                names.add(more.group(1))
                place = more.end(1)
    return sorted(names)


def _cover(match: re.Match[str]) -> str:
    whole = match.group()
    if match.re.groups and match.group(1) is not None:
        start, end = match.start(1) - match.start(), match.end(1) - match.start()
        return whole[:start] + re.sub(r"\w", DIGIT_MASK, whole[start:end]) + whole[end:]
    return re.sub(r"[^\s()（）+\-－–—]", DIGIT_MASK, whole)


class Masker:
    """Masks a fixed set of names, and every telephone number and address, in any text."""

    def __init__(self, names: Iterable[str] = ()):
        self.names = sorted(set(names), key=lambda n: (-len(n), n))
        spaced = [
            re.escape(n) if len(n) > 2 else rf"{re.escape(n[0])}[ \u3000]?{re.escape(n[1])}"
            for n in self.names
        ]
        self._names = re.compile("|".join(spaced)) if spaced else None

    def __call__(self, text: str) -> str:
        """``text`` with masks; as long as before."""
        if self._names is not None:
            text = self._names.sub(lambda m: re.sub(r"\S", NAME_MASK, m.group()), text)
        if re.search(rf"[{_DIGIT}@＠]|微信|QQ|qq|ＱＱ", text):
            for pattern in (_MAIL, _IDENTITY, _PHONES, _SHORT_PHONE, _ACCOUNT):
                text = pattern.sub(_cover, text)
        return text


def mask_blocks(blocks: Sequence[Block], names: Iterable[str]) -> None:
    """Mask every shown text of ``blocks`` in place; ``names`` are those found in the notices.

    Names that appear only in the blocks are looked for there too. A picture cannot be masked: where a
    figure's words say nothing of what is drawn, it is taken out by whoever publishes.
    """
    found = find_names("\n".join(text for block in walk(blocks) for text in texts(block)))
    mask = Masker({*names, *found})
    for block in blocks:
        rewrite(block, mask)
    for block in walk(blocks):
        if isinstance(block, Figure) and block.svg:
            block.svg = re.sub(r">([^<]+)<", lambda m: f">{mask(m.group(1))}<", block.svg)


def names_by_notice(frames: Mapping[str, Any]) -> dict[str, list[str]]:
    """notice_id → names found in its text."""
    frame = frames.get("core_texts")
    if frame is None:
        return {}
    return {notice: find_names(text) for notice, text in frame.select("notice_id", "text").iter_rows()}


def mask_frames(frames: Mapping[str, Any], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The tables with every text column masked; rows of a notice by its names, other rows by all names."""
    import polars as pl

    everyone = Masker(n for found in names.values() for n in found)
    maskers = {notice: Masker(found) for notice, found in names.items()}
    made = {}
    for table, frame in frames.items():
        columns = [c for c, kind in frame.schema.items() if kind == pl.String and not _KEPT.search(c)]
        if table.startswith("codes_") or not columns or frame.is_empty():
            made[table] = frame
            continue
        notices = frame["notice_id"].to_list() if "notice_id" in frame.columns else [None] * frame.height
        changed = [
            pl.Series(
                c,
                [
                    None if v is None else maskers.get(n, everyone)(v)
                    for n, v in zip(notices, frame[c].to_list())
                ],
                dtype=pl.String,
            )
            for c in columns
        ]
        made[table] = frame.with_columns(changed)
    return made
