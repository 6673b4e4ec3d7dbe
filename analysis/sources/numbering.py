"""Numbers as word processors and browsers print them in automatic numbering."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CHINESE = frozenset(
    (
        "chinesecounting",
        "chinesecountingthousand",
        "taiwanesecounting",
        "taiwanesecountingthousand",
        "japanesecounting",
        "koreancounting",
    )
)


def format_number(number: int, kind: str) -> str:
    """``number`` in an OOXML ``numFmt`` (case does not matter); unknown formats print digits.

    Examples: (12, chineseCounting) 十二 · (3, decimalEnclosedCircle) ③ · (2, lowerLetter) b.
    """
    kind = kind.lower()
    if kind in _CHINESE:
        return chinese_number(number, _DIGITS, "十百千")
    if kind in ("chineselegalsimplified", "ideographlegaltraditional", "japaneselegal"):
        return chinese_number(number, _LEGAL, "拾佰仟", is_legal=True)
    if kind in ("ideographdigital", "taiwanesedigital", "japanesedigitaltenthousand"):
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    if kind in ("decimalenclosedcircle", "decimalenclosedcirclechinese"):
        return enclosed(number, 0x2460, 20, 0x3251, 35, 0x32B1, 50)
    if kind == "decimalenclosedfullstop":
        return chr(0x2487 + number) if 1 <= number <= 20 else f"{number}."
    if kind == "decimalenclosedparen":
        return chr(0x2473 + number) if 1 <= number <= 20 else f"({number})"
    if kind == "ideographenclosedcircle":
        return chr(0x327F + number) if 1 <= number <= 10 else str(number)
    if kind in ("decimalfullwidth", "decimalfullwidth2"):
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    if kind == "decimalzero":
        return f"{number:02d}"
    if kind in ("lowerletter", "upperletter"):
        # Word prints a … z, aa, bb …
        text = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1) if number >= 1 else str(number)
        return text.upper() if kind == "upperletter" else text
    if kind in ("lowerroman", "upperroman"):
        text = _roman(number)
        return text.lower() if kind == "lowerroman" else text
    if kind == "ideographtraditional":
        return _STEMS[(number - 1) % 10]
    if kind == "ideographzodiac":
        return _BRANCHES[(number - 1) % 12]
    if kind in ("none", "bullet"):
        return ""
    return str(number)


def chinese_number(number: int, digits: str, units: str, *, is_legal: bool = False) -> str:
    """1 to 9999 in Chinese numerals (12 → 十二, 105 → 一百零五); digits beyond."""
    if not 0 < number < 10_000:
        return digits[0] if number == 0 else str(number)
    parts: list[str] = []
    gap = False
    text = str(number)
    for index, char in enumerate(text):
        digit, power = int(char), len(text) - index - 1
        if digit == 0:
            gap = bool(parts)
            continue
        if gap:
            parts.append(digits[0])
            gap = False
        parts.append(digits[digit] + (units[power - 1] if power else ""))
    result = "".join(parts)
    return result[1:] if not is_legal and 10 <= number < 20 else result


def enclosed(
    number: int, first: int, end_first: int, second: int, end_second: int, third: int, end_third: int
) -> str:
    """Circled digits lie in three places of Unicode: 1–20, 21–35, 36–50."""
    if 1 <= number <= end_first:
        return chr(first + number - 1)
    if number <= end_second and number > 0:
        return chr(second + number - end_first - 1)
    if number <= end_third and number > 0:
        return chr(third + number - end_second - 1)
    return f"({number})"


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    result = ""
    for value, letters in (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while number >= value:
            result += letters
            number -= value
    return result
