"""Which proxy the settings name for a URL."""

import asyncio
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import FAULTS, Tally
from trayapp.core.errors import ProxyProblem
from trayapp.services.desktop.proxy_settings import NO_PROXIES, DesktopProxies
from trayapp.services.gateway.proxies import ProxySettings, Route, proxy_address

GATEWAY = httpx.URL("https://api.gateway.example")
SECRET = "hunter22"  # noqa: S105  # a password of no worth


async def no_desktop(_: str) -> DesktopProxies:
    """Set no proxy."""
    return NO_PROXIES


def proxy_of(url: httpx.URL | str = GATEWAY) -> str | None:
    """Return the address of the proxy for a URL, without a desktop."""
    proxy = asyncio.run(ProxySettings(no_desktop).route_to(httpx.URL(url))).proxy
    return None if proxy is None else proxy_address(proxy)


def test_without_a_setting_there_is_no_proxy() -> None:
    """Most computers have no setting."""
    assert proxy_of() is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("setting", "expected"),
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
def test_a_setting_is_parsed(
    monkeypatch: pytest.MonkeyPatch, name: str, setting: str, expected: str
) -> None:
    """Case does not matter, a scheme may be missing, and GNOME's form is accepted."""
    monkeypatch.setenv(name, setting)
    assert proxy_of() == expected


def test_a_schemes_own_proxy_outranks_the_one_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy for plain HTTP does not matter for a gateway."""
    monkeypatch.setenv("HTTP_PROXY", "gopher://nonsense")
    monkeypatch.setenv("ALL_PROXY", "http://all.example:1")
    assert proxy_of() == "http://all.example:1"
    monkeypatch.setenv("HTTPS_PROXY", "http://https.example:2")
    assert proxy_of() == "http://https.example:2"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:8080", "https://127.3.2.1", "http://[::1]:1"),
        "https://localhost",
    ],
)
def test_a_loopback_host_has_no_proxy(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A proxy would look for it on its own machine; the demo needs this, too."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    assert proxy_of(url) is None


@pytest.mark.parametrize(
    ("no_proxy", "url"),
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
def test_an_excluded_host_has_no_proxy(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, url: str | httpx.URL
) -> None:
    """NO_PROXY accepts hosts, domains, ports, addresses, networks and *."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_of(url) is None


@pytest.mark.parametrize(
    "no_proxy",
    [
        *("", ",", " , ", "**", "*.", ".", ":", ":443", "[", "]", "[]", "[]:1", "/"),
        *("[::hunter22", "10.0.0.0/99", "::/999", "\N{SNOWMAN}", "%", "api", "\\", "?"),
        *("ample", "way.example", "api.gateway.example:444", "x.api.gateway.example"),
        *("10.0.0.0/8", "::/0", "https://", "a" * 10_000, "api.gateway.example:"),
    ],
)
def test_an_entry_for_another_host_or_an_invalid_one_excludes_nothing(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, tally: Tally
) -> None:
    """An invalid entry is no error."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_of() == "http://proxy.example:3128"
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
        # Passwords that are not encoded.
        ("http://me:hunter22/x@proxy.example", "no http proxy that could be used"),
        ("http://hunter22:12/x@proxy.example", "no http proxy that could be used"),
        ("http://hunter22#x@proxy.example", "no http proxy that could be used"),
        ("http://hunter22?x@proxy.example", "no http proxy that could be used"),
        ("me:hunter22://proxy.example", "the proxy's address can't be read"),
        ("hunter22\N{SNOWMAN}://proxy", "the proxy's address can't be read"),
        ("://", "the proxy's address can't be read"),
    ],
)
def test_an_unusable_setting_raises_a_proxy_problem(
    monkeypatch: pytest.MonkeyPatch, setting: str, detail: str, tally: Tally
) -> None:
    """The details name the scheme, but nothing that could be part of a password."""
    monkeypatch.setenv("HTTPS_PROXY", setting)
    with pytest.raises(ProxyProblem) as caught:
        proxy_of()
    assert caught.value.detail == detail
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    tally.add(FAULTS)


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)
def test_any_setting_is_handled(setting: str, no_proxy: str) -> None:
    """Any text is a proxy, no proxy, or a `ProxyProblem`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", setting)
        patch.setenv("NO_PROXY", no_proxy)
        with suppress(ProxyProblem):
            proxy_of()


@given(
    st.text(st.sampled_from("ab1/#?@:%[]\\ .é"), max_size=12),
    st.text(st.sampled_from("ab1/#?@:%[]\\ .é"), max_size=12),
    st.sampled_from(["http://", "socks5://", "", "gopher://"]),
)
def test_a_password_is_never_shown(before: str, after: str, scheme: str) -> None:
    """The setting may hold it encoded or not."""
    with pytest.MonkeyPatch.context() as patch:
        password = before + SECRET + after
        patch.setenv("HTTPS_PROXY", f"{scheme}user:{password}@proxy.example:3128")
        try:
            shown = proxy_of()
        except ProxyProblem as error:
            shown = repr(error)
    assert SECRET not in str(shown)


# --- what the desktop sets ----------------------------------------------------------


class FakeDesktop:
    """A desktop whose setting changes, and a clock that goes on when a test says so."""

    def __init__(self, *urls: str, no_proxy: str = "", unusable: str = "") -> None:
        self.setting = DesktopProxies(urls, no_proxy, unusable)
        self.asked: list[str] = []
        self.now = 0.0
        self.settings = ProxySettings(self._read, lambda: self.now)

    async def _read(self, url: str) -> DesktopProxies:
        self.asked.append(url)
        await asyncio.sleep(0)
        return self.setting

    async def route(self, url: str = "https://api.gateway.example/path") -> Route:
        """Return the way to a URL."""
        return await self.settings.route_to(httpx.URL(url))

    def proxy(self) -> str | None:
        """Return the address of the proxy for the gateway."""
        proxy = asyncio.run(self.route()).proxy
        return None if proxy is None else proxy_address(proxy)


of_the_desktop = pytest.mark.case("6", "the desktop's own setting ignored")


@of_the_desktop
@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (["http://proxy.example:3128"], "http://proxy.example:3128"),
        (["http://me:hunter22@proxy.example:3128"], "http://proxy.example:3128"),
        (["socks5://a.example:1", "socks4a://a.example:1"], "socks5://a.example:1"),
        (["socks4://a.example:1", "http://b.example:1"], "http://b.example:1"),
        (["direct://", "http://b.example:1"], None),
        (["socks4://a.example:1", "direct://"], None),
        ([], None),
    ],
)
def test_the_first_usable_proxy_of_the_desktop_counts(
    urls: list[str], expected: str | None
) -> None:
    """A list has the best one first."""
    assert FakeDesktop(*urls).proxy() == expected


@of_the_desktop
def test_a_desktop_with_unusable_proxies_alone_is_named() -> None:
    """It is named without its password."""
    desktop = FakeDesktop("socks4://me:hunter22@proxy.example:1")
    with pytest.raises(ProxyProblem) as caught:
        desktop.proxy()
    assert caught.value.detail == "no socks4 proxy that could be used"


@of_the_desktop
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HTTPS_PROXY", "http://env.example:1", "http://env.example:1"),
        ("ALL_PROXY", "http://env.example:1", "http://env.example:1"),
        ("NO_PROXY", "gateway.example", None),
        ("HTTP_PROXY", "http://env.example:1", "http://proxy.example:1"),
    ],
)
def test_the_environment_outranks_the_desktop(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str | None
) -> None:
    """The desktop is not even asked; a proxy for plain HTTP does not matter."""
    monkeypatch.setenv(name, value)
    desktop = FakeDesktop("http://proxy.example:1")
    assert desktop.proxy() == expected
    assert len(desktop.asked) == (name == "HTTP_PROXY")


@of_the_desktop
def test_the_desktop_is_asked_for_the_host_alone() -> None:
    """A script that chooses the proxy may send the address elsewhere."""
    desktop = FakeDesktop("http://proxy.example:1")
    asyncio.run(desktop.route("https://api.gateway.example:8443/path?query"))
    assert desktop.asked == ["https://api.gateway.example:8443/"]


@of_the_desktop
def test_the_desktops_own_exceptions_count() -> None:
    """They have the syntax of NO_PROXY."""
    desktop = FakeDesktop("http://a.example:1", no_proxy="localhost,.gateway.example")
    assert desktop.proxy() is None


@of_the_desktop
@pytest.mark.parametrize("url", ["https://localhost", "http://127.0.0.1:8080"])
def test_a_loopback_host_has_no_proxy_of_the_desktop(url: str) -> None:
    """The desktop is not asked."""
    desktop = FakeDesktop("http://proxy.example:1")
    assert asyncio.run(desktop.route(url)) == Route()
    assert desktop.asked == []


@of_the_desktop
def test_the_setting_is_asked_for_once_a_minute_and_after_a_failure() -> None:
    """A burst of requests asks once."""

    async def requests() -> list[int]:
        desktop, counts = FakeDesktop("http://proxy.example:1"), []
        await asyncio.gather(*[desktop.route() for _ in range(30)])
        counts.append(len(desktop.asked))
        desktop.now = 59
        await desktop.route()
        counts.append(len(desktop.asked))
        desktop.now = 61
        await desktop.route()
        counts.append(len(desktop.asked))
        desktop.settings.forget()
        await desktop.route()
        return [*counts, len(desktop.asked)]

    assert asyncio.run(requests()) == [1, 1, 2, 3]
