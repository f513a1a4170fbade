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
    path("forms/<slug:slug>/", consent_form.consent_form, name="consent-form"),
    path("forms/<slug:slug>/sent/", consent_form.consent_form_sent, name="consent-form-sent"),
    path("forms/<slug:slug>/embedded/", consent_form.consent_form_from_site, name="consent-form-from-site"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("cancel/", confirm.cancel, name="cancel"),
    path("cancel/done/", confirm.cancelled, name="cancelled"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/do-not-contact/", preferences.permanent_unsubscribe, name="do-not-contact"),
    path("preferences/undo/", undo_session.undo_in_session, name="undo-session"),
    path("language/", languages.choose, name="language"),
    path("style/<slug:name>.css", theme.stylesheet_file, name="style"),
    path("logo/<slug:slug>/", theme.logo_file, name="logo"),
    path("preferences/history/", consent_history.consent_history, name="consent-history"),
    path("preferences/details/", contact_details.contact_details, name="contact-details"),
    path("preferences/change-address/", address_change.change_address, name="change-address"),
    path("preferences/change-address/sent/", address_change.change_address_sent, name="change-address-sent"),
    path("confirm/offline-consent/", offline_consent.offline_consent_page, name="offline-consent"),
    path("confirm/address/", address_change.confirm_address_change, name="confirm-address-change"),
    path("secure-link/", preferences.request_secure_link, name="secure-link-request"),
    path("secure-link/sent/", preferences.secure_link_sent, name="secure-link-sent"),
    path("unsubscribe/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("unsubscribe/done/", unsubscribe.unsubscribe_done, name="unsubscribe-done"),
    path("renewal/", renewal.renewal, name="renewal"),
    path("undo/", undo_link.undo, name="undo"),
    path("undo/declined/", undo_link.undo_declined, name="undo-declined"),
    path("receipt/", receipts.receipt, name="receipt"),
    path("receipt/file/", receipts.receipt_file, name="receipt-file"),
    path("receipt/check/", receipts.check_receipt, name="receipt-check"),
    path("receipt/verifier/", receipts.receipt_verifier, name="receipt-verifier"),
    path("u/<str:token>/", token_views.unsubscribe_link, name="unsubscribe-link"),
    path("o/<str:token>/", unsubscribe.one_click, name="one-click"),
    path("p/<str:token>/", token_views.preferences_link, name="preferences-link"),
    path("s/<str:token>/", token_views.secure_link, name="secure-link"),
    path("c/<str:token>/", token_views.confirm_link, name="confirm-link"),
    path("x/<str:token>/", token_views.cancel_link, name="cancel-link"),
    path("z/<str:token>/", token_views.undo_link, name="undo-link"),
    path("k/<str:token>/", token_views.renewal_link, name="renewal-link"),
    path("r/<str:token>/", token_views.receipt_link, name="receipt-link"),
    path(".well-known/sayso-receipt-key.json", receipts.receipt_keys, name="receipt-key"),
    path(".well-known/gpc.json", gpc.well_known_gpc, name="gpc"),
    path("webhooks/sms/", sms_webhook.receive_sms_webhook, name="sms-webhook"),
]
