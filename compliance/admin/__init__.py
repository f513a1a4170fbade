"""Django looks here for the admin pages of the app; each import registers those of one module."""

from compliance.admin import contact_record, forecasts, opt_out_reasons, policies, processors, subject_requests

__all__ = ["contact_record", "forecasts", "opt_out_reasons", "policies", "processors", "subject_requests"]
