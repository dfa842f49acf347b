# SPDX-License-Identifier: Apache-2.0
"""Golden records as the steps make them, of the stand-in upstream's titles, in this process."""

from collections.abc import Mapping
from pathlib import Path

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.bootstrap.providers import build, converter
from otakube.domain.licences.terms import LICENCES
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Image, ImageKind
from otakube.domain.record.handover import FetchSummary
from otakube.domain.record.ids import derived_id
from otakube.ports.providers import RawRecord
from otakube.settings import Settings
from otakube.steps.assemble.record import Staged
from otakube.steps.fetch.conversion import convert
from otakube.steps.stage.step import stage
from otakube_api.contract import Provider
from otakube_api.providers import Licence
from otakube_standins.upstream.provider import otakube_settings
from otakube_standins.upstream.settings import UpstreamSettings as Upstream
from upstream_app import NOW, upstream

PREFIX = "work/uid/1-1"
MODE = "FullEnrichment"
UNLIMITED = Upstream(unlimited=True)
SETTINGS = Settings.model_validate({"providers": otakube_settings("http://upstream.test")})


LIGHTHOUSE = {
    Provider.JIKAN: "70211",
    Provider.MYANIMELIST: "70211",
    Provider.ANILIST: "210437",
    Provider.KITSU: "61204",
    Provider.ANIDB: "18211",
    Provider.ANIMESCHEDULE: "hoshi-no-toudaimori",
    Provider.ANIME_PLANET: "hoshi-no-toudaimori",
}
"""A title that every provider has."""


async def fetched(
    ids: Mapping[Provider, str] = LIGHTHOUSE, world: Upstream = UNLIMITED
) -> dict[Provider, RawRecord]:
    """Each provider's answers about its page."""
    async with upstream(world) as client:
        adapters = build(SETTINGS, client, {})
        return {provider: await adapters[provider].source.fetch(page) for provider, page in ids.items()}


async def enriched(
    folder: Path, records: Mapping[Provider, RawRecord], *, licences: Mapping[Provider, Licence] = LICENCES
) -> GoldenRecord:
    """These answers merged by the steps; every picture counts as mirrored."""
    objects = FolderObjects(folder)
    for provider, record in records.items():
        converted = convert(record, converter(provider))
        await objects.put(f"{PREFIX}/{handover.converted(provider)}", converted.model_dump_json().encode())
    summary = FetchSummary(
        entry_id=derived_id("ani", "uid"),
        title="Hoshi no Toudaimori",
        existing=False,
        answered=list(records),
        failed=[],
        agreement=dict.fromkeys(records, 1.0),
        fetched_at=NOW,
        episodes_before=0,
    )
    await objects.put(f"{PREFIX}/{handover.FETCH}", summary.model_dump_json().encode())
    await stage(objects, work_prefix=PREFIX, mode=MODE, licences=licences)
    staged = await Staged.read(objects, PREFIX, episode_update=False)
    mirror = {url: mirrored(url) for url in staged.source_urls()}
    return GoldenRecord.model_validate_json(staged.record(mirror).model_dump_json())


def mirrored(url: str) -> Image:
    """An image as the mirror would know it."""
    return Image(kind=ImageKind.POSTER, provider=Provider.JIKAN, source_url=url, key="images/0.png")
