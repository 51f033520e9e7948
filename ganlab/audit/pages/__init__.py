"""What an audit and a dossier look like: templates, figures, one style."""
