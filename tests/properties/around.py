"""Conditions about periods, other instants, those around, what each gets, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator

from tests.properties.pieces import Chance, Piece
from tests.properties.population import Populations
from tests.properties.schema import Owner
from tests.properties.values import OPS
from tests.properties.words import Scope, quoted

TIERS, ARMS = ("often", "seldom", "never"), ("a", "b", "c")
TEAM_SEGMENTS = ("large_teams", "listed_teams", "lively_teams", "team_size.large")
POINTS = ("+20", "-5", "+1.5", "-0.25", "+3")


def outcomes(chance: Chance, member: Owner, streams: tuple[Owner, ...], of: str) -> Iterator[str]:
    """Yield declarations of what each customer gets; `of` is said after their names where there are several entities."""
    pick = chance.pick
    # A key whose type is not declared cannot be split by.
    has_key = any(each.name == "customer_id" for each in member.columns)
    event, window = pick(streams).name, pick(("in last 30 days", "in last 90 days", "in this year"))
    cap = pick(("", " up to 25 points", " up to 40 points"))
    yield f"""tiers habit{of}
    often when purchases >= {pick((2, 3, 5))}
    seldom when did purchase {window}
    never otherwise"""
    yield f"""score warmth{of}
    {pick(POINTS)} when did {event} {window}
    {pick(POINTS)} for each {event} {window}{cap}
    {pick(POINTS)} when country in ("DE", "FR")"""
    yield f"""split trial of customer
    seed {quoted(pick(("x", "welcome", "ö")))}
    {"" if has_key and chance.happens(0.7) else "by country"}
    a 30%
    b 45.5%
    c 24.5%"""


def around(chance: Chance) -> Iterator[str]:
    """Yield declarations of teams and their segments, for projects that have teams."""
    yield "many customer of team by team_id"
    yield f"segment large_teams of team where size > {chance.pick((0, 1, 5))}"
    yield "segment listed_teams of team where any customer where (in list vip_ids)"
    yield f"segment lively_teams of team where at least {chance.pick((1, 2))} customer where (country is known)"
    yield "segment customers_of_large_teams of customer where team in segment large_teams"
    yield "segment teams_about of team where any customer where (in segment customers_of_large_teams)"
    yield """tiers team_size of team
    large when count(customer) >= 2
    small otherwise"""


class Around(Populations):
    """Writes them; `names` are segments of customers that are there already."""

    def rhythm(self, scope: Scope, depth: int) -> Piece:
        """Return whether something happened in every period, or in so many."""
        event = self.chance.pick(self.project.streams)
        count = self.chance.pick((1, 2, 3, 4, 8))
        unit = self.chance.pick(("day", "week", "month", "quarter"))
        times = self.chance.pick(("", "", " at least 2 times", " at most once", " exactly once"))
        some = self.chance.pick(range(1, count + 1))
        form = self.chance.pick(
            (
                ("rhythm: every", f"every {unit} for {count} {unit}s"),
                ("rhythm: some", f"in at least {some} of the last {count} {unit}s"),
                ("rhythm: periods", f"in at least {some} of the last {count} periods of {self.duration()}"),
            )
        )
        negated = self.chance.pick(("did", "did", "did not"))
        return self.piece(scope, form[0], f"{negated} {event.name}{times} {form[1]}", self._where_maybe(event, depth))

    def life_cycle(self, scope: Scope, depth: int) -> Piece:
        """Return whether the first ever was in a window, or whether somebody stopped."""
        event = self.chance.pick(self.project.streams)
        where = self._where_maybe(event, depth)
        if self.chance.happens(0.5):
            window = self.event_window(scope.name)
            return self.piece(scope, "first ever", f"first {event.name} ", window, where)
        length = self.duration("day", "week")
        before = f" after any in the {self.duration('day', 'week')} before" if self.chance.happens(0.5) else ""
        return self.piece(scope, "stopped", f"stopped {event.name} for {length}", where, before)

    def through_time(self, scope: Scope, _: int) -> Piece | None:
        """Return whether somebody was in a segment at another instant, came in or fell out."""
        if not self.names:
            return None
        name, length = self.chance.pick(self.names), self.duration()
        form = self.chance.pick(
            (
                f"in segment {name} as of {length} ago",
                f"in segment {name} as of {self.moment_literal()}",
                f"entered segment {name} in last {length}",
                f"left segment {name} in last {length}",
            )
        )
        tag = "as of" if " as of " in form else form.split(maxsplit=1)[0]
        return self.piece(scope, f"through time: {tag}", form)

    def outcome(self, scope: Scope, _: int) -> Piece:
        """Return whether somebody gets a tier, an arm, or so many points."""
        pick = self.chance.pick
        tier, arm = pick(TIERS), pick(ARMS)
        form = pick(
            (
                ("tier: segment", f"in segment habit.{tier}"),
                ("tier: value", f"habit {pick(('=', '!='))} {tier}"),
                ("tier: in", f"habit in ({tier}, {pick(TIERS)})"),
                ("arm: segment", f"in segment trial.{arm}"),
                ("arm: value", f"trial = {arm}"),
                ("arm: missing", "trial is missing"),
                ("score", f"warmth {pick(OPS)} {pick(('0', '5', '20', '-1', '1.5', '25'))}"),
            )
        )
        return self.piece(scope, *form)

    def team(self, scope: Scope, _: int) -> Piece | None:
        """Return whether somebody's team is in a segment."""
        if not self.project.of_customer:
            return None
        segment = self.chance.pick((*TEAM_SEGMENTS, "teams_about"))
        negated = self.chance.pick(("", "", "not "))
        return self.piece(scope, "team in segment", f"team {negated}in segment {segment}")

    def also_with(self, scope: Scope) -> Piece | None:
        """Return whether a field of an event goes with a value."""
        fields = [name for name, _ in scope.fields("text", "integer", "date", "decimal")]
        if not fields:
            return None
        name = self.chance.pick(fields)
        text = Piece("value", scope.name, "", (name,))
        given = self.seen(scope, text)
        if not given:
            return None
        bounds = self.chance.pick(
            ("", " min lift 1.2", " min lift 2", " min support 2", " top 1", " top 2 min lift 0.5")
        )
        negated = self.chance.pick(("", "not "))
        return self.piece(scope, "also with", f"{name} {negated}in also seen with {given}{bounds}")

    def of_the_member(self, scope: Scope) -> Piece:
        """Return what an event asks of its member: a trait, a tier, a score, a segment."""
        pick = self.chance.pick
        forms = ["customer.engaged", "customer.quiet", f"customer.purchases {pick(OPS)} {pick((0, 1, 2))}"]
        forms += [f"customer.habit = {pick(TIERS)}", f"customer.warmth {pick(OPS)} {pick((0, 5, 20))}"]
        if self.names:
            forms += [f"customer {pick(('', 'not '))}in segment {pick(self.names)}"] * 3
        form = pick(forms)
        return self.piece(scope, f"of the member: {form.split()[0].removeprefix('customer.')}", form)

    def _where_maybe(self, event: Owner, depth: int) -> Piece | str:
        if depth <= 0 or self.chance.happens(0.6):
            return ""
        inner = self.condition(Scope(event.name, event), depth - 1)
        return Piece("optional", self.member.name, "where", (" where (", inner, ")"))
