"""Images, masks and one row of truth per patient: kept together, split, scaled, saved."""
