"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Return up to `count` of the `known` names that `word` may stand for, the closest first; maybe none.

    Closeness is the optimal string alignment distance (a swap of neighbours counts once), letters compared without
    case; a third of the longer word may differ, and a name that the word begins, or that begins it, counts as near.

    Example:
        >>> nearest("agee", ["age", "country"])
        ['age']
    """
    # Only a mistake needs the suggestion, so only a mistake pays for the import.
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    folded = word.casefold()
    scored: list[tuple[float, str]] = []
    for name in dict.fromkeys(known):
        other = name.casefold()
        # One letter changed in two is another word; two letters in the wrong order are not.
        is_turned = len(folded) == 2 and folded == other[::-1]
        allowed = max(1 if is_turned or max(len(folded), len(other)) > 2 else 0, max(len(folded), len(other)) // 3)
        distance = float(OSA.distance(folded, other, score_cutoff=allowed))
        if (
            distance > allowed
            and min(len(folded), len(other)) >= 4
            and (other.startswith(folded) or folded.startswith(other))
        ):
            distance = allowed + 0.5
        if distance <= allowed + 0.5:
            scored.append((distance, name))
    scored.sort()
    return [name for _, name in scored[:count]]
