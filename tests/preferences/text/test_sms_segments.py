"""What a text costs before it is sent."""

import pytest
import smsutil
from hypothesis import example, given
from hypothesis import strategies as st

from preferences.text import sms_segments

# The oracle takes a bare escape for a letter and an empty text for one segment; elsewhere it is right.
PLAIN = "abc XYZ 019 @£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
EXTENDED = "\f^{}\\[~]|€"
FOREIGN = "êç’“…→жλ中あ한بּ🛑👍🏽𝐒\u200d"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", sms_segments.SmsSize("GSM-7", segments=0, units=0, left=160)),
        ("a", sms_segments.SmsSize("GSM-7", segments=1, units=1, left=159)),
        ("a" * 160, sms_segments.SmsSize("GSM-7", segments=1, units=160, left=0)),
        ("a" * 161, sms_segments.SmsSize("GSM-7", segments=2, units=161, left=145)),
        ("a" * 306, sms_segments.SmsSize("GSM-7", segments=2, units=306, left=0)),
        ("a" * 307, sms_segments.SmsSize("GSM-7", segments=3, units=307, left=152)),
        ("\n\r", sms_segments.SmsSize("GSM-7", segments=1, units=2, left=158)),
        ("€", sms_segments.SmsSize("GSM-7", segments=1, units=2, left=158)),
        (EXTENDED, sms_segments.SmsSize("GSM-7", segments=1, units=20, left=140)),
        ("€" * 80, sms_segments.SmsSize("GSM-7", segments=1, units=160, left=0)),
        ("€" * 81, sms_segments.SmsSize("GSM-7", segments=2, units=162, left=143)),
        ("a" * 152 + "€" + "a" * 7, sms_segments.SmsSize("GSM-7", segments=2, units=161, left=144)),
        ("a" * 152 + "€" + "a" * 151, sms_segments.SmsSize("GSM-7", segments=2, units=305, left=0)),
        ("a" * 152 + "€" + "a" * 152, sms_segments.SmsSize("GSM-7", segments=3, units=306, left=152)),
        ("ê", sms_segments.SmsSize("UCS-2", segments=1, units=1, left=69)),
        ("ж" * 70, sms_segments.SmsSize("UCS-2", segments=1, units=70, left=0)),
        ("ж" * 71, sms_segments.SmsSize("UCS-2", segments=2, units=71, left=63)),
        ("ж" * 134, sms_segments.SmsSize("UCS-2", segments=2, units=134, left=0)),
        ("ж" * 135, sms_segments.SmsSize("UCS-2", segments=3, units=135, left=66)),
        ("🛑" * 35, sms_segments.SmsSize("UCS-2", segments=1, units=70, left=0)),
        ("🛑" * 36, sms_segments.SmsSize("UCS-2", segments=2, units=72, left=61)),
        ("ж" * 66 + "🛑" + "ж" * 3, sms_segments.SmsSize("UCS-2", segments=2, units=71, left=62)),
        ("a" * 69 + "€" + "’", sms_segments.SmsSize("UCS-2", segments=2, units=71, left=63)),
    ],
)
def test_a_text_is_measured_as_the_carrier_bills_it(text, size):
    assert sms_segments.measure_sms(text) == size


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("", []),
        ("Hello, it's 5 € [today]", []),
        ("Ça va", []),
        ("ça va", ["ç"]),
        ("it’s “so” it’s", ["’", "“", "”"]),
        ("Fête 🛑 fête", ["ê", "🛑"]),
        ("tab\there", ["\t"]),
        ("escape\x1b", ["\x1b"]),
    ],
)
def test_staff_see_which_characters_make_a_text_longer(text, characters):
    assert sms_segments.costly_characters(text) == characters


@given(st.text(PLAIN + EXTENDED, min_size=1, max_size=700))
@example("a" * 152 + "€" + "a" * 152)
def test_plain_texts_are_split_as_the_oracle_splits_them(text):
    split = smsutil.split(text)

    assert sms_segments.measure_sms(text).encoding == "GSM-7"
    assert sms_segments.measure_sms(text).segments == len(split.parts)
    assert sms_segments.measure_sms(text).units == split.total_bytes


@given(st.text(PLAIN + EXTENDED + FOREIGN, max_size=350), st.sampled_from(FOREIGN))
@example("ж" * 66 + "🛑" + "ж" * 3, "ж")
def test_other_texts_are_split_as_the_oracle_splits_them(text, foreign):
    split = smsutil.split(text + foreign)

    assert sms_segments.measure_sms(text + foreign).encoding == "UCS-2"
    assert sms_segments.measure_sms(text + foreign).segments == len(split.parts)
    assert sms_segments.measure_sms(text + foreign).units * 2 == split.total_bytes


@given(st.text(st.characters(), max_size=400))
def test_what_is_left_really_fits(text):
    size = sms_segments.measure_sms(text)
    filler = "a" * size.left

    assert sms_segments.measure_sms(text + filler).segments == max(size.segments, 1)
    assert sms_segments.measure_sms(text + filler).left == 0
