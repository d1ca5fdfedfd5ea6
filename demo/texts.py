"""What customers and agents of the demonstration company write, in three languages.

A text is an opening, a matter and a tone; every combination stands in one list, so that a million
messages are a million small numbers.
"""

from __future__ import annotations

LANGUAGES = ("en", "he", "fa")
TONES = ("angry", "neutral", "happy")
CATEGORIES = ("billing", "app", "delivery", "device", "outage", "sales", "cancellation")

OPENINGS = {
    "en": ("Hello,", "Good morning.", "Hi there,", ""),
    "he": ("שלום,", "בוקר טוב.", "היי,", ""),
    "fa": ("سلام،", "صبح بخیر.", "با درود،", ""),
}
MATTERS = {
    "en": {
        "billing": ("my invoice shows a charge I do not know.", "I was billed twice this month."),
        "app": ("the app closes as soon as I sign in.", "since the update the app will not start."),
        "delivery": ("my parcel has not arrived.", "the delivery came to the wrong address."),
        "device": ("the hub does not charge any more.", "my device loses its connection."),
        "outage": ("nothing works since this morning.", "your service has been down for hours."),
        "sales": ("I would like to add another licence.", "which plan fits a team of twenty?"),
        "cancellation": ("I want to cancel my contract.", "please close my account."),
    },
    "he": {
        "billing": ("יש בחשבונית חיוב שאיני מכיר.", "חויבתי פעמיים החודש."),
        "app": ("האפליקציה נסגרת מיד אחרי ההתחברות.", "מאז העדכון האפליקציה לא עולה."),
        "delivery": ("החבילה שלי לא הגיעה.", "המשלוח הגיע לכתובת הלא נכונה."),
        "device": ("הרכזת כבר לא נטענת.", "המכשיר מאבד את החיבור."),
        "outage": ("שום דבר לא עובד מהבוקר.", "השירות שלכם מושבת כבר שעות."),
        "sales": ("אשמח להוסיף רישיון נוסף.", "איזו תוכנית מתאימה לצוות של עשרים?"),
        "cancellation": ("אני רוצה לבטל את החוזה.", "נא לסגור את החשבון שלי."),
    },
    "fa": {
        "billing": ("در صورت‌حساب مبلغی هست که نمی‌شناسم.", "این ماه دو بار پول کم شده است."),
        "app": ("برنامه بلافاصله بعد از ورود بسته می‌شود.", "بعد از به‌روزرسانی برنامه باز نمی‌شود."),
        "delivery": ("بسته‌ام نرسیده است.", "مرسوله به نشانی اشتباه رفته است."),
        "device": ("دستگاه دیگر شارژ نمی‌شود.", "دستگاهم مدام قطع می‌شود."),
        "outage": ("از صبح هیچ چیز کار نمی‌کند.", "سرویس شما ساعت‌هاست که قطع است."),
        "sales": ("می‌خواهم یک مجوز دیگر اضافه کنم.", "کدام طرح برای بیست نفر مناسب است؟"),
        "cancellation": ("می‌خواهم قراردادم را لغو کنم.", "لطفا حسابم را ببندید."),
    },
}
CLOSINGS = {
    "en": {
        "angry": (
            "This is unacceptable.",
            "I am very disappointed with your service.",
            "Still waiting, this is terrible.",
        ),
        "neutral": ("Please let me know.", "Can you check?", "What should I do?"),
        "happy": ("Thank you for your help!", "Great support as always.", "Thanks, much appreciated."),
    },
    "he": {
        "angry": ("זה לא מקובל.", "אני מאוכזב מאוד מהשירות.", "עדיין מחכה, נורא."),
        "neutral": ("אנא עדכנו אותי.", "אפשר לבדוק?", "מה עליי לעשות?"),
        "happy": ("תודה רבה על העזרה!", "שירות מצוין כמו תמיד.", "תודה, מעריך מאוד."),
    },
    "fa": {
        "angry": ("این قابل قبول نیست.", "از خدمات شما بسیار ناامیدم.", "هنوز منتظرم، افتضاح است."),
        "neutral": ("لطفا خبر بدهید.", "می‌توانید بررسی کنید؟", "چه کار باید بکنم؟"),
        "happy": ("از کمک شما سپاسگزارم!", "پشتیبانی مثل همیشه عالی.", "ممنون، خیلی خوب بود."),
    },
}
# Survey comments and reviews, of the four tones slow, unclear, neutral and happy.
COMMENT_TONES = ("slow", "unclear", "neutral", "happy")
COMMENTS = {
    "en": {
        "slow": (
            "It took far too long to get an answer, terrible.",
            "I waited for days before anybody replied. Very disappointing.",
            "The response was much too slow, I am fed up with waiting.",
        ),
        "unclear": (
            "The answer was confusing and did not help me at all.",
            "I did not understand the explanation, useless instructions.",
            "Unclear reply, I still do not know what to do. Poor service.",
        ),
        "neutral": ("It was okay.", "Nothing to add.", "It is done now."),
        "happy": ("Thank you for your help!", "Great support as always.", "Thanks, much appreciated."),
    },
    "he": {
        "slow": (
            "לקח יותר מדי זמן לקבל תשובה, נורא.",
            "חיכיתי ימים עד שמישהו ענה. מאכזב מאוד.",
            "התגובה הייתה איטית מדי, נמאס לי לחכות.",
        ),
        "unclear": (
            "התשובה הייתה מבלבלת ולא עזרה לי בכלל.",
            "לא הבנתי את ההסבר, הוראות חסרות תועלת.",
            "תשובה לא ברורה, עדיין לא יודע מה לעשות. שירות גרוע.",
        ),
        "neutral": ("היה בסדר.", "אין מה להוסיף.", "זה טופל."),
        "happy": ("תודה רבה על העזרה!", "שירות מצוין כמו תמיד.", "תודה, מעריך מאוד."),
    },
    "fa": {
        "slow": (
            "خیلی طول کشید تا جواب بگیرم، افتضاح بود.",
            "چند روز منتظر ماندم تا کسی جواب بدهد. ناامیدکننده است.",
            "پاسخ‌گویی خیلی کند است، از انتظار خسته شدم.",
        ),
        "unclear": (
            "جواب گیج‌کننده بود و هیچ کمکی نکرد.",
            "توضیحات را نفهمیدم، راهنمایی بی‌فایده بود.",
            "پاسخ نامفهوم بود، هنوز نمی‌دانم چه کنم. خدمات ضعیف.",
        ),
        "neutral": ("معمولی بود.", "حرفی ندارم.", "انجام شد."),
        "happy": ("از کمک شما سپاسگزارم!", "پشتیبانی مثل همیشه عالی.", "ممنون، خیلی خوب بود."),
    },
}
ANSWERS = {
    "en": (
        "Thank you for writing. We have corrected it and you will see it today.",
        "Could you send us a picture of the error?",
        "We are on it and will come back to you shortly.",
    ),
    "he": (
        "תודה על הפנייה. תיקנו זאת ותראה את זה היום.",
        "אפשר לשלוח לנו צילום של השגיאה?",
        "אנחנו מטפלים בזה ונחזור אליך בקרוב.",
    ),
    "fa": (
        "از پیام شما سپاسگزاریم. اصلاح شد و امروز می‌بینید.",
        "ممکن است تصویری از خطا بفرستید؟",
        "در حال بررسی هستیم و به‌زودی خبر می‌دهیم.",
    ),
}
BOT_ANSWERS = {
    "en": ("I am the assistant. A colleague will be with you soon.",),
    "he": ("אני העוזר הדיגיטלי. נציג יענה בקרוב.",),
    "fa": ("من دستیار هستم. همکاری به‌زودی پاسخ می‌دهد.",),
}
OPENINGS_PER_TEXT, MATTERS_PER_TEXT, CLOSINGS_PER_TEXT = 4, 2, 3
VARIANTS = OPENINGS_PER_TEXT * MATTERS_PER_TEXT * CLOSINGS_PER_TEXT


def customer_texts() -> list[str]:
    """Return every customer text, indexed by language, category, tone and variant, in that order."""
    return [
        f"{opening} {matter} {closing}".strip()
        for language in LANGUAGES
        for category in CATEGORIES
        for tone in TONES
        for opening in OPENINGS[language]
        for matter in MATTERS[language][category]
        for closing in CLOSINGS[language][tone]
    ]


def comments() -> list[str]:
    """Return every survey comment, indexed by language, tone and variant."""
    return [text for language in LANGUAGES for tone in COMMENT_TONES for text in COMMENTS[language][tone]]


def agent_texts() -> list[str]:
    """Return every agent answer, indexed by language and variant, then the bot's by language."""
    return [text for language in LANGUAGES for text in ANSWERS[language]] + [
        text for language in LANGUAGES for text in BOT_ANSWERS[language]
    ]
