# SPDX-License-Identifier: Apache-2.0
"""The one error of this package: a sentence for a person, with its cure."""


class ClusterError(Exception):
    """Something that a person has to put right; the message names it and says how."""
