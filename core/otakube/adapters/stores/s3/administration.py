# SPDX-License-Identifier: Apache-2.0
"""A bucket's own settings over boto3, which knows the calls that obstore does not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError
from botocore.exceptions import ConnectionError as NoConnection

from otakube.errors import Fatal, Retriable
from otakube.ports.bucket import Forbidden, Rule, Unsupported
from otakube.settings import Settings
from otakube_api.contract import FailureReason

_UNKNOWN = {"NotImplemented", "MethodNotAllowed", "NotSupported", "UnsupportedOperation"}
_REFUSED = {"AccessDenied", "AllAccessDisabled", "UnauthorizedAccess"}
_ABSENT = {"NoSuchBucket", "NoSuchPublicAccessBlockConfiguration", "NoSuchLifecycleConfiguration"}
_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


class S3BucketAdministration:
    """The BucketAdministration port. Without keys in the settings, boto3 finds its own, as `aws` does."""

    def __init__(self, settings: Settings) -> None:
        self.name, self._region = settings.s3_bucket, settings.s3_region
        with self._translated("s3:ListBucket", essential=True):
            self._s3 = boto3.client(
                "s3",
                endpoint_url=settings.s3_endpoint or None,
                region_name=settings.s3_region,
                aws_access_key_id=settings.s3_access_key_id.get_secret_value() or None,
                aws_secret_access_key=settings.s3_secret_access_key.get_secret_value() or None,
                config=Config(
                    connect_timeout=5,
                    read_timeout=30,
                    retries={"mode": "standard", "total_max_attempts": 4},
                    # Servers of one's own seldom have a name for each bucket.
                    s3={"addressing_style": "path" if settings.s3_endpoint else "auto"},
                ),
            )

    def exists(self) -> bool:
        """True if the bucket is there and these credentials may see it."""
        with self._translated("s3:ListBucket", essential=True):
            # A HEAD would do, but its refusals have no text: unknown keys may look like no bucket.
            return self._get("list_objects_v2", MaxKeys=1) is not None

    def create(self) -> None:
        """Create it in the region of the settings."""
        place = {} if self._region == "us-east-1" else {"LocationConstraint": self._region}
        with self._translated("s3:CreateBucket", essential=True):
            self._s3.create_bucket(
                Bucket=self.name, **({"CreateBucketConfiguration": place} if place else {})
            )

    def blocks_public_access(self) -> bool:
        """True if no policy and no access list can open it to the public."""
        with self._translated("s3:GetBucketPublicAccessBlock"):
            answer = self._get("get_public_access_block") or {}
        return dict(answer.get("PublicAccessBlockConfiguration", {})) == _BLOCKED

    def block_public_access(self) -> None:
        """Block all four ways."""
        with self._translated("s3:PutBucketPublicAccessBlock"):
            self._s3.put_public_access_block(Bucket=self.name, PublicAccessBlockConfiguration=_BLOCKED)

    def rules(self) -> list[Rule]:
        """Its lifecycle rules."""
        with self._translated("s3:GetLifecycleConfiguration"):
            answer = self._get("get_bucket_lifecycle_configuration") or {}
        return list(answer.get("Rules", []))

    def replace_rules(self, rules: Sequence[Rule]) -> None:
        """Write all of them: S3 has no call for a single one."""
        with self._translated("s3:PutLifecycleConfiguration"):
            self._s3.put_bucket_lifecycle_configuration(
                Bucket=self.name, LifecycleConfiguration={"Rules": list(rules)}
            )

    def _get(self, call: str, **options: int) -> dict[str, Any] | None:
        """The answer; None where there is no such thing."""
        try:
            answer: dict[str, Any] = getattr(self._s3, call)(Bucket=self.name, **options)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        return answer

    @contextmanager
    def _translated(self, permission: str, *, essential: bool = False) -> Iterator[None]:
        """Turn boto3's exceptions into the port's; nothing goes on without what is essential."""
        try:
            yield
        except ClientError as error:
            refusal = self._refusal(error, permission)
            if essential and isinstance(refusal, Forbidden | Unsupported):
                message = (
                    f"bucket {self.name!r} refuses these credentials, or is another's: they need {permission}"
                )
                raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
            raise refusal from error
        except (NoConnection, HTTPClientError) as error:
            raise Retriable(FailureReason.STORE_UNAVAILABLE, f"bucket {self.name!r}: {error}") from error
        except NoCredentialsError as error:
            message = (
                f"bucket {self.name!r}: there are no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or put otakube_s3_access_key_id and otakube_s3_secret_access_key "
                "into the folder that OTAKUBE_SECRETS_DIR names"
            )
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
        except (BotoCoreError, ValueError) as error:  # half of the keys, a wrong address, a wrong name
            raise Fatal(FailureReason.SETTINGS_INVALID, f"bucket {self.name!r}: {error}") from error

    def _refusal(self, error: ClientError, permission: str) -> Exception:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in _UNKNOWN or status == 501:
            return Unsupported(code)
        if code in _REFUSED:
            return Forbidden(permission)
        message = f"bucket {self.name!r}: {error}"
        if status >= 500:
            return Retriable(FailureReason.STORE_UNAVAILABLE, message)
        return Fatal(FailureReason.SETTINGS_INVALID, message)
