# SPDX-License-Identifier: Apache-2.0
"""Toy: a provider that no product file but the table and the policies has heard of."""
