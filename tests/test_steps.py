"""If these fail, what is read of a notice depends on the notices read beside it, or one that fails costs others theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.parsing.notice import parse_notices
from analysis.parsing.records import Document, NotANotice, ParsedNotice
from analysis.parsing.steps import in_step

GOLD = Path(__file__).parent / "gold" / "notices"


def told(found: ParsedNotice | Exception) -> Any:
    if isinstance(found, NotANotice):
        return found.reason_code
    assert isinstance(found, ParsedNotice), found
    return found.tables, found.warnings


def test_notices_read_together_are_read_as_each_alone() -> None:
    texts = []
    for path in sorted(GOLD.glob("*.txt"))[::6]:
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # a few are kept in other encodings on purpose
    texts.insert(3, "今日天气晴。")  # no notice: the weather
    together = [told(found) for found in parse_notices([Document(text) for text in texts])]
    assert together == [told(parse_notices([Document(text)])[0]) for text in texts]
    assert together[3] == "too_little_text"


def test_a_work_that_fails_costs_no_other_its_result() -> None:
    def asking(question: int) -> Iterator[Any]:
        answer = yield question
        yield
        return answer

    def failing() -> Iterator[Any]:
        yield
        raise KeyError("second step")

    def answer(questions: list[int]) -> list[float]:
        return [1 / question for question in questions]

    begun: list[int] = []
    found = in_step([asking(2), failing(), asking(0), asking(4)], answer, begun.append)
    assert found[0] == 0.5 and found[3] == 0.25
    assert isinstance(found[1], KeyError) and isinstance(found[2], ZeroDivisionError)
    assert begun[:4] == [0, 1, 2, 3], "each is told before its step, so that one that hangs can be named"
