"""The public doors."""

app_name = "preferences"
urlpatterns: list = []
