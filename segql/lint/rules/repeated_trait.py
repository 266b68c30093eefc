"""What a trait is called for is written out once more.

When the trait changes, this place does not. Its name says what is meant, too. A trait that is a mere constant is left
alone, since the same number or day mostly means something else elsewhere.

Bad:
    segment letters_to_germans
        where country = "DE"
          and (marketing_ok and email is known)
Good:
    segment letters_to_germans
        where country = "DE"
          and reachable
Fix:
    Safe: writes the name of the trait.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import bare, has_comment, put
from segql.lint.rule import Rule
from segql.lint.rules.count_for_did import is_counted_for_any
from segql.syntax import ast
from segql.tree import Node, walk


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each condition or value that a trait of the same entity has for its body."""
    traits: dict[tuple[str | None, Node], ast.Trait] = {}
    for each in context.declarations:
        if isinstance(each, ast.Trait) and _says_something(each.body):
            traits.setdefault((each.owner.text if each.owner else None, bare(each.body)), each)
    for kind in {type(body) for _, body in traits}:
        for seen in context.each(kind):
            declaration = seen.declaration
            if seen.in_rows or isinstance(declaration, ast.Trait) or not isinstance(declaration, ast.Segment):
                continue
            owner = declaration.owner.text if declaration.owner else None
            trait = traits.get((owner, seen.node))
            # Whoever only asks whether there are any says so in better words, as another rule tells.
            if trait is not None and not is_counted_for_any(seen.parent, context):
                name = trait.name.span.text
                # Brackets around one name are not needed.
                span = seen.parent.span if isinstance(seen.parent, ast.Group) else seen.node.span
                fix = None if has_comment(span) else (f"write `{name}`", put(span, name))
                message = f"this is the trait `{name}`, written out"
                yield RULE.finding(seen.node.span, message, f"write `{name}`", fix=fix)


def _says_something(body: Node) -> bool:
    """Say whether a body is more than another name, or a value that has to do with nobody."""
    return not isinstance(bare(body), ast.Path) and any(isinstance(each, ast.Path | ast.Name) for each in walk(body))


RULE = Rule("L210", "repeated-trait", find, Applicability.SAFE, needs_catalog=True)
