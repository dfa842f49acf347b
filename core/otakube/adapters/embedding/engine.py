# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime without its telemetry, which the official builds send to their maker unless told not to.

Import the engine from here alone: the switch counts only if it is set before the library is loaded.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

__all__ = ["onnxruntime"]
