"""The demo inbox's pages."""

from django.urls import path

from config.demo import views

app_name = "demo-inbox"
urlpatterns = [
    path("", views.mails, name="mails"),
    path("mail/<str:name>/", views.mail, name="mail"),
    path("mail/<str:name>/html", views.mail_html, name="mail-html"),
    path("mail/<str:name>/raw", views.mail_raw, name="mail-raw"),
    path("mail/<str:name>/one-click", views.one_click, name="one-click"),
    path("mail/<str:name>/unsubscribe", views.unsubscribe_by_mail, name="unsubscribe-by-mail"),
    path("mail/<str:name>/reply", views.reply_to_mail, name="reply-to-mail"),
    path("texts/", views.texts, name="texts"),
    path("texts/<str:number>/", views.conversation, name="conversation"),
    path("texts/<str:number>/reply", views.reply_to_sms, name="reply-to-text"),
]
