# SPDX-License-Identifier: Apache-2.0
"""Looks whether the snapshots beside the catalogue have their manifests and all their files."""

from otakube.errors import Fatal
from otakube.maintenance.scrub import Damage, Outcome, Scrub
from otakube.maintenance.snapshots.manifest import MANIFEST, folder, manifest_key, names_in
from otakube.maintenance.snapshots.shelf import named
from otakube.ports.objects import Prefix


async def audit_snapshots(scrub: Scrub) -> None:
    """Report each that lacks something; `otakube snapshot verify` reads their contents too."""
    objects = scrub.stores.objects
    keys = {key async for key in objects.list(Prefix.SNAPSHOTS)}
    for name in names_in(keys, MANIFEST):
        fault = await _fault(scrub, name, keys)
        if fault and await objects.exists(manifest_key(name)):  # it was not removed meanwhile
            cure = f"{fault}; write a new one, then remove {folder(name)}"
            scrub.found(Damage.SNAPSHOT_DAMAGED, name, cure, Outcome.FAILED)


async def _fault(scrub: Scrub, name: str, keys: set[str]) -> str:
    """The part that it lacks; empty for a whole one."""
    try:
        manifest = await named(scrub.stores.objects, name)
    except Fatal as error:
        return str(error)
    missing = sorted({part.key for part in manifest.parts} - keys)
    return f"{len(missing)} of its files are gone, such as {missing[0]}" if missing else ""
