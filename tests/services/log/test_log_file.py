"""The log file: rotated, for its owner alone, and without any key."""

import base64
import json
import logging
import stat
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest

from trayapp.core.secret import Secret
from trayapp.services.log.log_file import Redactor, start_log

KEY = 'made-up/key+0123"4567\\89?&='
LIMIT = 512 * 1024
TALKATIVE = ("httpx", "httpcore", "asyncio", "keyring", "jeepney")
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


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Give logging back as it was."""
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, TALKATIVE)]
    levels, handlers = [one.level for one in loggers], root.handlers.copy()
    raising = logging.raiseExceptions
    yield
    logging.captureWarnings(capture=False)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)
    logging.raiseExceptions = raising


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place in folders that are not there yet."""
    return tmp_path / "balance-tray" / "log" / "balance-tray.log"


@pytest.fixture
def masked(path: Path) -> Path:
    """Log to a file, knowing the key."""
    start_log(path, verbose=True).add_key(Secret(KEY))
    return path


def assert_redacted(path: Path, *forms: str) -> None:
    """Look for the key and for the mask in its place."""
    text = path.read_text()
    assert "[key]" in text
    assert not [form for form in (KEY, *forms) if form in text]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_key_is_taken_out_of_messages_in_every_form(
    masked: Path, form: str
) -> None:
    """As it is, or as a URL, a header, JSON or Python writes it."""
    log.warning("sent %s to the gateway", form)
    assert_redacted(masked, form)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_key_is_taken_out_of_exceptions_in_every_form(
    masked: Path, form: str
) -> None:
    """A library's exception may quote anything."""
    log.error("it failed", exc_info=ValueError(form))
    assert_redacted(masked, form)
    assert "ValueError" in masked.read_text()


def test_the_key_is_taken_out_of_chained_tracebacks(masked: Path) -> None:
    """The cause and the context are printed too."""
    first = ValueError(f"with {KEY}")
    second, third = TypeError(f"with {KEY}"), KeyError(f"with {KEY}")
    second.__cause__, third.__context__ = first, second
    log.error("it failed", exc_info=third)
    assert_redacted(masked, repr(KEY)[1:-1])
    text = masked.read_text()
    assert all(name in text for name in ("ValueError", "TypeError", "KeyError"))


def test_a_key_that_is_split_over_arguments_is_found(masked: Path) -> None:
    """A record is redacted as it is written, not as it was made."""
    log.warning("%s%s%s", KEY[:5], KEY[5:11], KEY[11:])
    assert_redacted(masked)


def test_the_key_is_taken_out_of_the_stack(masked: Path) -> None:
    """A line of source text may hold it."""
    exec(compile(f"log.warning('here', stack_info=True)  # {KEY}", KEY, "exec"))  # noqa: S102  # a file of that name
    assert_redacted(masked, repr(KEY)[1:-1])


def test_the_key_is_taken_out_of_what_python_warns_of(
    masked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would go to standard error as it is."""
    warnings.showwarning(UserWarning(KEY), UserWarning, "file", 1)
    assert_redacted(masked)
    assert KEY not in capsys.readouterr().err


def test_what_logging_keeps_of_an_exception_is_redacted_too(masked: Path) -> None:
    """It is handed to whatever other handler there is."""
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
    """Its text lies ready in the record, and is used."""
    record = logging.LogRecord("trayapp", 40, "", 1, "it failed", None, None)
    record.exc_text = f"ValueError: {KEY}"
    for handler in logging.getLogger().handlers:
        handler.handle(record)
    assert_redacted(masked)


def test_a_key_in_disguise_costs_the_whole_entry(masked: Path) -> None:
    """Better an entry less than a key that can be read."""
    log.warning("sent %s", "".join(f"%25{ord(one):02x}" for one in KEY))
    assert "held a key in disguise" in masked.read_text()
    assert "25" not in masked.read_text().partition("WARNING")[2]


def test_what_the_network_library_holds_is_not_in_the_log(masked: Path) -> None:
    """Its exceptions carry the request, and that the key."""
    request = httpx.Request("POST", "https://gateway.example", content=KEY.encode())
    error = httpx.ConnectError("it failed", request=request)
    log.warning("%r %r %r", request, error, vars(error), exc_info=error)
    text = masked.read_text()
    assert "ConnectError" in text
    assert not [form for form in (KEY, repr(KEY)[1:-1]) if form in text]


def test_the_key_is_taken_out_of_what_goes_to_the_terminal(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log file and standard error say the same."""
    start_log(path, verbose=True).add_key(Secret(KEY))
    log.warning("sent %s", KEY)
    said = capsys.readouterr().err
    assert "sent [key]" in said
    assert said == path.read_text()


def test_a_key_that_is_part_of_another_leaves_nothing_of_either(path: Path) -> None:
    """The longer one is taken out first."""
    redactor = start_log(path, verbose=False)
    redactor.add_key(Secret("made-up-key"))
    redactor.add_key(Secret("made-up-key-and-more"))
    log.warning("made-up-key-and-more, made-up-key")
    assert path.read_text().endswith("[key], [key]\n")


def test_file_and_folder_are_for_their_owner_alone(path: Path) -> None:
    """0600 and 0700, after a rotation too."""
    start_log(path, verbose=False)
    for _ in range(30):
        log.warning("x" * LIMIT)
    files = list(path.parent.iterdir())
    assert len(files) > 1
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_log_never_takes_more_than_three_files_of_512_kb(path: Path) -> None:
    """It runs for years."""
    start_log(path, verbose=False)
    for number in range(5_000):
        log.info("%d %s", number, "x" * 1_000)
    files = list(path.parent.iterdir())
    assert len(files) == 3
    assert max(one.stat().st_size for one in files) <= LIMIT
    assert "4999 x" in path.read_text()


def test_one_entry_does_not_burst_a_file(path: Path) -> None:
    """An exception's text may be as long as a reply."""
    start_log(path, verbose=False)
    for _ in range(6):
        log.warning("it failed", exc_info=ValueError("é" * LIMIT))
    assert max(one.stat().st_size for one in path.parent.iterdir()) <= LIMIT


def test_a_log_that_others_could_read_is_closed_to_them(path: Path) -> None:
    """It may come from a backup."""
    path.parent.mkdir(parents=True)
    path.touch(0o644)
    start_log(path, verbose=False)
    log.warning("something")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("reset", [False, True])
def test_libraries_that_print_requests_are_silent_below_warnings(
    path: Path, *, reset: bool
) -> None:
    """However much the program is to say, and whoever turns all levels down."""
    start_log(path, verbose=True)
    if reset:
        for name in ("", *TALKATIVE):
            logging.getLogger(name).setLevel(logging.NOTSET)
    for name in TALKATIVE:
        logging.getLogger(name).debug("a whole request")
        logging.getLogger(f"{name}.inner").info("a whole request")
        logging.getLogger(name).warning("something is wrong")
    text = path.read_text()
    assert "a whole request" not in text
    assert text.count("something is wrong") == len(TALKATIVE)


@pytest.mark.parametrize("verbose", [False, True])
def test_only_verbose_says_the_small_things(path: Path, *, verbose: bool) -> None:
    """INFO is the usual level."""
    start_log(path, verbose=verbose)
    log.debug("a small thing")
    log.info("a usual thing")
    text = path.read_text()
    assert ("a small thing" in text) is verbose
    assert "a usual thing" in text


def test_a_folder_that_cannot_be_made_means_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in its place stands for what even root can't write."""
    (tmp_path / "file").touch()
    start_log(tmp_path / "file" / "balance-tray.log", verbose=False)
    log.warning("still said")
    assert "still said" in capsys.readouterr().err


@pytest.mark.parametrize("verbose", [False, True])
def test_without_a_terminal_and_without_a_folder_nothing_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, verbose: bool
) -> None:
    """As under pythonw, where there is no standard error."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "stderr", None)
    start_log(tmp_path / "file" / "balance-tray.log", verbose=verbose)
    log.warning("to nobody")


def test_a_disk_that_fills_up_is_no_reason_to_complain(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither an exception nor a word on standard error."""
    start_log(path, verbose=False)

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logging.StreamHandler, "flush", full)
    log.warning("lost")
    monkeypatch.undo()
    assert capsys.readouterr().err == ""


def test_without_a_file_only_what_is_asked_for_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`check` logs nowhere."""
    start_log(None, verbose=False)
    log.warning("said to nobody")
    assert capsys.readouterr() == ("", "")
