"""The rules by which the lexicon reads a text, a second time, in plain Python."""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict

from orchestration.contract import PROJECT_ROOT

FORMS = str.maketrans(
    "ךםןףץيىكةأإآٱ’‘`´\u200c\u00a0٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "כמנפצییکهاااا''''  " + "0123456789" * 2
)
MARKS = re.compile(
    "[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200d-\u200f\u202a-\u202e"
    "\u2066-\u2069\ufe0f\ufeff]"
)
PREFIXES = set("ושהבלמכ")


def is_address(word: str) -> bool:
    name, _, host = word.partition("@")
    return word.startswith(("http://", "https://")) or (bool(name) and "." in host.strip("."))


def words_of(text: str) -> list[str]:
    text = " ".join(word for word in text.split() if not is_address(word))
    spelled = MARKS.sub("", text.lower()).translate(FORMS)
    found, current = [], ""
    for at, sign in enumerate(spelled):
        following = spelled[at + 1] if at + 1 < len(spelled) else ""
        if sign.isalpha() or sign.isnumeric() or (sign == "'" and current and following.isalpha()):
            current += sign
            continue
        if current:
            found.append(current)
        current = ""
        if 0x2600 <= ord(sign) <= 0x27BF or 0x1F300 <= ord(sign) <= 0x1FAFF:
            found.append(sign)
    return [*found, current] if current else found


def lexicon() -> dict[str, dict[tuple, dict]]:
    terms: dict[str, dict[tuple, dict]] = defaultdict(dict)
    with (PROJECT_ROOT / "seeds/sentiment_terms.csv").open(encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: row["term"]):
            terms[row["language"]].setdefault(tuple(words_of(row["term"])), row)
    return terms


def score(text: str, language: str, terms: dict[str, dict[tuple, dict]]) -> float:
    words = words_of(text)
    hits = []
    for at, word in enumerate(words):
        forms = [word]
        if language == "he":
            forms += [
                word[cut:] for cut in (1, 2) if len(word) >= 2 * cut + 1 and set(word[:cut]) <= PREFIXES
            ]
        candidates = [
            (length, -number, terms[source][form, *words[at + 1 : at + length]])
            for length in (3, 2, 1)
            for number, form in enumerate(forms)
            for source in (language, "*")
            if len(words) >= at + length and (form, *words[at + 1 : at + length]) in terms[source]
        ]
        if candidates:
            length, _, row = max(candidates, key=lambda each: each[:2])
            hits.append((at, length, row))
        elif language == "fa" and word.startswith("نمی") and len(word) > 3:
            hits.append((at, 1, {"kind": "negator", "reach": "previous"}))
    spans = [(at, at + length) for at, length, _ in hits]
    free = [span for span in spans if not any(at < span[0] < end for at, end in spans)]
    hits = [hit for hit in hits if not any(at < hit[0] < end for at, end in free)]
    total = 0
    for at, _, row in hits:
        if row["kind"] != "valence":
            continue
        before = [(at - other, each) for other, _, each in hits if other < at]
        after = [(other - at, each) for other, _, each in hits if other > at]
        negated = any(
            each["kind"] == "negator" and each["reach"] in ("next", "both") and far <= 3
            for far, each in before
        ) or any(
            each["kind"] == "negator" and each["reach"] in ("previous", "both") and far <= 2
            for far, each in after
        )
        boost = sum(
            round(1000 * float(each["weight"]))
            for reach, side in (("next", before), ("previous", after))
            for far, each in side
            if each["kind"] == "booster" and each["reach"] in (reach, "both") and far <= 2
        )
        value = round(1000 * float(row["weight"])) * (1000 + boost) / 1000 * (-0.74 if negated else 1)
        total += math.floor(abs(value) + 0.5) * (1 if value > 0 else -1)
    return total / math.sqrt(total * total + 15_000_000)
