# SPDX-License-Identifier: Apache-2.0
"""The one way of an image into the bucket, for runs and for the sweep (docs/images.md)."""
