"""The models of the course: autoregressive models and normalizing flows, small enough to read.

Notation is the lecture's: ``x`` is data, ``z`` is noise, ``z = f(x)`` and ``x = g(z)``,
``m`` is the number of dimensions, ``pi`` the distribution of the data and ``p`` that of the model.
Log-probabilities are in nats unless a name says bits.
"""

__version__ = "0.1.0"
