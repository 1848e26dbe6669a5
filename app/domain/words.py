"""What people read: one sentence per key and language, with placeholders filled in.

Keys are ``area.name`` as the files in ``resources/words`` name them, plus those of the rule files
(``permission.<name>``, ``role.<name>``, ``case.<kind>.title``, ``step.<machine>.<action>`` …).
A word that is missing shows its key, never nothing, and a placeholder without a value shows a
dash: a screen must not fall over its own words. The tests of the house refuse both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter

from app.domain.errors import Detail, RuleRefused, WaydeskError

LANGUAGES = ("en", "zh")
DASH = "–"


class _Lenient(Formatter):
    """Fills ``{name}`` from the arguments and nothing else: no attributes, no indexes."""

    def get_field(
        self, field_name: str, args: object, kwargs: Mapping[str, object]
    ) -> tuple[object, str]:
        """Return the value under exactly this name, or a dash."""
        del args
        value = kwargs.get(field_name, DASH)
        return (DASH if value == "" else value), field_name


@dataclass(frozen=True, slots=True)
class Words:
    """All sentences of one Waydesk, by key and language."""

    sentences: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def say(self, key: str, lang: str, /, **args: Detail) -> str:
        """Return the sentence in ``lang`` (English where that is missing), filled in."""
        forms = self.sentences.get(key)
        if not forms:
            return key
        text = forms.get(lang) or forms.get("en") or key
        return _Lenient().vformat(text, (), args)

    def tell(self, key: str, lang: str, facts: Mapping[str, Detail]) -> str:
        """Return the sentence with the codes among ``facts`` said by their own words.

        For cases, the timeline and errors, whose facts are stored as codes: ``state="paid"`` reads
        "Paid", ``missing="stock,sku"`` reads "reserved stock, merchant code".
        """
        named = {name: self._named(name, value, lang) for name, value in facts.items()}
        return self.say(key, lang, **named)

    def has(self, key: str) -> bool:
        """Return whether there is a sentence under this key."""
        return key in self.sentences

    def error(self, code: str, lang: str, details: Mapping[str, Detail]) -> tuple[str, str]:
        """Return what happened and what to do, for an error's code and details."""
        return (
            self.tell(f"errors.{code}.title", lang, details),
            self.tell(f"errors.{code}.remedy", lang, details),
        )

    def told(self, error: WaydeskError, lang: str) -> tuple[str, str]:
        """Return title and remedy of an error at hand."""
        return self.error(error.code, lang, error.details)

    def with_more(self, more: Mapping[str, Mapping[str, str]]) -> Words:
        """Return these words with ``more`` on top."""
        return Words({**self.sentences, **more})

    def _named(self, name: str, value: Detail, lang: str) -> Detail:
        """Say a code (a state, a permission, a list of proofs) by its word where it has one."""
        areas = _AREAS.get(name, ())
        if not isinstance(value, str) or not areas:
            return value
        glue = "、" if lang == "zh" else ", "
        return glue.join(self._first(areas, part, lang) for part in value.split(","))

    def _first(self, areas: tuple[str, ...], part: str, lang: str) -> str:
        for area in areas:
            if self.has(f"{area}.{part}"):
                return self.say(f"{area}.{part}", lang)
        return part


#: which areas of words an error's detail is a code of
_AREAS: Mapping[str, tuple[str, ...]] = {
    "permission": ("permission",),
    "role": ("role",),
    "roles": ("role",),
    "roles_before": ("role",),
    "state": ("order", "payment", "logistics", "waybill"),
    "state_before": ("order",),
    "tab": ("tab",),
    "proof": ("proof",),
    "factor": ("factor",),
    "form": ("form",),
    "policy": ("policy",),
    "machine": ("machine",),
    "action": ("step.order", "step.payment", "step.logistics"),
    "missing": ("proof", "missing_word"),
    "lacking": ("proof", "missing_word"),
    "case_kind": ("case_word",),
    "hold": ("hold_word",),
    "why": ("held", "why", "bundle_why", "picture_why", "printing"),
    "what": ("thing",),
    "field": ("field",),
    "answer": ("answer",),
}


def sentences_from(table: Mapping[str, object], file: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Read one words file: ``[area.key] en= zh=``, or ``title_en= … remedy_zh=`` for errors.

    Raises RuleRefused for a row that lacks a language or holds anything else than text.
    """
    for area, rows in table.items():
        if not isinstance(rows, dict):
            raise RuleRefused(file=file, row=area, word=str(rows))
        yield from _sentences(area, rows, file)


def _sentences(
    path: str, row: dict[str, object], file: str
) -> Iterator[tuple[str, dict[str, str]]]:
    forms: dict[str, dict[str, str]] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _sentences(f"{path}.{name}", value, file)
            continue
        part, _, lang = name.rpartition("_")
        if not isinstance(value, str) or lang not in LANGUAGES:
            raise RuleRefused(file=file, row=path, word=name)
        forms.setdefault(f"{path}.{part}" if part else path, {})[lang] = value
    for key, said in forms.items():
        for lang in LANGUAGES:
            if not said.get(lang):
                raise RuleRefused(file=file, row=key, word=lang)
        yield key, said
