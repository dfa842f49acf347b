# SPDX-License-Identifier: Apache-2.0
"""Step `conclude`: cleans up after a run, or writes its dead letter."""
