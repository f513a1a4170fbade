"""The post room's pages."""

from django.urls import path

from config.demo import views

app_name = "post-room"
urlpatterns = [
    path("", views.front, name="front"),
    path("post-room/", views.mails, name="mails"),
    path("post-room/mail/<str:name>/", views.mail, name="mail"),
    path("post-room/mail/<str:name>/html", views.mail_html, name="mail-html"),
    path("post-room/mail/<str:name>/raw", views.mail_raw, name="mail-raw"),
    path("post-room/mail/<str:name>/one-click", views.one_click, name="one-click"),
    path("post-room/texts/", views.texts, name="texts"),
    path("post-room/texts/<str:number>/", views.conversation, name="conversation"),
    path("post-room/texts/<str:number>/answer", views.answer, name="answer"),
]
