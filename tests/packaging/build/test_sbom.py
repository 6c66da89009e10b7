"""The parts that this project adds to the bill of materials."""

import re
from pathlib import Path

import trayapp
from build import sbom

BUILD = Path(sbom.__file__).parents[1] / "requirements" / "build.txt"


def listed() -> dict[str, object]:
    """Return the completed list of a program with one package."""
    return sbom.completed(
        {
            "metadata": {"component": {"bom-ref": "root", "name": "balance-tray"}},
            "components": [{"name": "h11", "version": "1", "bom-ref": "h11==1"}],
            "dependencies": [
                {"ref": "h11==1"},
                {"ref": "root", "dependsOn": ["h11==1"]},
            ],
        }
    )


def test_it_names_what_python_brings() -> None:
    """The interpreter and its libraries have vulnerabilities, too."""
    components = listed()["components"]
    assert isinstance(components, list)
    versions = {part["name"]: part["version"] for part in components}

    assert versions.keys() == {"cpython", "h11", "openssl", "pyinstaller", "sqlite"}
    assert all(
        re.match(r"\d+\.\d+", versions[name]) for name in versions.keys() - {"h11"}
    )
    assert f"pyinstaller=={versions['pyinstaller']} " in BUILD.read_text()


def test_each_part_can_be_looked_up() -> None:
    """Each has a version and the name that scanners use."""
    for part in sbom.built_with():
        assert part["cpe"].startswith("cpe:2.3:a:")
        assert part["cpe"].count(":") == 12
        assert f":{part['version']}:" in part["cpe"]
        assert part["purl"].endswith(f"@{part['version']}")


def test_the_program_has_its_version_and_depends_on_every_part() -> None:
    """No tool finds the version, which is in the package's source."""
    parts = listed()
    metadata = parts["metadata"]
    dependencies = parts["dependencies"]
    assert isinstance(metadata, dict)
    assert isinstance(dependencies, list)
    root = next(one for one in dependencies if one["ref"] == "root")

    assert metadata["component"]["version"] == trayapp.__version__
    assert {"h11==1", *(part["bom-ref"] for part in sbom.built_with())} == set(
        root["dependsOn"]
    )
    assert len({one["ref"] for one in dependencies}) == len(dependencies) == 6
