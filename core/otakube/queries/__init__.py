# SPDX-License-Identifier: Apache-2.0
"""Questions to the stores that the catalogue API and the command line both ask."""
