# SPDX-License-Identifier: Apache-2.0
"""The frame of every HTTP service: start-up, settings, logs, problems, metrics and health."""
