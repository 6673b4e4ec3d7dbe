"""Shared by all tests: the ledger of the five reports, made once a session, and a limit on every test."""

from __future__ import annotations

import faulthandler
import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analysis.packages import without

with without("rfc3987_syntax"):  # as in analysis.runs.preload: a second for each process, for nothing
    import jsonschema  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIMIT_SECONDS = 500  # a test that hangs must say where, instead of blocking the run


def pytest_collection_finish() -> None:
    """What is loaded by now stays: statsmodels collects garbage in each call and would walk through all of it."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _limited() -> Iterator[None]:
    faulthandler.dump_traceback_later(LIMIT_SECONDS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium of the machine; tests that need it say that it is missing."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def ledger_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the tables of the five real reports."""
    from analysis.ledger.build import build_ledger
    from analysis.paths import PACKAGE

    folder = tmp_path_factory.mktemp("ledger")
    build_ledger([PACKAGE.parent / "data" / "raw"], folder)
    return folder
