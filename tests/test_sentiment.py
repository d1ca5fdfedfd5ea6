"""Sentiment: against labels, against a second implementation, and the same however it is run."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections import defaultdict

import duckdb
import numpy as np
import pytest
from scipy.stats import rankdata

from orchestration.settings import ConfigurationError
from tests.companies import SHARED_DATA, Warehouse, as_csv, make_company
from tests.lexicon_by_hand import lexicon, score


def auc(is_positive: np.ndarray, scores: np.ndarray) -> float:
    ranks, positive = rankdata(scores), is_positive.sum()
    return (ranks[is_positive].sum() - positive * (positive + 1) / 2) / positive / (~is_positive).sum()


# ---------------------------------------------------------------------------------- Hebrew comments


@pytest.fixture(scope="module")
def comments(real_data) -> dict:
    """Every labelled comment of the second half, with what the warehouse says of it."""
    warehouse = real_data("hebrew_comments")
    labels = defaultdict(set)
    with (SHARED_DATA / "hebrew_comments/token_train.tsv").open(encoding="utf-8") as file:
        for line in file:
            text, label = line.rstrip("\n").split("\t")
            labels[text].add(label)
    # One meaning a text, and not 'off topic'.
    labels = {text: found.pop() for text, found in labels.items() if len(found) == 1}
    rows = warehouse.built_rows(
        "select texts.body, judged.language, judged.sentiment_score, judged.lexicon_score, judged.analyser "
        "from (select distinct text_key, body from intermediate.int_customer_texts) as texts "
        "inner join intermediate.int_texts_judged as judged using (text_key)"
    )
    return {
        "all": rows,
        "held": [
            (*row, labels[row[0]] == "0")
            for row in rows
            if labels.get(row[0]) in ("0", "1") and hashlib.md5(row[0].encode()).hexdigest() >= "8"
        ],
    }


def test_the_lexicon_ranks_hebrew_comments_with_an_auc_of_80_percent(comments):
    held = comments["held"]
    assert len(held) > 3_500
    assert auc(np.array([row[-1] for row in held]), np.array([row[3] for row in held])) >= 0.82


def test_adapted_without_a_label_it_ranks_the_unseen_half_with_an_auc_of_89_percent(comments):
    held = comments["held"]
    assert {row[4] for row in held if row[1] == "he"} == {"lexicon+learned"}
    assert auc(np.array([row[-1] for row in held]), np.array([row[2] for row in held])) >= 0.89


def test_every_hebrew_score_equals_a_second_implementation(comments):
    terms = lexicon()
    assert len(comments["all"]) > 7_000
    wrong = [
        (body, language, found, score(body, language, terms))
        for body, language, _, found, _ in comments["all"]
        if found != pytest.approx(score(body, language, terms), abs=5.1e-7)
    ]
    assert wrong == []


# ------------------------------------------------------------------------- a company in three languages

TEXTS = {
    "praise": ("en", "The support was very helpful, thank you!", 1),
    "negated": ("en", "The answer was not helpful at all.", -1),
    "phrase": ("en", "Still waiting, and I was on hold for an hour.", -1),
    "plain": ("en", "I have a question about my invoice.", 0),
    "curly": ("en", "It isn’t good.", -1),
    "he_good": ("he", "שירות מצוין, תודה רבה!", 1),
    "he_points": ("he", "שֵׁרוּת מְצֻיָּן", None),
    "he_prefix": ("he", "והנציגה המצוינת", 1),
    "he_bad": ("he", "אני מאוכזב מאוד, שירות גרוע", -1),
    "fa_good": ("fa", "پشتیبانی عالی بود، ممنونم", 1),
    "fa_arabic_letters": ("fa", "پشتيباني عالي بود، ممنونم", 1),
    "fa_half_space": ("fa", "خدمات شما افتضاح است و راضی نیستم", -1),
    "fa_negated": ("fa", "خوب نبود", -1),
    "emoji": ("en", "👍", 1),
}


def feedback(rows: dict[str, tuple], **more) -> list[dict]:
    return [
        {
            "feedback_id": name,
            "kind": "review",
            "body": body,
            "language": language,
            "observed_at": "2026-01-05T10:00:00Z",
            **more,
        }
        for name, (language, body, *_) in rows.items()
    ]


# What the company's own words, emotions, other languages and complaints are tried on.
MORE = {
    "own": ("", "A wicked service"),
    "own_phrase": ("", "Not shabby"),
    "happy": ("", "I am happy"),
    "not_happy": ("", "I am not happy"),
    "french": ("fr", "Le service est excellent"),
    "digits": ("", "12345"),
}
COMPLAINTS = {
    "The response was much too slow, I waited for days for a reply.": ("en", "slow_answer"),
    "The answer was confusing, I did not understand the explanation.": ("en", "unclear_answer"),
    "התגובה הייתה איטית מדי, חיכיתי ימים לתשובה": ("he", "slow_answer"),
    "התשובה לא ברורה וההסבר מבלבל": ("he", "unclear_answer"),
    "پاسخ‌گویی خیلی کند بود، روزها منتظر جواب ماندم": ("fa", "slow_answer"),
    "جواب گیج‌کننده و نامفهوم بود": ("fa", "unclear_answer"),
}
OWN_TERMS = [
    {"language": "en", "term": "wicked", "kind": "valence", "weight": 3, "emotion": "enthusiastic"},
    {"language": "en", "term": "not shabby", "kind": "valence", "weight": 2, "emotion": ""},
]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """Texts of which nothing but the letters says in which language they are, and nothing is learned from."""
    folder = tmp_path_factory.mktemp("reviewed") / "company"
    unlabelled = {name: ("", body) for name, (_, body, _) in TEXTS.items()}
    complaints = {body: ("", body) for body in COMPLAINTS}
    return make_company(
        folder,
        {"feedback": feedback(unlabelled | MORE | complaints) + rated_comments(0, 600, "2025-10-10")},
        reference={"sentiment_terms_added": OWN_TERMS},
        languages=["en", "he", "fa"],
        learn_sentiment=False,
    ).run()


@pytest.mark.parametrize("name", [name for name, row in TEXTS.items() if row[2] is not None])
def test_a_text_is_as_good_or_bad_as_it_reads(reviewed, name):
    ((found, sentiment),) = reviewed.rows(
        "select sentiment_score, sentiment from voice.fct_customer_texts where record_id = ?", name
    )
    assert sentiment == {1: "positive", 0: "neutral", -1: "negative"}[TEXTS[name][2]]
    assert -1 <= found <= 1


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "emoji"])
def test_the_language_is_told_by_the_letters(reviewed, name):
    assert reviewed.rows("select language from voice.fct_customer_texts where record_id = ?", name) == [
        (TEXTS[name][0],)
    ]


def test_scores_in_three_languages_equal_a_second_implementation(reviewed):
    terms = lexicon()
    for name, (language, body, _) in TEXTS.items():
        if name == "emoji":
            continue
        ((found,),) = reviewed.rows(
            "select sentiment_score from voice.fct_customer_texts where record_id = ?", name
        )
        assert found == pytest.approx(score(body, language, terms), abs=5.1e-7), name


def test_one_spelling_arabic_letters_and_half_spaces_change_nothing(reviewed):
    found = dict(reviewed.rows("select record_id, sentiment_score from voice.fct_customer_texts"))
    assert found["fa_good"] == found["fa_arabic_letters"]
    words = reviewed.built_rows(
        "select distinct words from intermediate.int_texts_normalised "
        "inner join intermediate.int_customer_texts using (text_key) where record_id = 'he_points'"
    )
    assert words == [(["שרות", "מצינ"],)]


def test_every_row_names_its_analyser_and_version(reviewed):
    # Six hundred rated comments would teach; but the company file says not to learn.
    named = reviewed.rows(
        "select distinct analyser, length(analyser_version) from voice.fct_customer_texts "
        "where sentiment_score is not null"
    )
    assert named == [("lexicon", 8)]


def test_a_text_in_a_language_without_a_lexicon_has_no_score_and_is_not_lost(reviewed):
    assert reviewed.rows(
        "select record_id, language, sentiment_score, sentiment, analyser from voice.fct_customer_texts "
        "where record_id in ('digits', 'french') order by record_id"
    ) == [("digits", None, None, None, None), ("french", "fr", None, None, None)]


def test_the_companys_own_terms_outrank_the_ones_that_ship(reviewed):
    assert reviewed.rows(
        "select record_id, sentiment_score, enthusiastic_frustrated from voice.fct_customer_texts "
        "where record_id in ('own', 'own_phrase') order by record_id"
    ) == [("own", round(3 / math.sqrt(24), 6), 1.0), ("own_phrase", round(2 / math.sqrt(19), 6), None)]


def test_a_negated_emotion_is_the_other_side_of_its_pair(reviewed):
    assert reviewed.rows(
        "select record_id, happy_unhappy, content_disappointed from voice.fct_customer_texts "
        "where record_id in ('happy', 'not_happy') order by record_id"
    ) == [("happy", 1.0, None), ("not_happy", -1.0, None)]


@pytest.mark.parametrize("body", COMPLAINTS)
def test_a_slow_answer_is_told_from_an_unclear_one(reviewed, body):
    assert reviewed.rows(
        "select language, complaint from voice.fct_customer_texts where record_id = ?", body
    ) == [COMPLAINTS[body]]


# ------------------------------------------------------------------------------ learning, increments


def rated_comments(first: int, last: int, day: str) -> list[dict]:
    """Comments in which words that no lexicon has go with good and bad ratings."""
    good, bad = ("zorbly", "fendle", "quipsy"), ("grunkle", "mavish", "drosp")
    rows = []
    for number in range(first, last):
        words = good if number % 2 else bad
        rows.append(
            {
                "feedback_id": f"F{number}",
                "kind": "review",
                "body": f"{words[number % 3]} number {number} was {words[(number + 1) % 3]}",
                "rating": 5 if number % 2 else 1,
                "rating_max": 5,
                "language": "en",
                "observed_at": f"{day}T10:00:00Z",
                "updated_at": f"{day}T10:00:00Z",
            }
        )
    return rows


def published(warehouse) -> list[tuple]:
    return warehouse.rows("select * from voice.fct_customer_texts order by customer_text_key")


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learned") / "company"
    entities = {"feedback": rated_comments(0, 600, "2026-02-10") + rated_comments(600, 700, "2026-04-10")}
    return make_company(folder, entities).run()


def test_the_companys_own_ratings_teach_words_that_no_lexicon_has(learned):
    rows = learned.rows(
        "select sentiment_score, rating_score, analyser from voice.fct_customer_texts "
        "where written_on >= date '2026-04-01'"
    )
    assert len(rows) == 100
    assert {row[2] for row in rows} == {"lexicon+learned"}
    # The sign of the scores about their middle: without the ratings nothing could be told.
    assert auc(np.array([row[1] > 0 for row in rows]), np.array([row[0] for row in rows])) == 1
    assert learned.rows(
        "select texts_positive, texts_negative, auc, lexicon_auc from voice.fct_sentiment_quality"
    ) == [(50, 50, 1.0, 0.5)]


def test_an_increment_reads_only_new_texts_and_equals_a_full_run(learned, tmp_path):
    """New texts of the running quarter, and late ones of the last, by which the lesson changes."""
    shutil.copytree(learned.company_file.parent, tmp_path, dirs_exist_ok=True)
    warehouse = Warehouse(tmp_path / "company.yml", tmp_path / "home")
    known = "select text_key from intermediate.int_texts_scored"
    lesson = "select lesson, examples from intermediate.int_sentiment_lessons"
    before, ((first_lesson, examples),) = set(warehouse.built_rows(known)), warehouse.built_rows(lesson)
    assert examples == 600
    new = rated_comments(700, 750, "2026-04-10") + rated_comments(750, 770, "2026-02-11")
    (tmp_path / "export/feedback").mkdir()
    (tmp_path / "export/feedback.csv").rename(tmp_path / "export/feedback/part-1.csv")
    (tmp_path / "export/feedback/part-2.csv").write_text(as_csv(new), encoding="utf-8")
    increment = published(warehouse.run())
    assert len(set(warehouse.built_rows(known)) - before) == 70
    ((second_lesson, examples),) = warehouse.built_rows(lesson)
    assert (second_lesson != first_lesson, examples) == (True, 620)
    assert increment == published(warehouse.run(full_refresh=True))


@pytest.mark.parametrize(
    "model", ["int_texts_scored", "int_sentiment_weights", "int_texts_weighed", "int_texts_classified"]
)
def test_scores_do_not_depend_on_the_number_of_threads(learned, model):
    (compiled,) = (learned.home / "dbt/intermediate/compiled").rglob(f"{model}.sql")
    found = []
    for threads in (1, 2, 4):
        with duckdb.connect(str(learned.settings.build_database), read_only=True) as connection:
            connection.execute(f"set threads = {threads}")
            rows = connection.execute(compiled.read_text(encoding="utf-8")).fetchall()
            found.append(sorted(rows, key=str))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 10


# ------------------------------------------------------------------------------- a Hugging Face model


def tiny_model(folder, labels=("negative", "neutral", "positive")):
    """A model made here: each word has logits of its own, and a text has their mean."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    folder.mkdir(parents=True)
    words = {"[UNK]": 0, "[PAD]": 1, "splendid": 2, "ghastly": 3}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    logits = np.array([[0, 1, 0], [0, 0, 0], [0, 0, 9], [9, 0, 0]], dtype=np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["embedded"], axis=0),
            helper.make_node("ReduceSum", ["embedded", "axes"], ["logits"], keepdims=0),
        ],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])],
        [
            numpy_helper.from_array(logits, "table"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "axes"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.onnx"))
    config = {"id2label": {str(number): label for number, label in enumerate(labels)}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def test_a_hugging_face_model_named_in_the_company_file_scores_the_texts(tmp_path):
    tiny_model(tmp_path / "company/model")
    texts = {"good": ("en", "A splendid day"), "bad": ("en", "A ghastly one"), "none": ("en", "A day")}
    warehouse = make_company(
        tmp_path / "company", {"feedback": feedback(texts)}, sentiment_model="model"
    ).run()
    rows = {
        row[0]: row[1:]
        for row in warehouse.rows(
            "select record_id, sentiment, confidence, analyser, analyser_version "
            "from voice.fct_customer_texts"
        )
    }
    assert {name: row[0] for name, row in rows.items()} == {
        "good": "positive",
        "bad": "negative",
        "none": "neutral",
    }
    assert all(row[1] > 0.5 and row[2] == "model" and len(row[3]) == 12 for row in rows.values())
    # Another version of the model scores everything again.
    tiny_model(tmp_path / "other", labels=("5 stars", "3 stars", "1 star"))
    (tmp_path / "company/model/config.json").write_bytes((tmp_path / "other/config.json").read_bytes())
    turned = dict(warehouse.run().rows("select record_id, sentiment from voice.fct_customer_texts"))
    assert turned == {"good": "negative", "bad": "positive", "none": "neutral"}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (None, "found no 'nobody/nothing'; download it first"),
        ("tokenizer.json", "expected tokenizer.json in"),
        ("model.onnx", "expected an ONNX file in"),
    ],
)
def test_a_model_that_is_not_there_is_one_clear_line(tmp_path, spoil, message):
    tiny_model(tmp_path / "company/model")
    if spoil:
        (tmp_path / "company/model" / spoil).unlink()
    warehouse = make_company(
        tmp_path / "company",
        {"feedback": feedback({"good": ("en", "A splendid day")})},
        sentiment_model="model" if spoil else "nobody/nothing",
    )
    with pytest.raises(ConfigurationError) as error:
        warehouse.run()
    assert message in str(error.value)
    assert "\n" not in str(error.value)
