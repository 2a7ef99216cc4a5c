"""Knowledge files: read from the folder of the flow, or refused with file, line and what to do."""

import dataclasses
import os
from pathlib import Path

import pytest

from ivr import knowledge_files
from ivr.core.flow.model import Knowledge
from ivr.core.flow.problems import FlowProblems
from tests.understanding.front_desk import FLOW

SOURCE = "ivr: 1\nname: x\nknowledge:\n  fees: fees.md\n"
ASKING = dataclasses.replace(FLOW, knowledge={"fees": Knowledge("fees", ("fees.md",))})


def refusal(folder: Path) -> str:
    with pytest.raises(FlowProblems) as caught:
        knowledge_files.read_knowledge(ASKING, folder, "flow.yaml", SOURCE)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("flow.yaml", 4)
    assert problem.hint
    return problem.message


def test_the_texts_by_name(tmp_path: Path) -> None:
    (tmp_path / "fees.md").write_text("# Fees\nNinety.", encoding="utf-8")
    assert knowledge_files.read_knowledge(ASKING, tmp_path, "f", SOURCE) == {"fees.md": "# Fees\nNinety."}
    assert knowledge_files.read_knowledge(FLOW, tmp_path, "f", SOURCE) == {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"# Fees\n\n", "is empty"),
        (b"\xff\xfe\x00\x01", "not UTF-8"),
        (b"PK\x03\x04 words", "control characters"),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "fees.md").write_bytes(data)
    assert message in refusal(tmp_path)


def test_a_file_that_is_not_there_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "fee.md").write_text("Ninety.")
    with pytest.raises(FlowProblems, match=r"cannot be read.*\n?.*Did you mean 'fee\.md'"):
        knowledge_files.read_knowledge(ASKING, tmp_path, "flow.yaml", SOURCE)


def test_a_huge_file(tmp_path: Path) -> None:
    with (tmp_path / "fees.md").open("wb") as file:
        file.truncate(knowledge_files.MAX_BYTES + 1)
    assert "1,000,001 bytes" in refusal(tmp_path)


def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    folder.mkdir()
    (tmp_path / "secret.md").write_text("Secret.")
    (folder / "fees.md").symlink_to(tmp_path / "secret.md")
    assert "leads outside" in refusal(folder)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fees.md")
    assert "is no regular file" in refusal(tmp_path)
