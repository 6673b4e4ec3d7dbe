"""The preloaded process that notebook runs are forked from.

Started by :mod:`analysis.reporting.engine_pool` as ``python -m analysis.reporting.engine_worker FD``.
It imports what notebooks import, runs nothing (a fork after any polars operation deadlocks,
after its import alone it does not), and forks one child per notebook on request. A child runs
cells in an IPython shell and sends what they display back over a pipe, a JSON message a line.
No network socket is opened: requests come over an inherited local socket pair.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import sys
from typing import Any, BinaryIO

PRELOAD = (
    "numpy",
    "polars",
    "pandas",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "scipy.stats",
    "dataframely",
    "psutil",
    "yaml",
    "analysis.compare.ledger",
    "analysis.compare.outputs",
    "analysis.reporting.notebook",
    "analysis.reporting.figures",
)


class _Stream:
    """A text stream that sends what is written to it."""

    encoding = "utf-8"

    def __init__(self, name: str, send: Any):
        self.name, self._send, self._held = name, send, []

    def write(self, text: str) -> int:
        self._held.append(text)
        if "\n" in text:
            self.flush()
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self._held:
            text, self._held = "".join(self._held), []
            self._send(
                {"kind": "output", "output": {"output_type": "stream", "name": self.name, "text": text}}
            )

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


def make_shell() -> Any:
    """An IPython shell that displays every format, keeps no history and starts no thread."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
            self.shell.flush_streams()
            output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            self.shell.send(
                {
                    "kind": "update" if update else "output",
                    "output": output,
                    "display_id": (transient or {}).get("display_id"),
                }
            )

        def clear_output(self, wait=False):
            self.shell.flush_streams()
            self.shell.send({"kind": "clear", "wait": wait})

    class Hook(DisplayHook):
        def write_output_prompt(self):
            return None

        def write_format_data(self, format_dict, md_dict=None):
            self.shell.flush_streams()
            self.shell.send(
                {
                    "kind": "output",
                    "output": {
                        "output_type": "execute_result",
                        "data": format_dict,
                        "metadata": md_dict or {},
                        "execution_count": self.prompt_count,
                    },
                }
            )

        def finish_displayhook(self):
            return None

    class CellShell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)
        send: Any = None
        streams: tuple = ()

        def flush_streams(self):
            for stream in self.streams:
                stream.flush()

        def enable_gui(self, gui=None):
            return None

        def _showtraceback(self, etype, evalue, stb):
            self.flush_streams()
            self.send(
                {
                    "kind": "output",
                    "output": {
                        "output_type": "error",
                        "ename": str(etype.__name__),
                        "evalue": str(evalue),
                        "traceback": list(stb),
                    },
                }
            )

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    return CellShell.instance(config=config)


def run_cells(shell: Any, requests: BinaryIO, replies: BinaryIO) -> None:
    """Execute one cell per request line until the pipe closes."""

    def send(message: dict[str, Any]) -> None:
        replies.write(json.dumps(message, ensure_ascii=False, default=_bytes_as_text).encode("utf-8") + b"\n")
        replies.flush()

    shell.send = send
    shell.streams = (_Stream("stdout", send), _Stream("stderr", send))
    sys.stdout, sys.stderr = shell.streams
    for line in requests:
        result = shell.run_cell(json.loads(line)["code"], store_history=True)
        shell.flush_streams()
        send({"kind": "done", "ok": result.success, "count": shell.execution_count - 1})


def _bytes_as_text(value: Any) -> Any:
    """Binary MIME data travels as base64, as in Jupyter's protocol."""
    import base64

    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def _die_with_parent() -> None:
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _child(shell: Any, request: dict[str, Any], fds: list[int], control: socket.socket) -> None:
    """The life of one run, in the forked process; never returns."""
    code = 0
    try:
        control.close()
        _die_with_parent()
        os.setsid()
        os.chdir(request["cwd"])
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with open(fds[0], "rb") as requests, open(fds[1], "wb") as replies:
            run_cells(shell, requests, replies)
    except BaseException as error:
        code = 0 if isinstance(error, BrokenPipeError) else 70
    finally:
        os._exit(code)


def preload() -> Any:
    """Import what notebooks use and make the shell; nothing is computed."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    shell = make_shell()
    for name in PRELOAD:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # a notebook that needs it will say so itself
    importlib.import_module("matplotlib_inline.backend_inline")
    _warm()
    if "" not in sys.path:
        sys.path.insert(0, "")
    return shell


def _warm() -> None:
    """Read the labels and fonts and draw one small chart, so that no child has to do it first."""
    from analysis.reporting import display, labels

    labels.every_key()
    with display.house_style():
        figure = display.new_figure(20)
        figure.add_subplot().set_title("整改 0123 Abc", fontweight="bold")  # 整改: rectification
        display.finish(figure, id="", caption="", alt="", columns=[], rows=[], source_line="")


def _reap(pid: int) -> dict[str, Any]:
    """Exit code and peak memory of an ended child; nothing known of a child of an earlier process."""
    try:
        _pid, status, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return {"exit": None, "peak_memory_bytes": 0}
    scale = 1 if sys.platform == "darwin" else 1024
    return {"exit": os.waitstatus_to_exitcode(status), "peak_memory_bytes": usage.ru_maxrss * scale}


def main() -> None:
    """Serve fork and reap requests until the control channel closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    _die_with_parent()
    if os.getppid() == 1:
        return
    shell = preload()
    import gc

    gc.collect()
    gc.freeze()  # keep the preloaded pages shared
    control.sendall(b'{"ready": true}\n')
    children: set[int] = set()
    while True:
        message, fds, _flags, _address = socket.recv_fds(control, 65536, 4)
        if not message:
            break
        request = json.loads(message)
        if request["op"] == "fork":
            pid = os.fork()
            if pid == 0:
                _child(shell, request, list(fds), control)
            for fd in fds:
                os.close(fd)
            children.add(pid)
            answer: dict[str, Any] = {"pid": pid}
        else:
            children.discard(request["pid"])
            answer = _reap(request["pid"])
        control.sendall(json.dumps(answer).encode() + b"\n")
    for pid in children:
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass


if __name__ == "__main__":
    main()
