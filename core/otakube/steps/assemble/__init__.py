# SPDX-License-Identifier: Apache-2.0
"""Step `assemble`: mirrors images, assembles the golden record, checks it."""
