# SPDX-License-Identifier: Apache-2.0
import base64
import datetime as dt
import json
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from otakube_cluster import identities
from otakube_cluster.certificates import authority, load_authority, signed
from unit.otakube_cluster.loading import Load

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_a_client_certificate_says_who_it_is_and_serves_nobody() -> None:
    ca = authority("test", NOW)
    pair = signed(ca, "system:node:n", group="system:nodes", names=[], now=NOW)
    pair.certificate.verify_directly_issued_by(ca.certificate)
    [user] = pair.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    [group] = pair.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    usage = pair.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert (user.value, group.value) == ("system:node:n", "system:nodes")
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_a_server_certificate_carries_names_and_addresses() -> None:
    pair = signed(authority("test", NOW), "server", group=None, names=["kubernetes", "10.96.0.1"], now=NOW)
    names = pair.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kubernetes"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["10.96.0.1"]


def test_the_authority_outlives_a_restart(tmp_path: Path) -> None:
    first = load_authority(tmp_path, "test", NOW)
    again = load_authority(tmp_path, "test", NOW + dt.timedelta(days=30))
    assert again.certificate == first.certificate


def test_keys_and_kubeconfigs_are_readable_by_their_owner_alone(tmp_path: Path, load: Load) -> None:
    settings = load({"OTAKUBE_DATA_DIR": str(tmp_path)})
    identities.issue(settings, NOW)
    files = [path for path in settings.data.rglob("*") if path.is_file()]
    assert settings.kubeconfig in files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_tokens_stay_valid_over_a_restart_because_their_key_stays(tmp_path: Path, load: Load) -> None:
    settings = load({"OTAKUBE_DATA_DIR": str(tmp_path)})
    key = settings.data / "pki/service-accounts.key"
    identities.issue(settings, NOW)
    before = key.read_bytes()
    identities.issue(settings, NOW)
    assert key.read_bytes() == before


def test_the_administrator_kubeconfig_leads_to_the_api_server(tmp_path: Path, load: Load) -> None:
    settings = load({"OTAKUBE_DATA_DIR": str(tmp_path)})
    identities.issue(settings, NOW)
    [cluster] = json.loads(settings.kubeconfig.read_text())["clusters"]
    ca = base64.b64decode(cluster["cluster"]["certificate-authority-data"])
    assert cluster["cluster"]["server"] == settings.server
    assert ca == (settings.data / "pki/ca.crt").read_bytes()
