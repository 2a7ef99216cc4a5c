"""What the operator sees of messages and callbacks."""

import io

from rich.console import Console

from ivr.engines.recordings import SoundFolder
from ivr.messages_cli import print_messages


def shown(data) -> str:
    out = io.StringIO()
    print_messages(Console(file=out, width=200), data)
    return out.getvalue()


def test_messages_and_callbacks_come_newest_first(tmp_path):
    folder = SoundFolder(tmp_path)
    caller = {"caller": "+15550100001"}
    folder.keep_message(
        "CA1", 1, b"\xff" * 80, {**caller, "wall_ms": 1_900_000_000_000, "mailbox": "sales", "seconds": 4.5}
    )
    folder.keep_callback(
        "CA2",
        1,
        {**caller, "wall_ms": 1_900_000_060_000, "number": "+1555", "time": "noon", "note": "[b]order 7"},
    )
    folder.close()
    head, first, second = shown(tmp_path).splitlines()
    assert head.split() == ["when", "(UTC)", "from", "what", "where"]
    assert "call back +1555 noon: [b]order 7" in first
    assert first.startswith("2030-03-17 17:47")
    assert "message of 4.5 s for sales" in second
    assert second.rstrip().endswith("voicemail/CA1-1.wav")


def test_nobody_has_left_anything(tmp_path):
    assert shown(tmp_path).startswith("Nobody has left a message")


def test_a_note_that_cannot_be_read_is_no_disaster(tmp_path):
    (tmp_path / "voicemail").mkdir()
    (tmp_path / "voicemail" / "CA1-1.json").write_text("{")
    assert "cannot be read" in shown(tmp_path)
