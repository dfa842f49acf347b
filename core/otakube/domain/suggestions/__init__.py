# SPDX-License-Identifier: Apache-2.0
"""Suggestions of tags and summaries."""
