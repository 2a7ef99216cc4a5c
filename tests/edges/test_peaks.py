"""Peaks of recordings."""

import numpy as np

from ivr.edges.peaks import PER_SECOND, Peaks, PeaksShelf, read_peaks
from tests.edges.test_console_calls import recording


def test_peaks_are_those_of_the_sound(tmp_path):
    peaks = read_peaks(recording(tmp_path / "a.wav", seconds=2))
    assert peaks.seconds == 2
    assert peaks.both[: PER_SECOND - 1, 0].min() > 100
    assert peaks.both[PER_SECOND:, 0].max() == 0


def test_fewer_stretches_keep_the_loudest():
    both = np.zeros((1000, 2), np.uint8)
    both[777, 1] = 200
    narrowed = Peaks(both).narrowed(64)
    assert len(narrowed.both) <= 64
    assert narrowed.both[:, 1].max() == 200
    assert Peaks(both).narrowed(2000).both is both


def test_an_empty_recording_has_no_peaks(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert len(read_peaks(tmp_path / "a.wav").both) == 0


def test_a_recording_that_has_grown_is_read_again(tmp_path):
    shelf = PeaksShelf()
    path = recording(tmp_path / "a.wav", seconds=1)
    first = shelf.get(path)
    assert shelf.get(path) is first
    recording(path, seconds=2)
    assert shelf.get(path).seconds == 2
