# SPDX-License-Identifier: Apache-2.0
"""Rules about providers: rate limits, freshness and the shape of their answers."""
