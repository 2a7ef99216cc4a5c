"""Flow files on disk."""

import pytest

from ivr.config import load
from ivr.core.errors import ConfigError
from ivr.core.flow.problems import FlowProblems
from ivr.flow_files import MAX_FLOW_BYTES, find_flow, load_flow_file, read_flow_file

GOOD = "ivr: 1\nname: Line\ntimezone: Europe/Paris\nflows:\n  main:\n    - hangup: Bye.\n"


def test_a_good_file_loads_with_its_text(tmp_path):
    path = tmp_path / "line.yaml"
    path.write_text(GOOD)
    flow, text = load_flow_file(path)
    assert (flow.name, flow.timezone, text) == ("Line", "Europe/Paris", GOOD)


def test_a_time_zone_that_is_none_is_told_with_its_line(tmp_path):
    path = tmp_path / "line.yaml"
    path.write_text(GOOD.replace("Europe/Paris", "Europe/Pari"))
    with pytest.raises(FlowProblems, match=r"line\.yaml:3:1: .*Did you mean 'Europe/Paris'"):
        load_flow_file(path)


def test_what_is_no_text_is_told(tmp_path):
    path = tmp_path / "line.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    _, flow, problems = read_flow_file(path)
    assert flow is None
    assert "UTF-8" in str(problems[0])


@pytest.mark.parametrize("name", ["none.yaml", "."])
def test_what_cannot_be_read_is_told(tmp_path, name):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_flow_file(tmp_path / name)


def test_a_huge_file_is_not_even_read(tmp_path):
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (MAX_FLOW_BYTES + 1))
    with pytest.raises(ConfigError, match="larger than"):
        read_flow_file(path)


def test_the_argument_wins_over_the_setting_and_the_clinic_is_the_last_resort(tmp_path, monkeypatch):
    config = load({"IVR_FLOW": "mine.yaml"}, tmp_path / "none").config
    assert find_flow("other.yaml", config).name == "other.yaml"
    assert find_flow("", config).name == "mine.yaml"
    assert find_flow("", load({}, tmp_path / "none").config).name == "clinic.yaml"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="ivr serve FLOW"):
        find_flow("", load({}, tmp_path / "none").config)
