# SPDX-License-Identifier: Apache-2.0
"""The provider table, and all that is derived from it or stands beside it."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from otakube.domain.merge.policies import EPISODE_ORDER, POLICIES
from otakube.domain.record.pages import Page, identify
from otakube.settings import settings_of
from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES, PROFILES, SITES
from otakube_api.v1alpha1.validation import URL_HOST, URL_PATH
from otakube_standins.upstream.provider import discovered, otakube_settings

ROOT = Path(__file__).parents[2]
SECRET_STORE = ROOT / "charts/otakube-dev/templates/secrets.yaml"
BY_NAME = {provider: profile.package for provider, profile in PROFILES.items()}
NAMED_IN = {
    "crds/otakube_api/contract/vocabulary.py",
    "crds/otakube_api/providers.py",
    "core/otakube/domain/merge/policies.py",
    "charts/otakube/values.yaml",
    "charts/otakube/values-dev.yaml",
    "charts/otakube-dev/templates/secrets.yaml",
    "docs/providers.md",
    "CHANGELOG.md",
}
"""All files that name a provider by hand outside its own folders; CONTRIBUTING lists the same."""
KNOWN_FOR_MORE = {
    "core/otakube/adapters/providers": "their ids, which other providers link to",
    "standins/otakube_standins/upstream": "their ids, which other stand-ins link to, and what each says",
    "core/otakube/domain/merge/episodes.py": "days that are Japan's",
    "core/otakube/domain/providers/http_freshness.py": "an example of a peculiar answer",
    "core/otakube/settings.py": "an example of a variable",
    "charts/otakube/templates/_helpers.tpl": "the reason for a port",
    "crds/samples": "examples",
    "cli/otakube_cli/demo": "a drill against one provider",
    "charts/otakube/ci": "values of a test",
    "pyproject.toml": "the reason for a dependency",
}
"""Files that name one for another reason, which one more provider has not."""
GENERATED = re.compile(
    r"crds/[^/]*yaml|charts/otakube-crds/|charts/otakube/files/|.*schema\.json|docs/reference/"
)
CODE = ("crds", "core", "operator", "workflows", "services", "cli", "standins", "charts", "pyproject.toml")


@pytest.mark.parametrize("provider", Provider)
def test_each_row_has_an_adapter_a_stand_in_and_a_chart_value(provider: Provider) -> None:
    package = PROFILES[provider].package
    for module in ("client", "convert"):
        assert find_spec(f"otakube.adapters.providers.{package}.{module}"), module
    assert package in {one.name for one in discovered()}
    values = yaml.safe_load((ROOT / "charts/otakube/values.yaml").read_text())["providers"]
    first, *rest = package.split("_")
    assert values[first + "".join(map(str.title, rest))]["enabled"] is not PROFILES[provider].opt_in


@pytest.mark.parametrize("provider", Provider)
def test_each_row_s_secrets_are_the_secret_settings(provider: Provider) -> None:
    own = settings_of(provider).model_fields
    assert {name for name, field in own.items() if field.annotation is SecretStr} == set(
        PROFILES[provider].secrets
    )
    assert PROFILES[provider].required_setting in {None, *own}


@pytest.mark.parametrize("provider", SITES)
def test_the_canonical_page_is_read_back_and_passes_the_api_server(provider: Provider) -> None:
    page = Page(provider, "a-name" if SITES[provider].named else "17")
    assert identify(page.url) == page
    for rule in (URL_HOST, URL_PATH):
        forms = re.findall(r"self\.matches\('([^']*)'\)", rule.rule)
        assert any(re.search(form.replace("[:space:]", r"\s"), page.url) for form in forms)


def test_two_ways_to_one_site_name_each_other_and_one_of_them_has_the_site() -> None:
    for provider, other in ALTERNATIVES.items():
        assert ALTERNATIVES[other] is provider
        assert (provider in SITES) != (other in SITES)


@pytest.mark.parametrize("provider", Provider)
def test_each_provider_is_trusted_with_titles_and_episodes(provider: Provider) -> None:
    assert provider in POLICIES["title"].order
    assert provider in EPISODE_ORDER


def test_the_development_values_point_at_the_stand_in() -> None:
    values = yaml.safe_load((ROOT / "charts/otakube/values-dev.yaml").read_text())["providers"]
    wanted = otakube_settings("http://otakube-upstream.otakube-dev.svc:8080")
    for provider, package in BY_NAME.items():
        first, *rest = package.split("_")
        given = values[first + "".join(map(str.title, rest))]
        named = {re.sub("([A-Z])", r"_\1", name).lower(): value for name, value in given.items()}
        secrets = PROFILES[provider].secrets
        plain = {name: value for name, value in wanted[package].items() if name not in {*secrets, "enabled"}}
        assert {name: value for name, value in named.items() if name != "enabled"} == plain
        for name in secrets:
            key = f"otakube_providers__{package}__{name}"
            assert f'{key}: {{{{ "{wanted[package][name]}" | b64enc }}}}' in SECRET_STORE.read_text()


@pytest.mark.parametrize(
    "provider", [Provider.KITSU, Provider.ANIDB, Provider.ANIMESCHEDULE, Provider.ANIME_PLANET]
)
def test_a_provider_is_named_by_hand_in_at_most_eight_files_outside_its_folders(provider: Provider) -> None:
    package = PROFILES[provider].package
    spelt = "|".join({package, package.replace("_", "-"), package.replace("_", ""), f"{provider}"})
    command = ["git", "grep", "-liE", rf"\b({spelt})\b", "--", *CODE]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    by_hand = {
        name
        for name in found
        if f"/{package}/" not in name
        and not GENERATED.match(name)
        and not any(name == known or name.startswith(f"{known}/") for known in KNOWN_FOR_MORE)
    }
    assert by_hand <= NAMED_IN
    assert len(NAMED_IN) <= 8


def test_contributing_lists_the_files_that_one_more_provider_touches() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    section = text[text.index("## Adding a provider") :]
    assert {name for name in NAMED_IN if f"`{name}`" not in section} == set()
