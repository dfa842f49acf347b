# SPDX-License-Identifier: Apache-2.0
"""Snapshots of the catalogue: written, listed, verified, restored; and the same files for other people."""
