# SPDX-License-Identifier: Apache-2.0
"""Wiring: the stores of the settings and the providers that are switched on."""
