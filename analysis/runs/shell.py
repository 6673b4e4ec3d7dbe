"""A papermill engine that runs a notebook's cells in this very process.

The process is a fork of one that has imported everything (see ``notebooks``), so that a run costs
its own cells and nothing else. What cells display is what an ordinary kernel gives: a test holds
the two against each other.
"""

from __future__ import annotations

import base64
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import from_dict
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import Type
from traitlets.config import Config

ENGINE = "zhenggai"


class Sink:
    """Where the outputs of the cell that runs are collected, as a kernel's client would."""

    def __init__(self) -> None:
        self.outputs: list[Any] = []
        self.named: dict[str, list[Any]] = {}
        self.clears = False

    def add(self, output: dict[str, Any], display_id: str | None = None) -> None:
        if self.clears:
            self.outputs.clear()
            self.clears = False
        last = self.outputs[-1] if self.outputs else None
        if output["output_type"] == "stream" and last and last.get("name") == output["name"]:
            last.text += output["text"]
            return
        self.outputs.append(from_dict(output))
        if display_id:
            self.named.setdefault(display_id, []).append(self.outputs[-1])


class Stream:
    """A text stream into the sink."""

    encoding = "utf-8"

    def __init__(self, name: str, sink: Sink):
        self.name, self._sink = name, sink

    def write(self, text: str) -> int:
        if text:
            self._sink.add({"output_type": "stream", "name": self.name, "text": text})
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


def portable(data: dict[str, Any]) -> dict[str, Any]:
    """Binary MIME data as base64, as in Jupyter's protocol."""
    return {
        kind: base64.b64encode(value).decode("ascii") if isinstance(value, (bytes, bytearray)) else value
        for kind, value in data.items()
    }


class Publisher(DisplayPublisher):
    def publish(
        self,
        data: dict[str, Any],
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        output = {"output_type": "display_data", "data": portable(data), "metadata": metadata or {}}
        display_id = (transient or {}).get("display_id")
        if not update:
            self.shell.sink.add(output, display_id)
        for shown in self.shell.sink.named.get(display_id, ()) if update else ():
            shown.update(from_dict({"data": output["data"], "metadata": output["metadata"]}))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.sink.clears = wait
        if not wait:
            self.shell.sink.outputs.clear()


class Hook(DisplayHook):
    shell: Any

    def write_output_prompt(self) -> None:
        """A notebook numbers its results itself."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.shell.sink.add(
            {
                "output_type": "execute_result",
                "data": portable(format_dict),
                "metadata": md_dict or {},
                "execution_count": self.prompt_count,
            }
        )

    def finish_displayhook(self) -> None:
        """Nothing to end: every result is handed over whole."""


class CellShell(InteractiveShell):
    """An IPython shell that displays every format, keeps no history and starts no thread."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    sink = Sink()

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window here."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.sink.add(
            {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        )


def make_shell() -> CellShell:
    """The shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    shell = CellShell.instance(config=config)
    shell.enable_matplotlib("inline")  # a kernel does so itself: figures are shown after their cell
    return shell


class ShellEngine(NBClientEngine):
    """Every code cell in order until one fails."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        shell = make_shell()
        shell.sink = Sink()
        sys.stdout, sys.stderr = Stream("stdout", shell.sink), Stream("stderr", shell.sink)
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            # saved before each cell: one that ends the process costs nothing of what was shown before it
            nb_man.cell_start(cell, index)
            if not _run(shell, cell):
                nb_man.cell_exception(cell, cell_index=index)
                return
            cell.metadata.papermill["status"] = nb_man.COMPLETED
        nb_man.nb.metadata["language_info"] = {"name": "python", "version": sys.version.split()[0]}


def _run(shell: CellShell, cell: Any) -> bool:
    shell.sink.outputs = cell.outputs
    result = shell.run_cell(cell.source, store_history=True)
    cell.execution_count = shell.execution_count - 1
    return result.success


def register() -> None:
    """Make the engine known to papermill under its name."""
    papermill_engines.register(ENGINE, ShellEngine)
