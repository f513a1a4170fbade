"""What is found in a text by lists of words, however it is spelled; and what is left alone."""

import pytest

from preferences.text import lexicons

LISTS = ["health", "offers", "reserved"]


@pytest.mark.parametrize(
    "words",
    [
        "Your insulin is here",
        "INSULIN",
        "I\u200bnsulin",
        "In\u00adsulin",
        "Ｉｎｓｕｌｉｎ",
        "Iոsulin Inѕulіn",
        "i.n.s.u.l.i.n",
        "I\u0336n\u0336s\u0336u\u0336l\u0336i\u0336n\u0336",
        "\u202eInsulin",
        "Take 20 mg",
        "20mg twice",
        "Your lab results",
        "MRN 12345",
        "DOB 3 May",
        "Your balance is 20",
        "Oncology, floor 2",
        "Sus resultados",
        "Análisis de sangre mañana",
        "Su saldo",
        "Votre prise de sang",
        "Oncologie, 2e étage",
        "Ihre Blutzuckerwerte",
        "Termin zur Darmspiegelung",
        "Röntgen um neun",
        "Roentgentermin",
        "Kinderwunschzentrum",
    ],
)
def test_what_tells_of_health_is_found(words):
    assert lexicons.health_phrases(words)


@pytest.mark.parametrize(
    "words",
    [
        "Your visit with Dr. Reed is on Monday at 9:30",
        "Take a test drive",
        "Tropic of Cancer",
        "Balance bikes for children",
        "Work-life balance",
        "Das ist Ihr Termin",
        "Ein neues Rezept: Apfelkuchen",
        "Visual aids for teachers",
        "Painting class",
        "Ne le manquez pas",
        "Lithium batteries",
        "A record number of walkers",
        "Ihr Besuch um 10 Std.",
        "Pan, sopa y fin de semana",
        "🚶 500 m",
        "",
    ],
)
def test_what_tells_nothing_is_left_alone(words):
    assert lexicons.health_phrases(words) == ()


@pytest.mark.parametrize(
    "words",
    [
        "20% off",
        "２０％ off all shoes",
        "Buy\u200b now",
        "Our SALE ends today",
        "Cоupon inside",
        "Descuento de hoy",
        "Code promo: WALK",
        "Jetzt kaufen!",
        "Ihr Gutschein",
    ],
)
def test_what_sells_is_found(words):
    assert lexicons.offer_phrases(words)


@pytest.mark.parametrize(
    "words",
    [
        "Thank you. Please confirm in the message we have just sent you.",
        "El autobús sale a las nueve",
        "Remise des prix le 3 mai",
        "Health promotion week",
        "We never agree to the sale of your data",
        "80% of people walk",
        "🎉",
        "",
    ],
)
def test_what_sells_nothing_is_left_alone(words):
    assert lexicons.offer_phrases(words) == ()


@pytest.mark.parametrize(
    ("words", "languages"),
    [
        ("Hello, walk with us today.", {"en"}),
        ("Bonjour, marchez avec nous.", {"fr"}),
        ("Hola, camine con nosotros hoy.", {"es"}),
        ("Hallo, gehen Sie mit uns.", {"de"}),
        ("مرحبا، تعال إلى هنا اليوم", {"ar"}),
        ("Hello, this is for you. Bonjour, c'est pour vous.", {"en", "fr"}),
        ("Walk", set()),
        ("", set()),
    ],
)
def test_a_few_small_words_tell_the_language(words, languages):
    assert lexicons.detect_languages(words) == languages


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_every_list_speaks_four_languages(name, language):
    assert lexicons.load_word_list(name)[language]


def test_a_very_long_text_is_read_to_its_end():
    assert lexicons.health_phrases("walk with us " * 8_000 + "insulin") == ("insulin",)
