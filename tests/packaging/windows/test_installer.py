"""The installer's script, read without Windows."""

import re
from pathlib import Path

import trayapp
from trayapp.core.i18n.locales import LOCALES
from trayapp.services.autostart.windows import APPROVED, NAME, RUN
from trayapp.services.desktop.windows_identity import APP_USER_MODEL_ID
from windows.installer import ROOT, SCRIPT, compiler, definitions

TEXT = SCRIPT.read_text(encoding="utf-8")


def section(name: str) -> str:
    """Return a section of the script, without comments."""
    lines = re.split(r"^\[(\w+)\]$", TEXT, flags=re.MULTILINE)
    body = dict(zip(lines[1::2], lines[2::2], strict=True))[name]
    return "\n".join(one for one in body.splitlines() if not one.startswith(";"))


def setup() -> dict[str, str]:
    """Read the installer's settings."""
    pairs = (line.partition("=") for line in section("Setup").splitlines() if line)
    return {name: value for name, _, value in pairs}


def defined() -> dict[str, str]:
    """Read what the script defines itself."""
    return dict(re.findall(r'^#define (\w+) "(.*)"$', TEXT, flags=re.MULTILINE))


def test_the_shortcut_has_the_identity_that_the_program_takes() -> None:
    """Otherwise, Windows shows none of its notifications."""
    assert defined()["AppUserModelID"] == APP_USER_MODEL_ID
    assert 'AppUserModelID: "{#AppUserModelID}"' in section("Icons")
    assert "{autoprograms}" in section("Icons")


def test_it_asks_for_no_administrator() -> None:
    """It installs for the person who starts it, and among that person's programs."""
    assert setup()["PrivilegesRequired"] == "lowest"
    assert "PrivilegesRequiredOverridesAllowed" not in setup()
    assert setup()["DefaultDirName"].startswith("{autopf}")


def test_it_speaks_every_language_of_the_program() -> None:
    """It names a file of messages for each."""
    spoken = re.findall(
        r'^Name: "(\w+)"; MessagesFile: "compiler:(?:Languages\\)?\w+\.isl"$',
        section("Languages"),
        flags=re.MULTILINE,
    )
    assert sorted(spoken) == sorted(LOCALES)


def test_the_running_program_is_ended_before_its_files_are_touched() -> None:
    """The script runs `--quit` before an update and before removal."""
    code = section("Code")
    before = code.partition("function PrepareToInstall")[2].partition("end;")[0]
    removing = code.partition("usUninstall:")[2].partition("usPostUninstall")[0]

    assert "'--quit'" in code.partition("procedure EndTheProgram")[2]
    assert "EndTheProgram;" in before
    assert "EndTheProgram;" in removing


def test_removing_it_leaves_what_belongs_to_the_person() -> None:
    """The login entry is removed; no folder of the user is named."""
    code = section("Code")

    assert defined()["RunValue"] == NAME
    assert f"RunKey = '{RUN}';" in code
    assert f"ApprovedKey = '{APPROVED}';" in code
    assert code.count("RegDeleteValue(HKEY_CURRENT_USER,") == 2
    assert "UninstallDelete" not in TEXT
    assert not re.search(r"\{(user|local|common)?appdata\}|\{user", TEXT)


def test_an_update_leaves_no_file_of_the_older_version() -> None:
    """An old library must not be loaded beside new ones."""
    assert r"{app}\_internal" in section("InstallDelete")


def test_everything_that_it_leaves_open_is_given(tmp_path: Path) -> None:
    """The script or its caller defines each name that it uses."""
    used = set(re.findall(r"\{#(\w+)\}", TEXT))
    given = definitions(tmp_path, tmp_path / "icon.ico", tmp_path)

    assert used == defined().keys() | given.keys()
    assert given["Version"] == trayapp.__version__
    assert Path(given["Licence"]).is_file()
    assert ROOT.samefile(Path(trayapp.__file__).parents[1])


def test_the_compiler_is_found_where_it_installs_itself(tmp_path: Path) -> None:
    """It is not on the PATH."""
    program = tmp_path / "Inno Setup 6" / "ISCC.exe"
    program.parent.mkdir()
    program.touch()

    assert compiler({"ProgramFiles(x86)": str(tmp_path)}) == str(program)
    assert compiler({"ProgramFiles(x86)": str(tmp_path / "elsewhere")}) is None
