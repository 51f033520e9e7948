"""Save a run to a file and continue it in another session as if it had never stopped."""

import torch

from ganlab.training.files import read_tensors, write_tensors
from ganlab.training.history import History, Record, RecordWithGradients
from ganlab.training.train import Run

KIND = "ganlab checkpoint, version 1"


def save_checkpoint(run, path, *, also=None):
    """Write everything that decides how a run goes on, and its history.

    That is both networks, both optimizers, the step, the place in the data and every random state. The
    data themselves are not in the file, only a hash of them. The file replaces an older one only once it
    is whole.

    Parameters
    ----------
    run : Run
    path : str or path-like
    also : dict of name -> object, optional
        Anything else with ``state_dict`` and ``load_state_dict``, such as an average of the weights.

    Returns
    -------
    None

    Raises
    ------
    FileNotFoundError
        If the folder of `path` is not there.

    Examples
    --------
    >>> import tempfile
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game, Run, load_checkpoint
    >>> def game():
    ...     return Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> path = tempfile.mkdtemp() + "/run.pt"
    >>> run = Run(game(), ring(), batch_size=32, seed=2)
    >>> _ = run.train(2)
    >>> save_checkpoint(run, path)
    >>> run.train(1)[0][:-1] == load_checkpoint(path, game(), ring()).train(1)[0][:-1]
    True
    """
    content = {
        "kind": KIND,
        "settings": run.game.settings(),
        "networks": architecture(run.game),
        "batch_size": run.batch_size,
        "data": run.batches.fingerprint(),
        "run": run.state_dict(),
        "also": {name: thing.state_dict() for name, thing in (also or {}).items()},
        "history": history_to_tensor(run.history),
    }
    write_tensors(content, path)


def load_checkpoint(path, game, data, *, also=None):
    """Continue a saved run: a game built as it was then, the same data, and the place in both.

    On the machine (and with the number of threads) that saved it, what follows is bit for bit what would
    have followed without the pause.

    Parameters
    ----------
    path : str or path-like
    game : Game
        Built like the saved one; its weights, and its learning rates, are replaced by those saved.
    data
        The same data.
    also : dict of name -> object, optional
        The objects saved under these names; their state is replaced.

    Returns
    -------
    Run

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut short, damaged or no checkpoint, or the game (its networks, its objective) or
        the data are not those of the checkpoint. The game is then as it was before.

    See Also
    --------
    save_checkpoint : its example saves a run and continues it.
    """
    content = read_tensors(path, KIND)
    also = also or {}
    check_same_settings(content["settings"], game.settings())
    check_same_networks(content["networks"], architecture(game))
    if content["also"].keys() != also.keys():
        raise ValueError(
            f"the checkpoint was saved with also = {sorted(content['also'])}, "
            f"and is loaded with also = {sorted(also)}."
        )
    run = Run(game, data, batch_size=content["batch_size"], seed=0)
    if run.batches.fingerprint() != content["data"]:
        raise ValueError(
            f"the data are not those of the checkpoint: their hash is {run.batches.fingerprint()}, "
            f"the checkpoint's {content['data']}."
        )
    run.history = history_from_tensor(content["history"])
    run.load_state_dict(content["run"])
    for name, thing in also.items():
        thing.load_state_dict(content["also"][name])
    return run


def history_to_tensor(history):
    """A history as a float64 tensor, shape (steps, fields); exact."""
    return torch.tensor([list(record) for record in history], dtype=torch.float64)


def history_from_tensor(numbers):
    """The history that `history_to_tensor` was given."""
    kind = RecordWithGradients if numbers.ndim == 2 and numbers.shape[1] > len(Record._fields) else Record
    return History(kind(int(row[0]), *row[1:]) for row in numbers.tolist())


def architecture(game):
    """What the networks are made of, without their numbers."""
    return {
        name: {
            "layers": [type(module).__name__ for module in player.modules()],
            "weights": {key: list(values.shape) for key, values in player.state_dict().items()},
        }
        for name, player in (("generator", game.generator), ("discriminator", game.discriminator))
    }


def check_same_networks(saved, there):
    for player, was in saved.items():
        now = there[player]
        for key in [*was["weights"], *now["weights"]]:
            shapes = [
                f"{key} of shape {tuple(side['weights'][key])}" if key in side["weights"] else f"no {key}"
                for side in (was, now)
            ]
            if shapes[0] != shapes[1]:
                raise ValueError(
                    f"the checkpoint is of another {player}: it has {shapes[0]}, the game's has {shapes[1]}."
                )
        if was["layers"] != now["layers"]:
            raise ValueError(
                f"the checkpoint is of another {player}: its modules are {', '.join(was['layers'])}; "
                f"the game's are {', '.join(now['layers'])}."
            )


def check_same_settings(saved, there):
    for name in saved | there:
        was, now = saved.get(name), there.get(name)
        if was != now:
            raise ValueError(f"the checkpoint is of another game: its {name} is {was}, the game's is {now}.")
