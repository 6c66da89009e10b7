"""Another network, noticed by the local address."""

import asyncio

import pytest

from harness.fast_loop import FastLoop
from harness.loop import running
from trayapp.services.polling.address_monitor import AddressMonitor


@pytest.mark.case("7", "one cause assumed of an error that has two")
def test_another_address_counts_as_another_network() -> None:
    """The first address and a lost one are no news; a fault ends nothing."""
    addresses = iter(["10.0.0.1", "10.0.0.1", "", "10.0.0.1", None, "10.1.0.9"])
    online: list[float] = []
    loop = FastLoop()

    def address() -> str:
        value = next(addresses, "10.1.0.9")
        if value is None:
            raise ZeroDivisionError
        return value

    async def story() -> None:
        monitor = AddressMonitor(lambda: online.append(loop.time()), address)
        async with running(monitor.run()):
            await asyncio.sleep(60 * 12)

    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(story())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert [round(at / 60) for at in online] == [4, 6]
