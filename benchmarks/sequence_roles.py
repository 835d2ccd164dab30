"""Log loss on sequences whose columns have no known names: page visits, and past purchases.

python benchmarks/sequence_roles.py    # with PYTHONPATH at another checkout: what that one reaches
"""

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from intent_tf.columns.prepared import preprocess_data
from intent_tf.evaluation.compared_models import fit_models
from intent_tf.options.training import TrainingConfig

ROWS, SEEDS = 6000, (0, 1, 2)
MODELS = ("intent_tf", "lightgbm", "hist_gradient_boosting", "logistic_regression")
PAGES = np.array(
    ["home", "list", "product", "reviews", "size", "help", "account", "basket", "blog", "offers"]
)


def visits(seed: int) -> pd.DataFrame:
    """Pages and seconds: what counts is how often, how long and how lately one was seen, and the last."""
    rng, rows = np.random.default_rng(seed), []
    for _ in range(ROWS):
        page = rng.choice(len(PAGES), 1 + rng.poisson(9), p=rng.dirichlet(np.full(len(PAGES), 0.7)))
        gaps = np.exp(rng.normal(rng.normal(2.8, 0.6), 0.8, len(page)))
        seconds = np.concatenate([[0.0], np.cumsum(gaps)[:-1]])
        on_product = gaps[:-1][page[:-1] == 2].sum()
        since_reviews = seconds[-1] - seconds[page == 3][-1] if (page == 3).any() else 300.0
        logit = -2.2 + 0.5 * min((page == 2).sum(), 5) + 0.3 * np.log1p(on_product) - 0.6 * (page == 5).sum()
        logit += -0.004 * min(since_reviews, 300) + 0.15 * len(set(page)) + 0.8 * (page[-1] == 7)
        rows.append(
            (PAGES[page].tolist(), seconds.round(1).tolist(), rng.random() < 1 / (1 + np.exp(-logit)))
        )
    return pd.DataFrame(rows, columns=["pages", "seconds", "bought"])


def histories(seed: int) -> pd.DataFrame:
    """Products and days before: what counts is how many and how lately, repeats, and spending."""
    rng, rows, products = np.random.default_rng(seed), [], 300
    popular = np.arange(1, products + 1) ** -0.8
    liked, price = rng.normal(0, 0.6, products), np.exp(rng.normal(3, 0.8, products)).round(2)
    for _ in range(ROWS):
        size = 1 + rng.poisson(6)
        product = rng.choice(products, size, p=popular / popular.sum())
        product = np.where(rng.random(size) < 0.3, rng.choice(product[:4], size), product)
        days = np.floor(np.cumsum(rng.exponential(np.exp(rng.normal(3.3, 0.6)), size)))[::-1]
        pieces = 1 + rng.poisson(0.4, size)
        gap = min(-np.diff(days).mean(), 120) if size > 1 else 60
        logit = -1.6 + 0.9 * np.log1p((days < 60).sum()) - 0.012 * min(days[-1], 150) - 0.006 * gap
        logit += 0.25 * (size - len(set(product))) + 0.35 * liked[product].sum() / np.sqrt(size)
        logit += 0.3 * np.log1p(price[product] @ pieces)
        names = [f"p{each}" for each in product]
        label = rng.random() < 1 / (1 + np.exp(-logit))
        rows.append((names, days.tolist(), price[product].tolist(), pieces.tolist(), label))
    return pd.DataFrame(rows, columns=["bought", "days_before", "paid", "pieces", "again"])


if __name__ == "__main__":
    for seed in SEEDS:
        for frame in (visits(seed), histories(seed)):
            data = preprocess_data(frame, frame.columns[-1], seed=seed, verbose=False)
            probabilities, _, _ = fit_models(MODELS, data, TrainingConfig(), seed)
            losses = {name: log_loss(data.test.label, each) for name, each in probabilities.items()}
            told = "  ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
            print(f"{frame.columns[0]} {seed}: {told}", flush=True)
