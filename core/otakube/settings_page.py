# SPDX-License-Identifier: Apache-2.0
"""Writes what follows from the settings: docs/reference/settings.md, and the providers in the chart's schema.

`python -m otakube.settings_page [--check]`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from otakube.provider_settings import ProviderSettings
from otakube.settings import Settings, settings_of
from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES, PROFILES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/settings.md"
SCHEMA = ROOT / "charts/otakube/values.schema.json"

HEAD = """# Settings of steps and services

Written by `make generate`. The chart fills them from its values: plain ones as environment, secret ones
as files named in lower case below `/etc/otakube/secrets`. By hand, set the environment, or
`OTAKUBE_SECRETS_DIR`.

An address that is no secret is shown and stored, so it has neither user and password nor a query. In one
that is, what `/ ? # [ ] @` would tear apart is percent-encoded: a Redis password `a/b` is written `a%2Fb`.
What is refused is named, and its value never shown; a secret of eight or more characters is taken out of
every failure and line of the log.

| variable | default | secret | meaning |
|---|---|---|---|
"""
PROVIDERS = """
## Settings of each provider

`NAME` is `{names}`.

| variable | default | secret | meaning |
|---|---|---|---|
"""
_SHOWN = (
    "type",
    "description",
    "pattern",
    "minimum",
    "maximum",
    "anyOf",
    "properties",
    "additionalProperties",
)


def page() -> str:
    """The page's text, one row a setting."""
    rows = [
        _row(f"OTAKUBE_{name.upper()}", field)
        for name, field in Settings.model_fields.items()
        if name != "providers"
    ]
    names = "`, `".join(profile.package.upper() for profile in PROFILES.values())
    return HEAD + "".join(rows) + PROVIDERS.format(names=names) + "".join(_provider_rows())


def _provider_rows() -> list[str]:
    common = ProviderSettings.model_fields
    rows = [_row(f"OTAKUBE_PROVIDERS__NAME__{name.upper()}", field) for name, field in common.items()]
    for provider, profile in PROFILES.items():
        for name, field in settings_of(provider).model_fields.items():
            if name not in common or field.default != common[name].default:
                rows.append(_row(f"OTAKUBE_PROVIDERS__{profile.package.upper()}__{name.upper()}", field))
    return rows


def _row(variable: str, field: FieldInfo) -> str:
    secret = "SecretStr" in str(field.annotation)
    plain = isinstance(field.default, str | int | float | list)
    shown = f"`{field.default}`" if plain and field.default != "" else ""
    return f"| `{variable}` | {shown} | {'yes' if secret else ''} | {field.description} |\n"


def schema(text: str) -> str:
    """The chart's schema with the providers' values in it."""
    values: dict[str, Any] = json.loads(text)
    listed = values["properties"]["providers"]["properties"]
    listed |= {_camel(profile.package): _provider(provider) for provider, profile in PROFILES.items()}
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _provider(provider: Provider) -> dict[str, Any]:
    described = settings_of(provider).model_json_schema()
    own = {name: _value(value, described) for name, value in described["properties"].items()}
    secrets = {name: own.pop(name) for name in PROFILES[provider].secrets}
    if provider not in ALTERNATIVES:
        del own["preferred"]
    if secrets:
        own["secrets"] = _object("Kept in a Secret.", secrets)
    return _object(f"{provider}.", own)


def _object(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    named = {_camel(name): value for name, value in properties.items()}
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "properties": named,
    }


def _value(value: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """One value without what a chart's schema has no use for; a model stands where it is named."""
    if "$ref" in value:
        model = described["$defs"][value["$ref"].rpartition("/")[2]]
        inner = {name: _value(one, described) for name, one in model["properties"].items()}
        return _object(value.get("description", ""), inner)
    return {key: value[key] for key in _SHOWN if key in value}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def main() -> int:
    """Write both; with --check only compare. 0 current, 1 stale."""
    written = {PAGE: page(), SCHEMA: schema(SCHEMA.read_text())}
    stale = [path for path, text in written.items() if not path.exists() or path.read_text() != text]
    if "--check" not in sys.argv:
        for path in stale:
            path.write_text(written[path])
        return 0
    for path in stale:
        sys.stderr.write(f"{path.name} is stale: run `make generate`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
