"""The version that Windows shows, as the text that PyInstaller evaluates."""

from dataclasses import dataclass, field

import pytest

import trayapp
from windows.version import numbers, version_info


@dataclass
class ResourceNode:
    """A part of the resource, with its arguments."""

    kind: str
    args: tuple[object, ...] = ()
    given: dict[str, object] = field(default_factory=dict)


def evaluated(text: str) -> ResourceNode:
    """Evaluate the text as PyInstaller does, with nodes instead of its classes."""

    def maker(kind: str) -> object:
        return lambda *args, **given: ResourceNode(kind, args, given)

    kinds = (
        "VSVersionInfo FixedFileInfo StringFileInfo StringTable StringStruct"
        " VarFileInfo VarStruct"
    )
    names = {kind: maker(kind) for kind in kinds.split()}
    node = eval(text, {"__builtins__": {}}, names)  # noqa: S307  # our own text
    assert isinstance(node, ResourceNode)
    return node


def nodes(part: object) -> list[ResourceNode]:
    """Find every part of the resource."""
    if isinstance(part, ResourceNode):
        return [part, *nodes(part.args), *nodes(list(part.given.values()))]
    if isinstance(part, list | tuple):
        return [node for one in part for node in nodes(one)]
    return []


def strings(text: str) -> dict[object, object]:
    """Return the strings of the file's page of details."""
    found = [node for node in nodes(evaluated(text)) if node.kind == "StringStruct"]
    return {node.args[0]: node.args[1] for node in found}


def test_it_is_the_version_of_the_program() -> None:
    """Text and numbers have the same version."""
    text = version_info(trayapp.__version__, "Balance Tray", "balance-tray.exe")
    fixed = next(node for node in nodes(evaluated(text)) if node.kind.startswith("Fix"))

    assert strings(text)["ProductVersion"] == trayapp.__version__
    assert strings(text)["FileVersion"] == trayapp.__version__
    assert fixed.given["filevers"] == numbers(trayapp.__version__)
    assert fixed.given["prodvers"] == numbers(trayapp.__version__)


def test_each_program_is_called_what_it_is() -> None:
    """It has a product, a company and a file name."""
    said = strings(version_info("1.2.3", "Balance Tray (console)", "cli.exe"))

    assert said["FileDescription"] == "Balance Tray (console)"
    assert said["OriginalFilename"] == "cli.exe"
    assert said["InternalName"] == "cli"
    assert said["ProductName"] == "Balance Tray"
    assert said["CompanyName"] == "Balance Tray contributors"


def test_the_strings_are_in_the_language_that_they_say_they_are() -> None:
    """The table's name and the translation agree, or Windows shows nothing."""
    parts = nodes(evaluated(version_info("1.2.3", "Any", "any.exe")))
    table = next(node for node in parts if node.kind == "StringTable")
    translation = next(node for node in parts if node.kind == "VarStruct")

    assert table.args[0] == "040904B0"
    assert translation.args == ("Translation", [0x0409, 0x04B0])


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.1.0", (0, 1, 0, 0)),
        ("2.10", (2, 10, 0, 0)),
        ("1.2.3rc1", (1, 2, 3, 0)),
        ("1.2.3.4", (1, 2, 3, 4)),
    ],
)
def test_a_version_is_four_numbers(
    version: str, expected: tuple[int, int, int, int]
) -> None:
    """A missing number is 0, and letters are left out."""
    assert numbers(version) == expected


def test_what_is_no_version_is_refused() -> None:
    """The build fails."""
    with pytest.raises(ValueError, match="unknown"):
        numbers("unknown")
