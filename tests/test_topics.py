"""Topics: on a bank's questions that the classifier has not seen, and what is learned from own tickets."""

from __future__ import annotations

import csv
import hashlib
import shutil

import pytest

from orchestration.contract import PROJECT_ROOT
from tests.companies import SHARED_DATA, Warehouse, as_csv, make_company


def is_held(text: str) -> bool:
    return hashlib.md5(text.encode()).hexdigest() < "4"


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> tuple[Warehouse, dict[str, str]]:
    """A warehouse whose taxonomy and examples are the bank's, and the reasons of the held questions."""
    data = SHARED_DATA / "contact_reasons/train.csv"
    if not data.is_file():
        pytest.skip(f"{data} is not there: the real data is shared beside the project only")
    reason_of: dict[str, str] = {}
    with data.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            reason_of.setdefault(row["text"].strip().lower(), row["category"])
    folder = tmp_path_factory.mktemp("bank")
    shutil.copytree(PROJECT_ROOT / "tests/real_data/contact_reasons", folder, dirs_exist_ok=True)
    shutil.copy(data, folder / "train.csv")
    topics = [
        {"axis": "reason", "topic": reason, "name": reason, "description": reason}
        for reason in sorted(set(reason_of.values()))
    ]
    examples = [
        {"topic": reason, "language": "en", "text": text}
        for text, reason in reason_of.items()
        if not is_held(text)
    ]
    (folder / "reference").mkdir()
    (folder / "reference/topics.csv").write_text(as_csv(topics), encoding="utf-8")
    (folder / "reference/topic_examples.csv").write_text(as_csv(examples), encoding="utf-8")
    held = {text: reason for text, reason in reason_of.items() if is_held(text)}
    return Warehouse(folder / "company.yml", folder / "home").run(), held


def test_nine_in_ten_unseen_questions_to_a_bank_get_their_reason_of_77(bank):
    warehouse, held = bank
    found = warehouse.built_rows(
        "select texts.body, classified.topic, classified.confidence "
        "from intermediate.int_texts_classified as classified "
        "inner join intermediate.int_customer_texts as texts using (text_key)"
    )
    assert len(found) == len(held) > 2_400
    right = sum(held[body] == topic for body, topic, _ in found)
    assert right / len(found) >= 0.88
    # What is told is surer than what is not.
    sure = [(body, topic) for body, topic, confidence in found if confidence >= 0.4]
    assert len(sure) > len(found) / 2
    assert sum(held[body] == topic for body, topic in sure) / len(sure) >= 0.93


def test_the_weights_say_why(bank):
    warehouse, _ = bank
    words = warehouse.built_rows(
        "select feature from intermediate.int_topic_weights where topic = 'card_swallowed' "
        "and feature <> '' order by weight_millionths desc limit 6"
    )
    assert {"swal*", "atm"} & {word for (word,) in words}


def test_tickets_of_a_mapped_category_teach_their_topic(tmp_path):
    """Words that no example has, in tickets of last quarter; then in a review."""
    tickets, messages = [], []
    for number in range(60):
        name = f"T{number}"
        words = "the flimbit is grozzled" if number % 2 else "wopple on my statement"
        when = "2026-02-10T10:00:00Z"
        tickets.append(
            {
                "ticket_id": name,
                "channel": "email",
                "status": "open",
                "category": "gadget" if number % 2 else "money",
                "created_at": when,
                "updated_at": when,
            }
        )
        messages.append(
            {
                "message_id": name,
                "ticket_id": name,
                "author_role": "customer",
                "is_public": "true",
                "body": f"{words} {number}",
                "sent_at": when,
            }
        )
    review = {"feedback_id": "R", "kind": "review", "body": "A grozzled flimbit", "language": "en"}
    entities = {
        "tickets": tickets,
        "ticket_messages": messages,
        "feedback": [{**review, "observed_at": "2026-04-10T10:00:00Z"}],
    }
    categories = [
        {"category": "gadget", "topic": "product_defect"},
        {"category": "money", "topic": "billing_charge"},
    ]
    # No example of the seed has any of these words: only the tickets can have taught them.
    warehouse = make_company(tmp_path / "company", entities, reference={"topic_categories": categories}).run()
    assert warehouse.rows("select reason from voice.fct_customer_texts where record_id = 'R'") == [
        ("product_defect",)
    ]
