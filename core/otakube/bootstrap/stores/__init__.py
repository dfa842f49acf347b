# SPDX-License-Identifier: Apache-2.0
"""The stores that a process uses: the servers of the settings, or the embedded ones of a folder."""
