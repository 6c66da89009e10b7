"""Which proxy is meant for an address, and for which there is none."""

from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import FAULTS, Tally
from trayapp.core.errors import ProxyProblem
from trayapp.services.gateway.proxies import place, proxy_for

GATEWAY = httpx.URL("https://api.gateway.example")
SECRET = "hunter22"  # noqa: S105  # a password of no worth


def found(url: httpx.URL | str = GATEWAY) -> str | None:
    """Say where the proxy for an address is."""
    proxy = proxy_for(httpx.URL(url))
    return None if proxy is None else place(proxy)


def test_without_a_setting_there_is_no_proxy() -> None:
    """Most computers have none."""
    assert found() is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example:3128/", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        (" 192.0.2.1:8080 ", "http://192.0.2.1:8080"),
        ("HTTP://proxy.example", "http://proxy.example"),
        ("https://proxy.example", "https://proxy.example"),
        ("socks5://proxy.example:1080", "socks5://proxy.example:1080"),
        ("socks5h://proxy.example:1080", "socks5h://proxy.example:1080"),
        ("socks://proxy.example:1080/", "socks5://proxy.example:1080"),
        ("http://[2001:db8::1]:3128", "http://2001:db8::1:3128"),
        ("http://me:hunter22@proxy.example:3128", "http://proxy.example:3128"),
        ("http://me:hunt%2Fer22@proxy.example", "http://proxy.example"),
    ],
)
def test_a_setting_is_read_as_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, setting: str, meant: str
) -> None:
    """In either case, with or without a scheme, and as GNOME writes it."""
    monkeypatch.setenv(name, setting)
    assert found() == meant


def test_the_schemes_own_proxy_goes_before_the_one_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the one for plain HTTP is no concern of a gateway's."""
    monkeypatch.setenv("HTTP_PROXY", "gopher://nonsense")
    monkeypatch.setenv("ALL_PROXY", "http://all.example:1")
    assert found() == "http://all.example:1"
    monkeypatch.setenv("HTTPS_PROXY", "http://https.example:2")
    assert found() == "http://https.example:2"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:8080", "https://127.3.2.1", "http://[::1]:1"),
        "https://localhost",
    ],
)
def test_this_computer_is_never_asked_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """The proxy would look for it on itself; so the demo runs behind one too."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    assert found(url) is None


@pytest.mark.parametrize(
    ("exceptions", "url"),
    [
        ("*", GATEWAY),
        ("one.example, *", GATEWAY),
        ("gateway.example", GATEWAY),
        (".gateway.example", GATEWAY),
        ("*.gateway.example", GATEWAY),
        ("one.example two.example;API.Gateway.Example.", GATEWAY),
        ("api.gateway.example:443", GATEWAY),
        ("gateway.example:8443", "https://api.gateway.example:8443"),
        ("192.0.2.7", "https://192.0.2.7"),
        ("192.0.2.7:443", "https://192.0.2.7"),
        ("10.0.0.0/8,192.0.2.0/24", "https://192.0.2.7"),
        ("2001:db8::/32", "https://[2001:db8::7]"),
        ("2001:DB8:0::7", "https://[2001:db8::7]"),
        ("[2001:db8::7]", "https://[2001:db8::7]"),
        ("[2001:db8::7]:443", "https://[2001:db8::7]"),
        ("xn--mnchen-3ya.example", "https://sms.münchen.example"),
    ],
)
def test_an_exception_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, exceptions: str, url: str | httpx.URL
) -> None:
    """NO_PROXY takes hosts, domains, ports, addresses, networks, and all of them."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert found(url) is None


@pytest.mark.parametrize(
    "exceptions",
    [
        *("", ",", " , ", "**", "*.", ".", ":", ":443", "[", "]", "[]", "[]:1", "/"),
        *("[::hunter22", "10.0.0.0/99", "::/999", "\N{SNOWMAN}", "%", "api", "\\", "?"),
        *("ample", "way.example", "api.gateway.example:444", "x.api.gateway.example"),
        *("10.0.0.0/8", "::/0", "https://", "a" * 10_000, "api.gateway.example:"),
    ],
)
def test_an_exception_for_others_or_without_sense_excepts_nothing(
    monkeypatch: pytest.MonkeyPatch, exceptions: str, tally: Tally
) -> None:
    """Nor is it an error: what is no exception can't be one for the gateway."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert found() == "http://proxy.example:3128"
    tally.add(FAULTS)


@pytest.mark.parametrize(
    ("setting", "detail"),
    [
        ("gopher://me:hunter22@proxy.example", "no gopher proxy that could be used"),
        ("socks4://me:hunter22@proxy.example", "no socks4 proxy that could be used"),
        ("http://", "no http proxy that could be used"),
        ("http://:3128", "no http proxy that could be used"),
        ("http://me:hunter22@", "no http proxy that could be used"),
        ("http://proxy.example:99999", "no http proxy that could be used"),
        ("http://proxy.example:0", "no http proxy that could be used"),
        ("http://proxy.example:port", "no http proxy that could be used"),
        ("http://[::1", "no http proxy that could be used"),
        # A password that was not encoded, as people write it.
        ("http://me:hunter22/x@proxy.example", "no http proxy that could be used"),
        ("http://hunter22:12/x@proxy.example", "no http proxy that could be used"),
        ("http://hunter22#x@proxy.example", "no http proxy that could be used"),
        ("http://hunter22?x@proxy.example", "no http proxy that could be used"),
        ("me:hunter22://proxy.example", "the proxy's address can't be read"),
        ("hunter22\N{SNOWMAN}://proxy", "the proxy's address can't be read"),
        ("://", "the proxy's address can't be read"),
    ],
)
def test_a_setting_that_cant_be_used_is_a_problem_of_the_proxy(
    monkeypatch: pytest.MonkeyPatch, setting: str, detail: str, tally: Tally
) -> None:
    """The details name its kind, and nothing that could be part of a password."""
    monkeypatch.setenv("HTTPS_PROXY", setting)
    with pytest.raises(ProxyProblem) as caught:
        found()
    assert caught.value.detail == detail
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    tally.add(FAULTS)


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)
def test_whatever_is_set_breaks_nothing(setting: str, exceptions: str) -> None:
    """Any text is a proxy, no proxy, or a problem that a person is told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", setting)
        patch.setenv("NO_PROXY", exceptions)
        with suppress(ProxyProblem):
            found()


@given(
    st.text(st.sampled_from("ab1/#?@:%[]\\ .é"), max_size=12),
    st.text(st.sampled_from("ab1/#?@:%[]\\ .é"), max_size=12),
    st.sampled_from(["http://", "socks5://", "", "gopher://"]),
)
def test_a_password_never_shows(before: str, after: str, scheme: str) -> None:
    """However it is written, encoded or not."""
    with pytest.MonkeyPatch.context() as patch:
        password = before + SECRET + after
        patch.setenv("HTTPS_PROXY", f"{scheme}user:{password}@proxy.example:3128")
        try:
            said = found()
        except ProxyProblem as error:
            said = repr(error)
    assert SECRET not in str(said)
