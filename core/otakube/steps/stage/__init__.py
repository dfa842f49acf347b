# SPDX-License-Identifier: Apache-2.0
"""Step `stage`: merges the answers, stage by stage."""
