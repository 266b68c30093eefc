"""What a project says → its graph."""

from __future__ import annotations

from bisect import bisect_right

from segql.analysis import Analyzed, Named, Sort
from segql.analysis.uses import rows_named
from segql.graph.graph import Declared, Graph
from segql.graph.written import entity_of, named_of, parts, rows_of, uses_of
from segql.source import Span
from segql.syntax import ast


def graph_of(analyzed: Analyzed) -> Graph:
    r"""Return the graph of a project without errors.

    Example:
        >>> from segql.compiler import check
        >>> from segql.source import Source
        >>> text = "entity customer\n    from customers\n    key id\n    age integer\n"
        >>> analyzed = check([Source.of("shop.seg", text), Source.of("young.seg", "age < 30")])
        >>> graph = graph_of(analyzed)
        >>> sorted(map(str, graph.uses[Named(Sort.SEGMENT, "young")]))
        ['entity:customer', 'field:customer.age']
    """
    return _Making(analyzed).graph()


class _Making:
    def __init__(self, analyzed: Analyzed) -> None:
        self.analyzed, self.catalog = analyzed, analyzed.catalog
        self.declared: dict[Named, Declared] = {}
        self.uses: dict[Named, set[Named]] = {}
        self.starts: dict[str, list[tuple[int, int, Named]]] = {}

    def graph(self) -> Graph:
        for each in self.analyzed.declarations:
            self._declare(each)
        for found in self.starts.values():
            found.sort(key=lambda each: each[0])
        for use in self.analyzed.uses:
            user = self._user(use.span)
            if user is not None:
                self._use(user, use.named)
        # A table's own `where` may read columns that are declared nowhere else.
        for named in sorted({used for each in self.uses.values() for used in each} - set(self.declared), key=str):
            self.declared[named] = Declared(named)
            self._use(named, *self._owners(named))
        return Graph(self.declared, {named: frozenset(each - {named}) for named, each in self.uses.items()})

    def _declare(self, written: ast.Declaration) -> None:
        named, entity = named_of(written, self.catalog), entity_of(written, self.analyzed)
        description = "" if written.description is None else written.description.value
        owner: str | None = None
        tags: tuple[str, ...] = ()
        if isinstance(written, ast.Segment):
            definition = self.analyzed.definitions[named.name]
            owner, tags = definition.owner, definition.tags
        self._put(Declared(named, entity, owner, tags, description, written.span))
        self.starts.setdefault(written.span.source.name, []).append((written.span.start, written.span.end, named))
        if entity is not None:
            self._use(named, Named(Sort.ENTITY, entity))
        for row in rows_of(written):
            field = Named(Sort.FIELD, f"{named.name}.{row.name.text}")
            told = next((each.text.value for each in row.attributes if each.word == "text" and each.text), "")
            self._put(Declared(field, entity, description=told, span=row.span))
            self._use(field, named)
        for part, name in parts(written, named):
            self._put(Declared(part, entity, span=name.span))
            self._use(part, named)
        for use in uses_of(written, self.catalog):
            if use.named.sort is not Sort.FIELD or use.named.name.rpartition(".")[0] != named.name:
                self._use(named, use.named)
        self._columns(written, named)

    def _columns(self, written: ast.Declaration, named: Named) -> None:
        """Note the tables of a declaration, and the fields behind the columns that join its rows to others."""
        match written:
            case ast.StaticList(path=path):
                self._table(named, path.value)
            case ast.Entity(table=table) | ast.Events(table=table) | ast.One(table=table) | ast.Many(table=table):
                if table is not None:
                    self._table(named, ".".join(table.parts))
            case _:
                return
        columns = [each.text for each in _keys(written)]
        self._use(named, *(self._fields_named(named, written, columns)))
        if isinstance(written, ast.One):
            fields = self.catalog.fields_of(written.owner.text)
            start = rows_named(written.owner.text, self.catalog).name
            found = [each.name for each in fields.values() if written.by.text == each.column]
            self._use(named, *(Named(Sort.FIELD, f"{start}.{each}") for each in found))

    def _fields_named(self, named: Named, written: ast.Declaration, columns: list[str]) -> list[Named]:
        return [
            Named(Sort.FIELD, f"{named.name}.{row.name.text}")
            for row in rows_of(written)
            if {row.name.text, *(each.text.value for each in row.attributes if each.word == "column" and each.text)}
            & set(columns)
        ]

    def _put(self, declared: Declared) -> None:
        self.declared[declared.named] = declared

    def _table(self, user: Named, name: str) -> None:
        table = Named(Sort.TABLE, name)
        self.declared.setdefault(table, Declared(table))
        self._use(user, table)

    def _use(self, user: Named, *used: Named) -> None:
        self.uses.setdefault(user, set()).update(used)

    def _user(self, span: Span) -> Named | None:
        """Return the declaration that a place stands in."""
        found = self.starts.get(span.source.name, [])
        at = bisect_right(found, span.start, key=lambda each: each[0]) - 1
        return found[at][2] if at >= 0 and span.end <= found[at][1] else None

    def _owners(self, field: Named) -> list[Named]:
        """Return what declares the rows of a field that only a table's `where` names."""
        owner = field.name.rpartition(".")[0]
        return [each for each in self.declared if each.name == owner and each.sort in _ROWS]


_ROWS = (Sort.ENTITY, Sort.EVENT, Sort.RELATION)


def _keys(written: ast.Declaration) -> list[ast.Name]:
    """Return the columns of its own table by which a declaration is told apart or joined."""
    match written:
        case ast.Entity(key=key):
            return [key]
        case ast.Events(by=by, at=at):
            return [by, at]
        case ast.One(key=key):
            return [] if key is None else [key]
        case ast.Many(by=by):
            return [by]
        case _:
            return []
