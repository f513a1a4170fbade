"""What people fill in. A form checks words, then says them through verbs."""

from preferences.forms.confirm import CancelForm, ConfirmForm
from preferences.forms.details import DetailsForm
from preferences.forms.for_good import ForGoodForm
from preferences.forms.keep import KeepForm
from preferences.forms.leave import LeaveForm, ReasonForm
from preferences.forms.move import ChangeAddressForm, MoveForm, RefuseForm
from preferences.forms.my_link import MyLinkForm
from preferences.forms.preferences import PreferencesForm
from preferences.forms.receipts import CheckReceiptForm, WriteReceiptForm
from preferences.forms.sign_up import SignUpForm
from preferences.forms.undo import UndoForm

__all__ = [
    "CancelForm",
    "ChangeAddressForm",
    "CheckReceiptForm",
    "DetailsForm",
    "ForGoodForm",
    "KeepForm",
    "MoveForm",
    "RefuseForm",
    "UndoForm",
    "WriteReceiptForm",
]
__all__ += ["ConfirmForm", "LeaveForm", "MyLinkForm", "PreferencesForm", "ReasonForm", "SignUpForm"]
