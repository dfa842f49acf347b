# SPDX-License-Identifier: Apache-2.0
"""The record: its fields, who claims them, the sites' pages, and the objects that steps hand over."""
