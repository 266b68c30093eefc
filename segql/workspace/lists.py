"""Static lists: the keys in a CSV file below the project's root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segql.catalog import StaticList
from segql.diagnostics import Diagnostic, SegqlError, nearest
from segql.workspace import errors
from segql.workspace.confine import confined


def list_problems(found: StaticList, root: Path, folders: Sequence[Path]) -> list[Diagnostic]:
    """Return what is wrong with the file of a list, as far as its first line tells.

    Example:
        >>> list_problems(StaticList("vip", "customer", "no.csv", "id"), Path("/shop"), [])[0].code
        'E625'
    """
    path = confined(root, folders, found.path)
    if path is None:
        return []  # told with the other files that lie outside
    if not path.is_file():
        return [errors.missing_list(found.span, found.path, _neighbours(path, root))]
    import csv  # noqa: PLC0415 (only a project with lists needs it)

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, strict=True), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [errors.broken_list(found.span, found.path, _reason(error))]
    if header.count(found.key) != 1:
        near = nearest(found.key, header)
        return [errors.list_without_column(found.span, found.path, found.key, near, header)]
    return []


@dataclass(frozen=True, slots=True)
class ListKeys(Mapping[str, tuple[str, ...]]):
    """The keys of each static list, by its name: text, in the order of the file, each once.

    A file is read when its list is first asked for, so that a request reads only what it uses.

    Raises:
        SegqlError: on access, where the file cannot be read.
    """

    lists: Mapping[str, StaticList]
    root: Path
    folders: Sequence[Path]

    def __getitem__(self, name: str) -> tuple[str, ...]:
        found = self.lists[name]
        problems = list_problems(found, self.root, self.folders)
        path = confined(self.root, self.folders, found.path)
        if problems or path is None:
            raise SegqlError(problems or [errors.outside_project(found.span, found.path)])
        return _keys(found, path)

    def __iter__(self) -> Iterator[str]:
        return iter(self.lists)

    def __len__(self) -> int:
        return len(self.lists)


def _keys(found: StaticList, path: Path) -> tuple[str, ...]:
    # Arrow tells a quoted empty text, which is a key, from an empty field, which is none.
    import pyarrow as pa  # noqa: PLC0415 (slow to load, and a check does not come here)
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    try:
        table = arrow_csv.read_csv(
            path,
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=[found.key],
                column_types={found.key: pa.string()},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except (pa.ArrowException, OSError) as error:
        problem = errors.broken_list(found.span, found.path, _reason(error))
        raise SegqlError([problem]) from None
    keys = table.column(found.key).drop_null().to_pylist()
    return tuple(dict.fromkeys(keys))


def _neighbours(path: Path, root: Path) -> list[str]:
    """Return the file whose name is nearest to a missing one, as it would be written."""
    try:
        names = sorted(each.name for each in path.parent.iterdir() if each.is_file())
    except OSError:
        return []
    found = nearest(path.name, names)
    return [(path.parent / each).relative_to(root).as_posix() for each in found]


def _reason(error: Exception) -> str:
    match error:
        case UnicodeDecodeError():
            return f"byte {error.start} is not UTF-8"
        case OSError():
            return (error.strerror or str(error)).lower()
        case _:
            told = str(error).split("\n")[0].removeprefix("CSV parse error: ")
            return told[:1].lower() + told[1:]
