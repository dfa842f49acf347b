# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every tier shares."""

import os

import hypothesis

from stores import stores as stores

# CI tries the same examples each time, so that red means the change; by hand, each run looks further.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "explore")
