"""The Hugging Face model that a company file may name, found on this machine and never downloaded."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("config.json", "tokenizer.json")
PACKAGES = ("onnxruntime", "tokenizers", "huggingface_hub")


def model_folder(name: str, company_folder: Path) -> Path:
    """Return the folder of a model named by a path or by its name on the hub.

    Raises `ValueError` with one line where it is not on this machine or cannot be run.
    """
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise ValueError(f"needs the package {missing[0]}; install cx-warehouse[huggingface]")
    folder = (company_folder / Path(name).expanduser()).resolve()
    if not folder.is_dir():
        folder = _cached(name)
    for file in NEEDED:
        if not (folder / file).is_file():
            raise ValueError(f"expected {file} in {folder}, found none; export the model with its tokenizer")
    if not next(folder.rglob("*.onnx"), None):
        raise ValueError(
            f"expected an ONNX file in {folder}, found none; export the model with "
            "`optimum-cli export onnx --model NAME FOLDER` and name that folder"
        )
    return folder


def model_version(folder: Path) -> str:
    """Return a digest of the files that decide what the model says."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.onnx"), *(folder / file for file in NEEDED)]):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _cached(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise ValueError(
            f"expected a folder, or a model in the local Hugging Face cache, found no {name!r}; "
            "download it first, or write the path of its folder"
        ) from error
