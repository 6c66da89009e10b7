"""The log file: rotated, readable only by its owner, and without keys."""

import base64
import json
import logging
import os
import stat
import sys
import warnings
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest

from trayapp.core.secret import Secret
from trayapp.services.log.log_file import Redactor, start_log

KEY = 'made-up/key+0123"4567\\89?&='
LIMIT = 512 * 1024
LIBRARIES = ("httpx", "httpcore", "asyncio", "keyring", "jeepney")
FORMS = {
    "plain": KEY,
    "of a form": quote_plus(KEY),
    "of a path": quote(KEY),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64 without padding": base64.b64encode(KEY.encode()).decode().rstrip("="),
    "base64 of a URL": base64.urlsafe_b64encode(KEY.encode()).decode(),
    "base64 in a header": base64.b64encode(f"user:{KEY}".encode()).decode(),
    "base64 of JSON": base64.b64encode(json.dumps({"k": KEY}).encode()).decode(),
    "hex": KEY.encode().hex(),
    "in JSON": json.dumps({"api_key": KEY}),
    "as Python writes it": repr(KEY),
}
log = logging.getLogger("trayapp.test")

pytestmark = pytest.mark.usefixtures("logging_restored")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path in folders that do not exist yet."""
    return tmp_path / "balance-tray" / "log" / "balance-tray.log"


@pytest.fixture
def masked(path: Path) -> Path:
    """Log to a file with a redactor that knows the key."""
    start_log(path, verbose=True).add_key(Secret(KEY))
    return path


def assert_redacted(path: Path, *forms: str) -> None:
    """Check that the log has the mask and not the key."""
    text = path.read_text()
    assert "[key]" in text
    assert not [form for form in (KEY, *forms) if form in text]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_each_form_of_the_key_is_removed_from_messages(masked: Path, form: str) -> None:
    """A URL, a header, JSON or Python may have encoded it."""
    log.warning("sent %s to the gateway", form)
    assert_redacted(masked, form)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_each_form_of_the_key_is_removed_from_exceptions(
    masked: Path, form: str
) -> None:
    """A library's exception may quote anything."""
    log.error("it failed", exc_info=ValueError(form))
    assert_redacted(masked, form)
    assert "ValueError" in masked.read_text()


def test_the_key_is_removed_from_chained_tracebacks(masked: Path) -> None:
    """Tracebacks include the cause and the context."""
    first = ValueError(f"with {KEY}")
    second, third = TypeError(f"with {KEY}"), KeyError(f"with {KEY}")
    second.__cause__, third.__context__ = first, second
    log.error("it failed", exc_info=third)
    assert_redacted(masked, repr(KEY)[1:-1])
    text = masked.read_text()
    assert all(name in text for name in ("ValueError", "TypeError", "KeyError"))


def test_a_key_that_is_split_over_arguments_is_found(masked: Path) -> None:
    """A record is redacted after it is formatted."""
    log.warning("%s%s%s", KEY[:5], KEY[5:11], KEY[11:])
    assert_redacted(masked)


def test_the_key_is_removed_from_the_stack(masked: Path) -> None:
    """A line of source code may hold it."""
    exec(compile(f"log.warning('here', stack_info=True)  # {KEY}", KEY, "exec"))  # noqa: S102  # a file of that name
    assert_redacted(masked, repr(KEY)[1:-1])


def test_the_key_is_removed_from_pythons_warnings(
    masked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python itself would print them to standard error."""
    warnings.showwarning(UserWarning(KEY), UserWarning, "file", 1)
    assert_redacted(masked)
    assert KEY not in capsys.readouterr().err


def test_the_cached_text_of_an_exception_is_redacted(masked: Path) -> None:
    """Logging passes it to the other handlers."""
    record = logging.LogRecord("trayapp", 40, "", 1, "it failed", None, None)
    record.exc_info = ValueError, ValueError(KEY), None
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Redactor):
            handler.handle(record)
    assert record.exc_text is not None
    assert "ValueError" in record.exc_text
    assert KEY not in record.exc_text
    assert_redacted(masked)


def test_an_exception_that_another_handler_formatted_first_is_redacted(
    masked: Path,
) -> None:
    """The formatter uses the text that the record has cached."""
    record = logging.LogRecord("trayapp", 40, "", 1, "it failed", None, None)
    record.exc_text = f"ValueError: {KEY}"
    for handler in logging.getLogger().handlers:
        handler.handle(record)
    assert_redacted(masked)


def test_a_key_encoded_twice_drops_the_whole_entry(masked: Path) -> None:
    """A lost entry is better than a readable key."""
    log.warning("sent %s", "".join(f"%25{ord(letter):02x}" for letter in KEY))
    assert "held a key in disguise" in masked.read_text()
    assert "25" not in masked.read_text().partition("WARNING")[2]


def test_httpxs_exceptions_do_not_reveal_the_key(masked: Path) -> None:
    """They hold the request, and the request holds the key."""
    request = httpx.Request("POST", "https://gateway.example", content=KEY.encode())
    error = httpx.ConnectError("it failed", request=request)
    log.warning("%r %r %r", request, error, vars(error), exc_info=error)
    text = masked.read_text()
    assert "ConnectError" in text
    assert not [form for form in (KEY, repr(KEY)[1:-1]) if form in text]


def test_the_key_is_removed_from_standard_error(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log file and standard error have the same text."""
    start_log(path, verbose=True).add_key(Secret(KEY))
    log.warning("sent %s", KEY)
    output = capsys.readouterr().err
    assert "sent [key]" in output
    assert output == path.read_text()


def test_a_key_that_is_a_part_of_another_is_removed(path: Path) -> None:
    """The longer key is removed first."""
    redactor = start_log(path, verbose=False)
    redactor.add_key(Secret("made-up-key"))
    redactor.add_key(Secret("made-up-key-and-more"))
    log.warning("made-up-key-and-more, made-up-key")
    assert path.read_text().endswith("[key], [key]\n")


def test_only_the_owner_may_read_file_and_folder(path: Path) -> None:
    """Their modes are 0600 and 0700, after a rotation, too."""
    start_log(path, verbose=False)
    for _ in range(30):
        log.warning("x" * LIMIT)
    files = list(path.parent.iterdir())
    assert len(files) > 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.case(
    "attack 11", "a part of a key, or a key in disguise, stays in the log"
)
@pytest.mark.parametrize(
    "part",
    [KEY[-19:], KEY[:8], KEY[::-1], KEY[3:15].upper(), KEY[-12:].encode().hex()],
)
def test_a_part_of_the_key_is_removed(masked: Path, part: str) -> None:
    """A gateway may repeat the end of a key, and a fault may cut it."""
    log.info("the gateway says: %s", part)
    log.warning("it failed", exc_info=ValueError(part))
    assert_redacted(masked, part)


def test_the_log_has_at_most_three_files_of_512_kib(path: Path) -> None:
    """The program may run for years."""
    start_log(path, verbose=False)
    for number in range(5_000):
        log.info("%d %s", number, "x" * 1_000)
    files = list(path.parent.iterdir())
    assert len(files) == 3
    assert max(file.stat().st_size for file in files) <= LIMIT
    assert "4999 x" in path.read_text()


def test_a_long_entry_does_not_exceed_a_files_size(path: Path) -> None:
    """An exception's text may be as long as a response."""
    start_log(path, verbose=False)
    for _ in range(6):
        log.warning("it failed", exc_info=ValueError("é" * LIMIT))
    assert max(file.stat().st_size for file in path.parent.iterdir()) <= LIMIT


def test_a_readable_log_is_made_private(path: Path) -> None:
    """A restored backup may have other permissions."""
    path.parent.mkdir(parents=True)
    path.touch(0o644)
    start_log(path, verbose=False)
    log.warning("something")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("reset", [False, True])
def test_libraries_log_nothing_below_warning(path: Path, *, reset: bool) -> None:
    """Neither `verbose` nor a lower level of their own loggers changes that."""
    start_log(path, verbose=True)
    if reset:
        for name in ("", *LIBRARIES):
            logging.getLogger(name).setLevel(logging.NOTSET)
    for name in LIBRARIES:
        logging.getLogger(name).debug("a whole request")
        logging.getLogger(f"{name}.inner").info("a whole request")
        logging.getLogger(name).warning("something is wrong")
    text = path.read_text()
    assert "a whole request" not in text
    assert text.count("something is wrong") == len(LIBRARIES)


@pytest.mark.parametrize("verbose", [False, True])
def test_only_verbose_logs_debug_records(path: Path, *, verbose: bool) -> None:
    """INFO is the usual level."""
    start_log(path, verbose=verbose)
    log.debug("a small thing")
    log.info("a usual thing")
    text = path.read_text()
    assert ("a small thing" in text) is verbose
    assert "a usual thing" in text


def test_without_a_folder_the_log_goes_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in its place stands for a folder that even root can't make."""
    (tmp_path / "file").touch()
    start_log(tmp_path / "file" / "balance-tray.log", verbose=False)
    log.warning("still logged")
    assert "still logged" in capsys.readouterr().err


@pytest.mark.parametrize("verbose", [False, True])
def test_without_a_terminal_and_without_a_folder_nothing_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, verbose: bool
) -> None:
    """Pythonw has no standard error."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "stderr", None)
    start_log(tmp_path / "file" / "balance-tray.log", verbose=verbose)
    log.warning("to nobody")


def test_a_full_disk_is_ignored(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Logging raises nothing and prints nothing to standard error."""
    start_log(path, verbose=False)

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logging.StreamHandler, "flush", full)
    log.warning("lost")
    monkeypatch.undo()
    assert capsys.readouterr().err == ""


def test_without_a_path_nothing_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`check` uses it."""
    start_log(None, verbose=False)
    log.warning("said to nobody")
    assert capsys.readouterr() == ("", "")


@pytest.mark.case("attack 4", "something planted in a file's place")
@pytest.mark.skipif(sys.platform == "win32", reason="it has no named pipes in folders")
def test_a_pipe_in_the_place_of_the_file_does_not_block(path: Path) -> None:
    """Opening it would wait for a reader for ever; the log goes to standard error."""
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    start_log(path, verbose=False)
    log.warning("said")
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.case("attack 4", "loosened permissions stay")
@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
def test_older_files_become_private_again(path: Path) -> None:
    """A restore may have loosened them."""
    path.parent.mkdir(parents=True)
    older = path.with_name(f"{path.name}.1")
    older.touch()
    older.chmod(0o644)
    start_log(path, verbose=False)
    assert stat.S_IMODE(older.stat().st_mode) == 0o600
