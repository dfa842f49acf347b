# SPDX-License-Identifier: Apache-2.0
"""What providers bear: budgets, rate limits, freshness and the shape of their answers."""
