"""What Python runs before localstripe: it must not outlive who started it, and not write its store, at each change, to a file
that all users of the machine share."""

import builtins
import ctypes
import os
import pickle
import signal
import sys

STORE = "/tmp/localstripe.pickle"
PR_SET_PDEATHSIG = 1

unchanged_open = builtins.open


def open_but_the_store(file, *args, **kwargs):
    return unchanged_open(os.devnull if file == STORE else file, *args, **kwargs)


builtins.open = open_but_the_store
pickle.dump = lambda *args, **kwargs: None

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
