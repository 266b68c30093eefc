"""What is known about people: entities, event streams, relations, fields. Values, without expressions."""

from segql.catalog.model import Catalog, Entity, Field, Many, One, StaticList, Stream, Table

__all__ = ["Catalog", "Entity", "Field", "Many", "One", "StaticList", "Stream", "Table"]
