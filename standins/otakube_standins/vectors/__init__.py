# SPDX-License-Identifier: Apache-2.0
"""A development server that speaks Qdrant's REST protocol over Qdrant's engine, for machines without Qdrant.

It stands in for one node: no cluster, no aliases, no shard keys. An acknowledged write is in the engine's
write-ahead log. What it cannot do it refuses with status 400, never silently.
"""
