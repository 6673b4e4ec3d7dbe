"""JupyterLab as an analyst uses it, driven by a headless browser: open, run, change, run again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.project_copy import PROJECT, environment_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, ledger_data: Path) -> Iterator[str]:
    """A server on loopback over a project with the five reports; its address."""
    home = tmp_path_factory.mktemp("lab") / "整改"
    shutil.copytree(PROJECT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_*"))
    (home / "data" / "raw").mkdir(parents=True)
    shutil.copytree(ledger_data, home / "data" / "processed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=t"]
    options += ["--allow-root", "--LabApp.expose_app_in_browser=True"]
    environment = environment_of(home, PYTHONPATH=str(PROJECT), JUPYTER_CONFIG_DIR=str(home / "config"))
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    command = [sys.executable, "-m", "jupyterlab", *options, f"--notebook-dir={home}"]
    with open(home / "lab.log", "wb") as log:
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api/status?token=t", timeout=2)
            break
        except OSError:
            time.sleep(0.2)
    yield address
    server.terminate()
    server.wait(timeout=30)


def run_all(page: Page) -> None:
    page.get_by_text("| Idle").wait_for(timeout=120_000)  # what is run before the kernel is there is lost
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(
        "() => { const p = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.textContent);"
        " return p.length > 4 && !p.some(t => t.includes('*')) && p.filter(t => /\\d/.test(t)).length > 4; }",
        timeout=120_000,
    )


def test_open_run_change_a_parameter_and_a_title_and_run_again(lab: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 3000})
    page.goto(f"{lab}/lab/tree/notebooks/03_completion.ipynb?token=t")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=120_000)
    run_all(page)
    notebook = page.locator(".jp-Notebook")
    assert (
        notebook.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count()
        == 0
    )
    assert notebook.locator(".jp-RenderedSVG, .jp-RenderedImage").count() >= 1
    assert "榆树" in notebook.inner_text() and notebook.locator("table").count() >= 1

    def rewrite(cell: int, old: str, new: str) -> None:
        model = "window.jupyterapp.shell.currentWidget.content.widgets"
        changed = page.evaluate(
            f"([i, a, b]) => {{ const c = {model}.filter(w => w.model.type === 'code')[i].model.sharedModel;"
            " const s = c.getSource(); c.setSource(s.replace(a, b)); return s !== c.getSource(); }",
            [cell, old, new],
        )
        assert changed, f"{old!r} does not stand in code cell {cell}"

    sources = page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.widgets.filter(w => w.model.type === 'code')"
        ".map(w => w.model.sharedModel.getSource())"
    )
    drawing = next(n for n, text in enumerate(sources) if "figures.completion(" in text)
    call = sources[drawing]
    rewrite(0, "city_codes: list = []", 'city_codes: list = ["210300"]')
    titled = f"chart = {call.splitlines()[-1]}\nchart.axes[0].set_title('我的标题')\nchart"
    rewrite(drawing, call.splitlines()[-1], titled)
    run_all(page)
    drawn = page.locator(".jp-RenderedSVG, .jp-RenderedImage").all()
    shown = "".join(image.inner_html() for image in drawn)
    assert "榆树" not in notebook.locator(".jp-OutputArea").all_inner_texts().__str__()
    assert "我的标题" in shown or "%E6%88%91%E7%9A%84%E6%A0%87%E9%A2%98" in shown
    page.close()
