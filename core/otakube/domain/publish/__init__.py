# SPDX-License-Identifier: Apache-2.0
"""What is published beside the record: passages to embed and the graph of relations."""
