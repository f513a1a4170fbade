"""Person: a contact as the office sees them, with everything we hold."""

from django.utils.translation import gettext_lazy as _

from preferences.models import Contact


class ContactRecord(Contact):
    """A contact with everything held about them. A proxy without a table; carries the permission to view it."""

    class Meta:
        proxy = True
        verbose_name = _("contact record")
        verbose_name_plural = _("contact records")
        default_permissions = ()
        permissions = [("view_contactrecord", "Can view contact records")]
