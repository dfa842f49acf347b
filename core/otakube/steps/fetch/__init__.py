# SPDX-License-Identifier: Apache-2.0
"""Step `fetch`: asks the providers, and decides which anime their answers are about."""
