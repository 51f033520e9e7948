"""The game player: one game or several, played live, drawn frame by frame, and written as one page."""
