"""A small project folder of its own for tests that run the real commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from analysis.paths import PACKAGE

PROJECT = PACKAGE.parent
BRIEF = ["--format", "html", "--if-changed"]
CHAPTERS = "chapters:\n  - file: 03_completion.ipynb\n    core: true\n"


def copy_project(home: Path, reports: list[str]) -> Path:
    """Notebooks and the named raw reports with their sidecars; kaifeng.txt lies ready beside them."""
    (home / "data" / "raw").mkdir(parents=True)
    shutil.copytree(
        PROJECT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints")
    )
    (home / "notebooks" / "briefing.yml").write_text(CHAPTERS, encoding="utf-8")
    for name in reports:
        for path in PROJECT.joinpath("data", "raw").glob(f"{name}*"):
            shutil.copyfile(path, home / "data" / "raw" / path.name)
    shutil.copyfile(PROJECT / "data" / "raw" / "kaifeng.txt", home / "kaifeng.txt")
    return home


def environment_of(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "ZHENGGAI_HOME": str(home), "PYTHONUTF8": "1", **more}


def run_command(
    home: Path, *arguments: str, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """``zhenggai`` in that folder, as a user would call it."""
    return subprocess.run(
        [sys.executable, "-m", "analysis.cli", *arguments],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        env=environment_of(home, **environment),
    )


def run_briefing(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One page in HTML; what an earlier run left is used again. Later arguments override."""
    return run_command(home, "briefing", *BRIEF, *arguments, **environment)


def spoil_notebook(home: Path, number: str, code: str) -> None:
    """Put code into the last cell of a notebook of the suite."""
    path = next((home / "notebooks").glob(f"{number}_*.ipynb"))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    last = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][-1]
    last["source"] = [code]
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


@contextmanager
def message_server() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A web hook on this machine: (Apprise address with a token, messages received)."""
    received: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/secret-token", received
    finally:
        server.shutdown()
        server.server_close()
