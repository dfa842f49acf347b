# SPDX-License-Identifier: Apache-2.0
"""The providers: one package each, strangers to each other."""
