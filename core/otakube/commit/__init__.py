# SPDX-License-Identifier: Apache-2.0
"""Commit protocol: a saga over all stores, which the step, the scrubber and the licence expiry share."""
