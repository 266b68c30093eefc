"""Engines whose letters change case by rules of more than one letter, which the language does not have."""

from __future__ import annotations

from sqlglot import exp

from segql.sql.literals import text

# Its upper form is two letters; it stands aside as a letter of no script.
_SHARP, _ASIDE = "ß", "\ue0df"


class Letters:
    """Case by the simple mapping of Unicode, for engines that may know the full one.

    Of the full one only what is met in real texts is held off: the upper form of ß, the lower form of İ, and that of Σ
    at the end of a word.
    """

    def lower(self, value: exp.Expr) -> exp.Expr:
        return exp.Lower(this=_translated(value, "İΣ", "iσ"))

    def upper(self, value: exp.Expr) -> exp.Expr:
        return _translated(exp.Upper(this=_translated(value, _SHARP, _ASIDE)), _ASIDE, _SHARP)


def _translated(value: exp.Expr, letters: str, others: str) -> exp.Expr:
    return exp.Translate(this=value, from_=text(letters), to=text(others))
