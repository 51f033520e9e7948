"""The types that public signatures speak of, a name each. Where a shape matters, the name carries it.

Annotations are for readers: `help()` shows them, and nothing is converted or refused by them. What a
function was given is looked at by `ganlab.validation`, which says what is wrong in a sentence.
"""

import os
from typing import Annotated

import numpy as np
import pandas as pd
import torch

Seed = int | torch.Generator | None
FilePath = str | os.PathLike
Interval = tuple[float, float]  # low, high; 95 % where nothing else is said

Array = np.ndarray | torch.Tensor  # either is accepted, and the kind given comes back
Samples = Annotated[Array, "(n, ...)"]
Points = Annotated[Array, "(n, d)"]
Values = Annotated[Array, "(n,)"]
Labels = Annotated[Array, "(n,), whole numbers"]
Images = Annotated[Array, "(n, height, width)"]
Masks = Annotated[Array, "(n, height, width), bool"]
Batch = Annotated[torch.Tensor, "(batch, ...)"]
Scores = Annotated[torch.Tensor, "(batch,), raw, before any sigmoid"]
Loss = Annotated[torch.Tensor, "()"]
Table = Annotated[pd.DataFrame, "one patient a row, one feature a column"]
