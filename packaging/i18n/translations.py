"""Extracts sentences from the code, and updates and checks the translations.

    python3 packaging/dev.py translate           # update all; `es ca`: only those
    python3 packaging/dev.py translate --check   # print their faults only
    python3 packaging/dev.py translate --clean   # also remove what is unused

`resources/locale` has the template `balance-tray.pot`, and for each language the file
that people edit (`es.po`) and the one that the program reads (`es.mo`). The files have
no dates, no lines of code and no guessed translations, so they differ in words only. A
sentence that changes in the code needs a new translation; the old one stays at the end
of the file (`#~`) until --clean.
"""

from __future__ import annotations

import argparse
import io
import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from trayapp.core.i18n.locales import LOCALES, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "resources" / "locale"
TEMPLATE: Final = FOLDER / "balance-tray.pot"
CODES: Final = tuple(code for code in LOCALES if code != SOURCE)
KEYWORDS: Final = {
    "mark": None,
    "gettext": None,
    "translate": None,
    "_translate": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
}
"""The names of the translating functions, and which arguments are sentences."""
COMMENT: Final = "Translators:"
_MNEMONIC: Final = re.compile(r"&\w")


class TranslationCatalog(Catalog):
    """A catalog whose header has only lines that stay the same."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header without the time and without Babel's version."""
        people = "Balance Tray contributors"
        return [
            ("Project-Id-Version", "balance-tray"),
            ("Report-Msgid-Bugs-To", people),
            (
                "PO-Revision-Date",
                "2026-11-24 12:00+0000",
            ),  # fixed: the repository has the dates
            ("Last-Translator", people),
            ("Language-Team", people),
            ("Language", str(self.locale or "")),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def main() -> int:
    """Update or check the files, and print faults; 0 if there is none."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    parser.add_argument("codes", nargs="*", metavar="CODE", help="default: all")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--clean", action="store_true", help="drop unused sentences")
    asked = parser.parse_args()
    codes = tuple(asked.codes) or CODES
    if unknown := set(codes) - set(CODES):
        parser.error(f"not in core/i18n/locales.py: {', '.join(sorted(unknown))}")
    if not asked.check:
        update(codes, clean=asked.clean)
    found = list(problems(codes))
    for one in found:
        print(one)
    print(f"{len(template())} sentences, {len(codes)} languages, {len(found)} problems")
    return 1 if found else 0


def template() -> TranslationCatalog:
    """Extract every sentence of the program, file by file."""
    catalog = TranslationCatalog(charset="utf-8", fuzzy=False)
    for file in sorted((ROOT / "trayapp").rglob("*.py")):
        for _, words, comments, context in extract_from_file(
            "python",
            file,
            keywords=KEYWORDS,
            comment_tags=(COMMENT,),
            strip_comment_tags=True,
        ):
            said = " ".join(" ".join(comments).split())
            catalog.add(words, auto_comments=[said] if said else [], context=context)
    return catalog


def update(codes: Sequence[str], *, clean: bool = False) -> None:
    """Write the template, and each language's .po and .mo file."""
    words = template()
    FOLDER.mkdir(parents=True, exist_ok=True)
    _write(TEMPLATE, words)
    for code in codes:
        new = _renewed(words, read(code), clean=clean)
        _write(FOLDER / f"{code}.po", new)
        (FOLDER / f"{code}.mo").write_bytes(compiled(new))


def _renewed(words: Catalog, old: Catalog, *, clean: bool) -> TranslationCatalog:
    """Update a language to the sentences of the program, and keep translations."""
    new = TranslationCatalog(locale=old.locale, charset="utf-8", fuzzy=False)
    before = {ids_of(one): one for one in [*old.obsolete.values(), *_messages(old)]}
    for message in _messages(words):
        kept = before.pop(ids_of(message), None)
        new.add(
            message.id,
            kept.string if kept else None,
            auto_comments=message.auto_comments,
            user_comments=kept.user_comments if kept else (),
            flags=kept.flags if kept else (),
        )
    if not clean:
        unused = (one for one in before.values() if all(_strings(one)))
        new.obsolete = {_key(one): one for one in unused}
    return new


def read(code: str) -> Catalog:
    """Read a language's .po file; return an empty catalog if it is missing."""
    path = FOLDER / f"{code}.po"
    if not path.exists():
        return Catalog(locale=code, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def compiled(catalog: Catalog) -> bytes:
    """Return the bytes of the .mo file."""
    words = TranslationCatalog(locale=catalog.locale, charset="utf-8", fuzzy=False)
    for message in _messages(catalog):
        words.add(message.id, message.string, flags=message.flags)
    file = io.BytesIO()
    write_mo(file, words)
    return file.getvalue()


def problems(codes: Sequence[str] = CODES) -> Iterator[str]:
    """Yield all faults: files that are out of date, and those of each language."""
    words = template()
    with TEMPLATE.open("rb") as file:
        written = read_po(file)
    if {ids_of(one) for one in _messages(words)} != {
        ids_of(one) for one in _messages(written)
    }:
        yield f"{TEMPLATE.name}: not what the code says; run `dev.py translate`"
    for code in codes:
        yield from faults(code, words)
        read_by_program = FOLDER / f"{code}.mo"
        made = read_by_program.read_bytes() if read_by_program.exists() else b""
        if made != compiled(read(code)):
            yield f"{code}.mo: not made of {code}.po; run `dev.py translate`"


def faults(code: str, words: Catalog) -> Iterator[str]:
    """Yield the faults of one language."""
    catalog = read(code)
    wanted = {_key(one): one for one in _messages(words)}
    for message in _messages(catalog):
        if _key(message) not in wanted:
            yield f"{code}: not in the program: {_key(message)!r}"
    for gone in catalog.obsolete.values():
        yield f"{code}: not in the program any more: {_key(gone)!r}"
    for key, message in wanted.items():
        found = catalog.get(key)
        if (
            found is None
            or ids_of(found) != ids_of(message)
            or not all(_strings(found))
        ):
            yield f"{code}: untranslated: {key!r}"
            continue
        for fault in _sentence_faults(found, catalog.num_plurals):
            yield f"{code}: {fault}: {key!r}"


def _sentence_faults(message: Message, plurals: int) -> Iterator[str]:
    ids, strings = ids_of(message), _strings(message)
    if message.fuzzy:
        yield "fuzzy"
    if len(strings) != (plurals if message.pluralizable else 1):
        yield f"{len(strings)} plural forms"
    for index, said in enumerate(strings):
        # The form for one may say it in words: "once", "an hour".
        may, must = _names(ids[-1]), _names(ids[min(index, len(ids) - 1)])
        if not must <= _names(said) <= may:
            yield f"placeholders differ in {said!r}"
        if len(_MNEMONIC.findall(said)) != len(_MNEMONIC.findall(ids[0])):
            yield f"needs as many & in {said!r}"
        stops = ids[0].endswith(".") and not said.endswith(".")
        if stops or _edges(said) != _edges(ids[0]):
            yield f"begins or ends otherwise, {said!r}"


def _edges(words: str) -> tuple[str, ...]:
    """Return what a translation has to keep: outer spaces, and a final `…` or `:`."""
    inner = words.strip()
    end = inner[-1:] if inner.endswith(("…", ":")) else ""
    return words[: len(words) - len(words.lstrip())], end, words[len(words.rstrip()) :]


def _names(words: str) -> set[str | None]:
    """Return the names of placeholders; one empty name if the format is invalid."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(words)} - {None}
    except ValueError:
        return {""}


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def ids_of(message: Message) -> tuple[str, ...]:
    """Return a sentence of the code, and its plural if it has one."""
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def _strings(message: Message) -> tuple[str, ...]:
    found = message.string
    return tuple(found) if isinstance(found, tuple) else (str(found or ""),)


def _key(message: Message) -> str:
    return ids_of(message)[0]


def _write(path: Path, catalog: TranslationCatalog) -> None:
    name = catalog.locale.english_name if catalog.locale else "The sentences"
    catalog.header_comment = f"# {name} of Balance Tray. CONTRIBUTING.md says how."
    file = io.BytesIO()
    write_po(file, catalog, width=80, no_location=True)
    path.write_bytes(file.getvalue())


if __name__ == "__main__":
    sys.exit(main())
