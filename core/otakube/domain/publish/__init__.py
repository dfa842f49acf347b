# SPDX-License-Identifier: Apache-2.0
"""Publications beside the record: passages to embed and the graph of relations."""
