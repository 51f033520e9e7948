"""Has the generator copied its patients? Feature spaces, nearest neighbours, and what follows from them."""
