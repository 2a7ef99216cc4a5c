from __future__ import annotations

import os
import subprocess
import sys

from bench.rig.usage import CARRIER_OF_AUDIO, Usage, family, stage, usage


def test_a_process_below_ours_is_counted() -> None:
    code = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        child.stdout.readline()
        ours = os.getpid()
        assert child.pid in family(ours)
        used = usage(ours)
        assert used.rss > 10_000_000
        assert {CARRIER_OF_AUDIO, stage(child.pid)} <= set(used.cpu_s)
        child.communicate()


def test_a_process_that_is_gone_has_no_family() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert family(child.pid) == [child.pid]
    assert usage(child.pid) == Usage({}, 0)


def test_what_was_used_since() -> None:
    before = Usage({"a": 1.0}, 0)
    assert Usage({"a": 1.5, "b": 0.25}, 0).since(before) == {"a": 0.5, "b": 0.25}
