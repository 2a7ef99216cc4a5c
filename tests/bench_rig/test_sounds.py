from __future__ import annotations

import numpy as np
import pytest

from bench.rig import sounds
from ivr.wire import pcm


@pytest.mark.parametrize("name", sounds.NOISES)
def test_a_noise_is_the_same_for_the_same_seed(name: str) -> None:
    made = sounds.NOISES[name](0.6, 7)
    assert np.array_equal(made, sounds.NOISES[name](0.6, 7))
    assert not np.array_equal(made, sounds.NOISES[name](0.6, 8))
    assert len(made) == 0.6 * sounds.RATE
    assert 0.2 < float(np.abs(made).max()) <= 1.0


@pytest.mark.parametrize("dbfs", [-40.0, -15.0])
def test_a_noise_has_the_level_that_is_asked_for(dbfs: float) -> None:
    samples = pcm.mulaw_to_float(sounds.at_level(sounds.noise(1, 1.0, 3), dbfs))
    loudest = np.square(samples[: len(samples) // 160 * 160].reshape(-1, 160)).mean(axis=1).max()
    assert 10 * np.log10(loudest) == pytest.approx(dbfs, abs=1.0)


def test_there_are_many_clips_and_each_has_a_name_of_its_own() -> None:
    names = [name for name, _ in sounds.clips()]
    assert len(names) == len(set(names)) > 70
