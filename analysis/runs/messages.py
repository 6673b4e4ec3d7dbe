"""Messages about runs, through Apprise: mail, 企业微信, 钉钉, 飞书, webhooks and the rest it knows.

Addresses and tokens come from the environment variable ``ZHENGGAI_NOTIFY`` only (Apprise URLs,
separated by white space) and are never written to a log or a record.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from analysis.packages import MissingPackage, needed

VARIABLE = "ZHENGGAI_NOTIFY"
TITLES = {
    "success": "整改通报分析：新一期已发布 / new edition",
    "failure": "整改通报分析：本次未发布 / run failed",
    "disagreement": "整改通报分析：出现新的不一致 / new disagreement",
}

TYPES = {"success": "success", "failure": "failure", "disagreement": "warning"}


def compose(kind: str, record: dict[str, Any]) -> tuple[str, str]:
    """(title, body) of a message about a run; kind: success, failure, disagreement."""
    rows, checks = record.get("table_rows") or {}, record.get("checks") or {}
    lines = [f"run {record['run_id']}: {record['outcome']}"]
    if rows:
        lines.append(
            f"通报 notices {rows.get('core_notices', 0)} · 问题及子项 problems with sub-items {rows.get('core_problems', 0)} · 不一致 disagreements {checks.get('disagreeing', 0)}"
        )
    if kind == "failure":
        lines.append(f"原因 reason: {record.get('error') or 'unknown'}")
        lines.append("上一期保持不变。The last good edition stays in place.")
    if kind == "disagreement":
        lines += [f"- {line}" for line in record.get("disagreements", [])[:10]]
    changes = record.get("changes") or {}
    if kind == "success" and not changes.get("is_first", True):
        lines.append(
            f"新增 added {len(changes['notices_added'])} · 状态变化 statuses changed {len(changes['statuses_changed'])} · 数字变化 numbers moved {len(changes['numbers_moved'])}"
        )
    return TITLES[kind], "\n".join(lines)


def send(kind: str, record: dict[str, Any]) -> str | None:
    """Send a message where an address is set; returns a warning without any address in it, or None."""
    addresses = os.environ.get(VARIABLE, "").split()
    if not addresses:
        return None
    import logging

    try:
        apprise = needed("apprise", "notify", f"{VARIABLE} is set and")
    except MissingPackage as error:
        return f"message not sent: {error}"
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its messages quote addresses
    sender = apprise.Apprise()
    bad = sum(not sender.add(address) for address in addresses)
    title, body = compose(kind, record)
    try:
        delivered = len(sender) > 0 and sender.notify(body=body, title=title, notify_type=TYPES[kind])
    except Exception as error:  # a service that is down must not fail the run
        return f"message not sent: {type(error).__name__}"
    if bad:
        return f"{bad} of {len(addresses)} addresses in {VARIABLE} are not understood; see the list of services of Apprise"
    return (
        None
        if delivered
        else f"message not delivered to at least one of {len(addresses)} addresses in {VARIABLE}"
    )


@contextmanager
def hidden() -> Iterator[None]:
    """Keep the addresses out of the environment that notebooks get."""
    addresses = os.environ.pop(VARIABLE, None)
    try:
        yield
    finally:
        if addresses is not None:
            os.environ[VARIABLE] = addresses
