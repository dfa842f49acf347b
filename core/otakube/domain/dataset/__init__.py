# SPDX-License-Identifier: Apache-2.0
"""The weekly dataset: the upstream list of which anime exist, and what a new week of it changes."""
