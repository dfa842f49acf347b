# SPDX-License-Identifier: Apache-2.0
"""What is wired to what: the stores of the settings and the providers that are switched on."""
