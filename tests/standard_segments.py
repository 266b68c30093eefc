"""Who is in the segments of `examples/standard-segments`, worked out without SegQL: plain Python over the CSV files.

`python -m tests.standard_segments` writes `expected/`; `test_examples.py` compares. Nothing of `segql` is imported here.
Times in the files are those of the clock in Lisbon, so windows of days are compared as they stand there; only where a
time has gone by (`_elapsed`) does the change of the clocks matter.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
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
    """One customer with everything that the files say about them."""

    def __init__(self, row: Row, files: dict[str, Rows], companies: dict[str, Row]) -> None:
        self.row = row
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

    def views(self, start: dt.datetime = ALWAYS) -> Rows:
        return self._events("page_views", "seen_at", start, NOW)

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


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _at_least(value: int | None, bound: int) -> bool:
    return value is not None and value >= bound


def _at_most(value: int | None, bound: int) -> bool:
    return value is not None and value <= bound


def _between(value: int | None, low: int, high: int) -> bool:
    return value is not None and low <= value <= high


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


def leads(who: Customer) -> bool:
    return not who.purchases() and not who.subscriptions


def on_trial(who: Customer) -> bool:
    return any(each["status"] == "trial" for each in who.subscriptions) and not active_customers(who)


def active_customers(who: Customer) -> bool:
    return any(each["status"] == "active" for each in who.subscriptions) or bool(who.purchases(_ago(90)))


def lapsed_customers(who: Customer) -> bool:
    return not (leads(who) or on_trial(who) or active_customers(who))


def newcomers(who: Customer) -> bool:
    bought = who.purchases()
    return bool(bought) and _time(bought[0]["paid_at"]) >= _ago(60)


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

SEGMENTS: dict[str, Callable[[Customer], bool]] = {
    name: each for name, each in list(globals().items()) if callable(each) and name.islower() and name[0] != "_"
}


def members() -> dict[str, list[str]]:
    """Return the keys of the members of each segment, in order."""
    names = ("survey", "devices", "subscriptions", "opportunities", "purchases", "page_views", "emails", "tickets")
    files = {name: _read(name) for name in (*names, "sessions")}
    companies = {row["company_id"]: row for row in _read("companies")}
    customers = [Customer(row, files, companies) for row in _read("customers")]
    return {name: sorted(who.key for who in customers if holds(who)) for name, holds in SEGMENTS.items()}


def main() -> None:
    """Write `expected/`."""
    for name, keys in members().items():
        text = "".join(f"{key}\n" for key in ("customer_id", *keys))
        (STORY / "expected" / f"{name}.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
