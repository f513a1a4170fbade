"""The public doors. A link's token is opened under a one-letter path and left out of every page's address."""

from django.urls import path

from preferences.web import gpc
from preferences.web.views import languages, sms_webhook, theme, token_views
from preferences.web.views.preference_center import (
    address_change,
    consent_history,
    contact_details,
    preferences,
    receipts,
)
from preferences.web.views.subscribe import confirm, consent_form, offline_consent, renewal, sign_up
from preferences.web.views.unsubscribe import undo_link, undo_session, unsubscribe

app_name = "preferences"
urlpatterns = [
    path("", sign_up.senders, name="senders"),
    path("sign-up/<slug:slug>/", sign_up.sign_up, name="sign-up"),
    path("sign-up/<slug:slug>/sent/", sign_up.check_inbox, name="check-inbox"),
    path("join/<slug:slug>/", consent_form.join, name="join"),
    path("join/<slug:slug>/sent/", consent_form.join_sent, name="join-sent"),
    path("join/<slug:slug>/from-your-site/", consent_form.from_your_site, name="from-your-site"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("cancel/", confirm.cancel, name="cancel"),
    path("cancel/done/", confirm.cancelled, name="cancelled"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/for-good/", preferences.for_good, name="for-good"),
    path("preferences/undo/", undo_session.undo_here, name="undo-here"),
    path("language/", languages.choose, name="language"),
    path("style/<slug:name>.css", theme.style, name="style"),
    path("logo/<slug:slug>/", theme.logo, name="logo"),
    path("preferences/history/", consent_history.history, name="history"),
    path("preferences/details/", contact_details.details, name="details"),
    path("preferences/change-address/", address_change.change_address, name="change-address"),
    path("preferences/change-address/sent/", address_change.change_address_sent, name="change-address-sent"),
    path("confirm/written-down/", offline_consent.written_down, name="written-down"),
    path("confirm/move/", address_change.move, name="move"),
    path("my-link/", preferences.my_link, name="my-link"),
    path("my-link/sent/", preferences.my_link_sent, name="my-link-sent"),
    path("leave/", unsubscribe.leave, name="leave"),
    path("leave/done/", unsubscribe.leave_done, name="leave-done"),
    path("keep/", renewal.keep, name="keep"),
    path("undo/", undo_link.undo, name="undo"),
    path("undo/kept/", undo_link.kept, name="undo-kept"),
    path("receipt/", receipts.receipt, name="receipt"),
    path("receipt/file/", receipts.receipt_file, name="receipt-file"),
    path("receipt/check/", receipts.check, name="receipt-check"),
    path("receipt/verifier/", receipts.verifier, name="receipt-verifier"),
    path("l/<str:token>/", token_views.leave_link, name="leave-link"),
    path("u/<str:token>/", unsubscribe.one_click, name="one-click"),
    path("m/<str:token>/", token_views.manage_link, name="manage-link"),
    path("f/<str:token>/", token_views.fresh_link, name="fresh-link"),
    path("c/<str:token>/", token_views.confirm_link, name="confirm-link"),
    path("x/<str:token>/", token_views.cancel_link, name="cancel-link"),
    path("z/<str:token>/", token_views.undo_link, name="undo-link"),
    path("k/<str:token>/", token_views.keep_link, name="keep-link"),
    path("r/<str:token>/", token_views.receipt_link, name="receipt-link"),
    path(".well-known/sayso-receipt-key.json", receipts.key, name="receipt-key"),
    path(".well-known/gpc.json", gpc.promise, name="gpc"),
    path("webhooks/texts/", sms_webhook.inbound_texts, name="inbound-texts"),
]
