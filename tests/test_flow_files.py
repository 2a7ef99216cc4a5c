"""Flow files on disk."""

import os

import pytest

from ivr.config import load
from ivr.core.errors import ConfigError, FlowError
from ivr.core.flow.load import load_flow
from ivr.core.flow.problems import FlowProblems
from ivr.flow_files import MAX_FLOW_BYTES, find_flow, included, load_flow_file, read_flow_file

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


WITH = GOOD + "include: shared/more.yaml\n"
MORE = "contacts: {desk: '+15550100123'}\nuniversals: {agent: {transfer: desk}}\n"


def test_what_a_flow_includes_is_read_and_pins_it_too(tmp_path):
    path, more = tmp_path / "line.yaml", tmp_path / "shared" / "more.yaml"
    more.parent.mkdir()
    path.write_text(WITH)
    more.write_text(MORE)
    flow, source = load_flow_file(path)
    assert "agent" in flow.universals
    assert load_flow(source, "kept.yaml") == flow
    more.write_text(MORE.replace("0123", "0124"))
    assert load_flow_file(path)[0].digest != flow.digest


@pytest.mark.parametrize("target", ["../outside.yaml", "/etc/hostname"])
def test_a_link_that_leads_out_is_refused(tmp_path, target):
    folder = tmp_path / "flows"
    (folder / "shared").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text(MORE)
    (folder / "line.yaml").write_text(WITH)
    (folder / "shared" / "more.yaml").symlink_to(target if target[0] == "/" else tmp_path / "outside.yaml")
    _, flow, problems = read_flow_file(folder / "line.yaml")
    assert flow is None
    assert "line.yaml:7:10: 'shared/more.yaml' leads outside the folder of the flow" in str(problems[0])


def test_a_link_inside_the_folder_is_followed(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "real.yaml").write_text(MORE)
    (tmp_path / "line.yaml").write_text(WITH)
    (tmp_path / "shared" / "more.yaml").symlink_to(tmp_path / "real.yaml")
    assert "agent" in load_flow_file(tmp_path / "line.yaml")[0].universals


def test_included_files_that_cannot_be_used_are_told(tmp_path):
    path, more = tmp_path / "line.yaml", tmp_path / "shared" / "more.yaml"
    more.parent.mkdir()
    path.write_text(WITH)
    (more.parent / "mores.yaml").write_text(MORE)
    assert "cannot be read: No such file or directory. Did you mean 'shared/mores.yaml'?" in told(path)
    more.symlink_to(more)
    assert "cannot be read" in told(path)
    more.unlink()
    more.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in told(path)
    more.write_bytes(b"#" * (MAX_FLOW_BYTES + 1))
    assert "larger than" in told(path)


def told(path):
    return "\n".join(str(problem) for problem in read_flow_file(path)[2])


def test_the_argument_wins_over_the_setting_and_the_clinic_is_the_last_resort(tmp_path, monkeypatch):
    config = load({"IVR_FLOW": "mine.yaml"}, tmp_path / "none").config
    assert find_flow("other.yaml", config).name == "other.yaml"
    assert find_flow("", config).name == "mine.yaml"
    assert find_flow("", load({}, tmp_path / "none").config).name == "clinic.yaml"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="ivr serve FLOW"):
        find_flow("", load({}, tmp_path / "none").config)


def test_knowledge_that_cannot_be_read_is_a_mistake_of_the_flow(tmp_path):
    path = tmp_path / "line.yaml"
    path.write_text("ivr: 1\nknowledge:\n  fees: fees.md\nflows: {main: [hangup: Goodbye.]}\n")
    _, flow, problems = read_flow_file(path)
    assert flow is None
    assert [(p.line, p.severity) for p in problems if "fees.md" in p.message] == [(3, "error")]
    (tmp_path / "fees.md").write_text("A visit costs ninety dollars.")
    assert read_flow_file(path)[1] is not None


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_is_refused_and_not_waited_for(pipe):
    with pytest.raises(ConfigError, match="is no regular file"):
        read_flow_file(pipe)
    with pytest.raises(FlowError, match="'pipe' is no regular file"):
        included(pipe.parent, "pipe")
