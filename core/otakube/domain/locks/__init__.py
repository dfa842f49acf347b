# SPDX-License-Identifier: Apache-2.0
"""Merge locks: what people decided, and what a decision does to a merge."""
