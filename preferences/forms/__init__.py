"""What people fill in. A form checks words, then says them through verbs."""

from preferences.forms.confirm import ConfirmForm
from preferences.forms.leave import LeaveForm, ReasonForm
from preferences.forms.my_link import MyLinkForm
from preferences.forms.preferences import PreferencesForm
from preferences.forms.sign_up import SignUpForm

__all__ = ["ConfirmForm", "LeaveForm", "MyLinkForm", "PreferencesForm", "ReasonForm", "SignUpForm"]
