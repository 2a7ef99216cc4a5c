"""Sound of calls as real files."""

import json
import stat
import threading
import wave

import numpy as np
import pytest
import structlog

from ivr.engines.recordings import SoundFolder, file_stem, files_of
from ivr.wire import pcm

LOUD = pcm.linear_to_mulaw(np.full(8000, 12_000, np.int16))
QUIET = b"\xff" * 8000


def samples(path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())


def test_a_recording_has_the_caller_left_and_us_right(tmp_path):
    folder = SoundFolder(tmp_path)
    tape = folder.open("CA1")
    tape.write(LOUD, QUIET)
    tape.write(QUIET, LOUD)
    tape.close()
    folder.close()
    path = tmp_path / tape.name
    assert path == tmp_path / "recordings" / "CA1.wav"
    both = samples(path)
    assert both.shape == (16_000, 2)
    assert abs(int(both[100, 0]) - 12_000) < 400
    assert (both[:8000, 1] == 0).all()
    assert (both[8000:, 0] == 0).all()
    assert both[8000:, 1].min() > 11_000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_is_whole_after_every_write_and_a_second_tape_goes_on(tmp_path):
    first = SoundFolder(tmp_path)
    first.open("CA1").write(LOUD, QUIET)
    first.close()
    assert len(samples(tmp_path / "recordings/CA1.wav")) == 8000
    second = SoundFolder(tmp_path)
    second.open("CA1").write(QUIET, LOUD)
    second.close()
    assert len(samples(tmp_path / "recordings/CA1.wav")) == 16_000


def test_a_message_is_kept_with_what_is_known_of_it(tmp_path):
    folder = SoundFolder(tmp_path)
    name = folder.keep_message("CA1", 1, LOUD, {"caller": "+15550100001", "seconds": 1.0})
    wish = folder.keep_callback("CA1", 1, {"number": "+15550100001", "time": "tomorrow"})
    folder.close()
    assert (name, wish) == ("voicemail/CA1-1.wav", "callbacks/CA1-1.json")
    assert samples(tmp_path / name).shape == (8000, 1)
    assert json.loads((tmp_path / "voicemail/CA1-1.json").read_bytes())["caller"] == "+15550100001"
    assert json.loads((tmp_path / wish).read_bytes()) == {"number": "+15550100001", "time": "tomorrow"}
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_files_of_a_call_are_found_and_no_others(tmp_path):
    folder = SoundFolder(tmp_path)
    for call in ("CA1", "CA1-1", "CA11"):
        folder.open(call).write(LOUD, QUIET)
        folder.keep_message(call, 2, LOUD, {})
        folder.keep_callback(call, 1, {})
    folder.close()
    assert [path.relative_to(tmp_path).as_posix() for path in files_of(tmp_path, "CA1")] == [
        "recordings/CA1.wav",
        "voicemail/CA1-2.json",
        "voicemail/CA1-2.wav",
        "callbacks/CA1-1.json",
    ]
    assert files_of(tmp_path, "CA2") == []


@pytest.mark.parametrize("call_id", ["../../etc/x", "a/b", ".", "..", "", "C:A@b"])
def test_no_id_leads_out_of_the_folder(tmp_path, call_id):
    stem = file_stem(call_id)
    path = (tmp_path / "recordings" / f"{stem}.wav").resolve()
    assert path.parent == (tmp_path / "recordings").resolve()
    assert not path.name.startswith(".")


def test_a_full_disk_leaves_no_file_without_sound_and_names_the_call(tmp_path):
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "CA1.wav").symlink_to("/dev/full")
    folder = SoundFolder(tmp_path)
    with structlog.testing.capture_logs() as log:
        folder.open("CA1").write(LOUD, QUIET)
        folder.keep_callback("CA1", 1, {"number": "+15550100001"})
        folder.close()
    assert [line["call_id"] for line in log] == ["CA1"]
    assert [path.name for path in tmp_path.rglob("*.*")] == ["CA1-1.json"]


def test_a_disk_that_cannot_be_written_costs_the_sound_only(tmp_path):
    (tmp_path / "recordings").write_text("in the way")
    folder = SoundFolder(tmp_path)
    folder.open("CA1").write(LOUD, QUIET)
    name = folder.keep_message("CA1", 1, LOUD, {})
    folder.close()
    assert (tmp_path / name).exists()


def test_sound_that_waits_too_long_for_the_disk_is_dropped_not_gathered(tmp_path):
    folder = SoundFolder(tmp_path, most_waiting=20_000)
    stuck = threading.Event()
    folder.put(0, "CA0", stuck.wait)
    tape = folder.open("CA1")
    tape.write(LOUD, QUIET)
    tape.write(LOUD, QUIET)
    stuck.set()
    folder.close()
    assert len(samples(tmp_path / tape.name)) == 8000
