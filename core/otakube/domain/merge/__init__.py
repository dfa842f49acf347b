# SPDX-License-Identifier: Apache-2.0
"""Merge of the providers' claims into one record."""
