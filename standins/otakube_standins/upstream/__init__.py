# SPDX-License-Identifier: Apache-2.0
"""The stand-in upstream: invented anime behind the real API shapes of its providers.

Demo, tests and benchmarks run on it, so that nothing depends on, or burdens, the live providers. It is a
stand-in: no answer of it comes from a provider.
"""
