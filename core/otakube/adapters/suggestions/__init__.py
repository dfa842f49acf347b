# SPDX-License-Identifier: Apache-2.0
"""Suggesters: offline rules, or a language model behind an OpenAI-compatible endpoint."""
