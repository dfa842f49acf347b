# SPDX-License-Identifier: Apache-2.0
"""Jobs: the Workflows of kinds whose work is one Workflow a run, read, named, created and told of."""
