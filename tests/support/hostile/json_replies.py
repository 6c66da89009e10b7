"""Bodies without a balance: bad numbers, units, shapes and texts."""

import json
from typing import Final

from gateways.replies import GOOD, KEY, reply, result
from hostile.case import STRANGE

HOSTILE_WORDS: Final = {
    "NUL": "a\x00b",
    "control characters": "\x1b[31mred\x07\r\nX-Header: 1\u2028\u2029\x85",
    "bidi controls": "\u202eKO\u202c \u2066\u200f\u061c",
    "a lone surrogate": "\ud800",
    "markup": '<b>x</b><img src="file:///etc/passwd"><a href="http://x">&amp;',
    "10,000 characters": "x" * 10_000,
    "10,000 accents on one letter": "e" + "\u0301" * 10_000,
    "the key": f"The key {KEY} is wrong",
    "the key in pieces": "\u200b".join(KEY),
}


def json_string(raw: str) -> str:
    """Write a JSON string, lone surrogates included."""
    return json.dumps(raw)


NUMBERS: Final = {
    **{
        f"balance {raw[:16]}": (STRANGE, result(raw))
        for raw in (
            *("NaN", '"NaN"', "Infinity", "-Infinity", '"Infinity"', '"sNaN"'),
            *("1e999999", '"1e999999"', "1e16", '"1e3"', '"-1E-5"'),
            *('"1_000"', "1_000", '"350,12"', '"1,000.00"', '"1 000"', '"350.12 EUR"'),
            *('"３５０"', '"٣"', '"−5"', '"+5"', "+5", '"--5"', '"0x10"', "007"),  # noqa: RUF001  # on purpose
            *("true", "false", '"true"', "null", "[]", "[1]", "{}", '["350.1200"]'),
            *('""', '" "', '" 1"', '"1 "', '"1\\n"', '".5"', '"5."', '"1.2.3"', '"-"'),
            *('"1234567890123456"', "1234567890123456", '"1.123456789"', '"1\\u0000"'),
        )
    },
    **{
        f"5,000 digits {name}": (STRANGE, result(raw))
        for name, raw in {
            "in a string": '"' + "9" * 5_000 + '"',
            "as a number": "9" * 5_000,
            "after the point": "0." + "9" * 5_000,
            "as an exponent": "1e" + "9" * 5_000,
        }.items()
    },
    "the key as the balance": (STRANGE, result(f'"{KEY}"')),
}
"""Balances that are no plain amounts."""

UNITS: Final = {
    **{
        f"currency {raw[:20]}": (STRANGE, result(currency=raw))
        for raw in (
            *('""', '"  "', "null", "5", "true", "[]", '["EUR"]', "{}", '"two words"'),
            *('"12"', '"-"', '"\\u3164"', '"\\u05d0"'),
        )
    },
    **{
        f"currency with {name}": (STRANGE, result(currency=json_string("EUR" + said)))
        for name, said in HOSTILE_WORDS.items()
    },
}
"""Currencies that are no short words."""

_BODIES: Final[dict[str, str | bytes]] = {
    "nothing": "",
    "blanks": " \r\n ",
    "null": "null",
    "a list": "[]",
    "a string": '"ok"',
    "a number": "350.1200",
    "an empty object": "{}",
    "no result": '{"status": "ok"}',
    "a null result": '{"status": "ok", "result": null}',
    "a list as the result": '{"status": "ok", "result": [350.12, "EUR"]}',
    "a string as the result": '{"status": "ok", "result": "350.12 EUR"}',
    "an empty result": '{"status": "ok", "result": {}}',
    "no balance": '{"status": "ok", "result": {"currency": "EUR"}}',
    "no currency": '{"status": "ok", "result": {"balance": "350.1200"}}',
    "no status": GOOD.replace('"status": "ok", ', ""),
    "status OK in capitals": GOOD.replace('"ok"', '"OK"'),
    "status true": GOOD.replace('"ok"', "true"),
    "another status": GOOD.replace('"ok"', '"pending"'),
    "two balances": GOOD.replace('"balance"', '"balance": "1", "balance"'),
    "two results": GOOD[:-1] + ', "result": {"balance": "1", "currency": "EUR"}}',
    "less than all": GOOD[:-1],
    "NaN elsewhere": GOOD[:-1] + ', "more": NaN}',
    "two replies": GOOD + GOOD,
    "a script": f"callback({GOOD})",
    "single quotes": GOOD.replace('"', "'"),
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-32": GOOD.encode("utf-32"),
    "bad UTF-8": GOOD.encode().replace(b"EUR", b"\xff\xfe"),
    "overlong UTF-8": GOOD.encode().replace(b"EUR", b"\xc0\xaf"),
    "surrogates in UTF-8": GOOD.encode().replace(b"EUR", b"\xed\xa0\x80"),
    "two byte order marks": "\ufeff\ufeff" + GOOD,
    "NUL in front": "\x00" + GOOD,
    "a raw NUL inside": GOOD.replace("EUR", "EUR\x00"),
    "gzip that is not said": b"\x1f\x8b\x08\x00" + GOOD.encode(),
    "200,000 brackets": "[" * 200_000 + "]" * 200_000,
    "60,000 brackets": "[" * 30_000 + "]" * 30_000,
    "brackets to the edge": '{"status": "ok", "result": ' + "[" * 970 + "]" * 970 + "}",
    "60,000 braces": '{"a":' * 12_000,
    "brackets as the balance": '{"status":"ok","result":{"balance":'
    + "[" * 30_000
    + "]" * 30_000
    + "}}",
    "the key": f'{{"api_key": "{KEY}"}}',
}

SHAPES: Final = {
    f"200 {name}": (STRANGE, reply(body)) for name, body in _BODIES.items()
}
"""Undocumented JSON, and bodies that are no JSON."""
