"""Which language that others know colours segments most like ours: `python -m tests.highlight.nearest`.

Needs `npm install --no-package-lock --no-save tm-grammars` in tests/highlight, and takes some minutes. Of all letters in
the `.seg` files it tells the share that a grammar takes for the same: comment, text, number, keyword or none of these.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from tests.highlight.corpus import files, letters, packages, pygments_bits, vscode_scopes

_OURS = {
    "Comment": "comment",
    "Literal.String": "text",
    "Literal": "number",
    "Keyword": "keyword",
    "Operator.Word": "keyword",
}
_THEIRS = {
    "comment": "comment",
    "punctuation.definition.comment": "comment",
    "string": "text",
    "punctuation.definition.string": "text",
    "constant.numeric": "number",
    "keyword.operator.comparison": "other",
    "keyword.operator.arithmetic": "other",
    "keyword": "keyword",
    "storage": "keyword",
    "constant.language": "keyword",
    "support.type": "keyword",
}


def _group(name: str, groups: Mapping[str, str]) -> str:
    return next((groups[each] for each in groups if name.startswith(each)), "other")


def _main() -> None:
    texts = [each.text for each in files()]
    ours = [_group(kind, _OURS) for text in texts for _, kind in letters(pygments_bits(text))]
    shares: list[tuple[float, str]] = []
    for path in sorted((packages() / "tm-grammars/grammars").glob("*.json")):
        scope = json.loads(path.read_text(encoding="utf-8"))["scopeName"]
        try:
            found = vscode_scopes(path, scope, texts)
        except subprocess.CalledProcessError:
            # It includes grammars of other packages.
            continue
        theirs = [_group(each, _THEIRS) for bits in found for _, each in letters(bits)]
        shares.append((sum(a == b for a, b in zip(ours, theirs, strict=True)) / len(ours), path.stem))
    for share, name in sorted(shares, reverse=True):
        sys.stdout.write(f"{share:6.1%} {name}\n")


if __name__ == "__main__":
    _main()
