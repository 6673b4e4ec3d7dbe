"""Several notices read in step: one step of each of them, then the next step of each.

A processor that does the same to one notice after another has the code and the weights for it at
hand: 32 notices in step take nine tenths of the time that they take one after the other. What a notice
asks of a model is asked for all of them at once, which saves another tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
# What is done between two ``yield`` is one step. A step that yields something asks it and goes on with the answer.
Steps = Generator[Any, Any, T]
Answer = Callable[[list[Any]], Sequence[Any]]  # the answers to several questions


def in_step(
    works: Sequence[Steps[T]], answer: Answer, begin: Callable[[int], None] = lambda number: None
) -> list[T | Exception]:
    """What each work gives, or the error that ended it, which costs no other its result.

    ``begin`` is told the number of a work before each of its steps. Raises MemoryError alone.
    """
    found: dict[int, T | Exception] = {}
    going = dict(enumerate(works))
    asked: dict[int, Any] = {}
    told: dict[int, Any] = {}
    while going:
        for number, work in list(going.items()):
            begin(number)
            try:
                question = work.send(told.pop(number, None))
                if question is None:
                    continue
                asked[number] = question
            except StopIteration as end:
                found[number] = end.value
            except MemoryError:
                raise
            except Exception as error:
                found[number] = error
            del going[number]
        if asked and not going:
            for number, reply in zip(asked, _answers(answer, list(asked.values())), strict=True):
                if isinstance(reply, Exception):
                    found[number] = reply
                else:
                    told[number], going[number] = reply, works[number]
            asked = {}
    return [found[number] for number in range(len(works))]


def _answers(answer: Answer, questions: list[Any]) -> Sequence[Any]:
    try:
        return answer(questions)
    except MemoryError:
        raise
    except Exception as error:  # a defect: told to the one whose question it is
        return [error] if len(questions) == 1 else [_answers(answer, [one])[0] for one in questions]


def at_once(work: Steps[T], answer: Answer) -> T:
    """What one work gives; raises what it raises."""
    [found] = in_step([work], answer)
    if isinstance(found, Exception):
        raise found
    return found
