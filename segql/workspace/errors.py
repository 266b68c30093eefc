"""Every message about the project folder, its settings and what is asked of it.

The docstring of each is its page: what it means, an example, the cure. E60 and E61 are usage and
settings, E62 files, E63 who answers for segments, E64 the program itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from segql.source import Span

# ── settings ─────────────────────────────────────────────────────────────────────────────────────


def wrong_toml(span: Span, why: str) -> Diagnostic:
    """The settings are not valid TOML, so none of them can be read.

    Example:
        timezone = Europe/Berlin
    Cure:
        timezone = "Europe/Berlin"
    """
    hint = "text stands in quotes, a list in square brackets, a table's name in square brackets"
    return Diagnostic("E601", "wrong-toml", f"this is not valid TOML: {why}", span, hint)


def unknown_setting(span: Span | None, name: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """A setting that does not exist; a misspelt one would otherwise be without effect.

    Example:
        time_zone = "Europe/Berlin"
    Cure:
        timezone = "Europe/Berlin"
    """
    hint = f"`{near[0]}` is the closest" if near else f"there are {_listed(known)}"
    fix = Fix(f"write `{near[0]}`", (Edit(span, near[0]),)) if near and span and span.text == name else None
    return Diagnostic("E602", "unknown-setting", f"unknown setting `{name}`", span, hint, fix=fix)


def wrong_setting(span: Span | None, name: str, shown: str | None, needed: str, near: Sequence[str] = ()) -> Diagnostic:
    """A setting has a value that it cannot have, or one that is needed is missing.

    Example:
        week_starts = "mon"
    Cure:
        week_starts = "monday"
    """
    message = f"`{name}` is missing" if shown is None else f"`{name}` cannot be {shown}"
    hint = f"`{near[0]}` is the closest" if near else f"write {needed}"
    return Diagnostic("E603", "wrong-setting", message, span, hint)


def missing_variable(span: Span | None, setting: str, variable: str) -> Diagnostic:
    """A setting takes its value from an environment variable that is not set.

    Example:
        password_env = "SHOP_PASSWORD"      # and SHOP_PASSWORD is not set
    Cure:
        export SHOP_PASSWORD=…
    """
    message = f"`{setting}` needs the environment variable `{variable}`, which is not set"
    return Diagnostic("E604", "missing-variable", message, span, f"set `{variable}`")


def no_such_folder(path: str) -> Diagnostic:
    """The folder that is named as a project does not exist, or is a file.

    Example:
        segql check --project shopp
    Cure:
        segql check --project shop
    """
    hint = "name a folder with .seg files; `segql init` makes one"
    return Diagnostic("E605", "no-such-folder", f"there is no folder `{path}`", None, hint)


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


def unknown_selector(selector: str, what: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """A name, pattern, tag, owner or path that selects no segment.

    Example:
        segql run vipp
    Cure:
        segql run vip
    """
    hint = f"`{near[0]}` is the closest" if near else "`segql list` shows every segment"
    if not near and known and len(known) <= 8:
        hint = f"there are {_listed(known)}"
    return Diagnostic("E606", "unknown-selector", f"no segment has the {what} `{selector}`", None, hint)


def nothing_selected() -> Diagnostic:
    """A command that works on segments was given none.

    Example:
        segql run
    Cure:
        segql run vip
    """
    hint = "name segments, a pattern like `churn*`, `tag:email`, `owner:…` or a path; or `--all`"
    return Diagnostic("E607", "nothing-selected", "no segment is asked for", None, hint)


def wrong_as_of(text: str, span: Span | None = None) -> Diagnostic:
    """The instant to ask for is no date and no timestamp.

    A date is its midnight in the project's zone; a timestamp without a zone is read on the
    project's wall clock.

    Example:
        segql run vip --as-of 01.12.2025
    Cure:
        segql run vip --as-of 2025-12-01
    """
    hint = "write a date like `2025-12-01` or a timestamp like `2025-12-01T10:00:00Z`"
    return Diagnostic("E608", "wrong-as-of", f"`{text}` is no date or timestamp", span, hint)


def two_clocks(as_of: str) -> Diagnostic:
    """SQL that moves with the engine's clock cannot ask for one instant, too.

    With `--live-clock` the statement asks at the moment at which it is run; `--as-of` writes one instant into it.

    Example:
        segql compile vip --live-clock --as-of 2025-12-01
    Cure:
        segql compile vip --live-clock
    """
    hint = "leave out one of `--as-of` and `--live-clock`"
    message = f"the statement cannot ask as of `{as_of}` and at the engine's clock"
    return Diagnostic("E619", "two-clocks", message, None, hint)


def unknown_connection(name: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """A connection that the settings do not name.

    Example:
        segql run vip --on warehose
    Cure:
        segql run vip --on warehouse
    """
    hint = "add `[connections." + name + "]` with a `url` to segql.toml"
    if near:
        hint = f"`{near[0]}` is the closest"
    elif known:
        hint = f"there are {_listed(known)}"
    return Diagnostic("E609", "unknown-connection", f"unknown connection `{name}`", None, hint)


def unknown_engine(span: Span | None, scheme: str, known: Sequence[str]) -> Diagnostic:
    """The URL of a connection names an engine that this version cannot talk to.

    Example:
        url = "duckbd:///shop.duckdb"
    Cure:
        url = "duckdb:///shop.duckdb"
    """
    hint = f"there are {_listed([f'{each}:' for each in known])}; `segql compile` still prints SQL"
    message = f"there is no engine for `{scheme}:`"
    return Diagnostic("E610", "unknown-engine", message, span, hint)


def wrong_url(span: Span | None, why: str) -> Diagnostic:
    """The URL of a connection is not of the form that its engine needs.

    Example:
        url = "duckdb:shop.duckdb"
    Cure:
        url = "duckdb:///shop.duckdb"
    """
    hint = "`duckdb:///shop.duckdb` is a file below the project's folder"
    return Diagnostic("E611", "wrong-url", f"the `url` {why}", span, hint)


def several_entities(found: Sequence[tuple[str, str]]) -> Diagnostic:
    """Segments of different entities were asked for together; their members have different keys.

    Example:
        segql run vip big_teams
    Cure:
        segql run vip big_teams --count
    """
    told = " and ".join(f"`{segment}` is of {entity}" for segment, entity in found[:2])
    hint = "ask for them one by one, or with `--count`"
    return Diagnostic("E612", "several-entities", f"these have different members: {told}", None, hint)


def values_and_members(value: str, other: str) -> Diagnostic:
    """What each member gets was asked for together with who the members of a segment are.

    Example:
        segql run value_tier vip
    Cure:
        segql run value_tier
    """
    hint = "ask for them one by one; a tier is a segment, too, as in `value_tier.gold`"
    message = f"`{value}` says what each member gets, `{other}` who the members are"
    return Diagnostic("E616", "values-and-members", message, None, hint)


def value_as_segment(name: str, segments: Sequence[str]) -> Diagnostic:
    """A score, tier list or split stands where a segment is asked for.

    Example:
        project.run(["value_tier"])
    Cure:
        project.values(["value_tier"])
    """
    hint = f'what each member gets is asked with `values(["{name}"])`'
    hint += f"; its segments are {', '.join(f'`{each}`' for each in segments[:5])}" if segments else ""
    return Diagnostic("E618", "value-as-segment", f"`{name}` is no segment, but something each member gets", None, hint)


def score_without_members(name: str) -> Diagnostic:
    """A score was to be counted, or to be a segment; it is a number for everybody.

    Example:
        segql run lead_score --count
    Cure:
        segql run -e 'lead_score >= 50' --count
    """
    hint = f"count a condition on it, as in `-e '{name} >= 50'`"
    return Diagnostic("E617", "score-without-members", f"the score `{name}` has no members to count", None, hint)


def no_files(where: str) -> Diagnostic:
    """There is no `.seg` file where one is looked for.

    Example:
        segql check segmnts
    Cure:
        segql check segments
    """
    hint = "name a folder that holds .seg files; `segql init` makes one"
    return Diagnostic("E613", "no-files", f"there is no .seg file in `{where}`", None, hint)


def already_there(path: str, *, is_job: bool = False) -> Diagnostic:
    """A new project, or its job for CI, would overwrite something that is there.

    `segql init --ci` without anything else gives a project that is there a job, if there is none.

    Example:
        segql init shop --demo              # and shop/ holds files
    Cure:
        segql init new_shop --demo
    """
    hint = "choose another folder, or move what is there; `segql init --ci` alone adds a job to a project"
    if is_job:
        hint = "add a step with `segql check` to it, or move it"
    return Diagnostic("E614", "already-there", f"`{path}` is there already", None, hint)


def unreadable_data(name: str, why: str) -> Diagnostic:
    """A new project cannot be made from this database or file.

    Example:
        segql init shop --from customers.xlsx
    Cure:
        segql init shop --from shop/customers.csv
    """
    hint = "name the URL or file of a database, or a CSV or Parquet file inside the new folder"
    return Diagnostic("E615", "unreadable-data", f"`{name}` {why}", None, hint)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def unreadable_source(path: str, why: str) -> Diagnostic:
    """A file of the project cannot be opened.

    Example:
        segql check                         # and segments/vip.seg may not be read
    Cure:
        chmod u+r segments/vip.seg
    """
    hint = "make it readable, or leave it out with `exclude` in segql.toml"
    return Diagnostic("E621", "unreadable-source", f"`{path}` cannot be read: {why}", None, hint)


def unreadable_folder(path: str, why: str) -> Diagnostic:
    """A folder of the project cannot be opened, so segments in it would be overlooked.

    Example:
        segql check                         # and segments/ may not be read
    Cure:
        chmod u+rx segments
    """
    hint = "make it readable, or leave it out with `exclude` in segql.toml"
    return Diagnostic("E622", "unreadable-folder", f"the folder `{path}` cannot be read: {why}", None, hint)


def not_utf_8(span: Span, offset: int) -> Diagnostic:
    """A file is not written in UTF-8, so its letters cannot be told for certain.

    Example:
        vip.seg, saved as "Windows-1252"
    Cure:
        vip.seg, saved as "UTF-8"
    """
    name = span.source.name
    message = f"`{name}` is not UTF-8: byte {offset}, on line {span.line}, begins no letter"
    return Diagnostic("E623", "not-utf-8", message, span, "save the file as UTF-8")


def outside_project(span: Span, path: str) -> Diagnostic:
    """A file that the project names lies outside of its folder, maybe by way of a link.

    A project that reads only its own folder can be copied, reviewed and run by others without a
    surprise.

    Example:
        from "../exports/customers.csv"
    Cure:
        from "data/customers.csv"
    """
    hint = "move it below the project's folder, or name its folder in `folders` of the connection"
    return Diagnostic("E624", "outside-project", f"`{path}` lies outside of the project", span, hint)


def missing_list(span: Span, path: str, near: Sequence[str]) -> Diagnostic:
    """The file of a static list is not there.

    Example:
        list vip_ids of customer from "lists/vipp.csv" key customer_id
    Cure:
        list vip_ids of customer from "lists/vip.csv" key customer_id
    """
    hint = f"`{near[0]}` is the closest" if near else "paths begin at the project's folder"
    return Diagnostic("E625", "missing-list", f"there is no file `{path}`", span, hint)


def list_without_column(span: Span, path: str, column: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """The file of a static list has no column of the name that `key` gives, or has it twice.

    Example:
        list vip_ids of customer from "lists/vip.csv" key customer
    Cure:
        list vip_ids of customer from "lists/vip.csv" key customer_id
    """
    if known.count(column) > 1:
        message, hint = f"`{path}` has several columns `{column}`", "give them different names"
    else:
        message = f"`{path}` has no column `{column}`"
        hint = f"its first line names {_listed(known)}" if known else "its first line must name the columns"
        hint = f"`{near[0]}` is the closest" if near else hint
    return Diagnostic("E626", "list-without-column", message, span, hint)


def broken_list(span: Span, path: str, why: str) -> Diagnostic:
    """The file of a static list is no CSV that could be read for certain.

    Example:
        customer_id,name
        7,Ada,extra
    Cure:
        customer_id,name
        7,Ada
    """
    hint = "a CSV file in UTF-8, with the names of its columns in the first line, commas between"
    return Diagnostic("E627", "broken-list", f"`{path}` cannot be read: {why}", span, hint)


def setting_of_duckdb(span: Span | None, name: str, scheme: str) -> Diagnostic:
    """A connection limits what the engine may use, and its engine is a server or cannot be told.

    `memory_limit` and `threads` are for DuckDB, which runs in the process of `segql`. A server has settings of its own.

    Example:
        [connections.warehouse]
        url = "postgresql://reader@db.example/shop"
        memory_limit = "1GB"
    Cure:
        [connections.warehouse]
        url = "postgresql://reader@db.example/shop"
    """
    message = f"`{name}` is for DuckDB; `{scheme}:` does not know it"
    return Diagnostic(
        "E628", "setting-of-duckdb", message, span, "leave it out, and limit the engine by its own settings"
    )


# ── owners ───────────────────────────────────────────────────────────────────────────────────────


def unknown_owner(span: Span, owner: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """A segment's owner is nobody whom the settings list, so maybe nobody answers for it.

    `[owners]` of the settings lists them: those of the CODEOWNERS file that `file` names, and those in `allowed`.

    Example:
        segment vip
            owner "grwoth@shop.example"
            where lifetime_value > 1000
    Cure:
        segment vip
            owner "growth@shop.example"
            where lifetime_value > 1000
    """
    listed = f"there are {_listed(known)}; " if known else ""
    hint = f"`{near[0]}` is the closest" if near else f"{listed}others stand in `[owners] allowed`"
    message = f"`{owner}` is not among the owners of this project"
    fix = Fix(f"write `{near[0]}`", (Edit(span, f'"{near[0]}"'),)) if near and span.text == f'"{owner}"' else None
    fix = None if fix and '"' in near[0] else fix
    return Diagnostic("E631", "unknown-owner", message, span, hint, Severity.WARNING, fix)


def file_of_others(span: Span, owner: str, path: str, theirs: Sequence[str], rule: Span) -> Diagnostic:
    """A segment has an owner, and its file belongs to somebody else by CODEOWNERS, who then reviews every change.

    Example:
        segment vip                         # in segments/crm.seg, which is of @shop/crm
            owner "growth@shop.example"
            where lifetime_value > 1000
    Cure:
        segment vip                         # in segments/growth.seg
            owner "growth@shop.example"
            where lifetime_value > 1000
    """
    message = f"`{owner}` owns this segment, but not its file `{path}`"
    hint = f"move it to a file of theirs, or name {_listed(theirs)}"
    label = Label(rule, "by this line")
    return Diagnostic("E632", "file-of-others", message, span, hint, Severity.WARNING, labels=(label,))


# ── the program itself ───────────────────────────────────────────────────────────────────────────


def internal(kind: str, said: str) -> Diagnostic:
    """Something went wrong inside of segql, so nobody knows what it would have found.

    Reports for programs carry it, so that they are never taken for those of a project without findings.

    Example:
        segql check --format sarif          # and segql has a mistake
    Cure:
        segql check --debug                 # prints where; please report it
    """
    hint = "this is a mistake in segql, not in the segments; run it with `--debug`, and report what it prints"
    return Diagnostic("E641", "internal-error", f"internal error: {kind}: {said}", None, hint)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{each}`" for each in names[:12])
    return f"{shown}, …" if len(names) > 12 else shown
