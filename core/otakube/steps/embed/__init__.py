# SPDX-License-Identifier: Apache-2.0
"""Step `embed`: turns a record's passages into vectors."""
