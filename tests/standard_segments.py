"""Who is in the segments of `examples/standard-segments`, worked out without SegQL: plain Python over the CSV files.

`python -m tests.standard_segments` writes `expected/`; `test_examples.py` compares, also what everybody gets by the
score, the tier lists and the split. Nothing of `segql` is imported here.
Times in the files are those of the clock in Lisbon, so windows of days are compared as they stand there; only where a
time has gone by (`_elapsed`) does the change of the clocks matter.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

STORY = Path(__file__).resolve().parents[1] / "examples" / "standard-segments"

LISBON = ZoneInfo("Europe/Lisbon")
NOW = dt.datetime(2026, 3, 2)
TODAY = NOW.date()
ALWAYS = dt.datetime(1900, 1, 1)

Row = dict[str, str]
Rows = list[Row]


def _read(name: str) -> Rows:
    with (STORY / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _ago(days: int) -> dt.datetime:
    """Return the midnight so many days before the question, which is itself asked at midnight."""
    return NOW - dt.timedelta(days=days)


def _elapsed(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """Return the time that has really gone by between two times on the clock in Lisbon."""
    return end.replace(tzinfo=LISBON).astimezone(dt.UTC) - start.replace(tzinfo=LISBON).astimezone(dt.UTC)


class Customer:
    """One customer with everything that the files say about them, and all customers, to compare with."""

    def __init__(self, row: Row, files: dict[str, Rows], companies: dict[str, Row], everyone: list[Customer]) -> None:
        self.row = row
        self.everyone = everyone
        self.key = row["customer_id"]
        self.company = companies.get(row["company_id"], {})
        (self.survey, *_) = [*self._of(files["survey"]), {}]
        self.devices = self._of(files["devices"])
        self.subscriptions = self._of(files["subscriptions"])
        self.opportunities = self._of(files["opportunities"])
        self.interests: list[str] = json.loads(row["interests"])
        self.needs: list[str] = json.loads(self.survey.get("needs") or "[]")
        self._files = files

    def _of(self, rows: Rows) -> Rows:
        return [row for row in rows if row["customer_id"] == self.key]

    def _events(self, file: str, at: str, start: dt.datetime, end: dt.datetime) -> Rows:
        """Return what happened from `start` until `end`, earliest first; never anything of the future."""
        rows = [row for row in self._of(self._files[file]) if start <= _time(row[at]) < min(end, NOW)]
        return sorted(rows, key=lambda row: _time(row[at]))

    def purchases(self, start: dt.datetime = ALWAYS, end: dt.datetime = NOW) -> Rows:
        return self._events("purchases", "paid_at", start, end)

    def purchase_times(self) -> list[dt.datetime]:
        return [_time(row["paid_at"]) for row in self.purchases()]

    def session_times(self) -> list[dt.datetime]:
        return [_time(row["started_at"]) for row in self.sessions(ALWAYS)]

    def views(self, start: dt.datetime = ALWAYS) -> Rows:
        return self._events("page_views", "seen_at", start, NOW)

    def looks_at_prices(self, start: dt.datetime = ALWAYS) -> list[dt.datetime]:
        return [_time(row["seen_at"]) for row in self.views(start) if row["path"].startswith("/prices")]

    def emails(self, what: str, start: dt.datetime) -> Rows:
        return [row for row in self._events("emails", "at", start, NOW) if row["what"] == what]

    def tickets(self, start: dt.datetime) -> Rows:
        return self._events("tickets", "opened_at", start, NOW)

    def sessions(self, start: dt.datetime, end: dt.datetime = NOW) -> Rows:
        return self._events("sessions", "started_at", start, end)

    def spend(self, start: dt.datetime = ALWAYS, end: dt.datetime = NOW) -> Fraction:
        return sum(
            (Fraction(row["amount"]) for row in self.purchases(start, end) if row["refunded"] == "false"), Fraction()
        )

    def lessons(self, start: dt.datetime) -> int:
        return sum(int(row["lessons_done"]) for row in self.sessions(start))

    def age(self) -> int | None:
        return _number(self.row["age"])

    def answer(self, question: str) -> int | None:
        return _number(self.survey.get(question, ""))


class Company:
    """One company with the customers who work there."""

    def __init__(self, row: Row, everyone: list[Customer]) -> None:
        self.key = row["company_id"]
        self.people = [who for who in everyone if who.row["company_id"] == self.key]


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _at_least(value: int | None, bound: int) -> bool:
    return value is not None and value >= bound


def _at_most(value: int | None, bound: int) -> bool:
    return value is not None and value <= bound


def _between(value: int | None, low: int, high: int) -> bool:
    return value is not None and low <= value <= high


def _follows(first: dt.datetime, then: dt.datetime, days: int) -> bool:
    """Tell whether a time comes after another one, at most so many times 24 hours."""
    return dt.timedelta() < _elapsed(first, then) <= dt.timedelta(days=days)


def _is_over(start: dt.datetime, days: int) -> bool:
    """Tell whether the time to do it has passed."""
    return _elapsed(start, NOW) > dt.timedelta(days=days)


def _resumed(times: list[dt.datetime], start: dt.datetime, gap: int) -> bool:
    """Tell whether something happened since `start` for which the time before it was long ago enough."""
    pairs = [(max((t for t in times if t < time), default=None), time) for time in times if time >= start]
    return any(before and _elapsed(before, time) >= dt.timedelta(days=gap) for before, time in pairs)


# ── one function a segment, in the order of the files ────────────────────────────────────────────


def young_adults(who: Customer) -> bool:
    return _between(who.age(), 18, 29)


def parents(who: Customer) -> bool:
    return _at_least(_number(who.row["children"]), 1)


def in_training(who: Customer) -> bool:
    young = who.age() is not None and not _at_least(who.age(), 25)
    return who.row["occupation"] == "student" or (young and who.row["education"] != "university")


def retired_learners(who: Customer) -> bool:
    return who.row["occupation"] == "retired" or _at_least(who.age(), 65)


def age_unknown(who: Customer) -> bool:
    return who.row["age"] == ""


def at_home(who: Customer) -> bool:
    return who.row["country"] == "PT"


def next_door(who: Customer) -> bool:
    return who.row["country"] in {"ES", "FR"}


def around_lisbon(who: Customer) -> bool:
    return who.row["country"] == "PT" and who.row["postcode"][0] in "12"


def big_cities_abroad(who: Customer) -> bool:
    return who.row["area"] == "city" and who.row["country"] != "PT"


def countryside(who: Customer) -> bool:
    return who.row["area"] == "countryside"


def planners(who: Customer) -> bool:
    return _at_least(who.answer("likes_a_plan"), 4)


def sociable(who: Customer) -> bool:
    return _at_least(who.answer("likes_company"), 4)


def pioneers(who: Customer) -> bool:
    return _at_least(who.answer("tries_new_things"), 4) and "technology" in who.interests


def price_conscious(who: Customer) -> bool:
    return _at_least(who.answer("minds_the_price"), 4)


def culture_lovers(who: Customer) -> bool:
    return (
        who.survey.get("motive") == "curiosity" or len({"film", "literature", "music"}.intersection(who.interests)) >= 2
    )


def phone_only(who: Customer) -> bool:
    return {device["kind"] for device in who.devices} == {"phone"}


def apple_people(who: Customer) -> bool:
    return bool(who.devices) and {device["system"] for device in who.devices} <= {"ios", "macos"}


def old_app(who: Customer) -> bool:
    recent = [each for each in who.devices if _ago(60).date() <= _date(each["last_used_on"]) < TODAY]
    return any(each["app_version"] and int(each["app_version"]) < 7 for each in recent)


def several_devices(who: Customer) -> bool:
    return len(who.devices) >= 2


def browser_only(who: Customer) -> bool:
    return bool(who.devices) and not any(device["app_version"] for device in who.devices)


def evening_learners(who: Customer) -> bool:
    sessions = who.sessions(_ago(90))
    late = [row for row in sessions if _time(row["started_at"]).hour >= 18]
    return len(late) * 2 > len(sessions)


def weekend_learners(who: Customer) -> bool:
    return sum(_time(row["started_at"]).isoweekday() >= 6 for row in who.sessions(_ago(30))) >= 3


def looked_at_prices(who: Customer) -> bool:
    looked = any(row["path"].startswith("/prices") for row in who.views(_ago(14)))
    return looked and not who.purchases(_ago(14))


def window_shoppers(who: Customer) -> bool:
    looked = any(row["path"].startswith("/courses/") for row in who.views())
    return looked and not any(row["kind"] == "course" for row in who.purchases())


def hard_workers(who: Customer) -> bool:
    return who.lessons(_ago(30)) >= 20


def looked_and_left(who: Customer) -> bool:
    return any(
        _is_over(look, 14) and not any(_follows(look, bought, 14) for bought in who.purchase_times())
        for look in who.looks_at_prices(_ago(60))
    )


def looked_and_bought(who: Customer) -> bool:
    return any(_follows(look, bought, 14) for look in who.looks_at_prices() for bought in who.purchase_times())


def drawn_to_a_course(who: Customer) -> bool:
    looks = [(row["path"], _time(row["seen_at"])) for row in who.views() if row["path"].startswith("/courses/")]
    return any(path == other and _follows(at, later, 30) for path, at in looks for other, later in looks)


def need_an_exam(who: Customer) -> bool:
    return "exam" in who.needs or any(row["kind"] == "exam" for row in who.purchases())


def need_to_speak(who: Customer) -> bool:
    return "speaking" in who.needs and not any(row["kind"] == "lesson" for row in who.purchases())


def need_it_for_work(who: Customer) -> bool:
    return "writing" in who.needs or "business" in who.needs


def need_it_short(who: Customer) -> bool:
    return _at_most(who.answer("hours_a_week"), 2)


def needs_unknown(who: Customer) -> bool:
    return not who.survey


def big_spenders(who: Customer) -> bool:
    return who.spend(_ago(365)) >= 250


def growing(who: Customer) -> bool:
    before = who.spend(_ago(360), _ago(180))
    return who.spend(_ago(180)) > before > 0


def best_customers(who: Customer) -> bool:
    signs = (who.purchases(_ago(60)), len(who.purchases(_ago(365))) >= 4, big_spenders(who))
    return sum(map(bool, signs)) >= 2


def long_loyal(who: Customer) -> bool:
    if not (bought := who.purchases()):
        return False
    long_ago = _elapsed(_time(bought[0]["paid_at"]), NOW) >= dt.timedelta(days=365)
    return long_ago and bool(who.purchases(_ago(180)))


def more_work_than_money(who: Customer) -> bool:
    return len(who.tickets(_ago(365))) >= 2 and who.spend(_ago(365)) < 100


def dearest(who: Customer) -> bool:
    higher = sum(other.spend() > who.spend() for other in who.everyone)
    return higher + 1 <= -(-len(who.everyone) // 10)


def far_above_average(who: Customer) -> bool:
    average = sum((other.spend(_ago(365)) for other in who.everyone), Fraction()) / len(who.everyone)
    return who.spend(_ago(365)) > 2 * Fraction(round(average * 10**6), 10**6)


def buyers(who: Customer) -> bool:
    return bool(who.purchases())


def _fifth(who: Customer, of: Callable[[Customer], Any]) -> int:
    """Return the fifth of the buyers in which a value lies, 5 being the highest."""
    values = [of(other) for other in who.everyone if buyers(other)]
    lower = [value for value in values if value < of(who)]
    return 1 + len(lower) * 5 // len(values)


def _rfm(who: Customer) -> str:
    if not buyers(who):
        return "never"
    recency = _fifth(who, lambda other: other.purchase_times()[-1])
    frequency = _fifth(who, lambda other: len(other.purchases()))
    monetary = _fifth(who, Customer.spend)
    if min(recency, frequency, monetary) >= 4:
        return "champions"
    if recency >= 3 and frequency >= 4:
        return "loyal"
    return "promising" if recency >= 4 else "about_to_sleep" if recency >= 2 else "lost"


def thank_you_letter(who: Customer) -> bool:
    return _rfm(who) in {"champions", "loyal"} and who.row["marketing_ok"] == "true"


def small_companies(who: Customer) -> bool:
    return _between(_number(who.company.get("employees")), 10, 49)


def large_companies(who: Customer) -> bool:
    return _at_least(_number(who.company.get("employees")), 250)


def hotels_and_travel(who: Customer) -> bool:
    return who.company.get("industry") in {"hospitality", "travel"}


def growing_companies(who: Customer) -> bool:
    now, before = _number(who.company.get("employees")), _number(who.company.get("employees_last_year"))
    return now is not None and before is not None and now * 10 >= before * 12


def decision_makers(who: Customer) -> bool:
    title = who.row["job_title"].lower()
    return bool(who.company) and any(word in title for word in ("head", "director", "chief"))


def recent_learners(who: Customer) -> bool:
    return bool(who.sessions(_ago(30)))


def can_decide(company: Company) -> bool:
    return any(decision_makers(who) for who in company.people)


def learning_together(company: Company) -> bool:
    return sum(recent_learners(who) for who in company.people) >= 2


def lost_companies(company: Company) -> bool:
    stages = {_stage(who) for who in company.people}
    return "lapsed" in stages and "active" not in stages


def left_behind(who: Customer) -> bool:
    colleagues = [other for other in who.everyone if who.company and other.company == who.company]
    return not recent_learners(who) and sum(recent_learners(other) for other in colleagues) >= 2


def _stage(who: Customer, days_ago: int = 0) -> str:
    """Return the stage of today or an earlier day; nobody wrote down what subscriptions were like then."""
    then = _ago(days_ago)
    bought = who.purchases(end=then)
    if not bought and not who.subscriptions:
        return "lead"
    runs = {each["status"] for each in who.subscriptions}
    if "active" in runs or who.purchases(then - dt.timedelta(days=90), then):
        return "active"
    return "trial" if "trial" in runs else "lapsed"


def newcomers(who: Customer) -> bool:
    bought = who.purchase_times()
    return bool(bought) and bought[0] >= _ago(60)


def trying_hard(who: Customer) -> bool:
    days = {_time(row["started_at"]).date() for row in who.sessions(_ago(14))}
    return _stage(who) == "trial" and len(days) >= 3


def just_lapsed(who: Customer) -> bool:
    return _stage(who) == "lapsed" and _stage(who, days_ago=30) != "lapsed"


def back_again(who: Customer) -> bool:
    return _resumed(who.purchase_times(), _ago(60), gap=180)


def win_back(who: Customer) -> bool:
    return _stage(who) == "lapsed" and who.row["marketing_ok"] == "true"


def _win_back_letter(who: Customer) -> str | None:
    if not win_back(who):
        return None
    digits = hashlib.md5(f"win-back-2026-03:{who.key}".encode(), usedforsecurity=False).hexdigest()
    bucket = int(digits[:8], 16) % 10_000
    return "coupon" if bucket < 4000 else "free_lesson" if bucket < 8000 else "no_letter"


def daily_learners(who: Customer) -> bool:
    return len({_time(row["started_at"]).date() for row in who.sessions(_ago(7))}) >= 5


def going_quiet(who: Customer) -> bool:
    return len(who.sessions(_ago(14))) * 2 < len(who.sessions(_ago(28), _ago(14)))


def letter_readers(who: Customer) -> bool:
    sent, clicks = who.emails("sent", _ago(90)), who.emails("click", _ago(90))
    return bool(sent) and len(clicks) * 2 >= len(sent)


def engaged(who: Customer) -> bool:
    signs = (who.sessions(_ago(14)), who.emails("click", _ago(60)), who.views(_ago(30)), who.purchases(_ago(60)))
    return sum(map(bool, signs)) >= 2


def silent(who: Customer) -> bool:
    signs = (who.sessions(_ago(60)), who.emails("click", _ago(60)), who.views(_ago(60)), who.purchases(_ago(60)))
    return _time(who.row["signed_up_at"]) < _ago(60) and not any(signs)


def _weeks_with_a_session(who: Customer) -> int:
    return sum(bool(who.sessions(_ago(7 * week + 7), _ago(7 * week))) for week in range(8))


def every_week(who: Customer) -> bool:
    return _weeks_with_a_session(who) == 8


def most_weeks(who: Customer) -> bool:
    return _weeks_with_a_session(who) >= 6


def stopped_learning(who: Customer) -> bool:
    return not who.sessions(_ago(30)) and bool(who.sessions(_ago(60), _ago(30)))


def learning_again(who: Customer) -> bool:
    return _resumed(who.session_times(), _ago(14), gap=21)


def one_time_buyers(who: Customer) -> bool:
    return len(who.purchases()) == 1


def steady_buyers(who: Customer) -> bool:
    times = [_time(row["paid_at"]) for row in who.purchases()]
    return len(times) >= 3 and _elapsed(times[0], times[-1]) / (len(times) - 1) < dt.timedelta(days=120)


def coupon_lovers(who: Customer) -> bool:
    bought = who.purchases()
    return len(bought) >= 2 and sum(row["coupon"] != "" for row in bought) * 2 >= len(bought)


def collectors(who: Customer) -> bool:
    return len({row["language"] for row in who.purchases()}) >= 3


def big_baskets(who: Customer) -> bool:
    amounts = [Fraction(row["amount"]) for row in who.purchases()]
    return len(amounts) >= 2 and statistics.median(amounts) >= 89


def too_dear(who: Customer) -> bool:
    return who.survey.get("objection") == "price"


def no_time(who: Customer) -> bool:
    return who.survey.get("objection") == "time" or _at_most(who.answer("hours_a_week"), 1)


def doubtful(who: Customer) -> bool:
    return who.survey.get("objection") == "doubt" and who.lessons(_ago(60)) == 0


def left_alone(who: Customer) -> bool:
    return any(row["solved"] == "false" or _at_most(_number(row["rating"]), 2) for row in who.tickets(_ago(180)))


def critics(who: Customer) -> bool:
    return _at_most(who.answer("would_recommend"), 6)


def put_off(who: Customer) -> bool:
    calls, learned = [_time(row["opened_at"]) for row in who.tickets(ALWAYS)], who.session_times()
    return any(
        min(learned, default=NOW) < call
        and _is_over(call, 14)
        and not any(_follows(call, session, 14) for session in learned)
        for call in calls
    )


def deal_in_the_making(who: Customer) -> bool:
    return any(each["stage"] in {"lead", "qualified", "proposal"} for each in who.opportunities)


def _proposals(who: Customer) -> Iterator[dt.date]:
    return (_date(each["closes_on"]) for each in who.opportunities if each["stage"] == "proposal" and each["closes_on"])


def decided_soon(who: Customer) -> bool:
    return any(TODAY <= day < TODAY + dt.timedelta(days=30) for day in _proposals(who))


def overdue(who: Customer) -> bool:
    return any(day < TODAY for day in _proposals(who))


def lost_on_price(who: Customer) -> bool:
    ends = Counter((each["stage"], each["lost_because"]) for each in who.opportunities)
    return ends["lost", "price"] > 0 and ends["won", ""] == 0


def worth_a_call(who: Customer) -> bool:
    looked = any(row["path"] == "/for-companies" for row in who.views())
    return _at_least(_number(who.company.get("employees")), 40) and looked and not who.opportunities


def _lead_score(who: Customer) -> int:
    read = sum(row["path"] == "/for-companies" for row in who.views(_ago(60)))
    unsolved = sum(row["solved"] == "false" for row in who.tickets(_ago(180)))
    return (
        30 * any(each["stage"] == "proposal" for each in who.opportunities)
        + 20 * _at_least(_number(who.company.get("employees")), 40)
        + 15 * decision_makers(who)
        + min(5 * read, 15)
        + min(2 * len(who.emails("click", _ago(90))), 6)
        - 20 * lost_on_price(who)
        - min(5 * unsolved, 10)
    )


def talk_to_first(who: Customer) -> bool:
    return _lead_score(who) >= 50


def better_not_now(who: Customer) -> bool:
    return _lead_score(who) < 0


def busy_professional(who: Customer) -> bool:
    works = who.row["occupation"] in {"employed", "self-employed"}
    return works and (need_it_short(who) or no_time(who)) and (evening_learners(who) or phone_only(who))


def exam_candidate(who: Customer) -> bool:
    return need_an_exam(who) and (young_adults(who) or in_training(who))


def traveller(who: Customer) -> bool:
    signs = (who.survey.get("motive") == "travel", "travel" in who.interests, need_to_speak(who))
    return sum(signs) >= 2


def curious_pensioner(who: Customer) -> bool:
    return retired_learners(who) and not need_an_exam(who) and not need_it_for_work(who)


def training_buyer(who: Customer) -> bool:
    return decision_makers(who) and (deal_in_the_making(who) or worth_a_call(who))


# ── all of them ──────────────────────────────────────────────────────────────────────────────────

_NAMED = {name: each for name, each in list(globals().items()) if callable(each) and name.islower() and name[0] != "_"}

SEGMENTS: dict[str, Callable[[Customer], bool]] = {
    name: each for name, each in _NAMED.items() if "who" in each.__annotations__
}
COMPANY_SEGMENTS: dict[str, Callable[[Company], bool]] = {
    name: each for name, each in _NAMED.items() if "company" in each.__annotations__
}

# What everybody gets, and the tiers and arms, each of which is a segment, too.
VALUES: dict[str, tuple[Callable[[Customer], str | int | None], tuple[str, ...]]] = {
    "rfm": (_rfm, ("champions", "loyal", "promising", "about_to_sleep", "lost", "never")),
    "stage": (_stage, ("lead", "active", "trial", "lapsed")),
    "win_back_letter": (_win_back_letter, ("coupon", "free_lesson", "no_letter")),
    "lead_score": (_lead_score, ()),
}


@functools.cache
def _school() -> tuple[list[Customer], list[Company]]:
    names = ("survey", "devices", "subscriptions", "opportunities", "purchases", "page_views", "emails", "tickets")
    files = {name: _read(name) for name in (*names, "sessions")}
    companies = {row["company_id"]: row for row in _read("companies")}
    customers: list[Customer] = []
    customers.extend(Customer(row, files, companies, customers) for row in _read("customers"))
    return customers, [Company(row, customers) for row in companies.values()]


def members() -> dict[str, list[str]]:
    """Return the keys of the members of each segment, in order."""
    customers, companies = _school()
    found = {name: sorted(who.key for who in customers if holds(who)) for name, holds in SEGMENTS.items()}
    for name, (value, parts) in VALUES.items():
        for part in parts:
            found[f"{name}.{part}"] = sorted(who.key for who in customers if value(who) == part)
    for name, applies in COMPANY_SEGMENTS.items():
        found[name] = sorted(company.key for company in companies if applies(company))
    return found


def values() -> dict[str, dict[str, str | int]]:
    """Return what each customer gets by each score, tier list and split; who gets nothing is left out."""
    found = {name: {who.key: value(who) for who in _school()[0]} for name, (value, _) in VALUES.items()}
    return {name: {key: got for key, got in each.items() if got is not None} for name, each in found.items()}


def main() -> None:
    """Write `expected/`."""
    for name, keys in members().items():
        key = "company_id" if name in COMPANY_SEGMENTS else "customer_id"
        text = "".join(f"{each}\n" for each in (key, *keys))
        (STORY / "expected" / f"{name}.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
