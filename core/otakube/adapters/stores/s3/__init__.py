# SPDX-License-Identifier: Apache-2.0
"""The bucket over S3's own protocol."""
