# SPDX-License-Identifier: Apache-2.0
"""Resolution of titles to anime: parsing, comparison, search and decision."""
