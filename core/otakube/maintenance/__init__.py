# SPDX-License-Identifier: Apache-2.0
"""Work beside the runs: scrub, audit, expiry, provider checks, merge locks."""
