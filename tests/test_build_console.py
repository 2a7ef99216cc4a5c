"""The console's front end: what its lock may say, and when it is built anew."""

import json
import shutil
from pathlib import Path

import build_console

HOME = Path(__file__).parents[1]


def test_the_lock_names_no_registry():
    lock = json.loads((HOME / "console" / "package-lock.json").read_text())
    packages = [about for path, about in lock["packages"].items() if path]
    assert len(packages) > 20
    assert not [about for about in packages if "resolved" in about]
    assert all("integrity" in about for about in packages)
    assert "omit-lockfile-registry-resolved=true" in (HOME / "console" / ".npmrc").read_text().splitlines()


def test_a_changed_source_is_built_anew(tmp_path):
    sources, stamp = tmp_path / "console", tmp_path / "stamp"
    shutil.copytree(HOME / "console" / "src", sources / "src")
    assert not build_console.is_built(sources, stamp)
    stamp.write_text(build_console.fingerprint(sources))
    assert build_console.is_built(sources, stamp)
    (sources / "src" / "main.tsx").write_text("// changed")
    assert not build_console.is_built(sources, stamp)


def test_a_changed_colour_is_built_anew(tmp_path):
    (tmp_path / "console").mkdir()
    light, dark = (tmp_path / name for name in ("light.css", "dark.css"))
    light.write_bytes(build_console.SHARED.read_bytes())
    dark.write_text(":root { --page: #000; }")
    prints = [build_console.fingerprint(tmp_path / "console", css) for css in (light, dark)]
    assert prints[0] == build_console.fingerprint(tmp_path / "console") != prints[1]


def test_colours_are_named_in_one_place():
    ours = (HOME / "console" / "src" / "style.css", HOME / "ivr" / "edges" / "phone" / "phone.css")
    assert not [path.name for path in ours if "--page:" in path.read_text()]
    assert build_console.SHARED.read_text().count("--page:") == 2
