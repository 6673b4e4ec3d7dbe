"""Look-alikes that fonts put in the place of ordinary characters when text is taken from a PDF.

Many fonts use one glyph for 一 and the radical ⼀; the PDF then names the radical. The tables are
one to one, so they are also fit for a shadow text with the offsets of the original.
"""

from __future__ import annotations

import unicodedata

# Radicals without a decomposition of their own in Unicode, as met in text from PDFs.
_SUPPLEMENT = {
    0x2E81: "厂",
    0x2E84: "乙",
    0x2E85: "亻",
    0x2E88: "刀",
    0x2E8B: "卩",
    0x2E8C: "小",
    0x2E97: "心",
    0x2E9D: "月",
    0x2E9F: "母",
    0x2EA0: "民",
    0x2EAA: "疋",
    0x2EAC: "示",
    0x2EAE: "竹",
    0x2EB3: "网",
    0x2EB6: "羊",
    0x2EBC: "月",
    0x2EC1: "虎",
    0x2EC4: "西",
    0x2EC5: "见",
    0x2EC6: "角",
    0x2EC8: "言",
    0x2EC9: "贝",
    0x2ECA: "足",
    0x2ECB: "车",
    0x2ED3: "长",
    0x2ED4: "门",
    0x2ED8: "青",
    0x2ED9: "韦",
    0x2EDA: "页",
    0x2EDB: "风",
    0x2EDC: "飞",
    0x2EDD: "食",
    0x2EE2: "马",
    0x2EE4: "鬼",
    0x2EE5: "鱼",
    0x2EE6: "鸟",
    0x2EE7: "卤",
    0x2EE8: "麦",
    0x2EE9: "黄",
    0x2EEB: "齐",
    0x2EEC: "齐",
    0x2EEE: "齿",
    0x2EF0: "龙",
    0x2EF3: "龟",
}


def _table() -> dict[int, str]:
    table = dict(_SUPPLEMENT)
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFADA)):
        usual = unicodedata.normalize("NFKC", chr(code))
        if len(usual) == 1 and usual != chr(code):
            table[code] = usual
    return table


# For str.translate: radicals and compatibility ideographs to the characters they stand for.
RADICALS = _table()
