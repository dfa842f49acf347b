# SPDX-License-Identifier: Apache-2.0
"""The document store over MongoDB's wire protocol: atomic changes of single documents, nothing more."""
