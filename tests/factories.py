"""Makes people and content. States are reached by calling verbs, never here."""

import factory
from django.contrib.auth.models import User

from campaigns.models import Campaign
from preferences.collection import notices
from preferences.contacts import service as contacts
from preferences.models import ConsentForm, Sender, Topic


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"staff{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    is_staff = True


class SenderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sender

    slug = factory.Sequence(lambda n: f"harbour-{n}")
    name = "Harbour Clinic"
    legal_name = "Harbour Clinic Ltd"
    from_email = "news@harbour.example"
    reply_to = "care@harbour.example"
    text_number = factory.Sequence(lambda n: f"+1555010{n:04d}")
    postal_address = "1 Quay Street, Portland, ME 04101"
    contact_email = "care@harbour.example"
    contact_phone = "+1 207 555 0100"
    privacy_url = "https://harbour.example/privacy"
    terms_url = "https://harbour.example/terms"


class TopicFactory(factory.django.DjangoModelFactory):
    """A topic with its first notice published."""

    class Meta:
        model = Topic
        skip_postgeneration_save = True

    sender = factory.SubFactory(SenderFactory)
    slug = factory.Sequence(lambda n: f"health-tips-{n}")
    name = "Health tips"
    description = "One short tip for everyday health."
    frequency = "About two a month"
    by_email = True
    by_sms = True

    @factory.post_generation
    def notice(topic, create, extracted, **kwargs):
        if create and extracted is not False:
            notices.publish(topic)


class ConsentFormFactory(factory.django.DjangoModelFactory):
    """A sign-up page, not yet published: ConsentFormFactory(sender=…, topics=[…])."""

    class Meta:
        model = ConsentForm
        skip_postgeneration_save = True

    sender = factory.SubFactory(SenderFactory)
    slug = factory.Sequence(lambda n: f"welcome-{n}")
    name = "Welcome"

    @factory.post_generation
    def topics(form, create, extracted, **kwargs):
        if create and extracted:
            form.topics.set(extracted)


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    name = "Spring letter"
    topic = factory.SubFactory(TopicFactory)
    channel = "email"
    subject = "A tip for spring"
    body = 'Hello {{ name|default:"there" }},\n\nwalk **ten minutes** today.'
    author = factory.SubFactory(UserFactory)


_numbers = iter(range(1, 10_000_000))


def email_address(value: str = "", **person: str):
    """An e-mail address nobody has used yet."""
    return contacts.add_address("email", value or f"person{next(_numbers)}@example.org", **person)


def phone_address(value: str = "", **person: str):
    """A phone number nobody has used yet."""
    return contacts.add_address(
        "sms", value or f"+1207{next(_numbers) % 800 + 200}{next(_numbers) % 9000 + 1000:04d}", **person
    )
