# SPDX-License-Identifier: Apache-2.0
"""What the providers' licences allow: redaction for readers, and expiry."""
