from django.apps import AppConfig


class DemoInboxConfig(AppConfig):
    name = "config.demo"
    label = "demo"
    verbose_name = "Demo inbox"
