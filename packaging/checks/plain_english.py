"""Counts sentences that are too long, and old names that the project gave up.

    python3 packaging/run.py checks.plain_english [--list] [PATH …]

It reads the docstrings, comments and identifiers of all Python files. Each count has a
limit here, which is to be lowered with every correction and never raised.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("trayapp", "tests", "packaging")
LONGEST: Final = 25
"""Words of a sentence."""
LIMITS: Final = {"long sentences": 0, "old words": 0}
"""How many of each there may be."""

OLD_WORDS: Final = (
    "announcer",
    "dialler",
    "doorbell",
    "ears",
    "harvest",
    "journal",
    "lane",
    "lanes",
    "notebook",
    "panel",
    "panels",
    "salvage",
    "stage",
    "stages",
    "starter",
    "thinned",
    "thinning",
    "till",
    "wakeup",
    "wakeups",
)
OLD_SUFFIXES: Final = ("Book", "Desk", "Desks", "Teller")
"""The last word of a class."""
EXCEPTIONS: Final = {
    "login stage": "the standard term of session managers",
    "panel.example": "an address",
    "panel.smspubli.com": "an address",
    "xfce4-panel": "a program",
    "set_wakeup_fd": "a function of Python",
    "rollback journal": "SQLite's term",
}
"""Phrases and identifiers in which an old word is right, each with the reason."""
STORED_NAMES: Final = {
    "panel": "an attribute of accounts: the key in the settings file",
    "stages": "a key of alert memories in the database",
}
"""Identifiers that stay because files have them."""

_CODE: Final = re.compile(r"`[^`]*`|https?://\S+")
_END: Final = re.compile(r"(?<=[.!?])[\"')’”]*\s+")
_DIRECTIVE: Final = re.compile(r"^(noqa|type: ignore|fmt|Translators)\b[^#]*#?")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A sentence or a word that is to be corrected."""

    path: Path
    line: int
    kind: str
    """A key of `LIMITS`."""
    text: str

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT)
        return f"{path}:{self.line}: {self.kind}: {self.text}"


def findings(path: Path, source: str) -> list[Finding]:
    """Return what is to be corrected in a file, in the order of its lines.

    A file that Python can't parse has no findings: other checks report it.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    found: list[Finding] = []
    for line, text in [*_docstrings(tree), *_comments(tokens)]:
        found += [
            Finding(path, line, "long sentences", sentence)
            for sentence in sentences(text)
            if len(sentence.split()) > LONGEST
        ]
        words = old_words_of(_without_exceptions(text))
        found += [Finding(path, line, "old words", word) for word in words]
    names = _old_names(tree, tokens)
    found += [Finding(path, line, "old words", name) for line, name in names]
    return sorted(found)


def sentences(text: str) -> list[str]:
    """Split a text into sentences; code in backticks is one word.

    Indented lines are examples, and no sentences. An item of a list begins a new one.
    """
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if not line.strip() or re.match(r"\s*([-*]|\d+\.) ", line):
            paragraphs.append([])
        if line.strip() and not line.startswith("    "):
            paragraphs[-1].append(line.strip())
    return [
        sentence
        for lines in paragraphs
        for sentence in _END.split(_CODE.sub("code", " ".join(lines)))
        if sentence
    ]


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of docstrings, those below an assignment included."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            if (
                isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
                and isinstance(statement.value.value, str)
            ):
                yield statement.lineno, _dedent(statement.value.value)


def _dedent(text: str) -> str:
    first, _, rest = text.partition("\n")
    lines = rest.splitlines()
    margin = min(
        (len(one) - len(one.lstrip()) for one in lines if one.strip()), default=0
    )
    return "\n".join([first, *(one[margin:] for one in lines)])


def _comments(tokens: Sequence[tokenize.TokenInfo]) -> Iterator[tuple[int, str]]:
    """Yield line and text of comments; lines below each other are one comment."""
    block: list[str] = []
    start = last = 0
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        line, column = token.start
        alone = not token.line[:column].strip()
        text = _DIRECTIVE.sub("", token.string.lstrip("#! ")).strip()
        if block and not (alone and line == last + 1):
            yield start, "\n".join(block)
            block = []
        start = start if block else line
        block.append(text)
        last = line if alone else 0
    if block:
        yield start, "\n".join(block)


def old_words_of(text: str) -> list[str]:
    """Return the old words of a text or an identifier, exceptions not regarded."""
    words = (word.lower() for word in _WORD.findall(text))
    return [word for word in words if word in OLD_WORDS]


def _without_exceptions(text: str) -> str:
    for phrase in EXCEPTIONS:
        text = text.replace(phrase, "")
    return text


def _old_names(
    tree: ast.Module, tokens: Sequence[tokenize.TokenInfo]
) -> Iterator[tuple[int, str]]:
    """Yield each identifier once, and classes by their last word."""
    known: set[str] = set()
    for token in tokens:
        if token.type != tokenize.NAME or token.string in known:
            continue
        known.add(token.string)
        if token.string in EXCEPTIONS or token.string in STORED_NAMES:
            continue
        if old_words_of(token.string):
            yield token.start[0], token.string
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(OLD_SUFFIXES):
            yield node.lineno, node.name


def main() -> int:
    """Print the counts; 1 if one of them is over its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--list", action="store_true", help="print each finding")
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders")
    asked = parser.parse_args()
    found = [
        finding
        for path in _files(
            [path.resolve() for path in asked.paths]
            or [ROOT / name for name in FOLDERS]
        )
        for finding in findings(path, path.read_text(encoding="utf-8"))
    ]
    counts = Counter(finding.kind for finding in found)
    is_over = any(counts[kind] > LIMITS[kind] for kind in LIMITS)
    if asked.list or is_over:
        print("\n".join(map(str, found)))
    print(
        ", ".join(f"{counts[kind]} {kind} (limit {LIMITS[kind]})" for kind in LIMITS),
    )
    return 1 if is_over else 0


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if not {".work", "stubs"} & set(file.parts):
                yield file


if __name__ == "__main__":
    sys.exit(main())
