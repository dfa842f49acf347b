# SPDX-License-Identifier: Apache-2.0
"""The vector store over Qdrant's REST protocol."""
