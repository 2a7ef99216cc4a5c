"""Scores by people: the questions of the rubric on the call page, and on the health page what came of them.

People score the calls that a model has scored, before they see what it thought; how often both say the
same is how far the model can be trusted with the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from aiohttp import web

from ivr.edges.access import Visitor
from ivr.edges.console_live import Note
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.pages import bad_request, json_body, json_response
from ivr.review.quality import FULL, agreement, waiting_for_people
from ivr.review.records import Records, Score, ScoredCall
from ivr.review.rubric import Rubric

SINCE_DAYS: Final = 90
LOW: Final = 0.5
"""Scores below this are shown as low."""
_SHOWN: Final = 20
_MOST_REASON: Final = 500
_MOST_SCORES: Final = 5000
_DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class QualityPorts:
    """What scoring works with."""

    records: Records
    rubric: Rubric
    note: Note
    wall_s: Callable[[], float] = time.time


class ConsoleQuality:
    """`/api/rubric`, `/api/quality`, and `/api/calls/…/score`."""

    def __init__(self, access: ConsoleAccess, ports: QualityPorts) -> None:
        self._access = access
        self._ports = ports

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/api/rubric", self.rubric),
            web.get("/api/quality", self.quality),
            web.post("/api/calls/{call}/score", self.score),
        ]

    async def rubric(self, request: web.Request) -> web.Response:
        """The questions, the best mark, and the name under which this visitor scores."""
        who = self._access.visitor(request, "viewer")
        questions = dict(self._ports.rubric.questions)
        return json_response({"questions": questions, "full": FULL, "scorer": _scorer(who)})

    async def quality(self, request: web.Request) -> web.Response:
        """Agreement on each question, calls that wait for a person, and the lowest scores of late."""
        self._access.visitor(request, "viewer")
        since = int(self._ports.wall_s() * 1000) - SINCE_DAYS * _DAY_MS
        found = await self._ports.records.scores("", since, limit=_MOST_SCORES)
        ours = [one for one in found if one.score.rubric == self._ports.rubric.digest]
        return json_response(
            {
                "days": SINCE_DAYS,
                "agreement": [asdict(each) for each in agreement([(o.call_id, o.score) for o in ours])],
                "waiting": [_place(one) for one in waiting_for_people(ours)][:_SHOWN],
                "low": [
                    {**_place(one), **asdict(one.score)}
                    for one in found
                    if one.score.score < LOW and (one.score.turns or one.score.reason)
                ][:_SHOWN],
            }
        )

    async def score(self, request: web.Request) -> web.Response:
        """A person's marks for a call: `{"marks": {"understood": 0..4, …}, "reason": "…"}`."""
        who, call_id = self._access.actor(request), request.match_info["call"]
        scores = self._scores(who, await json_body(request))
        whole = await self._ports.records.call(call_id)
        if whole is None or whole.row.call_id != call_id:
            raise web.HTTPNotFound(text=f"There is no call {call_id}.\n")
        if not whole.row.outcome:
            raise web.HTTPConflict(text="This call goes on still: score it when it is over.\n")
        turns = {turn.number for turn in whole.turns}
        if any(number not in turns for score in scores for number in score.turns):
            raise bad_request("A turn that was named is not in this call.")
        await self._ports.records.score(call_id, scores)
        told = ", ".join(f"{each.question} {round(each.score * FULL)}" for each in scores)
        await self._ports.note(who, "scored", call_id, told)
        return json_response({"scores": [asdict(score) for score in scores]})

    def _scores(self, who: Visitor, body: dict[str, Any]) -> list[Score]:
        """What a page sent, checked. Raises 400."""
        marks, reason, turns = body.get("marks"), body.get("reason", ""), body.get("turns", [])
        if not isinstance(marks, dict) or not marks:
            raise bad_request("Give at least one question a mark.")
        if not isinstance(reason, str) or not isinstance(turns, list) or not all(map(_whole, turns)):
            raise bad_request("`reason` is a text, and `turns` a list of whole numbers.")
        rubric, now_ms = self._ports.rubric, int(self._ports.wall_s() * 1000)
        scores = []
        for question, mark in marks.items():
            if question not in rubric.questions:
                raise bad_request(f"The rubric has no question {question[:40]!r}: load the page again.")
            if not _whole(mark) or not 0 <= mark <= FULL:
                raise bad_request(f"The mark for {question!r} is a whole number from 0 to {FULL}.")
            scores.append(
                Score(
                    _scorer(who),
                    question,
                    "person",
                    mark / FULL,
                    " ".join(reason[:_MOST_REASON].split()),
                    tuple(turns),
                    rubric.digest,
                    now_ms,
                )
            )
        return scores


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _scorer(who: Visitor) -> str:
    return f"person:{who.name}"


def _place(one: ScoredCall) -> dict[str, Any]:
    return {"call_id": one.call_id, "began_ms": one.began_ms, "flow": one.flow_name}
