# SPDX-License-Identifier: Apache-2.0
"""Versions of an entry for those who serve them: the audit copies, read only."""

from otakube.commit.audit_copies import AuditCopy, read_copy, versions

__all__ = ["AuditCopy", "read_copy", "versions"]
