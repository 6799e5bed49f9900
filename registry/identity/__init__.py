"""The edge of logging in by another site: OpenID Connect."""
