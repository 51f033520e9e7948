"""What was measured once is not measured again: results kept on disk under a hash of what they came from."""

import os
import warnings

from ganlab.files import cache_folder

MOST_BYTES = 200_000_000


def remembered(function, cache, ignore):
    """`function` with a memory on disk: the same arguments give the stored result at once.

    Arguments that are not ignored are compared by content. The memory keeps the latest 200 MB and forgets
    the least recently used. Where the folder cannot be written the function runs as it is: a lesson must
    not stop for a full disk.

    Parameters
    ----------
    function : callable at the top of a module
    cache : str, path-like or None
        The folder. None: $GANLAB_CACHE, or the system's folder for a user's caches.
    ignore : list of str
        Arguments that do not change the result.

    Returns
    -------
    callable with the same arguments
    """
    from joblib import Memory

    folder = cache_folder(cache) / "features"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"{folder} cannot be written")
    except OSError:
        return function
    memory = Memory(folder, verbose=0)
    stored = memory.cache(function, ignore=ignore)

    def recall(*arguments, **named):
        known = stored.check_call_in_cache(*arguments, **named)
        with warnings.catch_warnings():
            # A damaged entry is computed anew; that it was slow to store concerns nobody.
            warnings.simplefilter("ignore", UserWarning)
            result = stored(*arguments, **named)
            if not known:
                memory.reduce_size(bytes_limit=MOST_BYTES)
        return result

    return recall
