"""What is certain about fields, because an engine guarantees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Facts:
    """What an engine guarantees, by the owner (an entity, a stream, a `many` relation) and the field's name.

    `never_missing` are fields that are known in every row; `values` the only texts that a field can hold. What a
    catalog says alone is no fact: data may break it.

    Example:
        >>> Facts(never_missing=frozenset({("customer", "age")}))
        Facts(never_missing=frozenset({('customer', 'age')}), values=mappingproxy({}))
    """

    never_missing: frozenset[tuple[str, str]] = frozenset()
    values: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        """Whether anything is certain at all."""
        return bool(self.never_missing or self.values)


NONE = Facts()
