"""Who wrote the words of a campaign. Reads only."""

from campaigns.models import Campaign


def writers_of(campaign: Campaign) -> set[int]:
    """The author, and everybody who changed the words since."""
    found, before = {campaign.author_id}, None
    rows = campaign.history.order_by("history_id").values_list(
        "topic_id", "channel", "subject", "body", "history_user_id"
    )
    for *words, user_id in rows:
        if words != before and user_id:
            found.add(user_id)
        before = words
    return found
