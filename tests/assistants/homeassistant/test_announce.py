import asyncio

import pytest

from sayagain.assistants.homeassistant.announce import Announcement, own_address


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1"])
def test_nothing_is_announced_where_only_this_machine_could_reach_it(host):
    async def story():
        announcement = Announcement(host, 10_500)
        assert await announcement.start() is False
        await announcement.stop()

    asyncio.run(story())


def test_the_own_address_is_the_one_on_the_way_to_the_other():
    assert own_address("127.0.0.1", 8123) == "127.0.0.1"
    assert own_address("nobody.invalid", 8123) == "127.0.0.1"
