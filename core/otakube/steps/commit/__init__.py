# SPDX-License-Identifier: Apache-2.0
"""Step `commit`: publishes a record as a saga over all stores."""
