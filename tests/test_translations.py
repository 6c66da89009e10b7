"""Every sentence is found, and said in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import trayapp
from i18n import translations

PACKAGE = Path(trayapp.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
TRANSLATING = {"gettext", "ngettext"}


def called(node: ast.Call) -> str:
    """Give the last name of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def other_names(tree: ast.AST) -> Iterator[str]:
    """Give what a module calls `gettext` and `ngettext` itself."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for name, value in pairs:
                if isinstance(value, ast.Attribute) and value.attr in TRANSLATING:
                    yield name.attr if isinstance(name, ast.Attribute) else name.id  # type: ignore[attr-defined]  # nothing else is assigned to


def written(node: ast.Call, name: str) -> tuple[str, ...]:
    """Give the sentences that stand in a call; a variable is none."""
    places = translations.KEYWORDS[name] or (1,)
    arguments = [node.args[place - 1] for place in places if place <= len(node.args)]
    assert not any(isinstance(one, ast.JoinedStr) for one in arguments), (
        f"line {node.lineno}: an f-string is never found in a catalog"
    )
    return tuple(
        one.value
        for one in arguments
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


@pytest.fixture(scope="module")
def template() -> set[tuple[str, ...]]:
    """Give every sentence that the tool finds, with its plural."""
    return {translations.ids_of(one) for one in translations.template() if one.id}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_every_sentence_of_the_code_is_found(
    module: Path, template: set[tuple[str, ...]]
) -> None:
    """Whatever name its module has for translating, and however it is broken up."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert set(other_names(tree)) <= set(translations.KEYWORDS)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    said = {
        written(node, called(node))
        for node in calls
        if called(node) in translations.KEYWORDS
    }
    assert said - {()} <= template


def test_every_word_to_translators_reaches_them() -> None:
    """A comment that stands a line too high would be lost in silence."""
    written_down = sum(
        len(re.findall(r"# Translators: ", module.read_text(encoding="utf-8")))
        for module in MODULES
    )
    found = [
        one for message in translations.template() for one in message.auto_comments
    ]
    assert len(found) == written_down


@pytest.mark.parametrize("code", translations.CODES)
def test_a_language_says_everything_and_nothing_else(code: str) -> None:
    """Translated, not guessed, with all placeholders and plural forms, compiled."""
    assert list(translations.problems([code])) == []
