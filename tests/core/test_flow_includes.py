"""Pieces of a flow in other files: put together, told with their own names, and never from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import FlowError
from ivr.core.flow.includes import MAX_CHARACTERS, MAX_FILES, bundle, unbundled
from ivr.core.flow.load import check_text, digest, load_flow

MAIN = """ivr: 1
include: [shared/people.yaml, shared/words.yaml]
slots: {size: integer}
flows:
  main:
    - call: greet
    - hangup: Bye.
"""
PEOPLE = """contacts: {desk: "+15550100123"}
universals:
  agent: {transfer: desk}
"""
WORDS = """include: more/greet.yaml
slots:
  name: {type: name, ask: Who are you?}
phrases: {goodbye: Farewell.}
"""
GREET = """flows:
  greet:
    - collect: name
    - say: Hello {name}.
"""
FILES = {"shared/people.yaml": PEOPLE, "shared/words.yaml": WORDS, "shared/more/greet.yaml": GREET}


def reading(files: dict[str, str]):
    def read(path: str) -> str:
        if path not in files:
            raise FlowError(f"The file '{path}' cannot be read: No such file or directory.")
        return files[path]

    return read


def told(main: str = MAIN, **files: str) -> list[str]:
    changed = FILES | {path.replace("__", "/") + ".yaml": text for path, text in files.items()}
    _, problems = check_text(main, "flows/line.yaml", read=reading(changed))
    return [str(problem) for problem in problems if problem.severity == "error"]


def test_everything_comes_together():
    flow = load_flow(MAIN, "flows/line.yaml", reading(FILES))
    assert set(flow.flows) == {"main", "greet", "universal:agent"}
    assert set(flow.slots) == {"size", "name"}
    assert flow.phrases == {"goodbye": "Farewell."}


def test_the_digest_covers_all_files():
    flow = load_flow(MAIN, "line.yaml", reading(FILES))
    other = load_flow(MAIN, "line.yaml", reading({**FILES, "shared/words.yaml": WORDS + "# new\n"}))
    assert len({flow.digest, other.digest, digest(MAIN)}) == 3


def test_a_flow_and_its_files_travel_as_one_text():
    source = bundle(MAIN, FILES)
    flow = load_flow(MAIN, "line.yaml", reading(FILES))
    assert load_flow(source, "kept.yaml") == flow
    assert unbundled(source) == (MAIN, FILES)
    assert bundle(MAIN, {}) == MAIN


@given(st.text(), st.dictionaries(st.text(min_size=1), st.text()))
def test_a_bundle_gives_back_what_is_in_it(text, files):
    if not files and text.startswith("# ivr-files: "):
        return
    assert unbundled(bundle(text, files)) == (text, files)


@pytest.mark.parametrize(
    "source", ["# ivr-files: nonsense\nivr: 1", "# ivr-files: [1]\n", "# ivr-files: [[1]]"]
)
def test_what_only_looks_like_a_bundle_is_a_text(source):
    assert unbundled(source) == (source, {})


def test_mistakes_are_told_with_the_name_of_their_file():
    wrong = GREET.replace("collect: name", "collect: nme")
    assert told(shared__more__greet=wrong) == [
        "flows/shared/more/greet.yaml:3:16: There is no slot 'nme'. Did you mean 'name'?"
    ]
    assert told(shared__people=PEOPLE.replace("+1555", "1555"))[0].startswith(
        "flows/shared/people.yaml:1:18: "
    )
    assert told(shared__people="contacts: {desk: [")[0].startswith("flows/shared/people.yaml:1:1")
    assert told(shared__people=PEOPLE.replace("transfer", "transfr"))[0].startswith(
        "flows/shared/people.yaml:3:"
    )
    assert told(shared__people=PEOPLE.replace("{transfer: desk}", "{say: 'Hi {nam}.'}"))[0].startswith(
        "flows/shared/people.yaml:3:21: There is no slot 'nam'"
    )


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ("../secret.yaml", "'../secret.yaml' is outside the folder of the flow"),
        ("shared/../../x.yaml", "is outside the folder of the flow"),
        ("/etc/x.yaml", "is outside the folder of the flow"),
        ("C:/x.yaml", "is outside the folder of the flow"),
        ("'shared\\x.yaml'", "is outside the folder of the flow"),
        ("https://example.org/x.yaml", "is outside the folder of the flow"),
        ("shared/people.txt", "'shared/people.txt' is no YAML file"),
        ("none.yaml", "The file 'none.yaml' cannot be read: No such file or directory"),
        ("[[a.yaml]]", "is no YAML file"),
    ],
)
def test_what_may_not_be_included(include, message):
    main = MAIN.replace("[shared/people.yaml, shared/words.yaml]", f"[shared/words.yaml, {include}]")
    problems = told(main)
    assert any(problem.startswith("flows/line.yaml:2:") and message in problem for problem in problems), (
        problems
    )


def test_a_path_counts_from_the_file_that_names_it():
    files = {"shared__words": WORDS.replace("more/greet", "../shared/more/greet")}
    assert told(**files) == []
    out = WORDS.replace("more/greet", "../../greet")
    assert any("shared/words.yaml:1:10: '../../greet.yaml' is outside" in p for p in told(shared__words=out))


def test_files_that_include_each_other_are_refused_and_twice_is_once():
    circle = GREET + "include: ../words.yaml\n"
    way = "shared/words.yaml -> shared/more/greet.yaml -> shared/words.yaml"
    assert told(shared__more__greet=circle) == [
        f"flows/shared/more/greet.yaml:5:10: These files include each other in a circle: {way}."
    ]
    assert told(shared__people=PEOPLE + "include: more/greet.yaml\n") == []


def test_a_name_stands_in_one_file():
    assert told(shared__people=PEOPLE + "slots: {size: text}\n") == [
        "flows/shared/people.yaml:4:9: 'size' is there twice: first in flows/line.yaml:3."
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: Shop\n", "1:1: An included file has no 'name'. It belongs into the main file."),
        ("contact: {a: b}\n", "1:1: An included file has no 'contact'. Did you mean 'contacts'?"),
        ("slots: [a]\n", "1:8: 'slots' must be a mapping"),
        ("- a\n", "1:1: A file to include is a mapping"),
        ("a: &b 1\n", "is an anchor"),
        ("", "1:1: The file is empty"),
    ],
)
def test_what_an_included_file_may_not_be(text, message):
    assert any(f"flows/shared/people.yaml:{message}" in p or message in p for p in told(shared__people=text))


def test_there_is_an_end_to_including():
    many = {f"f{n}.yaml": "" for n in range(MAX_FILES + 5)}
    main = "ivr: 1\ninclude: [" + ", ".join(many) + "]\nflows: {main: [{hangup: Bye.}]}\n"
    _, problems = check_text(main, "l.yaml", read=lambda path: "slots: {}\n")
    assert any(f"at most {MAX_FILES} files" in str(problem) for problem in problems)
    _, problems = check_text(main, "l.yaml", read=lambda path: "#" * (MAX_CHARACTERS // 4) + "\n")
    assert any("too large" in str(problem) for problem in problems)


def test_a_text_without_files_cannot_include():
    _, problems = check_text(MAIN, "l.yaml")
    assert "Nothing can be included here" in str(problems[0])
