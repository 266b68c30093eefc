"""From what the parser reads to the ast: one method a rule of `grammar/segql.lark`.

lark calls a method with the parts of its rule as soon as the rule is read: tokens, nodes made before, and None for an
optional part that is absent. Spellings from elsewhere that the grammar reads are refused here, with their cure.
"""

from __future__ import annotations

from segql.syntax.build.behaviour import Behaviour
from segql.syntax.build.conditions import Conditions
from segql.syntax.build.declarations import Declarations


class Builder(Conditions, Behaviour, Declarations):
    """Every rule of the grammar."""
