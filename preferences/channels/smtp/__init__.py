"""Mail leaves by SMTP, to the relay named in the settings."""
