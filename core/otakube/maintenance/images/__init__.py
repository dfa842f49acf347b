# SPDX-License-Identifier: Apache-2.0
"""The sweep of images, and take-downs: docs/images.md has both."""
