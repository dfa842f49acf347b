# SPDX-License-Identifier: Apache-2.0
"""The catalogue's data: one YAML file a title, all invented."""
