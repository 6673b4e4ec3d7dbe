"""Messages: someone must learn why Monday's briefing is missing, and nobody else may learn the address."""

from __future__ import annotations

import os

import pytest

from analysis.runs import messages
from analysis.runs.record import RunRecord
from tests.project_copy import message_server


def record_of(outcome: str, error: str | None = None, **values: object) -> dict:
    record = RunRecord("2026-11-16", "2026-11-16T07:00:00+00:00", {}, **values)
    record.close(outcome, error)
    return record.as_dict()


def test_each_kind_of_message_arrives(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Sent for real to a web hook on this machine."""
    moved = {"is_first": False, "notices_added": ["x-2025"], "statuses_changed": [{}], "numbers_moved": []}
    with message_server() as (address, received):
        monkeypatch.setenv(messages.VARIABLE, address)
        assert (
            messages.send("success", record_of("published", table_rows={"core_notices": 5}, changes=moved))
            is None
        )
        assert messages.send("failure", record_of("failed", "no notice could be read")) is None
        assert (
            messages.send(
                "disagreement", record_of("published", disagreements=["anshan-2021!completed: 53 / 50"])
            )
            is None
        )
    assert [message["type"] for message in received] == ["success", "failure", "warning"]
    assert (
        "新增 added 1" in received[0]["message"]
        and "no notice could be read" in received[1]["message"]
        and "53 / 50" in received[2]["message"]
    )
    shown = capfd.readouterr()
    assert "secret-token" not in shown.out + shown.err


def test_an_address_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither an address that is down nor one that is no address."""
    monkeypatch.setenv(
        messages.VARIABLE, "json://user:secret-token@127.0.0.1:9/hook not-an-address-secret-token"
    )
    warning = messages.send("failure", record_of("failed", "no notice could be read"))
    shown = capfd.readouterr()
    assert warning and "1 of 2" in warning and "secret-token" not in warning + shown.out + shown.err


def test_a_service_that_is_down_costs_no_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(messages.VARIABLE, "json://127.0.0.1:9/hook")
    assert "not delivered" in messages.send("success", record_of("published"))


def test_what_runs_between_does_not_see_the_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(messages.VARIABLE, "json://127.0.0.1/secret-token")
    with pytest.raises(ValueError), messages.hidden():
        assert messages.VARIABLE not in os.environ
        raise ValueError
    assert os.environ[messages.VARIABLE].endswith("secret-token"), "it is there again to send the message"


def test_without_an_address_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(messages.VARIABLE, raising=False)
    assert messages.send("success", {"run_id": "x", "outcome": "published"}) is None
