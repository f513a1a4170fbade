"""The public doors. A link's token is opened under a one-letter path and left out of every page's address."""

from django.urls import path

from preferences import gpc
from preferences.views import (
    arrivals,
    confirm,
    details,
    history,
    languages,
    leave,
    move,
    preferences,
    sign_up,
    texts,
    theme,
)

app_name = "preferences"
urlpatterns = [
    path("", sign_up.senders, name="senders"),
    path("sign-up/<slug:slug>/", sign_up.sign_up, name="sign-up"),
    path("sign-up/<slug:slug>/sent/", sign_up.check_inbox, name="check-inbox"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("language/", languages.choose, name="language"),
    path("style/<slug:name>.css", theme.style, name="style"),
    path("logo/<slug:slug>/", theme.logo, name="logo"),
    path("preferences/history/", history.history, name="history"),
    path("preferences/details/", details.details, name="details"),
    path("preferences/change-address/", move.change_address, name="change-address"),
    path("preferences/change-address/sent/", move.change_address_sent, name="change-address-sent"),
    path("confirm/move/", move.move, name="move"),
    path("my-link/", preferences.my_link, name="my-link"),
    path("my-link/sent/", preferences.my_link_sent, name="my-link-sent"),
    path("leave/", leave.leave, name="leave"),
    path("leave/done/", leave.leave_done, name="leave-done"),
    path("l/<str:token>/", arrivals.leave_link, name="leave-link"),
    path("u/<str:token>/", leave.one_click, name="one-click"),
    path("m/<str:token>/", arrivals.manage_link, name="manage-link"),
    path("f/<str:token>/", arrivals.fresh_link, name="fresh-link"),
    path("c/<str:token>/", arrivals.confirm_link, name="confirm-link"),
    path(".well-known/gpc.json", gpc.promise, name="gpc"),
    path("webhooks/texts/", texts.inbound_texts, name="inbound-texts"),
]
