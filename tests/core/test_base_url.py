"""A gateway's address is read in one way by all of the program, or refused."""

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.base_url import BaseUrl, base_url_problem, is_loopback

TRICK = "a thing passes for what another parser takes it for"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com",
        "https://api.example.com:8443/prefix",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://[::1]:80",
    ],
)
def test_https_and_loopback_addresses_are_fine(url: str) -> None:
    """Plain HTTP is for this computer alone."""
    assert base_url_problem(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://user:pw@api.example.com",
        "https://api.example.com/?q=1",
        "https://api.example.com/#x",
        "https://api.example.com:99999",
        "https://api.exa mple.com",
        "http://192.168.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "https://[::1",
    ],
)
def test_any_other_address_is_refused_with_a_sentence(url: str) -> None:
    """A key goes to a verified host over TLS, or nowhere."""
    problem = base_url_problem(url)
    assert problem is not None
    assert problem.endswith(".")


@pytest.mark.case("attack 11", TRICK)
@pytest.mark.parametrize(
    "url",
    [
        "http://evil.test[::1]/",
        "http://evil.test[::1]",
        "http://[::1]evil.test/",
        "http://[::1].evil.test/",
        "http://[::1",
        "http://::1]/",
        "http://[[::1]]/",
        "http://[::1%25eth0]/",
        "http://[::1%eth0]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[::127.0.0.1]/",
        "http://[localhost]/",
        "http://[127.0.0.1]/",
        "http://[v1.::1]/",
        "http://127.0.0.1@evil.test/",
        "http://localhost:80@evil.test/",
        "http://localhost:@evil.test/",
        "http://@localhost/",
        "http://evil.test\\@127.0.0.1/",
        "http://127.0.0.1\\@evil.test/",
        "http://127.0.0.1\\.evil.test/",
        "http:\\\\127.0.0.1\\",
        "http://localhost\\/",
        "http://127.0.0.1%2eevil.test/",
        "http://127.0.0.1%00.evil.test/",
        "http://%6cocalhost/",
        "http://localhost%2f@evil.test/",
        "http://localhost.evil.test/",
        "http://evil.localhost/",
        "http://localhost./",
        "http://localhost../",
        "http://127.0.0.1./",
        "http://127.0.0.1.nip.io/",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://127.0.0.1.1/",
        "http://127.0.0.256/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://localhost:/",
        "http://localhost:0/",
        "http://localhost:65536/",
        "http://localhost:80:81/",
        "http://localhost:+80/",
        "http://localhost:8\t0/",
        "http://local\nhost/",
        "http://localhost\x00.evil.test/",
        "http://localhost .evil.test/",
        "http://localhost\u3002evil.test/",
        "http://\uff4cocalhost/",
        "http://\u2460\u2461\u2466.0.0.1/",
        "http://127\u30020\u30020\u30021/",
        "http://localhos\u017f/",
        "http://xn--localhost-/",
        "http:/localhost/",
        "http:localhost/",
        "http:///localhost/",
        "http://?@localhost/",
        "http://evil.test#@localhost/",
        "http://evil.test?@localhost/",
        "http://evil.test;localhost/",
        "http://localhost,evil.test/",
        "http://evil_test/",
        "http://-/",
        "http://./",
        "http://localhost..evil.test/",
        "view-source:http://localhost/",
        "javascript://localhost/%0aalert(1)",
    ],
)
def test_a_trick_is_no_address_without_tls(url: str) -> None:
    """Whatever another parser would make of it, the key is not sent."""
    assert base_url_problem(url) is not None


@pytest.mark.case("attack 11", TRICK)
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test[::1]/",
        "https://[::1]evil.test/",
        "https://good.test\\@evil.test/",
        "https://good.test\\.evil.test/",
        "https://good.test%2f.evil.test/",
        "https://good.test%00.evil.test/",
        "https://good.test\u2044.evil.test/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://good.test:443:444/",
        "https://-good.test/",
        "https://good..test/",
        "https://good.test/a\\b",
        "https://good.test/" + "a" * 300,
    ],
)
def test_an_ambiguous_address_is_refused_with_tls_too(url: str) -> None:
    """The key goes to the host that the person reads, or nowhere."""
    assert base_url_problem(url) is not None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTPS://API.Example.COM/", BaseUrl("https", "api.example.com", None, "")),
        ("https://a-b.example./x/", BaseUrl("https", "a-b.example.", None, "/x")),
        ("https://sms_1.example", BaseUrl("https", "sms_1.example", None, "")),
        ("http://[0:0:0:0:0:0:0:1]:80", BaseUrl("http", "::1", 80, "")),
        ("https://[2001:DB8::1]/a@b", BaseUrl("https", "2001:db8::1", None, "/a@b")),
        ("http://LOCALHOST:080/a//", BaseUrl("http", "localhost", 80, "/a")),
        ("https://192.0.2.1", BaseUrl("https", "192.0.2.1", None, "")),
        (
            "https://xn--espaa-rta.example",
            BaseUrl("https", "xn--espaa-rta.example", None, ""),
        ),
    ],
)
def test_an_address_is_parsed_into_its_only_form(text: str, url: BaseUrl) -> None:
    """So the same host has the same connections."""
    assert BaseUrl.parse(text) == url


_PIECES = st.sampled_from(
    [
        *("http://", "https://", "localhost", "127.0.0.1", "[::1]", "evil.test", "::1"),
        *("@", ":", "/", "\\", "#", "?", ".", "%2e", "%00", "[", "]", "80", "0x7f.1"),
        *(" ", "\t", "\n", "\x00", "\u3002", "\uff0f", "127.1", "user", "%25eth0", "A"),
    ]
)


@pytest.mark.case("attack 11", TRICK)
@given(st.lists(_PIECES, max_size=8).map("".join))
def test_all_parsers_agree_on_an_accepted_address(text: str) -> None:
    """Python's, the HTTP client's, and ours: host, port and scheme are the same."""
    url = BaseUrl.parse(text)
    if url is None:
        return
    parts = urlsplit(text)
    assert (parts.scheme, parts.username, parts.port) == (url.scheme, None, url.port)
    client_url = httpx.URL(text)
    assert client_url.userinfo == b""
    for host in (parts.hostname, client_url.host):
        other = BaseUrl.parse(
            f"https://[{host}]" if ":" in str(host) else f"https://{host}"
        )
        assert other is not None
        assert other.host == url.host
    if url.scheme == "http" and base_url_problem(text) is None:
        assert is_loopback(client_url.host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.0.9", "::1"])
def test_this_computer_is_loopback(host: str) -> None:
    """By its name and by its addresses."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost.", "LOCALHOST", "localhost.test", "127.1", "0.0.0.0", "::"),  # noqa: S104  # nothing listens there
        *("::1%eth0", "[::1]", "::ffff:127.0.0.1", "128.0.0.1", "evil.test[::1]"),
    ],
)
def test_any_other_host_is_not(host: str) -> None:
    """Also where a system call would go to this computer."""
    assert not is_loopback(host)
