# SPDX-License-Identifier: Apache-2.0
"""`otakube bucket` against moto, which keeps a bucket's settings as AWS does."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner, Result

from otakube.adapters.stores.s3.administration import S3BucketAdministration
from otakube.commands.bucket import app
from otakube.domain.licences.terms import LICENCES
from otakube.maintenance.lifecycle import needed_rules
from otakube.ports.bucket import Forbidden, Unsupported

OURS = [rule.body for rule in needed_rules(LICENCES.values())]
THEIRS = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}}
ALL_SETTINGS = ("bucket", "public access", "answers/", "work/", "unfinished uploads", "other rules")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """AWS as moto plays it, and a client of its own that looks into it."""
    for name, value in {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTAKUBE_S3_ENDPOINT", "")
    with mock_aws():
        yield boto3.client("s3", region_name="us-east-1")


def otakube(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def states(*words: str) -> dict[str, str]:
    return {row["setting"]: row["state"] for row in json.loads(otakube(*words, "-o", "json").stdout)}


def rules(s3: Any) -> list[dict[str, Any]]:
    return list(s3.get_bucket_lifecycle_configuration(Bucket="otakube")["Rules"])


def test_a_new_bucket_is_created_closed_and_given_its_rules(s3: Any) -> None:
    done = otakube("init")
    assert done.exit_code == 0, done.output
    assert rules(s3) == OURS
    blocked = s3.get_public_access_block(Bucket="otakube")["PublicAccessBlockConfiguration"]
    assert all(blocked.values())
    assert len(blocked) == 4
    assert otakube("check").exit_code == 0


def test_init_a_second_time_changes_nothing_and_says_so(s3: Any) -> None:
    assert states("init") == dict.fromkeys(ALL_SETTINGS[:-1], "Changed") | {"other rules": "Ok"}
    before = rules(s3)
    assert states("init") == dict.fromkeys(ALL_SETTINGS, "Ok")
    assert rules(s3) == before


def test_a_dry_run_says_what_differs_and_changes_nothing(s3: Any) -> None:
    assert otakube("init", "--dry-run").exit_code == 1
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket="otakube")
    s3.create_bucket(Bucket="otakube")
    assert states("init", "--dry-run")["work/"] == "Differs"
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        rules(s3)


def test_check_names_each_difference_with_its_cure(s3: Any) -> None:
    otakube("init")
    s3.delete_public_access_block(Bucket="otakube")
    changed = [rule | {"Expiration": {"Days": 1}} if rule["ID"] == "otakube-work" else rule for rule in OURS]
    s3.put_bucket_lifecycle_configuration(Bucket="otakube", LifecycleConfiguration={"Rules": changed})
    done = otakube("check")
    assert done.exit_code == 1
    text = " ".join(done.stdout.split())
    assert "Differs public access is not blocked `otakube bucket init` blocks it" in text
    assert "Differs work/ no rule removes them after 37 days `otakube bucket init` sets the rule" in text
    assert states("check")["answers/"] == "Ok"


def test_rules_of_others_survive(s3: Any) -> None:
    s3.create_bucket(Bucket="otakube")
    s3.put_bucket_lifecycle_configuration(Bucket="otakube", LifecycleConfiguration={"Rules": [THEIRS]})
    assert otakube("init").exit_code == 0
    assert rules(s3) == [THEIRS, *OURS]


def test_a_rule_of_others_that_removes_images_is_left_and_reported(s3: Any) -> None:
    harmful = THEIRS | {"Filter": {"Prefix": ""}}
    s3.create_bucket(Bucket="otakube")
    s3.put_bucket_lifecycle_configuration(Bucket="otakube", LifecycleConfiguration={"Rules": [harmful]})
    done = otakube("init")
    assert done.exit_code == 1
    assert "Conflict other rules rule 'logs' removes images/" in " ".join(done.stdout.split())
    assert harmful in rules(s3)


def test_a_bucket_lies_in_the_region_that_was_asked_for(s3: Any) -> None:
    assert otakube("init", "--bucket", "elsewhere", "--region", "eu-central-1").exit_code == 0
    assert s3.get_bucket_location(Bucket="elsewhere")["LocationConstraint"] == "eu-central-1"


@pytest.mark.parametrize(
    ("refusal", "state", "code"),
    [(Unsupported("NotImplemented"), "Unsupported", 0), (Forbidden("s3:PutThis"), "Forbidden", 1)],
    ids=["a server without the setting", "credentials without the permission"],
)
@pytest.mark.parametrize("call", ["replace_rules", "rules"])
def test_what_the_server_refuses_is_reported_plainly(
    s3: Any, monkeypatch: pytest.MonkeyPatch, refusal: Exception, state: str, code: int, call: str
) -> None:
    def refuse(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(S3BucketAdministration, call, refuse)
    done = otakube("init")
    assert done.exit_code == code
    found = states("init")
    assert (found["answers/"], found["work/"], found["public access"]) == (state, state, "Ok")
    assert ("permission s3:PutThis" in done.stdout) is (state == "Forbidden")


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("NotImplemented", 501, Unsupported),
        ("MethodNotAllowed", 405, Unsupported),
        ("AccessDenied", 403, Forbidden),
    ],
)
def test_an_answer_of_the_server_is_read(
    s3: Any, monkeypatch: pytest.MonkeyPatch, code: str, status: int, expected: type[Exception]
) -> None:
    from otakube.settings import Settings

    bucket = S3BucketAdministration(Settings(s3_endpoint=""))

    def refuse(**_: object) -> None:
        answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, "PutBucketLifecycleConfiguration")

    monkeypatch.setattr(bucket._s3, "put_bucket_lifecycle_configuration", refuse)
    with pytest.raises(expected):
        bucket.replace_rules([])


def test_a_bucket_that_refuses_the_credentials_ends_with_65(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}

    def refuse(*_: object, **__: object) -> None:
        raise ClientError(answer, "ListObjectsV2")

    monkeypatch.setattr(S3BucketAdministration, "_get", refuse)
    done = otakube("init")
    assert done.exit_code == 65
    assert "refuses these credentials, or is another's: they need s3:ListBucket" in done.stderr


def test_a_wrong_setting_ends_with_65_and_a_server_that_is_away_with_75(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    wrong = otakube("check", "--endpoint", "s3.example.com")
    away = otakube("check", "--endpoint", "http://127.0.0.1:1")
    assert (wrong.exit_code, away.exit_code) == (65, 75)
    assert wrong.stderr.startswith("SettingsInvalid: bucket 'otakube': Invalid endpoint")
    assert away.stderr.startswith("StoreUnavailable: bucket 'otakube': Could not connect")


def test_without_credentials_the_places_for_them_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it remembers the credentials of another test
    done = otakube("check")
    assert done.exit_code == 65
    assert "bucket 'otakube': there are no credentials: set AWS_PROFILE" in done.stderr
    assert "otakube_s3_secret_access_key into the folder that OTAKUBE_SECRETS_DIR names" in done.stderr
