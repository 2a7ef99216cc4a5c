"""Examples go into a flow's file, or nothing does."""

from pathlib import Path

import pytest

from ivr.core.errors import ConfigError, FlowError
from ivr.flow_adding import add_examples
from ivr.flow_files import load_flow_file
from tests.test_flow_editing import FLOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "line.yaml"
    made.write_text(FLOW)
    return made


def first_answer(path: Path) -> str:
    return next(iter(load_flow_file(path)[0].answers))


def test_an_example_is_added_once_and_the_flow_is_still_in_order(path: Path) -> None:
    name = first_answer(path)
    assert add_examples(path, name, ["park a caravan"])
    assert "park a caravan" in load_flow_file(path)[0].answers[name].examples
    written = path.read_text()
    assert not add_examples(path, name, ["park a caravan"])
    assert path.read_text() == written
    assert [file.name for file in path.parent.iterdir()] == ["line.yaml"]


@pytest.mark.parametrize(
    ("name", "example", "error"),
    [
        ("nobody", "x y", FlowError),
        ("", "x", FlowError),
        ("ANSWER", "my card ###", ConfigError),
        ("ANSWER", "…", ConfigError),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    path: Path, name: str, example: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        add_examples(path, name.replace("ANSWER", first_answer(path)), [example])
    assert path.read_text() == FLOW


def test_a_folder_that_cannot_be_written_is_told(path: Path) -> None:
    name = first_answer(path)
    path.with_name(".line.yaml.new").mkdir()
    with pytest.raises(ConfigError, match=r"cannot be written|directory"):
        add_examples(path, name, ["park a caravan"])
    assert path.read_text() == FLOW
