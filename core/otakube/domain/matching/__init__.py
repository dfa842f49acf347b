# SPDX-License-Identifier: Apache-2.0
"""Which anime a title means: titles read, compared, searched and resolved."""
