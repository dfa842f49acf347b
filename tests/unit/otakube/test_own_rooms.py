# SPDX-License-Identifier: Apache-2.0
"""Which providers are servers of one's own."""

from otakube.domain.entry import Provider
from otakube.rooms import own
from otakube.settings import Settings


def test_only_a_private_host_that_the_settings_name_is_ones_own() -> None:
    settings = Settings.model_validate(
        {
            "jikan_url": "http://upstream.test:8080/jikan/v4",
            "kitsu_url": "http://upstream.test.evil.example/kitsu",
            "image_private_hosts": ["upstream.test"],
        }
    )
    assert own(settings) == {Provider.JIKAN}
    assert own(Settings.model_validate({})) == set()
