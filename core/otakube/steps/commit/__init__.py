# SPDX-License-Identifier: Apache-2.0
"""Step `commit`: hands a run's record to the commit protocol."""
