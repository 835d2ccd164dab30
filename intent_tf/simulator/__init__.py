"""The simulated shop: a hidden Markov model, whose exact probabilities are known for models to be judged by.

Only the default run of `train`, the tests and `decisions/` need it. Nothing that reads people's own data may
import it.
"""
