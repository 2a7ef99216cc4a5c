"""The error tree, split by whose fault it is.

    IvrError
    ├── FlowError         the flow author's: a flow file is wrong, or does something it must not
    ├── CarrierError      the caller's or carrier's: what came over the line is not what it should be
    ├── ConfigError       the operator's: a setting, a port, a missing file or model
    ├── EngineError       an engine's: a recogniser, voice, embedder or model that failed or is too slow
    │   └── Shed          work on speculation that was left undone, since callers wait for other work
    └── Bug               ours

Every message says what is wrong, where, and what to do next.
"""


class IvrError(Exception):
    """Anything this package raises on purpose."""


class FlowError(IvrError):
    """A flow file is wrong, or a running flow did something it must not."""


class CarrierError(IvrError):
    """What came over the line is not what the protocol allows.

    `close_code` is the WebSocket close code that answers it (RFC 6455, section 7.4.1).
    """

    def __init__(self, message: str, close_code: int = 1002) -> None:
        super().__init__(message)
        self.close_code = close_code


class ConfigError(IvrError):
    """A setting, a port, a file or a model that the operator must put right."""


class EngineError(IvrError):
    """An engine failed, died, or did not answer in time."""


class Shed(EngineError):  # noqa: N818 -- the word for it
    """Work on speculation was left undone, since there is too much that callers wait for."""


class Bug(IvrError):  # noqa: N818 -- the word for it
    """Something that our own code promised cannot happen."""
