# SPDX-License-Identifier: Apache-2.0
"""Times of an EpisodeSchedule as UTC instants: pure, for the operator and the command line alike."""
