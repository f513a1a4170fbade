from django.apps import AppConfig


class PostRoomConfig(AppConfig):
    name = "config.demo"
    label = "demo"
    verbose_name = "Post room"
