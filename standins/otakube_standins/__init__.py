# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for outside systems, for development and tests; no product code imports them."""
