# SPDX-License-Identifier: Apache-2.0
"""Takes a week of the dataset into the catalogue: entries are listed, go on, are merged, or are orphaned."""
