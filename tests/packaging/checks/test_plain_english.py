"""The counter of long sentences and old names."""

from pathlib import Path

import pytest

from checks import plain_english
from checks.plain_english import Finding, findings, sentences

LONG = " ".join(["word"] * 26) + "."
FILE = Path("a.py")


def kinds(source: str) -> list[tuple[int, str]]:
    """Return line and kind of each finding."""
    return [(finding.line, finding.kind) for finding in findings(FILE, source)]


def test_a_sentence_of_26_words_is_long_and_one_of_25_is_not() -> None:
    """In docstrings and in comments of several lines."""
    assert kinds(f'"""{LONG}"""\n') == [(1, "long sentences")]
    assert kinds(f'"""{LONG.removeprefix("word ")}"""\n') == []
    half = " ".join(["word"] * 13)
    assert kinds(f"x = 1\n# {half}\n# {half}.\n") == [(2, "long sentences")]


def test_a_text_below_an_assignment_is_a_docstring() -> None:
    """As well as that of a class and of a function."""
    text = f'"""{LONG}"""'
    source = (
        f"X = 1\n{text}\n\n\nclass A:\n    {text}\n\n    def f():\n        {text}\n"
    )
    assert [line for line, _ in kinds(source)] == [2, 6, 9]


def test_comments_that_end_lines_of_code_are_apart() -> None:
    """They are not one sentence."""
    half = " ".join(["word"] * 13)
    assert kinds(f"x = 1  # {half}\ny = 2  # {half}\n") == []


def test_a_suppression_is_read_from_its_reason_on() -> None:
    """Its codes are no words."""
    assert kinds("x = 1  # noqa: E501  # the reason\n") == []
    assert kinds(f"x = 1  # noqa: E501  # {LONG}\n") == [(1, "long sentences")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Run `a b. c` now. Then stop.", ["Run code now.", "Then stop."]),
        ("Title\n\nA paragraph\nof two lines", ["Title", "A paragraph of two lines"]),
        ("Use:\n\n    an example. of code\n\nEnd.", ["Use:", "End."]),
        (
            "Two:\n- one item\n  of two lines\n- two",
            ["Two:", "- one item of two lines", "- two"],
        ),
        ("Version 3.11 is old.", ["Version 3.11 is old."]),
    ],
)
def test_a_text_is_split_into_sentences(text: str, expected: list[str]) -> None:
    """Code is one word; examples are left out; an item of a list is a sentence."""
    assert sentences(text) == expected


def test_an_old_word_is_found_in_identifiers_texts_and_class_names() -> None:
    """As a whole word: `backstage` and `tillage` are others."""
    source = (
        '"""A harvest."""\n'
        "class HistoryDesk:\n    pass\n"
        "class LoginStage:\n    pass\n"
        "thin_lanes = backstage\n"
        "# tillage\n"
    )
    found = [(finding.line, finding.text) for finding in findings(FILE, source)]
    assert found == [
        (1, "harvest"),
        (2, "HistoryDesk"),
        (4, "LoginStage"),
        (6, "thin_lanes"),
    ]


def test_an_identifier_counts_once_in_a_file() -> None:
    """Its uses are renamed together."""
    assert len(findings(FILE, "notebook = 1\nprint(notebook)\n")) == 1


def test_an_exception_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a text as a phrase, in code as an identifier."""
    exceptions = {"xfce4-panel": "a program", "set_wakeup_fd": "a function of Python"}
    monkeypatch.setattr(plain_english, "EXCEPTIONS", exceptions)
    assert kinds('"""Start xfce4-panel."""\nset_wakeup_fd(1)\n') == []
    assert kinds('"""Start a panel."""\n') == [(1, "old words")]


def test_each_exception_has_its_reason() -> None:
    """A phrase without an old word needs none."""
    for phrase, reason in plain_english.EXCEPTIONS.items():
        assert reason
        assert plain_english.old_words_of(phrase)


def test_it_fails_over_its_limit_and_prints_the_counts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At the limit, it is content."""
    file = tmp_path / "a.py"
    file.write_text("notebook = 1\n")
    monkeypatch.setattr(plain_english, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["plain_english", "--list", str(file)])
    monkeypatch.setattr(plain_english, "LIMITS", {"long sentences": 0, "old words": 1})
    assert plain_english.main() == 0
    assert capsys.readouterr().out == (
        "a.py:1: old words: notebook\n"
        "0 long sentences (limit 0), 1 old words (limit 1)\n"
    )
    monkeypatch.setattr(plain_english, "LIMITS", {"long sentences": 0, "old words": 0})
    assert plain_english.main() == 1


def test_a_finding_names_its_place() -> None:
    """An editor can jump there."""
    finding = Finding(plain_english.ROOT / "trayapp/a.py", 3, "old words", "panel")
    assert str(finding) == "trayapp/a.py:3: old words: panel"
