"""What a person may put right themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preferences.web.forms.preference_center.contact_details import ContactDetailsForm
from preferences.web.link_holder import LinkHolder
from preferences.web.views.secure_pages import require_secure_link


@require_http_methods(["GET", "HEAD", "POST"])
@require_secure_link
def contact_details(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    form = ContactDetailsForm(request.POST if request.method == "POST" else None, visitor=visitor)
    if form.is_valid():
        contact = form.save()
        with translation.override(contact.language):
            messages.success(request, _("Saved.") if form.has_changed() else _("Nothing was changed."))
        return redirect("preferences:contact-details")
    addresses = visitor.address.contact.addresses.live()
    page = {"form": form, "visitor": visitor, "addresses": addresses}
    return render(
        request, "preferences/preference_center/contact_details.html", page, status=422 if form.errors else 200
    )
