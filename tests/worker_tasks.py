"""Tasks that misbehave, for the tests of the watched workers."""

from __future__ import annotations

import os
import time


def read(files, *, started, skip):
    """Every file told as ``(number, deed)``; gives what became of each."""
    done = []
    for number, deed in files:
        if number in skip:
            done.append(skip[number][0])
            continue
        started(number, 10)
        _do(deed)
        done.append("read")
    return done


def read_in_step(files, *, started, skip):
    """All files are opened first; each does its deed in the second step."""
    for number, _ in files:
        if number not in skip:
            started(number, 10)
    return read(files, started=started, skip=skip)


def _do(deed):
    if deed == "spin":
        while True:
            pass
    elif deed == "sleep":
        time.sleep(3600)
    elif deed == "grow":
        held = []
        while True:
            held.append(bytearray(20_000_000))
    elif deed == "die":
        os.abort()
    elif deed == "exit":
        os._exit(3)


def fail(message, *, started, skip):
    raise ValueError(message)


def die(*, started, skip):
    os._exit(5)
