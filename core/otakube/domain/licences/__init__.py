# SPDX-License-Identifier: Apache-2.0
"""Application of the providers' licences: redaction for readers, and expiry."""
