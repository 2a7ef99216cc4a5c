"""The commands for those who write flows. Their bodies are imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer()
out = Console()

Flow = Annotated[Path, typer.Argument(metavar="FLOW", help="A flow file.")]
Exact = Annotated[
    bool,
    typer.Option(
        "--exact", help="Without the classifier: only grammars and the very words of the examples count."
    ),
]


@app.command("test")
def run_tests(  # noqa: PLR0913 -- options of a command
    flows: Annotated[list[Path] | None, typer.Argument(metavar="FLOW...", help="Flow files.")] = None,
    *,
    only: Annotated[str, typer.Option("--only", "-k", help="Run the tests with this in their names.")] = "",
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file; - is the output.")] = None,
    cover: Annotated[float, typer.Option(help="Fail when fewer of the steps are used (%).")] = 0.0,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name the tests that pass, too.")] = False,
    exact: Exact = False,
    audio: Annotated[
        bool,
        typer.Option("--audio", help="Speak the caller's words and recognise them, with the real engines."),
    ] = False,
    from_call: Annotated[str, typer.Option(help="Write this call of the past as a test instead.")] = "",
    to: Annotated[Path | None, typer.Option(help="With --from-call: the test file it goes to.")] = None,
) -> None:
    """Run the tests beside flows (tests/*.yaml) in text. Exit status 1 when one fails."""
    if from_call:
        _test_from_call(flows or [], from_call, to, exact=exact)
        return
    if not flows:
        raise typer.BadParameter("Name a flow: ivr test FLOW.yaml")
    from ivr.rehearse_cli import Options, run_tests  # noqa: PLC0415

    options = Options(only, verbose, exact, junit, cover, audio)
    console = Console(stderr=True) if str(junit) == "-" else out
    if not run_tests(console, flows, options):
        raise typer.Exit(1)


def _test_from_call(flows: list[Path], call_id: str, to: Path | None, *, exact: bool) -> None:
    from ivr.config import load  # noqa: PLC0415
    from ivr.flow_files import find_flow  # noqa: PLC0415
    from ivr.replay_cli import save_as_test  # noqa: PLC0415

    if len(flows) > 1:
        raise typer.BadParameter("Name one flow that the test is for.")
    config = load().config
    path = find_flow(str(flows[0]) if flows else "", config)
    save_as_test(out, config, path, call_id, to, exact=exact)


@app.command()
def replay(  # noqa: PLR0913 -- options of a command
    calls: Annotated[
        list[str] | None, typer.Argument(metavar="[CALL]...", help="Ids of calls; default: the latest.")
    ] = None,
    *,
    flow: Annotated[
        Path | None, typer.Option("--flow", help="The flow to run them through; default: each call's own.")
    ] = None,
    models: Annotated[
        Path | None,
        typer.Option("--models", help="A table of models to ask about what is not understood. It costs."),
    ] = None,
    model: Annotated[list[str] | None, typer.Option("--model", help="Only this row of the table.")] = None,
    since: Annotated[str, typer.Option(help="Calls not before: 2h, 3d ago, or 2026-11-25 (UTC).")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the latest calls.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a call.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit status 1 when a call is different.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="With --flow: calls of lines of other names, too.")
    ] = False,
    exact: Exact = False,
) -> None:
    """Run past calls through a changed flow or other models, and tell what would have gone differently.

    Answers that a model wrote in the past stay as they were written; so does what the web said.
    """
    from datetime import UTC, datetime  # noqa: PLC0415

    from ivr.config import load  # noqa: PLC0415
    from ivr.records_cli import when  # noqa: PLC0415
    from ivr.replay_cli import Through, Wanted, replay  # noqa: PLC0415
    from ivr.review.records import CallFilter  # noqa: PLC0415

    wanted = Wanted(calls or [], CallFilter(since_ms=when(since, datetime.now(UTC))), limit, every)
    if model and not models:
        raise typer.BadParameter("Name the table that the models stand in: --models models.yaml")
    same = replay(out, load().config, wanted, Through(flow, models, tuple(model or ()), exact), as_json=json)
    if check and not same:
        raise typer.Exit(1)


@app.command()
def chat(
    flow: Flow,
    *,
    exact: Exact = False,
    real: Annotated[bool, typer.Option("--real", help="Really ask the web services of actions.")] = False,
) -> None:
    """Talk to a flow in text: type what the caller says; /state, /save FILE, /quit."""
    from ivr import chat_cli  # noqa: PLC0415

    chat_cli.chat(out, flow, exact=exact, real=real)


@app.command("eval")
def evaluate(  # noqa: PLR0913 -- options of a command
    flow: Flow,
    *,
    since: Annotated[str, typer.Option(help="Take saved turns since: 7d, 2026-11-25. Default: none.")] = "",
    folds: Annotated[int, typer.Option(min=2, max=20, help="In how many parts examples are held back.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    table: Annotated[Path | None, typer.Option(help="A table of models, for --model.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="A row of it; may be given again.")] = None,
    prompt: Annotated[
        list[Path] | None, typer.Option(help="A file with more for models to know; may be given again.")
    ] = None,
) -> None:
    """Measure how well a flow's examples, tests and saved turns are understood, and what to add."""
    from ivr import eval_cli  # noqa: PLC0415
    from ivr.config import load  # noqa: PLC0415

    what = eval_cli.Asked(folds, since, as_json, table, tuple(model or ()), tuple(prompt or ()))
    eval_cli.run(out, load().config, flow, what)


unhandled = typer.Typer(help="What callers said and was not understood.", no_args_is_help=True)
app.add_typer(unhandled, name="unhandled")


@unhandled.command("list")
def list_unhandled(
    flow: Flow,
    *,
    since: Annotated[str, typer.Option(help="Not before: 2h, 7d ago, or 2026-11-25 (UTC).")] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List it in heaps of the same meaning, with the nearest intent or answer; digits and names masked."""
    from ivr import unhandled_cli  # noqa: PLC0415
    from ivr.config import load  # noqa: PLC0415

    unhandled_cli.unhandled(out, load().config, flow, since, as_json=as_json)


@unhandled.command("add")
def add_unhandled(
    flow: Flow,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The intent or answer that was meant.")],
    examples: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What callers say, in quotes.")],
    *,
    reviewer: Annotated[
        str, typer.Option(help="Your name: writes to NAME.answers.yaml beside the flow, with the date.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Add examples to a flow: shows the difference, checks the flow, asks, then writes."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from ivr import unhandled_cli  # noqa: PLC0415

    def sure(question: str) -> bool:
        return yes or typer.confirm(question)

    review = unhandled_cli.Review(reviewer, datetime.now(UTC).date()) if reviewer else None
    if not unhandled_cli.add(out, flow, unhandled_cli.Addition(name, tuple(examples), review), sure):
        raise typer.Exit(1)


@app.command()
def turns(
    flow: Annotated[Path | None, typer.Argument(metavar="[FLOW]", help="A flow file.")] = None,
    *,
    mermaid: Annotated[
        bool, typer.Option("--mermaid", help="Draw the turn-taking as a chart instead.")
    ] = False,
) -> None:
    """Show how long a silence ends the caller's turn: by what is asked, or at each step of a flow."""
    from ivr import turns_cli  # noqa: PLC0415

    if mermaid:
        typer.echo(turns_cli.chart())
    else:
        turns_cli.show(out, flow)


@app.command()
def graph(flow: Flow) -> None:
    """Print a flow as a Mermaid chart. GitHub, GitLab and mermaid.live draw it."""
    from ivr import rehearsing  # noqa: PLC0415
    from ivr.core.flow.mermaid import mermaid  # noqa: PLC0415

    typer.echo(mermaid(rehearsing.open_flow(flow)), nl=False)


@app.command()
def schema(
    *,
    tests: Annotated[bool, typer.Option("--tests", help="The schema of test files instead.")] = False,
    reference: Annotated[bool, typer.Option("--reference", help="Every key as Markdown, to read.")] = False,
) -> None:
    """Print the JSON Schema of flow files, from which editors complete keys and show help."""
    import json  # noqa: PLC0415

    from ivr.core.flow.json_schema import flow_schema  # noqa: PLC0415
    from ivr.rehearsal.json_schema import cases_schema  # noqa: PLC0415

    if reference:
        from ivr.core.flow.reference import reference as page  # noqa: PLC0415
        from ivr.core.flow.schema_values import WaitingSettings  # noqa: PLC0415

        typer.echo(page(flow_schema(), cases_schema(), WaitingSettings.names()), nl=False)
        return
    typer.echo(json.dumps(cases_schema() if tests else flow_schema(), indent=2, ensure_ascii=False))


@app.command()
def new(name: Annotated[str, typer.Argument(help="A name, such as my-line; makes my-line.yaml.")]) -> None:
    """Write a flow to begin with, and tests that it passes."""
    from ivr import starter  # noqa: PLC0415

    path, tests = starter.write(name)
    for line in (
        f"Written: {path} and {tests}",
        f"  ivr check {path}   looks it over",
        f"  ivr test {path}    runs its tests",
        f"  ivr chat {path}    talks to it in text",
        f"  ivr serve {path}   answers calls with it",
    ):
        out.print(line, highlight=False, markup=False, soft_wrap=True)
