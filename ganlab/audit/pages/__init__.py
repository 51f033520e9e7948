"""What an audit and a dossier look like: templates, one style, figures."""
