"""The pages put together: users from their file, and a call that becomes a test."""

import socket

import pytest

from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.core.events import Understood
from ivr.core.flow.load import load_flow
from ivr.core.journal import encode
from ivr.edges.console_users import make_user, with_user
from ivr.front_desk import _users, refuse_early, saved_test, users_file
from ivr.rehearsal.script import load_cases
from ivr.review.records import EventRow, WholeCall
from tests.core.talk import Talk, intent
from tests.edges.console_rig import SOURCE, row


def config(tmp_path, **more) -> Config:
    return Config.model_validate({"IVR_DATA_DIR": str(tmp_path), **more})


def test_users_stand_in_the_data_folder_unless_named(tmp_path):
    path = users_file(config(tmp_path), {})
    assert path == tmp_path / "console-users"
    assert _users(config(tmp_path), path) == {}
    path.write_text(with_user("", make_user("anna", "operator", "a long enough one")))
    assert list(_users(config(tmp_path), path)) == ["anna"]


def test_a_named_file_that_is_missing_stops_the_start(tmp_path):
    named = config(tmp_path, IVR_CONSOLE_USERS=str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="add-user"):
        _users(named, users_file(named, {}))


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"^Port {port} on 127.0.0.1 is in use. Stop the program"):
            refuse_early(config(tmp_path, PORT=port), {})
    refuse_early(config(tmp_path, PORT=port), {})


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.1"])
def test_a_host_that_is_not_here_is_told_with_what_to_set(tmp_path, host):
    with pytest.raises(ConfigError, match=f"IVR_HOST is '{host}', which is no address of this machine"):
        refuse_early(config(tmp_path, IVR_HOST=host), {})


def test_mistakes_among_the_users_are_told_before_anything_is_loaded(tmp_path):
    users_file(config(tmp_path), {}).write_text("anna\n")
    with pytest.raises(ConfigError, match="console-users"):
        refuse_early(config(tmp_path, PORT=0), {})


def test_a_call_becomes_a_test_that_the_flow_can_read():
    flow = load_flow(SOURCE, "Test line")
    talk = Talk(flow)
    talk.listen()
    talk.says("I would like to come in", intent("book"))
    talk.hear_out()
    events = [EventRow(n, at_ms, encode(event)) for n, (at_ms, event) in enumerate(talk.events)]
    assert any(isinstance(event, Understood) for _, event in talk.events)
    file, text = saved_test(WholeCall(row("CA1", outcome="completed"), SOURCE), events, "line.yaml")
    assert file == "call-CA1.yaml"
    assert text.startswith("flow: line.yaml\n")
    cases, problems = load_cases(text, file, flow)
    assert not problems
    assert [case.name for case in cases] == ["Call CA1"]
    assert "I would like to come in" in text
    assert "Booked." in text, "words mean what they were taken for in the call"
