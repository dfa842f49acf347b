# SPDX-License-Identifier: Apache-2.0
"""The runtime of controllers: watches, queue, status, events, health."""
