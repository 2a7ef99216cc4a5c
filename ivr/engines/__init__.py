"""Floor 5. Models and disks behind the ports of `ivr.call.ports`.

Importing this package keeps the libraries below from reporting home: since 1.29 ONNX Runtime's wheels send
usage events and write a device identifier into the user's cache folder unless `ORT_DISABLE_TELEMETRY` is set
before it is first imported. Child processes inherit both settings; an operator may set them otherwise.
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
