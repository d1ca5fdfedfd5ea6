"""Grain: one row per different text that the company file's Hugging Face model scored; none without one.

The model is a folder with `config.json` (the labels), `tokenizer.json` and an ONNX export, run by
onnxruntime on the processor. The score is the expected value of its labels between -1, the most negative,
and 1; the confidence is the probability of the likeliest one. Texts that this version of the model has
scored are not scored again.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

LONGEST = 512
COLUMNS = {
    "text_key": "string",
    "score": "float64",
    "confidence": "float64",
    "analyser": "string",
    "analyser_version": "string",
}


def model(dbt, session):
    """Return the scores of the texts that are new to the model."""
    dbt.config(materialized="incremental", incremental_strategy="append")
    folder = dbt.config.meta_get("folder")
    texts = dbt.ref("int_customer_texts")
    if not folder:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    unread = texts.aggregate("text_key, min(body) as body", "text_key").order("text_key")
    if dbt.is_incremental:
        unread = unread.filter(f"text_key not in (select text_key from {dbt.this})")
    unread = unread.df()
    scores, confidences = _scored(Path(folder), unread["body"].tolist())
    table = pd.DataFrame(
        {
            "text_key": unread["text_key"],
            "score": np.round(scores, 6),
            "confidence": np.round(confidences, 6),
            "analyser": dbt.config.meta_get("name"),
            "analyser_version": dbt.config.meta_get("version"),
        }
    )
    return table.astype(COLUMNS)


def _scored(folder, texts):
    import onnxruntime
    from tokenizers import Tokenizer

    values = _label_values(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    onnx_file = next(iter(sorted(folder.rglob("*.onnx"))))
    session = onnxruntime.InferenceSession(str(onnx_file), options, providers=["CPUExecutionProvider"])
    wanted = {each.name for each in session.get_inputs()}
    probabilities = [np.empty((0, len(values)))]
    # One by one: in a batch a text's score would depend on its neighbours, and so on what else is new.
    for encoded in tokenizer.encode_batch(texts):
        inputs = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoded.type_ids], dtype=np.int64),
        }
        logits = session.run(None, {name: inputs[name] for name in inputs if name in wanted})[0]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities.append(odds / odds.sum(axis=1, keepdims=True))
    each = np.concatenate(probabilities)
    return each @ values, each.max(axis=1, initial=0)


def _label_values(folder):
    """Return the value of each label between -1 and 1, by its name or, for stars, by its number."""
    labels = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
    names = [labels[str(number)].lower() for number in range(len(labels))]
    stars = [int(name.split()[0]) for name in names if name.split()[0].isdigit()]
    if len(stars) == len(names):
        return np.interp(stars, [min(stars), max(stars)], [-1.0, 1.0])
    known = {"neg": -1.0, "neu": 0.0, "mix": 0.0, "pos": 1.0}
    found = [value for name in names for part, value in known.items() if part in name]
    if len(found) != len(names):
        raise ValueError(
            f"{folder}/config.json: expected labels such as negative, neutral and positive or 1 to 5 stars, "
            f"found {', '.join(names)}"
        )
    # Where a label is very positive, a plain one is half of it.
    is_very = [name.startswith(("very", "extremely")) for name in names]
    halves = [1.0 if very or not any(is_very) else 0.5 for very in is_very]
    return np.array(found) * halves
