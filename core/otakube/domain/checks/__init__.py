# SPDX-License-Identifier: Apache-2.0
"""Checks of a merged record: what a person must look at."""
